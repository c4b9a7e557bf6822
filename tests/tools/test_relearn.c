/* Restated learning against the emulator: every trace, tag, weight, register and bias, in networks of each term. */
#include "tools/verify.h"

#include "tests/tools/relearn_net.h"

#include <string.h>

static const verify_bounds any = {1e6, 0, 1e6};

static void agrees(const char *target, const char *rule)
{
    source s;
    verification v;
    ck_assert_msg(relearn_net(&s, target, rule), "%s: %s", target, rule);
    ck_assert(verify_run(&s, 400, false, &any, &v));
    ck_assert_msg(v.relearned, "%s: %s: %s", target, rule, v.unlearned);
    ck_assert_msg(v.exact, "%s: %s: step %u, %s of %u -> %u: chip %ld, restated %ld", target, rule, v.learned.step,
                  v.learned.what, v.learned.pre, v.learned.post, v.learned.chip, v.learned.restated);
    ck_assert_uint_gt(v.learned.compared, 10000);
    ck_assert_double_gt(v.projection[0].change_rms, 0);
    ck_assert_int_eq(source_end(&s), EXIT_OK);
}

static void agrees_on_both(const char *rule)
{
    agrees("loihi", rule);
    agrees("loihi2", rule);
}

START_TEST(pairings_with_and_without_modulators_are_restated_bit_for_bit)
{
    agrees_on_both("type: stdp, traces: {A_plus: 0.05, A_minus: 0.06, tau_plus: 20 ms, tau_minus: 20 ms}, epoch: 4");
    agrees_on_both(RELEARN_RULE RELEARN_TRACES "tau_fast: 0 ms}, epoch: 5");
}
END_TEST

START_TEST(tags_and_decay_are_restated_bit_for_bit)
{
    agrees_on_both(RELEARN_RULE RELEARN_FAST ", epoch: 8, decay: 0.001");
    agrees("loihi2", RELEARN_RULE RELEARN_BOTH ", epoch: 6");
    agrees("loihi",
           RELEARN_RULE "traces: {pairing: hebbian, tau_fast: 60 ms, k_fast: 0.5, tau_slow: 400 ms, k_slow: 0.1}, "
                        "epoch: 4");
    agrees_on_both(RELEARN_RULE "traces: {pairing: rate, A_plus: 0.1, tau_fast: 60 ms, k_fast: 0.5}, epoch: 4");
}
END_TEST

#define GATE "phase_gate: {oscillation: theta, bins: 4, owner: %s, assign: uniform}, "

#define PHASES "phase_gate: {oscillation: theta, bins: 4, owner: pre, assign: uniform}"

START_TEST(phase_tables_attention_over_modulators_and_astrocytes_are_restated_bit_for_bit)
{
    static const char *const owner[] = {"pre", "post", "synapse"};
    for (int k = 0; k < 3; k++) {
        char rule[1024];
        snprintf(rule, sizeof rule,
                 RELEARN_RULE RELEARN_FAST ", epoch: 8, astrocyte: glia, " GATE
                                           "global_attention: {beta_g: 3, null_logit: 1, context: [calm, alarm]}",
                 owner[k]);
        agrees_on_both(rule);
    }
    agrees_on_both(RELEARN_RULE RELEARN_FAST ", epoch: 8, global_attention: {beta_g: 2, similarity: scaled_dot}");
    agrees_on_both(RELEARN_RULE RELEARN_FAST ", epoch: 8, global_attention: {beta_g: 2, similarity: cosine}");
}
END_TEST

/* Apart from the factor of r1: with tags it is in y3, without them in r1. */
START_TEST(astrocytes_that_act_on_eligibility_are_restated_bit_for_bit)
{
    agrees_on_both(RELEARN_RULE RELEARN_FAST ", epoch: 8, astrocyte: damp");
    agrees_on_both(RELEARN_RULE RELEARN_FAST ", epoch: 5, astrocyte: boost");
    agrees("loihi2", RELEARN_RULE RELEARN_BOTH ", epoch: 8, astrocyte: boost, " PHASES);
    agrees_on_both(RELEARN_RULE RELEARN_TRACES "tau_fast: 0 ms}, epoch: 5, astrocyte: damp");
    agrees_on_both(RELEARN_RULE "traces: {pairing: rate, A_plus: 0.1, tau_fast: 60 ms, k_fast: 0.5}, epoch: 4, "
                                "astrocyte: damp");
}
END_TEST

/* Transmission, x1, h of attention, and the share that a spike takes. */
START_TEST(astrocytes_that_act_on_spikes_are_restated_bit_for_bit)
{
    static const char *const cell[] = {"mute", "shout"};
    for (int k = 0; k < 2; k++) {
        char rule[1024];
        snprintf(rule, sizeof rule, RELEARN_RULE RELEARN_FAST ", epoch: 8, astrocyte: %s", cell[k]);
        agrees("loihi2", rule);
        snprintf(rule, sizeof rule,
                 RELEARN_RULE "traces: {pairing: hebbian, tau_fast: 60 ms, k_fast: 0.5}, epoch: 5, astrocyte: %s, "
                              "local_attention: {beta_a: 100, tau: 30 ms}, " PHASES,
                 cell[k]);
        agrees("loihi2", rule);
        snprintf(rule, sizeof rule,
                 "type: hmn, eta_global: 0.03, neuromodulators: [reward, busy], weight_bounds: [0, 2], "
                 "traces: {pairing: hebbian, tau_fast: 0 ms}, epoch: 5, astrocyte: %s",
                 cell[k]);
        agrees("loihi2", rule);
    }
}
END_TEST

