/* Lowered rules, evaluated with the engine's arithmetic, against equations 2 and 3 in doubles; and every refusal. */
#include "compiler/learn.h"

#include "core/base/fx.h"
#include "core/isa/ulearn.h"
#include "tests/suite.h"
#include "tests/compiler/tiny_chip.h"
#include "tests/compiler/net_builder.h"

#include <math.h>

/* Two neurons onto two, plastic; the rule has everything switched off. */
static net_builder *plastic(net_rule_type type)
{
    net_builder *b = build_open();
    build_population(b, "in", 2, MODEL_SOURCE);
    build_population(b, "out", 2, MODEL_CURR_EXP);
    b->rule[0] = (net_rule){.name = {"learn", {0, 1, 1, 5}}, .type = type, .enabled = true};
    b->rule[0].astrocyte.i = NET_NONE;
    b->rule[0].epoch = build_num(1);
    b->net.nrules = 1;
    net_traces *t = &b->rule[0].traces;
    t->tau_plus.v = t->tau_minus.v = 20;
    t->k_fast.v = t->k_slow.v = 1;
    build_projection(b, "p", 0, 1, CONN_ALL_TO_ALL)->rule.i = 0;
    return b;
}

static void modulated(net_builder *b, double eta_local, double eta_global, uint32_t n)
{
    static const net_ref refs[20] = {{0, {0, 1, 1, 1}}, {1, {0, 1, 1, 1}}};
    b->net.nmodulators = 2;
    b->modulator[0] = (net_modulator){.name = {"reward", {0, 1, 1, 1}}, .weight = build_num(1)};
    b->modulator[1] = (net_modulator){.name = {"novelty", {0, 1, 1, 1}}, .weight = build_num(-0.5)};
    b->rule[0].eta_local = build_num(eta_local);
    b->rule[0].eta_global = build_num(eta_global);
    b->rule[0].modulator = refs;
    b->rule[0].nmodulators = n;
}

static const hmn_qnet *learned(net_builder *b)
{
    b->unit.chip = &tiny_chip;
    ck_assert_ptr_nonnull(build_graph(b));
    ck_assert(pass_quantise(&b->unit));
    uint32_t before = diag_errors(b->unit.diag);
    bool ok = pass_learn(&b->unit);
    ck_assert_int_eq(ok, diag_errors(b->unit.diag) == before);
    return ok ? b->unit.qnet : NULL;
}

static void refused(net_builder *b, hmn_diag_code code, const char *words)
{
    ck_assert_ptr_null(learned(b));
    build_refused(b, code, words);
    build_close(b);
}

/* Steps of 1/128 that the products of one target add, as the engine computes them. */
typedef struct {
    int64_t x0, x1, y0, y1, r1, t, w;
} state;

static int64_t value_of(const state *s, rule_var v)
{
    switch ((int)v) {
    case RV_X0: return s->x0;
    case RV_X1: return s->x1;
    case RV_Y0: return s->y0;
    case RV_Y1: return s->y1;
    case RV_R1: return s->r1;
    case RV_T: return s->t;
    case RV_W: return s->w;
    default: return 0;
    }
}

static double change(const hmn_rule *r, rule_target target, const state *s)
{
    int64_t sum = 0;
    for (uint32_t k = 0; k < r->nproducts; k++) {
        const rule_product *p = &r->product[k];
        int64_t z = p->dependency == RV_U ? 1 : value_of(s, (rule_var)p->dependency), width = 4;
        for (uint32_t f = 0; f < p->nfactors; f++) {
            z *= value_of(s, (rule_var)p->factor[f].var) + p->factor[f].constant;
            width += ulearn_var_width((rule_var)p->factor[f].var);
        }
        z = fx_shr_rd(z * p->mantissa, (unsigned)(width > 15 ? width - 15 : 0));
        sum += p->target == target ? fx_shl(z, (unsigned)(p->exponent + 7)) : 0;
    }
    return (double)sum / 128;
}

