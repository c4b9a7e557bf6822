/* Equations 2, 3 and 5 against closed forms. */
#include "core/base/rng.h"
#include "core/reference/state.h"
#include "tests/core/reference/bench.h"
#include "tests/suite.h"

#include <math.h>

static void near(double a, double b, double tolerance)
{
    ck_assert_msg(fabs(a - b) <= tolerance, "%.15g is not %.15g", a, b);
}

/* Neuron 0: presynaptic source. 1: a source that makes neuron 2 fire one step later. The plastic synapse 0 -> 2 has
 * a weight far too small to matter. */
typedef struct {
    bench *b;
    graph_projection *plastic;
    net_rule *rule;
    hmn_reference *r;
} pair;

static pair pair_new(net_rule_type type, double weight)
{
    bench *b = bench_new(1);
    graph_population *pre = bench_population(b, MODEL_SOURCE, 1), *drive = bench_population(b, MODEL_SOURCE, 1);
    graph_population *post = bench_population(b, MODEL_CURR_DELTA, 1);
    graph_projection *plastic = bench_project(b, pre, post, (bench_synapse[]){{0, 0, weight, 1}}, 1);
    bench_project(b, drive, post, (bench_synapse[]){{0, 0, 1000, 1}}, 1);
    plastic->rule = 0;
    return (pair){b, plastic, bench_rule(b, type), NULL};
}

/* Runs steps 0..last; the presynaptic spike reaches the synapse in step x, the postsynaptic neuron fires in step z. */
static void run(pair *p, int x, int z, int last)
{
    p->r = bench_start(p->b);
    ck_assert_ptr_nonnull(p->r);
    hmn_sim *s = reference_sim(p->r);
    for (int t = 0; t <= last; t++) {
        if (t == x - 1)
            s->ops->inject(s, 0);
        if (t == z - 1)
            s->ops->inject(s, 1);
        ck_assert_int_eq(bench_step(p->r, NET_NONE, 2), t == z);
    }
}

START_TEST(pair_stdp_draws_the_exponential_window)
{
    for (int apart = -40; apart <= 40; apart++) {
        pair p = pair_new(RULE_STDP, 0);
        p.rule->sign_free = true;
        p.rule->traces.a_plus.v = 0.3;
        p.rule->traces.a_minus.v = 0.2;
        p.rule->traces.tau_plus.v = 17;
        p.rule->traces.tau_minus.v = 34;
        p.rule->epoch.v = 4;
        run(&p, 50, 50 + apart, 103);
        double expected = (apart >= 0 ? 0.3 * exp(-apart / 17.0) : 0) - (apart <= 0 ? 0.2 * exp(apart / 34.0) : 0);
        near(reference_weights(p.r, 0)[0], expected, 1e-12);
        bench_free(p.b);
    }
}
END_TEST

START_TEST(hebbian_pairing_never_depresses)
{
    pair p = pair_new(RULE_HMN, 0.5);
    p.rule->traces.pairing = PAIRING_HEBBIAN;
    p.rule->eta_local.v = 1;
    run(&p, 20, 10, 30);
    near(reference_weights(p.r, 0)[0], 0.5, 0);
    bench_free(p.b);
    p = pair_new(RULE_HMN, 0.5);
    p.rule->traces.pairing = PAIRING_HEBBIAN;
    p.rule->eta_local.v = 1;
    run(&p, 10, 20, 30);
    near(reference_weights(p.r, 0)[0], 0.5 + exp(-0.5), 1e-12);
    bench_free(p.b);
}
END_TEST

START_TEST(rate_pairing_is_the_product_of_the_traces)
{
    pair p = pair_new(RULE_HMN, 0);
    p.rule->traces.pairing = PAIRING_RATE;
    p.rule->traces.tau_fast.v = 1e9; /* keeps the whole integral */
    run(&p, 10, 12, 1500);
    /* sum over t >= 12 of exp(-(t-10)/20) exp(-(t-12)/20) */
    near(reference_eligibility(p.r, 0, 0), exp(-0.1) / (1 - exp(-0.1)), 1e-4);
    bench_free(p.b);
}
END_TEST

