/* The SpiNNaker chip: its members of hmn_chip. */
#ifndef HMN_SPINNAKER_CHIP_H
#define HMN_SPINNAKER_CHIP_H

#include "core/chip.h"

extern const hmn_chip hmn_chip_spinnaker;
extern const hmn_limits spin_limits, spin_most;

#endif