static double impulse(const hmn_rule *r, int trace) { return r->trace[trace].impulse_q8 / 256.0; }

static int64_t channel(const hmn_qnet *q, double reward, double novelty)
{
    const qnet_channel *c = &q->channel[0];
    double x = c->base_q16;
    for (uint32_t k = 0; k < c->nterms; k++)
        x += c->gain_q16[k] * (c->modulator[k] == 0 ? reward : novelty);
    return (int64_t)fmin(fmax(round(x / 65536), -128), 127);
}

static const qnet_report_row *row(const hmn_qnet *q, const char *quantity)
{
    for (uint32_t k = 0; k < q->nreport; k++)
        if (strcmp(q->report[k].quantity, quantity) == 0)
            return &q->report[k];
    return NULL;
}

START_TEST(scales_are_the_nearest_or_the_next_larger_product)
{
    ck_assert_double_eq(learn_nearest(&tiny_limits, 0.3).value, 0.3125);
    ck_assert_double_eq(learn_at_least(&tiny_limits, 0.32).value, 0.375);
    ck_assert_double_eq(learn_at_least(&tiny_limits, 0).value, 1 / 128.0);
    ck_assert_double_eq(learn_at_least(&tiny_limits, 1e9).value, 7 * 256);
    learn_scale s = learn_nearest(&tiny_limits, 0.3);
    ck_assert_double_eq(ldexp(s.mantissa, s.exponent), s.value);
}
END_TEST

START_TEST(traces_leave_room_for_a_train_of_100_hz)
{
    for (double tau = 2; tau < 200; tau *= 2) {
        double room = learn_room(tau, 1), x = 0;
        for (int t = 0; t < 5000; t++)
            x = x * exp(-1 / tau) + (t % 10 == 0 ? room : 0);
        ck_assert(x <= 127 || room == 8);
    }
    ck_assert_double_eq(learn_room(0, 1), 127);
    ck_assert_uint_eq(learn_trace(16.5, 10).impulse_q8, 4224);
    ck_assert_uint_eq(learn_trace(16.5, 10).decay_q12, 3706); /* 4096 exp(-0.1) */
    ck_assert_uint_eq(learn_trace(16.5, 0).decay_q12, 0);
}
END_TEST

START_TEST(stdp_changes_weights_by_its_amplitudes)
{
    const double plus[] = {0.01, 0.3, -0.02, 5}, minus[] = {0.012, 0.01, 0.02, 0.5};
    for (int k = 0; k < 4; k++)
        for (int e = -3; e <= 3; e++) {
            net_builder *b = plastic(RULE_STDP);
            b->rule[0].traces.a_plus = build_num(plus[k]);
            b->rule[0].traces.a_minus = build_num(minus[k]);
            b->projection[0].weight_exp = build_num(e);
            const hmn_qnet *q = learned(b);
            ck_assert_ptr_nonnull(q);
            const hmn_rule *r = &q->rule[q->projection[0].rule];
            double lsb = q->projection[0].w_lsb;
            double up = change(r, RULE_W, &(state){.y0 = 1, .x1 = 100}) * impulse(r, RT_X1) / 100;
            double down = change(r, RULE_W, &(state){.x0 = 1, .y1 = 100}) * impulse(r, RT_Y1) / 100;
            ck_assert_double_eq_tol(up * lsb, plus[k], 0.005 * fabs(plus[k]));
            ck_assert_double_eq_tol(down * lsb, -minus[k], 0.005 * minus[k]);
            ck_assert_double_eq_tol(row(q, "A_plus")->max_error, fabs(up * lsb - plus[k]), 1e-9);
            ck_assert_uint_eq(q->nchannels, 0);
            build_close(b);
        }
}
END_TEST

