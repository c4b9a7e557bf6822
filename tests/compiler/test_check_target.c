/* What the checker makes of target: machines, costs, places and dead parts as written, and each kind of mistake. */
#include "tests/suite.h"

#include "tests/compiler/front.h"

#include <stdio.h>

static front checked(const char *target)
{
    char text[2048];
    snprintf(text, sizeof text,
             "hmn: 1\nparameters: {half: 2}\npopulations:\n  in: {size: 3, model: spike_source}\n"
             "  a: {size: 6, model: loihi_lif}\n"
             "projections: {p: {pre: in, post: a, connector: {type: all_to_all}, weight: 1}}\ntarget: {%s}\n",
             target);
    return front_text(text);
}

START_TEST(changes_come_in_picoseconds_and_femtojoules)
{
    front f =
        checked("machine: {synapse_words: 99, compartments: '${half * 4}'}, costs: {profile: sanafe, hop_x: {ns: 4.1, "
                "pJ: 2.0005}, static: {mW: 1.5}, buffer: 4, barrier: [[1, 0.5], [8, 2]]}");
    static const struct {
        const char *key;
        uint64_t value;
    } want[] = {{"synapse_words", 99}, {"compartments", 8}, {"profile.sanafe", 1},
                {"hop_x.ps", 4100},    {"hop_x.fj", 2001},  {"static.fj", 1500000000000},
                {"setting.buffer", 4}, {"barrier.1", 500},  {"barrier.8", 2000}};
    ck_assert_msg(f.ok, "%s", f.said);
    const net_target *t = &f.u.net->target;
    ck_assert_uint_eq(t->nchanges, 9);
    for (uint32_t i = 0; i < 9; i++) {
        ck_assert_str_eq(t->change[i].key, want[i].key);
        ck_assert_uint_eq(t->change[i].value, want[i].value);
    }
    front_free(&f);
}
END_TEST

START_TEST(places_and_dead_parts_are_kept_as_written)
{
    front f = checked(
        "place: [[a, 4, 2, 0], [a, 0, 4, 9]], dead_chips: [[1, 2]], dead_links: [[3, 4, 5]], dead_cores: [[6, 7, 8]]");
    ck_assert_msg(f.ok, "%s", f.said);
    const net_target *t = &f.u.net->target;
    ck_assert_uint_eq(t->nplaces, 2); /* sources need no place */
    ck_assert(t->place[0].population == 1 && t->place[0].first == 4 && t->place[0].count == 2 && t->place[0].site == 0);
    ck_assert_uint_eq(t->place[1].site, 9);
    ck_assert_uint_eq(t->nfaults, 3);
    ck_assert(t->fault[0].kind == FAULT_CHIP && t->fault[0].x == 1 && t->fault[0].y == 2);
    ck_assert(t->fault[1].kind == FAULT_LINK && t->fault[1].which == 5);
    ck_assert(t->fault[2].kind == FAULT_CORES && t->fault[2].which == 8);
    front_free(&f);
}
END_TEST

START_TEST(every_mistake_is_told_at_its_place)
{
    static const struct {
        const char *target, *said;
    } wrong[] = {
        {"machine: {synapse_words: 0}", "synapse_words is 0"},
        {"machine: {synapse_words: 1.5}", "synapse_words"},
        {"machine: 7", "machine takes a mapping"},
        {"costs: {hop_x: 4}", "hop_x takes a mapping"},
        {"costs: {hop_x: {us: 4}}", "unknown key 'us' in target.costs.hop_x"},
        {"costs: {hop_x: {ns: -1}}", "ns is -1"},
        {"costs: {hop_x: {mW: 1}}", "unknown key 'mW' in target.costs.hop_x"},
        {"costs: {static: {pJ: 1}}", "unknown key 'pJ' in target.costs.static"},
        {"costs: {buffer: {ns: 1}}", "buffer"},
        {"costs: {buffer: 1.5}", "buffer"},
        {"costs: {barrier: [[0, 5]]}", "tiles is 0"},
        {"costs: {barrier: [[1]]}", "a row of barrier has 1 entries"},
        {"costs: {barrier: {1: 2}}", "barrier takes a list"},
        {"place: [[a, 0, 6]]", "a row of place has 3 entries"},
        {"place: [[b, 0, 6, 0]]", "'b'"},
        {"place: [[a, 1, 6, 0]]", "neurons 1 to 6 are placed, population 'a' has 6"},
        {"place: [[a, 0, 5, 0]]", "neuron 5 of population 'a' is not placed"},
        {"place: [[a, 0, 6, 0], [a, 2, 1, 1]]", "neuron 2 of population 'a' is placed twice"},
        {"dead_chips: [[1, 2, 3]]", "a row of dead_chips has 3 entries"},
        {"dead_links: [[1, 2, 6]]", "is 6"},
        {"dead_cores: [[1, 2, 0]]", "is 0"},
        {"mesh: [1]", "mesh has 1 numbers"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        front f = checked(wrong[i].target);
        ck_assert_msg(!f.ok && strstr(f.said, wrong[i].said) && strstr(f.said, "net.yaml:7:"), "%s: said\n%s",
                      wrong[i].target, f.said);
        front_free(&f);
    }
}
END_TEST

SUITE("check_target", changes_come_in_picoseconds_and_femtojoules, places_and_dead_parts_are_kept_as_written,
      every_mistake_is_told_at_its_place)
