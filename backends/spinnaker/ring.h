/* Ring buffers: where weights wait for their step (eq. S41, S42). One array of 16-bit sums,
 * ring[slot][type][neuron], slot = step modulo 2^delay_bits, all sizes powers of two. */
#ifndef HMN_BACKENDS_SPINNAKER_RING_H
#define HMN_BACKENDS_SPINNAKER_RING_H

#include "backends/spinnaker/row.h"

/* What the core counts beside its work, as sPyNNaker's provenance does. */
typedef struct {
    uint32_t saturated_fixed, saturated_plastic; /* additions that met 65535 */
    uint32_t changed;                            /* plastic weights written with another value */
    uint32_t skipped;                            /* synapses whose delay was over when their spike came */
    uint32_t late, max_late; /* late: adds the lowest bit of each lateness (upstream's quirk); largest lateness */
} ring_counters;

static inline uint32_t ring_size(const row_format *f) { return 1u << (f->index_bits + f->type_bits + f->delay_bits); }

/* First element of the slot of a step. */
static inline uint32_t ring_slot(const row_format *f, uint32_t step)
{
    return (step & ((1u << f->delay_bits) - 1)) << (f->index_bits + f->type_bits);
}

/* Adds a weight of 16 bits, saturating. */
static inline void ring_add(uint16_t *ring, uint32_t at, uint32_t weight, uint32_t *saturated)
{
    uint32_t sum = ring[at] + weight;
    if (sum & 0x10000) {
        sum = 0xffff;
        ++*saturated;
    }
    ring[at] = (uint16_t)sum;
}

/* Steps that a spike is late, from the low bits of the step in which it was sent; counts them. mask 0: never late. */
uint32_t ring_lateness(uint32_t step, uint32_t colour, uint32_t mask, ring_counters *count);

/* The fixed synapses of a row whose spike is handled in `step`, `late` steps after it was sent. */
void ring_add_fixed(const row_format *f, uint16_t *ring, const row_view *row, uint32_t step, uint32_t late,
                    ring_counters *count);

#endif
