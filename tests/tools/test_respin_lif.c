/* loihi_lif on spinnaker restated: beside other models, under a rule, with noise and currents; and a step by hand. */
#include "tools/respin_lif.h"

#include "tests/tools/source_text.h"
#include "tools/verify.h"

/* %s: the rule's line, and what the projection onto `cells` says beside. */
static const char mixed[] =
    "hmn: 1\nnetwork: {dt: 1 ms}\nneuromodulators: {m: {source: {schedule: [[0 ms, 1], [150 ms, "
    "-0.5]]}}}\npopulations:\n"
    "  in: {size: 20, model: spike_source_poisson, params: {rate: 60 Hz}}\n"
    "  cells: {size: 15, model: loihi_lif, params: {decay_u: 900, decay_v: 200, vth_mant: 120, bias_mant: 3, bias_exp: "
    "4, "
    "refractory: 3, vmin_exp: 12, noise_exp: 9, noise_mant: -2, noise_at_v: 1}}\n"
    "  others: {size: 9, model: IF_curr_exp, params: {tau_m: 15 ms, cm: 0.3, noise: 0.1}}\n%s"
    "stimuli:\n  push: {type: current, target: cells, amplitude: 300, start: 40 ms, duration: 100 ms}\n"
    "projections:\n"
    "  a: {pre: in, post: cells, connector: {type: fixed_probability, p_connect: 0.6}, weight: {distribution: "
    "uniform_int, "
    "low: 10, high: 90}, delay: {distribution: uniform_int, low: 1, high: 20}%s}\n"
    "  b: {pre: cells, post: others, connector: {type: fixed_probability, p_connect: 0.5}, weight: 0.4, receptor_type: "
    "excitatory}\n"
    "  c: {pre: others, post: cells, connector: {type: fixed_probability, p_connect: 0.4}, weight: 60, weight_exp: 1, "
    "receptor_type: inhibitory, delay: 3 ms}\n"
    "run: {duration: 400 ms, seed: 12}\n";

static void agrees(const char *rule, const char *beside, bool learns)
{
    static const verify_bounds any = {1e6, 0, 1e6};
    source s;
    verification v;
    char text[4096];
    snprintf(text, sizeof text, mixed, rule, beside);
    ck_assert_msg(source_from_text(&s, "spinnaker", text), "%s", diag_get(s.diag, diag_count(s.diag) - 1)->text);
    ck_assert(verify_run(&s, 400, false, &any, &v));
    ck_assert_msg(v.restated && v.exact, "%s: step %u, %s of %u: chip %g, restated %g; %s %ld %ld", rule,
                  v.registers.step, v.registers.word, v.registers.neuron, v.registers.chip_v, v.registers.reference_v,
                  v.learned.what, v.learned.chip, v.learned.restated);
    ck_assert(v.relearned == learns && (!learns || v.learned.compared > 5000));
    ck_assert_uint_gt(v.population[1].exact.a, 100);
    ck_assert_uint_gt(v.population[2].exact.a, 50);
    ck_assert_int_eq(source_end(&s), EXIT_OK);
}

START_TEST(cells_beside_other_models_are_restated_bit_for_bit)
{
    agrees("", ", receptor_type: excitatory", false);
    agrees("", "", false);
}
END_TEST

#define RULE                                                                                                           \
    "plasticity_rules: {r: {type: hmn, traces: {pairing: stdp, A_plus: 1, A_minus: 0.4, tau_plus: 20 ms, tau_minus: "  \
    "15 "                                                                                                              \
    "ms, tau_fast: 60 ms, k_fast: 0.5}, neuromodulators: [m], eta_local: 0.01, eta_global: 0.5, weight_bounds: [0, "   \
    "200], "                                                                                                           \
    "epoch: 4}}\n"

START_TEST(a_rule_onto_cells_is_restated_bit_for_bit)
{
    agrees(RULE, ", receptor_type: excitatory, plasticity: r", true);
}
END_TEST

START_TEST(a_step_is_the_document_s)
{
    respin_lif n = {.decay_u = 1024,
                    .decay_v = 512,
                    .threshold = 6400,
                    .bias = 10,
                    .refractory = 2,
                    .low = -4095,
                    .high = 1 << 20,
                    .u = -1001,
                    .v = 3000};
    ck_assert(!respin_lif_tick(&n, 640, 0));
    ck_assert_int_eq(n.u, -750 + 640); /* -750.75 toward zero */
    ck_assert_int_eq(n.v, 2625 - 110 + 10);
    ck_assert(respin_lif_tick(&n, 6400, 0));
    ck_assert_int_eq(n.v, 0);
    ck_assert_int_eq(n.rest, 1);
    ck_assert(!respin_lif_tick(&n, 6400, 0)); /* held */
    ck_assert_int_eq(n.v, 0);
    n = (respin_lif){.decay_u = 4096,
                     .decay_v = 4096,
                     .threshold = 1 << 22,
                     .refractory = 1,
                     .low = -100,
                     .high = 1 << 20,
                     .noise_exponent = 9,
                     .noise_at_v = true};
    respin_lif_tick(&n, 0, -20);
    ck_assert_int_eq(n.v, -80);
    respin_lif_tick(&n, (1 << 21) + 5, 0);
    ck_assert_int_eq(n.u, 5 - (1 << 21)); /* 22 bits */
    ck_assert_int_eq(n.v, -100);
}
END_TEST

SUITE("respin_lif", cells_beside_other_models_are_restated_bit_for_bit, a_rule_onto_cells_is_restated_bit_for_bit,
      a_step_is_the_document_s)
