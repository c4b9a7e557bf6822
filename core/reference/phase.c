/* Oscillations and what they gate. Takes the phase gates of rules, yields cos(Phi(t) - phi_b) for equation 4, and for
 * gate: activity or both which neurons may not fire in this step.
 *
 *   Phi(t) = 2 pi f t dt + phi_0,   phi_b = 2 pi b / bins
 *
 * A neuron is closed while cos(Phi - phi) <= open_above for one of the gates on it; then it is as in a refractory step.
 * Who is gated is decided by the elaborated graph (graph_projection.gated). */
#include "core/reference/state.h"

#include <math.h>
#include <string.h>

double phase_cos(const hmn_reference *r, const net_phase_gate *gate, uint32_t bin)
{
    const net_oscillation *o = &r->graph->net->oscillation[gate->oscillation.i];
    double turns = o->frequency.v * r->graph->dt * 1e-3 * r->step;
    return cos(2 * M_PI * (turns - floor(turns) - (double)bin / gate->bins) + o->phase.v);
}

double phase_gate(const hmn_reference *r, const net_phase_gate *gate, uint32_t bin)
{
    return fmax(0, phase_cos(r, gate, bin));
}

bool phase_prepare(hmn_reference *r, hmn_arena *a, hmn_diag *d)
{
    const hmn_graph *g = r->graph;
    r->firing_gate = ARENA_NEW(a, reference_firing_gate, g->nprojections);
    for (uint32_t k = 0; k < g->nprojections; k++) {
        const graph_projection *p = &g->projection[k];
        if (!p->firing_gate)
            continue;
        if (g->population[p->gated].source) {
            diag_report(d, DIAG_RULE_TARGET, p->at, "projection %s: its phase gate gates the firing of %s, a source",
                        p->name, g->population[p->gated].name);
            diag_cure(d, "let owner: post gate the neurons that %s projects to", g->population[p->gated].name);
            return false;
        }
        r->firing_gate[r->nfiring_gates++] = (reference_firing_gate){p->gated, p->gate_bin, p->firing_gate};
    }
    if (r->nfiring_gates)
        r->closed = ARENA_NEW(a, uint8_t, g->nneurons);
    return true;
}

void phase_close(hmn_reference *r)
{
    if (r->nfiring_gates)
        memset(r->closed, 0, r->graph->nneurons);
    for (uint32_t k = 0; k < r->nfiring_gates; k++) {
        const reference_firing_gate *f = &r->firing_gate[k];
        const graph_population *p = &r->graph->population[f->population];
        for (uint32_t i = 0; i < p->size; i++)
            if (phase_cos(r, f->gate, f->bin[i]) <= f->gate->open_above)
                r->closed[p->first + i] = 1;
    }
}
