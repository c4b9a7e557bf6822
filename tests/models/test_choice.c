/* Choices by spike counts, with spikes given by hand. */
#include "models/tasks/choice.h"

#include "tests/suite.h"

typedef struct {
    hmn_sim sim;
    const uint32_t *spike;
    uint32_t n;
} given;

static const uint32_t *spikes(const hmn_sim *s, uint32_t *count)
{
    const given *g = (const given *)(const void *)s;
    *count = g->n;
    return g->spike;
}

static const hmn_sim_ops ops = {.spikes = spikes};
static const task_population six = {"output", 10, 6, false};

static choice opened(uint32_t groups)
{
    choice c;
    hmn_diag *d = diag_new();
    ck_assert(choice_open(&c, "test", &six, groups, d));
    diag_free(d);
    return c;
}

START_TEST(the_group_with_most_spikes_is_chosen)
{
    choice c = opened(3);
    const uint32_t first[] = {3, 9, 10, 12, 15, 16, 17}, second[] = {15};
    given g = {{&ops}, first, 7};
    choice_count(&c, &g.sim);
    g = (given){{&ops}, second, 1};
    choice_count(&c, &g.sim);
    ck_assert_uint_eq(c.count[0], 1);
    ck_assert_uint_eq(c.count[1], 1);
    ck_assert_uint_eq(c.count[2], 2);
    for (uint32_t k = 0; k < 50; k++)
        ck_assert_uint_eq(choice_most(&c, 1, 100, k), 2);
    choice_clear(&c);
    ck_assert_uint_eq(c.count[2], 0);
}
END_TEST

START_TEST(ties_are_drawn_among_equals_alone)
{
    choice c = opened(3);
    const uint32_t spike[] = {10, 12};
    given g = {{&ops}, spike, 2};
    choice_count(&c, &g.sim);
    uint32_t chosen[3] = {0};
    for (uint32_t k = 0; k < 1000; k++)
        chosen[choice_most(&c, 1, 100, k)]++;
    ck_assert_uint_eq(chosen[2], 0);
    ck_assert_uint_gt(chosen[0], 430);
    ck_assert_uint_gt(chosen[1], 430);
}
END_TEST

START_TEST(groups_must_be_of_equal_size)
{
    choice c;
    hmn_diag *d = diag_new();
    ck_assert(!choice_open(&c, "test", &six, 4, d));
    ck_assert_uint_eq(diag_errors(d), 1);
    diag_free(d);
}
END_TEST

START_TEST(all_groups_are_good_equally_often)
{
    bool differs = false;
    for (uint64_t seed = 0; seed < 20; seed++) {
        uint32_t good[8], times[4] = {0};
        choice_draw(good, 8, 4, seed, 100);
        for (int k = 0; k < 8; k++)
            times[good[k]]++;
        for (int g = 0; g < 4; g++)
            ck_assert_uint_eq(times[g], 2);
        differs |= good[0] != 0;
    }
    ck_assert(differs);
}
END_TEST

SUITE("choice", the_group_with_most_spikes_is_chosen, ties_are_drawn_among_equals_alone, groups_must_be_of_equal_size,
      all_groups_are_good_equally_often)
