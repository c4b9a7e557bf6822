/* The Loihi-style chip: its limits, tables and functions. See docs/chips/loihi.md. */
#include "backends/loihi/chip.h"

extern const hmn_chip hmn_chip_loihi;

static bool quantise(const hmn_graph *g, hmn_qnet *out, hmn_arena *a, hmn_diag *d)
{
    out->chip = &hmn_chip_loihi;
    return loihi_quantise(g, out, a, d);
}

const hmn_chip hmn_chip_loihi = {
    .name = "loihi",
    .summary = "Loihi-style digital neuromorphic chip, 128 cores of 1024 compartments with learning",
    .limits = &loihi_limits,
    LOIHI_SHARED,
};
