/* One emulated core: rom is what boot decodes from the tables, state is all that evolves. Both are single blocks
 * without pointers; arrays are found by byte offsets kept in rom. npad: compartments rounded up to a power of two
 * of at least 16, so that ring indices wrap by a mask.
 *
 *   rom:    loihi_rom | arrays of 64-byte aligned columns          state:  loihi_state | arrays
 */
#ifndef HMN_BACKENDS_LOIHI_CORE_H
#define HMN_BACKENDS_LOIHI_CORE_H

#include "backends/loihi/pack.h"
#include "core/chip.h"

enum { CORE_MAX_SLOTS = 64, CORE_MAX_COMPARTMENTS = 8192, CORE_MAX_EPOCH = 63 };

typedef enum { RUN_STATIC, RUN_PLASTIC, RUN_SUM } run_kind;

/* A stretch of synapses of one axon, of one format and projection. */
typedef struct {
    uint32_t first; /* RUN_PLASTIC: index of plastic synapses; others: of static ones */
    uint32_t count;
    uint32_t projection;
    uint16_t format; /* row of formats */
    uint8_t kind;    /* run_kind */
    uint8_t port;    /* accumulator */
    uint8_t sum;     /* where the format shifts sums: which of them */
    uint64_t delays; /* bit d: a synapse of the run may have delay field d */
} core_run;

/* What a compartment's program does beyond eq. L1-L5 (eq. M1-M6). */
typedef struct {
    int32_t keep_u2, keep_risen; /* 4096 - decay */
    int32_t step, reset;
    uint8_t graded, payload_exp, subtract, two, silent;
} core_program;

/* The dendrites of a compartment: theirs are lower numbers, `first` and `second` compartments before it (0: none). */
typedef struct {
    uint16_t first, second;
    uint8_t join, sends_u;
} core_join;

/* What a program writes into y1, y2 or y3 (eq. M8). */
typedef struct {
    int32_t keep, gain; /* 4096 - decay */
    uint8_t source, shift;
} core_third;

typedef struct {
    uint16_t compartment, gate;
} core_gated;

/* A learning rule as the engine walks it. */
typedef struct {
    hmn_rule rule;
    uint32_t channel, epoch, graded;
    uint32_t group;              /* number of its sum of attention on this core */
    uint32_t counts, counts_one; /* n: weights are times register n - 1; 2^one of it is 1 */
    uint32_t ticks;              /* log2 of the engine's epochs from one change of the weight to the next */
    bool held;
} core_profile;

enum { CORE_CURVE = 256 }; /* entries of a decay curve */

