/* Equations 4 and 7 in the reference against closed forms: which share each modulator gets, when the phase lets a
 * weight change. */
#include "core/reference/state.h"
#include "tests/core/reference/bench.h"
#include "tests/suite.h"

#include <math.h>

static void near(double a, double b) { ck_assert_msg(fabs(a - b) <= 1e-12, "%.15g is not %.15g", a, b); }

/* Two modulators with weights 1 and 2 and levels e, and two that are the context. */
typedef struct {
    bench *b;
    net_rule *rule;
    hmn_reference *r;
} mix;

static const net_ref modulators[] = {{0, {0}}, {1, {0}}}, context[] = {{2, {0}}, {3, {0}}};

static mix mix_new(net_similarity similarity, double e0, double e1, double c0, double c1)
{
    const double level[] = {e0, e1, c0, c1};
    bench *b = bench_new(1);
    bench_population(b, MODEL_SOURCE, 1);
    net_rule *rule = bench_rule(b, RULE_HMN);
    b->net.nmodulators = 4;
    for (int k = 0; k < 4; k++)
        b->modulator[k] = (net_modulator){.source = MODSRC_CONSTANT, .value = {.v = level[k]}, .weight = {.v = k + 1}};
    rule->modulator = modulators;
    rule->nmodulators = 2;
    rule->global_attention = (net_global_attention){
        .on = true, .beta_g = {.v = 1.5}, .similarity = similarity, .context = context, .ncontext = 2};
    return (mix){b, rule, bench_start(b)};
}

static void shares(mix m, double logit0, double logit1, double null)
{
    double gamma[2], a = exp(logit0), b = exp(logit1), sum = a + b + null;
    bench_step(m.r, NET_NONE, 0);
    modulator_attention(m.r, m.rule, gamma);
    near(gamma[0], a / sum);
    near(gamma[1], b / sum);
    near(modulator_effective(m.r, m.rule), gamma[0] * modulator_level(m.r, 0) + 2 * gamma[1] * modulator_level(m.r, 1));
    bench_free(m.b);
}

START_TEST(keys_meet_the_context)
{
    shares(mix_new(SIM_KEY, 0.5, -3, 0.2, 0.8), 1.5 * 0.2, 1.5 * 0.8, 0);
    mix m = mix_new(SIM_KEY, 0.5, -3, 0.2, 0.8);
    static const double key0[] = {2, -1}, key1[] = {0.5, 0.5};
    m.b->modulator[0].key = key0;
    m.b->modulator[1].key = key1;
    m.b->modulator[0].nkey = m.b->modulator[1].nkey = 2;
    shares(m, 1.5 * (2 * 0.2 - 0.8), 1.5 * 0.5, 0);
}
END_TEST

START_TEST(a_scaled_dot_weighs_levels)
{
    shares(mix_new(SIM_SCALED_DOT, 0.5, -3, 0.2, 0.8), 1.5 * 0.5 * 0.2 / sqrt(2), -1.5 * 3 * 0.8 / sqrt(2), 0);
}
END_TEST

START_TEST(a_cosine_sees_directions_only)
{
    double length = sqrt(0.2 * 0.2 + 0.8 * 0.8);
    shares(mix_new(SIM_COSINE, 0.5, -3, 0.2, 0.8), 1.5 * 0.2 / length, -1.5 * 0.8 / length, 0);
    shares(mix_new(SIM_COSINE, 0.5, -3, 0, 0), 0, 0, 0);
}
END_TEST

START_TEST(a_null_modulator_takes_its_share)
{
    mix m = mix_new(SIM_KEY, 0.5, -3, 0.2, 0.8);
    m.rule->global_attention.null_logit = (net_num){0.7, true, {0}};
    shares(m, 1.5 * 0.2, 1.5 * 0.8, exp(0.7));
}
END_TEST

START_TEST(without_a_context_every_dimension_is_one)
{
    mix m = mix_new(SIM_SCALED_DOT, 0.5, -3, 0.2, 0.8);
    m.rule->global_attention.ncontext = 0;
    shares(m, 1.5 * 0.5 / sqrt(2), -1.5 * 3 / sqrt(2), 0);
}
END_TEST

START_TEST(huge_logits_do_not_overflow)
{
    mix m = mix_new(SIM_KEY, 1, 1, 1e6, -1e6);
    double gamma[2];
    bench_step(m.r, NET_NONE, 0);
    modulator_attention(m.r, m.rule, gamma);
    near(gamma[0], 1);
    near(gamma[1], 0);
    bench_free(m.b);
}
END_TEST

START_TEST(attention_switched_off_leaves_shares_of_one)
{
    mix m = mix_new(SIM_KEY, 0.5, -3, 0.2, 0.8);
    m.rule->global_attention.on = false;
    bench_step(m.r, NET_NONE, 0);
    near(modulator_effective(m.r, m.rule), 0.5 - 6);
    bench_free(m.b);
}
END_TEST

/* A source onto a cell that a second source makes fire each 10 steps; eligibility of the epoch only. */
START_TEST(weights_move_by_the_cosine_of_their_bin)
{
    enum { BINS = 8, STEPS = 200 };
    double free_change[STEPS] = {0};
    for (int b = -1; b < BINS; b++) {
        bench *n = bench_new(1);
        graph_population *pre = bench_population(n, MODEL_SOURCE, 1), *drive = bench_population(n, MODEL_SOURCE, 1);
        graph_population *post = bench_population(n, MODEL_CURR_DELTA, 1);
        graph_projection *p = bench_project(n, pre, post, (bench_synapse[]){{0, 0, 0, 1}}, 1);
        bench_project(n, drive, post, (bench_synapse[]){{0, 0, 1000, 1}}, 1);
        net_rule *rule = bench_rule(n, RULE_HMN);
        p->rule = 0;
        rule->eta_local.v = 1;
        rule->sign_free = true;
        uint16_t bin = (uint16_t)(b < 0 ? 0 : b);
        n->net.noscillations = 1;
        n->oscillation[0] = (net_oscillation){.frequency = {.v = 7}, .phase = {.v = 0.4}};
        rule->phase_gate = (net_phase_gate){.on = b >= 0, .bins = BINS};
        p->bin = b >= 0 ? &bin : NULL;
        hmn_reference *r = bench_start(n);
        double last = 0;
        for (int t = 0; t < STEPS; t++) {
            if (t % 10 == 3)
                reference_sim(r)->ops->inject(reference_sim(r), 0);
            bench_step(r, t % 10 == 5 ? 1 : NET_NONE, 2);
            double change = reference_weights(r, 0)[0] - last;
            last += change;
            if (b < 0)
                free_change[t] = change;
            else
                ck_assert_double_eq_tol(change, free_change[t] * fmax(0, cos(2 * M_PI * (7e-3 * t - b / 8.0) + 0.4)),
                                        1e-12);
        }
        ck_assert_double_gt(fabs(last), 1);
        bench_free(n);
    }
}
END_TEST

SUITE("gates", keys_meet_the_context, a_scaled_dot_weighs_levels, a_cosine_sees_directions_only,
      a_null_modulator_takes_its_share, without_a_context_every_dimension_is_one, huge_logits_do_not_overflow,
      attention_switched_off_leaves_shares_of_one, weights_move_by_the_cosine_of_their_bin)
