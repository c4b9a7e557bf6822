/* The learning of the Loihi family restated: traces, tags, weights, registers and biases as docs/chips/loihi.md writes
 * them (L11 to L16, L40 to L48), from the quantised network and the spikes of each step. It shares no arithmetic with
 * the emulator and is told nothing by it but where synapses lie, which keys their draws; so that two programs agree bit
 * for bit or one of them is wrong. */
#ifndef HMN_TOOLS_RELEARN_H
#define HMN_TOOLS_RELEARN_H

#include "core/machine/machine.h"
#include "tools/source.h"

enum { RELEARN_EPOCH = 63, RELEARN_GROUPS = 8 };

/* A learning axon or a compartment with plastic synapses. */
typedef struct {
    uint32_t neuron;                  /* global: source of an axon */
    uint32_t place;                   /* axon of the core, compartment */
    uint32_t owner;                   /* key of the draws */
    uint32_t set;                     /* bit k: trace k has a setting */
    uint32_t impulse[3], keep[3];     /* of x1 x2, or y1 y2 y3: L11, L12 */
    uint32_t value[3];                /* as the epoch began */
    uint32_t was;                     /* last, in the epoch before */
    uint32_t last;                    /* step of the epoch, from 1, of the last spike; 0: none */
    uint32_t counts, one;             /* L55: n: spikes count register n - 1, of which 2^one is 1; 0: they count 1 */
    int64_t count;                    /* of the last spike */
    uint32_t written;                 /* L54: n: register n - 1 is written into y3; 0: none */
    uint8_t at[3][RELEARN_EPOCH + 1]; /* after each step of the epoch; 0: as it began */
    int64_t norm[RELEARN_GROUPS];     /* L44, of compartments */
} relearn_traces;

typedef struct {
    uint32_t axon, post, projection, edge, rule, key;
    int32_t w, d, t;
    /* of the last epoch of the engine, for tools/terms.h */
    int32_t w_before, d_before, t_before;
    uint64_t alpha;
    int64_t drawn, moved; /* sum of drawn products, what joined the weight, in 2^-7 steps */
    bool applied;
} relearn_synapse;

typedef struct {
    uint32_t epoch; /* steps; 0: nothing learns here */
    bool even;
    relearn_traces *axon, *post;
    uint32_t naxons, nposts;
    relearn_synapse *synapse; /* in memory order, the number of a synapse is its place */
    uint32_t nsynapses;
} relearn_core;

struct relearn_manager;

typedef struct {
    const hmn_qnet *q;
    uint64_t seed;
    uint32_t step;
    relearn_core *core;
    uint32_t ncores;
    struct relearn_manager *manager;
    uint8_t *fired, *arrived; /* [neurons]: in this step, in the step before */
    int32_t *heard;           /* [channels]: as the step before left them */
} relearn;

/* NULL where the network has something that is not restated; *why says what. The machine has not stepped yet. */
relearn *relearn_new(const source *s, const hmn_machine *m, const char **why);

void relearn_modulate(relearn *r, uint32_t modulator, double value);
void relearn_trial(relearn *r, double score);

/* The end of a step in which these neurons fired. */
void relearn_end(relearn *r, const uint32_t *spike, uint32_t count, bool learning);

/* What is added to v each step, of a neuron with homeostasis; false: its bias does not move. */
bool relearn_bias(const relearn *r, uint32_t neuron, int32_t *bias);
int32_t relearn_channel(const relearn *r, uint32_t channel);

/* The first thing that differs, and how many values were compared. */
typedef struct {
    bool differ;
    uint32_t step;
    char what[16];      /* "weight", "x1", "register r1" */
    uint32_t pre, post; /* global; a trace has one of them, a register its number in pre: UINT32_MAX otherwise */
    int64_t chip, restated;
    uint64_t compared;
} relearn_difference;
void relearn_compare(const relearn *r, const hmn_machine *m, hmn_arena *scratch, relearn_difference *out);

/* relearn_manager.c */
struct relearn_manager *relearn_manager_new(const hmn_qnet *q, uint64_t seed, hmn_arena *a);
void relearn_manager_set(struct relearn_manager *m, uint32_t modulator, double value);
void relearn_manager_trial(struct relearn_manager *m, double score);
/* fired: [neurons]. */
void relearn_manager_step(struct relearn_manager *m, uint32_t step, const uint8_t *fired, bool learning);
int32_t relearn_manager_channel(const struct relearn_manager *m, uint32_t channel);
int32_t relearn_manager_reward(const struct relearn_manager *m, uint32_t channel); /* r0 */
bool relearn_manager_bias(const struct relearn_manager *m, uint32_t neuron, int32_t *bias);
double relearn_manager_sum(const struct relearn_manager *m, uint32_t channel); /* m_c before it is rounded, in steps */

/* relearn_synapse.c: spikes of a step on a core, and the end of an epoch. */
void relearn_core_step(relearn *r, uint32_t core, bool learning);
int64_t relearn_chance_of(const rule_draw *d, int64_t sum); /* p of L45, in 1/65536 */

#endif
