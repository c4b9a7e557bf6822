/* Graphs of populations of the mapping vectors, and the keys that they get. */
#ifndef HMN_TOOLS_VECTOR_SPIN_GRAPH_H
#define HMN_TOOLS_VECTOR_SPIN_GRAPH_H

#include "tools/vector_spin.h"

#include "backends/spinnaker/keys.h"
#include "backends/spinnaker/geometry.h"

/* A part is a population's share of one core. */
typedef struct {
    const spin_machine *machine;
    uint32_t npopulations, nparts, sdram; /* sdram: bytes of the part that needs most */
    const char **name;                    /* [npopulations] */
    uint32_t *parts, *atoms;              /* [npopulations]; atoms: of its largest part */
    uint32_t *first;                      /* [npopulations + 1] number of its first part */
    uint32_t *population, *part;          /* [nparts] */
    bool *edge;                           /* [npopulations * npopulations] */
    spin_key_zone *zone;                  /* [npopulations] */
} spin_graph;

static inline bool spin_graph_sends(const spin_graph *g, uint32_t from, uint32_t to)
{
    return g->edge[from * g->npopulations + to];
}

/* NULL, or what is wrong; keys other than the file's are wrong. */
const char *spin_graph_read(const json_t *json, hmn_arena *a, spin_graph *out);

#endif
