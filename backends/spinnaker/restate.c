/* The quantised network as a graph. Networks of loihi_lif compute in integers that the reference interpreter holds
 * exactly: their registers are as written, and a stored weight adds 2^6 of itself. What the ARM programs compute in
 * s16.15 rounds at every product, which no graph can say, so other networks are not restated. */
#include "backends/spinnaker/restate.h"

#include "backends/spinnaker/loihi_lif.h"

#include <math.h>
#include <string.h>

static void *copy(hmn_arena *a, const void *from, size_t bytes)
{
    void *to = arena_alloc(a, bytes, 16);
    if (bytes)
        memcpy(to, from, bytes);
    return to;
}

static void restate_projection(const hmn_qnet *q, uint32_t j, graph_projection *out, hmn_arena *a)
{
    double *w = ARENA_NEW(a, double, out->nsynapses);
    for (uint64_t e = 0; e < out->nsynapses; e++)
        w[e] = ldexp(q->projection[j].weight[e], LOIHI_LIF_SHIFT);
    out->weight = w;
    out->rule = NET_NONE;
    out->w_min = -INFINITY;
    out->w_max = INFINITY;
}

hmn_graph *spin_restate(const hmn_qnet *q, hmn_arena *a)
{
    for (uint32_t k = 0; k < q->graph->npopulations; k++)
        if (!q->graph->population[k].source && q->graph->population[k].model != MODEL_LOIHI_LIF)
            return NULL;
    hmn_graph *g = copy(a, q->graph, sizeof *g);
    g->restated = true;
    g->projection = copy(a, g->projection, g->nprojections * sizeof *g->projection);
    for (uint32_t j = 0; j < g->nprojections; j++)
        restate_projection(q, j, &g->projection[j], a);
    return g;
}
