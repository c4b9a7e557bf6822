/* What a core does with a row that it has fetched, and with a spike of one of its neurons: the entry to rows, ring
 * buffers and plasticity. */
#ifndef HMN_BACKENDS_SPINNAKER_SYNAPSE_H
#define HMN_BACKENDS_SPINNAKER_SYNAPSE_H

#include "backends/spinnaker/stdp.h"

typedef struct {
    row_format format;
    const stdp_core *stdp; /* NULL: static synapses only */
    stdp_history *history; /* of each neuron */
    uint16_t *ring;        /* ring_size elements */
    ring_counters *count;
} synapse_core;

/* False when a row reaches past its words, or names what there is not. */
bool synapse_row_fits(const synapse_core *c, uint32_t *row, uint32_t nwords, uint32_t nneurons);

/* Serves a row that fits, for a spike handled in `step`; true when the plastic words are to be written back. */
bool synapse_serve(const synapse_core *c, uint32_t *row, uint32_t nwords, uint32_t step, uint32_t colour,
                   uint32_t colour_mask);

/* A neuron fired in `step`. */
void synapse_fired(const synapse_core *c, uint32_t neuron, uint32_t step);

#endif
