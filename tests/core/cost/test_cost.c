/* Cost tables: names are found again, profiles are laid out, and the barrier follows its table. */
#include "core/cost/cost.h"

#include "backends/registry.h"

#include "tests/suite.h"

#include <string.h>

START_TEST(every_cost_is_found_by_its_name)
{
    for (uint32_t i = 0; i < COST_COUNT; i++) {
        ck_assert_uint_eq(cost_find(cost_name((cost_id)i)), i);
        ck_assert_uint_gt(strlen(cost_meaning((cost_id)i)), 0);
        ck_assert_uint_gt(strlen(cost_unit((cost_id)i)), 0);
    }
    ck_assert_uint_eq(cost_find("no such thing"), COST_COUNT);
    for (uint32_t i = 0; i < SETTING_COUNT; i++) {
        ck_assert_uint_eq(setting_find(setting_name((setting_id)i)), i);
        ck_assert_uint_eq(cost_find(setting_name((setting_id)i)), COST_COUNT); /* one name space */
        ck_assert_uint_gt(strlen(setting_meaning((setting_id)i)), 0);
    }
    ck_assert_uint_eq(setting_find("no such thing"), SETTING_COUNT);
}
END_TEST

START_TEST(what_a_profile_does_not_list_costs_nothing)
{
    static const cost_entry one[] = {{COST_HOP_X, 7, 8, COST_CHOSEN, "here"}};
    static const cost_setting flits = {SETTING_FLITS, 2, COST_CHOSEN, "here"};
    cost_profile p = {.name = "one", .entry = one, .nentries = 1, .setting = &flits, .nsettings = 1};
    cost_table t = cost_lay_out(&p);
    for (uint32_t i = 0; i < COST_COUNT; i++) {
        ck_assert_uint_eq(t.ps[i], i == COST_HOP_X ? 7 : 0);
        ck_assert_uint_eq(t.fj[i], i == COST_HOP_X ? 8 : 0);
    }
    ck_assert_uint_eq(t.setting[SETTING_BUFFER], 1);
    ck_assert_uint_eq(t.setting[SETTING_FLITS], 2);
    ck_assert_uint_eq(cost_barrier_ps(&t, 5), 0);
}
END_TEST

START_TEST(the_barrier_is_a_straight_line_or_a_staircase)
{
    static const cost_barrier rows[] = {{1, 113000, COST_CHOSEN, "here"}, {32, 465000, COST_CHOSEN, "here"}};
    cost_profile p = {.barrier = rows, .nbarriers = 2};
    cost_table line = {.profile = &p}, stairs = {.profile = &p, .setting[SETTING_STAIRS] = 1};
    ck_assert_uint_eq(cost_barrier_ps(&line, 1), 113000);
    ck_assert_uint_eq(cost_barrier_ps(&line, 32), 465000);
    ck_assert_uint_eq(cost_barrier_ps(&line, 64), 465000);
    ck_assert_uint_eq(cost_barrier_ps(&line, 2), 113000 + (352000 + 15) / 31);
    ck_assert_uint_eq(cost_barrier_ps(&stairs, 31), 113000);
    ck_assert_uint_eq(cost_barrier_ps(&stairs, 32), 465000);
    ck_assert_uint_eq(cost_barrier_ps(&stairs, 0), 113000);
}
END_TEST

START_TEST(every_entry_of_every_chip_names_its_source_once)
{
    uint32_t nchips;
    const hmn_chip *const *chip = registry_chips(&nchips);
    for (uint32_t c = 0; c < nchips; c++)
        for (uint32_t p = 0; chip[c]->timing && p < chip[c]->timing->nprofiles; p++) {
            const cost_profile *profile = chip[c]->timing->profile[p];
            uint32_t seen[COST_COUNT] = {0};
            for (uint32_t i = 0; i < profile->nentries; i++) {
                ck_assert_uint_eq(seen[profile->entry[i].id]++, 0);
                ck_assert_uint_gt(strlen(profile->entry[i].source), 0);
            }
            uint32_t set[SETTING_COUNT] = {0};
            for (uint32_t i = 0; i < profile->nsettings; i++) {
                ck_assert_uint_eq(set[profile->setting[i].id]++, 0);
                ck_assert_uint_gt(strlen(profile->setting[i].source), 0);
            }
            for (uint32_t i = 0; i < profile->nbarriers; i++) {
                ck_assert_uint_gt(strlen(profile->barrier[i].source), 0);
                ck_assert(i == 0 || profile->barrier[i].tiles > profile->barrier[i - 1].tiles);
            }
        }
}
END_TEST

SUITE("cost", every_cost_is_found_by_its_name, what_a_profile_does_not_list_costs_nothing,
      the_barrier_is_a_straight_line_or_a_staircase, every_entry_of_every_chip_names_its_source_once)
