/* Learned rates and astrocytes on the emulated chip beside the reference: registers in every epoch. */
#include "backends/registry.h"
#include "compiler/pipeline.h"
#include "core/base/rng.h"
#include "core/ir/image.h"
#include "core/machine/machine.h"
#include "core/reference/state.h"
#include "tests/suite.h"

#include <math.h>
#include <string.h>

static const char network[] =
    "hmn: 1\n"
    "populations:\n"
    "  in: {size: 4, model: spike_source}\n"
    "  out: {size: 2, model: IF_curr_exp}\n"
    "neuromodulators:\n"
    "  reward: {source: {signal: task.reward}}\n"
    "  ne: {source: {schedule: [[0 ms, 0], [300 ms, 0.9], [1500 ms, 0.1]]}}\n"
    "astrocytes: {glia: {modulator: ne, tau: 200 ms, gain: 1.2, hill_n: 3, hill_k: 0.4, lambda: %s}}\n"
    "plasticity_rules:\n"
    "  rule: {neuromodulators: [reward], eta_local: 0.004, eta_global: 0.02, weight_bounds: [0, 1], epoch: 4,\n"
    "         traces: {tau_fast: 40 ms, pairing: hebbian, A_plus: 1}%s}\n"
    "projections:\n"
    "  p: {pre: in, post: out, connector: {type: all_to_all}, weight: 0.5, receptor_type: excitatory, plasticity: "
    "rule}\n"
    "run: {seed: 6}\n";

typedef struct {
    hmn_unit u;
    char text[4096];
    hmn_image *image;
    hmn_machine *m;
    hmn_reference *r;
} pair;

static bool compile(pair *p, const char *lambda, const char *terms)
{
    memset(p, 0, sizeof *p);
    p->u.chip = registry_find("loihi");
    p->u.arena = arena_new(0);
    p->u.diag = diag_new();
    snprintf(p->text, sizeof p->text, network, lambda, terms);
    p->u.text = p->text;
    p->u.text_length = strlen(p->text);
    return pipeline_run(&p->u, NULL, NULL);
}

static void start(pair *p, const char *lambda, const char *terms)
{
    ck_assert_msg(compile(p, lambda, terms), "%s", diag_get(p->u.diag, 0)->text);
    p->image = image_from_memory(p->u.image, p->u.image_size, "test", p->u.diag);
    p->m = machine_boot(p->image, p->u.chip, 1, NULL, p->u.diag);
    p->r = reference_new(p->u.graph, (reference_options){.grid = false}, p->u.arena, p->u.diag);
    ck_assert(p->m && p->r);
}

static void finish(pair *p)
{
    machine_free(p->m);
    if (p->image)
        image_close(p->image);
    diag_free(p->u.diag);
    arena_free(p->u.arena);
}

/* A register with a carry is off by less than a step. */
static const double CARRIED = 1.02;

/* 2,400 steps of random rewards, a trial each 20 steps; the greatest error of the register in its own steps. */
static double worst(pair *p)
{
    const net_rule *rule = &p->u.net->rule[0];
    double unit = p->u.qnet->channel[0].unit, most = 0, largest = 0;
    hmn_sim *both[] = {machine_sim(p->m), reference_sim(p->r)};
    for (uint32_t t = 0; t < 2400; t++) {
        double reward = t % 20 < 10 ? 2 * rng_unit(1, RNG_TASK, t / 20, 0, 0) - 1 : 0;
        for (int k = 0; k < 2; k++) {
            both[k]->ops->begin(both[k]);
            both[k]->ops->modulate(both[k], 0, reward);
            if (t % 20 == 19)
                both[k]->ops->trial(both[k], rng_unit(2, RNG_TASK, t, 0, 0));
            both[k]->ops->end(both[k]);
        }
        if (t % 4 != 3 || t % 20 == 19) /* a trial's end moves the rates after the register was written */
            continue;
        double m = astrocyte_factor(p->r, rule, reference_rate(p->r, 0, 0), reference_rate(p->r, 0, 1),
                                    modulator_effective(p->r, rule));
        double r1 = fmin(fmax(m / unit, -128), 127);
        most = fmax(most, fabs(r1 - machine_channel(p->m, 0)));
        largest = fmax(largest, fabs(r1));
    }
    ck_assert_double_gt(largest, 12);
    return most;
}

