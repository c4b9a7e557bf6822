#include "tests/backends/loihi/fixture.h"

#include "backends/loihi/tables.h"

#include <math.h>

/* 20 sources onto 10 neurons of IF_curr_exp with weights 0.02 .. 0.4 nA. */
static net_builder *physical(void)
{
    net_builder *b = build_open();
    build_population(b, "in", 20, MODEL_SOURCE);
    net_population *p = build_population(b, "out", 10, MODEL_CURR_EXP);
    set_param(set_param(p, NP_CM, 0.25), NP_TAU_REFRAC, 2);
    net_projection *j = build_projection(b, "in_out", 0, 1, CONN_ALL_TO_ALL);
    j->weight = build_dist(DIST_UNIFORM, 0.02, 0.4, 0, 0);
    return b;
}

static int32_t column(const net_builder *b, uint32_t population, uint32_t c)
{
    return qnet_at(b->unit.qnet->population[population].column[c], 0);
}

START_TEST(time_constants_become_decay_registers)
{
    net_builder *b = physical();
    ck_assert_msg(quantised(b), "%s", first_message(b));
    ck_assert_int_eq(column(b, 1, LOIHI_COMPARTMENTS_decay_u), (int)nearbyint(4096 * (1 - exp(-1.0 / 5))) - 1);
    ck_assert_int_eq(column(b, 1, LOIHI_COMPARTMENTS_decay_v), (int)nearbyint(4096 * (1 - exp(-1.0 / 20))));
    ck_assert_int_eq(column(b, 1, LOIHI_COMPARTMENTS_refractory), 3);
    build_close(b);
}
END_TEST

START_TEST(the_scale_ties_weights_and_threshold_together)
{
    net_builder *b = physical();
    ck_assert(quantised(b));
    const hmn_qnet *q = b->unit.qnet;
    const qnet_population *p = &q->population[1];
    const qnet_projection *j = &q->projection[0];
    double k = 20 / 0.25 * (1 - exp(-1.0 / 20)), worst = 0;
    ck_assert_double_eq_tol(column(b, 1, LOIHI_COMPARTMENTS_vth_mant) * 64 * p->v_lsb, 15, 32 * p->v_lsb + 1e-9);
    ck_assert_double_eq_tol(p->u_lsb, p->v_lsb / k, 1e-12);
    int32_t most = 0;
    for (uint64_t e = 0; e < 200; e++) {
        most = j->weight[e] > most ? j->weight[e] : most;
        worst = fmax(worst, fabs(j->weight[e] * j->w_lsb - b->unit.graph->projection[0].weight[e]));
    }
    ck_assert_int_ge(most, 250); /* the heaviest fills the mantissa */
    ck_assert_double_le(worst, 0.5 * j->w_lsb + 1e-12);
    ck_assert_double_eq_tol(j->w_lsb, p->u_lsb * ldexp(1, 6 + j->weight_exp), 1e-15);
    build_close(b);
}
END_TEST

START_TEST(the_report_states_the_errors)
{
    net_builder *b = physical();
    ck_assert(quantised(b));
    const hmn_qnet *q = b->unit.qnet;
    uint32_t seen = 0;
    for (uint32_t i = 0; i < q->nreport; i++) {
        const qnet_report_row *r = &q->report[i];
        if (strcmp(r->quantity, "tau_m") == 0) {
            ck_assert_str_eq(r->subject, "population out");
            double d = column(b, 1, LOIHI_COMPARTMENTS_decay_v);
            ck_assert_double_eq_tol(r->max_error, fabs(-1 / log(1 - d / 4096) - 20), 1e-9);
            seen |= 1;
        }
        if (strcmp(r->quantity, "weight") == 0) {
            ck_assert_str_eq(r->subject, "projection in_out");
            ck_assert_uint_eq(r->count, 200);
            ck_assert_uint_eq(r->saturated, 0);
            ck_assert_double_gt(r->rms_error, 0);
            ck_assert_double_le(r->rms_error, r->max_error);
            ck_assert_double_le(r->max_error, 0.5 * q->projection[0].w_lsb + 1e-12);
            seen |= 2;
        }
        seen |= strcmp(r->quantity, "threshold") == 0 ? 4u : strcmp(r->quantity, "tau_syn") == 0 ? 8u : 0;
    }
    ck_assert_uint_eq(seen, 15);
    build_close(b);
}
END_TEST

START_TEST(the_scale_can_be_given)
{
    net_builder *b = physical();
    b->net.target.v_scale = build_num(50000);
    ck_assert(quantised(b));
    ck_assert_double_eq_tol(b->unit.qnet->population[1].v_lsb, 1 / 50000.0, 1e-15);
    ck_assert_int_eq(column(b, 1, LOIHI_COMPARTMENTS_vth_mant), (int)nearbyint(15 * 50000 / 64.0));
    build_close(b);
}
END_TEST

