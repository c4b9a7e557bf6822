/* Rules in the numbers of the HMN program: a constant that becomes zero is an error, whichever it is; what attention
 * adds to settings, report and data memory. That weights follow the equations is tested in test_learn.c. */
#include "backends/spinnaker/learn.h"

#include "tests/backends/spinnaker/fixture.h"

#include <math.h>

static const char network[] = "hmn: 1\n"
                              "populations:\n"
                              "  in: {size: 20, model: spike_source}\n"
                              "  out: {size: 10, model: IF_curr_delta}\n"
                              "neuromodulators: {reward: {weight: 1, source: {signal: task.reward}}}\n"
                              "plasticity_rules:\n"
                              "  rule: {type: hmn, neuromodulators: [reward], %s}\n"
                              "projections:\n"
                              "  p: {pre: in, post: out, connector: {type: all_to_all}, weight: 0.5, plasticity: rule, "
                              "receptor_type: excitatory}\n"
                              "  q: {pre: in, post: out, connector: {type: all_to_all}, weight: 0.5, plasticity: rule, "
                              "receptor_type: excitatory}\n"
                              "run: {duration: 100 ms, seed: 42}\n";

static bool open_rule(spin_net *n, const char *rule)
{
    static char text[4096];
    snprintf(text, sizeof text, network, rule);
    return spin_compile(n, text, NULL);
}

START_TEST(a_constant_that_becomes_zero_is_an_error)
{
    static const struct {
        const char *rule, *name;
    } lost[] = {
        {"eta_global: 0.1, traces: {A_plus: 1.0e-12, A_minus: 1, tau_fast: 40 ms}", "A_plus is 1e-12"},
        {"eta_global: 0.1, traces: {A_plus: 1, A_minus: 1.0e-12, tau_fast: 40 ms}", "A_minus is 1e-12"},
        {"eta_global: 0.1, traces: {tau_fast: 40 ms, tau_slow: 400 ms, k_slow: 1.0e-9}", "k_slow is 1e-09"},
        {"eta_global: 0.1, eta_local: 1.0e-12", "eta_local is 1e-12"},
        {"eta_local: 0.1, eta_global: 1.0e-12", "weight of modulator reward is 1e-12"},
        {"eta_global: 0.1, traces: {tau_plus: 0.05 ms}", "tau_plus is 0.05"},
        {"eta_global: 0.1, traces: {tau_minus: 0.05 ms}", "tau_minus is 0.05"},
        {"eta_global: 0.1, epoch: 20, traces: {tau_fast: 1 ms}", "tau_fast is 1"},
        {"eta_global: 0.1, epoch: 20, traces: {tau_fast: 10 ms, tau_slow: 1.5 ms}", "tau_slow is 1.5"},
        {"eta_global: 0.1, decay: 1.0e-13", "decay is 1e-13"},
        {"eta_global: 0.1, weight_bounds: [1.0e-7, 1]", "lower of weight_bounds"},
        {"eta_global: 0.1, local_attention: {beta_a: 1.0e-5, tau: 50 ms}", "beta_a is 1e-05"},
    };
    for (size_t i = 0; i < sizeof lost / sizeof *lost; i++) {
        spin_net n;
        bool told = false;
        ck_assert_msg(!open_rule(&n, lost[i].rule), "%s is accepted", lost[i].rule);
        for (uint32_t k = 0; k < diag_count(n.diag); k++) {
            const hmn_message *m = diag_get(n.diag, k);
            told |= m->code == DIAG_LOST_TO_ZERO && strstr(m->text, lost[i].name) && m->at.line > 0;
        }
        ck_assert_msg(told, "%s: %s", lost[i].rule, spin_message(&n));
        spin_close(&n);
    }
}
END_TEST

