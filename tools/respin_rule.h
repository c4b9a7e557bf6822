/* The HMN rule of one projection restated (S60 to S67 of docs/chips/spinnaker-synapses.md): everything when it happens,
 * synapse by synapse, with tables computed here. For tools/respin.h. */
#ifndef HMN_TOOLS_RESPIN_RULE_H
#define HMN_TOOLS_RESPIN_RULE_H

#include "backends/spinnaker/learn.h"

/* u17.15, after the last spike, and its step; -1: none yet. */
typedef struct {
    int64_t value[HYBRID_TIMESCALES];
    int64_t at;
} respin_trace;

/* A synapse as the last end of an epoch met it, for tools/terms.h. */
typedef struct {
    int32_t weight, psi[2], m;
    int64_t alpha;
    int64_t drawn, lost; /* the change before the draw; decay: 2^-weight_shift of a weight's step */
    int64_t p;           /* of the draw, u0.16 */
    bool applied;
} respin_last;

typedef struct {
    const graph_projection *j;
    const hybrid_settings *s;
    uint32_t projection, npre, npost;
    uint64_t seed;
    respin_trace *x, *y, *h, *c; /* [npre], [npost] */
    int32_t *weight;             /* [nsynapses] */
    int32_t (*psi)[2];
    bool *down; /* began below 0 */
    uint32_t *fan_in;
    int64_t *alpha;    /* of the epoch that ends */
    uint32_t *pre;     /* [nsynapses] */
    respin_last *last; /* [nsynapses] */
    int64_t counts;    /* u17.15: what a spike fired in the last step counts */
} respin_rule;

respin_rule *respin_rule_new(const hmn_qnet *q, uint32_t projection, uint64_t seed, hmn_arena *a);
/* What the chip broadcasts in a step: of each phase bin, read where an epoch ends; of an astrocyte that acts on
 * pairings or spikes. */
typedef struct {
    int32_t bin[HYBRID_BINS], astrocyte;
} respin_heard;
/* A step: arrived, fired [neurons] of the network. */
void respin_rule_step(respin_rule *r, const hmn_graph *g, uint32_t step, const uint8_t *arrived, const uint8_t *fired,
                      const respin_heard *heard, bool learning);
/* Traces of a synapse's two neurons, 2^-15 of a spike. */
int64_t respin_rule_x(const respin_rule *r, uint64_t e, uint32_t step);
int64_t respin_rule_y(const respin_rule *r, uint64_t e, uint32_t step);
/* What a spike adds through synapse e to a ring buffer, and of which type (S66). */
uint32_t respin_rule_adds(const respin_rule *r, uint64_t e, uint32_t *type);

#endif
