/* Whether a core keeps up: cycles that the work of a step takes on the ARM core against those that a step has. A step
 * that takes longer makes the real machine late; the emulator goes on exactly and counts it (eq. SE4). */
#ifndef HMN_SPINNAKER_BUDGET_H
#define HMN_SPINNAKER_BUDGET_H

#include "core/chip.h"

/* 20 instructions a fixed synapse were counted in the compiled loop; the others are chosen, so that a core of 256
 * neurons is full at some 8,000 synaptic events a millisecond, where measurements put it within a factor of 2. */
enum {
    BUDGET_MHZ = 200,
    BUDGET_STEP = 2000,   /* timer, ring buffers' bookkeeping */
    BUDGET_NEURON = 120,  /* a sub-step of a neuron, its ring buffers' slots included */
    BUDGET_SPIKE = 150,   /* packet, look-up, start of the DMA */
    BUDGET_WORDS = 2,     /* 64 bits of a row through the DMA */
    BUDGET_SYNAPSE = 20,  /* added to a ring buffer */
    BUDGET_LEARNING = 100 /* a synapse that learns, brought up to date */
};

/* Cycles of a step in which the counters went from `before` to `after`; updates: neurons times sub-steps. */
uint64_t budget_cycles(const hmn_counters *before, const hmn_counters *after, uint64_t updates);

#endif
