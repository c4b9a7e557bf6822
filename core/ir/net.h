/* The network as the user wrote it: names resolved, units converted, every value with its place.
 *
 * Made by compiler/check.c from the YAML tree, frozen then. Numbers are in the base unit of their
 * key: ms, mV, nA, nF, uS, Hz, radian, or plain. Arrays live in the arena of the compilation. */
#ifndef HMN_IR_NET_H
#define HMN_IR_NET_H

#include "core/base/diag.h"
#include "core/isa/rule.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define NET_NONE UINT32_MAX

typedef enum {
    NET_PLAIN,
    NET_INTEGER,
    NET_MS,
    NET_MV,
    NET_NA,
    NET_NF,
    NET_US,
    NET_HZ,
    NET_RAD,
    NET_WEIGHT,
    NET_STEPS,
    NET_TRIALS
} net_dim;

typedef struct {
    double v;
    bool given;
    hmn_span at;
} net_num; /* given: written by the user, not a default */
typedef struct {
    const char *s;
    hmn_span at;
} net_str; /* s == NULL: absent */
typedef struct {
    uint32_t i;
    hmn_span at;
} net_ref; /* i == NET_NONE: absent */

/* PyNN's distributions (pyNN/random.py); p[] in the order of their arguments, clips last. */
typedef enum {
    DIST_CONSTANT,
    DIST_LIST,
    DIST_UNIFORM,
    DIST_UNIFORM_INT,
    DIST_NORMAL,
    DIST_NORMAL_CLIPPED,
    DIST_NORMAL_CLIPPED_TO_BOUNDARY,
    DIST_LOGNORMAL,
    DIST_EXPONENTIAL,
    DIST_GAMMA,
    DIST_POISSON,
    DIST_BINOMIAL,
    DIST_VONMISES
} net_dist;

/* A scalar (CONSTANT, p[0]), one value per element (LIST), or a distribution. */
typedef struct {
    net_dist dist;
    double p[4];
    const double *list;
    uint32_t nlist;
    bool given;
    hmn_span at;
} net_value;

typedef enum {
#define NEURON_MODEL(id, name, bit, source, weight, meaning) MODEL_##id,
#include "core/ir/neuron.def"
    MODEL_COUNT
} neuron_model;

/* Models in a chip's integers, by bit. */
enum {
    NET_RAW_MODELS = 0
#define NEURON_MODEL(id, name, bit, source, weight, meaning) | (NET_##weight == NET_INTEGER) << (bit)
#include "core/ir/neuron.def"
};
static inline bool net_raw(neuron_model m) { return m < MODEL_COUNT && NET_RAW_MODELS >> m & 1; }

typedef enum {
#define NEURON_PARAM(id, key, dim, def, low, high, models, meaning) NP_##id,
#include "core/ir/neuron.def"
    NP_COUNT
} neuron_param;

typedef enum { ACT_THRESHOLD, ACT_SIGMOID, ACT_RELU } net_activation;
typedef enum { RESET_ZERO, RESET_SUBTRACT } net_reset;

/* How a compartment takes what its dendrites send, and which register a dendrite sends. */
typedef enum {
    JOIN_NONE,
#define JOIN(id, word, meaning) JOIN_##id,
#include "core/ir/join.def"
    JOIN_COUNT
} net_join;
typedef enum { SENDS_V, SENDS_U } net_sends;
enum { NET_MAX_DENDRITES = 2, NET_MAX_DEPTH = 64 }; /* of one compartment; compartments from a tip to the soma */

typedef enum { STRUCT_LINE, STRUCT_GRID_2D, STRUCT_GRID_3D } net_structure;

/* What the program of a neuron writes into a trace y1, y2 or y3 that learning reads (third factor). */
typedef enum {
    THIRD_UNWRITTEN,
    THIRD_V,
    THIRD_U,
    THIRD_U_INH,
    THIRD_ADAPTATION,
    THIRD_SPIKE,
    THIRD_SOURCES
} net_third_source;
enum { NET_THIRD_FACTORS = 3 };

typedef struct {
    net_third_source of;
    net_num gain, shift, decay; /* y <- y (1 - decay / 4096) + gain * register / 2^shift */
} net_third;

