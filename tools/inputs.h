/* Spikes of source neurons and levels of signals from a file (hmn run --inputs). */
#ifndef HMN_TOOLS_INPUTS_H
#define HMN_TOOLS_INPUTS_H

#include "tools/layout.h"

typedef struct {
    uint32_t step, neuron; /* global index */
} input_spike;

typedef struct {
    uint32_t step, modulator;
    double value;  /* from that step on */
    uint64_t line; /* of the file: the later of two lines of one step holds */
} input_level;

/* Rows (step, neuron) with global indices, or (step, population, neuron) with the population's own; a .npy array or
 * lines of text, where the population may be a name and # starts a comment. Sorted, without repetitions.
 * A line of text (step, signal, value) sets a signal, input.NAME or task.NAME, for all modulators that it feeds; levels
 * are sorted by step. False after a report. */
bool inputs_read(const char *path, const layout *l, hmn_arena *a, hmn_diag *d, input_spike **spike, uint64_t *count,
                 input_level **level, uint64_t *nlevels);

#endif
