/* What the reference interpreter remembers. Private to core/reference. Everything is a double per neuron or per
 * synapse; x_i(t) of a synapse is the presynaptic spike of step t - 1, because a spike needs one step to reach the
 * synapses (delay 1) and longer delays are dendritic. */
#ifndef HMN_REFERENCE_STATE_H
#define HMN_REFERENCE_STATE_H

#include "core/ir/tree.h"
#include "core/reference/reference.h"

/* Factors of one step, precomputed from a neuron's parameters. Integrate-and-fire: mV, nA. loihi_lif: registers. */
typedef struct {
    double keep_exc, keep_inh; /* share of the current that is left after a step */
    double keep_v;
    double gain; /* mV a nA: tau_m/cm (1 - exp(-dt/tau_m)) */
    double rest, reset, threshold, bias, noise, floor, ceiling, temperature;
    double rise, keep_rise; /* of the threshold at a spike; its share left after a step */
    double payload_unit;    /* of a graded spike */
    bool two_currents;      /* loihi_lif: inhibitory arrivals have a current of their own */
    bool silent;            /* which does not drive v */
    uint32_t refractory;    /* register: the neuron is held for refractory - 1 steps after a spike */
} reference_neuron;

/* Equations 10 and 11 for the synapses of one projection. */
typedef struct {
    uint32_t d;         /* timescales */
    const double *keep; /* [d] exp(-dt/tau) */
    double *h, *c;      /* [pre][d], [post][d] averages of x_i and z_j */
    double *alpha;      /* [nsynapses] of this epoch */
    double *top, *sum;  /* [post] greatest logit, sum of exponentials: scratch */
    uint32_t *fan_in;   /* [post] */
} reference_attention;

/* A population whose firing a phase gates. */
typedef struct {
    uint32_t population;
    const uint16_t *bin; /* [size] */
    const net_phase_gate *gate;
} reference_firing_gate;

typedef struct {
    double level, effect; /* A, M */
} reference_astrocyte;

/* Equations 8 and 9 for one rule; the rates of equation 3. */
typedef struct {
    double eta[2];       /* local, global: in use, perturbed in a window */
    double u[2];         /* log2 of what is learned; only where the rate is not 0 */
    double direction[2]; /* D or X of this measurement */
    double score;        /* sum over this window */
    double loss[2];      /* of the plus and the minus window */
    double mean_loss;    /* L_bar, reinforce */
    uint32_t trials;     /* of this window */
    uint32_t n;          /* number of the measurement, from 1 */
    uint8_t window;      /* 0: the first of the measurement */
    bool minus_first;
} reference_rates;

/* A rule as text (text.c). Traces by rule_trace_index x1 x2 y1 y2 y3; those that no product reads are NULL. */
typedef struct {
    double lsb; /* weight of one step of w */
    double keep[RT_COUNT], impulse[RT_COUNT];
    double *trace[RT_COUNT]; /* [epoch + 1][pre or post] as they began the epoch, after each step of it */
    uint8_t *last[2];        /* [pre], [post] step of the epoch, from 1, of the last spike; 0: none */
    double *tag;             /* [nsynapses] t */
    bool heard, rewarded;    /* a modulator was not silent in this epoch so far; r0 */
    uint32_t number;         /* epochs that are over */
} reference_text;

typedef struct {
    const graph_projection *g;
    uint32_t rule_index;
    const net_rule *rule; /* NULL: static */
    double unit;          /* what one spike adds is unit * weight, floored to floor_to when that is not 0 */
    double floor_to;
    double *weight;
    /* equation 2; only where there is a rule */
    double *x_bar, *y_bar;       /* traces of the pre- and postsynaptic neurons */
    double *psi_fast, *psi_slow; /* a synapse each; psi_slow NULL when there is none */
    double keep_plus, keep_minus, keep_fast, keep_slow;
    double a_plus, a_minus, k_fast, k_slow;
    net_pairing pairing;
    double *gate;                   /* [bins] max(0, cos(Phi - phi_b)) of this epoch; NULL: no phase gate */
    reference_attention *attention; /* equations 10 and 11; NULL: alpha = 1 */
    reference_text *text;           /* a rule as text: nothing of equations 2 to 11 is used; else NULL */
    double lsb;                     /* of the probability gate, equation 5 */
    double m;                       /* eta_local + eta_global G of the last epoch, for reference_look */
    double *eligibility, *change;   /* [nsynapses] e_ij as the last epoch used it, dw_ij before decay and bounds */
    bool forget_fast;               /* tau_fast 0: psi_fast holds the pairings of one epoch only */
    uint32_t epoch;                 /* steps */
    double moved;                   /* sum of |dw| over synapses and epochs */
    double moves;                   /* how many of them were not 0 */
} reference_projection;

typedef struct {
    double input, average, baseline;
    double keep, keep_baseline; /* keep_baseline 1: no baseline */
    uint32_t schedule_at;
} reference_modulator_state;