START_TEST(a_modulator_scales_and_turns_the_change)
{
    net_builder *b = plastic(RULE_HMN);
    modulated(b, 0.05, 0.4, 2);
    b->rule[0].traces.a_plus = build_num(0.5);
    b->rule[0].traces.a_minus = build_num(0.2);
    const hmn_qnet *q = learned(b);
    ck_assert_ptr_nonnull(q);
    const hmn_rule *r = &q->rule[0];
    ck_assert_uint_eq(q->nchannels, 1);
    double lsb = q->projection[0].w_lsb, unit = q->channel[0].unit;
    ck_assert_double_ge(row(q, "eta_local + eta_global G")->scale, 0.65 / 127);
    for (double reward = -1; reward <= 1; reward += 0.25) {
        int64_t r1 = channel(q, reward, 0.5);
        double eta = 0.05 + 0.4 * (reward - 0.25), step = (0.5 + 1 / 128.0) * lsb;
        double up = change(r, RULE_W, &(state){.y0 = 1, .x1 = lrint(impulse(r, RT_X1)), .r1 = r1}) * lsb;
        double down = change(r, RULE_W, &(state){.x0 = 1, .y1 = lrint(impulse(r, RT_Y1)), .r1 = r1}) * lsb;
        ck_assert_double_eq_tol(up, eta * 0.5, unit / 2 * 0.5 + step / 10 + 0.01 * fabs(eta));
        ck_assert_double_eq_tol(down, -eta * 0.2, unit / 2 * 0.2 + step / 10 + 0.01 * fabs(eta));
    }
    ck_assert_int_gt(channel(q, 1, -1), 90); /* the register is used well */
    build_close(b);
}
END_TEST

START_TEST(the_report_bounds_what_a_product_is_rounded_down_by)
{
    net_builder *b = plastic(RULE_HMN);
    modulated(b, 0.05, 0.4, 2);
    b->rule[0].traces.a_plus = build_num(0.5);
    b->rule[0].traces.a_minus = build_num(0);
    const hmn_qnet *q = learned(b);
    ck_assert_ptr_nonnull(q);
    const hmn_rule *r = &q->rule[0];
    const rule_product *p = &r->product[0];
    ck_assert_uint_eq(r->nproducts, 1);
    double bound = row(q, "equation 3")->max_error / q->projection[0].w_lsb, worst = 0;
    int shift = (int)learn_shift(p->factor, p->nfactors);
    for (int x1 = 0; x1 <= 127; x1++)
        for (int r1 = -20; r1 <= 20; r1++) {
            double exact = ldexp(p->mantissa * x1 * r1, p->exponent - shift);
            double lost = exact - change(r, RULE_W, &(state){.y0 = 1, .x1 = x1, .r1 = r1});
            ck_assert(lost >= 0 && lost < bound);
            worst = fmax(worst, lost);
        }
    ck_assert_double_gt(worst, 0.8 * bound);
    build_close(b);
}
END_TEST

START_TEST(the_register_spans_rates_schedules_and_constants)
{
    static const double value[] = {0, -20, 4};
    for (int k = 0; k < 3; k++) {
        net_builder *b = plastic(RULE_HMN);
        modulated(b, 0, 0.01, 1);
        b->modulator[0].source = k == 0 ? MODSRC_POPULATION : k == 1 ? MODSRC_SCHEDULE : MODSRC_CONSTANT;
        b->modulator[0].schedule_value = value;
        b->modulator[0].nschedule = 3;
        b->modulator[0].value = build_num(-50);
        b->rule[0].traces.a_plus = build_num(1);
        const hmn_qnet *q = learned(b);
        ck_assert_ptr_nonnull(q);
        int64_t r1 = channel(q, k == 0 ? 100 : k == 1 ? -20 : -50, 0);
        ck_assert_msg(llabs(r1) > 90 && llabs(r1) <= 127, "%lld", (long long)r1);
        build_close(b);
    }
}
END_TEST

