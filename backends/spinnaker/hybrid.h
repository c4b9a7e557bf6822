/* The HMN rule on a core of the chip: equations 2 to 6, 10 and 11 deferred to the presynaptic spike, exactly (eqs S60
 * to S68 of docs/chips/spinnaker-synapses.md). There is no such binary upstream; region and rows are ours, the style is
 * its: integers of 16 and 32 bits, products of 64, tables instead of exponentials, everything in flat words.
 *
 * A synapse changes when its row is fetched: at a spike of its source, or by the sweep that fetches every row at least
 * once in `depth` epochs. Either way it replays, step by step in order, the spikes of both sides and the ends of epochs
 * since the last time. Nothing is approximated by waiting: eligibilities are kept as they will be at the end of the
 * current epoch, so that they change at spikes and epochs' ends only, never because someone looked.
 *
 *   step t of a synapse:  1. x: a spike of the source, fired in t - 1     psi_k -= minus_k[e - t] y
 *                         2. z: the target fires in t                     psi_k += plus_k[e - t] x
 *                         3. t = e, the epoch's last step                 w += m_bin (psi_fast + psi_slow) 2^-shift
 *                                                                         psi_k = psi_k keep_k
 *
 * Traces x, y are u17.15. A row's plastic words:
 *
 *   0  arrival of the last spike of the source, step + 1; 0: none yet
 *   1  first step that is not replayed yet
 *   2  x at that arrival
 *   3  number of the first synapse in its projection
 *   4  |31 projection 8|7 rule 4|3 bin 0|
 *  [5..  h at that arrival, a word a timescale; then the number of the row among those that learn: with attention]
 *  [..   what that arrival counts, u17.15: where spikes count by a register]
 *   5..  per synapse half-words: weight (signed), fast, [slow], [bin], low half first
 *
 * The type field of a control is the sign that a weight of a rule without sign: free keeps (0 up, 1 down). */
#ifndef HMN_BACKENDS_SPINNAKER_HYBRID_H
#define HMN_BACKENDS_SPINNAKER_HYBRID_H

#include "backends/spinnaker/ring.h"

enum { HYBRID_RULES = 16, HYBRID_HISTORIES = 4, HYBRID_BINS = 16, HYBRID_HEAD = 5, HYBRID_MAX_EPOCH = 63 };
enum { HYBRID_TIMESCALES = 4, HYBRID_MAX_ROWS = 1 << 19 };
enum { HYBRID_ONE = 1 << 15 };       /* a trace of 1 */
enum { HYBRID_SILENT = UINT16_MAX }; /* no register */

typedef enum {
    HYBRID_SLOW = 1,         /* a slow eligibility beside the fast one */
    HYBRID_MINUS = 2,        /* presynaptic spikes take */
    HYBRID_FREE = 4,         /* a weight may change its sign */
    HYBRID_STOCHASTIC = 8,   /* a change rounds at random, else to nearest */
    HYBRID_SYNAPSE_BIN = 16, /* a bin a synapse, else one a row */
    HYBRID_MEAN = 32         /* attention: times the fan-in */
} hybrid_flag;

typedef struct {
#define HYBRID(field, meaning) uint32_t field;
#include "backends/spinnaker/hybrid.def"
#undef HYBRID
    uint32_t ring;   /* first word of its broadcasts in the state */
    uint32_t shares; /* and of what its attention keeps */
    uint32_t factor; /* and of the factors of pairings, a half-word a step of the window */
    uint32_t counts; /* and of what a spike counts in this step */
} hybrid_rule;

/* exp(-t / tau) as a product: 31 fine values for 1..31 steps, then coarse ones for 32, 64, ...; 0 beyond. u0.16. */
typedef struct {
    uint32_t table, size;
} hybrid_decay;

/* A region as read. */
typedef struct {
    uint32_t nrules, nhistories;
    uint32_t window; /* words of 32 steps in a history */
    uint32_t rows;   /* rows that learn, where a rule attends; else 0 */
    hybrid_decay history[HYBRID_HISTORIES];
    hybrid_rule rule[HYBRID_RULES];
    uint32_t nneurons, nstate; /* words of state */
    uint32_t active;           /* first word of a bit a row: its source's h is not 0 */
} hybrid_rules;

/* A rule in real numbers. Times in steps; what is added to eligibilities in their own steps, for a trace of 1. */
typedef struct {
    uint32_t epoch, bins, depth, flags;
    double tau_plus, tau_minus; /* of x and y; tau_minus counts with HYBRID_MINUS */
    double plus[2], minus[2];   /* of the fast and the slow eligibility */
    double tau[2];              /* 0: forgets at the end of an epoch */
    uint32_t weight_shift;
    int32_t w_min, w_max;
    double lose; /* share of a weight an epoch */
    bool gate;   /* equation 5: p = sigma(beta (|dw| - theta)), dw in steps of the weight */
    double beta, theta;
    uint32_t type[2], drop[2];                         /* up, down */
    uint16_t channel[HYBRID_BINS];                     /* register that each bin hears, HYBRID_SILENT: none */
    uint32_t timescales;                               /* of attention, equations 10 and 11; 0: none */
    double attend_tau[HYBRID_TIMESCALES], attend_gain; /* octaves of the logit for h = c = 1 at one timescale */
    uint32_t projection;                               /* whose synapses attention sums over; else 0 */
    /* Registers, n: number n - 1, 0: none, and the bits of which they are 1: what pairings are times, and what a
     * presynaptic spike counts. */
    uint32_t pairs_by, pairs_one, counts_by, counts_one;
} hybrid_settings;