struct hmn_reference {
    hmn_sim sim; /* first */
    const hmn_graph *graph;
    reference_options options;
    uint32_t step;
    bool learning, open; /* open: between begin and end */
    bool trial_over;     /* a trial ends in this step, with this score */
    double score;
    bool wraps; /* registers of loihi_lif overflow as on the chip */

    tree_list trees;                   /* in the order in which populations are updated */
    reference_neuron *neuron;          /* [nneurons] */
    double *v, *u_exc, *u_inh;         /* [nneurons] */
    double *bias;                      /* [nneurons] b_j, where homeostasis may move it */
    double *risen;                     /* [nneurons] threshold above its resting value */
    double *payload, *arrived_payload; /* [nneurons] of a graded spike: this step, the step before */
    uint32_t *held;                    /* [nneurons] steps for which v is still held */
    double *arrive_exc, *arrive_inh;   /* [slots][nneurons] ring: weights that arrive in step slot, modulo slots */
    uint32_t slots;
    double *current;             /* [nneurons] of this step */
    uint8_t *fired;              /* [nneurons] this step */
    uint8_t *injected;           /* [nneurons] sources that fire this step */
    uint32_t *spike, nspikes;    /* this step, ascending */
    uint32_t *arrived, narrived; /* spikes of the step before: x_i of equations 1 and 2 */
    double *x, *z;               /* [nneurons] x_i and z_j of equation 2: 0, 1 or what a graded spike carries */
    uint8_t *closed;             /* [nneurons] a gate of firing is closed in this step; NULL: there is none */
    uint64_t given;              /* next of graph->spikes */

    reference_projection *projection;
    const uint32_t *fan_row, *fan; /* projections that leave a population: fan[fan_row[p] .. fan_row[p + 1] - 1] */
    reference_modulator_state *modulator;
    double *gamma; /* [nmodulators] scratch of modulator_effective */
    reference_firing_gate *firing_gate;
    uint32_t nfiring_gates;
    reference_astrocyte *astrocyte; /* [nastrocytes] */
    reference_rates *rates;         /* [nrules] */
    reference_counts counts;
};

/* neuron.c */
bool neuron_prepare(hmn_reference *r, hmn_arena *a, hmn_diag *d);
void neuron_step(hmn_reference *r);        /* equation 1 for every neuron; fills fired */
void neuron_homeostasis(hmn_reference *r); /* b_j */

/* plasticity.c */
bool plasticity_prepare(hmn_reference *r, hmn_arena *a, hmn_diag *d);
void plasticity_traces(hmn_reference *r); /* equation 2 */
void plasticity_epoch(hmn_reference *r);  /* equations 3, 4, 5, 10, where an epoch ends */

/* text.c */
bool text_prepare(const hmn_reference *r, reference_projection *p, hmn_arena *a, hmn_diag *d);
void text_step(hmn_reference *r, reference_projection *p);
double text_trace(const reference_projection *p, uint32_t trace, uint32_t neuron); /* in spikes: over its impulse */
double plasticity_clip(const reference_projection *p, uint64_t e, double w);       /* plasticity.c: bounds and sign */

/* attention.c */
reference_attention *attention_new(const hmn_reference *r, const reference_projection *p, hmn_arena *a);
void attention_follow(const hmn_reference *r, reference_projection *p); /* h_i and c_j */
void attention_share(const hmn_reference *r, reference_projection *p);  /* alpha_ij, equation 11 */

/* modulator.c */
void modulator_prepare(hmn_reference *r, hmn_arena *a);
void modulator_step(hmn_reference *r);
double modulator_level(const hmn_reference *r, uint32_t k);                            /* E_k */
void modulator_attention(const hmn_reference *r, const net_rule *rule, double *gamma); /* gamma_k, equation 7 */
double modulator_effective(const hmn_reference *r, const net_rule *rule);              /* G_eff, equation 6 */

/* phase.c */
bool phase_prepare(hmn_reference *r, hmn_arena *a, hmn_diag *d);
double phase_cos(const hmn_reference *r, const net_phase_gate *gate, uint32_t bin);  /* cos(Phi - phi_b) */
double phase_gate(const hmn_reference *r, const net_phase_gate *gate, uint32_t bin); /* max(0, that), equation 4 */
void phase_close(hmn_reference *r);                                                  /* fills closed */

/* astrocyte.c, section 7.4 */
void astrocyte_step(hmn_reference *r);
double astrocyte_factor(const hmn_reference *r, const net_rule *rule, double local, double global,
                        double g); /* (eta_l + eta_g (G + additive)) times gain */
double astrocyte_presynaptic(const hmn_reference *r, const net_rule *rule); /* what a presynaptic spike counts */
double astrocyte_eligibility(const hmn_reference *r, const net_rule *rule); /* what a pairing counts */

/* meta.c, equations 8 and 9 */
bool meta_prepare(hmn_reference *r, hmn_arena *a, hmn_diag *d);
void meta_trial(hmn_reference *r, double score);

#endif