START_TEST(registers_follow_astrocytes_as_in_the_reference)
{
    static const char *const lambda[] = {"-0.8", "1.5"}, *const effect[] = {"additive", "gain"};
    for (int k = 0; k < 4; k++) {
        pair p;
        char rule[200];
        snprintf(rule, sizeof rule, ", astrocyte: {modulator: ne, tau: 200 ms, lambda: %s, effect: %s}", lambda[k / 2],
                 effect[k % 2]);
        start(&p, "1", rule);
        ck_assert_double_lt(worst(&p), CARRIED);
        finish(&p);
        start(&p, lambda[k / 2], ", astrocyte: glia");
        ck_assert_double_lt(worst(&p), CARRIED);
        finish(&p);
    }
}
END_TEST

START_TEST(registers_follow_learned_rates_as_in_the_reference)
{
    static const char *const method[] = {"spsa", "reinforce", "finite_difference"};
    for (int k = 0; k < 3; k++) {
        pair p;
        char rule[200];
        snprintf(rule, sizeof rule,
                 ", meta: {objective: task.score, window: 4, method: %s, alpha_local: 1, epsilon: 0.3}", method[k]);
        start(&p, "1", rule);
        ck_assert_double_lt(worst(&p), CARRIED);
        ck_assert_double_eq_tol(machine_rate_octaves(p.m, 0, 1), log2(reference_rate(p.r, 0, 1)), 0.02);
        ck_assert_double_gt(fabs(machine_rate_octaves(p.m, 0, 1) - log2(0.02)), 0.01);
        finish(&p);
    }
}
END_TEST

static void refused(const char *terms, const char *words)
{
    pair p;
    ck_assert(!compile(&p, "1", terms));
    uint32_t i = 0;
    while (diag_get(p.u.diag, i)->severity != DIAG_ERROR)
        i++; /* that glia is not used is a warning */
    const hmn_message *m = diag_get(p.u.diag, i);
    ck_assert_msg(strstr(m->text, words) != NULL, "%s", m->text);
    ck_assert_ptr_nonnull(m->cure);
    finish(&p);
}

START_TEST(what_the_processor_cannot_do_is_refused)
{
    refused(", astrocyte: {modulator: ne, effect: presynaptic}", "presynaptic spikes");
    refused(", astrocyte: {modulator: ne, tau: 1000000000 s}", "tau of the astrocyte");
    refused(", meta: {objective: task.score, bounds: [0.01, 1]}", "outside the bounds");
    refused(", meta: {objective: task.score, epsilon: 0.000001}", "epsilon of meta");
}
END_TEST

/* n rules that damp eligibility by a lambda of their own, each onto a population of its own, or all onto one. */
static void steered(uint32_t n, bool one, const char *words)
{
    hmn_unit u = {.chip = registry_find("loihi2"), .arena = arena_new(0), .diag = diag_new()};
    const char *cells = "", *rules = "", *populations = "", *projections = "";
    for (uint32_t k = 0; k < n; k++) {
        cells =
            arena_printf(u.arena, "%s  g%u: {modulator: ne, lambda: -0.%02u, effect: eligibility}\n", cells, k, 50 + k);
        rules = arena_printf(u.arena,
                             "%s  r%u: {eta_local: 0.01, weight_bounds: [0, 1], astrocyte: g%u, "
                             "traces: {tau_fast: 40 ms, pairing: hebbian}}\n",
                             rules, k, k);
        populations = arena_printf(u.arena, "%s  out%u: {size: 1, model: IF_curr_delta}\n", populations, k);
        projections = arena_printf(u.arena,
                                   "%s  p%u: {pre: in, post: out%u, connector: {type: all_to_all}, weight: 0.5, "
                                   "plasticity: r%u}\n",
                                   projections, k, one ? 0 : k, k);
    }
    u.text = arena_printf(u.arena,
                          "hmn: 1\nnetwork: {name: steered, dt: 1 ms}\n"
                          "neuromodulators: {ne: {source: {signal: task.ne}}}\nastrocytes:\n%s"
                          "populations:\n  in: {size: 4, model: spike_source}\n%splasticity_rules:\n%sprojections:\n%s",
                          cells, populations, rules, projections);
    u.text_length = strlen(u.text);
    bool said = pipeline_run(&u, NULL, NULL) == !words && !words;
    for (uint32_t i = 0; i < diag_count(u.diag); i++)
        said |= words && strstr(diag_get(u.diag, i)->text, words);
    ck_assert_msg(said, "%u: %s: %s", n, words ? words : "", diag_count(u.diag) ? diag_get(u.diag, 0)->text : "");
    diag_free(u.diag);
    arena_free(u.arena);
}

