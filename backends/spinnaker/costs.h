/* Time and energy of the SpiNNaker-style machine. */
#ifndef HMN_BACKENDS_SPINNAKER_COSTS_H
#define HMN_BACKENDS_SPINNAKER_COSTS_H

#include "core/cost/load.h"

extern const chip_timing spin_timing;

#endif
