/* Looks up which population holds a neuron. Takes a graph, yields an index. Populations follow one another without
 * gaps in global order; a population may be empty, so the last one that starts at or before the neuron is meant. */
#include "core/ir/graph.h"

#include "core/base/bug.h"

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
