/* Meta-learning in fixed point: an independent restatement in integers bit for bit, and the reference beside it with
 * the same draws and scores. */
#include "core/machine/rates.h"

#include "core/base/rng.h"
#include "core/machine/curve.h"
#include "core/reference/reference.h"
#include "tests/core/reference/bench.h"
#include "tests/statistics.h"
#include "tests/suite.h"

#include <math.h>

enum { RULE = 0, SEED = 11, WINDOW = 3 };

typedef struct {
    hmn_arena *arena;
    hmn_diag *diag;
    hmn_image *image;
    hmn_rates rates;
    bool ok;
} fixture;

static int64_t q16(double x) { return (int64_t)round(x * 65536); }

/* eta_local 0.01 (0: not learned), eta_global 0.02; bounds 1e-4 to 0.16. */
static fixture boot(net_meta_method method, uint32_t part)
{
    fixture f = {arena_new(0), diag_new(), NULL, {0}, false};
    image_writer *w = image_writer_new(f.arena, "toy", 0, 0);
    image_add_host(w, HOST_RATES,
                   (int64_t[]){RULE, method, WINDOW, part, q16(log2(0.01)), q16(log2(0.02)), q16(log2(1e-4)),
                               q16(log2(1e-4)), q16(log2(0.16)), q16(log2(0.16)), q16(0.5), q16(2), q16(0.25),
                               q16(0.602), q16(0.101), q16(4)});
    size_t size;
    const void *bytes = image_finish(w, &size);
    f.image = image_from_memory(bytes, size, "test", f.diag);
    static cost_table costs;
    costs = cost_lay_out(NULL);
    f.ok = rates_boot(&f.rates, f.image, SEED, costs.setting, f.arena, f.diag);
    return f;
}

static void end(fixture f)
{
    image_close(f.image);
    diag_free(f.diag);
    arena_free(f.arena);
}

/* Scores that depend on the rates in use, so that something is to be learned, and on chance. */
static double score(const fixture *f, uint32_t trial)
{
    double far = (double)f->rates.state[0].used[1] / 65536 + 8;
    return 1 - 0.02 * far * far + 0.1 * rng_unit(5, RNG_TASK, trial, 0, 0);
}

/* ---- restated: floor division and wide integers only ---- */

static int64_t nearest(__int128 a, __int128 b) /* a / b, halves away from zero; b > 0 */
{
    __int128 size = a < 0 ? -a : a, whole = (2 * size + b) / (2 * b);
    return (int64_t)(a < 0 ? -whole : whole);
}

typedef struct {
    int64_t u[2], used[2], d[2], sum, loss[2], mean;
    uint32_t n, trials, window;
    bool minus_first;
} restated;

static int64_t power(int64_t first, uint32_t n, int64_t a, double exponent)
{
    int64_t log = curve_log2(((uint64_t)n << 16) + (uint64_t)a) - (16 << 16);
    return nearest((__int128)first * (int64_t)curve_power(-nearest((__int128)q16(exponent) * log, 65536)), 65536);
}

static void begin_measurement(restated *s, net_meta_method method)
{
    uint32_t bits = rng_u32(SEED, RNG_META, RULE, s->n, 0);
    for (uint32_t i = 0; i < 2; i++) {
        uint32_t w[4];
        rng_block(SEED, RNG_META, RULE, s->n, 1 + i, w);
        uint64_t sum = (uint64_t)w[0] + w[1] + w[2] + w[3];
        int64_t x = nearest((__int128)113512 * ((int64_t)((sum + 32768) / 65536) - 131072), 65536);
        bool rests = method == META_FINITE_DIFFERENCE && s->n % 2 != i;
        if (s->n > 1 && s->n % 2 == 1) { /* the mirror image of the window before */
            rng_block(SEED, RNG_META, RULE, s->n - 1, 1 + i, w);
            sum = (uint64_t)w[0] + w[1] + w[2] + w[3];
            x = -nearest((__int128)113512 * ((int64_t)((sum + 32768) / 65536) - 131072), 65536);
        }
        s->d[i] = method == META_REINFORCE ? x : rests ? 0 : bits >> i & 1 ? -65536 : 65536;
    }
    s->minus_first = method != META_REINFORCE && bits >> 31;
}