START_TEST(eligibility_decays_with_both_time_constants)
{
    pair p = pair_new(RULE_HMN, 0);
    net_traces *t = &p.rule->traces;
    t->tau_fast.v = 20;
    t->tau_slow = (net_num){500, true, {0}};
    t->k_fast.v = 0.7;
    t->k_slow.v = 0.1;
    run(&p, 10, 15, 15);
    double h = exp(-5 / 20.0);
    double integral = 0;
    for (int n = 0; n < 20000; n++) {
        double e = reference_eligibility(p.r, 0, 0);
        if (n % 100 == 0)
            near(e, h * (0.7 * exp(-n / 20.0) + 0.1 * exp(-n / 500.0)), 1e-12);
        integral += e;
        bench_step(p.r, NET_NONE, 2);
    }
    near(integral, h * (0.7 / (1 - exp(-1 / 20.0)) + 0.1 / (1 - exp(-1 / 500.0))), 1e-6);
    bench_free(p.b);
}
END_TEST

START_TEST(without_tau_fast_the_eligibility_is_that_of_one_epoch)
{
    pair p = pair_new(RULE_HMN, 0);
    p.rule->epoch.v = 8;
    p.rule->eta_local.v = 2;
    run(&p, 9, 10, 14);
    near(reference_eligibility(p.r, 0, 0), exp(-1 / 20.0), 1e-12);
    near(reference_weights(p.r, 0)[0], 0, 0);
    bench_step(p.r, NET_NONE, 2); /* step 15 ends the second epoch */
    near(reference_eligibility(p.r, 0, 0), 0, 0);
    near(reference_weights(p.r, 0)[0], 2 * exp(-1 / 20.0), 1e-12);
    bench_free(p.b);
}
END_TEST

static pair rewarded(double weight)
{
    pair p = pair_new(RULE_HMN, weight);
    static const net_ref used[] = {{0, {0}}, {1, {0}}};
    p.b->net.nmodulators = 2;
    p.b->modulator[0] = (net_modulator){.weight = {.v = 2}, .source = MODSRC_SIGNAL};
    p.b->modulator[1] = (net_modulator){.weight = {.v = -0.5}, .source = MODSRC_CONSTANT, .value = {.v = 0.25}};
    p.rule->modulator = used;
    p.rule->nmodulators = 2;
    p.rule->traces.tau_fast.v = 100;
    p.rule->eta_local.v = 0.01;
    p.rule->eta_global.v = 0.1;
    return p;
}

START_TEST(three_factors_multiply_at_the_end_of_an_epoch)
{
    pair p = rewarded(0);
    p.rule->sign_free = true;
    p.rule->epoch.v = 10;
    run(&p, 13, 15, 18);
    near(reference_weights(p.r, 0)[0], 0, 0);
    hmn_sim *s = reference_sim(p.r);
    s->ops->modulate(s, 0, -3);
    bench_step(p.r, NET_NONE, 2); /* step 19 ends the second epoch */
    double g = 2 * -3 - 0.5 * 0.25, h = exp(-2 / 20.0) * exp(-4 / 100.0);
    near(reference_weights(p.r, 0)[0], (0.01 + 0.1 * g) * h, 1e-12);
    near(reference_moved(p.r, 0), fabs(0.01 + 0.1 * g) * h, 1e-12);
    ck_assert_uint_eq(reference_counters(p.r).weight_updates, 1);
    bench_free(p.b);
}
END_TEST

START_TEST(weights_keep_bounds_and_sign)
{
    pair p = rewarded(0.5);
    p.plastic->w_max = 0.6;
    run(&p, 13, 15, 14);
    hmn_sim *s = reference_sim(p.r);
    s->ops->modulate(s, 0, 50);
    s->ops->inject(s, 1);
    for (int t = 0; t < 3; t++)
        bench_step(p.r, NET_NONE, 2);
    near(reference_weights(p.r, 0)[0], 0.6, 0);
    s->ops->modulate(s, 0, -500);
    bench_step(p.r, NET_NONE, 2);
    near(reference_weights(p.r, 0)[0], 0, 0); /* it began positive */
    bench_free(p.b);
    p = rewarded(-0.5);
    run(&p, 13, 15, 14);
    reference_sim(p.r)->ops->modulate(reference_sim(p.r), 0, 50);
    bench_step(p.r, NET_NONE, 2);
    near(reference_weights(p.r, 0)[0], 0, 0);
    bench_free(p.b);
}
END_TEST

