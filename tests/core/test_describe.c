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
    ck_assert_int_eq(verdict("busy.fj", 1), DESCRIBE_FIXED); /* cores of this chip have no such power */
    ck_assert_int_eq(verdict("static.ps", 1), DESCRIBE_FIXED);
    ck_assert_int_eq(verdict("static.fj", 1), DESCRIBE_OK);
    ck_assert_int_eq(verdict("setting.buffer", 0), DESCRIBE_TOO_LITTLE);
    ck_assert_int_eq(verdict("setting.buffer", 65537), DESCRIBE_TOO_MUCH);
    ck_assert_int_eq(verdict("setting.stairs", 0), DESCRIBE_OK);
    ck_assert_int_eq(verdict("setting.stairs", 2), DESCRIBE_TOO_MUCH);
    ck_assert_int_eq(verdict("setting.hop_x", 2), DESCRIBE_UNKNOWN);
    ck_assert_int_eq(verdict("barrier.4", 0), DESCRIBE_OK);
    ck_assert_int_eq(verdict("barrier.0", 7), DESCRIBE_UNKNOWN);
    ck_assert_int_eq(verdict("barrier.4x", 7), DESCRIBE_UNKNOWN);
    uint64_t most;
    ck_assert_int_eq(describe_check(registry_find("spinnaker"), &(describe_change){"barrier.4", 7}, &most),
                     DESCRIBE_FIXED);
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

/* All numbers of a profile as the models read them. */
static void same_but(const cost_profile *p, const cost_profile *q, const cost_entry *e, bool energy, int setting)
{
    cost_table t = cost_lay_out(p), was = cost_lay_out(q);
    for (int i = 0; i < COST_COUNT; i++) {
        ck_assert_uint_eq(t.ps[i], was.ps[i] + (e && !energy && (int)e->id == i));
        ck_assert_uint_eq(t.fj[i], was.fj[i] + (e && energy && (int)e->id == i));
    }
    for (int i = 0; i < SETTING_COUNT; i++)
        ck_assert(i == setting ? t.setting[i] != was.setting[i] : t.setting[i] == was.setting[i]);
}

static const cost_profile *changed(const hmn_chip *chip, const cost_profile *of, const char *key, uint64_t value,
                                   hmn_arena *a)
{
    const describe_change c[] = {{arena_printf(a, "profile.%s", of->name), 1}, {key, value}};
    uint64_t most;
    ck_assert_msg(describe_check(chip, &c[1], &most) == DESCRIBE_OK, "%s: %s", chip->name, key);
    return describe_chip(chip, c, 2, a)->timing->profile[0];
}

START_TEST(every_number_of_every_table_can_be_described)
{
    uint32_t nchips;
    const hmn_chip *const *chips = registry_chips(&nchips);
    hmn_arena *a = arena_new(0);
    for (uint32_t c = 0; c < nchips; c++)
        for (uint32_t k = 0; chips[c]->timing && k < chips[c]->timing->nprofiles; k++) {
            const cost_profile *p = chips[c]->timing->profile[k];
            for (uint32_t i = 0; i < p->nentries; i++)
                for (int energy = cost_kind_of(p->entry[i].id) == COST_POWER; energy < 2; energy++) {
                    const cost_entry *e = &p->entry[i];
                    const char *key = arena_printf(a, "%s.%s", cost_name(e->id), energy ? "fj" : "ps");
                    same_but(changed(chips[c], p, key, (energy ? e->fj : e->ps) + 1, a), p, e, energy, -1);
                }
            for (uint32_t i = 0; i < p->nsettings; i++) {
                setting_id id = p->setting[i].id;
                uint32_t other = p->setting[i].value == 1 && setting_most(id) == 1 ? 0 : p->setting[i].value % 2 + 1;
                const char *key = arena_printf(a, "setting.%s", setting_name(id));
                same_but(changed(chips[c], p, key, other, a), p, NULL, false, (int)id);
            }
            if (p->nbarriers == 0)
                continue;
            const describe_change rows[] = {
                {arena_printf(a, "profile.%s", p->name), 1}, {"barrier.9", 900}, {"barrier.3", 1}, {"barrier.3", 300}};
            cost_table t = cost_lay_out(describe_chip(chips[c], rows, 4, a)->timing->profile[0]);
            ck_assert_uint_eq(t.profile->nbarriers, 2); /* in place of all that stood there */
            ck_assert_uint_eq(cost_barrier_ps(&t, 1), 300);
            ck_assert_uint_eq(cost_barrier_ps(&t, 40), 900);
        }
    arena_free(a);
}
END_TEST

SUITE("describe", every_number_of_every_table_can_be_described, limits_go_down_freely_and_up_to_what_tables_hold,
      costs_are_named_with_what_they_cost, a_described_chip_differs_in_what_was_changed_only)
