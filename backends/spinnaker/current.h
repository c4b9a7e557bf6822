/* Current sources of a core, as sPyNNaker's neuron/current_sources computes them (docs/chips/spinnaker.md, S32 to S35).
 * Region current_sources:
 *
 *   sources, 0: no more words | neuron: count, (id, index) ... | ... | DC, AC, step, noisy: how many | DC: amplitude,
 *   start, stop ... | AC: start, stop, amplitude, offset, frequency, phase ... | step: n, n times, n, n amplitudes ...
 * | noisy: mean, deviation, start, stop, dt, four words of a seed ... */
#ifndef HMN_SPINNAKER_CURRENT_H
#define HMN_SPINNAKER_CURRENT_H

#include <stdbool.h>
#include <stdint.h>

typedef enum { CURRENT_DC = 1, CURRENT_AC, CURRENT_STEP, CURRENT_NOISY } current_id;
enum { CURRENT_DC_WORDS = 3, CURRENT_AC_WORDS = 6, CURRENT_NOISY_WORDS = 9, CURRENT_STATE = 4 };

/* One source that enters a neuron. */
typedef struct {
    uint32_t neuron, id;
    uint32_t word;  /* of its parameters in the region */
    uint32_t state; /* first word of its state; of DC and AC: none */
} core_current;

/* How many pairs of neuron and source the region of n words holds, and words of state. False: it is not whole. */
bool current_check(const uint32_t *region, uint32_t n, uint32_t neurons, uint32_t *npairs, uint32_t *nstate);
/* Are all sources direct currents? */
bool current_constant(const uint32_t *region, uint32_t n, uint32_t neurons);
/* Lists the pairs by neuron; fills the state before step 0 unless NULL. The region is whole. */
void current_list(const uint32_t *region, uint32_t n, uint32_t neurons, core_current *out);
void current_start(const uint32_t *region, uint32_t n, uint32_t neurons, uint32_t *state);

/* What a source adds to a neuron in a step. Where several neurons share it they ask in ascending order: each draw of a
 * noisy source is another, and a step source goes on to its next time at one of them (quirk). */
int32_t current_at(const uint32_t *region, const core_current *c, uint32_t step, uint32_t *state);

#endif
