/* What a slice needs of a core: words of its longest row, bytes of data memory, bytes of SDRAM. Synapses are found by
 * target (qnet in_row), because partition asks many times. */
#include "backends/spinnaker/usage.h"

#include "backends/spinnaker/layout.h"
#include "backends/spinnaker/stages.h"
#include "core/base/arena.h"

enum { REGIONS_BYTES = 4096 }; /* of all regions but the matrix, at most 4 words a neuron and key beside them */

/* Synapses of the presynaptic neuron with most of them onto the slice; *longest: steps of delay; *stages: of delay. */
static uint32_t widest_row(const hmn_qnet *q, uint32_t projection, const hmn_slice *s, uint32_t *row, uint32_t *longest,
                           uint32_t *stages)
{
    const qnet_projection *p = &q->projection[projection];
    uint32_t low = p->in_row[s->first], high = p->in_row[s->first + s->count], most = 0;
    uint32_t slots = stages_steps(q->chip);
    for (uint32_t k = low; k < high; k++) {
        uint32_t n = ++row[p->in_pre[k]], delay = p->delay[p->in_edge[k]] + 1u;
        most = n > most ? n : most;
        *longest = delay > *longest ? delay : *longest;
        uint32_t stage = delay > slots ? spin_stage(q, projection, p->in_edge[k]) : 0;
        *stages = stage > *stages ? stage : *stages;
    }
    for (uint32_t k = low; k < high; k++)
        row[p->in_pre[k]] = 0;
    return most;
}

static void add_slice(const hmn_qnet *q, const hmn_slice *s, uint32_t *row, hmn_usage *out)
{
    const hmn_graph *g = q->graph;
    uint32_t full = q->chip->limits->compartments, addresses = 0;
    out->compartments += s->count;
    for (uint32_t j = 0; j < g->nprojections; j++) {
        const graph_projection *r = &g->projection[j];
        if (r->post != s->population)
            continue;
        uint32_t longest_stage = 0, pre = g->population[r->pre].size;
        uint32_t most = widest_row(q, j, s, row, &out->max_delay, &longest_stage);
        uint64_t blocks = longest_stage ? 1u + stages_of(q, r->pre) : 1; /* rows: each neuron's, and each stage's */
        uint32_t words = most ? spin_row_words(q, j, most) : 0;
        if (most == 0)
            continue;
        addresses += (pre + full - 1) / full * (longest_stage ? 2 : 1);
        out->row_words = words > out->row_words ? words : out->row_words;
        out->shared_bytes += blocks * pre * (words + ROW_COUNTS) * 4;
    }
    spin_program p = spin_program_of(q->population[s->population].program);
    out->shared_bytes += REGIONS_BYTES + (uint64_t)s->count * 4 * (spin_program_words(p) + 4);
    out->local_bytes += spin_local_bytes(q, s->population, s->count, addresses, addresses);
}

void spin_usage(const hmn_qnet *q, const hmn_slice *slice, uint32_t nslices, hmn_usage *out)
{
    *out = (hmn_usage){0};
    hmn_arena *scratch = arena_new(0);
    uint32_t *row = ARENA_NEW(scratch, uint32_t, q->graph->nneurons);
    for (uint32_t s = 0; s < nslices; s++)
        add_slice(q, &slice[s], row, out);
    arena_free(scratch);
}
