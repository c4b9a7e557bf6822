/* Measures of agreement, on trains small enough to count by hand. */
#include "tools/compare.h"
#include "core/base/rng.h"
#include "tests/suite.h"

#include <math.h>

typedef struct {
    uint32_t step, neuron;
} spike;

static compare_trains trains(hmn_arena *a, const spike *s, size_t n)
{
    compare_log l = {0};
    for (size_t i = 0; i < n; i++)
        compare_log_step(&l, a, s[i].step, &s[i].neuron, 1);
    return compare_sort(&l, 5, a);
}

#define TRAINS(a, ...) trains(a, (spike[]){__VA_ARGS__}, sizeof(spike[]){__VA_ARGS__} / sizeof(spike))

START_TEST(spikes_are_sorted_by_neuron)
{
    hmn_arena *a = arena_new(0);
    compare_trains t = TRAINS(a, {0, 3}, {1, 0}, {1, 3}, {4, 3}, {9, 0}, {9, 4});
    static const size_t row[] = {0, 2, 2, 2, 5, 6};
    static const uint32_t step[] = {1, 9, 0, 1, 4, 9};
    for (int i = 0; i < 6; i++) {
        ck_assert_uint_eq(t.row[i], row[i]);
        ck_assert_uint_eq(t.step[i], step[i]);
    }
    arena_free(a);
}
END_TEST

START_TEST(equal_trains_agree_in_everything)
{
    hmn_arena *a = arena_new(0);
    compare_trains t = TRAINS(a, {0, 3}, {1, 0}, {1, 3}, {4, 3});
    compare_spikes c = compare_population(t, t, 0, 5);
    ck_assert(!c.differs);
    ck_assert_uint_eq(c.a, 4);
    for (uint32_t k = 0; k < 3; k++)
        ck_assert(compare_coincidence(&c, k) == 1);
    ck_assert(c.rate_rms == 0 && fabs(c.rate_correlation - 1) < 1e-12);
    c = compare_population(t, t, 1, 2); /* nobody fired */
    ck_assert(compare_coincidence(&c, 0) == 1 && c.rate_correlation == 1);
    arena_free(a);
}
END_TEST

START_TEST(a_partner_may_be_so_many_steps_away_and_is_used_once)
{
    hmn_arena *a = arena_new(0);
    compare_trains x = TRAINS(a, {10, 1}, {20, 1}, {30, 1}, {31, 1});
    compare_trains y = TRAINS(a, {10, 1}, {21, 1}, {28, 1}, {40, 2});
    compare_spikes c = compare_population(x, y, 0, 5);
    ck_assert_uint_eq(c.a, 4);
    ck_assert_uint_eq(c.b, 4);
    ck_assert_uint_eq(c.within[0], 1);
    ck_assert_uint_eq(c.within[1], 2);
    ck_assert_uint_eq(c.within[2], 3); /* 28 goes with 30; 31 stays alone, 40 is another neuron's */
    ck_assert(fabs(compare_coincidence(&c, 2) - 0.75) < 1e-12);
    ck_assert(fabs(c.rate_rms - sqrt((1 + 1) / 5.0)) < 1e-12);
    arena_free(a);
}
END_TEST

START_TEST(the_earliest_difference_is_named)
{
    hmn_arena *a = arena_new(0);
    compare_trains x = TRAINS(a, {5, 0}, {8, 0}, {3, 1}, {7, 4});
    compare_trains y = TRAINS(a, {5, 0}, {9, 0}, {3, 1}, {6, 4}, {7, 4});
    compare_spikes c = compare_population(x, y, 0, 5);
    ck_assert(c.differs && !c.in_a);
    ck_assert_uint_eq(c.step, 6);
    ck_assert_uint_eq(c.neuron, 4);
    c = compare_population(x, y, 0, 2);
    ck_assert(c.differs && c.in_a);
    ck_assert_uint_eq(c.step, 8);
    ck_assert_uint_eq(c.neuron, 0);
    arena_free(a);
}
END_TEST

/* The greatest number of pairs, by dynamic programming. */
static uint64_t best_pairs(const uint32_t *a, uint32_t na, const uint32_t *b, uint32_t nb, uint32_t tolerance)
{
    uint64_t best[32][32] = {{0}};
    for (uint32_t i = 1; i <= na; i++)
        for (uint32_t j = 1; j <= nb; j++) {
            uint32_t apart = a[i - 1] > b[j - 1] ? a[i - 1] - b[j - 1] : b[j - 1] - a[i - 1];
            uint64_t one = best[i - 1][j] > best[i][j - 1] ? best[i - 1][j] : best[i][j - 1];
            uint64_t both = best[i - 1][j - 1] + (apart <= tolerance);
            best[i][j] = one > both ? one : both;
        }
    return best[na][nb];
}

START_TEST(no_pairing_finds_more_partners)
{
    for (uint32_t trial = 0; trial < 300; trial++) {
        hmn_arena *arena = arena_new(0);
        uint32_t t[2][31], n[2] = {0, 0};
        compare_log l[2] = {{0}, {0}};
        for (uint32_t s = 0; s < 60; s++)
            for (uint32_t k = 0; k < 2; k++)
                if (n[k] < 31 && rng_below(3, RNG_TASK, trial, s, k, 3) == 0) {
                    t[k][n[k]++] = s;
                    compare_log_step(&l[k], arena, s, &(uint32_t){0}, 1);
                }
        compare_spikes c = compare_population(compare_sort(&l[0], 1, arena), compare_sort(&l[1], 1, arena), 0, 1);
        for (uint32_t k = 0; k < 3; k++)
            ck_assert_uint_eq(c.within[k], best_pairs(t[0], n[0], t[1], n[1], k));
        arena_free(arena);
    }
}
END_TEST

START_TEST(numbers_are_compared_by_distance_and_correlation)
{
    static const double x[] = {1, 2, 3, 4}, y[] = {1, 2, 3, 8}, flat[] = {2, 2, 2, 2}, down[] = {4, 3, 2, 1};
    compare_numbers c = compare_values(x, y, 4);
    ck_assert(c.max == 4 && c.rms == 2);
    ck_assert(fabs(c.correlation - 11 / sqrt(5 * 29.0)) < 1e-12);
    ck_assert(fabs(compare_values(x, down, 4).correlation + 1) < 1e-12);
    ck_assert(compare_values(x, flat, 4).correlation == 0);
    ck_assert(compare_values(flat, flat, 4).correlation == 1);
    ck_assert(compare_values(x, y, 0).rms == 0);
}
END_TEST

SUITE("compare", spikes_are_sorted_by_neuron, equal_trains_agree_in_everything,
      a_partner_may_be_so_many_steps_away_and_is_used_once, the_earliest_difference_is_named,
      no_pairing_finds_more_partners, numbers_are_compared_by_distance_and_correlation)