START_TEST(frozen_weights_stay_while_traces_go_on)
{
    pair p = rewarded(0.5);
    p.rule->traces.a_minus.v = 0.5; /* pairs within a step do not cancel */
    p.r = bench_start(p.b);
    hmn_sim *s = reference_sim(p.r);
    s->ops->learn(s, false);
    for (int t = 0; t < 10; t++) {
        s->ops->inject(s, 1);
        bench_step(p.r, 0, 2);
    }
    near(reference_weights(p.r, 0)[0], 0.5, 0);
    ck_assert_double_ne(reference_eligibility(p.r, 0, 0), 0);
    s->ops->learn(s, true);
    bench_step(p.r, NET_NONE, 2);
    ck_assert_double_ne(reference_weights(p.r, 0)[0], 0.5);
    bench_free(p.b);
}
END_TEST

START_TEST(weight_decay_takes_its_share_a_millisecond)
{
    pair p = pair_new(RULE_HMN, 0.5);
    p.rule->decay.v = 0.001;
    p.rule->epoch.v = 5;
    run(&p, -10, -10, 99);
    near(reference_weights(p.r, 0)[0], 0.5 * pow(1 - 0.005, 20), 1e-12);
    bench_free(p.b);
}
END_TEST

START_TEST(a_rule_switched_off_leaves_a_static_synapse)
{
    pair p = rewarded(0.5);
    p.rule->enabled = false;
    p.rule->meta.on = true; /* not looked at */
    run(&p, 13, 15, 40);
    ck_assert_ptr_eq(reference_weights(p.r, 0), p.plastic->weight);
    bench_free(p.b);
}
END_TEST

static void refused(pair p, const char *word)
{
    ck_assert_ptr_null(reference_new(&p.b->g, (reference_options){.grid = true}, p.b->a, p.b->d));
    ck_assert_uint_eq(diag_errors(p.b->d), 1);
    const hmn_message *m = diag_get(p.b->d, 0);
    ck_assert_int_eq(m->code, DIAG_RULE_TARGET);
    ck_assert_uint_eq(m->at.line, 77);
    ck_assert_msg(strstr(m->text, word) != NULL, "%s", m->text);
    ck_assert_ptr_nonnull(m->cure);
    bench_free(p.b);
}

START_TEST(what_is_not_computed_is_refused_at_the_rule)
{
    refused(pair_new(RULE_TEXT, 0), "without products");
    refused(pair_new(RULE_PROGRAM, 0), "programs of sPyNNaker");
    pair p = pair_new(RULE_HMN, 0);
    p.rule->probability_gate.on = true;
    p.plastic->w_max = INFINITY; /* no bounds, no chip: no LSB */
    refused(p, "probability gate");
}
END_TEST

/* 2,000 synapses from as many sources onto one cell, all with the same pairing in each of 20 epochs. */
enum { MANY = 2000, EPOCHS = 20 };

static bench *crowd(net_rule **rule)
{
    bench *b = bench_new(1);
    graph_population *pre = bench_population(b, MODEL_SOURCE, MANY), *drive = bench_population(b, MODEL_SOURCE, 1);
    graph_population *post = bench_population(b, MODEL_CURR_DELTA, 1);
    bench_synapse *synapse = ARENA_NEW(b->a, bench_synapse, MANY);
    for (uint32_t i = 0; i < MANY; i++)
        synapse[i] = (bench_synapse){i, 0, 0, 1};
    graph_projection *plastic = bench_project(b, pre, post, synapse, MANY);
    bench_project(b, drive, post, (bench_synapse[]){{0, 0, 1000, 1}}, 1);
    plastic->rule = 0;
    *rule = bench_rule(b, RULE_HMN);
    (*rule)->sign_free = true;
    (*rule)->eta_local.v = 1;
    (*rule)->traces.a_minus.v = 0;
    (*rule)->traces.tau_plus.v = 1e-3; /* pairs within a step only: dw = A_plus */
    (*rule)->epoch.v = 4;
    return b;
}