START_TEST(weights_of_curr_delta_are_millivolts)
{
    net_builder *b = build_open();
    build_population(b, "in", 2, MODEL_SOURCE);
    build_population(b, "out", 3, MODEL_CURR_DELTA);
    build_projection(b, "in_out", 0, 1, CONN_ALL_TO_ALL)->weight = build_constant(2.5);
    ck_assert_msg(quantised(b), "%s", first_message(b));
    const qnet_projection *j = &b->unit.qnet->projection[0];
    ck_assert_int_eq(column(b, 1, LOIHI_COMPARTMENTS_decay_u), 4095);
    ck_assert_double_eq_tol(j->weight[0] * j->w_lsb, 2.5, 0.5 * j->w_lsb);
    ck_assert_double_eq_tol(j->w_lsb, b->unit.qnet->population[1].v_lsb * ldexp(1, 6 + j->weight_exp), 1e-15);
    build_close(b);
}
END_TEST

START_TEST(noise_keeps_its_deviation)
{
    net_builder *b = physical();
    set_param(&b->population[1], NP_NOISE, 0.05);
    ck_assert(quantised(b));
    double k = 20 / 0.25 * (1 - exp(-1.0 / 20));
    double deviation = ldexp(73.611593, column(b, 1, LOIHI_COMPARTMENTS_noise_exp) - 7);
    ck_assert_double_eq_tol(deviation * b->unit.qnet->population[1].v_lsb, 0.05 * k, 1e-6);
    ck_assert_int_eq(column(b, 1, LOIHI_COMPARTMENTS_noise_at_v), 1);
    build_close(b);
}
END_TEST

START_TEST(inhibition_and_excitation_share_the_scale)
{
    net_builder *b = physical();
    net_projection *j = build_projection(b, "inh", 0, 1, CONN_ONE_TO_ONE);
    b->population[0].size = b->population[0].shape[0] = 10;
    j->receptor = RECEPTOR_INHIBITORY;
    j->weight = build_constant(0.05);
    ck_assert_msg(quantised(b), "%s", first_message(b));
    const qnet_projection *q = b->unit.qnet->projection;
    ck_assert_int_eq(q[1].sign, SIGN_INHIBITORY);
    ck_assert_int_le(q[1].weight_exp, q[0].weight_exp);
    ck_assert_int_lt(q[1].weight[0], 0);
    ck_assert_double_eq_tol(q[1].weight[0] * q[1].w_lsb, -0.05, 0.5 * q[1].w_lsb);
    build_close(b);
}
END_TEST

static void refused(void (*change)(net_builder *), hmn_diag_code code, const char *words)
{
    net_builder *b = physical();
    change(b);
    ck_assert(!quantised(b));
    build_refused(b, code, words);
    build_close(b);
}

static void other_reset(net_builder *b) { set_param(&b->population[1], NP_V_RESET, -70); }
static void sigmoid(net_builder *b) { b->population[1].activation = ACT_SIGMOID; }
static void slow_refractory(net_builder *b) { set_param(&b->population[1], NP_TAU_REFRAC, 70); }
static void low_threshold(net_builder *b) { set_param(&b->population[1], NP_V_THRESH, -70); }
static void far_delay(net_builder *b) { b->projection[0].delay = build_constant(64); }
static void seven_bits(net_builder *b) { b->projection[0].weight_bits = build_num(7); }
static void odd_dialect(net_builder *b) { b->net.target.dialect = (net_str){"latin", {0, 1, 1, 1}}; }
static void great_exponent(net_builder *b) { b->projection[0].weight_exp = (net_num){9, true, {0, 1, 1, 1}}; }
static void two_currents(net_builder *b)
{
    set_param(&b->population[1], NP_TAU_SYN_I, 10);
    net_projection *j = build_projection(b, "inh", 0, 1, CONN_ALL_TO_ALL);
    j->receptor = RECEPTOR_INHIBITORY;
}
static void contrary_sign(net_builder *b) { b->projection[0].sign_mode = (net_str){"inhibitory", {0, 1, 1, 1}}; }
static void noise_in_lava(net_builder *b)
{
    b->net.target.dialect.s = "lava";
    set_param(&b->population[1], NP_TAU_REFRAC, 0);
    set_param(&b->population[1], NP_NOISE, 0.1);
}
static void tiny_weights(net_builder *b)
{
    b->projection[0].weight = build_constant(1e-9);
    b->net.target.v_scale = build_num(1000);
}

START_TEST(what_the_chip_lacks_is_refused)
{
    refused(other_reset, DIAG_FIT_MODEL, "v_reset");
    refused(sigmoid, DIAG_FIT_MODEL, "sigmoid");
    refused(slow_refractory, DIAG_FIT_VALUE, "62");
    refused(low_threshold, DIAG_FIT_VALUE, "v_thresh");
    refused(far_delay, DIAG_FIT_DELAY, "63");
    refused(seven_bits, DIAG_FIT_VALUE, "7 bits");
    refused(odd_dialect, DIAG_VALUE_CHOICE, "brian2loihi");
    refused(great_exponent, DIAG_FIT_VALUE, "weight_exp");
    refused(two_currents, DIAG_FIT_MODEL, "tau_syn");
    refused(contrary_sign, DIAG_NET_SIGN, "mixed");
    refused(noise_in_lava, DIAG_FIT_MODEL, "noise");
    refused(tiny_weights, DIAG_LOST_TO_ZERO, "v_scale");
}
END_TEST

