/* The management processor: keeps the neuromodulators and computes the broadcast registers, in fixed point. On
 * Loihi this is one of the chip's embedded cores, on SpiNNaker one extra core. Its program is the host tables of an
 * image (ir/image.def): modulators, attentions, oscillations, channels.
 *
 * Each step:
 *   x_k   what the source of modulator k gives in this step (signal, population rate, schedule, constant)
 *   E_k   moving average: E += (x - E)(1 - keep), keep = exp(-dt/tau);  tau = 0: E = x
 *   B_k   slow average subtracted from E (prediction error), when a baseline is asked for; L_k = E_k - B_k
 *   Phi_o = phase_o + step advance_o, modulo a turn
 * Where the epoch of channel c ends:
 *   h_k   = sum_d gain_kd C_d (key), times L_k (scaled_dot), or sign(L_k) sum_d gain_kd C_d / |C| (cosine)
 *   gamma = 2^h_k / (2^h_null + sum_l 2^h_l), or 1 without attention                            equation 7
 *   m_c   = (base_c + sum_k gain_ck gamma_k L_k) max(0, cos(Phi - phase_c))                      equations 3, 4, 6
 *   r1_c  = sat8(round(m_c)); a channel with a carry R: r1_c = sat8(round(m_c + R)), then R <- m_c + R - r1_c, 0 where
 *           r1_c saturates. So rounding loses nothing in the long run, and a rate far below a step still acts.
 *
 * A channel that keeps r0 sets it where its epoch ends: 1 when in some step of the epoch x_k of one of its modulators
 * was not 0 or, for a population, a neuron fired; else 0.
 * A wide channel has 16 bits in place of 8.
 * base and gain are multiplied by the rule's learned rates over those at the start (rates.h). With an astrocyte of
 * level A and effect M (astrocytes.h, A moves each step), lambda M joins the sum of terms, or m_c is multiplied by
 * max(0, 1 + lambda M).
 *
 * All of x, E, B, h, gamma, base, gain are s15.16, phases are turns of 2^32. */
#ifndef HMN_MACHINE_MANAGER_H
#define HMN_MACHINE_MANAGER_H

#include "core/base/arena.h"
#include "core/cost/cost.h"
#include "core/ir/image.h"
#include "core/machine/astrocytes.h"
#include "core/machine/rates.h"

typedef struct {
    int32_t input, average, baseline; /* x, E, B */
} manager_modulator;

/* What the image says of a modulator, decoded once. */
typedef struct {
    uint8_t source; /* net_modulator_source */
    uint32_t population;
    int32_t keep, baseline_keep; /* 0..65536 */
    int64_t rate_unit;           /* population source: Hz of one spike, s47.16 */
    int32_t subtract;            /* population source: Hz, s15.16 */
} manager_facts;

typedef struct {
    uint32_t channel, modulator;
    uint32_t slot; /* of the modulator in the channel's attention */
    int32_t gain;
} manager_term;

typedef struct {
    uint32_t modulator, step;
    int32_t value;
} manager_event;

typedef struct {
    uint32_t advance, phase; /* turns of 2^32 */
} manager_oscillation;

/* A gate of firing. */
typedef struct {
    uint32_t oscillation, phase;
    int32_t above; /* s1.16 */
    uint32_t neurons;
} manager_gate;

typedef struct {
    uint8_t similarity; /* net_similarity */
    bool null;
    int32_t null_logit;
    uint32_t nslots, dimensions;
    uint32_t *slot;    /* [nslots] modulators */
    int32_t *gain;     /* [nslots][dimensions] */
    uint32_t *context; /* [dimensions] modulators, all ones: 1 */
    uint32_t *share;   /* [nslots + 1] gamma, scratch */
    int64_t *logit;    /* [nslots + 1] scratch */
    uint32_t fresh;    /* step after the one that the shares are of, 0: none */
} manager_attention;

typedef struct {
    int32_t base;
    uint32_t epoch, phase;
    uint32_t attention, oscillation; /* 0: none; n: number n - 1 */
    uint32_t first, last;            /* terms */
    bool repeats;                    /* same sum as the channel before: only the gate differs */
    bool carries;
    bool wide;                 /* 16 bits, else 8 */
    bool rewarded;             /* keeps r0 */
    uint32_t rates, astrocyte; /* 0: none; n: number n - 1 */
    bool multiplies;
    bool lags; /* M is that which the step before left */
    int32_t lambda;
    uint32_t written; /* compartments into whose third trace the register is written when it changes */
} manager_channel;

typedef struct {
    manager_modulator *modulator; /* state: part of the digest */
    const manager_facts *facts;
    uint32_t nmodulators;
    int32_t *channel; /* state: r1 of each channel, 8 bits, or 16 where it is wide */
    int32_t *carry;   /* state: R of each channel, s0.31 */
    uint8_t
        *reward; /* state: bit 0 r0 of each channel, bit 1 what it heard in this epoch so far; NULL: none keeps it */
    manager_channel *program;
    uint32_t nchannels;
    const manager_oscillation *oscillation;
    uint32_t noscillations;
    const manager_gate *gate;
    uint8_t *open; /* [ngates] of the step that manager_open was last called for */
    uint32_t ngates;
    manager_attention *attention;
    uint32_t nattentions;
    const manager_term *term;
    uint32_t nterms;
    hmn_rates rates;
    const astrocyte_facts *astrocyte;
    int64_t *astrocyte_level; /* state: A of each, s31.32 */
    uint32_t nastrocytes;
    const manager_event *event; /* schedule, ascending steps */
    uint32_t nevents, next_event;
    const uint32_t *cost; /* [SETTING_COUNT] cycles of the program's pieces: core/cost/work.def */
    uint64_t cycles;
} hmn_manager;

/* cost: settings of the chip's costs, which must outlive the manager. False after a report when a table refers to
 * something that is not there. */
bool manager_boot(hmn_manager *m, const hmn_image *image, const uint32_t *cost, hmn_arena *a, hmn_diag *d);

/* E_k's input from the host, saturated to s15.16. */
void manager_set(hmn_manager *m, uint32_t modulator, double value);

/* Opens and closes the gates of firing for a step, before its neurons are updated: open while cos(Phi - phase) > above.
 */
void manager_open(hmn_manager *m, uint32_t step);

/* One step. spikes_of(context, population) is how many neurons of a population fired in this step. */
void manager_step(hmn_manager *m, uint32_t step, uint32_t (*spikes_of)(const void *context, uint32_t population),
                  const void *context);

#endif
