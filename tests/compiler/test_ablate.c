/* A term ablated by name is a term switched off in YAML: the same digest after a run, on the reference and on each
 * chip. */
#include "compiler/ablate.h"

#include "backends/registry.h"
#include "compiler/pipeline.h"
#include "core/ir/image.h"
#include "core/machine/machine.h"
#include "core/reference/reference.h"
#include "tests/compiler/front.h"
#include "tests/suite.h"

enum { STEPS = 400 };

/* What each term looks like in YAML when it is on and when it is off. */
typedef struct {
    const char *term, *on, *off;
} variant;

static const variant variants[] = {
    {"plasticity", "enabled: true", "enabled: false"},
    {"eta_local", "eta_local: 0.02", "eta_local: 0"},
    {"eta_global", "eta_global: 0.03", "eta_global: 0"},
    {"fast_trace", "k_fast: 0.5", "k_fast: 0"},
    {"slow_trace", "tau_slow: 200 ms,", ""},
    {"phase_gate", "group_size: 2, gate: both}", "group_size: 2, gate: both, enabled: false}"},
    {"firing_gate", "gate: both", "gate: plasticity"},
    {"probability_gate", "probability_gate: {beta_p: 2, theta_p: 0.5}", "probability_gate: {enabled: false}"},
    {"global_attention", "global_attention: {beta_g: 2, null_logit: 0}", "global_attention: {enabled: false}"},
    {"baseline", ", baseline_tau: 100 ms", ""},
    {"meta", "meta: {objective: task.score, window: 2}", "meta: {enabled: false, objective: task.score}"},
    {"local_attention", "local_attention: {beta_a: 50, tau: 20 ms}", "local_attention: {enabled: false}"},
    {"astrocyte", "astrocyte: glia", "astrocyte: {modulator: ne, enabled: false}"},
    {"decay", "decay: 0.0016", "decay: 0"},
    {"homeostasis", "homeostasis_eta: 0.01", "homeostasis_eta: 0"},
    {"noise", "noise: 0.3", "noise: 0"},
};
enum { VARIANTS = sizeof variants / sizeof *variants, VARIANT_ASTROCYTE = 12 };

static const char net[] =
    "hmn: 1\n"
    "populations:\n"
    "  in: {size: 10, model: spike_source_poisson, params: {rate: 60 Hz}}\n"
    "  out: {size: 4, model: IF_curr_exp, params: {noise: 0.3, homeostasis_rate: 20 Hz, homeostasis_eta: 0.01}}\n"
    "projections:\n"
    "  p: {pre: in, post: out, connector: {type: all_to_all}, receptor_type: excitatory, weight: 1, plasticity: r}\n"
    "oscillations: {o: {frequency: 8}}\n"
    "neuromodulators:\n"
    "  reward: {tau: 5 ms, baseline_tau: 100 ms, source: {schedule: [[0 ms, 0.2], [50 ms, 1], [150 ms, -0.5]]}}\n"
    "  ne: {source: {constant: 0.7}}\n"
    "astrocytes: {glia: {modulator: ne, tau: 50 ms, lambda: -0.5, effect: gain}}\n"
    "plasticity_rules:\n"
    "  r:\n"
    "    enabled: true\n"
    "    traces: {A_minus: 0, k_fast: 0.5, tau_slow: 200 ms, k_slow: 0.2}\n"
    "    neuromodulators: [reward, ne]\n"
    "    eta_local: 0.02\n"
    "    eta_global: 0.03\n"
    "    epoch: 4\n"
    "    weight_bounds: [0, 3]\n"
    "    decay: 0.0016\n"
    "    phase_gate: {oscillation: o, owner: post, assign: by_group, group_size: 2, gate: both}\n"
    "    probability_gate: {beta_p: 2, theta_p: 0.5}\n"
    "    global_attention: {beta_g: 2, null_logit: 0}\n"
    "    local_attention: {beta_a: 50, tau: 20 ms}\n"
    "    meta: {objective: task.score, window: 2}\n"
    "    astrocyte: glia\n";

/* The text with `on` replaced by `off`; the caller frees. */
static char *without(const variant *v)
{
    const char *at = strstr(net, v->on);
    ck_assert_msg(at != NULL, "%s is not in the network", v->on);
    char *text = calloc(1, sizeof net + 128);
    memcpy(text, net, (size_t)(at - net));
    strcat(text, v->off);
    return strcat(text, at + strlen(v->on));
}

