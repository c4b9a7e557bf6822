/* Machine descriptions: what may be changed, how far, and that nothing else changes. */
#include "core/describe.h"

#include "backends/registry.h"

#include "tests/suite.h"

#include <string.h>

static describe_verdict verdict(const char *key, uint64_t value)
{
    uint64_t most;
    return describe_check(registry_find("loihi"), &(describe_change){key, value}, &most);
}

START_TEST(limits_go_down_freely_and_up_to_what_tables_hold)
{
    uint64_t most;
    ck_assert_int_eq(verdict("compartments", 1), DESCRIBE_OK);
    ck_assert_int_eq(verdict("compartments", 4096), DESCRIBE_OK);
    ck_assert_int_eq(verdict("compartments", 4097), DESCRIBE_TOO_MUCH);
    ck_assert_int_eq(verdict("compartments", 0), DESCRIBE_TOO_LITTLE);
    ck_assert_int_eq(verdict("max_epoch", 8), DESCRIBE_FIXED);
    ck_assert_int_eq(verdict("compartment", 8), DESCRIBE_UNKNOWN);
    describe_check(registry_find("loihi"), &(describe_change){"synapse_words", 1}, &most);
    ck_assert_uint_eq(most, 1 << 22);
}
END_TEST

START_TEST(costs_are_named_with_what_they_cost)
{
    ck_assert_int_eq(verdict("hop_x.ps", 12345), DESCRIBE_OK);
    ck_assert_int_eq(verdict("hop_x.fj", 0), DESCRIBE_OK);
    ck_assert_int_eq(verdict("hop_x", 1), DESCRIBE_UNKNOWN);
    ck_assert_int_eq(verdict("hop_z.ps", 1), DESCRIBE_UNKNOWN);
    ck_assert_int_eq(verdict("profile.sanafe", 1), DESCRIBE_OK);
    ck_assert_int_eq(verdict("profile.mine", 1), DESCRIBE_UNKNOWN);
}
END_TEST

START_TEST(a_described_chip_differs_in_what_was_changed_only)
{
    const hmn_chip *chip = registry_find("loihi");
    hmn_arena *a = arena_new(0);
    const describe_change change[] = {{"synapse_words", 99}, {"hop_x.ps", 7}, {"trace.fj", 8}, {"profile.sanafe", 1}};
    ck_assert_ptr_eq(describe_chip(chip, change, 0, a), chip);
    const hmn_chip *other = describe_chip(chip, change, 4, a);
    hmn_limits l = *other->limits;
    ck_assert_uint_eq(l.synapse_words, 99);
    l.synapse_words = chip->limits->synapse_words;
    ck_assert_mem_eq(&l, chip->limits, sizeof l);
    ck_assert_ptr_eq(other->tables, chip->tables);
    ck_assert_uint_eq(other->timing->nprofiles, chip->timing->nprofiles);
    ck_assert_str_eq(other->timing->profile[0]->name, "sanafe");
    cost_table t = cost_lay_out(other->timing->profile[0]), was = cost_lay_out(chip->timing->profile[1]);
    ck_assert_str_eq(chip->timing->profile[1]->name, "sanafe");
    for (int i = 0; i < COST_COUNT; i++) {
        ck_assert_uint_eq(t.ps[i], i == COST_HOP_X ? 7 : was.ps[i]);
        ck_assert_uint_eq(t.fj[i], i == COST_TRACE ? 8 : was.fj[i]);
    }
    arena_free(a);
}
END_TEST

SUITE("describe", limits_go_down_freely_and_up_to_what_tables_hold, costs_are_named_with_what_they_cost,
      a_described_chip_differs_in_what_was_changed_only)
