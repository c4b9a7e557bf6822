/* The network in the chip's integers, with a report of what that cost. Same shape as the graph: same
 * populations, projections and synapse order, so that row e here is row e there.
 *
 * Made by compiler/quantise.c through chip->quantise. Neuron parameters are columns of the chip's own
 * neuron table (chip->neuron_table), so the passes between need not know what they mean. */
#ifndef HMN_IR_QNET_H
#define HMN_IR_QNET_H

#include "core/base/arena.h"
#include "core/ir/graph.h"
#include "core/ir/schema.h"
#include "core/isa/rule.h"

typedef struct {
    const int32_t *v;
    uint32_t stride;
} qnet_column; /* stride as in graph_param; v == NULL: 0 */

enum { QNET_MAX_PORTS = 4 };

/* Homeostasis of one neuron: b <- b + rise every QNET_BIAS_EPOCH steps, b <- b - drop a spike; in units of the
 * register of the bias, s47.16. Limited to +-most, written rounded to multiples of 2^shift. */
enum { QNET_BIAS_EPOCH = 8 };
typedef struct {
    int64_t rise_q16, drop_q16;
    int32_t start, most;
    uint32_t shift;
} qnet_bias;

typedef struct {
    qnet_column column[SCHEMA_MAX_COLUMNS]; /* of chip->tables[chip->neuron_table], or of the chip's own program; unused
                                               for sources */
    uint32_t program;                       /* which program its cores run, where the chip has several */
    int32_t shift[QNET_MAX_PORTS];          /* of the accumulators, where each has its own scale */
    qnet_column init_v, init_u;
    double v_lsb, v_zero;  /* real v = v_zero + v_lsb * register, mV; raw models: 1 and 0 */
    double u_lsb;          /* real current = u_lsb * register, nA */
    const qnet_bias *bias; /* [size] homeostasis, kept by the management processor; NULL: none */
    const uint8_t *gate;   /* [size] 0: none; n: gate n - 1 of the qnet. NULL: none has one */
} qnet_population;

typedef enum { SIGN_MIXED = 1, SIGN_EXCITATORY = 2, SIGN_INHIBITORY = 3 } qnet_sign;

typedef struct {
    const int32_t *weight; /* [nsynapses] on the chip's weight scale (before the exponent) */
    const uint16_t *delay; /* [nsynapses] chip's delay field */
    /* Synapses by target, where chip->usage wants them: those of postsynaptic neuron i are in_row[i] .. in_row[i + 1],
     * in_pre their presynaptic neurons (local, ascending), in_edge their numbers. NULL: not made. */
    const uint32_t *in_row, *in_pre, *in_edge;
    bool alike; /* all synapses have the same weight and delay field; false: perhaps */
    int32_t weight_exp, weight_bits, delay_bits, tag_bits;
    qnet_sign sign;
    uint32_t event_cost;      /* net_event_cost */
    uint32_t port;            /* which of the target's accumulators spikes enter; 0 where there is one */
    int32_t w_min, w_max;     /* bounds of plastic weights on the weight scale */
    uint32_t rule;            /* index into qnet.rule (microcode), NET_NONE: static */
    const uint32_t *bin_rule; /* [bins] the rule of each phase bin that occurs (they differ in the register alone);
                                 NULL: no phase gate */
    double w_lsb;             /* real weight = w_lsb * weight */
    /* Where chip->learn lowers rules: the register of each phase bin (one without a gate), NET_NONE where a bin does
     * not occur, and the real value of one step of them. NULL: it does not learn. */
    const uint32_t *bin_channel;
    double channel_unit;
    uint32_t own_channel; /* n: register n - 1 is an astrocyte's factor of pairings or spikes; 0: none */
} qnet_projection;

/* Equation 7 as the management processor computes it: shares of a softmax in base 2 over the modulators of a
 * channel. s15.16. */
enum { QNET_MAX_TERMS = 16, QNET_MAX_DIMENSIONS = 16 };
typedef struct {
    uint32_t similarity; /* net_similarity */
    uint32_t nmodulators, dimensions;
    uint32_t modulator[QNET_MAX_TERMS];
    int32_t gain_q16[QNET_MAX_TERMS][QNET_MAX_DIMENSIONS]; /* beta_g log2(e) kappa, over sqrt(d) or its length */
    uint32_t context[QNET_MAX_DIMENSIONS];                 /* modulators, NET_NONE: 1 */
    uint32_t null;                                         /* 1: a null modulator takes part */
    int32_t null_q16;
} qnet_attention;

/* A broadcast modulator register, evaluated by the management processor at each epoch's end:
 * r1 = sat8(round((base + sum_k gain_k gamma_k E_k) max(0, cos(Phi - phase)))). base = eta_l / unit and
 * gain_k = eta_g w_k / unit of eqs 3 and 6; unit is what one step of the register stands for. Fixed point s15.16. */