static uint64_t digest(const char *text, const char *terms, bool expected_static)
{
    front f = {.u = {.path = "net.yaml", .text = text, .text_length = strlen(text), .ablate = terms}};
    front_run(&f);
    ck_assert_msg(f.ok && pass_elaborate(&f.u), "%s%s", f.said, text);
    hmn_reference *r = reference_new(f.u.graph, (reference_options){.grid = false}, f.u.arena, f.u.diag);
    ck_assert_ptr_nonnull(r);
    hmn_sim *s = reference_sim(r);
    for (uint32_t t = 0; t < STEPS; t++) {
        s->ops->begin(s);
        if (t % 20 == 19)
            s->ops->trial(s, t % 3);
        s->ops->end(s);
    }
    ck_assert_uint_gt(reference_counters(r).spikes, 300);
    if (expected_static)
        ck_assert_uint_eq(reference_counters(r).weight_updates, 0);
    uint64_t sum = reference_digest(r);
    front_free(&f);
    return sum;
}

START_TEST(every_term_has_a_variant)
{
    uint32_t n = 0;
    for (const ablate_term *t = ablate_terms(); t->name; t++, n++)
        ck_assert_str_eq(t->name, variants[n].term);
    ck_assert_uint_eq(n, VARIANTS);
}
END_TEST

START_TEST(ablating_a_term_is_switching_it_off)
{
    uint64_t whole = digest(net, NULL, false);
    for (int k = 0; k < VARIANTS; k++) {
        char *text = without(&variants[k]);
        uint64_t off = digest(text, NULL, false), ablated = digest(net, variants[k].term, false);
        ck_assert_msg(off == ablated, "%s: YAML and --ablate differ", variants[k].term);
        ck_assert_msg(off != whole, "%s changes nothing", variants[k].term);
        free(text);
    }
}
END_TEST

START_TEST(without_all_terms_the_network_is_static)
{
    char *text = calloc(1, sizeof net);
    strcpy(text, net);
    *strstr(text, "plasticity_rules:") = 0; /* nothing plastic is written at all */
    char *named = strstr(text, ", plasticity: r");
    memmove(named, named + 15, strlen(named + 15) + 1);
    ck_assert_uint_eq(digest(text, "homeostasis,noise,baseline", true), digest(net, "all", true));
    /* term by term, but for the traces that remain to be kept: what fires and what weighs is the same */
    ck_assert_uint_ne(digest(net, "eta_local,eta_global,decay", true), 0);
    free(text);
}
END_TEST

/* ---- on chips ---- */

/* What each lacks of the network's terms is off in any case. */
static const struct {
    const char *name, *always_off;
} chips[] = {{"loihi", "local_attention"}, {"loihi2", ""}, {"spinnaker", "firing_gate"}};
enum { CHIPS = sizeof chips / sizeof *chips };

typedef struct {
    uint64_t digest, spikes, updates;
} chip_run;

static chip_run on_chip(int chip, const char *text, const char *terms)
{
    char off[128];
    snprintf(off, sizeof off, "%s%s%s", chips[chip].always_off, *chips[chip].always_off && *terms ? "," : "", terms);
    hmn_unit u = {.chip = registry_find(chips[chip].name),
                  .arena = arena_new(0),
                  .diag = diag_new(),
                  .text = text,
                  .text_length = strlen(text),
                  .ablate = off};
    bool compiled = pipeline_run(&u, NULL, NULL);
    for (uint32_t i = 0; !compiled && i < diag_count(u.diag); i++)
        fprintf(stderr, "%s: %s\n", chips[chip].name, diag_get(u.diag, i)->text);
    ck_assert(compiled);
    hmn_image *image = image_from_memory(u.image, u.image_size, "test", u.diag);
    hmn_machine *m = machine_boot(image, u.chip, 1, NULL, u.diag);
    ck_assert_ptr_nonnull(m);
    hmn_sim *s = machine_sim(m);
    for (uint32_t t = 0; t < STEPS; t++) {
        s->ops->begin(s);
        if (t % 20 == 19)
            s->ops->trial(s, t % 3);
        s->ops->end(s);
    }
    chip_run r = {machine_digest(m), machine_counters(m).spikes, machine_counters(m).weight_updates};
    ck_assert_uint_gt(r.spikes, 20);
    machine_free(m);
    image_close(image);
    diag_free(u.diag);
    arena_free(u.arena);
    return r;
}