typedef struct {
    net_str name;
    uint32_t size;
    uint32_t shape[3]; /* height, width, channels (size: [h, w, c]); unused ones are 1 */
    uint32_t ndim;
    neuron_model model;
    hmn_span model_at;
    net_activation activation;
    net_reset reset;
    net_ref dendrite_of; /* the population whose neuron i its neuron i is a dendrite of */
    net_sends sends;
    net_join join;
    hmn_span join_at;
    net_third third[NET_THIRD_FACTORS]; /* y1, y2, y3 */
    hmn_span third_at;
    net_value param[NP_COUNT]; /* defaults filled in; only those of the model mean anything */
    net_value init_v, init_u;  /* mV / nA; integers for raw models; given == false: rest and 0 */
    net_structure structure;
    double spacing[3];            /* dx, dy, dz */
    const uint32_t *spike_time;   /* spike_source_array: [step] ... */
    const uint32_t *spike_neuron; /*                     neuron of each */
    uint32_t nspikes;
} net_population;

typedef enum {
    CONN_ALL_TO_ALL,
    CONN_ONE_TO_ONE,
    CONN_FIXED_PROBABILITY,
    CONN_FIXED_NUMBER_PRE,
    CONN_FIXED_NUMBER_POST,
    CONN_FIXED_TOTAL_NUMBER,
    CONN_FROM_LIST,
    CONN_FROM_FILE,
    CONN_DISTANCE,
    CONN_CONV2D
} net_connector_type;

/* Arithmetic over named variables in postfix form; see compiler/expr.h. */
typedef struct net_expr net_expr;

typedef struct {
    net_connector_type type;
    hmn_span at;
    double p_connect;
    uint32_t n;
    bool self, multapses;       /* allow_self_connections; with_replacement */
    uint32_t groups;            /* equal stretches of both sides, each joined with its own number; 0 as 1 */
    const uint32_t *pre, *post; /* from_list / from_file: nrows rows */
    const double *weight;       /*   NULL: the projection's weight key */
    const double *delay;        /*   [steps]; NULL: the projection's delay key */
    uint32_t nrows;
    const net_expr *expression; /* distance_dependent: probability as a function of d */
    double max_distance;        /* infinite when absent */
    uint32_t kernel[2], stride[2], padding[2], in_channels, out_channels; /* conv2d */
    const double *kernel_weight; /* conv2d: [out][in][kh][kw], or NULL: weight key, one draw per kernel entry */
} net_connector;

/* Which of a chip's costs a synaptic event has in models of time and energy. */
typedef enum { EVENT_BY_FORMAT, EVENT_DENSE, EVENT_SPARSE, EVENT_SHARED } net_event_cost;

typedef enum {
    RECEPTOR_EXCITATORY,
    RECEPTOR_INHIBITORY,
    RECEPTOR_MIXED,
    RECEPTOR_EXCITATORY2,
    RECEPTOR_REWARD, /* not current: the third factor of a rule of type spinnaker */
    RECEPTOR_PUNISHMENT
} net_receptor;

static inline bool net_rewards(net_receptor r) { return r == RECEPTOR_REWARD || r == RECEPTOR_PUNISHMENT; }

/* Weights that may not be below 0. */
static inline bool net_excites(net_receptor r)
{
    return r == RECEPTOR_EXCITATORY || r == RECEPTOR_EXCITATORY2 || net_rewards(r);
}

typedef struct {
    net_str name;
    net_ref pre, post; /* populations */
    net_connector connector;
    net_receptor receptor; /* MIXED when receptor_type is absent and weights have both signs: signs as written */
    net_value weight; /* nA (IF_curr_exp), mV (IF_curr_delta), integer (loihi_lif); list: one per synapse in connector
                         order */
    net_value delay;  /* ms */
    net_ref rule;     /* plasticity */
    net_num weight_bits, weight_exp; /* chip-level, given or not */
    net_str sign_mode;               /* "mixed" | "excitatory" | "inhibitory" */
    net_event_cost event_cost;
} net_projection;

/* ---- plasticity: spec of every term in docs/language.md, equations of the paper ---- */
typedef enum { RULE_STATIC, RULE_STDP, RULE_HMN, RULE_TEXT, RULE_PROGRAM } net_rule_type;
typedef enum { TIMED_PAIR, TIMED_NEAREST_PAIR, TIMED_TRIPLET, TIMED_VOGELS } net_timing; /* of RULE_PROGRAM */
typedef enum { PAIRING_STDP, PAIRING_HEBBIAN, PAIRING_RATE } net_pairing;
typedef enum { SIM_KEY, SIM_SCALED_DOT, SIM_COSINE } net_similarity;
typedef enum { PHI_CONSTANT, PHI_UNIFORM, PHI_LIST, PHI_BY_GROUP } net_phi_assign;
typedef enum { PHI_PROJECTION, PHI_PRE, PHI_POST, PHI_SYNAPSE } net_phi_owner;
typedef enum { GATE_PLASTICITY, GATE_ACTIVITY, GATE_BOTH } net_gate;
typedef enum { META_SPSA, META_REINFORCE, META_FINITE_DIFFERENCE } net_meta_method;
typedef enum { ASTRO_ADDITIVE, ASTRO_GAIN, ASTRO_PRESYNAPTIC, ASTRO_ELIGIBILITY } net_astro_effect;

