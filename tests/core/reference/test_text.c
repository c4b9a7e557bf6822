/* Rules as text in the reference: products by hand at chosen steps, and what it refuses. */
#include "compiler/rule.h"
#include "core/reference/state.h"
#include "tests/core/reference/bench.h"
#include "tests/suite.h"

#include <math.h>

static void near(double a, double b) { ck_assert_msg(fabs(a - b) <= 1e-12, "%.15g is not %.15g", a, b); }

/* Neuron 0: presynaptic source. 1: a source that makes neuron 2 fire one step later. Synapse 0 -> 2 learns; a step of
 * its weight is 1 / 128. */
typedef struct {
    bench *b;
    graph_projection *plastic;
    net_rule *rule;
    hmn_reference *r;
    double lsb[2];
} pair;

static pair *pair_new(const char *dw, const char *dt, uint32_t epoch)
{
    bench *b = bench_new(1);
    pair *p = ARENA_NEW(b->a, pair, 1);
    graph_population *pre = bench_population(b, MODEL_SOURCE, 1), *drive = bench_population(b, MODEL_SOURCE, 1);
    graph_population *post = bench_population(b, MODEL_CURR_DELTA, 1);
    graph_projection *plastic = bench_project(b, pre, post, (bench_synapse[]){{0, 0, 0.5, 4}}, 1);
    bench_project(b, drive, post, (bench_synapse[]){{0, 0, 1000, 1}}, 1);
    plastic->rule = 0;
    *p = (pair){b, plastic, bench_rule(b, RULE_TEXT), NULL, {1.0 / 128, 1}};
    p->rule->epoch.v = epoch;
    p->rule->sign_free = true;
    p->rule->eta_local.v = p->rule->eta_global.v = 0;
    p->rule->x1_impulse.v = 32;
    p->rule->x1_tau.v = 10;
    p->rule->y1_impulse.v = 20;
    p->rule->y1_tau.v = 7;
    hmn_rule *products = ARENA_NEW(b->a, hmn_rule, 1);
    if (dw)
        ck_assert(rule_parse(&(rule_source){dw, {0}, RULE_W, RULE_GRAMMAR_HMN}, products, b->d));
    if (dt)
        ck_assert(rule_parse(&(rule_source){dt, {0}, RULE_T, RULE_GRAMMAR_HMN}, products, b->d));
    p->rule->products = products;
    return p;
}

/* The weight in steps after steps 0..last; spikes reach the synapse in steps x[], the neuron fires in steps z[]; 0 ends
 * a list. */
static double run(pair *p, const int *x, const int *z, int last)
{
    p->r = reference_new(&p->b->g, (reference_options){.w_lsb = p->lsb}, p->b->a, p->b->d);
    ck_assert_ptr_nonnull(p->r);
    hmn_sim *s = reference_sim(p->r);
    for (int t = 0; t <= last; t++) {
        for (int k = 0; x[k]; k++)
            if (t == x[k] - 1)
                s->ops->inject(s, 0);
        for (int k = 0; z[k]; k++)
            if (t == z[k] - 1)
                s->ops->inject(s, 1);
        bench_step(p->r, NET_NONE, 2);
    }
    double w = reference_weights(p->r, 0)[0] * 128;
    return w;
}

#define STEPS(...)                                                                                                     \
    (const int[]) { __VA_ARGS__, 0 }
static const int never[] = {0};

START_TEST(traces_are_read_after_the_last_spike_of_the_dependency)
{
    /* epoch 8: steps 0..7, 8..15; the neuron fires in 13, the spike came in 9 */
    pair *p = pair_new("2^-2*x1*y0 - 2^-3*y1*x0", NULL, 8);
    near(run(p, STEPS(9), STEPS(13), 14), 64);
    near(run(p, STEPS(9), STEPS(13), 15), 64 + 0.25 * 32 * exp(-4 / 10.0));
    near(run(p, STEPS(13), STEPS(9), 15), 64 - 0.125 * 20 * exp(-4 / 7.0));
    /* two spikes in one epoch: both in the trace, the last one pairs */
    near(run(p, STEPS(9, 12), STEPS(10, 13), 15),
         64 + 0.25 * 32 * (exp(-4 / 10.0) + exp(-1 / 10.0)) - 0.125 * 20 * exp(-2 / 7.0));
    /* a trace goes on from epoch to epoch */
    near(run(p, STEPS(9), STEPS(30), 31), 64 + 0.25 * 32 * exp(-21 / 10.0));
    bench_free(p->b);
}
END_TEST

