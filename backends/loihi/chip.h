/* What every generation of the Loihi-style chip shares: all of hmn_chip but its name, summary and limits. */
#ifndef HMN_BACKENDS_LOIHI_CHIP_H
#define HMN_BACKENDS_LOIHI_CHIP_H

#include "core/chip.h"

#include "backends/loihi/bounds.h"
#include "backends/loihi/core.h"
#include "backends/loihi/costs.h"
#include "backends/loihi/deploy.h"
#include "backends/loihi/gather.h"
#include "backends/loihi/lower.h"
#include "backends/loihi/quantise.h"
#include "backends/loihi/restate.h"
#include "backends/loihi/storage.h"
#include "backends/loihi/tables.h"
#include "backends/loihi/usage.h"

/* Members of a const hmn_chip. */
/* clang-format off */
#define LOIHI_SHARED                    \
    .most = &loihi_most,                \
    .tables = loihi_tables,             \
    .ntables = LOIHI_TABLES,            \
    .neuron_table = LOIHI_COMPARTMENTS, \
    .quantise = loihi_quantise,         \
    .restate = loihi_restate,           \
    .bound = loihi_bound,               \
    .usage = loihi_usage,               \
    .gather = loihi_gather,             \
    .line = loihi_line,                 \
    .lower = loihi_lower,               \
    .check = loihi_check,               \
    .size = loihi_size,                 \
    .boot = loihi_boot,                 \
    .step = loihi_step,                 \
    .read = loihi_read,                 \
    .synapses = loihi_synapses,         \
    .read_trace = loihi_read_trace,     \
    .write_trace = loihi_write_trace,   \
    .write_bias = loihi_write_bias,     \
    .storage = loihi_storage,           \
    .timing = &loihi_timing,           \
    .deploy = loihi_deploy
/* clang-format on */

#endif