static net_builder *raw(const char *dialect, neuron_param which, double value)
{
    net_builder *b = build_open();
    b->net.target.dialect.s = dialect;
    set_param(build_population(b, "n", 1, MODEL_LOIHI_LIF), which, value);
    return b;
}

START_TEST(models_of_spinnaker_are_refused)
{
    static const neuron_model other[] = {MODEL_COND_EXP, MODEL_CURR_ALPHA, MODEL_IZHIKEVICH, MODEL_SPIN_IF_CURR_EXP};
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        net_builder *b = physical();
        b->net.population[1].model = other[i];
        ck_assert(!quantised(b));
        ck_assert_msg(strstr(first_message(b), "which loihi does not have"), "%s", first_message(b));
        build_close(b);
    }
}
END_TEST

START_TEST(raw_registers_are_held_against_the_dialect)
{
    static const struct {
        const char *dialect;
        neuron_param which;
        double value;
        bool fits;
    } tests[] = {{"chip", NP_DECAY_U, 4096, false},   {"brian2loihi", NP_DECAY_U, 4096, true},
                 {"chip", NP_REFRACTORY, 0, false},   {"nengo", NP_REFRACTORY, 0, true},
                 {"chip", NP_REFRACTORY, 64, false},  {"brian2loihi", NP_REFRACTORY, 64, true},
                 {"chip", NP_BIAS_MANT, 4096, false}, {"nengo", NP_BIAS_MANT, 4096, true},
                 {"chip", NP_BIAS_MANT, -4095, true}, {"brian2loihi", NP_BIAS_MANT, 1, false},
                 {"lava", NP_REFRACTORY, 2, false},   {"chip", NP_VTH_MANT, 131071, true},
                 {"chip", NP_NOISE_EXP, 7, true},     {"lava", NP_NOISE_EXP, 7, false}};
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        net_builder *b = raw(tests[i].dialect, tests[i].which, tests[i].value);
        ck_assert_msg(quantised(b) == tests[i].fits, "test %zu: %s", i, first_message(b));
        build_close(b);
    }
}
END_TEST

START_TEST(a_network_that_may_wrap_is_warned_about)
{
    net_builder *b = physical();
    b->population[0].size = b->population[0].shape[0] = 3000;
    b->projection[0].weight = build_constant(0.5);
    ck_assert_msg(quantised(b), "%s", first_message(b));
    ck_assert_msg(diag_count(b->unit.diag) == 0, "%s", first_message(b));
    build_close(b);
    b = physical();
    b->population[0].size = b->population[0].shape[0] = 3000;
    b->projection[0].weight = build_constant(10);
    set_param(&b->population[1], NP_V_THRESH, 1e4); /* and 10 V threshold: too much between the two */
    set_param(&b->population[1], NP_I_OFFSET, 1e6);
    ck_assert(quantised(b) || diag_errors(b->unit.diag));
    ck_assert_uint_ge(diag_count(b->unit.diag), 1);
    build_close(b);
}
END_TEST

static uint32_t warnings_of(const char *dialect, double weight)
{
    net_builder *b = build_open();
    b->net.target.dialect.s = dialect;
    build_population(b, "in", 2, MODEL_SOURCE);
    build_population(b, "n", 2, MODEL_LOIHI_LIF);
    net_projection *j = build_projection(b, "in_n", 0, 1, CONN_ALL_TO_ALL);
    j->weight = build_constant(weight);
    j->sign_mode.s = "mixed";
    ck_assert_msg(quantised(b), "%s", first_message(b));
    uint32_t n = diag_warnings(b->unit.diag);
    build_close(b);
    return n;
}

START_TEST(a_written_weight_that_is_rounded_is_told)
{
    ck_assert_uint_eq(warnings_of("chip", 12), 0);
    ck_assert_uint_eq(warnings_of("chip", 13), 1);
    ck_assert_uint_eq(warnings_of("nengo", 13), 0);
}
END_TEST

SUITE("quantise", a_written_weight_that_is_rounded_is_told, time_constants_become_decay_registers,
      the_scale_ties_weights_and_threshold_together, the_report_states_the_errors, the_scale_can_be_given,
      weights_of_curr_delta_are_millivolts, noise_keeps_its_deviation, inhibition_and_excitation_share_the_scale,
      what_the_chip_lacks_is_refused, models_of_spinnaker_are_refused, raw_registers_are_held_against_the_dialect,
      a_network_that_may_wrap_is_warned_about)
