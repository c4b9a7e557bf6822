/* What a network consists of, for outputs: the same for an image and for the elaborated graph of the reference. */
#ifndef HMN_TOOLS_LAYOUT_H
#define HMN_TOOLS_LAYOUT_H

#include "core/ir/graph.h"
#include "core/ir/image.h"

typedef struct {
    const char *name;
    uint32_t first, size; /* global neuron indices */
    bool source;
} layout_population;

typedef struct {
    const char *name;
    uint32_t pre, post;
    uint64_t synapses;
    bool plastic;
} layout_projection;

/* One probe of one variable; `target` indexes populations, projections or modulators by `record`. */
typedef struct {
    const char *name, *variable;
    net_record record;
    const uint32_t *target;
    uint32_t ntargets, every, sample;
    hmn_span at; /* in the network's text; line 0 for an image */
} layout_probe;

typedef struct {
    const char *name;
    double dt; /* ms */
    uint64_t seed;
    uint32_t neurons, duration; /* duration: steps, 0 when the network names none */
    uint64_t synapses;
    layout_population *population;
    uint32_t npopulations;
    layout_projection *projection;
    uint32_t nprojections;
    layout_probe *probe;
    uint32_t nprobes;
    uint32_t nmodulators;
    const char **signal; /* of each modulator: "task.NAME", "input.NAME" or "" */
} layout;

/* NULL after a report: an image's tables contradict each other. */
const layout *layout_of_image(const hmn_image *m, hmn_arena *a, hmn_diag *d);
const layout *layout_of_graph(const hmn_graph *g, hmn_arena *a);

/* The population that holds global neuron `neuron`. */
uint32_t layout_population_of(const layout *l, uint32_t neuron);
uint32_t layout_find_population(const layout *l, const char *name); /* NET_NONE: none */

#endif
