/* The Loihi-style chip: its limits, tables and functions. See docs/chips/loihi.md. */
#include "core/chip.h"

#include "backends/loihi/bounds.h"
#include "backends/loihi/core.h"
#include "backends/loihi/deploy.h"
#include "backends/loihi/lower.h"
#include "backends/loihi/quantise.h"
#include "backends/loihi/restate.h"
#include "backends/loihi/tables.h"
#include "backends/loihi/usage.h"

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
    .tables = loihi_tables,
    .ntables = LOIHI_TABLES,
    .neuron_table = LOIHI_COMPARTMENTS,
    .quantise = quantise,
    .restate = loihi_restate,
    .bound = loihi_bound,
    .usage = loihi_usage,
    .lower = loihi_lower,
    .check = loihi_check,
    .size = loihi_size,
    .boot = loihi_boot,
    .step = loihi_step,
    .read = loihi_read,
    .synapses = loihi_synapses,
    .read_trace = loihi_read_trace,
    .write_trace = loihi_write_trace,
    .deploy = loihi_deploy,
};
