/* Extended ops of the learning engine (docs/chips/loihi.md, section 7.4; loihi2): attention over the synapses of a
 * neuron, and the probability gate. */
#ifndef HMN_BACKENDS_LOIHI_EXTENDED_H
#define HMN_BACKENDS_LOIHI_EXTENDED_H

#include "backends/loihi/core.h"

enum { EXTENDED_GROUPS = 8 }; /* sums of attention a core */

/* log2 of the sum of 2^(gain x2 y2) over the synapses of a group onto each compartment, less that of their number where
 * the mean of alpha is to be 1; 1/65536. */
typedef struct {
    int32_t norm[EXTENDED_GROUPS][CORE_MAX_COMPARTMENTS];
} extended_norms;

/* gain x2 y2 in 1/65536 octaves. */
int64_t extended_logit(const rule_attend *a, uint32_t x2, uint32_t y2);

/* alpha in 1/65536 of a synapse whose sum's logarithm is `norm`. */
uint64_t extended_share(const rule_attend *a, uint32_t x2, uint32_t y2, int32_t norm);

/* product times alpha, rounded stochastically; draw: 16 bits. */
int32_t extended_apply(int32_t product, uint64_t alpha, uint32_t draw);

/* The norm of a compartment: sum of 2^logit - 1 over synapses with a logit other than 0, in 1/65536, and how many
 * synapses there are. */
int32_t extended_norm(const rule_attend *a, uint64_t sum, uint32_t synapses);

/* Whether the sum of drawn products is applied; draw: 32 bits. */
bool extended_draw(const loihi_rom *r, const rule_draw *d, int32_t sum, uint32_t draw);

#endif
