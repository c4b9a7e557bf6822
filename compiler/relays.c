/* Relay cores. Takes slices on cores and the chip's stages of delay, yields a relay for every slice with a synapse that
 * its target's core does not hold long enough, and the cores that the relay must reach. A relay has as many stages as
 * the longest delay of its population asks for, so that all relays of a population have keys of one shape. What a slice
 * costs its relay is in the slice's own account (chip->usage), so a relay always fits. */
#include "compiler/relays.h"

#include <string.h>

/* Stages that the spikes of a population need at most; 0: none. */
static uint32_t stages_needed(const hmn_qnet *q, const hmn_chip *chip, uint32_t population)
{
    uint32_t most = 0;
    for (uint32_t j = 0; chip->stage && j < q->graph->nprojections; j++)
        for (uint64_t e = 0; q->graph->projection[j].pre == population && e < q->graph->projection[j].nsynapses; e++) {
            uint32_t stage = chip->stage(q, j, e);
            most = stage > most ? stage : most;
        }
    return most;
}

/* Does a neuron of the slice have a synapse that goes by stages? */
static bool needed(const hmn_qnet *q, const hmn_chip *chip, const hmn_slice *s)
{
    for (uint32_t j = 0; j < q->graph->nprojections; j++) {
        const graph_projection *p = &q->graph->projection[j];
        if (p->pre != s->population)
            continue;
        for (uint32_t e = p->row[s->first]; e < p->row[s->first + s->count]; e++)
            if (chip->stage(q, j, e))
                return true;
    }
    return false;
}

void relays_make(hmn_mapping *m, const hmn_qnet *q, const hmn_chip *chip, const hmn_slice *slice, uint32_t nslices,
                 uint32_t *ncores, hmn_arena *a)
{
    hmn_relay *relay = ARENA_NEW(a, hmn_relay, nslices);
    hmn_arena *scratch = arena_new(0);
    uint32_t *stages = ARENA_NEW(scratch, uint32_t, q->graph->npopulations);
    for (uint32_t k = 0; k < q->graph->npopulations; k++)
        stages[k] = stages_needed(q, chip, k);
    m->nrelays = 0;
    for (uint32_t s = 0; s < nslices; s++)
        if (stages[slice[s].population] && needed(q, chip, &slice[s]))
            relay[m->nrelays++] = (hmn_relay){s, (*ncores)++, stages[slice[s].population]};
    m->relay = relay;
    arena_free(scratch);
}

void relays_aim(hmn_mapping *m, const hmn_chip *chip, hmn_arena *a)
{
    const hmn_graph *g = m->qnet->graph;
    uint32_t *row = ARENA_NEW(a, uint32_t, m->nrelays + 1), *core = NULL, n = 0;
    size_t cap = 0;
    hmn_arena *scratch = arena_new(0);
    bool *reached = ARENA_NEW(scratch, bool, m->ncores);
    for (uint32_t r = 0; r < m->nrelays; r++) {
        const hmn_slice *s = &m->slice[m->relay[r].slice];
        memset(reached, 0, m->ncores * sizeof *reached);
        for (uint32_t j = 0; j < g->nprojections; j++) {
            const graph_projection *p = &g->projection[j];
            const uint32_t *home = m->neuron_core + g->population[p->post].first;
            if (p->pre != s->population)
                continue;
            for (uint32_t e = p->row[s->first]; e < p->row[s->first + s->count]; e++)
                if (chip->stage(m->qnet, j, e))
                    reached[home[p->target[e]]] = true;
        }
        for (uint32_t c = 0; c < m->ncores; c++)
            if (reached[c]) {
                core = arena_grow(a, core, sizeof *core, n, n + 1, &cap);
                core[n++] = c;
            }
        row[r + 1] = n;
    }
    m->relay_row = row;
    m->relay_core = core;
    arena_free(scratch);
}
