/* Expected spike traffic. Takes the graph and where its neurons sit, yields a rate for every neuron and, for every
 * neuron, the cores that hold a target of it. One pass over all synapses; a stamp per core removes duplicates.
 * Rates of sources are known from their spike lists and Poisson activity; a neuron's rate is not known before it
 * runs, so a common default stands for it: only ratios matter to placement. */
#include "compiler/traffic.h"

#include "core/base/bug.h"
#include "core/chip.h"

#include <math.h>
#include <string.h>

static double run_steps(const hmn_graph *g)
{
    double steps = g->dt > 0 ? g->net->duration.v / g->dt : 0;
    if (g->net->duration.given && steps >= 1)
        return steps;
    double last = 1;
    for (uint64_t i = 0; i < g->spikes.count; i++)
        if (g->spikes.step[i] + 1.0 > last)
            last = g->spikes.step[i] + 1.0;
    return last;
}

static bool any_positive(const double *v, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (v[i] > 0)
            return true;
    return false;
}

double *traffic_rates(const hmn_graph *g, hmn_arena *a)
{
    double *rate = ARENA_NEW(a, double, g->nneurons);
    double steps = run_steps(g);
    for (uint64_t i = 0; i < g->spikes.count; i++)
        if (g->spikes.step[i] < steps)
            rate[g->spikes.neuron[i]] += 1 / steps;
    for (uint32_t k = 0; k < g->npoisson; k++) {
        const graph_poisson *p = &g->poisson[k];
        double stop = p->stop < steps ? p->stop : steps;
        double length = g->net->duration.given ? (stop > p->start ? stop - p->start : 0) / steps : 1;
        for (uint32_t i = 0; i < p->count; i++)
            rate[p->first + i] += graph_at(p->p, i) * length;
    }
    for (uint32_t k = 0; k < g->npopulations; k++) {
        const graph_population *p = &g->population[k];
        if (p->source && any_positive(rate + p->first, p->size))
            continue;
        for (uint32_t i = p->first; i < p->first + p->size; i++)
            rate[i] = TRAFFIC_DEFAULT_HZ * 1e-3 * g->dt;
    }
    return rate;
}

typedef struct {
    const hmn_qnet *q;
    const uint32_t *neuron_core;
    uint64_t *mark; /* [ncores] stamp * 2 + plastic */
    uint32_t *found;
    uint32_t nfound;
} walk;

static void visit(walk *w, uint32_t projection, uint32_t pre, uint64_t stamp)
{
    const graph_projection *p = &w->q->graph->projection[projection];
    const uint32_t *core = w->neuron_core + w->q->graph->population[p->post].first;
    bool plastic = w->q->projection[projection].rule != NET_NONE;
    for (uint32_t e = p->row[pre]; e < p->row[pre + 1]; e++) {
        uint32_t c = core[p->target[e]];
        if (w->q->chip && w->q->chip->stage && w->q->chip->stage(w->q, projection, e))
            continue; /* by a relay */
        if (w->mark[c] >> 1 != stamp) {
            w->mark[c] = stamp << 1;
            w->found[w->nfound++] = c;
        }
        w->mark[c] |= plastic;
    }
}

static void sort_cores(uint32_t *core, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        uint32_t c = core[i], k = i;
        for (; k && core[k - 1] > c; k--)
            core[k] = core[k - 1];
        core[k] = c;
    }
}

/* Projections by presynaptic population: those of population k are list[first[k]] .. list[first[k + 1] - 1]. */
static uint32_t *by_pre(const hmn_graph *g, hmn_arena *a, uint32_t **first)
{
    uint32_t *list = ARENA_NEW(a, uint32_t, g->nprojections);
    uint32_t *start = ARENA_NEW(a, uint32_t, g->npopulations + 2);
    for (uint32_t p = 0; p < g->nprojections; p++)
        start[g->projection[p].pre + 2]++;
    for (uint32_t k = 1; k < g->npopulations + 2; k++)
        start[k] += start[k - 1];
    for (uint32_t p = 0; p < g->nprojections; p++)
        list[start[g->projection[p].pre + 1]++] = p;
    *first = start;
    return list;
}

traffic_fanout traffic_destinations(const hmn_qnet *q, const uint32_t *neuron_core, uint32_t ncores, hmn_arena *a)
{
    const hmn_graph *g = q->graph;
    walk w = {q, neuron_core, ARENA_NEW(a, uint64_t, ncores), ARENA_NEW(a, uint32_t, ncores), 0};
    uint32_t *row = ARENA_NEW(a, uint32_t, g->nneurons + 1), *core = NULL;
    uint8_t *plastic = NULL;
    uint32_t *first, *list = by_pre(g, a, &first);
    size_t count = 0, core_cap = 0, plastic_cap = 0;
    for (uint32_t k = 0; k < g->npopulations; k++) {
        const graph_population *pop = &g->population[k];
        for (uint32_t i = 0; i < pop->size; i++) {
            w.nfound = 0;
            for (uint32_t p = first[k]; p < first[k + 1]; p++)
                visit(&w, list[p], i, (uint64_t)pop->first + i + 1);
            sort_cores(w.found, w.nfound);
            core = arena_grow(a, core, sizeof *core, count, count + w.nfound, &core_cap);
            plastic = arena_grow(a, plastic, sizeof *plastic, count, count + w.nfound, &plastic_cap);
            for (uint32_t j = 0; j < w.nfound; j++) {
                core[count] = w.found[j];
                plastic[count++] = (uint8_t)(w.mark[w.found[j]] & 1);
            }
            HMN_ASSERT(count < UINT32_MAX);
            row[pop->first + i + 1] = (uint32_t)count;
        }
    }
    return (traffic_fanout){row, core, plastic};
}