START_TEST(a_clock_ticks_with_its_epochs_and_a_wide_product_is_shifted)
{
    /* w: 9 bits, x1: 7, mantissa 4: five more than 15. u1: each second epoch of 4 steps */
    pair *p = pair_new("2^-1*u1*w*x1", NULL, 4);
    double first = 64 + 0.5 * 64 * (32 * exp(-5 / 10.0)) / 32;
    near(run(p, STEPS(2), never, 6), 64);
    near(run(p, STEPS(2), never, 7), first);
    near(run(p, STEPS(2), never, 11), first);
    near(run(p, STEPS(2), never, 15), first + 0.5 * first * (32 * exp(-13 / 10.0)) / 32);
    bench_free(p->b);
}
END_TEST

START_TEST(tags_accumulate_and_all_products_read_what_the_epoch_found)
{
    pair *p = pair_new("2^-1*u0*t", "x0*(6) - 2^-1*u0*t", 2);
    /* the tag is 6 after the epoch of the spike, then it halves; the weight takes halves of what was there before */
    near(run(p, STEPS(1), never, 1), 64);
    near(run(p, STEPS(1), never, 3), 64 + 3);
    near(run(p, STEPS(1), never, 5), 64 + 3 + 1.5);
    bench_free(p->b);
}
END_TEST

START_TEST(signs_constants_and_delays_are_factors)
{
    pair *p = pair_new("2^-1*x0*sgn(w-100)*d", NULL, 1); /* delay 4 steps: d = 3; 9 and 9 bits and 4: 7 too many */
    near(run(p, STEPS(3), never, 3), 64 - 0.5 * 3 / 128);
    bench_free(p->b);
    p = pair_new("3*x0*(2) - x0*sgn(w-64)", NULL, 1);
    near(run(p, STEPS(3), never, 3), 64 + 6);
    bench_free(p->b);
}
END_TEST

START_TEST(registers_bring_modulators)
{
    pair *p = pair_new("u0*r1 + 2^2*x0*r0", NULL, 2);
    static const net_ref heard[] = {{0, {0}}};
    p->b->net.nmodulators = 1;
    p->b->modulator[0] = (net_modulator){.name = {"m", {0}}, .weight = {.v = 3}, .source = MODSRC_SIGNAL};
    p->rule->modulator = heard;
    p->rule->nmodulators = 1;
    p->rule->eta_local = (net_num){0.25, true, {0}};
    p->rule->eta_global = (net_num){2, true, {0}};
    near(run(p, STEPS(3), never, 3), 64 + 2 * 0.25); /* silent: r0 is 0 */
    p->b->modulator[0].source = MODSRC_CONSTANT;
    p->b->modulator[0].value.v = 0.5;
    near(run(p, STEPS(3), never, 3), 64 + 2 * (0.25 + 2 * 3 * 0.5) + 4);
    bench_free(p->b);
}
END_TEST

START_TEST(weights_keep_bounds_sign_and_rest_while_learning_is_off)
{
    pair *p = pair_new("-2^4*u0*(7)", NULL, 1);
    p->plastic->w_min = -1;
    near(run(p, never, never, 0), 64 - 112);
    near(run(p, never, never, 3), -128);
    p->rule->sign_free = false;
    near(run(p, never, never, 3), 0);
    p->r = reference_new(&p->b->g, (reference_options){.w_lsb = p->lsb}, p->b->a, p->b->d);
    reference_sim(p->r)->ops->learn(reference_sim(p->r), false);
    bench_step(p->r, NET_NONE, 2);
    near(reference_weights(p->r, 0)[0], 0.5);
    bench_free(p->b);
}
END_TEST

static void refused(pair *p, const char *word)
{
    ck_assert_ptr_null(reference_new(&p->b->g, (reference_options){.w_lsb = p->lsb}, p->b->a, p->b->d));
    const hmn_message *m = diag_get(p->b->d, diag_count(p->b->d) - 1);
    ck_assert_msg(strstr(m->text, word) && m->cure && m->at.line, "%s", m->text);
    bench_free(p->b);
}

START_TEST(what_is_not_computed_is_refused)
{
    pair *p = pair_new("x0", NULL, 1);
    ck_assert(rule_parse(&(rule_source){"x0*(1)", {0}, RULE_D, RULE_GRAMMAR_HMN},
                         (hmn_rule *)(uintptr_t)p->rule->products, p->b->d));
    refused(p, "delays");
    p = pair_new("x0*y3", NULL, 1);
    p->rule->third_factor = THIRD_HOST;
    refused(p, "third factors");
    p = pair_new("x0*x1", NULL, 1);
    p->rule->graded_pre = PRE_ADD;
    refused(p, "payloads");
    p = pair_new("x0", NULL, 1);
    p->lsb[0] = 0;
    refused(p, "steps of a chip");
}
END_TEST

SUITE("text", traces_are_read_after_the_last_spike_of_the_dependency,
      a_clock_ticks_with_its_epochs_and_a_wide_product_is_shifted,
      tags_accumulate_and_all_products_read_what_the_epoch_found, signs_constants_and_delays_are_factors,
      registers_bring_modulators, weights_keep_bounds_sign_and_rest_while_learning_is_off,
      what_is_not_computed_is_refused)
