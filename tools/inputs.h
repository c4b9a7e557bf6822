/* Spikes of source neurons from a file (hmn run --inputs). */
#ifndef HMN_TOOLS_INPUTS_H
#define HMN_TOOLS_INPUTS_H

#include "tools/layout.h"

typedef struct {
    uint32_t step, neuron; /* global index */
} input_spike;

/* Rows (step, neuron) with global indices, or (step, population, neuron) with the population's own; a .npy array or
 * lines of text, where the population may be a name and # starts a comment. Sorted, without repetitions.
 * False after a report. */
bool inputs_read(const char *path, const layout *l, hmn_arena *a, hmn_diag *d, input_spike **spike, uint64_t *count);

#endif
