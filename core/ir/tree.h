/* Neurons of several compartments: a population with those that are its dendrites. They stay on one core, and a step
 * updates dendrites before what they join. */
#ifndef HMN_IR_TREE_H
#define HMN_IR_TREE_H

#include "core/base/arena.h"
#include "core/ir/graph.h"

/* Populations of equal size, the root last, dendrites before what they join. */
typedef struct {
    const uint32_t *member;
    uint32_t count, size;
} tree;

typedef struct {
    tree *tree;
    uint32_t count;
    uint32_t *of; /* [npopulations] the tree of each; NET_NONE: without neurons, or a source left out */
} tree_list;

/* Trees in the order of their roots; sources: they count as trees of one. */
tree_list tree_find(const hmn_graph *g, bool sources, hmn_arena *a);

#endif