typedef struct {
    uint32_t modulator[QNET_MAX_TERMS]; /* net indices */
    int32_t gain_q16[QNET_MAX_TERMS];
    uint32_t nterms;
    int32_t base_q16;
    uint32_t epoch;       /* steps; 0 acts as 1 */
    uint32_t attention;   /* 0: gamma_k = 1; n: attention n - 1 */
    uint32_t oscillation; /* 0: no phase gate; n: oscillation n - 1 of the net */
    uint32_t phase;       /* of the gate, in turns of 2^32 */
    uint32_t carry;       /* 1: what rounding leaves joins the next epoch's sum */
    uint32_t wide;        /* 1: 16 bits */
    uint32_t reward;      /* 1: a rule reads r0, which the modulators' spikes set */
    uint32_t rates;       /* 0: fixed; n: row n - 1 of qnet.rates */
    uint32_t astrocyte;   /* 0: none; n: row n - 1 of qnet.astrocyte */
    uint32_t multiplies;  /* 1: by max(0, 1 + lambda M); 0: lambda_q16 M is added */
    uint32_t lags;        /* 1: M as the step before left it */
    uint32_t written;     /* neurons into whose third trace it is written */
    int32_t lambda_q16;
    double unit;
} qnet_channel;

/* A gate of firing (equation 4, gate: activity): its neurons are held while cos(Phi - phase) <= above. */
typedef struct {
    uint32_t oscillation; /* of the net */
    uint32_t phase;       /* in turns of 2^32 */
    int32_t above_q16;
    uint32_t neurons; /* how many it holds */
} qnet_gate;

/* Equations 8 and 9 for the rates of one rule, s15.16; see core/machine/rates.h. [0] local, [1] global. */
typedef struct {
    uint32_t rule, method, window, part;
    int32_t start[2], low[2], high[2], a0[2], c0, alpha, gamma;
    int64_t stability;
} qnet_rates;

/* See core/machine/astrocytes.h. */
enum { QNET_HILL_POINTS = 65 };
typedef struct {
    uint32_t net; /* index into net.astrocyte */
    uint32_t rate;
    int32_t gain, most, effect[QNET_HILL_POINTS];
} qnet_astrocyte;

/* What the integers of a lowered rule stand for. */
typedef struct {
    double tag[2]; /* eligibility of one step of t and of d; 0: none */
    double now;    /* share of the last pairings of an epoch that acts at its end */
    double chance; /* all rates are times this in place of equation 5 */
    double counts; /* what a presynaptic spike counts at most; 0: 1 */
} qnet_units;

typedef enum { VERDICT_EXACT, VERDICT_QUANTISED, VERDICT_APPROXIMATED, VERDICT_REFUSED } qnet_verdict;

/* One row of the lowering report. Errors are of the real value, in `unit`. */
typedef struct {
    const char *subject;  /* "population exc" or "projection in_exc" */
    const char *quantity; /* "tau_m", "weight", "equation 5" */
    const char *unit;
    qnet_verdict verdict;
    uint32_t bits;
    double scale; /* real value of one LSB, 0 when it does not apply */
    double max_error, rms_error;
    uint64_t count, saturated;
    const char *note; /* what was done; of a refusal, what would work; or NULL */
} qnet_report_row;

typedef struct {
    const hmn_graph *graph;
    const struct hmn_chip *chip; /* the one that quantise works for, as the network describes it */
    qnet_population *population;
    qnet_projection *projection;
    hmn_rule *rule;
    qnet_units *units; /* [nrules]; NULL where the chip lowers rules itself */
    uint32_t nrules;   /* lowered learning rules, filled by the learn pass */
    qnet_channel *channel;
    uint32_t nchannels;
    qnet_attention *attention;
    uint32_t nattentions;
    qnet_gate *gate;
    uint32_t ngates;
    const void *learning; /* what chip->learn made, for the chip's own passes */
    qnet_rates *rates;
    uint32_t nrates;
    qnet_astrocyte *astrocyte;
    uint32_t nastrocytes;
    qnet_report_row *report;
    uint32_t nreport;
    size_t report_cap;
} hmn_qnet;

static inline int32_t qnet_at(qnet_column c, uint32_t i) { return c.v ? c.v[(size_t)i * c.stride] : 0; }

/* The learning rule of a synapse of a plastic projection. */
static inline uint32_t qnet_rule_of(const hmn_qnet *q, uint32_t projection, uint64_t synapse)
{
    const qnet_projection *p = &q->projection[projection];
    return p->bin_rule ? p->bin_rule[q->graph->projection[projection].bin[synapse]] : p->rule;
}

/* Appends a row to the report; texts must live as long as the arena. */
void quantise_report_add(hmn_qnet *q, hmn_arena *a, qnet_report_row row);

/* Reports that a constant would become zero on the chip, and which value would not: the least, or the greatest where
 * the value is beyond it. what: "i_offset of population 'a'". Returns false. */
bool quantise_lost(hmn_diag *d, hmn_span at, const char *what, double value, double bound, const char *unit);

/* Makes in_row, in_pre and in_edge of a projection, by counting. */
void qnet_index_targets(hmn_qnet *q, uint32_t projection, hmn_arena *a);

#endif
