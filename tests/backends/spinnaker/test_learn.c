/* Rules of the language on the machine: weights against the reference with its spikes replayed, what the image says,
 * what is refused. Bits are compared in test_hybrid.c and by the recorded cases. */
#include "tests/backends/spinnaker/fixture.h"

#include "backends/spinnaker/learn.h"
#include "core/base/rng.h"
#include "core/reference/reference.h"
#include "tools/replay.h"

#include <math.h>

enum { N = 20, STEPS = 1500 };

/* All pairs in -> out learn; `drive` makes cells of out fire. %s: more of the rule. */
static const char network[] =
    "hmn: 1\n"
    "populations:\n"
    "  in: {size: 20, model: spike_source}\n"
    "  drive: {size: 20, model: spike_source}\n"
    "  out: {size: 20, model: IF_curr_delta, params: {tau_refrac: 3 ms}}\n"
    "neuromodulators:\n"
    "  reward: {weight: 1.0, tau: 10 ms, baseline_tau: 500 ms, source: {signal: task.reward}}\n"
    "  cue: {weight: 0.5, source: {signal: input.cue}}\n"
    "oscillations:\n"
    "  theta: {frequency: 7.3 Hz, phase: 40 deg}\n"
    "plasticity_rules:\n"
    "  rule: {%s}\n"
    "projections:\n"
    "  p: {pre: in, post: out, connector: {type: all_to_all}, weight: 0.5, plasticity: rule,\n"
    "      receptor_type: excitatory, delay: {distribution: uniform_int, low: 1, high: 9}}\n"
    "  d: {pre: drive, post: out, connector: {type: one_to_one}, weight: 16, receptor_type: excitatory}\n"
    "run: {duration: 100 ms, seed: 42}\n";

static const char hmn[] =
    "type: hmn, neuromodulators: [reward, cue], eta_local: 0.01, eta_global: 0.05, weight_bounds: [0, 1],\n"
    "         traces: {%s, tau_plus: 20 ms, tau_minus: 30 ms}%s";

#define STDP "A_plus: 0.8, A_minus: 0.3"

static bool open_rule(spin_net *n, const char *rule)
{
    static char text[4096];
    snprintf(text, sizeof text, network, rule);
    return spin_compile(n, text, NULL);
}

static void step(hmn_sim *s, uint32_t t)
{
    static const double rewards[] = {0, 0.7, -0.8, 0.2}, cues[] = {1, 0.2, -0.4};
    for (uint32_t i = 0; i < 2 * N; i++)
        if (rng_unit(7, RNG_TASK, t, i, 0) < 0.015)
            s->ops->inject(s, i);
    s->ops->begin(s);
    s->ops->modulate(s, 0, rewards[t / 90 % 4]);
    s->ops->modulate(s, 1, cues[t / 130 % 3]);
    s->ops->end(s);
}

typedef struct {
    double slope, correlation, rms;
} likeness;

static likeness follow(spin_net *n)
{
    spin_start(n, 1);
    hmn_reference *r = reference_new(n->unit.graph, (reference_options){.grid = false}, n->arena, n->diag);
    ck_assert_msg(r != NULL, "%s", spin_message(n));
    hmn_sim *both = replay_sim(r, n->machine, n->arena);
    for (uint32_t t = 0; t < STEPS; t++)
        step(both, t);
    uint64_t count;
    double xx = 0, yy = 0, xy = 0;
    machine_synapse *w = machine_weights(n->machine, 0, n->arena, &count);
    ck_assert_uint_eq(count, N * N);
    for (uint32_t k = 0; k < N * N; k++) {
        double x = w[k].weight * n->unit.qnet->projection[0].w_lsb - 0.5, y = reference_weights(r, 0)[k] - 0.5;
        xx += x * x;
        yy += y * y;
        xy += x * y;
    }
    return (likeness){xy / yy, xy / sqrt(xx * yy), sqrt(yy / (N * N))};
}

static void learns(const char *traces, const char *terms)
{
    char rule[1024];
    spin_net n;
    snprintf(rule, sizeof rule, hmn, traces, terms);
    ck_assert_msg(open_rule(&n, rule), "%s: %s", rule, spin_message(&n));
    likeness l = follow(&n);
    ck_assert_msg(l.rms > 0.005 && fabs(l.slope - 1) < 0.02 && l.correlation > 0.998,
                  "%s%s: rms %.4f, slope %.4f, correlation %.5f", traces, terms, l.rms, l.slope, l.correlation);
    spin_close(&n);
}

