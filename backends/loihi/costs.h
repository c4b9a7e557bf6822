/* Time and energy of the Loihi-style chips. */
#ifndef HMN_BACKENDS_LOIHI_COSTS_H
#define HMN_BACKENDS_LOIHI_COSTS_H

#include "core/cost/load.h"

extern const chip_timing loihi_timing;

#endif
