/* chip->usage. out_axons is a lower bound (one for each neuron that sends), because destinations are not known
 * before all slices are; lowering holds the real number against the limit. */
#ifndef HMN_BACKENDS_LOIHI_USAGE_H
#define HMN_BACKENDS_LOIHI_USAGE_H

#include "core/chip.h"

void loihi_usage(const hmn_qnet *q, const hmn_slice *slice, uint32_t nslices, hmn_usage *out);

#endif
