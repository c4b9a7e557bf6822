/* The program of ours for loihi_lif restated (SL1 of docs/chips/spinnaker-core.md: L1 to L5 and L10 of
 * docs/chips/loihi.md), from the registers as the network has them. For tools/respin.h. */
#ifndef HMN_TOOLS_RESPIN_LIF_H
#define HMN_TOOLS_RESPIN_LIF_H

#include "core/ir/graph.h"

typedef struct {
    int64_t decay_u, decay_v, threshold, bias, refractory, low, high;
    int64_t noise_exponent, noise_mean; /* exponent 0: none */
    bool noise_at_v;
    int64_t u, v, rest; /* rest: steps for which v is held */
} respin_lif;

respin_lif respin_lif_of(const graph_population *p, uint32_t i);

/* A step with this input; draw: uniform in -127..127. True: it fires. */
bool respin_lif_tick(respin_lif *n, int64_t input, int64_t draw);

#endif
