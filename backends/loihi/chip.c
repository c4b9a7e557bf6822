/* The Loihi-style chip: its limits, tables and functions. See docs/chips/loihi.md. */
#include "backends/loihi/chip.h"

const hmn_chip hmn_chip_loihi = {
    .name = "loihi",
    .summary = "Loihi-style digital neuromorphic chip, 128 cores of 1024 compartments with learning",
    .limits = &loihi_limits,
    LOIHI_SHARED,
};
