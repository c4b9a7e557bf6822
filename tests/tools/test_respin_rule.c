/* The HMN rule restated against the emulator: weights, both eligibilities and registers in networks of each term. */
#include "tools/respin_rule.h"

#include "tests/tools/relearn_net.h"
#include "tools/verify.h"

static void agrees(const char *rule)
{
    static const verify_bounds any = {1e6, 0, 1e6};
    source s;
    verification v;
    ck_assert_msg(relearn_net(&s, "spinnaker", rule), "%s", rule);
    ck_assert_uint_eq(spin_learning_of(s.unit.qnet, 0)->kind, SPIN_LEARN_HYBRID);
    ck_assert(verify_run(&s, 400, false, &any, &v));
    ck_assert_msg(v.relearned, "%s: %s", rule, v.unlearned);
    ck_assert_msg(v.exact, "%s: step %u, %s of %u -> %u: chip %ld, restated %ld; %s of %u: chip %g, restated %g", rule,
                  v.learned.step, v.learned.what, v.learned.pre, v.learned.post, v.learned.chip, v.learned.restated,
                  v.registers.word, v.registers.neuron, v.registers.chip_v, v.registers.reference_v);
    ck_assert_uint_gt(v.learned.compared, 9000);
    ck_assert_double_gt(v.projection[0].change_rms, 0.001);
    ck_assert_int_eq(source_end(&s), EXIT_OK);
}

START_TEST(eligibilities_are_restated_bit_for_bit)
{
    agrees(RELEARN_RULE RELEARN_TRACES "tau_fast: 0 ms}, epoch: 5");
    agrees(RELEARN_RULE RELEARN_FAST ", epoch: 8, decay: 0.001");
    agrees(RELEARN_RULE RELEARN_BOTH ", epoch: 7");
    agrees(RELEARN_RULE "traces: {pairing: hebbian, tau_fast: 60 ms, k_fast: 0.5, tau_slow: 400 ms, k_slow: 0.1}");
    agrees("type: stdp, traces: {A_plus: 0.05, A_minus: 0.06, tau_plus: 20 ms, tau_minus: 20 ms}, decay: 0.0005, "
           "epoch: 4");
}
END_TEST

START_TEST(phase_tables_attention_over_modulators_and_astrocytes_are_restated_bit_for_bit)
{
    static const char *const owner[] = {"pre", "post", "synapse"};
    for (int k = 0; k < 3; k++) {
        char rule[1024];
        snprintf(rule, sizeof rule,
                 RELEARN_RULE RELEARN_FAST
                 ", epoch: 8, astrocyte: glia, phase_gate: {oscillation: theta, bins: 4, owner: %s, assign: uniform}, "
                 "global_attention: {beta_g: 3, null_logit: 1, context: [calm, alarm]}",
                 owner[k]);
        agrees(rule);
    }
}
END_TEST

START_TEST(astrocytes_that_act_on_pairings_and_spikes_are_restated_bit_for_bit)
{
    static const char *const cell[] = {"damp", "boost", "mute", "shout"};
    for (int k = 0; k < 4; k++) {
        char rule[1024];
        snprintf(rule, sizeof rule,
                 RELEARN_RULE RELEARN_BOTH
                 ", epoch: 8, astrocyte: %s, local_attention: {beta_a: 100, tau: [20 ms, 60 ms]}",
                 cell[k]);
        agrees(rule);
        snprintf(rule, sizeof rule, RELEARN_RULE RELEARN_TRACES "tau_fast: 0 ms}, epoch: 1, astrocyte: %s", cell[k]);
        agrees(rule);
    }
}
END_TEST

START_TEST(the_probability_gate_is_restated_bit_for_bit)
{
    agrees(RELEARN_RULE RELEARN_FAST ", epoch: 4, probability_gate: {beta_p: 0.2, theta_p: 3}");
    agrees(RELEARN_RULE RELEARN_FAST ", epoch: 4, probability_gate: {beta_p: 0.5, theta_p: 2, lsb: 0.01}");
}
END_TEST

START_TEST(attention_over_synapses_is_restated_bit_for_bit)
{
    agrees(RELEARN_RULE RELEARN_FAST ", epoch: 4, local_attention: {beta_a: 300, tau: 50 ms}");
    agrees(RELEARN_RULE RELEARN_BOTH ", epoch: 8, local_attention: {beta_a: 100, tau: [20 ms, 60 ms], scale: softmax}");
}
END_TEST

START_TEST(all_terms_together_are_restated_bit_for_bit)
{
    agrees(
        RELEARN_RULE RELEARN_BOTH
        ", epoch: 8, decay: 0.0005, sign: free, astrocyte: glia, phase_gate: {oscillation: theta, bins: 4, owner: "
        "pre, assign: by_group, group_size: 1}, global_attention: {beta_g: 3, null_logit: 1, context: [calm, alarm]}, "
        "probability_gate: {beta_p: 0.2, theta_p: 0.5}, local_attention: {beta_a: 300, tau: 50 ms}");
}
END_TEST

SUITE("respin_rule", eligibilities_are_restated_bit_for_bit,
      phase_tables_attention_over_modulators_and_astrocytes_are_restated_bit_for_bit,
      astrocytes_that_act_on_pairings_and_spikes_are_restated_bit_for_bit, the_probability_gate_is_restated_bit_for_bit,
      attention_over_synapses_is_restated_bit_for_bit, all_terms_together_are_restated_bit_for_bit)
