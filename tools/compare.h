/* Measures of agreement between two runs of one network: spike trains, weights. */
#ifndef HMN_TOOLS_COMPARE_H
#define HMN_TOOLS_COMPARE_H

#include "core/base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Spikes as they happen, steps ascending. */
typedef struct {
    uint32_t *step, *neuron;
    size_t count, step_cap, neuron_cap;
} compare_log;

void compare_log_step(compare_log *l, hmn_arena *a, uint32_t step, const uint32_t *neuron, uint32_t count);

/* The same by neuron: step[row[n] .. row[n + 1] - 1], ascending. */
typedef struct {
    const size_t *row;
    const uint32_t *step;
} compare_trains;

compare_trains compare_sort(const compare_log *l, uint32_t nneurons, hmn_arena *a);

/* Neurons first .. first+count-1 of run a against run b. */
typedef struct {
    uint64_t a, b;      /* spikes */
    uint64_t within[3]; /* pairs of an a-spike and a b-spike of one neuron at most 0, 1, 2 steps apart, each
                           spike used once */
    bool differs;       /* not the same trains; then the earliest difference: */
    uint32_t step, neuron;
    bool in_a;               /* a fired there and b did not */
    double rate_rms;         /* root mean square over neurons of the difference of spike counts */
    double rate_correlation; /* of spike counts over neurons; 1 when both are constant and equal, else 0 */
} compare_spikes;

compare_spikes compare_population(compare_trains a, compare_trains b, uint32_t first, uint32_t count);

/* Share of spikes that have a partner: 2 pairs / (spikes of a + of b); 1 when neither fired. tolerance 0..2. */
double compare_coincidence(const compare_spikes *c, uint32_t tolerance);

/* n numbers of a against those of b. */
typedef struct {
    double max, rms;    /* of a - b */
    double correlation; /* 1 when both are constant and equal, 0 when one is constant */
} compare_numbers;

compare_numbers compare_values(const double *a, const double *b, size_t n);

#endif
