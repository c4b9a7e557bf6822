/* Rules with eligibility traces on both generations against the reference, on its own spikes and modulators: the bandit
 * P0 without homeostasis, 384 synapses, 300 trials of 150 steps. */
#include "compiler/learn.h"

#include "tests/compiler/bandit.h"

#define ATTENTION "global_attention: {beta_g: 8, null_logit: 4, context: [feedback, c1, c2]}"
#define RATES "eta_local: 0.000048, eta_global: 0.0096, neuromodulators: [reward, novelty, doubt], epoch: 8"
#define TRACES "traces: {pairing: hebbian, A_plus: 1, tau_plus: 20 ms, "
#define FAST TRACES "tau_fast: 50 ms, k_fast: 0.5}"
#define SLOW TRACES "tau_slow: 500 ms, k_slow: 0.1, k_fast: 0}"
#define BOTH TRACES "tau_fast: 50 ms, k_fast: 0.5, tau_slow: 500 ms, k_slow: 0.1}"
#define PHASE "phase_gate: {oscillation: theta, bins: 4, owner: pre, assign: by_group, group_size: 1}"

static void follows(const char *target, const char *rule, uint32_t seed, double correlation, double slope, double bias)
{
    bandit_result r = bandit_run(target, rule, seed, 300);
    ck_assert_msg(r.correlation >= correlation && fabs(r.slope - 1) <= slope && fabs(r.bias) <= bias,
                  "%s: %s: correlation %.4f, slope %.3f, bias %.2f steps", target, rule, r.correlation, r.slope,
                  r.bias);
    ck_assert_double_gt(r.rms, 1); /* they are not the same weights */
}

START_TEST(one_tag_of_the_second_generation_follows_without_bias)
{
    follows("loihi2", RATES ", " ATTENTION ", " FAST, 11, 0.995, 0.02, 1);
    follows("loihi2", RATES ", " ATTENTION ", " SLOW, 12, 0.995, 0.02, 1);
}
END_TEST

START_TEST(two_tags_hold_a_fast_and_a_slow_trace)
{
    follows("loihi2", RATES ", " ATTENTION ", " BOTH, 13, 0.995, 0.02, 1);
    follows("loihi2", RATES ", " ATTENTION ", " BOTH ", " PHASE, 14, 0.995, 0.03, 1);
}
END_TEST

/* Equations 4, 5, 10 and 11 at once; the chip draws by the words of the reference, so that few decisions differ. */
START_TEST(attention_and_draws_follow_on_the_second_generation)
{
    static const char attend[] = "local_attention: {beta_a: 300, tau: 50 ms}";
    static const char draw[] = "probability_gate: {beta_p: 0.81, theta_p: 1.23}";
    char rule[1024];
    snprintf(rule, sizeof rule, RATES ", " ATTENTION ", " BOTH ", %s", attend);
    follows("loihi2", rule, 1, 0.995, 0.02, 2);
    snprintf(rule, sizeof rule, RATES ", " ATTENTION ", " BOTH ", " PHASE ", %s, %s", attend, draw);
    follows("loihi2", rule, 1, 0.995, 0.02, 2);
    snprintf(rule, sizeof rule, RATES ", " ATTENTION ", " BOTH ", %s", draw);
    follows("loihi", rule, 1, 0.92, 0.15, 25); /* approximated there: one factor for all sizes */
}
END_TEST

START_TEST(the_first_generation_follows_and_rounds_down)
{
    follows("loihi", RATES ", " ATTENTION ", " FAST, 11, 0.98, 0.05, 8);
    follows("loihi", RATES ", " ATTENTION ", " SLOW, 12, 0.98, 0.05, 8);
    follows("loihi", RATES ", " ATTENTION ", " BOTH, 13, 0.98, 0.06, 12);
    follows("loihi", RATES ", " ATTENTION ", " BOTH ", " PHASE, 14, 0.97, 0.1, 12);
}
END_TEST

START_TEST(rates_pair_in_every_step)
{
    static const char rule[] =
        "eta_local: 0.000005, eta_global: 0.001, neuromodulators: [reward, novelty, doubt], epoch: 8, " ATTENTION
        ", traces: {pairing: rate, A_plus: 1, tau_plus: 20 ms, tau_minus: 20 ms, "
        "tau_fast: 50 ms, k_fast: 0.5}";
    follows("loihi2", rule, 15, 0.99, 0.03, 2);
    follows("loihi", rule, 15, 0.95, 0.15, 15);
}
END_TEST

/* The size of a step matters: a quarter of the rate, a quarter of the step. */
START_TEST(small_steps_cost_correlation)
{
    static const char slow[] = "eta_local: 0, eta_global: 0.0006, neuromodulators: [reward], epoch: 8, " BOTH;
    static const char quick[] = "eta_local: 0, eta_global: 0.0096, neuromodulators: [reward], epoch: 8, " BOTH;
    bandit_result a = bandit_run("loihi2", slow, 3, 200), b = bandit_run("loihi2", quick, 3, 200);
    ck_assert_double_lt(a.move, b.move / 4);
    ck_assert_double_lt(a.change, b.change);
    ck_assert_double_eq_tol(a.slope, 1, 0.1);
}
END_TEST

SUITE("learn_tags", one_tag_of_the_second_generation_follows_without_bias, two_tags_hold_a_fast_and_a_slow_trace,
      attention_and_draws_follow_on_the_second_generation, the_first_generation_follows_and_rounds_down,
      rates_pair_in_every_step, small_steps_cost_correlation)
