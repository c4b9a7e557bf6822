/* Who must send spikes to which core, and how many are expected. */
#ifndef HMN_COMPILER_TRAFFIC_H
#define HMN_COMPILER_TRAFFIC_H

#include "core/base/arena.h"
#include "core/ir/map.h"

/* Rate that placement assumes for a neuron, or a source whose spikes are not known before the run. */
#define TRAFFIC_DEFAULT_HZ 10.0

/* Expected spikes a step of each neuron (global index): exact for sources with known spikes or Poisson activity over
 * the duration of the run, TRAFFIC_DEFAULT_HZ otherwise. */
double *traffic_rates(const hmn_graph *g, hmn_arena *a);

/* Destination cores of every neuron, ascending, each once. */
typedef struct {
    const uint32_t *row; /* [nneurons + 1] */
    const uint32_t *core;
    const uint8_t *plastic; /* 1: at least one of the pair's synapses learns */
} traffic_fanout;

/* q: after the learn pass, which says what is plastic. */
traffic_fanout traffic_destinations(const hmn_qnet *q, const uint32_t *neuron_core, uint32_t ncores, hmn_arena *a);

#endif