START_TEST(small_rates_lower_the_trace_before_the_register)
{
    net_builder *b = plastic(RULE_HMN);
    modulated(b, 0, 0.002, 1);
    b->rule[0].traces.a_plus = build_num(1);
    const hmn_qnet *q = learned(b);
    ck_assert_ptr_nonnull(q);
    const hmn_rule *r = &q->rule[0];
    ck_assert_double_lt(impulse(r, RT_X1), 20);
    double up = change(r, RULE_W, &(state){.y0 = 1, .x1 = lrint(impulse(r, RT_X1)), .r1 = channel(q, 1, 0)});
    ck_assert_double_eq_tol(up * 0.01, 0.002, 0.0002);
    build_close(b);
}
END_TEST

/* One pairing, then silence: the tag fades and the weight takes the sum. */
static void one_pairing(double eta_local, double eta_global, double reward)
{
    net_builder *b = plastic(RULE_HMN);
    if (eta_global != 0)
        modulated(b, eta_local, eta_global, 1);
    b->rule[0].eta_local = build_num(eta_local);
    b->rule[0].traces.a_plus = build_num(1);
    b->rule[0].traces.tau_fast = build_num(25);
    const hmn_qnet *q = learned(b);
    ck_assert_ptr_nonnull(q);
    ck_assert_int_eq(q->projection[0].tag_bits, 9);
    const hmn_rule *r = &q->rule[0];
    state s = {.y0 = 1, .x1 = lrint(impulse(r, RT_X1)), .r1 = eta_global != 0 ? channel(q, reward, 0) : 0};
    double tag = change(r, RULE_T, &s), w = 0, factor = eta_local + eta_global * reward;
    ck_assert(tag > 5 && tag < 100);
    double tag_per_pairing = tag;
    s.y0 = 0;
    for (int t = 0; t < 400; t++) { /* in expectation: the stored tag is rounded stochastically */
        state low = s, high = s;
        low.t = (int64_t)floor(tag);
        high.t = low.t + 1;
        double share = tag - floor(tag);
        w += (1 - share) * change(r, RULE_W, &low) + share * change(r, RULE_W, &high);
        tag += (1 - share) * change(r, RULE_T, &low) + share * change(r, RULE_T, &high);
    }
    ck_assert_double_lt(fabs(tag), 0.05 * tag_per_pairing);
    double expected = factor / (1 - exp(-1 / 25.0));
    ck_assert_double_eq_tol(w * q->projection[0].w_lsb, expected, 0.12 * fabs(expected));
    ck_assert_int_eq(row(q, "tau_fast")->verdict, VERDICT_APPROXIMATED);
    ck_assert_double_lt(row(q, "tau_fast")->max_error, 0.15 * 25);
    build_close(b);
}

START_TEST(an_eligibility_trace_fades_in_the_tag)
{
    one_pairing(0.01, 0, 0);
    one_pairing(-0.02, 0, 0);
    one_pairing(0.001, 0.05, 1);
    one_pairing(0.001, 0.05, -0.5);
    one_pairing(0, 2, 0.5);
}
END_TEST

START_TEST(a_slow_trace_alone_is_the_tag_and_two_are_refused)
{
    net_builder *b = plastic(RULE_HMN);
    b->rule[0].eta_local = build_num(0.01);
    b->rule[0].traces.a_plus = build_num(1);
    b->rule[0].traces.tau_slow = build_num(500);
    b->rule[0].traces.k_fast.v = 0;
    b->rule[0].epoch = build_num(10);
    const hmn_qnet *q = learned(b);
    ck_assert_ptr_nonnull(q);
    ck_assert_int_eq(q->projection[0].tag_bits, 9);
    ck_assert_uint_eq(q->rule[0].epoch, 5); /* the odd part; u1 ticks where the rule's own epoch ends */
    for (uint32_t k = 0; k < q->rule[0].nproducts; k++)
        ck_assert_uint_eq(q->rule[0].product[k].decimate, q->rule[0].product[k].dependency == RV_U);
    ck_assert_ptr_nonnull(row(q, "tau_slow"));
    build_close(b);
    b = plastic(RULE_HMN);
    b->rule[0].traces.tau_slow = build_num(500);
    b->rule[0].traces.tau_fast = build_num(20);
    refused(b, DIAG_RULE_TARGET, "k_fast: 0");
}
END_TEST

