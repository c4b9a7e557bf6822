/* Trees of populations. Takes the graph, yields for each population that is no dendrite the list of those whose
 * neuron i belongs to its neuron i. The checker has seen to it that they are trees, of one size each. */
#include "core/ir/tree.h"

#include <string.h>

/* Members are found from the root on and then turned round. Yields their number. */
static uint32_t grow(const hmn_graph *g, uint32_t root, uint32_t *member)
{
    uint32_t n = 0;
    member[n++] = root;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t d = 0; d < g->population[member[i]].ndendrites; d++)
            member[n++] = g->population[member[i]].dendrite[d];
    for (uint32_t i = 0; i < n / 2; i++) {
        uint32_t other = member[i];
        member[i] = member[n - 1 - i];
        member[n - 1 - i] = other;
    }
    return n;
}

tree_list tree_find(const hmn_graph *g, bool sources, hmn_arena *a)
{
    tree_list l = {ARENA_NEW(a, tree, g->npopulations), 0, ARENA_NEW(a, uint32_t, g->npopulations)};
    uint32_t *member = ARENA_NEW(a, uint32_t, g->npopulations);
    memset(l.of, 0xff, g->npopulations * sizeof *l.of);
    for (uint32_t k = 0; k < g->npopulations; k++) {
        const graph_population *p = &g->population[k];
        if ((p->source && !sources) || p->is_dendrite || p->size == 0)
            continue;
        uint32_t n = grow(g, k, member);
        for (uint32_t i = 0; i < n; i++)
            l.of[member[i]] = l.count;
        l.tree[l.count++] = (tree){member, n, p->size};
        member += n;
    }
    return l;
}
