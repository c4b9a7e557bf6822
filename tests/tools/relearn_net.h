/* Networks for tests of restated learning. */
#ifndef HMN_TESTS_RELEARN_NET_H
#define HMN_TESTS_RELEARN_NET_H

#include "tests/tools/source_text.h"
#include "tools/relearn.h"

/* One plastic projection of 24 x 8 with this rule, Poisson inputs, neurons with homeostasis, an oscillation and three
 * modulators of all kinds of sources. */
static inline bool relearn_net(source *s, const char *target, const char *rule)
{
    static const char text[] =
        "hmn: 1\nnetwork: {name: relearn, dt: 1 ms}\n"
        "oscillations: {theta: {frequency: 8.3 Hz, phase: 0.4 rad}}\n"
        "neuromodulators:\n"
        "  reward: {weight: 1, tau: 20 ms, baseline_tau: 300 ms, source: {schedule: [[0 ms, 0], [50 ms, 1], [120 ms, "
        "-0.7], "
        "[200 ms, 0.4]]}, key: [1, 0]}\n"
        "  busy: {weight: 0.01, tau: 50 ms, source: {population: out, baseline: 5 Hz}, key: [0, 1]}\n"
        "  calm: {source: {constant: 0.3}}\n  alarm: {source: {schedule: [[0 ms, 0], [80 ms, 1]]}}\n"
        "astrocytes: {glia: {modulator: alarm, tau: 100 ms, hill_n: 3, hill_k: 0.4, lambda: -0.8, effect: gain},\n"
        "  damp: {modulator: alarm, tau: 100 ms, hill_n: 3, hill_k: 0.4, lambda: -1.2, effect: eligibility},\n"
        "  boost: {modulator: alarm, tau: 60 ms, hill_n: 2, hill_k: 0.3, lambda: 0.7, effect: eligibility},\n"
        "  mute: {modulator: alarm, tau: 100 ms, hill_n: 3, hill_k: 0.4, lambda: 1.1, effect: presynaptic},\n"
        "  shout: {modulator: alarm, tau: 60 ms, hill_n: 2, hill_k: 0.3, lambda: -0.6, effect: presynaptic}}\n"
        "populations:\n"
        "  in: {size: 24, model: spike_source_poisson, params: {rate: 70 Hz}}\n"
        "  out: {size: 8, model: IF_curr_delta, params: {tau_m: 20 ms, v_rest: 0, v_reset: 0, v_thresh: 6, noise: 0.3, "
        "homeostasis_rate: 15 Hz, homeostasis_eta: 0.01}}\n"
        "plasticity_rules: {learn: {%s}}\n"
        "projections:\n"
        "  in_out: {pre: in, post: out, connector: {type: fixed_probability, p_connect: 0.8}, weight: {distribution: "
        "uniform, "
        "low: 0.3, high: 1.5}, delay: {distribution: uniform_int, low: 1, high: 4}, plasticity: learn}\n"
        "run: {duration: 400 ms, seed: 5}\n";
    char *all = NULL;
    size_t length;
    FILE *f = open_memstream(&all, &length);
    fprintf(f, text, rule);
    fclose(f);
    bool ok = source_from_text(s, target, all);
    free(all);
    return ok;
}

#define RELEARN_TRACES "traces: {pairing: stdp, A_plus: 1, A_minus: 0.4, tau_plus: 20 ms, tau_minus: 15 ms, "
#define RELEARN_FAST RELEARN_TRACES "tau_fast: 60 ms, k_fast: 0.5}"
#define RELEARN_BOTH RELEARN_TRACES "tau_fast: 60 ms, k_fast: 0.5, tau_slow: 400 ms, k_slow: 0.1}"
#define RELEARN_RATES "eta_local: 0.0003, eta_global: 0.03, neuromodulators: [reward, busy], weight_bounds: [0, 2], "
#define RELEARN_RULE "type: hmn, " RELEARN_RATES

#endif
