/* The scale of ring buffers, as the host tools choose it. Takes the synapses onto a population and how often their
 * sources fire, yields for each synapse type the shift p of eq. SQ1: input in a step is taken as Poisson, 5 standard
 * deviations above the mean, at least the heaviest weight; 2^p is the next power of two above. Sources whose rate is
 * not known count 30 Hz. Our sum is over the neuron that receives most; the host tools sum estimates of connectors. */
#include "backends/spinnaker/scale.h"

#include <math.h>

#define SCALE_RATE 30.0 /* Hz */
#define SCALE_SIGMA 5.0

/* Expected spikes a step of a neuron of the population. */
static double spikes_of(const hmn_graph *g, uint32_t population)
{
    const graph_population *p = &g->population[population];
    double most = -1;
    for (uint32_t k = 0; k < g->npoisson; k++)
        if (g->poisson[k].first >= p->first && g->poisson[k].first < p->first + p->size)
            for (uint32_t i = 0; i < g->poisson[k].count; i++)
                most = fmax(most, graph_at(g->poisson[k].p, i));
    return most >= 0 ? most : SCALE_RATE * 1e-3 * g->dt;
}

typedef struct {
    double mean, square, most;
} intake;

static void add(const hmn_graph *g, uint32_t projection, uint32_t type, uint32_t types, intake *in)
{
    const graph_projection *j = &g->projection[projection];
    double rate = spikes_of(g, j->pre), reach = j->rule == NET_NONE ? 0 : graph_weight_reach(g, projection);
    for (uint64_t e = 0; e < j->nsynapses; e++) {
        if (spin_synapse_type(j->receptor, j->weight[e], types) != type)
            continue;
        intake *t = &in[j->target[e]];
        double w = fmax(reach, fabs(j->weight[e])) / spin_weight_gain(g, j->post, j->target[e]);
        t->mean += rate * w;
        t->square += rate * w * w;
        t->most = fmax(t->most, w);
    }
}

uint32_t spin_scale_shift(const hmn_graph *g, uint32_t population, uint32_t type, uint32_t types)
{
    hmn_arena *scratch = arena_new(0);
    uint32_t n = g->population[population].size;
    intake *in = ARENA_NEW(scratch, intake, n);
    double most = 0;
    for (uint32_t j = 0; j < g->nprojections; j++)
        if (g->projection[j].post == population && !net_rewards(g->projection[j].receptor))
            add(g, j, type, types, in);
    for (uint32_t i = 0; i < n; i++)
        most = fmax(most, fmax(in[i].mean + SCALE_SIGMA * sqrt(in[i].square), in[i].most));
    arena_free(scratch);
    double p = most > 0 ? ceil(fmax(0, log2(most))) : 0;
    return (uint32_t)(ldexp(1, (int)p) <= most ? p + 1 : p);
}
