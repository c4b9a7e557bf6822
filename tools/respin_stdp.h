/* sPyNNaker's plasticity programs restated (S50 to S57 of docs/chips/spinnaker-synapses.md), a projection at a time,
 * with tables computed here. For tools/respin.h. */
#ifndef HMN_TOOLS_RESPIN_STDP_H
#define HMN_TOOLS_RESPIN_STDP_H

#include "backends/spinnaker/learn.h"

enum { RESPIN_EVENTS = 16 };

/* What a postsynaptic neuron did of late; event 0 stands for none. */
typedef struct {
    uint32_t n; /* events, the first included */
    int64_t time[RESPIN_EVENTS], o1[RESPIN_EVENTS], o2[RESPIN_EVENTS], last[RESPIN_EVENTS];
    int64_t level[RESPIN_EVENTS]; /* of the third factor, s4.11 */
    uint32_t marks;               /* bit i: event i is a reward */
} respin_past;

/* The last spike of a presynaptic neuron, and the traces that it left. */
typedef struct {
    int64_t time, r1, r2;
} respin_pre;

typedef struct {
    const graph_projection *j;
    stdp_kind kind;
    double dt, tau[STDP_TABLES];
    int64_t alpha;                                 /* s4.11 */
    int64_t low, high, plus, minus, plus3, minus3; /* s16.15 */
    bool delays;                                   /* postsynaptic spikes count later by the synapse's delay */
    uint32_t shift, type;                          /* of the ring buffers that its weights enter */
    uint32_t npost;
    double tau_c, tau_d; /* third factor */
    int64_t constant, w_low, w_high;
    respin_past *past; /* [npost] */
    respin_pre *pre;   /* [npre] */
    uint32_t *weight;  /* [nsynapses] 16 bits */
    uint32_t *eligibility;
} respin_stdp;

respin_stdp *respin_stdp_new(const hmn_qnet *q, uint32_t projection, hmn_arena *a);
/* Postsynaptic neuron j fires in this step. */
void respin_stdp_fired(respin_stdp *r, uint32_t post, uint32_t step);
/* A reward of this concentration (s4.11), or a punishment, reaches neuron j. */
void respin_stdp_reward(respin_stdp *r, uint32_t post, uint32_t step, int64_t concentration);
/* Presynaptic neuron i fires: its synapses see what happened since it last did. */
void respin_stdp_spike(respin_stdp *r, uint32_t pre, uint32_t step, bool learning);

#endif
