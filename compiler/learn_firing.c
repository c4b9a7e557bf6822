/* Gates of firing (equation 4 with gate: activity or both). Takes the gated populations of the elaborated graph, yields
 * broadcast gates, one for each oscillation, phase and threshold that occurs, and the gate of each neuron.
 *
 * The management processor compares the rhythm with each gate once a step; a core holds the neurons of a closed gate as
 * it holds refractory ones. So a gate costs a comparison a step and, when it turns, a write for each of its neurons. */
#include "compiler/learn.h"

#include "compiler/unit.h"

#include <math.h>

static bool refuse(hmn_unit *u, const graph_projection *j, const char *what, const char *cure)
{
    diag_report(u->diag, DIAG_RULE_TARGET, j->at, "projection %s: %s", j->name, what);
    diag_cure(u->diag, "%s", cure);
    quantise_report_add(u->qnet, u->arena,
                        (qnet_report_row){.subject = arena_printf(u->arena, "projection %s", j->name),
                                          .quantity = "firing gate",
                                          .unit = "",
                                          .verdict = VERDICT_REFUSED,
                                          .note = cure});
    return false;
}

static bool supported(hmn_unit *u, const graph_projection *j)
{
    if (u->chip->limits->firing_gates == 0)
        return refuse(u, j, "its rule gates the firing of neurons, which this target cannot do",
                      "use gate: plasticity, or a target with such gates: loihi or loihi2");
    if (u->graph->population[j->gated].source)
        return refuse(u, j, "its rule gates the firing of sources, which fire when they are told to",
                      "let owner: post gate the neurons that it projects to, or gate the stimuli");
    return true;
}

/* The gate with these settings, made when it is the first of its kind. 0 after a report. */
static uint8_t gate_of(hmn_unit *u, const graph_projection *j, uint32_t bin)
{
    hmn_qnet *q = u->qnet;
    const net_phase_gate *g = j->firing_gate;
    const qnet_gate want = {g->oscillation.i, learn_phase(bin, g->bins), (int32_t)lround(ldexp(g->open_above, 16)), 0};
    uint32_t k = 0;
    while (k < q->ngates && !(q->gate[k].oscillation == want.oscillation && q->gate[k].phase == want.phase &&
                              q->gate[k].above_q16 == want.above_q16))
        k++;
    if (k == u->chip->limits->firing_gates) {
        diag_report(u->diag, DIAG_FIT_LEARNING, j->at,
                    "the network needs more than %u gates of firing (%u); the chip has %u", k, k + 1, k);
        diag_cure(u->diag, "use fewer phase bins");
        return 0;
    }
    if (k == q->ngates)
        q->gate[q->ngates++] = want;
    return (uint8_t)(k + 1);
}

static bool threshold_lasts(hmn_unit *u, const graph_projection *j)
{
    double above = j->firing_gate->open_above, least = ldexp(1, -17);
    return above == 0 || fabs(above) >= least ||
           quantise_lost(u->diag, j->at, arena_printf(u->arena, "open_above of projection '%s'", j->name), above, least,
                         "");
}

static bool gate_neurons(hmn_unit *u, const graph_projection *j, uint8_t *gate)
{
    for (uint32_t i = 0; i < u->graph->population[j->gated].size; i++) {
        uint8_t g = gate_of(u, j, j->gate_bin[i]);
        if (g == 0)
            return false;
        if (gate[i] && gate[i] != g)
            return refuse(u, j,
                          "its rule gates neurons that another rule gates by another phase; a neuron has one gate",
                          "give both rules the same phases, or gate by one of them");
        u->qnet->gate[g - 1].neurons += gate[i] == 0;
        gate[i] = g;
    }
    return true;
}

static void tell(hmn_unit *u, const graph_projection *j)
{
    const net_phase_gate *g = j->firing_gate;
    double error =
        fabs(ldexp(round(ldexp(g->open_above, 16)), -16) - g->open_above) + 2e-4; /* curve_cos, phase cut off */
    quantise_report_add(
        u->qnet, u->arena,
        (qnet_report_row){.subject = arena_printf(u->arena, "projection %s", j->name),
                          .quantity = "firing gate",
                          .unit = "",
                          .verdict = VERDICT_QUANTISED,
                          .bits = 16,
                          .scale = ldexp(1, -16),
                          .max_error = error,
                          .rms_error = error,
                          .count = u->graph->population[j->gated].size,
                          .note = arena_printf(u->arena, "population %s is held by %u phases: cosine above %.3g",
                                               u->graph->population[j->gated].name, g->bins, g->open_above)});
}

bool learn_firing(hmn_unit *u)
{
    const hmn_graph *g = u->graph;
    uint8_t **gate = ARENA_NEW(u->arena, uint8_t *, g->npopulations);
    u->qnet->gate = ARENA_NEW(u->arena, qnet_gate, u->chip->limits->firing_gates + 1);
    bool ok = true;
    for (uint32_t k = 0; k < g->nprojections; k++) {
        const graph_projection *j = &g->projection[k];
        if (!j->firing_gate)
            continue;
        if (!supported(u, j)) {
            ok = false;
            continue;
        }
        if (!gate[j->gated])
            gate[j->gated] = ARENA_NEW(u->arena, uint8_t, g->population[j->gated].size);
        ok &= threshold_lasts(u, j) && gate_neurons(u, j, gate[j->gated]);
        tell(u, j);
    }
    for (uint32_t p = 0; p < g->npopulations; p++)
        u->qnet->population[p].gate = gate[p];
    return ok;
}
