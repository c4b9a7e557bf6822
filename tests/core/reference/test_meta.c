/* Equations 8 and 9: the first measurement worked out from the draws, and the way to the best rate where the score is
 * a known function of the rates. */
#include "core/base/rng.h"
#include "tests/core/reference/bench.h"
#include "tests/suite.h"

#include <math.h>

static void near(double a, double b) { ck_assert_msg(fabs(a - b) <= 1e-12, "%.15g is not %.15g", a, b); }

typedef struct {
    bench *b;
    net_rule *rule;
    hmn_reference *r;
} meta;

static meta meta_new(net_meta_method method, double local, double global, uint64_t seed)
{
    bench *b = bench_new(1);
    b->g.seed = seed;
    bench_population(b, MODEL_SOURCE, 1);
    net_rule *rule = bench_rule(b, RULE_HMN);
    rule->eta_local.v = local;
    rule->eta_global.v = global;
    rule->meta = (net_meta){.on = true, .method = method, .window = {.v = 3}, .a0 = {.v = 0.5}, .a0_global = {.v = 2}};
    rule->meta.c0.v = 0.25;
    rule->meta.big_a.v = 4;
    rule->meta.alpha_exponent.v = 0.602;
    rule->meta.gamma_exponent.v = 0.101;
    rule->meta.eta_min.v = 1e-6;
    rule->meta.eta_max.v = 1;
    return (meta){b, rule, NULL};
}

static void trial(const meta *m, double score)
{
    hmn_sim *s = reference_sim(m->r);
    s->ops->begin(s);
    s->ops->trial(s, score);
    s->ops->end(s);
}

static double u(const meta *m, uint32_t which) { return log2(reference_rate(m->r, 0, which)); }

START_TEST(a_measurement_of_spsa_is_the_formula)
{
    for (uint64_t seed = 1; seed <= 8; seed++) {
        meta m = meta_new(META_SPSA, 0.01, 0.02, seed);
        m.r = bench_start(m.b);
        uint32_t bits = rng_u32(seed, RNG_META, 0, 1, 0), next = rng_u32(seed, RNG_META, 0, 2, 0);
        double d[] = {bits & 1 ? -1 : 1, bits & 2 ? -1 : 1}, first = bits >> 31 ? -1 : 1;
        double u0[] = {log2(0.01), log2(0.02)}, a[] = {0.5, 2}, score[2] = {0};
        for (int w = 0; w < 2; w++)
            for (int k = 0; k < 3; k++) {
                double side = w ? -first : first;
                for (uint32_t i = 0; i < 2; i++)
                    near(u(&m, i), u0[i] + side * 0.25 * d[i]);
                double now = 0.3 * w + 0.1 * k;
                trial(&m, now);
                score[side < 0] += now / 3;
            }
        double e[] = {next & 1 ? -1 : 1, next & 2 ? -1 : 1}, then = next >> 31 ? -1 : 1;
        for (uint32_t i = 0; i < 2; i++) {
            double moved = u0[i] - a[i] * pow(5, -0.602) * (-score[0] + score[1]) / 0.5 * d[i];
            near(u(&m, i), moved + then * 0.25 * pow(2, -0.101) * e[i]);
        }
        bench_free(m.b);
    }
}
END_TEST

START_TEST(finite_differences_take_the_rates_by_turns)
{
    meta m = meta_new(META_FINITE_DIFFERENCE, 0.01, 0.02, 5);
    m.r = bench_start(m.b);
    for (uint32_t n = 1; n < 9; n++)
        for (int k = 0; k < 6; k++) {
            uint32_t still = n % 2 ? 0 : 1; /* measurement n moves rate n modulo 2 */
            near(u(&m, still), log2(still ? 0.02 : 0.01));
            near(fabs(u(&m, !still) - log2(still ? 0.01 : 0.02)), 0.25 / pow(n, 0.101));
            trial(&m, 1); /* flat: nothing is learned */
        }
    bench_free(m.b);
}
END_TEST

START_TEST(reinforce_moves_towards_what_did_better)
{
    meta m = meta_new(META_REINFORCE, 0, 0.02, 6);
    m.r = bench_start(m.b);
    double x1 = (u(&m, 1) - log2(0.02)) / 0.25;
    for (int k = 0; k < 3; k++)
        trial(&m, 0.5);
    double c = 0.25 / pow(2, 0.101), x2 = (u(&m, 1) - log2(0.02)) / c; /* the first window sets the mean only */
    for (int k = 0; k < 3; k++)
        trial(&m, 0.9);
    double moved = log2(0.02) + 2 / pow(6, 0.602) * 0.4 * x2 / c, c3 = 0.25 / pow(3, 0.101);
    near(u(&m, 1), moved - c3 * x2); /* mirrored */
    ck_assert_double_ne(x1, x2);
    for (int k = 0; k < 3; k++)
        trial(&m, 0.55); /* L_bar is -0.55 by now */
    uint32_t w[4];
    rng_block(6, RNG_META, 0, 4, 2, w);
    double x4 = sqrt(3) * (w[0] * 0x1p-32 + w[1] * 0x1p-32 + w[2] * 0x1p-32 + w[3] * 0x1p-32 - 2);
    near(u(&m, 1), moved + 0.25 / pow(4, 0.101) * x4);
    near(reference_rate(m.r, 0, 0), 0); /* a rate of 0 stays */
    bench_free(m.b);
}
END_TEST