static bool lacks(int chip, const char *term) { return strstr(chips[chip].always_off, term) != NULL; }

START_TEST(chips_cannot_tell_a_term_ablated_from_one_switched_off)
{
    for (int c = 0; c < CHIPS; c++) {
        chip_run whole = on_chip(c, net, "");
        ck_assert_uint_gt(whole.updates, 0);
        for (int k = 0; k < VARIANTS; k++) {
            char *text = without(&variants[k]);
            chip_run off = on_chip(c, text, ""), ablated = on_chip(c, net, variants[k].term);
            ck_assert_msg(off.digest == ablated.digest, "%s: %s: YAML and --ablate differ", chips[c].name,
                          variants[k].term);
            ck_assert_msg(lacks(c, variants[k].term) || off.digest != whole.digest, "%s: %s changes nothing",
                          chips[c].name, variants[k].term);
            free(text);
        }
    }
}
END_TEST

/* Other effects than gain; what a chip lacks is refused, and its terms are off in any case. */
START_TEST(chips_cannot_tell_an_astrocyte_of_any_effect_ablated_from_one_switched_off)
{
    static const struct {
        int chip;
        const char *effect;
    } list[] = {{0, "additive"},    {0, "eligibility"}, {1, "additive"},    {1, "eligibility"},
                {1, "presynaptic"}, {2, "additive"},    {2, "eligibility"}, {2, "presynaptic"}};
    for (size_t k = 0; k < sizeof list / sizeof *list; k++) {
        char *text = calloc(1, sizeof net + 64), *off = without(&variants[VARIANT_ASTROCYTE]);
        const char *at = strstr(net, "effect: gain");
        sprintf(text, "%.*seffect: %s%s", (int)(at - net), net, list[k].effect, at + strlen("effect: gain"));
        chip_run whole = on_chip(list[k].chip, text, ""), ablated = on_chip(list[k].chip, text, "astrocyte"),
                 switched = on_chip(list[k].chip, off, "");
        ck_assert_msg(ablated.digest == switched.digest, "%s on %s", list[k].effect, chips[list[k].chip].name);
        ck_assert_msg(ablated.digest != whole.digest, "%s on %s", list[k].effect, chips[list[k].chip].name);
        free(text);
        free(off);
    }
}
END_TEST

START_TEST(chips_without_all_terms_are_static)
{
    char *text = calloc(1, sizeof net);
    strcpy(text, net);
    *strstr(text, "plasticity_rules:") = 0;
    char *named = strstr(text, ", plasticity: r");
    memmove(named, named + 15, strlen(named + 15) + 1);
    for (int c = 0; c < CHIPS; c++) {
        chip_run fixed = on_chip(c, text, "homeostasis,noise,baseline"), ablated = on_chip(c, net, "all");
        ck_assert_uint_eq(ablated.updates, 0);
        ck_assert_uint_eq(fixed.spikes, ablated.spikes);
        ck_assert_uint_eq(fixed.digest, ablated.digest);
    }
    free(text);
}
END_TEST

START_TEST(an_unknown_term_is_an_error_that_lists_those_there_are)
{
    front f = {.u = {.path = "net.yaml", .text = net, .text_length = sizeof net - 1, .ablate = "meta,metta"}};
    front_run(&f);
    ck_assert(!f.ok);
    ck_assert_ptr_nonnull(strstr(f.said, "'metta'"));
    ck_assert_ptr_nonnull(strstr(f.said, "homeostasis"));
    front_free(&f);
}
END_TEST

SUITE("ablate", every_term_has_a_variant, ablating_a_term_is_switching_it_off, without_all_terms_the_network_is_static,
      chips_cannot_tell_a_term_ablated_from_one_switched_off,
      chips_cannot_tell_an_astrocyte_of_any_effect_ablated_from_one_switched_off, chips_without_all_terms_are_static,
      an_unknown_term_is_an_error_that_lists_those_there_are)
