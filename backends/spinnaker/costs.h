/* Time and energy of the SpiNNaker-style machine. */
#ifndef HMN_BACKENDS_SPINNAKER_COSTS_H
#define HMN_BACKENDS_SPINNAKER_COSTS_H

#include "core/cost/load.h"

extern const chip_timing spin_timing;

/* Which costs a core's program has; rom: spin_rom. */
timing_program spin_costs_of(const void *rom);

#endif
