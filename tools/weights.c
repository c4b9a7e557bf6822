/* Matches synapses. Takes a chip and a reference that ran the same network, yields their weights side by side.
 *
 * The chip stores synapses core by core and axon by axon, the reference by presynaptic neuron; both are sorted by
 * (pre, post, delay) and walked together. Where a pair of neurons has several synapses of one delay they are matched
 * by weight: which of them is which no longer shows on a chip. */
#include "tools/weights.h"

#include <math.h>
#include <stdlib.h>

typedef struct {
    uint32_t pre, post, delay;
    double weight, start;
} synapse;

const double *weights_lsb(const hmn_qnet *q, hmn_arena *a)
{
    double *lsb = ARENA_NEW(a, double, q->graph->nprojections);
    for (uint32_t k = 0; k < q->graph->nprojections; k++)
        lsb[k] = fabs(q->projection[k].w_lsb);
    return lsb;
}

bool weights_plastic(const hmn_graph *g, uint32_t projection)
{
    uint32_t rule = g->projection[projection].rule;
    return rule != NET_NONE && g->net->rule[rule].enabled && g->net->rule[rule].type != RULE_STATIC;
}

static int by_place(const void *pa, const void *pb)
{
    const synapse *a = pa, *b = pb;
    if (a->pre != b->pre)
        return a->pre < b->pre ? -1 : 1;
    if (a->post != b->post)
        return a->post < b->post ? -1 : 1;
    if (a->delay != b->delay)
        return a->delay < b->delay ? -1 : 1;
    return (a->weight > b->weight) - (a->weight < b->weight);
}

/* As machine_weights does: by (pre, post, delay), equals by weight. */
static synapse *of_reference(const hmn_graph *g, const hmn_reference *r, uint32_t projection, hmn_arena *a)
{
    const graph_projection *p = &g->projection[projection];
    const double *weight = reference_weights(r, projection);
    synapse *s = ARENA_NEW(a, synapse, p->nsynapses);
    for (uint32_t i = 0; i < g->population[p->pre].size; i++)
        for (uint32_t e = p->row[i]; e < p->row[i + 1]; e++)
            s[e] = (synapse){g->population[p->pre].first + i, g->population[p->post].first + p->target[e], p->delay[e],
                             weight[e], p->weight[e]};
    qsort(s, p->nsynapses, sizeof *s, by_place);
    return s;
}

static int order(const machine_synapse *a, const synapse *b)
{
    if (a->pre != b->pre)
        return a->pre < b->pre ? -1 : 1;
    if (a->post != b->post)
        return a->post < b->post ? -1 : 1;
    return (a->delay > (int32_t)b->delay) - (a->delay < (int32_t)b->delay);
}

weight_pairs weights_pair(const source *s, const hmn_machine *m, const hmn_reference *r, uint32_t projection,
                          hmn_arena *a)
{
    const hmn_graph *g = s->unit.graph;
    uint64_t n = g->projection[projection].nsynapses, nchip, found = 0;
    const synapse *reference = of_reference(g, r, projection, a);
    const machine_synapse *chip = machine_weights(m, projection, a, &nchip);
    double lsb = s->unit.qnet->projection[projection].w_lsb;
    double *x = ARENA_NEW(a, double, n), *y = ARENA_NEW(a, double, n), *start = ARENA_NEW(a, double, n);
    for (uint64_t i = 0, j = 0; i < nchip && j < n;) {
        int o = order(&chip[i], &reference[j]);
        if (o == 0) {
            x[found] = fabs(lsb) * chip[i].weight;
            start[found] = reference[j].start;
            y[found++] = reference[j].weight;
        }
        i += o <= 0;
        j += o >= 0;
    }
    return (weight_pairs){found, n, n + nchip - 2 * found, x, y, start};
}