/* Writes the region of these rules, yields its words; region NULL: only those. */
uint32_t hybrid_write(uint32_t *region, const hybrid_settings *rule, uint32_t nrules, uint32_t rows);
/* Words of state that these rules take on a core of n neurons and so many rows that learn. */
uint32_t hybrid_state_words(const hybrid_settings *rule, uint32_t nrules, uint32_t n, uint32_t rows);
/* False when it ends too early or names what there is not. */
bool hybrid_read(const uint32_t *region, uint32_t nwords, uint32_t nneurons, hybrid_rules *out);

/* Steps after which a presynaptic spike has left nothing: x and both eligibilities are 0 at the latest. */
uint32_t hybrid_lifetime(const hybrid_settings *rule);

typedef struct {
    uint32_t saturated; /* eligibilities that met 16 bits, shares that met 31 */
    uint32_t late;      /* epochs whose broadcast was gone when a row asked for it */
    uint32_t changed;   /* weights written with another value */
    uint32_t replayed;  /* synapses brought up to date */
    uint32_t ends;      /* ends of epochs that were evaluated */
    uint32_t pairings;  /* of a spike with a trace */
    uint32_t ring;      /* additions that met 65535 */
    uint32_t attended;  /* synapses that joined a sum of attention */
    uint32_t alphas;    /* alphas of equation 10 */
} hybrid_counters;

typedef struct {
    const hybrid_rules *rules;
    const uint32_t *region;
    uint32_t *state; /* rules->nstate words, all 0, then hybrid_start for each row */
    row_format format;
    uint64_t seed;
    hybrid_counters *count;
} hybrid_core;

/* Once for each row, before the first step: counts the fan-in of attention. */
void hybrid_start(const hybrid_core *c, const row_view *row);
/* Before the neurons of step t are updated. */
void hybrid_begin(const hybrid_core *c, uint32_t t);
/* The neuron fires in step t. */
void hybrid_fired(const hybrid_core *c, uint32_t neuron, uint32_t t);
/* The end of step t: the factors of astrocytes and, where an epoch ends, its broadcasts, a number a register. learning
 * false: weights stay. */
void hybrid_listen(const hybrid_core *c, uint32_t t, const int32_t *channel, uint32_t nchannels, bool learning);

/* Attention (eq. S67), after hybrid_listen: sums over the fan-in of every neuron. False where nothing is to be summed;
 * else hybrid_attend for each row that hybrid_active names, ascending, then hybrid_attended. */
bool hybrid_attends(const hybrid_core *c, uint32_t t);
/* The first row from `from` on whose source was active; UINT32_MAX: none. */
uint32_t hybrid_active(const hybrid_core *c, uint32_t from);
void hybrid_attend(const hybrid_core *c, const row_view *row, uint32_t t);
void hybrid_attended(const hybrid_core *c, uint32_t t);

/* Rows that the sweep fetches at the end of each step, of `rows` in all: all of them within depth - 1 epochs, and one
 * at least, because what waits is done at once when the source fires. */
uint32_t hybrid_sweep(const hybrid_rules *r, uint32_t rows);

/* Plastic words of a row of n synapses, and of its head. */
uint32_t hybrid_plastic_words(const hybrid_rule *r, uint32_t n);
uint32_t hybrid_head_words(const hybrid_rule *r);
/* Where a row stands: its first synapse's number in the projection, its own among the rows of the core that learn. */
typedef struct {
    uint32_t first, number, projection, rule, bin;
} hybrid_place;
/* Fills the head of a row; all else 0. */
void hybrid_row_head(const hybrid_rule *r, uint32_t *plastic, const hybrid_place *p);
/* Of a row of a rule with attention. */
uint32_t hybrid_row_number(const hybrid_rule *r, const uint32_t *plastic);
static inline uint32_t hybrid_row_rule(const uint32_t *plastic) { return plastic[4] >> 4 & 15; }

/* Half-words of synapse i, from the first behind the head. */
uint32_t hybrid_half(const hybrid_rule *r, uint32_t i);
enum { HYBRID_WEIGHT, HYBRID_FAST, HYBRID_SLOW_WORD };

/* False when a row lacks words or names what there is not. */
bool hybrid_row_fits(const hybrid_core *c, const row_view *row);

/* Brings a row up to date: steps up to `step`, that included, are replayed. The sweep. */
void hybrid_settle(const hybrid_core *c, row_view *row, uint32_t step);
/* A spike that the source fired in `step`, handled `late` steps after it: replays up to it, then adds the weights to
 * the ring buffers. */
void hybrid_serve(const hybrid_core *c, uint16_t *ring, row_view *row, uint32_t step, uint32_t late,
                  ring_counters *count);

#endif
