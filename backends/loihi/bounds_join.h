/* Bounds of neurons of several compartments, for bounds.c. */
#ifndef HMN_BACKENDS_LOIHI_BOUNDS_JOIN_H
#define HMN_BACKENDS_LOIHI_BOUNDS_JOIN_H

#include "backends/loihi/bounds.h"
#include "backends/loihi/dialect.h"

/* What drives v, u when there are no dendrites (eq. J2): from what the dendrites hand, NULL where there is none. */
bound_span bound_drive(const hmn_qnet *q, uint32_t population, const loihi_bounds *own,
                       const loihi_bounds *const dendrite[NET_MAX_DENDRITES]);

/* What a neuron hands to the compartment that it is a dendrite of (eq. J1). */
bound_span bound_sent(const hmn_qnet *q, uint32_t population, uint32_t neuron, const loihi_bounds *own,
                      const loihi_dialect *dialect);

#endif