typedef enum { THIRD_NONE, THIRD_HOST, THIRD_NEURON } net_third_factor;
typedef enum { PRE_PLAIN, PRE_OVERWRITE, PRE_ADD, PRE_CARRY } net_graded; /* as rule_graded */

typedef struct { /* eq. 2 */
    net_pairing pairing;
    net_num a_plus, a_minus;
    net_num tau_plus, tau_minus; /* ms */
    net_num tau_fast, tau_slow;  /* ms; tau_fast 0: the epoch's own pairings only; tau_slow not given: no slow trace */
    net_num k_fast, k_slow;      /* share of the pairing term that enters each trace */
} net_traces;

typedef struct { /* eqs 6, 7 */
    bool on;
    net_num beta_g;
    net_similarity similarity;
    net_num null_logit;     /* given: a null modulator with this logit */
    const net_ref *context; /* C(t): the levels of these modulators; none: 1 in every dimension */
    uint32_t ncontext;
} net_global_attention;

typedef struct { /* eqs 10, 11 */
    bool on;
    net_num beta_a;
    net_similarity similarity;
    bool unit_mean;    /* scale: unit_mean | softmax */
    const double *tau; /* ms, d timescales of h and c */
    uint32_t ntau;
    bool optional; /* left out where a target cannot compute it */
} net_local_attention;

typedef struct { /* eq. 4 */
    bool on;
    net_ref oscillation;
    net_phi_assign assign;
    net_phi_owner owner;
    net_value phi; /* rad */
    uint32_t bins;
    uint32_t group_size; /* by_group */
    net_gate gate;
    double open_above; /* gate of firing: open while the cosine is above this */
} net_phase_gate;

typedef struct {
    bool on;
    net_num beta_p, theta_p; /* 1/LSB, LSB */
    net_num lsb;             /* weight of one LSB; not given: the chip's */
} net_probability_gate;      /* eq. 5 */

typedef struct { /* eqs 8, 9 */
    bool on;
    net_meta_method method;
    net_str objective;
    net_num window;        /* trials */
    net_num a0, a0_global; /* first step size for eta_local and eta_global */
    net_num c0, big_a, alpha_exponent, gamma_exponent;
    net_num eta_min, eta_max;
} net_meta;

typedef struct {
    net_str name;
    net_rule_type type;
    bool enabled;
    net_traces traces;
    net_num eta_local, eta_global; /* RULE_STDP: the window times eta_local, times 1 when it is not given */
    const net_ref *modulator;      /* eq. 6: the modulators that enter G_eff */
    uint32_t nmodulators;
    net_global_attention global_attention;
    net_local_attention local_attention;
    net_phase_gate phase_gate;
    net_probability_gate probability_gate;
    net_meta meta;
    net_ref astrocyte;
    net_num w_min, w_max; /* weight units of the projection; not given: the receptor's sign only */
    bool sign_free;
    net_num epoch; /* steps, 1..63 */
    net_num decay; /* weight decay per ms, 0 = none */
    /* type loihi (RULE_TEXT): Lava's sum-of-products text and trace settings */
    net_str dw, dd, dt;
    const hmn_rule *products; /* of these texts; nothing else of it is set */
    net_num x1_impulse, x1_tau, x2_impulse, x2_tau; /* tau in steps */
    net_num y1_impulse, y1_tau, y2_impulse, y2_tau, y3_impulse, y3_tau;
    net_third_factor third_factor;
    net_graded graded_pre;
    /* type spinnaker (RULE_PROGRAM): sPyNNaker's programs; A_plus, A_minus, tau_plus, tau_minus are those of traces */
    net_timing timing;
    bool multiplicative, backprop_delay;
    net_num tau_x, tau_y, a3_plus, a3_minus; /* triplet */
    net_num alpha;                           /* Vogels */
    net_num tau_c, tau_d;                    /* given: neuromodulated */
} net_rule;

typedef enum { MODSRC_SIGNAL, MODSRC_POPULATION, MODSRC_SCHEDULE, MODSRC_CONSTANT } net_modulator_source;

typedef struct {
    net_str name;
    net_num weight;       /* w_k */
    net_num tau;          /* ms; 0: the value itself, not its moving average */
    net_num baseline_tau; /* given: subtract the running mean with this constant (prediction error) */
    net_modulator_source source;
    net_str signal; /* task.NAME or input.NAME */
    net_ref population;
    net_num baseline;                             /* Hz, population source */
    net_num value;                                /* constant */
    const double *schedule_time, *schedule_value; /* ms; step function */
    uint32_t nschedule;
    const double *key; /* kappa_k */
    uint32_t nkey;
} net_modulator;