START_TEST(weights_follow_the_reference)
{
    learns(STDP ", tau_fast: 0 ms", ", epoch: 8");
    learns(STDP ", tau_fast: 40 ms", ", epoch: 4");
    learns("A_plus: 0.2, A_minus: 0.08, tau_fast: 30 ms, tau_slow: 400 ms, k_fast: 0.7, k_slow: 0.3", ", epoch: 10");
    learns("pairing: hebbian, A_plus: 0.02, tau_fast: 100 ms", "");
}
END_TEST

START_TEST(weights_follow_the_reference_through_phase_attention_draw_and_decay)
{
    learns(STDP ", tau_fast: 40 ms", ", epoch: 5, phase_gate: {oscillation: theta, bins: 8, phi: 45 deg}");
    learns(STDP ", tau_fast: 40 ms",
           ", epoch: 5, phase_gate: {oscillation: theta, bins: 16, owner: synapse, assign: uniform}");
    learns(STDP ", tau_fast: 40 ms",
           ", epoch: 5, global_attention: {beta_g: 1, context: [cue, reward], null_logit: -2}");
    learns(STDP ", tau_fast: 40 ms", ", epoch: 5, probability_gate: {beta_p: 0.2, theta_p: 3, lsb: 0.003}");
    learns(STDP ", tau_fast: 40 ms", ", epoch: 5, decay: 0.0002");
}
END_TEST

START_TEST(weights_follow_the_reference_through_attention_over_synapses)
{
    learns(STDP ", tau_fast: 40 ms", ", epoch: 5, local_attention: {beta_a: 5000, tau: 50 ms}");
    learns(STDP ", tau_fast: 40 ms", ", epoch: 5, local_attention: {beta_a: 3000, tau: [15 ms, 80 ms]}");
    learns("A_plus: 16, A_minus: 6, tau_fast: 40 ms",
           ", epoch: 5, local_attention: {beta_a: 3000, tau: 30 ms, scale: softmax}");
    learns(STDP ", tau_fast: 30 ms, tau_slow: 400 ms, k_fast: 0.7, k_slow: 0.3",
           ", epoch: 8, local_attention: {beta_a: 2000, tau: 50 ms}, decay: 0.0002, phase_gate: {oscillation: theta, "
           "bins: 4, owner: pre, assign: uniform}, probability_gate: {beta_p: 0.2, theta_p: 3, lsb: 0.003}");
}
END_TEST

START_TEST(a_rule_of_pairs_runs_in_the_program_of_the_host_tools)
{
    spin_net n;
    uint32_t nwords;
    ck_assert_msg(open_rule(&n,
                            "type: stdp, traces: {A_plus: 0.01, A_minus: 0.012, tau_plus: 20 ms, tau_minus: 30 ms}, "
                            "weight_bounds: [0, 1]"),
                  "%s", spin_message(&n));
    ck_assert_int_eq(spin_learning_of(n.unit.qnet, 0)->kind, SPIN_LEARN_STDP);
    uint32_t *region = spin_learn_region(n.unit.qnet, &(spin_learn_core){2, 2, 0}, &nwords, n.arena);
    stdp_rule rule;
    const stdp_kind pair = {TIMING_PAIR, WEIGHT_ADDITIVE, false};
    ck_assert(stdp_read(region, nwords, pair, 2, &rule));
    ck_assert_double_eq_tol(rule.type[0].plus, 0.01 * exp(1 / 20.0) * rule.type[0].max, 1);
    ck_assert_double_eq_tol(rule.type[0].minus, 0.012 * exp(-1 / 30.0) * rule.type[0].max, 1);
    likeness l = follow(&n); /* spikes of the source count a step earlier there */
    ck_assert_msg(l.rms > 0.005 && fabs(l.slope - 1) < 0.15 && l.correlation > 0.97,
                  "rms %.4f, slope %.4f, correlation %.5f", l.rms, l.slope, l.correlation);
    spin_close(&n);
}
END_TEST

