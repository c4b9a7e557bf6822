/* Where a core's synapses go: blocks of rows, one for each source core and projection, as the population table lists
 * them (eq. S43). Shared by usage, which counts, and lower, which fills. */
#ifndef HMN_SPINNAKER_LAYOUT_H
#define HMN_SPINNAKER_LAYOUT_H

#include "backends/spinnaker/program.h"
#include "backends/spinnaker/row.h"
#include "core/chip.h"

enum {
    LAYOUT_SPIKE_BUFFER = 256 * 4, /* of incoming packets */
    LAYOUT_OVERHEAD = 8192         /* stack, globals, provenance, recording: chosen */
};

/* Widths of the fields of a synapse on a core of `neurons` neurons of the population. */
row_format spin_format(const hmn_qnet *q, uint32_t population, uint32_t neurons);

/* Words of a row, counts left out, of n synapses of the projection. */
uint32_t spin_row_words(const hmn_qnet *q, uint32_t projection, uint32_t n);

/* Bytes of data memory that a core of `neurons` neurons takes: state, ring buffers, histories, DMA buffers, tables; or
 * the relay of its spikes, if that takes more. */
uint32_t spin_local_bytes(const hmn_qnet *q, uint32_t population, uint32_t neurons, uint32_t entries,
                          uint32_t addresses);

#endif
