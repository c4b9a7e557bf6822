/* The quantised network as a graph. Takes registers and weights, yields a graph in the chip's own units, so that
 * the reference interpreter can run exactly the numbers that the chip runs: what then differs is arithmetic. */
#include "backends/loihi/restate.h"

#include "backends/loihi/dialect.h"
#include "backends/loihi/form.h"
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
    {NP_NOISE_AT_V, LOIHI_COMPARTMENTS_noise_at_v}, {NP_V_BELOW, LOIHI_COMPARTMENTS_v_below},
    {NP_RESET_V, LOIHI_PROGRAM(reset_v)},           {NP_ADAPT_STEP, LOIHI_PROGRAM(adapt_step)},
    {NP_DECAY_ADAPT, LOIHI_PROGRAM(decay_adapt)},   {NP_PAYLOAD_EXP, LOIHI_PROGRAM(payload_exp)},
};

static graph_param as_param(qnet_column c, uint32_t size, hmn_arena *a)
{
    uint32_t n = c.stride ? size : 1;
    double *v = ARENA_NEW(a, double, n);
    for (uint32_t i = 0; i < n; i++)
        v[i] = qnet_at(c, i);
    return (graph_param){v, c.stride};
}

/* -1 where there is one current. */
static graph_param second_decay(const qnet_population *from, uint32_t size, hmn_arena *a)
{
    qnet_column two = from->column[LOIHI_PROGRAM(two)], decay = from->column[LOIHI_PROGRAM(decay_u2)];
    bool each = two.stride || decay.stride;
    double *v = ARENA_NEW(a, double, each ? size : 1);
    for (uint32_t i = 0; i < (each ? size : 1); i++)
        v[i] = qnet_at(two, i) ? qnet_at(decay, i) : -1;
    return (graph_param){v, each};
}

static graph_param drives(qnet_column silent, uint32_t size, hmn_arena *a)
{
    graph_param p = as_param(silent, size, a);
    for (uint32_t i = 0; i < (silent.stride ? size : 1); i++)
        ((double *)p.v)[i] = p.v[i] == 0;
    return p;
}

static void restate_population(const hmn_qnet *q, uint32_t p, graph_population *out, hmn_arena *a)
{
    const qnet_population *from = &q->population[p];
    if (out->source)
        return;
    out->model = MODEL_LOIHI_LIF;
    out->activation = qnet_at(from->column[LOIHI_PROGRAM(graded)], 0) ? ACT_RELU : ACT_THRESHOLD;
    out->reset = qnet_at(from->column[LOIHI_PROGRAM(subtract)], 0) ? RESET_SUBTRACT : RESET_ZERO;
    out->param[NP_DECAY_U_INH] = second_decay(from, out->size, a);
    out->param[NP_U_INH_DRIVES] = drives(from->column[LOIHI_PROGRAM(silent)], out->size, a);
    for (size_t i = 0; i < sizeof registers / sizeof *registers; i++)
        out->param[registers[i].param] = as_param(from->column[registers[i].column], out->size, a);
    out->init_v = as_param(from->init_v, out->size, a);
    out->init_u = as_param(from->init_u, out->size, a);
}

static void restate_projection(const hmn_qnet *q, uint32_t j, graph_projection *out, hmn_arena *a)
{
    const qnet_projection *from = &q->projection[j];
    loihi_dialect_id id = form_dialect(q);
    double *w = ARENA_NEW(a, double, out->nsynapses);
    for (uint64_t e = 0; e < out->nsynapses; e++)
        w[e] = loihi_weight_effective(id, from->weight[e], from->weight_exp);
    out->weight = w;
    out->rule = NET_NONE;
    out->w_min = -INFINITY;
    out->w_max = INFINITY;
}

/* One interval of a current: what the host adds a step, as an image says it. Returns the amounts to fill. */
static double *add_interval(hmn_graph *g, const graph_current *from, uint32_t start, uint32_t stop, hmn_arena *a)
{
    double *amount = ARENA_NEW(a, double, from->count);
    g->current[g->ncurrents++] = (graph_current){
        .first = from->first, .count = from->count, .amplitude = {amount, 1}, .start = start, .stop = stop};
    return amount;
}

/* A standing current A is A in its first step, A (1 - d) in the others and -A d after the last, because u keeps d
 * of it from step to step. */
static void restate_current(const hmn_qnet *q, const graph_current *from, hmn_graph *g, hmn_arena *a)
{
    uint32_t k = graph_population_of(q->graph, from->first);
    const graph_population *p = &q->graph->population[k];
    bool leaks = p->model == MODEL_CURR_EXP;
    if (from->start >= from->stop)
        return;
    double *first = add_interval(g, from, from->start, leaks ? from->start + 1 : from->stop, a);
    double *rest = leaks ? add_interval(g, from, from->start + 1, from->stop, a) : NULL;
    double *after = leaks && from->stop < UINT32_MAX ? add_interval(g, from, from->stop, from->stop + 1, a) : NULL;
    for (uint32_t i = 0; i < from->count; i++) {
        double level = (double)llround(graph_at(from->amplitude, i) / q->population[k].u_lsb);
        double tau = leaks ? graph_at(p->param[NP_TAU_SYN_E], from->first + i - p->first) : 0;
        double kept = tau > 0 ? exp(-q->graph->dt / tau) : 0;
        first[i] = level;
        if (rest)
            rest[i] = (double)llround(level * (1 - kept));
        if (after)
            after[i] = (double)llround(-level * kept);
    }
}

static void *copy(hmn_arena *a, const void *from, size_t bytes)
{
    void *to = arena_alloc(a, bytes, 16);
    if (bytes)
        memcpy(to, from, bytes);
    return to;
}

/* A shift of the sum of a step has no counterpart in weights. */
static bool shifts_sums(const hmn_qnet *q)
{
    loihi_dialect_id id = loihi_dialect_find(q->graph->net->target.dialect.s);
    bool some = false;
    for (uint32_t j = 0; j < q->graph->nprojections; j++)
        some |= q->projection[j].weight_exp < 0;
    return some && id != DIALECT_COUNT && loihi_dialects[id].sum_shift;
}

hmn_graph *loihi_restate(const hmn_qnet *q, hmn_arena *a)
{
    if (shifts_sums(q))
        return NULL;
    hmn_graph *g = copy(a, q->graph, sizeof *g);
    g->restated = true;
    g->population = copy(a, g->population, g->npopulations * sizeof *g->population);
    g->projection = copy(a, g->projection, g->nprojections * sizeof *g->projection);
    g->current = ARENA_NEW(a, graph_current, 3 * (size_t)q->graph->ncurrents);
    g->ncurrents = 0;
    for (uint32_t p = 0; p < g->npopulations; p++)
        restate_population(q, p, &g->population[p], a);
    for (uint32_t j = 0; j < g->nprojections; j++)
        restate_projection(q, j, &g->projection[j], a);
    for (uint32_t c = 0; c < q->graph->ncurrents; c++)
        restate_current(q, &q->graph->current[c], g, a);
    return g;
}
