/* chip->restate. */
#ifndef HMN_SPINNAKER_RESTATE_H
#define HMN_SPINNAKER_RESTATE_H

#include "core/ir/qnet.h"

hmn_graph *spin_restate(const hmn_qnet *q, hmn_arena *a);

#endif