START_TEST(a_trace_too_slow_for_its_epoch_is_refused_with_the_epoch_it_needs)
{
    net_builder *b = plastic(RULE_HMN);
    b->rule[0].eta_local = build_num(0.01);
    b->rule[0].traces.a_plus = build_num(1);
    b->rule[0].traces.tau_fast = build_num(1000);
    refused(b, DIAG_LOST_TO_ZERO, "an epoch of 8 steps");
}
END_TEST

START_TEST(weights_decay_by_a_product_of_themselves)
{
    net_builder *b = plastic(RULE_STDP);
    b->rule[0].decay = build_num(0.03);
    const hmn_qnet *q = learned(b);
    ck_assert_ptr_nonnull(q);
    ck_assert_double_eq_tol(change(&q->rule[0], RULE_W, &(state){.w = 200}), -200 * 0.03, 0.3);
    ck_assert_double_eq_tol(row(q, "decay")->max_error, 0.03 - 1 / 32.0 > 0 ? 0 : 1 / 32.0 - 0.03, 1e-9);
    build_close(b);
    b = plastic(RULE_STDP);
    b->rule[0].decay = build_num(0.0001);
    refused(b, DIAG_LOST_TO_ZERO, "decay is 0.0001");
}
END_TEST

START_TEST(constants_that_vanish_are_refused)
{
    net_builder *b = plastic(RULE_STDP);
    b->rule[0].traces.a_plus = build_num(1e-6);
    refused(b, DIAG_LOST_TO_ZERO, "A_plus is 1e-06");
    b = plastic(RULE_STDP);
    b->rule[0].traces.a_plus = build_num(1e6);
    refused(b, DIAG_FIT_VALUE, "A_plus is 1e+06");
    b = plastic(RULE_HMN);
    modulated(b, 1e-4, 1, 1);
    b->rule[0].traces.a_plus = build_num(1);
    refused(b, DIAG_LOST_TO_ZERO, "eta_local is 0.0001");
    b = plastic(RULE_HMN);
    modulated(b, 1, 1e-4, 1);
    b->rule[0].traces.a_plus = build_num(1);
    refused(b, DIAG_LOST_TO_ZERO, "modulator reward");
    b = plastic(RULE_HMN);
    modulated(b, 1, 1, 1);
    b->rule[0].traces.a_plus = build_num(1e9);
    refused(b, DIAG_FIT_VALUE, "largest change");
    b = plastic(RULE_HMN);
    b->rule[0].eta_local = build_num(1e-9);
    b->rule[0].traces.a_plus = build_num(1);
    b->rule[0].traces.tau_fast = build_num(20);
    refused(b, DIAG_LOST_TO_ZERO, "eta_local is 1e-09");
}
END_TEST

START_TEST(terms_that_are_not_lowered_are_refused_by_name)
{
    static net_astrocyte cell = {.effect = ASTRO_PRESYNAPTIC};
    for (int k = 0; k < 4; k++) {
        static const char *const words[] = {"use gate: plasticity", "local_attention: {enabled: false}",
                                            "use effect: gain", "give tau_fast or tau_slow"};
        net_builder *b = plastic(RULE_HMN);
        net_rule *r = &b->rule[0];
        r->phase_gate.on = k == 0;
        r->phase_gate.gate = GATE_ACTIVITY;
        r->local_attention.on = k == 1;
        r->astrocyte.i = k == 2 ? 0 : NET_NONE;
        b->net.astrocyte = &cell;
        r->traces.pairing = k == 3 ? PAIRING_RATE : PAIRING_STDP;
        refused(b, DIAG_RULE_TARGET, words[k]);
    }
}
END_TEST

