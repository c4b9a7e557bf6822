/* Limits of a core against use. Takes what the chip says a set of slices would use and the chip's limits, yields the
 * first limit that is passed, and says so to the user: a neuron that no core can hold is reported at the projection
 * (synapses, axons, delays, rules) or population (profiles) that asks for most of what is short, with the number
 * needed and the number there is. */
#include "compiler/fit.h"

#include <stdio.h>
#include <string.h>

#define FEWER_FORMATS                                                                                                  \
    "let projections onto the population share weight scale, delays and rule (each phase bin of a rule counts as one)"
#define FEWER_RULES                                                                                                    \
    "use fewer or simpler rules on the projections onto the population (each phase bin of a rule counts as one)"
#define SAME_TRACES                                                                                                    \
    "give the rules the same time constants and impulses, or let one of them use another trace, x2, y2 or y3"

fit_excess fit_check(const hmn_limits *limits, const hmn_usage *usage)
{
#define CHECK(field, diag, text, cure)                                                                                 \
    if (limits->field && usage->field > limits->field)                                                                 \
        return (fit_excess){DIAG_##diag, text, usage->field, limits->field, cure};
    CHECK(compartments, FIT_COMPARTMENTS, "compartments", NULL)
    CHECK(max_delay, FIT_DELAY, "steps of delay", "shorten the delays or use a longer dt")
    CHECK(delay_cells, FIT_DELAY, "delay cells (delay slots x neurons)", "shorten the delays or use a longer dt")
    CHECK(synapse_words, FIT_SYNAPSES, "words of synapse memory",
          "lower p_connect or n of the connector, or weight_bits, or split the population's inputs")
    CHECK(row_words, FIT_SYNAPSES, "words of a synaptic row (synapses of one source neuron onto the core)",
          "let a source neuron make fewer synapses onto one neuron")
    CHECK(local_bytes, FIT_SYNAPSES, "bytes of data memory (neurons, delay slots, histories, tables)",
          "shorten the delays or let fewer populations project to this one")
    CHECK(shared_bytes, FIT_SYNAPSES, "bytes of its chip's shared memory", "let fewer neurons project to this one")
    CHECK(in_axons, FIT_AXONS, "input axons", "let fewer neurons project to this one")
    CHECK(out_axons, FIT_AXONS, "output axons", "let the neuron project to fewer cores")
    CHECK(neuron_profiles, FIT_PROFILES, "neuron profiles", "let the neurons share time constants and limits of v")
    CHECK(threshold_profiles, FIT_PROFILES, "threshold profiles", "let the neurons share thresholds")
    CHECK(learning_profiles, FIT_LEARNING, "learning profiles", FEWER_RULES)
    CHECK(learning_words, FIT_LEARNING, "words of learning microcode", FEWER_RULES)
    CHECK(epochs, FIT_LEARNING, "lengths of a learning epoch", "give the rules one epoch")
    CHECK(trace_settings, FIT_LEARNING, "settings of one trace", SAME_TRACES)
    CHECK(pre_traces, FIT_LEARNING, "settings of presynaptic traces", SAME_TRACES)
    CHECK(post_traces, FIT_LEARNING, "settings of postsynaptic traces", SAME_TRACES)
    CHECK(synapse_formats, FIT_PROFILES, "synapse formats", FEWER_FORMATS)
#undef CHECK
    return (fit_excess){DIAG_CODE_COUNT, NULL, 0, 0, NULL};
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
    if (e.cure)
        diag_cure(d, "%s", e.cure);
}

/* ---- the network ---- */

/* What keeps the network from one core: a limit that a population passes alone, or that all pass together. */
static const char *why_not_one(const hmn_qnet *q, const hmn_chip *chip, const hmn_limits *limits, uint32_t largest,
                               hmn_arena *a)
{
    const hmn_graph *g = q->graph;
    hmn_slice *slice = ARENA_NEW(a, hmn_slice, g->npopulations + 1);
    char need[32], have[32];
    hmn_usage use = {0};
    slice[0] = (hmn_slice){largest, 0, g->population[largest].size, 0, 0};
    chip->usage(q, slice, 1, &use);
    fit_excess e = fit_check(limits, &use);
    const char *who = arena_printf(a, "'%s'", g->population[largest].name);
    for (uint32_t k = 0, n = 0, base = 0; k < g->npopulations && !e.what; k++)
        if (fit_placed(g, limits, k)) {
            slice[n++] = (hmn_slice){k, 0, g->population[k].size, 0, base};
            base += g->population[k].size;
            chip->usage(q, slice, n, &use);
            e = fit_check(limits, &use);
            who = "they";
        }
    return e.what ? arena_printf(a, "; %s would need %s %s on one, which has %s", who, fit_number(e.need, need), e.what,
                                 fit_number(e.have, have))
                  : "";
}

static void cure_cores(const net_target *t, const hmn_limits *limits, hmn_diag *d)
{
    if (t->cores.given || t->chips.given || t->neurons_per_core.given)
        diag_cure(d, "raise %s, or make the network smaller",
                  t->cores.given   ? "target.cores"
                  : t->chips.given ? "target.chips"
                                   : "target.neurons_per_core");
    else if (limits->board_chips && limits->board_chips < limits->chips)
        diag_cure(d, "write target.chips, up to %u, for more than one board of %u chips", limits->chips,
                  limits->board_chips);
}

void fit_report_cores(const hmn_qnet *q, const hmn_chip *chip, const hmn_limits *limits, uint32_t available,
                      uint64_t need, hmn_diag *d)
{
    const hmn_graph *g = q->graph;
    uint32_t largest = 0, most = 0;
    uint64_t all = 0, room = (uint64_t)limits->compartments * available;
    for (uint32_t k = 0; k < g->npopulations; k++) {
        uint32_t n = fit_placed(g, limits, k) ? g->population[k].size : 0;
        all += n;
        if (n > most) {
            most = n;
            largest = k;
        }
    }
    const graph_population *pop = &g->population[largest];
    char x[32], y[32], z[32], w[32];
    hmn_arena *scratch = arena_new(0);
    if (limits->compartments && all > room)
        diag_report(d, DIAG_FIT_COMPARTMENTS, pop->at,
                    "the network has %s neurons ('%s' %s of them), the %s cores of %s hold %s", fit_number(all, x),
                    pop->name, fit_number(pop->size, y), fit_number(available, z), chip->name, fit_number(room, w));
    else
        diag_report(d, DIAG_FIT_CORES, pop->at,
                    "the network needs about %s cores, %s may use %s; '%s' is its largest population with %s neurons%s",
                    fit_number(need, x), chip->name, fit_number(available, y), pop->name, fit_number(pop->size, z),
                    why_not_one(q, chip, limits, largest, scratch));
    arena_free(scratch);
    cure_cores(&g->net->target, limits, d);
}
