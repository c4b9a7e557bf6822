/* Time and energy of the SpiNNaker-style machine: one profile (costs.def). There is no barrier: every core works in its
 * own program, woken by a timer. */
#include "backends/spinnaker/costs.h"

static const cost_entry entries[] = {
#define SPIN_COST(id, ps, fj, status, source) {COST_##id, ps, fj, COST_##status, source},
#include "backends/spinnaker/costs.def"
};

static const cost_profile profile = {
    .name = "arm968",
    .summary = "instructions of sPyNNaker's code at 200 MHz, power figures of SpiNNMachine",
    .entry = entries,
    .nentries = sizeof entries / sizeof *entries,
};

static const cost_profile *const profiles[] = {&profile};

const chip_timing spin_timing = {.profile = profiles, .nprofiles = 1};
