/* Whether a core keeps up: cycles that the work of a step takes on the ARM core against those that a step has. A step
 * that takes longer makes the real machine late; the emulator goes on exactly and counts it (eq. SE4). */
#ifndef HMN_SPINNAKER_BUDGET_H
#define HMN_SPINNAKER_BUDGET_H

#include "core/chip.h"

enum { BUDGET_MHZ = 200, BUDGET_CYCLE_PS = 1000000 / BUDGET_MHZ };

/* Cycles of a step in which the counters went from `before` to `after`, by the constants of costs.def; updates: neurons
 * times sub-steps. */
uint64_t budget_cycles(const hmn_counters *before, const hmn_counters *after, uint64_t updates, uint64_t packets);

#endif
