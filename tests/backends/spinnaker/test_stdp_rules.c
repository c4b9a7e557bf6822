/* Single steps of the rules, each followed by hand. */
#include "backends/spinnaker/stdp.h"
#include "backends/spinnaker/arith.h"

#include "tests/suite.h"

static uint32_t region[512], shift[1];
static stdp_rule rule;
static stdp_core core;

/* tau 10: exp(-1) = 753 / 2048 after 10 steps, exp(-2) = 277 after 20. Amplitudes 1/2 and 1/4; 1/8 and 1/16 of
 * triplets. */
static void prepare(const char *name)
{
    const stdp_settings s = {.dt = 1,
                             .tau = {10, 10, 10, 10},
                             .alpha = 0.5,
                             .min = 0.25,
                             .max = 1,
                             .plus = 0.5,
                             .minus = 0.25,
                             .plus3 = 0.125,
                             .minus3 = 0.0625,
                             .scale = 1};
    stdp_kind kind;
    ck_assert(stdp_find(name, &kind));
    ck_assert(stdp_read(region, stdp_write(region, kind, 1, &s), kind, 1, &rule));
    core = (stdp_core){&rule, region, shift, {4, 0, 4}};
}

static const stdp_spike ten = {.time = 30, .other_time = 20, .pre = {2048, 1024}, .post = {2048, 1024, 0}};

START_TEST(pairs_change_a_weight_by_amplitude_times_trace)
{
    prepare("pair_additive");
    ck_assert_int_eq(stdp_apply_post(&core, &ten, 10000, 0), 10000 + (16384 * 753 >> 11));
    ck_assert_int_eq(stdp_apply_pre(&core, &ten, 20000, 0), 20000 - (8192 * 753 >> 11));
    ck_assert_int_eq(stdp_apply_post(&core, &ten, 32000, 0), 32768);                         /* max */
    ck_assert_int_eq(stdp_apply_pre(&core, &ten, 9000, 0), 8192);                            /* min */
    ck_assert_int_eq(stdp_apply_post(&core, &ten, -90000, 0), -90000 + (16384 * 753 >> 11)); /* one bound a direction */
    stdp_spike together = ten;
    together.other_time = 30;
    ck_assert_int_eq(stdp_apply_post(&core, &together, 10000, 0), 10000);
    ck_assert_int_eq(stdp_apply_pre(&core, &together, 20000, 0), 20000 - 8192);
}
END_TEST

START_TEST(multiplicative_weights_move_by_what_is_left_and_have_no_bounds)
{
    prepare("pair_multiplicative");
    ck_assert_int_eq(stdp_apply_post(&core, &ten, 12768, 0), 12768 + (10000 * 753 >> 11));
    ck_assert_int_eq(stdp_apply_pre(&core, &ten, 16192, 0), 16192 - (2000 * 753 >> 11));
    ck_assert_int_eq(stdp_apply_pre(&core, &ten, 6192, 0), 6192 + ((500 * 753 + 2047) >> 11)); /* rounded down: -184 */
}
END_TEST

START_TEST(the_nearest_pair_counts_once)
{
    prepare("nearest_pair_additive");
    stdp_spike s = ten;
    s.previous_post = 15; /* before the presynaptic spike */
    ck_assert_int_eq(stdp_apply_post(&core, &s, 10000, 0), 10000 + (16384 * 753 >> 11));
    s.previous_post = 25;
    ck_assert_int_eq(stdp_apply_post(&core, &s, 10000, 0), 10000);
    ck_assert_int_eq(stdp_apply_pre(&core, &ten, 20000, 0), 20000 - (8192 * 753 >> 11));
}
END_TEST

START_TEST(triplets_add_a_term_with_the_slower_trace)
{
    prepare("pfister_triplet_additive");
    int32_t r1 = 753, third = 753 * 1024 >> 11;
    ck_assert_int_eq(stdp_apply_post(&core, &ten, 10000, 0), 10000 + (16384 * r1 >> 11) + (4096 * third >> 11));
    ck_assert_int_eq(stdp_apply_pre(&core, &ten, 20000, 0), 20000 - (8192 * r1 >> 11) - ((2048 * third) >> 11));
    stdp_post_trace p = stdp_add_post(&core, 10, 0, (stdp_post_trace){0});
    ck_assert(p.o1 == 2048 && p.o2 == 0 && p.last == 10);
    p = stdp_add_post(&core, 20, 10, p);
    ck_assert(p.o1 == 753 + 2048 && p.o2 == 753 && p.last == 20);
    stdp_pre_trace q = stdp_add_pre(&core, 10, 0, (stdp_pre_trace){0});
    ck_assert(q.r1 == 2048 && q.r2 == 0);
    q = stdp_add_pre(&core, 20, 10, q);
    ck_assert(q.r1 == 753 + 2048 && q.r2 == 753);
}
END_TEST

START_TEST(vogels_learns_from_simultaneous_spikes_and_forgets_alpha)
{
    prepare("vogels_2011_additive");
    stdp_spike s = ten;
    s.other_time = s.time;
    ck_assert_int_eq(stdp_apply_post(&core, &s, 10000, 0), 10000 + 16384);
    ck_assert_int_eq(stdp_apply_pre(&core, &ten, 10000, 0), 10000 + (int32_t)fx_shr_rd(16384 * (753 - 1024), 11));
}
END_TEST

SUITE("stdp_rules", pairs_change_a_weight_by_amplitude_times_trace,
      multiplicative_weights_move_by_what_is_left_and_have_no_bounds, the_nearest_pair_counts_once,
      triplets_add_a_term_with_the_slower_trace, vogels_learns_from_simultaneous_spikes_and_forgets_alpha)
