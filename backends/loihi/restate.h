/* chip->restate. */
#ifndef HMN_BACKENDS_LOIHI_RESTATE_H
#define HMN_BACKENDS_LOIHI_RESTATE_H

#include "core/base/arena.h"
#include "core/ir/qnet.h"

/* The quantised network as populations of loihi_lif. Weights are the integers that one spike adds to the input
 * accumulator; stimulus currents the integers that the host adds a step. Learning rules are left out: plastic
 * weights stand as they are at the start. NULL in a dialect that shifts sums (lava) with negative exponents. */
hmn_graph *loihi_restate(const hmn_qnet *q, hmn_arena *a);

#endif
