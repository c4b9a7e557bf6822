/* sPyNNaker's plasticity restated against the emulator, bit for bit: every timing and weight rule, with delays, bursts
 * that fill the histories, both receptors, recurrence; and a pair by hand. */
#include "tools/respin_stdp.h"

#include "tests/tools/source_text.h"
#include "tools/verify.h"

#include <math.h>
#include <string.h>

/* %s: rule, receptor. */
static const char network[] =
    "hmn: 1\nnetwork: {dt: 1 ms}\npopulations:\n"
    "  in: {size: 20, model: spike_source_poisson, params: {rate: 60 Hz}}\n"
    "  drive: {size: 12, model: spike_source_poisson, params: {rate: 70 Hz}}\n"
    "  out: {size: 12, model: IF_curr_exp, params: {cm: 0.2, tau_refrac: 1 ms}}\n"
    "plasticity_rules: {r: {%s}}\n"
    "projections:\n"
    "  p: {pre: in, post: out, connector: {type: fixed_probability, p_connect: 0.7}, weight: {distribution: uniform, "
    "low: "
    "0.1, high: 0.6}, delay: {distribution: uniform_int, low: 1, high: 9}, receptor_type: %s, plasticity: r}\n"
    "  d: {pre: drive, post: out, connector: {type: one_to_one}, weight: 4, receptor_type: excitatory}\n"
    "  q: {pre: out, post: out, connector: {type: fixed_probability, p_connect: 0.2}, weight: 0.3, receptor_type: "
    "excitatory, delay: 2 ms}\n"
    "run: {duration: 600 ms, seed: 4}\n";

static void agrees(const char *rule, const char *receptor)
{
    static const verify_bounds any = {1e6, 0, 1e6};
    source s;
    verification v;
    char text[4096];
    snprintf(text, sizeof text, network, rule, receptor);
    ck_assert_msg(source_from_text(&s, "spinnaker", text), "%s", rule);
    ck_assert_uint_eq(spin_learning_of(s.unit.qnet, 0)->kind, SPIN_LEARN_STDP);
    ck_assert(verify_run(&s, 600, false, &any, &v));
    ck_assert_msg(v.relearned, "%s: %s", rule, v.unlearned ? v.unlearned : "");
    ck_assert_msg(v.exact, "%s: step %u, %s of %u -> %u: chip %ld, restated %ld; %s of %u: chip %g, restated %g", rule,
                  v.learned.step, v.learned.what, v.learned.pre, v.learned.post, v.learned.chip, v.learned.restated,
                  v.registers.word, v.registers.neuron, v.registers.chip_v, v.registers.reference_v);
    ck_assert_uint_gt(v.learned.compared, 10000);
    ck_assert_uint_gt(v.population[2].exact.a, 100);
    ck_assert_int_eq(source_end(&s), EXIT_OK);
}

#define BOUNDS ", weight_bounds: [0.05, 0.9]"

START_TEST(the_pair_rule_of_type_stdp_is_restated_bit_for_bit)
{
    agrees("type: stdp, traces: {A_plus: 0.02, A_minus: 0.03, tau_plus: 16.7 ms, tau_minus: 33.7 ms}" BOUNDS,
           "excitatory");
    agrees("type: stdp, traces: {A_plus: 0.03, A_minus: 0.01, tau_plus: 5 ms, tau_minus: 60 ms}, eta_local: 0.7" BOUNDS,
           "excitatory");
}
END_TEST

START_TEST(timings_and_weights_of_type_spinnaker_are_restated_bit_for_bit)
{
    static const char *const timing[] = {"pair", "nearest_pair", "vogels"}, *const receptor[] = {"excitatory",
                                                                                                 "inhibitory"};
    for (int k = 0; k < 12; k++) {
        char rule[256];
        bool multiplicative = k / 3 % 2;
        snprintf(rule, sizeof rule, "type: spinnaker, timing: %s, A_plus: %s%s%s" BOUNDS, timing[k % 3],
                 multiplicative ? "0.05" : "0.02",
                 k % 3 == 2       ? ", alpha: 0.3"
                 : multiplicative ? ", A_minus: 0.06"
                                  : ", A_minus: 0.03",
                 multiplicative ? ", weight_dependence: multiplicative" : "");
        agrees(rule, receptor[k / 6]);
    }
}
END_TEST

START_TEST(triplets_are_restated_bit_for_bit)
{
    agrees(
        "type: spinnaker, timing: triplet, A_plus: 0.01, A_minus: 0.02, A3_plus: 0.008, A3_minus: 0.003, tau_x: 70 ms, "
        "tau_y: 90 ms" BOUNDS,
        "excitatory");
}
END_TEST

START_TEST(dendritic_delays_shift_what_the_neuron_did)
{
    agrees("type: spinnaker, backprop_delay: true, A_plus: 0.02, A_minus: 0.03" BOUNDS, "excitatory");
    agrees("type: spinnaker, timing: nearest_pair, backprop_delay: true, A_plus: 0.02, A_minus: 0.03" BOUNDS,
           "excitatory");
}
END_TEST

