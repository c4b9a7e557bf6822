/* Questions to a graph: which population holds a neuron, how large weights get. Populations follow one another without
 * gaps in global order; a population may be empty, so the last one that starts at or before the neuron is meant. */
#include "core/ir/graph.h"

#include "core/base/bug.h"

#include <math.h>

uint32_t graph_population_of(const hmn_graph *g, uint32_t neuron)
{
    HMN_ASSERT(neuron < g->nneurons);
    uint32_t low = 0, high = g->npopulations;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (g->population[middle].first <= neuron)
            low = middle;
        else
            high = middle;
    }
    return low;
}

double graph_weight_reach(const hmn_graph *g, uint32_t projection)
{
    const graph_projection *j = &g->projection[projection];
    double reach = 0;
    for (uint64_t e = 0; e < j->nsynapses; e++)
        reach = fmax(reach, fabs(j->weight[e]));
    if (j->rule == NET_NONE)
        return reach;
    reach = isfinite(j->w_min) ? fmax(reach, fabs(j->w_min)) : reach;
    return isfinite(j->w_max) ? fmax(reach, fabs(j->w_max)) : reach;
}
