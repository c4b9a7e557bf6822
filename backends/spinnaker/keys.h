/* Keys of multicast packets, by zones. docs/chips/spinnaker.md, eq. SK1.
 *
 *   31                                             0
 *  +-----------------+-----------+------------------+
 *  |  population     |   part    | neuron and colour|
 *  +-----------------+-----------+------------------+     a part is the population's share of one core */
#ifndef HMN_SPINNAKER_KEYS_H
#define HMN_SPINNAKER_KEYS_H

#include "core/base/diag.h"

#include <stdbool.h>
#include <stdint.h>

/* Colours of a neuron's packets: low bits that say in which of the last steps it fired, for late packets. */
enum { SPIN_COLOUR_BITS = 4 };

/* What a population needs: its parts, and the most keys of one of them (neurons << colour bits). */
typedef struct {
    uint32_t parts, keys;
} spin_key_need;

/* What it gets. key & mask == base for all its keys; a part is shifted left by `shift`. */
typedef struct {
    uint32_t base, mask, shift;
} spin_key_zone;

/* Zones for n populations, in order; those without keys get none (mask 0). False after a report: 32 bits are too few.
 */
bool spin_keys_allocate(const spin_key_need *need, uint32_t n, spin_key_zone *out, hmn_span at, hmn_diag *d);

static inline uint32_t spin_part_key(spin_key_zone z, uint32_t part) { return z.base | part << z.shift; }
static inline uint32_t spin_part_mask(spin_key_zone z) { return ~(((uint32_t)1 << z.shift) - 1); }

/* Key of a part's neuron in colour 0. */
static inline uint32_t spin_neuron_key(uint32_t part_key, uint32_t neuron, uint32_t colour_bits)
{
    return part_key | neuron << colour_bits;
}

#endif