START_TEST(rules_without_effect_stay_static_with_a_warning)
{
    net_builder *b = plastic(RULE_STDP);
    const hmn_qnet *q = learned(b);
    ck_assert_ptr_nonnull(q);
    ck_assert_uint_eq(q->projection[0].rule, NET_NONE);
    ck_assert_uint_eq(q->nrules, 0);
    build_refused(b, DIAG_RULE_INERT, "all zero");
    build_close(b);
}
END_TEST

START_TEST(a_rule_is_lowered_once_for_each_scale)
{
    net_builder *b = plastic(RULE_HMN);
    modulated(b, 0.1, 0.1, 1);
    b->rule[0].traces.a_plus = build_num(1);
    for (int k = 1; k < 4; k++)
        build_projection(b, "more", 0, 1, CONN_ALL_TO_ALL)->rule.i = 0;
    b->projection[3].weight_exp = build_num(1);
    const hmn_qnet *q = learned(b);
    ck_assert_ptr_nonnull(q);
    ck_assert_uint_eq(q->nrules, 2);
    ck_assert_uint_eq(q->projection[1].rule, q->projection[0].rule);
    ck_assert_uint_eq(q->projection[2].rule, q->projection[0].rule);
    ck_assert_uint_eq(q->projection[3].rule, 1);
    ck_assert_int_eq(q->projection[0].tag_bits, 0);
    build_close(b);
}
END_TEST

START_TEST(more_registers_than_the_chip_has_are_refused)
{
    net_builder *b = plastic(RULE_HMN);
    modulated(b, 0, 0.1, 1);
    b->rule[0].traces.a_plus = build_num(1);
    for (int k = 1; k < 3; k++) {
        build_projection(b, "more", 0, 1, CONN_ALL_TO_ALL)->rule.i = (uint32_t)k;
        b->rule[k] = b->rule[0];
        b->rule[k].eta_local = build_num(0.1 * k);
        b->net.nrules++;
    }
    refused(b, DIAG_FIT_LEARNING, "needs modulator register 3; the chip has 2");
}
END_TEST

START_TEST(programs_of_another_chip_are_refused)
{
    refused(plastic(RULE_PROGRAM), DIAG_RULE_TARGET, "does not run programs of sPyNNaker");
}
END_TEST

START_TEST(texts_become_their_products)
{
    net_builder *b = plastic(RULE_TEXT);
    net_rule *r = &b->rule[0];
    r->dw = (net_str){"u0*t*2^-4", {0, 1, 1, 9}};
    r->dt = (net_str){"y0*x1 - x0*y1 - u0*t*2^-2", {0, 1, 1, 25}};
    r->x1_impulse = r->y1_impulse = build_num(16);
    r->x1_tau = r->y1_tau = build_num(10);
    r->epoch = build_num(4);
    const hmn_qnet *q = learned(b);
    ck_assert_ptr_nonnull(q);
    ck_assert_uint_eq(q->rule[0].nproducts, 4);
    ck_assert_uint_eq(q->rule[0].epoch, 4);
    ck_assert_uint_eq(q->rule[0].trace[RT_Y1].impulse_q8, 4096);
    ck_assert_int_eq(q->projection[0].tag_bits, 9);
    ck_assert_int_eq(row(q, "learning rule")->verdict, VERDICT_EXACT);
    build_close(b);
}
END_TEST

START_TEST(texts_read_the_register_of_their_modulators)
{
    net_builder *b = plastic(RULE_TEXT);
    modulated(b, 3, 64, 2);
    b->rule[0].dw = (net_str){"y0*r1", {0, 1, 1, 5}};
    const hmn_qnet *q = learned(b);
    ck_assert_ptr_nonnull(q);
    ck_assert_int_eq(channel(q, 1, 0.5), 51); /* 3 + 64 (1 - 0.25) */
    ck_assert_uint_eq(q->channel[0].reward, 0);
    build_close(b);
    b = plastic(RULE_TEXT);
    modulated(b, 3, 64, 2);
    b->rule[0].dw = (net_str){"x0*r0 - 2^-2*y0*(r0+1)", {0, 1, 1, 22}};
    q = learned(b);
    ck_assert_ptr_nonnull(q);
    ck_assert_uint_eq(q->channel[q->rule[0].r1_channel].reward, 1);
    ck_assert_uint_eq(q->channel[q->rule[0].r1_channel].nterms, 2);
    build_close(b);
    b = plastic(RULE_TEXT);
    b->rule[0].dw = (net_str){"y0*r1", {0, 1, 1, 5}};
    refused(b, DIAG_RULE_TERM, "no modulator sets it");
}
END_TEST