START_TEST(a_frozen_machine_keeps_its_weights)
{
    const char *rules[] = {"type: stdp, weight_bounds: [0, 1]",
                           "type: hmn, eta_local: 1, traces: {tau_fast: 40 ms}, weight_bounds: [0, 1]"};
    for (int k = 0; k < 2; k++) {
        spin_net n;
        uint64_t count, moved = 0;
        ck_assert_msg(open_rule(&n, rules[k]), "%s", spin_message(&n));
        spin_start(&n, 1);
        hmn_sim *s = machine_sim(n.machine);
        for (int frozen = 1; frozen >= 0; frozen--) {
            s->ops->learn(s, !frozen);
            for (uint32_t t = 0; t < 300; t++)
                step(s, t);
            machine_synapse *w = machine_weights(n.machine, 0, n.arena, &count);
            for (uint32_t i = 0; i < count; i++)
                moved += w[i].weight != n.unit.qnet->projection[0].weight[i];
            ck_assert(frozen ? moved == 0 : moved > 100);
        }
        spin_close(&n);
    }
}
END_TEST

START_TEST(what_a_history_cannot_keep_is_counted)
{
    const char *rules[] = {"type: stdp, weight_bounds: [0, 1]",
                           "type: hmn, eta_local: 1, epoch: 8, traces: {tau_fast: 40 ms}, weight_bounds: [0, 1]"};
    for (int k = 0; k < 2; k++) {
        spin_net n;
        ck_assert_msg(open_rule(&n, rules[k]), "%s", spin_message(&n));
        spin_start(&n, 1);
        hmn_sim *s = machine_sim(n.machine);
        for (uint32_t t = 0; t < 400; t++) { /* 20 spikes of one cell, none of its sources */
            if (t % 20 == 0)
                s->ops->inject(s, N);
            s->ops->begin(s);
            s->ops->end(s);
        }
        ck_assert_uint_eq(machine_counters(n.machine).spikes, 20);
        ck_assert_uint_eq(machine_counters(n.machine).forgotten, k == 0 ? 5 : 0); /* 15 fit; the sweep saw all */
        spin_close(&n);
    }
}
END_TEST

START_TEST(looking_at_weights_changes_nothing)
{
    uint64_t digest[2], count;
    for (int look = 0; look < 2; look++) {
        spin_net n;
        ck_assert(
            open_rule(&n, "type: hmn, eta_local: 0.1, epoch: 7, traces: {tau_fast: 40 ms}, weight_bounds: [0, 1]"));
        spin_start(&n, 1);
        for (uint32_t t = 0; t < 200; t++) {
            step(machine_sim(n.machine), t);
            if (look)
                machine_weights(n.machine, 0, n.arena, &count);
        }
        digest[look] = machine_digest(n.machine);
        spin_close(&n);
    }
    ck_assert_uint_eq(digest[0], digest[1]);
}
END_TEST

START_TEST(what_the_machine_cannot_compute_is_refused_with_a_cure)
{
    static const struct {
        const char *rule, *says;
    } refused[] = {
        {"type: loihi, dw: \"2^-2*x1*y0\", x1_impulse: 16, x1_tau: 10", "rules written as products"},
        {"type: hmn, traces: {pairing: rate}", "pairing: rate"},
        {"type: hmn, local_attention: {beta_a: 1, tau: [10 ms, 20 ms], similarity: cosine}", "by cosine"},
        {"type: hmn, local_attention: {beta_a: 1, tau: [1 ms, 2 ms, 3 ms, 4 ms, 5 ms]}", "more than 4 timescales"},
        {"type: hmn, local_attention: {beta_a: 1.0e-5, tau: [10 ms]}", "rounds to zero"},
        {"type: hmn, local_attention: {beta_a: 9000, tau: [10 ms]}", "at most 5678 fits"},
        {"type: hmn, local_attention: {beta_a: 9, tau: [11 s]}", "at most 1e+04 fits"},
        {"type: hmn, traces: {A_plus: 1.0e-14, tau_fast: 10 ms}, eta_local: 1", "rounds to zero"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        spin_net n;
        bool told = false;
        ck_assert_msg(!open_rule(&n, refused[i].rule), "%s is accepted", refused[i].rule);
        for (uint32_t k = 0; k < diag_count(n.diag); k++)
            told |= strstr(diag_get(n.diag, k)->text, refused[i].says) != NULL;
        ck_assert_msg(told, "%s: %s", refused[i].rule, spin_message(&n));
        spin_close(&n);
    }
}
END_TEST

SUITE("learn", weights_follow_the_reference, weights_follow_the_reference_through_phase_attention_draw_and_decay,
      weights_follow_the_reference_through_attention_over_synapses,
      a_rule_of_pairs_runs_in_the_program_of_the_host_tools, a_frozen_machine_keeps_its_weights,
      what_a_history_cannot_keep_is_counted, looking_at_weights_changes_nothing,
      what_the_machine_cannot_compute_is_refused_with_a_cure)
