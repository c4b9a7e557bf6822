/* Parameters and weights as the host tools would write them; what no program does is refused with what would work. */
#include "tests/backends/spinnaker/fixture.h"

#include "backends/spinnaker/loihi_lif.h"
#include "backends/spinnaker/quantise.h"

#include <stdio.h>

static int32_t word(const spin_net *n, uint32_t population, spin_slot slot, const char *key)
{
    const qnet_population *q = &n->unit.qnet->population[population];
    int32_t k = spin_model_word(spin_program_of(q->program).model, slot, key);
    ck_assert_int_ge(k, 0);
    return qnet_at(q->column[k], 0);
}

START_TEST(parameters_round_to_even_s1615)
{
    spin_net n;
    ck_assert(spin_compile(&n,
                           "hmn: 1\npopulations: {a: {size: 2, model: IF_curr_exp, params: {tau_m: 12.3 ms, i_offset: "
                           "-0.4 nA, tau_refrac: 2.5 ms, v_thresh: -50.25 mV}, initial: {v: -61 mV}}}\n",
                           "quantise"));
    ck_assert_int_eq(word(&n, 0, SPIN_NEURON, "tau_m"), 403046); /* 403046.4 */
    ck_assert_int_eq(word(&n, 0, SPIN_NEURON, "I_offset"), -13107);
    ck_assert_int_eq(word(&n, 0, SPIN_NEURON, "T_refract_ms"), 81920);
    ck_assert_int_eq(word(&n, 0, SPIN_NEURON, "V_init"), -61 * 32768);
    ck_assert_int_eq(word(&n, 0, SPIN_THRESHOLD, "v_thresh"), -1646592);
    ck_assert_int_eq(word(&n, 0, SPIN_SYNAPSE, "time_step"), 32768);
    spin_close(&n);
    int32_t x;
    ck_assert(spin_fixed(0.5 / 32768, &x) && x == 0);
    ck_assert(spin_fixed(1.5 / 32768, &x) && x == 2);
    ck_assert(!spin_fixed(65536, &x));
}
END_TEST

START_TEST(first_weights_that_learn_onto_loihi_lif_round_to_the_nearest_step_and_fixed_ones_are_refused)
{
    static const char net[] =
        "hmn: 1\npopulations: {s: {size: 2, model: spike_source}, l: {size: 1, model: loihi_lif}}\n"
        "neuromodulators: {m: {source: {signal: task.m}}}\n"
        "plasticity_rules: {r: {type: hmn, traces: {tau_plus: 4 ms, tau_fast: 0 ms}, neuromodulators: [m], eta_local: "
        "0,"
        " eta_global: 2, weight_bounds: [-254, 254], sign: free, epoch: 4}}\n"
        "projections: {p: {pre: s, post: l, connector: {type: all_to_all}, weight_exp: -1, sign_mode: mixed,"
        " weight: {distribution: uniform, low: %s}%s}}\n";
    static const struct {
        const char *range;
        int32_t stored;
    } cases[] = {{"-3.4, high: -3.2", -2}, {"5.2, high: 5.4", 3}};
    char text[1024];
    spin_net n;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        snprintf(text, sizeof text, net, cases[k].range, "");
        ck_assert(!spin_compile(&n, text, "quantise"));
        spin_close(&n);
        snprintf(text, sizeof text, net, cases[k].range, ", plasticity: r");
        ck_assert(spin_compile(&n, text, "quantise"));
        ck_assert_int_eq(n.unit.qnet->projection[0].weight[0], cases[k].stored);
        spin_close(&n);
    }
}
END_TEST

START_TEST(weights_are_16_bits_on_the_scale_of_their_ring_buffer)
{
    spin_net n;
    ck_assert(
        spin_compile(&n,
                     "hmn: 1\npopulations: {s: {size: 2, model: spike_source}, a: {size: 1, model: IF_curr_exp},"
                     " c: {size: 1, model: IF_cond_exp}, l: {size: 1, model: loihi_lif}}\n"
                     "projections:\n"
                     "  e: {pre: s, post: a, connector: {type: all_to_all}, weight: 1.3}\n"
                     "  i: {pre: s, post: a, connector: {type: all_to_all}, weight: 0.3, receptor_type: inhibitory}\n"
                     "  g: {pre: s, post: c, connector: {type: all_to_all}, weight: 0.002}\n"
                     "  r: {pre: s, post: l, connector: {type: all_to_all}, weight: -7, weight_exp: 3}\n",
                     "quantise"));
    const hmn_qnet *q = n.unit.qnet;
    ck_assert_int_eq(q->population[1].shift[0], 1);
    ck_assert_int_eq(q->projection[0].weight[0], 21299); /* 1.3 * 2^14 */
    ck_assert_int_eq(q->population[1].shift[1], 0);
    ck_assert_int_eq(q->projection[1].weight[0], -9830);
    ck_assert_int_eq(q->projection[2].weight[0],
                     (int32_t)(0.002 * 1024 * (1 << (15 - q->population[2].shift[0])) + 0.5));
    ck_assert_int_eq(q->population[3].shift[0], LOIHI_LIF_SHIFT);
    ck_assert_int_eq(q->projection[3].weight[0], -56);
    spin_close(&n);
}
END_TEST

START_TEST(what_no_program_does_is_refused)
{
    static const char *const net[][2] = {
        {"populations: {a: {size: 1, model: IF_curr_exp, params: {v_min: -70 mV}}}", "v_min"},
        {"populations: {a: {size: 1, model: IF_curr_exp, reset: subtract}}", "reset: subtract"},
        {"populations: {a: {size: 1, model: loihi_lif, params: {adapt_step: 5}}}", "adapt_step"},
        {"populations: {a: {size: 1, model: IF_curr_exp, params: {tau_syn_E: 0 ms}}}", "exc_tau"},
        {"populations: {a: {size: 1, model: IF_curr_exp, params: {cm: 100000 nF}}}", "65536"},
        {"populations: {a: {size: 1, model: IF_curr_exp}}\ntarget: {dialect: lava}", "dialect"},
    };
    for (size_t i = 0; i < sizeof net / sizeof *net; i++) {
        char text[512];
        spin_net n;
        snprintf(text, sizeof text, "hmn: 1\n%s\n", net[i][0]);
        ck_assert_msg(!spin_compile(&n, text, "quantise"), "%s", net[i][0]);
        ck_assert_msg(strstr(spin_message(&n), net[i][1]) != NULL, "%s: %s", net[i][1], spin_message(&n));
        spin_close(&n);
    }
}
END_TEST

SUITE("quantise", parameters_round_to_even_s1615, weights_are_16_bits_on_the_scale_of_their_ring_buffer,
      first_weights_that_learn_onto_loihi_lif_round_to_the_nearest_step_and_fixed_ones_are_refused,
      what_no_program_does_is_refused)