/* The score is best, 0, at log2 eta_global = -7; one begins 4 octaves above. Mean distance over ten seeds. */
static double distance(net_meta_method method)
{
    double sum = 0;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        meta m = meta_new(method, 0, 0.125, seed);
        m.rule->meta.window.v = 1;
        m.r = bench_start(m.b);
        for (uint32_t k = 0; k < 600; k++)
            trial(&m, -0.1 * (u(&m, 1) + 7) * (u(&m, 1) + 7));
        sum += fabs(u(&m, 1) + 7) / 10;
        bench_free(m.b);
    }
    return sum;
}

START_TEST(all_three_find_the_best_rate_of_a_smooth_score)
{
    ck_assert_double_lt(distance(META_SPSA), 0.5);
    ck_assert_double_lt(distance(META_FINITE_DIFFERENCE), 0.5);
    ck_assert_double_lt(distance(META_REINFORCE), 1);
}
END_TEST

START_TEST(rates_stay_within_bounds)
{
    meta m = meta_new(META_SPSA, 0, 0.02, 7);
    m.rule->meta.eta_min.v = 0.01;
    m.rule->meta.eta_max.v = 0.04;
    m.rule->meta.a0_global.v = 100;
    m.r = bench_start(m.b);
    bool low = false, high = false;
    for (uint32_t k = 0; k < 600; k++) {
        double eta = reference_rate(m.r, 0, 1);
        ck_assert(eta >= 0.01 * (1 - 1e-12) && eta <= 0.04 * (1 + 1e-12));
        low |= eta < 0.0101;
        high |= eta > 0.0396;
        trial(&m, rng_unit(9, RNG_TASK, k, 0, 0));
    }
    ck_assert(low && high);
    bench_free(m.b);
}
END_TEST

START_TEST(a_measurement_moves_a_rate_by_an_octave_at_most)
{
    for (net_meta_method method = META_SPSA; method <= META_FINITE_DIFFERENCE; method++) {
        meta m = meta_new(method, 0, 0.02, 7);
        m.rule->meta.window.v = 1;
        m.rule->meta.c0.v = 1e-6; /* what is perturbed by is as good as nothing */
        m.r = bench_start(m.b);
        double before = u(&m, 1), most = 0;
        for (uint32_t k = 0; k < 40; k++) {
            trial(&m, rng_unit(9, RNG_TASK, k, 0, 0));
            most = fmax(most, fabs(u(&m, 1) - before));
            before = u(&m, 1);
        }
        ck_assert_double_eq_tol(most, 1, 1e-4);
        bench_free(m.b);
    }
}
END_TEST

START_TEST(trials_with_learning_off_do_not_count)
{
    meta m = meta_new(META_SPSA, 0, 0.02, 7);
    m.r = bench_start(m.b);
    double start = u(&m, 1);
    trial(&m, 1);
    reference_sim(m.r)->ops->learn(reference_sim(m.r), false);
    for (int k = 0; k < 50; k++)
        trial(&m, 100);
    near(u(&m, 1), start);
    reference_sim(m.r)->ops->learn(reference_sim(m.r), true);
    trial(&m, 1);
    near(u(&m, 1), start);
    trial(&m, 1);
    ck_assert_double_ne(u(&m, 1), start); /* the third trial that counts ends the window */
    bench_free(m.b);
}
END_TEST

START_TEST(a_rate_outside_the_bounds_is_refused)
{
    meta m = meta_new(META_SPSA, 0, 2, 7);
    ck_assert_ptr_null(reference_new(&m.b->g, (reference_options){.grid = true}, m.b->a, m.b->d));
    ck_assert_uint_eq(diag_get(m.b->d, 0)->at.line, 77);
    bench_free(m.b);
}
END_TEST

SUITE("meta", a_measurement_of_spsa_is_the_formula, finite_differences_take_the_rates_by_turns,
      reinforce_moves_towards_what_did_better, all_three_find_the_best_rate_of_a_smooth_score, rates_stay_within_bounds,
      a_measurement_moves_a_rate_by_an_octave_at_most, trials_with_learning_off_do_not_count,
      a_rate_outside_the_bounds_is_refused)