static int64_t bound(int64_t u)
{
    return u < q16(log2(1e-4)) ? q16(log2(1e-4)) : u > q16(log2(0.16)) ? q16(log2(0.16)) : u;
}

static void begin_window(restated *s)
{
    int64_t c = power(q16(0.25), s->n, 0, 0.101);
    bool minus = s->window ? !s->minus_first : s->minus_first;
    for (int i = 0; i < 2; i++) {
        int64_t away = nearest((__int128)c * s->d[i], 65536);
        s->used[i] = bound(minus ? s->u[i] - away : s->u[i] + away);
    }
    s->sum = 0;
    s->trials = 0;
}

static void restate(restated *s, net_meta_method method, double value)
{
    s->sum += q16(value);
    if (++s->trials < WINDOW)
        return;
    bool minus = s->window ? !s->minus_first : s->minus_first;
    s->loss[minus] = -nearest((__int128)s->sum * 65536, (__int128)WINDOW * 65536);
    if (method != META_REINFORCE && s->window == 0) {
        s->window = 1;
        begin_window(s);
        return;
    }
    int64_t c = power(q16(0.25), s->n, 0, 0.101), slope;
    if (method == META_REINFORCE)
        slope = s->n == 1 ? 0 : nearest((__int128)(s->loss[0] - s->mean) * 65536, c);
    else
        slope = nearest((__int128)(s->loss[0] - s->loss[1]) * 65536, 2 * c);
    for (int i = 0; i < 2; i++) {
        int64_t step = nearest((__int128)power(i ? q16(2) : q16(0.5), s->n, q16(4), 0.602) * slope, 65536);
        int64_t moved = nearest((__int128)step * s->d[i], 65536);
        s->u[i] = bound(s->u[i] - (moved > 65536 ? 65536 : moved < -65536 ? -65536 : moved));
    }
    s->mean = s->n == 1 ? s->loss[0] : s->mean + nearest(s->loss[0] - s->mean, 8);
    s->n++;
    s->window = 0;
    begin_measurement(s, method);
    begin_window(s);
}

START_TEST(rates_are_those_of_an_independent_restatement)
{
    for (net_meta_method method = META_SPSA; method <= META_FINITE_DIFFERENCE; method++) {
        fixture f = boot(method, 3);
        ck_assert(f.ok);
        restated own = {.u = {q16(log2(0.01)), q16(log2(0.02))}, .n = 1};
        begin_measurement(&own, method);
        begin_window(&own);
        for (uint32_t t = 0; t < 900; t++) {
            for (int i = 0; i < 2; i++) {
                ck_assert_int_eq(f.rates.state[0].used[i], own.used[i]);
                ck_assert_int_eq(f.rates.state[0].u[i], own.u[i]);
            }
            double now = score(&f, t);
            rates_trial(&f.rates, SEED, now);
            restate(&own, method, now);
        }
        ck_assert_uint_gt(own.n, 100);
        end(f);
    }
}
END_TEST

START_TEST(rates_follow_the_reference)
{
    for (net_meta_method method = META_SPSA; method <= META_FINITE_DIFFERENCE; method++)
        for (uint32_t part = 2; part <= 3; part++) {
            fixture f = boot(method, part);
            bench *b = bench_new(1);
            b->g.seed = SEED;
            bench_population(b, MODEL_SOURCE, 1);
            net_rule *rule = bench_rule(b, RULE_HMN);
            rule->eta_local.v = part & 1 ? 0.01 : 0;
            rule->eta_global.v = 0.02;
            rule->meta = (net_meta){.on = true, .method = method, .window = {.v = WINDOW}, .a0 = {.v = 0.5}};
            rule->meta.a0_global.v = 2;
            rule->meta.c0.v = 0.25;
            rule->meta.big_a.v = 4;
            rule->meta.alpha_exponent.v = 0.602;
            rule->meta.gamma_exponent.v = 0.101;
            rule->meta.eta_min.v = 1e-4;
            rule->meta.eta_max.v = 0.16;
            hmn_reference *r = bench_start(b);
            hmn_sim *s = reference_sim(r);
            double moved = 0;
            for (uint32_t t = 0; t < 900; t++) {
                double chip = (double)f.rates.state[0].used[1] / 65536, real = log2(reference_rate(r, 0, 1));
                ck_assert_double_eq_tol(chip, real, 0.02);
                moved = fmax(moved, fabs(real - log2(0.02)));
                double now = score(&f, t);
                rates_trial(&f.rates, SEED, now);
                s->ops->begin(s);
                s->ops->trial(s, now);
                s->ops->end(s);
            }
            ck_assert_double_gt(moved, 0.5);
            ck_assert_int_eq(rates_scale(&f.rates, 0, 0) == 65536, part == 2);
            bench_free(b);
            end(f);
        }
}
END_TEST