/* Learning off: spikes count all the same. */
START_TEST(spikes_count_without_learning)
{
    source s;
    verification v;
    ck_assert(relearn_net(&s, "loihi2", RELEARN_RULE RELEARN_FAST ", epoch: 8, astrocyte: mute"));
    ck_assert(verify_run(&s, 400, true, &any, &v));
    ck_assert(!v.relearned && v.exact);
    source_end(&s);
}
END_TEST

START_TEST(draws_and_attention_over_synapses_are_restated_bit_for_bit)
{
    static const char *const owner[] = {"pre", "synapse"};
    for (int k = 0; k < 2; k++) {
        char rule[1024];
        snprintf(rule, sizeof rule,
                 RELEARN_RULE RELEARN_BOTH
                 ", epoch: 8, " GATE
                 "local_attention: {beta_a: 300, tau: 50 ms}, probability_gate: {beta_p: 0.8, theta_p: 1.2}",
                 owner[k]);
        agrees("loihi2", rule);
    }
    agrees("loihi2",
           RELEARN_RULE RELEARN_FAST ", epoch: 1, local_attention: {beta_a: 100, tau: 30 ms, scale: softmax}");
    agrees("loihi", RELEARN_RULE RELEARN_FAST ", epoch: 8, probability_gate: {beta_p: 0.8, theta_p: 1.2}");
}
END_TEST

/* The closed loop with meta-learning, homeostasis and an astrocyte. */
START_TEST(the_bandit_with_every_term_is_restated_bit_for_bit)
{
    source s;
    verification v;
    ck_assert(source_from_file(&s, "loihi2", HMN_SOURCE_DIR "/models/bandit.yaml"));
    ck_assert(verify_run(&s, 16000, false, &any, &v)); /* two windows of 50 trials */
    ck_assert(v.relearned && v.exact);
    ck_assert_int_eq(source_end(&s), EXIT_OK);
}
END_TEST

START_TEST(another_seed_or_a_weight_off_by_one_is_found_and_named)
{
    for (int k = 0; k < 2; k++) {
        source s;
        relearn_difference d = {0};
        const char *why;
        ck_assert(relearn_net(&s, "loihi2", RELEARN_RULE RELEARN_FAST ", epoch: 4"));
        hmn_machine *m = machine_boot(s.image, s.chip, 1, NULL, s.diag);
        relearn *r = relearn_new(&s, m, &why);
        ck_assert_ptr_nonnull(r);
        r->seed += k == 0;
        r->core[0].synapse[3].w += k == 1;
        hmn_sim *chip = machine_sim(m);
        for (uint32_t t = 0; t < 100 && !d.differ; t++) {
            uint32_t n;
            chip->ops->begin(chip);
            const uint32_t *spike = chip->ops->spikes(chip, &n);
            relearn_end(r, spike, n, true);
            chip->ops->end(chip);
            relearn_compare(r, m, s.arena, &d);
        }
        ck_assert(d.differ);
        ck_assert_str_eq(d.what, k ? "weight" : d.what);
        ck_assert_int_ne(d.chip, d.restated);
        machine_free(m);
        source_end(&s);
    }
}
END_TEST

START_TEST(what_is_not_restated_is_said)
{
    source s;
    verification v;
    ck_assert(
        source_from_text(&s, "loihi",
                         "hmn: 1\npopulations:\n  in: {size: 3, model: spike_source_poisson, params: {rate: 40 Hz}}\n"
                         "  out: {size: 2, model: loihi_lif}\nplasticity_rules: {r: {type: loihi, dd: x0*(1)}}\n"
                         "projections: {p: {pre: in, post: out, connector: {type: all_to_all}, weight: 9, "
                         "plasticity: r}}\nrun: {seed: 2}\n"));
    ck_assert(verify_run(&s, 50, false, &any, &v));
    ck_assert(!v.relearned && v.unlearned && strstr(v.unlearned, "delays"));
    source_end(&s);
    ck_assert(source_from_file(&s, "loihi2", HMN_SOURCE_DIR "/models/basics/programs.yaml"));
    ck_assert(verify_run(&s, 50, true, &any, &v));
    ck_assert(!v.relearned);
    source_end(&s);
}
END_TEST

SUITE("relearn", pairings_with_and_without_modulators_are_restated_bit_for_bit, tags_and_decay_are_restated_bit_for_bit,
      phase_tables_attention_over_modulators_and_astrocytes_are_restated_bit_for_bit,
      astrocytes_that_act_on_eligibility_are_restated_bit_for_bit,
      astrocytes_that_act_on_spikes_are_restated_bit_for_bit, spikes_count_without_learning,
      draws_and_attention_over_synapses_are_restated_bit_for_bit, the_bandit_with_every_term_is_restated_bit_for_bit,
      another_seed_or_a_weight_off_by_one_is_found_and_named, what_is_not_restated_is_said)