typedef struct {
    uint64_t seed;
    uint32_t core;
    uint32_t n, npad, slots, axons, first_learning, nlearning, epoch; /* axons: lines, an atom of an axon each */
    uint32_t shared; /* input axons of the tables when some have several atoms, else 0 */
    uint32_t nformats, nprofiles, npre, npost;
    uint32_t nruns, nstatic, nplastic, nsums, nroutes;
    uint32_t dialect;
    uint32_t planes; /* sets of traces: one, or one a profile in dialects other than chip */
    uint32_t ncurves;
    uint32_t early; /* dialect lava: learning synapses serve a spike in the step in which it is fired */
    uint32_t u_mode, v_mode;
    uint32_t q_wraps, z_wraps;
    uint32_t touches;
    uint32_t noisy;    /* some compartment has noise */
    uint32_t programs; /* some compartment runs a program: the columns of at_program are there */
    uint32_t joins;    /* some compartment has dendrites: programs and the columns of at_join are there */
    uint32_t counting; /* spikes of some axons count a register: the column st_counts is there */
    uint32_t steered;  /* registers are written into y3 of some compartments */
    uint32_t writes;   /* some compartment writes third factors: programs and the columns of at_third are there */
    uint32_t ports;    /* accumulators of a compartment */
    uint32_t even;     /* some rule rounds: traces decay by even draws */
    uint32_t restless; /* some compartment has a bias: an idle core may fire */
    /* byte offsets of arrays in rom */
    uint32_t at_keep_u, at_keep_v, at_vth, at_bias, at_refractory, at_vmin, at_vmax; /* int32 [npad] */
    uint32_t at_below;                                                               /* int32 [npad] */
    uint32_t at_noise_exp, at_noise_mant, at_noise_at_v, at_post_trace;              /* int8, uint8 [npad] */
    uint32_t at_init_u, at_init_v;                                                   /* int32 [npad] */
    uint32_t at_program;                                                             /* core_program [n] */
    uint32_t at_join;                                                                /* core_join [n] */
    uint32_t at_third;                                                               /* core_third [n][3] */
    uint32_t at_axon_run;                                                            /* uint32 [axons + 1] */
    uint32_t at_axon_words, at_axon_synapses;                                        /* uint32 [axons] */
    uint32_t at_line;                                                                /* uint32 [shared + 1] */
    uint32_t at_pre_trace;                                                           /* uint8 [nlearning] */
    uint32_t at_run;                                                                 /* core_run [nruns] */
    uint32_t at_fixed;                     /* uint32 [nstatic]: weight s16 : cell u16 = delay * npad + compartment */
    uint32_t at_raw;                       /* int16 [nstatic]: weight on the 8-bit scale */
    uint32_t at_plastic;                   /* loihi_synapse [nplastic]: as loaded */
    uint32_t at_route_row;                 /* uint32 [n + 1] */
    uint32_t at_route_core, at_route_axon; /* uint32 [nroutes] */
    uint32_t at_format;                    /* loihi_format [nformats] */
    uint32_t at_pre, at_post;              /* uint16 [2] a row; uint16 [2 * 3] a row: impulse, decay */
    uint32_t at_y3_register;               /* uint8 [npost] 0: none; n: register n - 1 */
    uint32_t at_counts;                    /* uint8 [npre][2]: 0: none; n: register n - 1; bits of which it is 1 */
    uint32_t at_profile;                   /* core_profile [nprofiles] */
    uint32_t at_curve;                     /* uint64 [ncurves][256]: x decayed by a step, s31.32 */
    uint32_t ngroups, ndraws;
    uint32_t ngated;    /* compartments whose firing is gated */
    uint32_t at_gated;  /* core_gated [ngated] */
    uint32_t seconds;   /* some format has a second tag */
    uint32_t at_fan_in; /* uint32 [ngroups][npad]: synapses of a sum of attention */
    uint32_t at_draw;   /* uint32 [ndraws][129]: thresholds of the probability gate */
    uint32_t at_number; /* uint32 [nplastic] with draws: the key of a synapse, see boot.c */
    uint32_t bytes;
    /* byte offsets of arrays in state */
    uint32_t st_u, st_v, st_refractory;  /* int32 [npad] */
    uint32_t st_bias;                    /* int32 [npad]: as loaded, until the management processor writes another */
    uint32_t st_ring;                    /* int32 [ports * slots * npad] */
    uint32_t st_u2, st_risen;            /* int32 [npad] with programs */
    uint32_t st_third;                   /* int32 [3][npad] where neurons write third factors */
    uint32_t st_touched;                 /* uint8 [slots * npad] with touches: 1 where a spike arrives */
    uint32_t st_sums;                    /* int32 [nsums * slots * npad] */
    uint32_t st_weight, st_tag;          /* int16 [nplastic] */
    uint32_t st_delay;                   /* uint8 [nplastic] */
    uint32_t st_second;                  /* int16 [nplastic] with second tags */
    uint32_t st_tx, st_x1, st_x2;        /* uint8 [planes][nlearning, rounded up to 8] */
    uint32_t st_counts;                  /* uint16 [nlearning]: what the last spike counts */
    uint32_t st_ty, st_y1, st_y2, st_y3; /* uint8 [planes][npad] when something learns */
    uint32_t st_held;                    /* int16 [planes][3][npad]: y that the host wrote; none in dialect chip */
    uint32_t st_late_x, st_late_y;       /* uint8 [planes][...]: bit k: trace k rounds up next; dialect brian2loihi */
    uint32_t state_bytes;
} loihi_rom;

