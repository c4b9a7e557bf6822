/* Phase bins of equation 4. Takes the phase gate of a rule and a projection's synapses, yields the bin b of each
 * synapse: phi = 2 pi b / bins. What owns a phase is the projection, a neuron on either side, or a synapse (numbered in
 * the graph's order); how phases are given is `assign`:
 *
 *   constant, list   phi to the nearest bin       uniform    a bin drawn at random, or phi drawn and then the nearest
 *   by_group         (owner / group_size) bins on from phi
 *
 * Draws depend on the projection's name and the owner alone. */
#include "compiler/elaborate.h"

#include <math.h>

static uint16_t nearest_bin(double phi, uint32_t bins)
{
    double b = fmod(round(phi * bins / (2 * M_PI)), bins);
    return (uint16_t)(b < 0 ? b + bins : b);
}

static uint16_t bin_of(const net_phase_gate *g, draw_place at, uint32_t owner)
{
    at.a = owner;
    bool drawn = g->phi.dist != DIST_CONSTANT && g->phi.dist != DIST_LIST;
    switch (g->assign) {
    case PHI_CONSTANT: break;
    case PHI_LIST: return nearest_bin(g->phi.list[owner], g->bins);
    case PHI_UNIFORM:
        if (!drawn)
            return (uint16_t)rng_below(at.seed, at.stream, at.a, at.b, at.c, g->bins);
        return nearest_bin(distribution_draw(&g->phi, at), g->bins);
    case PHI_BY_GROUP: return (uint16_t)((nearest_bin(g->phi.p[0], g->bins) + owner / g->group_size) % g->bins);
    }
    return nearest_bin(g->phi.p[0], g->bins);
}

static uint64_t owners(const elaboration *e, const net_phase_gate *g, const graph_projection *p)
{
    switch (g->owner) {
    case PHI_PROJECTION: return 1;
    case PHI_PRE: return e->graph->population[p->pre].size;
    case PHI_POST: return e->graph->population[p->post].size;
    case PHI_SYNAPSE: break;
    }
    return p->nsynapses;
}

static uint32_t owner_of(const net_phase_gate *g, const graph_projection *p, uint32_t pre, uint32_t synapse)
{
    switch (g->owner) {
    case PHI_PROJECTION: return 0;
    case PHI_PRE: return pre;
    case PHI_POST: return p->target[synapse];
    case PHI_SYNAPSE: break;
    }
    return synapse;
}

/* Bins of the neurons whose firing is gated: of the owners, or of all postsynaptic ones with the projection's phase. */
static void gate_neurons(const elaboration *e, const net_phase_gate *g, draw_place at, graph_projection *p)
{
    p->gated = g->owner == PHI_PRE ? p->pre : p->post;
    uint32_t n = e->graph->population[p->gated].size;
    uint16_t *bin = ARENA_NEW(e->arena, uint16_t, n);
    for (uint32_t i = 0; i < n; i++)
        bin[i] = bin_of(g, at, g->owner == PHI_PROJECTION ? 0 : i);
    p->gate_bin = bin;
    p->firing_gate = g;
}

bool elaborate_phases(const elaboration *e, const net_rule *rule, graph_projection *p)
{
    const net_phase_gate *g = &rule->phase_gate;
    if (rule->type != RULE_HMN || !g->on)
        return true;
    uint64_t n = owners(e, g, p);
    if (g->assign == PHI_LIST && g->phi.nlist != n) {
        diag_report(e->diag, DIAG_VALUE_LENGTH, g->phi.at, "%u phases for the %llu owners of projection %s",
                    g->phi.nlist, (unsigned long long)n, p->name);
        diag_cure(e->diag, "give %llu phases, or assign: by_group or uniform", (unsigned long long)n);
        return false;
    }
    draw_place at = {distribution_seed(e->graph->seed, "projection", p->name), RNG_PHASE, 0, 0, 0};
    uint16_t *bin = ARENA_NEW(e->arena, uint16_t, p->nsynapses);
    for (uint32_t i = 0; i < e->graph->population[p->pre].size; i++)
        for (uint32_t k = p->row[i]; k < p->row[i + 1]; k++)
            bin[k] = bin_of(g, at, owner_of(g, p, i, k));
    p->bin = bin;
    if (g->gate != GATE_PLASTICITY && rule->enabled)
        gate_neurons(e, g, at, p);
    return true;
}