START_TEST(rules_that_meet_agree_about_y3_and_its_registers_are_counted)
{
    steered(15, false, NULL); /* and r1 */
    steered(16, false, "register 17; the chip has 16");
    steered(1, true, NULL);
    steered(2, true, "settings of one trace");
}
END_TEST

/* A plastic and a static projection of one source onto neurons that never fire. */
static const char damped[] =
    "hmn: 1\nnetwork: {name: damped, dt: 1 ms}\n"
    "populations:\n  in: {size: 8, model: spike_source_poisson, params: {rate: 100 Hz}}\n"
    "  out: {size: 2, model: IF_curr_delta, params: {tau_m: 20 ms, v_rest: 0, v_reset: 0, v_thresh: 50}}\n"
    "  other: {size: 2, model: IF_curr_delta, params: {tau_m: 20 ms, v_rest: 0, v_reset: 0, v_thresh: 50}}\n"
    "neuromodulators: {ne: {source: {schedule: [[0 ms, 0], [100 ms, 1]]}}}\n"
    "astrocytes: {glia: {modulator: ne, tau: 100 ms, hill_n: 2, hill_k: 0.3, lambda: %s, effect: presynaptic}}\n"
    "plasticity_rules: {rule: {weight_bounds: [0, 1], %s, "
    "astrocyte: glia}}\n"
    "projections:\n"
    "  p: {pre: in, post: out, connector: {type: all_to_all}, weight: 0.5, delay: 2 ms, plasticity: rule}\n"
    "  q: {pre: in, post: other, connector: {type: all_to_all}, weight: 0.5}\n"
    "run: {seed: 6}\n";

static bool compile_damped(pair *p, const char *target, const char *lambda, const char *rule)
{
    memset(p, 0, sizeof *p);
    p->u = (hmn_unit){.chip = registry_find(target), .arena = arena_new(0), .diag = diag_new()};
    snprintf(p->text, sizeof p->text, damped, lambda, rule);
    p->u.text = p->text;
    p->u.text_length = strlen(p->text);
    return pipeline_run(&p->u, NULL, NULL);
}

/* v of neurons 8 and 10, whose spikes are damped and are not; the largest difference from the reference, mV. */
static void spikes_count(const char *target, const char *lambda, double bound)
{
    pair p;
    bool ok = compile_damped(&p, target, lambda, "eta_local: 0.01, traces: {tau_fast: 40 ms, pairing: hebbian}");
    ck_assert_msg(ok, "%s: %s", target, diag_get(p.u.diag, 0)->text);
    p.image = image_from_memory(p.u.image, p.u.image_size, "test", p.u.diag);
    p.m = machine_boot(p.image, p.u.chip, 1, NULL, p.u.diag);
    p.r = reference_new(p.u.graph, (reference_options){.grid = false}, p.u.arena, p.u.diag);
    hmn_sim *both[] = {machine_sim(p.m), reference_sim(p.r)};
    double most = 0, gap = 0;
    for (uint32_t t = 0; t < 500; t++) {
        for (int k = 0; k < 2; k++) {
            both[k]->ops->begin(both[k]);
            both[k]->ops->end(both[k]);
        }
        for (uint32_t neuron = 8; neuron < 12; neuron += 2) {
            const qnet_population *q = &p.u.qnet->population[neuron / 2 - 3];
            double v = q->v_zero + q->v_lsb * machine_read(p.m, neuron, VAR_V);
            most = fmax(most, fabs(v - reference_v(p.r, neuron)));
        }
        gap = fmax(gap, fabs(reference_v(p.r, 8) - reference_v(p.r, 10)));
    }
    ck_assert_msg(most < bound, "%s, lambda %s: %g mV", target, lambda, most);
    ck_assert_double_gt(gap, 2); /* the damped ones go another way */
    finish(&p);
}