typedef struct {
    uint32_t awake;  /* 1: some u, v or refractory counter is not zero */
    uint32_t post;   /* spikes of compartments with traces in this epoch */
    uint32_t biased; /* 1: a bias was written: an idle core may fire */
    uint32_t traced; /* 1: in this epoch something with traces spiked, or a trace was not zero when it began */
    uint8_t slot_used[CORE_MAX_SLOTS];
} loihi_state;

#define ROM(T, r, field) ((const T *)((const char *)(r) + (r)->at_##field))
#define STATE(T, r, s, field) ((T *)((char *)(s) + (r)->st_##field))
#define STATE_CONST(T, r, s, field) ((const T *)((const char *)(s) + (r)->st_##field))

/* What drives v, and what a probe of u shows: both currents together, unless the second is silent (eq. M2). */
static inline int32_t core_current(const loihi_rom *r, const void *s, uint32_t i)
{
    int32_t u = STATE_CONST(int32_t, r, s, u)[i];
    if (!r->programs || ROM(core_program, r, program)[i].silent)
        return u;
    return (int32_t)((uint32_t)u + (uint32_t)STATE_CONST(int32_t, r, s, u2)[i]);
}

/* chip->size, boot, step, read, synapses */
hmn_core_size loihi_size(const hmn_core_view *v);
void loihi_boot(const hmn_core_view *v, void *rom, void *state);
void loihi_step(const void *rom, void *state, hmn_phase phase, hmn_port *port);
uint32_t loihi_line(const void *rom, uint32_t axon, uint32_t atom);
int32_t loihi_read(const void *rom, const void *state, hmn_variable var, uint32_t index);
uint64_t loihi_synapses(const void *rom, const void *state, uint64_t first, hmn_synapse *out, uint64_t room);
int32_t loihi_read_trace(const void *rom, const void *state, hmn_variable var, uint32_t index, uint32_t projection);
bool loihi_write_trace(const void *rom, void *state, hmn_variable var, uint32_t compartment, uint32_t projection,
                       int32_t value);

void loihi_write_bias(const void *rom, void *state, uint32_t compartment, int32_t bias);

/* What program_update works on, a value a compartment. fired 1 or 0. */
typedef struct {
    int32_t *q, *q2, *fired;
    const int32_t *noise_q, *noise_z;
} program_lanes;

/* Rooms of step. */
void loihi_deliver(const loihi_rom *r, loihi_state *s, hmn_port *port);
void loihi_update(const loihi_rom *r, loihi_state *s, hmn_port *port);
uint32_t program_update(const loihi_rom *r, loihi_state *s, program_lanes l, int32_t *payload);
void loihi_learn(const loihi_rom *r, loihi_state *s, hmn_port *port);
/* Dialect lava: the learning synapses of an axon add to the accumulator of the next step; and what was added to sums
 * joins the ring. */
void deliver_early(const loihi_rom *r, loihi_state *s, uint32_t axon, int32_t payload, uint32_t step);
void deliver_sums(const loihi_rom *r, loihi_state *s);
/* Marks a spike of a learning axon or compartment in this step: a second one of an epoch adds its impulse at once. */
void learn_pre_spike(const loihi_rom *r, loihi_state *s, const hmn_port *port, uint32_t axon);
void learn_post_spike(const loihi_rom *r, loihi_state *s, const hmn_port *port, uint32_t compartment);

/* r0 of a register (eq. L26). */
static inline int32_t core_reward(const hmn_port *port, uint32_t channel)
{
    return port->reward && channel < port->nchannels ? port->reward[channel] & 1 : 0;
}

/* Register n - 1 as a factor of spikes, 0 .. 2^15 - 1. */
static inline uint32_t core_counts(const hmn_port *port, uint32_t n)
{
    int32_t x = n <= port->nchannels ? port->channel[n - 1] : 0;
    return x < 0 ? 0 : x > INT16_MAX ? (uint32_t)INT16_MAX : (uint32_t)x;
}

/* Bytes from plane to plane of presynaptic traces. */
static inline uint32_t core_pre_pad(const loihi_rom *r) { return (r->nlearning + 7) / 8 * 8; }

#endif