START_TEST(an_update_happens_with_the_logistic_probability_by_its_own_draw)
{
    static const double beta[] = {0.2, 3}, theta[] = {0, 0.7}, lsb = 0.25, change[] = {0.05, 0.3};
    for (int k = 0; k < 4; k++) {
        net_rule *rule;
        bench *b = crowd(&rule);
        rule->traces.a_plus.v = change[k & 1];
        rule->probability_gate = (net_probability_gate){
            .on = true, .beta_p = {.v = beta[k / 2]}, .theta_p = {.v = theta[k / 2]}, .lsb = {lsb, true, {0}}};
        hmn_reference *r = bench_start(b);
        hmn_sim *s = reference_sim(r);
        double chance = 1 / (1 + exp(-beta[k / 2] * (change[k & 1] / lsb - theta[k / 2]))), sum = 0;
        for (uint32_t t = 0; t < 4 * EPOCHS; t++) {
            for (uint32_t i = 0; t % 4 == 1 && i <= MANY; i++)
                s->ops->inject(s, i); /* the drive too */
            bench_step(r, NET_NONE, 0);
        }
        for (uint32_t i = 0; i < MANY; i++) {
            double expected = 0;
            for (uint32_t n = 0; n < EPOCHS; n++)
                expected += rng_unit(b->g.seed, RNG_UPDATE, 0, i, n) < chance ? change[k & 1] : 0;
            near(reference_weights(r, 0)[i], expected, 1e-9);
            sum += reference_weights(r, 0)[i] / change[k & 1];
        }
        double trials = MANY * EPOCHS, deviation = sqrt(trials * chance * (1 - chance));
        ck_assert_double_lt(fabs(sum - trials * chance), 4 * deviation);
        bench_free(b);
    }
}
END_TEST

START_TEST(the_lsb_is_the_rules_else_the_chips_else_of_the_bounds)
{
    static const double chip[] = {0.01, 0.01}, want[] = {0.5, 0.01, 2 / 255.0};
    for (int k = 0; k < 3; k++) {
        pair p = pair_new(RULE_HMN, 0.5);
        p.plastic->w_min = 0;
        p.plastic->w_max = 2;
        p.rule->probability_gate.on = true;
        p.rule->probability_gate.lsb = (net_num){0.5, k == 0, {0}};
        hmn_reference *r = reference_new(&p.b->g, (reference_options){.w_lsb = k < 2 ? chip : NULL}, p.b->a, p.b->d);
        near(r->projection[0].lsb, want[k], 1e-15);
        bench_free(p.b);
    }
}
END_TEST

START_TEST(traces_take_what_a_graded_spike_carries)
{
    bench *b = bench_new(1);
    graph_population *pre = bench_population(b, MODEL_CURR_DELTA, 1), *post = bench_population(b, MODEL_CURR_DELTA, 1);
    pre->activation = post->activation = ACT_RELU;
    bench_set(b, post, NP_PAYLOAD_UNIT, 2);
    pre->init_v = bench_value(b, -40);
    post->init_v = bench_value(b, -65);
    bench_project(b, pre, post, (bench_synapse[]){{0, 0, 0, 1}}, 1)->rule = 0;
    bench_project(b, pre, post, (bench_synapse[]){{0, 0, 1, 2}}, 1); /* makes post fire two steps after pre */
    net_rule *rule = bench_rule(b, RULE_HMN);
    rule->sign_free = true;
    rule->eta_local.v = 1;
    hmn_reference *r = bench_start(b);
    double x = 25 * exp(-1 / 20.0), z = x / 2; /* v above rest: mV over the unit */
    for (int t = 0; t < 3; t++)
        bench_step(r, NET_NONE, 0);
    near(reference_weights(r, 0)[0], x * exp(-1 / 20.0) * z, 1e-9);
    bench_free(b);
}
END_TEST

SUITE("plasticity", pair_stdp_draws_the_exponential_window, hebbian_pairing_never_depresses,
      rate_pairing_is_the_product_of_the_traces, eligibility_decays_with_both_time_constants,
      without_tau_fast_the_eligibility_is_that_of_one_epoch, three_factors_multiply_at_the_end_of_an_epoch,
      weights_keep_bounds_and_sign, frozen_weights_stay_while_traces_go_on, weight_decay_takes_its_share_a_millisecond,
      a_rule_switched_off_leaves_a_static_synapse, what_is_not_computed_is_refused_at_the_rule,
      an_update_happens_with_the_logistic_probability_by_its_own_draw,
      the_lsb_is_the_rules_else_the_chips_else_of_the_bounds, traces_take_what_a_graded_spike_carries)
