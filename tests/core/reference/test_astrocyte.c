/* Section 7.4: the astrocyte's own dynamics in closed form, and what each effect does to one pair of spikes. */
#include "tests/core/reference/bench.h"
#include "tests/suite.h"

#include <math.h>

static void near(double a, double b) { ck_assert_msg(fabs(a - b) <= 1e-12, "%.15g is not %.15g", a, b); }

enum { DRIVE = 1, CELL = 2 };

/* A pair made in step 20, with which the epoch ends; the modulators G and NE are constant. */
typedef struct {
    bench *b;
    net_rule *rule;
    net_astrocyte *cell;
    hmn_reference *r;
} glia;

static const net_ref mixed[] = {{0, {0}}};
static const double E = 0.8, S = 1.5, TAU = 40, N = 3, K = 0.4, G = 0.6;

static glia glia_new(net_astro_effect effect, double lambda)
{
    bench *b = bench_new(1);
    graph_population *pre = bench_population(b, MODEL_SOURCE, 1), *drive = bench_population(b, MODEL_SOURCE, 1);
    graph_population *post = bench_population(b, MODEL_CURR_DELTA, 1);
    graph_projection *p = bench_project(b, pre, post, (bench_synapse[]){{0, 0, 3, 1}}, 1);
    bench_project(b, drive, post, (bench_synapse[]){{0, 0, 1000, 1}}, 1);
    net_rule *rule = bench_rule(b, RULE_HMN);
    p->rule = 0;
    rule->epoch.v = 21;
    rule->eta_local.v = 0.2;
    rule->eta_global.v = 0.5;
    rule->modulator = mixed;
    rule->nmodulators = 1;
    b->net.nmodulators = 2;
    b->modulator[0] = (net_modulator){.source = MODSRC_CONSTANT, .value = {.v = G}, .weight = {.v = 1}};
    b->modulator[1] = (net_modulator){.source = MODSRC_CONSTANT, .value = {.v = E}, .weight = {.v = 1}};
    net_astrocyte *cell = ARENA_NEW(b->a, net_astrocyte, 1);
    *cell = (net_astrocyte){.modulator = {1, {0}}, .tau = {.v = TAU}, .gain = {.v = S}, .a_max = {.v = 1}, .on = true};
    cell->hill_n.v = N;
    cell->hill_k.v = K;
    cell->lambda.v = lambda;
    cell->effect = effect;
    b->net.astrocyte = cell;
    b->net.nastrocytes = 1;
    rule->astrocyte.i = 0;
    return (glia){b, rule, cell, NULL};
}

/* M after n steps: A = S E (1 - (1 - dt/tau)^n). */
static double effect_after(double n)
{
    double a = S * E * (1 - pow(1 - 1 / TAU, n));
    return pow(a, N) / (pow(a, N) + pow(K, N));
}

/* x reaches the synapse in step 10, the cell fires in step 20. */
static double learned(glia *g)
{
    g->r = bench_start(g->b);
    ck_assert_ptr_nonnull(g->r);
    for (int t = 0; t <= 20; t++)
        bench_step(g->r, t == 9 ? 0 : t == 19 ? DRIVE : NET_NONE, CELL);
    double w = reference_weights(g->r, 0)[0] - 3;
    bench_free(g->b);
    return w;
}

static const double PAIR = 0.60653065971263342; /* exp(-10/20) */

START_TEST(an_astrocyte_charges_and_saturates)
{
    glia g = glia_new(ASTRO_GAIN, 0);
    g.r = bench_start(g.b);
    for (int t = 1; t <= 300; t++) {
        bench_step(g.r, NET_NONE, 0);
        if (S * E * (1 - pow(1 - 1 / TAU, t)) < 1)
            near(reference_astrocyte_effect(g.r, 0), effect_after(t));
    }
    near(reference_astrocyte_effect(g.r, 0), 1 / (1 + pow(K, N))); /* A stays at a_max */
    bench_free(g.b);
}
END_TEST

START_TEST(additive_adds_to_g)
{
    glia g = glia_new(ASTRO_ADDITIVE, -1.7);
    near(learned(&g), (0.2 + 0.5 * (G - 1.7 * effect_after(21))) * PAIR);
}
END_TEST

START_TEST(gain_scales_the_factor_and_ends_at_zero)
{
    glia g = glia_new(ASTRO_GAIN, 0.9);
    near(learned(&g), (0.2 + 0.5 * G) * (1 + 0.9 * effect_after(21)) * PAIR);
    g = glia_new(ASTRO_GAIN, -20);
    near(learned(&g), 0);
}
END_TEST

START_TEST(presynaptic_weakens_transmission_and_traces)
{
    glia g = glia_new(ASTRO_PRESYNAPTIC, 0.7);
    near(learned(&g), (0.2 + 0.5 * G) * (1 - 0.7 * effect_after(10)) * PAIR);
    g = glia_new(ASTRO_PRESYNAPTIC, 0.7);
    g.rule->eta_local.v = g.rule->eta_global.v = 0;
    g.r = bench_start(g.b);
    for (int t = 0; t <= 10; t++)
        bench_step(g.r, t == 9 ? 0 : NET_NONE, CELL);
    near(reference_v(g.r, CELL) + 65, 3 * (1 - 0.7 * effect_after(10)));
    bench_free(g.b);
}
END_TEST

START_TEST(eligibility_scales_what_enters_it)
{
    glia g = glia_new(ASTRO_ELIGIBILITY, -0.6);
    near(learned(&g), (0.2 + 0.5 * G) * (1 - 0.6 * effect_after(20)) * PAIR);
}
END_TEST

START_TEST(a_rule_without_its_astrocyte_does_not_see_it)
{
    glia g = glia_new(ASTRO_GAIN, 0.9);
    g.rule->astrocyte.i = NET_NONE;
    near(learned(&g), (0.2 + 0.5 * G) * PAIR);
}
END_TEST

SUITE("astrocyte", an_astrocyte_charges_and_saturates, additive_adds_to_g, gain_scales_the_factor_and_ends_at_zero,
      presynaptic_weakens_transmission_and_traces, eligibility_scales_what_enters_it,
      a_rule_without_its_astrocyte_does_not_see_it)