START_TEST(attention_belongs_to_one_projection)
{
    spin_net n;
    hybrid_settings rules[HYBRID_RULES];
    ck_assert_msg(open_rule(&n, "eta_global: 0.1, epoch: 2, local_attention: {beta_a: 100, tau: [20 ms, 50 ms]}"), "%s",
                  spin_message(&n));
    ck_assert_uint_eq(spin_learn_rules(n.unit.qnet, 1, rules), 2);
    for (uint32_t k = 0; k < 2; k++) {
        ck_assert_uint_eq(rules[k].projection, k);
        ck_assert_uint_eq(rules[k].timescales, 2);
        ck_assert_double_eq_tol(rules[k].attend_gain, 100 * M_LOG2E / sqrt(2), 1e-9);
        ck_assert_uint_le(rules[k].depth, 16);
        ck_assert(rules[k].flags & HYBRID_MEAN);
    }
    spin_close(&n);
    ck_assert(open_rule(&n, "eta_global: 0.1, epoch: 2"));
    ck_assert_uint_eq(spin_learn_rules(n.unit.qnet, 1, rules), 1); /* shared */
    spin_close(&n);
}
END_TEST

START_TEST(what_attention_keeps_counts_in_the_budget_of_data_memory)
{
    uint32_t bytes[2];
    for (int on = 0; on < 2; on++) {
        spin_net n;
        ck_assert_msg(open_rule(&n, on ? "eta_global: 0.1, epoch: 8, traces: {tau_fast: 40 ms}, "
                                         "local_attention: {beta_a: 100, tau: 20 ms}"
                                       : "eta_global: 0.1, epoch: 8, traces: {tau_fast: 40 ms}"),
                      "%s", spin_message(&n));
        bytes[on] = spin_learn_bytes(n.unit.qnet, 1, 200) - spin_learn_bytes(n.unit.qnet, 1, 100);
        spin_close(&n);
    }
    /* S67, a neuron and rule: fan-in, trace, sum, 16 epochs of trace and norm */
    ck_assert_uint_eq(bytes[1] - bytes[0], 100 * 2 * (2 + 8 + 12 + 16 * 8));
}
END_TEST

START_TEST(the_report_tells_bits_and_errors_of_attention)
{
    spin_net n;
    bool beta = false, softmax = false;
    ck_assert(open_rule(&n, "eta_global: 0.1, local_attention: {beta_a: 100, tau: 20 ms}"));
    for (size_t k = 0; k < n.unit.qnet->nreport; k++) {
        const qnet_report_row *r = &n.unit.qnet->report[k];
        beta |= strcmp(r->quantity, "beta_a") == 0 && r->verdict == VERDICT_QUANTISED && r->bits == 16;
        softmax |= strcmp(r->quantity, "equations 10, 11") == 0 && r->max_error > 0 && r->max_error < 2.5e-4;
    }
    ck_assert(beta && softmax);
    spin_close(&n);
}
END_TEST

static uint64_t digest(const char *rule)
{
    spin_net n;
    ck_assert_msg(open_rule(&n, rule), "%s", spin_message(&n));
    spin_start(&n, 1);
    hmn_sim *s = machine_sim(n.machine);
    for (uint32_t t = 0; t < 200; t++) {
        for (uint32_t i = 0; i < 20; i++)
            if ((t + 3 * i) % 11 == 0)
                s->ops->inject(s, i);
        s->ops->begin(s);
        s->ops->modulate(s, 0, 1);
        s->ops->end(s);
    }
    uint64_t d = machine_digest(n.machine);
    ck_assert_uint_gt(machine_counters(n.machine).weight_updates, 100);
    spin_close(&n);
    return d;
}

START_TEST(attention_switched_off_leaves_no_trace)
{
    uint64_t without = digest("eta_global: 0.1, epoch: 4"),
             off = digest("eta_global: 0.1, epoch: 4, local_attention: {enabled: false, beta_a: 3000, tau: 20 ms}"),
             on = digest("eta_global: 0.1, epoch: 4, local_attention: {beta_a: 3000, tau: 20 ms}");
    ck_assert_uint_eq(without, off);
    ck_assert_uint_ne(without, on);
}
END_TEST

SUITE("learn_hybrid", a_constant_that_becomes_zero_is_an_error, attention_belongs_to_one_projection,
      what_attention_keeps_counts_in_the_budget_of_data_memory, the_report_tells_bits_and_errors_of_attention,
      attention_switched_off_leaves_no_trace)
