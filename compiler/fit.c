/* Limits of a core against use. Takes what the chip says a set of slices would use and the chip's limits, yields the
 * first limit that is passed, and says so to the user: a neuron that no core can hold is reported at the projection
 * (synapses, axons, delays, rules) or population (profiles) that asks for most of what is short, with the number
 * needed and the number there is. */
#include "compiler/fit.h"

#include <stdio.h>
#include <string.h>

fit_excess fit_check(const hmn_limits *limits, const hmn_usage *usage)
{
#define CHECK(field, diag, text)                                                                                       \
    if (limits->field && usage->field > limits->field)                                                                 \
        return (fit_excess){DIAG_##diag, text, usage->field, limits->field};
    CHECK(compartments, FIT_COMPARTMENTS, "compartments")
    CHECK(max_delay, FIT_DELAY, "steps of delay")
    CHECK(delay_cells, FIT_DELAY, "delay cells (delay slots x neurons)")
    CHECK(synapse_words, FIT_SYNAPSES, "words of synapse memory")
    CHECK(in_axons, FIT_AXONS, "input axons")
    CHECK(out_axons, FIT_AXONS, "output axons")
    CHECK(neuron_profiles, FIT_PROFILES, "neuron profiles")
    CHECK(threshold_profiles, FIT_PROFILES, "threshold profiles")
    CHECK(synapse_formats, FIT_PROFILES, "synapse formats")
    CHECK(learning_profiles, FIT_PROFILES, "learning profiles")
    CHECK(learning_words, FIT_LEARNING, "words of learning microcode")
#undef CHECK
    return (fit_excess){DIAG_CODE_COUNT, NULL, 0, 0};
}

static uint32_t whole(net_num n) { return n.v >= 4294967295.0 ? UINT32_MAX : n.v < 0 ? 0 : (uint32_t)n.v; }

uint32_t fit_cores(const hmn_net *net, const hmn_limits *limits)
{
    uint64_t chips = net->target.chips.given ? whole(net->target.chips)
                     : limits->board_chips   ? limits->board_chips
                                             : limits->chips;
    if (limits->chips && chips > limits->chips)
        chips = limits->chips;
    uint64_t cores = chips && limits->cores_per_chip ? chips * limits->cores_per_chip : UINT32_MAX;
    if (net->target.cores.given && whole(net->target.cores) < cores)
        cores = whole(net->target.cores);
    return cores > UINT32_MAX ? UINT32_MAX : (uint32_t)cores;
}

char *fit_number(uint64_t n, char *text)
{
    char digits[21];
    int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
    char *at = text;
    for (int i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0)
            *at++ = ',';
        *at++ = digits[i];
    }
    *at = '\0';
    return text;
}

/* What one neuron receives through one projection. */
typedef struct {
    uint64_t synapses, axons;
    uint32_t max_delay;
} intake;

static intake take(const hmn_graph *g, const graph_projection *p, uint32_t neuron)
{
    intake t = {0, 0, 0};
    uint32_t npre = g->population[p->pre].size;
    for (uint32_t i = 0; i < npre; i++) {
        uint64_t before = t.synapses;
        for (uint32_t e = p->row[i]; e < p->row[i + 1]; e++) {
            if (p->target[e] != neuron)
                continue;
            t.synapses++;
            if (p->delay[e] > t.max_delay)
                t.max_delay = p->delay[e];
        }
        t.axons += t.synapses > before;
    }
    return t;
}

static uint64_t share(intake t, hmn_diag_code code, bool plastic)
{
    if (code == DIAG_FIT_DELAY)
        return t.max_delay;
    if (code == DIAG_FIT_AXONS)
        return t.axons;
    if (code == DIAG_FIT_LEARNING)
        return plastic ? t.synapses : 0;
    return code == DIAG_FIT_SYNAPSES ? t.synapses : 0;
}

static void cure(hmn_diag *d, hmn_diag_code code)
{
    if (code == DIAG_FIT_SYNAPSES)
        diag_cure(d, "lower p_connect or n of the connector, or weight_bits, or split the population's inputs");
    else if (code == DIAG_FIT_AXONS)
        diag_cure(d, "let fewer neurons project to this one");
    else if (code == DIAG_FIT_DELAY)
        diag_cure(d, "shorten the delays or use a longer dt");
    else if (code == DIAG_FIT_PROFILES)
        diag_cure(d,
                  "let projections onto the population share weight scale, delays and rule (each phase bin of a rule "
                  "counts as one)");
    else if (code == DIAG_FIT_LEARNING)
        diag_cure(d, "use fewer or simpler rules on the projections onto the population");
}

void fit_report_neuron(const hmn_qnet *q, const hmn_chip *chip, uint32_t population, uint32_t neuron, fit_excess e,
                       hmn_diag *d)
{
    const hmn_graph *g = q->graph;
    const graph_population *pop = &g->population[population];
    hmn_span at = pop->at;
    uint64_t synapses = 0, most = 0;
    const char *projection = NULL;
    for (uint32_t i = 0; i < g->nprojections; i++) {
        const graph_projection *p = &g->projection[i];
        if (p->post != population)
            continue;
        intake t = take(g, p, neuron);
        synapses += t.synapses;
        uint64_t n = share(t, e.code, p->rule != NET_NONE);
        if (n > most) {
            most = n;
            at = p->at;
            projection = p->name;
        }
    }
    char need[32], have[32], incoming[32], because[96] = "";
    if (synapses && e.code != DIAG_FIT_PROFILES)
        snprintf(because, sizeof because, " for %s incoming synapses", fit_number(synapses, incoming));
    diag_report(d, e.code, at, "neuron %u of population '%s' needs %s %s%s%s%s%s, a core of %s has %s", neuron,
                pop->name, fit_number(e.need, need), e.what, because, projection ? ", most by projection '" : "",
                projection ? projection : "", projection ? "'" : "", chip->name, fit_number(e.have, have));
    cure(d, e.code);
}
