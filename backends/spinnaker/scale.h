/* Shifts of ring buffers: how large an input sum a population plausibly meets. */
#ifndef HMN_SPINNAKER_SCALE_H
#define HMN_SPINNAKER_SCALE_H

#include "backends/spinnaker/quantise.h"

/* Least shift at which the plausible input of a step of one synapse type fits a ring buffer (eq. SQ1). */
uint32_t spin_scale_shift(const hmn_graph *g, uint32_t population, uint32_t type, uint32_t types);

/* Type that a synapse of this weight enters, of `types`: excitatory, the second excitatory one if there are three,
 * inhibitory. */
static inline uint32_t spin_synapse_type(net_receptor r, double weight, uint32_t types)
{
    return weight < 0 || r == RECEPTOR_INHIBITORY ? types - 1 : r == RECEPTOR_EXCITATORY2 ? 1 : 0;
}

#endif