/* %s: rule. Some neurons bring reward, others punishment; keys before and behind those of the synapses that learn. */
static const char rewarded[] =
    "hmn: 1\nnetwork: {dt: 1 ms}\npopulations:\n"
    "  da: {size: 3, model: spike_source_poisson, params: {rate: 25 Hz}}\n"
    "  in: {size: 20, model: spike_source_poisson, params: {rate: 50 Hz}}\n"
    "  drive: {size: 12, model: spike_source_poisson, params: {rate: 60 Hz}}\n"
    "  out: {size: 12, model: IF_curr_exp, params: {cm: 0.2, tau_refrac: 1 ms}}\n"
    "  pain: {size: 2, model: spike_source_poisson, params: {rate: 20 Hz}}\n"
    "plasticity_rules: {r: {type: spinnaker, weight_bounds: [0, 1], %s}}\n"
    "projections:\n"
    "  p: {pre: in, post: out, connector: {type: fixed_probability, p_connect: 0.7}, weight: {distribution: uniform, "
    "low: "
    "0.2, high: 0.6}, delay: {distribution: uniform_int, low: 1, high: 9}, receptor_type: excitatory, plasticity: r}\n"
    "  d: {pre: drive, post: out, connector: {type: one_to_one}, weight: 4, receptor_type: excitatory}\n"
    "  good: {pre: da, post: out, connector: {type: all_to_all}, weight: 0.05, receptor_type: reward}\n"
    "  bad: {pre: pain, post: out, connector: {type: fixed_probability, p_connect: 0.5}, weight: 0.04, receptor_type: "
    "punishment}\n"
    "run: {duration: 600 ms, seed: 4}\n";

START_TEST(third_factors_are_restated_bit_for_bit)
{
    static const char *const rule[] = {
        "A_plus: 0.2, A_minus: 0.15, tau_c: 300 ms, tau_d: 100 ms",
        "timing: nearest_pair, A_plus: 0.3, A_minus: 0.1, tau_c: 100 ms, tau_d: 40 ms, weight_dependence: "
        "multiplicative",
        "timing: vogels, A_plus: 0.1, alpha: 0.2, tau_c: 200 ms, tau_d: 60 ms",
        "A_plus: 0.2, A_minus: 0.15, tau_c: 300 ms, tau_d: 100 ms, backprop_delay: false"};
    static const verify_bounds any = {1e6, 0, 1e6};
    for (int k = 0; k < 4; k++) {
        source s;
        verification v;
        char text[4096];
        snprintf(text, sizeof text, rewarded, rule[k]);
        ck_assert_msg(source_from_text(&s, "spinnaker", text), "%s", diag_get(s.diag, diag_count(s.diag) - 1)->text);
        ck_assert(verify_run(&s, 600, false, &any, &v));
        ck_assert_msg(v.relearned && v.exact, "%s: step %u, %s of %u -> %u: chip %ld, restated %ld", rule[k],
                      v.learned.step, v.learned.what, v.learned.pre, v.learned.post, v.learned.chip,
                      v.learned.restated);
        ck_assert_uint_gt(v.learned.compared, 10000);
        source_end(&s);
    }
}
END_TEST

/* One pair: the neuron fires in step 9, presynaptic spikes stand in 5 and 30. */
START_TEST(a_pair_changes_a_weight_by_its_window)
{
    source s;
    char text[4096];
    snprintf(text, sizeof text, network,
             "type: stdp, traces: {A_plus: 0.05, A_minus: 0.04, tau_plus: 20 ms, tau_minus: 30 ms}" BOUNDS,
             "excitatory");
    ck_assert(source_from_text(&s, "spinnaker", text));
    respin_stdp *r = respin_stdp_new(s.unit.qnet, 0, s.arena);
    uint32_t pre = 0;
    while (r->j->row[pre + 1] == r->j->row[pre])
        pre++;
    uint32_t e = r->j->row[pre], post = r->j->target[e];
    double lsb = s.unit.qnet->projection[0].w_lsb, before = r->weight[e] * lsb;
    respin_stdp_spike(r, pre, 5, true);
    ck_assert_double_eq(r->weight[e] * lsb, before);
    respin_stdp_fired(r, post, 9);
    respin_stdp_spike(r, pre, 30, true);
    double up = 0.05 * exp(1 / 20.0) * exp(-4 / 20.0), down = 0.04 * exp(-1 / 30.0) * exp(-21 / 30.0);
    ck_assert_double_eq_tol(r->weight[e] * lsb - before, up - down, 2 * lsb + 2e-4);
    source_end(&s);
}
END_TEST

SUITE("respin_stdp", the_pair_rule_of_type_stdp_is_restated_bit_for_bit,
      timings_and_weights_of_type_spinnaker_are_restated_bit_for_bit, triplets_are_restated_bit_for_bit,
      dendritic_delays_shift_what_the_neuron_did, third_factors_are_restated_bit_for_bit,
      a_pair_changes_a_weight_by_its_window)