typedef struct {
    net_str name;
    net_num frequency, phase;
} net_oscillation; /* Hz, rad */

typedef struct {
    net_str name;
    net_ref modulator;        /* E_NE */
    net_num tau, gain, a_max; /* ms; S; A_max */
    net_num hill_n, hill_k;
    net_num lambda;
    net_astro_effect effect;
    bool on;
} net_astrocyte;

typedef enum { STIM_SPIKES, STIM_POISSON, STIM_CURRENT, STIM_DATASET, STIM_FILE } net_stimulus_type;

typedef struct {
    net_str name;
    net_ref target; /* population */
    net_stimulus_type type;
    net_num start, duration;       /* ms */
    net_value rate;                /* poisson: Hz, per neuron */
    net_value amplitude;           /* current: nA (integers added to q for loihi_lif) */
    net_num frequency, phase;      /* current: Hz, rad; not given: it does not alternate */
    net_num offset, deviation;     /* current: nA */
    net_num weight;                /* poisson onto neurons: weight of each spike; not given: target must be a source */
    const uint32_t *step, *neuron; /* spikes and file: sorted by (step, neuron) */
    uint32_t nspikes;
    net_str path;           /* file, resolved against the YAML file's folder */
    net_num present, pause; /* dataset: ms */
    const double *sample;   /* dataset: [nsamples][ncolumns], the first columns are the neurons of the target */
    uint32_t nsamples, ncolumns;
    net_str select; /* task.NAME: active only for the neurons that the task selects; s == NULL: all */
} net_stimulus;

typedef enum { PROBE_SPIKES, PROBE_V, PROBE_U, PROBE_WEIGHT, PROBE_TRACE, PROBE_MODULATOR } net_record;

typedef struct {
    net_str name;
    net_record record;
    net_str variable;      /* as written: spikes v u weight x1 y1 tag level ... */
    const net_ref *target; /* populations, or projections for weight, or modulators for level */
    uint32_t ntargets;
    uint32_t every;  /* steps */
    uint32_t sample; /* at most so many neurons or synapses; 0 = all */
} net_probe;

typedef struct {
    const char *key;
    const char *value;
    hmn_span at;
} net_setting;

/* A number of the machine that the network changes: key and value as in core/describe.h. */
typedef struct {
    const char *key;
    uint64_t value;
    hmn_span at;
} net_change;

/* Neurons first .. first + count - 1 of a population must sit on physical core `site`. */
typedef struct {
    uint32_t population, first, count, site;
    hmn_span at;
} net_place;

/* What does not work in the machine at hand: a chip, a link of one (`which` 0..5), or `which` cores of one. */
typedef enum { FAULT_CHIP, FAULT_LINK, FAULT_CORES } net_fault_kind;

typedef struct {
    net_fault_kind kind;
    uint32_t x, y, which;
    hmn_span at;
} net_fault;

typedef struct { /* target: */
    net_str chip;
    net_num chips, cores, neurons_per_core, weight_bits;
    net_num mesh_width, mesh_height; /* tiles of a chip */
    net_str dialect, rounding, axons;
    net_num v_scale;          /* LSB per mV when given, else chosen */
    const net_change *change; /* machine and costs */
    uint32_t nchanges;
    const net_place *place; /* empty: the compiler places; else every neuron that needs a core is in one row */
    uint32_t nplaces;
    const net_fault *fault;
    uint32_t nfaults;
} net_target;

/* May sources share input axons? */
static inline bool net_population_axons(const net_target *t)
{
    return t->axons.s && strcmp(t->axons.s, "population") == 0;
}

typedef struct {
    const char *path; /* of the main file */
    net_str name, description;
    double dt; /* ms */
    net_population *population;
    uint32_t npopulations;
    net_projection *projection;
    uint32_t nprojections;
    net_rule *rule;
    uint32_t nrules;
    net_modulator *modulator;
    uint32_t nmodulators;
    net_oscillation *oscillation;
    uint32_t noscillations;
    net_astrocyte *astrocyte;
    uint32_t nastrocytes;
    net_stimulus *stimulus;
    uint32_t nstimuli;
    net_probe *probe;
    uint32_t nprobes;
    net_str task; /* task.type; NULL: none */
    const net_setting *task_setting;
    uint32_t ntask_settings;
    net_target target;
    net_num duration; /* run.duration, ms */
    uint64_t seed;
} hmn_net;

#endif