START_TEST(what_a_spike_counts_reaches_neurons_as_in_the_reference)
{
    spikes_count("spinnaker", "0.7", 0.01);
    spikes_count("spinnaker", "-0.9", 0.01);
    spikes_count("loihi2", "0.7", 0.1);
    spikes_count("loihi2", "-0.9", 0.1);
}
END_TEST

/* A spike that takes eligibility is x2 then, which lasts a step and is h of attention. */
START_TEST(a_factor_that_passes_its_register_is_refused_with_both_numbers)
{
    static const struct {
        const char *target, *lambda, *words;
    } list[] = {{"loihi2", "-30000", NULL},
                {"loihi2", "-40000", "reaches 4e+04; the register has 32767"},
                {"spinnaker", "-500", NULL},
                {"spinnaker", "-1000000", "reaches 1e+06; the register has"}};
    for (size_t k = 0; k < sizeof list / sizeof *list; k++) {
        pair p;
        bool ok = compile_damped(&p, list[k].target, list[k].lambda,
                                 "eta_local: 0.01, traces: {tau_fast: 40 ms, pairing: hebbian}");
        const char *text = diag_count(p.u.diag) ? diag_get(p.u.diag, diag_count(p.u.diag) - 1)->text : "";
        ck_assert_msg(list[k].words ? !ok && strstr(text, list[k].words) : ok, "%s, %s: %s", list[k].target,
                      list[k].lambda, text);
        finish(&p);
    }
}
END_TEST

START_TEST(where_spikes_count_what_needs_another_trace_is_refused)
{
#define TAKES "eta_local: 0.01, traces: {pairing: stdp, A_minus: 0.5, tau_fast: 40 ms}"
    static const struct {
        const char *target, *rule, *words;
    } list[] = {{"loihi2", TAKES, NULL},
                {"loihi2", TAKES ", epoch: 4", NULL},
                {"loihi2", TAKES ", epoch: 6", "(A_minus)"},
                {"loihi2", TAKES ", local_attention: {beta_a: 50, tau: 20 ms}", "(A_minus)"},
                {"spinnaker", TAKES ", epoch: 6, local_attention: {beta_a: 50, tau: 20 ms}", NULL},
                {"loihi2", "eta_local: 0", "acts on spikes"},
                {"spinnaker", "eta_local: 0", "acts on spikes"}};
    for (size_t k = 0; k < sizeof list / sizeof *list; k++) {
        pair p;
        bool ok = compile_damped(&p, list[k].target, "0.5", list[k].rule), said = ok && !list[k].words;
        for (uint32_t i = 0; i < diag_count(p.u.diag); i++)
            said |= list[k].words && strstr(diag_get(p.u.diag, i)->text, list[k].words);
        ck_assert_msg(said, "%s: %s", list[k].target, list[k].rule);
        finish(&p);
    }
}
END_TEST

SUITE("learn_meta", registers_follow_astrocytes_as_in_the_reference, registers_follow_learned_rates_as_in_the_reference,
      what_the_processor_cannot_do_is_refused, rules_that_meet_agree_about_y3_and_its_registers_are_counted,
      what_a_spike_counts_reaches_neurons_as_in_the_reference,
      a_factor_that_passes_its_register_is_refused_with_both_numbers,
      where_spikes_count_what_needs_another_trace_is_refused)
