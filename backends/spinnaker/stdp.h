/* Spike-timing dependent plasticity as a core of the chip computes it: a synapse changes only when its row is fetched,
 * at a presynaptic spike, and then replays what its postsynaptic neuron did since the last one (eqs S51 to S57).
 *
 * Traces and table values are s4.11, weights and amplitudes s16.15; a stored weight is 16 bits, shifted left by the
 * ring shift of its type. All functions are pure; a core's state is an array of stdp_history and its rows. */
#ifndef HMN_BACKENDS_SPINNAKER_STDP_H
#define HMN_BACKENDS_SPINNAKER_STDP_H

#include "backends/spinnaker/lut.h"
#include "backends/spinnaker/ring.h"

typedef enum { TIMING_PAIR, TIMING_NEAREST_PAIR, TIMING_TRIPLET, TIMING_VOGELS } stdp_timing;
typedef enum { WEIGHT_ADDITIVE, WEIGHT_MULTIPLICATIVE, WEIGHT_TWO_TERM } stdp_weight;

/* Which binary the core runs; nothing in its regions says so. */
typedef struct {
    stdp_timing timing;
    stdp_weight weight; /* a triplet rule has two terms and is additive, no other has */
    bool modulated;     /* a third factor: eligibility beside each weight (eq. S57) */
} stdp_kind;

/* Tables of a timing rule: tau+ and tau-, of a triplet also tau_x and tau_y; Vogels has one. */
enum { STDP_PLUS, STDP_MINUS, STDP_X, STDP_Y, STDP_TABLES };
enum { STDP_MAX_TYPES = 8, STDP_EVENTS = 16 };

/* s16.15, of one synapse type. plus3, minus3: of two terms only. */
typedef struct {
    int32_t min, max, plus, minus, plus3, minus3;
} stdp_amplitudes;

/* Region 7, SYNAPSE_DYNAMICS, as read; tables stay in the region. */
typedef struct {
    stdp_kind kind;
    uint32_t backprop_delay; /* 0: the dendritic delay does not shift postsynaptic spikes */
    int32_t alpha;           /* Vogels, s4.11 */
    lut table[STDP_TABLES];
    stdp_amplitudes type[STDP_MAX_TYPES];
    uint32_t ntypes;
    int32_t constant, w_max, w_min; /* modulated: s16.15 */
    lut correlation, dopamine;      /* modulated: tau_c and tau_d */
} stdp_rule;

/* The same in real numbers, as a user gives them; times in one unit. */
typedef struct {
    bool backprop_delay;
    double dt, tau[STDP_TABLES], alpha;
    double min, max, plus, minus, plus3, minus3;
    double scale; /* of weights: 1024 for conductances, else 1 */
    double tau_c, tau_d, w_max, w_min;
} stdp_settings;

/* "pair_additive", "nm_nearest_pair_multiplicative", ...; false: no such rule. */
bool stdp_find(const char *name, stdp_kind *out);

/* False when the region ends too early. */
bool stdp_read(const uint32_t *region, uint32_t nwords, stdp_kind kind, uint32_t ntypes, stdp_rule *out);
/* Writes the region as the host tools do, all types alike; yields the words it takes. region NULL: only those. */
uint32_t stdp_write(uint32_t *region, stdp_kind kind, uint32_t ntypes, const stdp_settings *s);

/* ---- what a neuron did ---- */

typedef struct {
    int16_t o1, o2;
    uint32_t last; /* triplet: time of the spike that o2 does not hold yet, 0: none */
} stdp_post_trace;

/* Entry 0 stands for none, of time 0 and trace 0; all bytes 0 is the state at the start. */
typedef struct {
    uint32_t newest;  /* entry */
    uint32_t rewards; /* bit i: entry i is a reward, not a spike */
    uint32_t lost;    /* entries shifted out because all were taken */
    uint32_t time[STDP_EVENTS];
    stdp_post_trace trace[STDP_EVENTS];
    int16_t level[STDP_EVENTS]; /* of the third factor, s4.11 */
} stdp_history;

/* Bytes of a neuron's history in the core's data memory. */
uint32_t stdp_history_bytes(stdp_kind kind);

/* The entries of a span of time: begin < time <= end. */
typedef struct {
    uint32_t previous, next, count; /* entry before the first one; first one; how many */
    uint32_t rewards;               /* bit k: event k is a reward */
    bool any;                       /* previous is not entry 0 */
} stdp_window;

stdp_window stdp_window_of(const stdp_history *h, uint32_t begin, uint32_t end);

/* ---- rules ---- */

typedef struct {
    const stdp_rule *rule;
    const uint32_t *region;
    const uint32_t *shift; /* ring shift of each type */
    row_format format;
} stdp_core;

typedef struct {
    int16_t r1, r2;
} stdp_pre_trace;

stdp_post_trace stdp_decay_post(const stdp_core *c, uint32_t t, uint32_t last, stdp_post_trace trace);
stdp_post_trace stdp_add_post(const stdp_core *c, uint32_t t, uint32_t last, stdp_post_trace trace);
stdp_pre_trace stdp_add_pre(const stdp_core *c, uint32_t t, uint32_t last, stdp_pre_trace trace);

/* A spike of one side, as a synapse sees it: its own time and trace, and the last spike of the other side. */
typedef struct {
    uint32_t time, other_time;
    stdp_pre_trace pre;     /* new at a presynaptic spike, the last one at a postsynaptic spike */
    stdp_post_trace post;   /* the last one at a presynaptic spike, that of the spike at a postsynaptic one */
    uint32_t previous_post; /* at a postsynaptic spike: time of the one before */
} stdp_spike;

int32_t stdp_apply_pre(const stdp_core *c, const stdp_spike *s, int32_t weight, uint32_t type);
int32_t stdp_apply_post(const stdp_core *c, const stdp_spike *s, int32_t weight, uint32_t type);

/* ---- events ---- */

/* The neuron of this history fired in `step`. */
void stdp_fired(const stdp_core *c, stdp_history *h, uint32_t step);

/* Words before the weights: last presynaptic time, trace. */
uint32_t stdp_head_words(stdp_kind kind);
/* The half-word of synapse k's weight behind them; of a modulated rule its eligibility follows. */
static inline uint32_t stdp_weight_half(stdp_kind kind, uint32_t k) { return kind.modulated ? 2 * k : k; }
/* Plastic words of a row of n synapses. */
uint32_t stdp_plastic_words(stdp_kind kind, uint32_t n);

/* A row that delivers rewards instead of spikes (modulated rules): its first plastic word says so. */
static inline bool stdp_is_reward(stdp_kind kind, const uint32_t *row)
{
    return kind.modulated && row[0] > 0 && row[1] >> 31;
}
uint32_t stdp_reward_flags(bool reward, uint32_t type);
/* Half a word of concentration and a neuron: a control of such a row. concentration: s4.11, not negative. */
uint32_t stdp_reward_control(uint32_t concentration, uint32_t neuron);

/* False when a row lacks words for its synapses, or names a type or neuron that there is not. */
bool stdp_row_fits(const stdp_core *c, const row_view *row, bool reward, uint32_t nneurons);

/* The plastic part of a row whose spike is handled in `step`, `late` steps after it was sent. Changes the plastic
 * words and the ring buffers. */
void stdp_serve(const stdp_core *c, const stdp_history *history, uint16_t *ring, row_view *row, uint32_t step,
                uint32_t late, ring_counters *count);
/* A row of rewards: changes histories only. */
void stdp_reward(const stdp_core *c, stdp_history *history, const row_view *row, uint32_t step);

#endif
