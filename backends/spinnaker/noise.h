/* Noise and homeostasis of IF_curr_exp and IF_curr_delta: ours, upstream's programs have neither (eq. SN1, SN2 of
 * docs/chips/spinnaker-core.md). Both enter where currents do. Region neuron_noise of a core that has either: word 0
 * tells whether the management core rewrites I_offset of its neurons, then the deviation of each neuron, s16.15. */
#ifndef HMN_SPINNAKER_NOISE_H
#define HMN_SPINNAKER_NOISE_H

#include "backends/spinnaker/quantise.h"

enum { NOISE_MOST = INT32_MAX / 7 }; /* of a deviation: the normal quantile ends at 7 */

/* Holds noise and homeostasis of a population against what words hold, fills qnet_population.bias, tells the report;
 * false after a report. */
bool spin_quantise_noise(spin_quantiser *z, uint32_t population);

/* The region of a slice; NULL and *nwords 0 when it has neither. */
uint32_t *spin_noise_region(const hmn_qnet *q, const hmn_slice *slice, uint32_t *nwords, hmn_arena *a);

/* Whether it checks out for so many neurons. */
bool spin_noise_fits(const uint32_t *word, uint32_t nwords, uint32_t neurons);

/* SN1: the current of a neuron in a step, of a deviation. */
int32_t spin_noise_draw(uint64_t seed, uint32_t core, uint32_t neuron, uint32_t step, int32_t deviation);

#endif
