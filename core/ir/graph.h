/* The network expanded to neurons and synapses, still in real units. Chip-independent.
 *
 * Made by compiler/elaborate.c; read by quantise and by the reference interpreter. Structure of
 * arrays, 32-bit indices, synapses in CSR form by presynaptic neuron with targets ascending. Time is in
 * steps of `dt`. The same for any order of the YAML keys' evaluation and any number of threads. */
#ifndef HMN_IR_GRAPH_H
#define HMN_IR_GRAPH_H

#include "core/ir/net.h"

/* A parameter of a population: stride 0 = one value for all, stride 1 = one per neuron. */
typedef struct {
    const double *v;
    uint32_t stride;
} graph_param;

static inline double graph_at(graph_param p, uint32_t i) { return p.v[(size_t)i * p.stride]; }

typedef struct {
    const char *name;
    hmn_span at;
    uint32_t first, size; /* global neuron indices first .. first + size - 1; sources have them too */
    neuron_model model;
    bool source;
    net_activation activation;
    net_reset reset;
    net_join join; /* of its neurons with neuron i of each population of dendrite[] */
    net_sends sends;
    uint32_t ndendrites, dendrite[NET_MAX_DENDRITES];
    const net_third *third;      /* [NET_THIRD_FACTORS]; NULL: its neurons write none */
    bool is_dendrite;            /* it stands in another population's dendrite[] */
    graph_param param[NP_COUNT]; /* base units of neuron.def */
    graph_param init_v, init_u;  /* v relative to nothing: absolute mV; nA */
} graph_population;

typedef struct {
    const char *name;
    hmn_span at;
    uint32_t pre, post; /* populations */
    net_receptor receptor;
    uint32_t rule;          /* index into net->rule, NET_NONE: static */
    uint64_t nsynapses;     /* < 2^32 */
    const uint32_t *row;    /* [pre size + 1] first synapse of each presynaptic neuron */
    const uint32_t *target; /* [nsynapses] postsynaptic neuron, local index, ascending within a row */
    const double *weight;   /* [nsynapses] signed: inhibitory ones are <= 0 */
    const uint16_t *delay;  /* [nsynapses] steps, >= 1 */
    double w_min, w_max;    /* bounds of plastic weights, signed; +-infinity when none */
    const uint16_t *bin;    /* [nsynapses] phase bin b of each synapse, phi = 2 pi b / bins; NULL: no phase gate */
    const net_phase_gate *firing_gate; /* gates the firing of population `gated`; NULL: none */
    const uint16_t *gate_bin;          /* [size of that population] bin of each neuron */
    uint32_t gated;
} graph_projection;

/* Spikes of source neurons known before the run: sorted by (step, neuron), neuron = global index. */
typedef struct {
    const uint32_t *step, *neuron;
    uint64_t count;
} graph_spikes;

/* Poisson activity of a source neuron range: in each step of [start, stop) neuron first + i fires with
 * probability p[i * stride], drawn from (seed, RNG_POISSON, id, neuron - first, step). */
typedef struct {
    uint32_t id;
    uint32_t first, count; /* global indices */
    graph_param p;
    uint32_t start, stop; /* steps */
} graph_poisson;

/* Current into the neurons first .. first+count-1 during [start, stop): nA, or raw integers for loihi_lif. Step t gets
 * amplitude, or where frequency > 0 amplitude sin(2 pi (frequency (t - start) + phase)) + offset; and deviation times a
 * Gaussian draw of its own for each neuron. */
typedef struct {
    uint32_t first, count;
    graph_param amplitude;
    uint32_t start, stop;
    double frequency, phase; /* turns a step, turns */
    double offset, deviation;
    uint32_t id; /* of the stimulus, for draws */
} graph_current;

static inline bool graph_current_varies(const graph_current *c) { return c->frequency > 0 || c->deviation > 0; }

typedef struct {
    const hmn_net *net; /* names, rules, modulators, oscillations, probes, target, run */
    double dt;          /* ms */
    uint64_t seed;
    graph_population *population;
    uint32_t npopulations;
    graph_projection *projection;
    uint32_t nprojections;
    uint32_t nneurons; /* all, sources included */
    uint64_t nsynapses;
    graph_spikes spikes;
    graph_poisson *poisson;
    uint32_t npoisson;
    graph_current *current;
    uint32_t ncurrents;
    uint32_t max_delay; /* steps */
    bool restated;      /* made by chip->restate: weights onto loihi_lif are the integers that one spike adds, not
                           mantissas on the 8-bit scale that weight_exp has yet to scale */
} hmn_graph;

/* The population that holds global neuron `neuron`. */
uint32_t graph_population_of(const hmn_graph *g, uint32_t neuron);

/* Greatest |weight| of a projection now or, by the bounds that are given, after learning; in its own unit. */
double graph_weight_reach(const hmn_graph *g, uint32_t projection);

#endif