START_TEST(a_trace_without_impulse_is_told_and_stays_zero)
{
    net_builder *b = plastic(RULE_TEXT);
    b->rule[0].dw = (net_str){"x0*y2", {0, 1, 1, 5}};
    const hmn_qnet *q = learned(b);
    ck_assert_ptr_nonnull(q);
    build_refused(b, DIAG_RULE_INERT, "set y2_impulse and y2_tau");
    ck_assert_uint_eq(diag_errors(b->unit.diag), 0);
    ck_assert_uint_eq(q->rule[0].trace[RT_Y2].impulse_q8, 0);
    build_close(b);
    b = plastic(RULE_TEXT); /* a payload raises x1 without an impulse */
    b->rule[0].dw = (net_str){"x0*x1", {0, 1, 1, 5}};
    b->rule[0].graded_pre = PRE_ADD;
    ck_assert_ptr_nonnull(learned(b));
    ck_assert_uint_eq(diag_count(b->unit.diag), 0);
    build_close(b);
}
END_TEST

START_TEST(texts_that_cannot_work_are_refused)
{
    net_builder *b = plastic(RULE_TEXT);
    refused(b, DIAG_RULE_TERM, "none of dw, dd and dt");
    b = plastic(RULE_TEXT);
    b->rule[0].dw = (net_str){"x0*q", {0, 1, 1, 4}};
    refused(b, DIAG_RULE_TEXT, "'q' is no term");
    b = plastic(RULE_TEXT);
    b->rule[0].dw = (net_str){"x0*r0", {0, 1, 1, 5}};
    refused(b, DIAG_RULE_TERM, "no modulator brings reward spikes");
    b = plastic(RULE_TEXT);
    b->rule[0].dw = (net_str){"x0", {0, 1, 1, 2}};
    b->rule[0].x1_impulse = build_num(200);
    refused(b, DIAG_VALUE_RANGE, "impulse of 200");
    b = plastic(RULE_TEXT);
    b->rule[0].epoch = build_num(64);
    refused(b, DIAG_FIT_LEARNING, "1 to 63");
    b = plastic(RULE_HMN);
    modulated(b, 1, 1, 17);
    refused(b, DIAG_FIT_LEARNING, "mixes 17 modulators");
}
END_TEST

SUITE("learn", scales_are_the_nearest_or_the_next_larger_product, traces_leave_room_for_a_train_of_100_hz,
      stdp_changes_weights_by_its_amplitudes, a_modulator_scales_and_turns_the_change,
      the_report_bounds_what_a_product_is_rounded_down_by, the_register_spans_rates_schedules_and_constants,
      small_rates_lower_the_trace_before_the_register, an_eligibility_trace_fades_in_the_tag,
      a_slow_trace_alone_is_the_tag_and_two_are_refused,
      a_trace_too_slow_for_its_epoch_is_refused_with_the_epoch_it_needs, weights_decay_by_a_product_of_themselves,
      constants_that_vanish_are_refused, terms_that_are_not_lowered_are_refused_by_name,
      rules_without_effect_stay_static_with_a_warning, a_rule_is_lowered_once_for_each_scale,
      more_registers_than_the_chip_has_are_refused, texts_become_their_products, programs_of_another_chip_are_refused,
      a_trace_without_impulse_is_told_and_stays_zero, texts_read_the_register_of_their_modulators,
      texts_that_cannot_work_are_refused)
