/* The quantised network as a graph. Takes registers and weights, yields a graph in the chip's own units, so that
 * the reference interpreter can run exactly the numbers that the chip runs: what then differs is arithmetic. */
#include "backends/loihi/restate.h"

#include "backends/loihi/tables.h"
#include "backends/loihi/weights.h"

#include <math.h>
#include <string.h>

static const struct {
    neuron_param param;
    uint32_t column;
} registers[] = {
    {NP_DECAY_U, LOIHI_COMPARTMENTS_decay_u},       {NP_DECAY_V, LOIHI_COMPARTMENTS_decay_v},
    {NP_VTH_MANT, LOIHI_COMPARTMENTS_vth_mant},     {NP_BIAS_MANT, LOIHI_COMPARTMENTS_bias_mant},
    {NP_BIAS_EXP, LOIHI_COMPARTMENTS_bias_exp},     {NP_REFRACTORY, LOIHI_COMPARTMENTS_refractory},
    {NP_VMIN_EXP, LOIHI_COMPARTMENTS_vmin_exp},     {NP_VMAX_EXP, LOIHI_COMPARTMENTS_vmax_exp},
    {NP_NOISE_EXP, LOIHI_COMPARTMENTS_noise_exp},   {NP_NOISE_MANT, LOIHI_COMPARTMENTS_noise_mant},
    {NP_NOISE_AT_V, LOIHI_COMPARTMENTS_noise_at_v},
};

static graph_param as_param(qnet_column c, uint32_t size, hmn_arena *a)
{
    uint32_t n = c.stride ? size : 1;
    double *v = ARENA_NEW(a, double, n);
    for (uint32_t i = 0; i < n; i++)
        v[i] = qnet_at(c, i);
    return (graph_param){v, c.stride};
}

static void restate_population(const hmn_qnet *q, uint32_t p, graph_population *out, hmn_arena *a)
{
    const qnet_population *from = &q->population[p];
    if (out->source)
        return;
    out->model = MODEL_LOIHI_LIF;
    out->activation = ACT_THRESHOLD;
    for (size_t i = 0; i < sizeof registers / sizeof *registers; i++)
        out->param[registers[i].param] = as_param(from->column[registers[i].column], out->size, a);
    out->init_v = as_param(from->init_v, out->size, a);
    out->init_u = as_param(from->init_u, out->size, a);
}

static void restate_projection(const hmn_qnet *q, uint32_t j, graph_projection *out, hmn_arena *a)
{
    const qnet_projection *from = &q->projection[j];
    double *w = ARENA_NEW(a, double, out->nsynapses);
    for (uint64_t e = 0; e < out->nsynapses; e++)
        w[e] = loihi_weight_effective(from->weight[e], from->weight_exp);
    out->weight = w;
    out->rule = NET_NONE;
    out->w_min = -INFINITY;
    out->w_max = INFINITY;
}

static void restate_current(const hmn_qnet *q, graph_current *out, hmn_arena *a)
{
    double lsb = q->population[graph_population_of(q->graph, out->first)].u_lsb;
    uint32_t n = out->amplitude.stride ? out->count : 1;
    double *v = ARENA_NEW(a, double, n);
    for (uint32_t i = 0; i < n; i++)
        v[i] = round(graph_at(out->amplitude, i) / lsb);
    out->amplitude.v = v;
}

static void *copy(hmn_arena *a, const void *from, size_t bytes)
{
    void *to = arena_alloc(a, bytes, 16);
    if (bytes)
        memcpy(to, from, bytes);
    return to;
}

hmn_graph *loihi_restate(const hmn_qnet *q, hmn_arena *a)
{
    hmn_graph *g = copy(a, q->graph, sizeof *g);
    g->restated = true;
    g->population = copy(a, g->population, g->npopulations * sizeof *g->population);
    g->projection = copy(a, g->projection, g->nprojections * sizeof *g->projection);
    g->current = copy(a, g->current, g->ncurrents * sizeof *g->current);
    for (uint32_t p = 0; p < g->npopulations; p++)
        restate_population(q, p, &g->population[p], a);
    for (uint32_t j = 0; j < g->nprojections; j++)
        restate_projection(q, j, &g->projection[j], a);
    for (uint32_t c = 0; c < g->ncurrents; c++)
        restate_current(q, &g->current[c], a);
    return g;
}