START_TEST(a_scale_is_the_rate_over_its_start)
{
    fixture f = boot(META_SPSA, 3);
    for (int k = -60; k <= 30; k++) {
        f.rates.state[0].used[1] = f.rates.facts[0].start[1] + k * 6554;
        double real = exp2(k * 6554 / 65536.0) * 65536;
        ck_assert_double_eq_tol((double)rates_scale(&f.rates, 0, 1), real, 1 + real * 3e-4);
    }
    end(f);
}
END_TEST

START_TEST(senseless_rates_are_refused)
{
    fixture f = boot((net_meta_method)7, 3);
    ck_assert(!f.ok);
    ck_assert_uint_eq(diag_errors(f.diag), 1);
    end(f);
}
END_TEST

/* ---- draws ---- */

/* Whether the two rates are raised or lowered, and which comes first: eight outcomes alike. */
START_TEST(directions_of_spsa_are_three_fair_coins)
{
    enum { MEASUREMENTS = 4000 };
    fixture f = boot(META_SPSA, 3);
    uint32_t count[8] = {0};
    chi_squared c = {0, 0};
    ck_assert(f.ok);
    for (uint32_t n = 0; n < MEASUREMENTS; n++) {
        const rates_state *s = &f.rates.state[0];
        count[(s->direction[0] > 0) | (s->direction[1] > 0) << 1 | (s->minus_first != 0) << 2]++;
        for (uint32_t t = 0; t < 2 * WINDOW; t++)
            rates_trial(&f.rates, SEED, 0);
    }
    for (int k = 0; k < 8; k++)
        chi_class(&c, count[k], MEASUREMENTS / 8.0);
    c.n--;
    ck_assert_chi(c);
    end(f);
}
END_TEST

/* root 3 (S - 2), S the sum of four uniform numbers (Irwin and Hall): mean 0, variance 1. */
static double nearly_normal_cdf(double x, const double *none)
{
    static const double choose[] = {1, -4, 6, -4, 1};
    double s = x / sqrt(3) + 2, sum = 0;
    (void)none;
    for (int k = 0; k <= 4; k++)
        sum += s > k ? choose[k] * pow(s - k, 4) : 0;
    return sum / 24;
}

START_TEST(directions_of_reinforce_are_nearly_normal_and_mirrored)
{
    enum { PAIRS = 4000 };
    fixture f = boot(META_REINFORCE, 3);
    static double x[2 * PAIRS];
    ck_assert(f.ok);
    for (uint32_t t = 0; t < WINDOW; t++) /* the first stands alone */
        rates_trial(&f.rates, SEED, 0);
    for (uint32_t n = 0; n < PAIRS; n++) {
        int64_t first[2];
        for (int k = 0; k < 2; k++) {
            first[k] = f.rates.state[0].direction[k];
            x[2 * n + (uint32_t)k] = (double)first[k] / 65536;
        }
        for (uint32_t t = 0; t < WINDOW; t++)
            rates_trial(&f.rates, SEED, 0);
        ck_assert_int_eq(f.rates.state[0].direction[0], -first[0]);
        ck_assert_int_eq(f.rates.state[0].direction[1], -first[1]);
        for (uint32_t t = 0; t < WINDOW; t++)
            rates_trial(&f.rates, SEED, 0);
    }
    ck_assert_ks(x, 2 * PAIRS, nearly_normal_cdf, NULL, "X of equation 9");
    end(f);
}
END_TEST

SUITE("rates", rates_are_those_of_an_independent_restatement, rates_follow_the_reference,
      a_scale_is_the_rate_over_its_start, senseless_rates_are_refused, directions_of_spsa_are_three_fair_coins,
      directions_of_reinforce_are_nearly_normal_and_mirrored)
