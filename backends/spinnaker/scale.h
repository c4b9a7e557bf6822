/* Shifts of ring buffers: how large an input sum a population plausibly meets. */
#ifndef HMN_SPINNAKER_SCALE_H
#define HMN_SPINNAKER_SCALE_H

#include "backends/spinnaker/quantise.h"

/* Least shift at which the plausible input of a step of one receptor (0 excitatory, 1 inhibitory) fits a ring buffer
 * (eq. SQ1). */
uint32_t spin_scale_shift(const hmn_graph *g, uint32_t population, uint32_t receptor);

/* Receptor that a synapse of this weight enters. */
static inline uint32_t spin_receptor_of(net_receptor r, double weight)
{
    return weight < 0 || (weight == 0 && r == RECEPTOR_INHIBITORY);
}

/* Greatest |weight| of a projection now or after learning. */
double spin_weight_reach(const hmn_graph *g, uint32_t projection);

#endif
