/* The management processor: keeps the neuromodulators and computes the broadcast registers, in fixed point, once
 * a step. On Loihi this is one of the chip's embedded cores, on SpiNNaker one extra core.
 *
 *   x_k   what the source of modulator k gives in this step (signal, population rate, schedule, constant)
 *   E_k   moving average: E += (x - E)(1 - keep), keep = exp(-dt/tau);  tau = 0: E = x
 *   B_k   slow average subtracted from E (prediction error), when a baseline is asked for
 *   r1_c  = sat8(round(base_c + sum_k gain_ck (E_k - B_k)))                     eqs 3 and 6, gamma_k = 1
 *
 * All of x, E, B, base, gain are s15.16. */
#ifndef HMN_MACHINE_MANAGER_H
#define HMN_MACHINE_MANAGER_H

#include "core/base/arena.h"
#include "core/ir/image.h"

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
    int32_t gain;
} manager_term;

typedef struct {
    uint32_t modulator, step;
    int32_t value;
} manager_event;

typedef struct {
    manager_modulator *modulator; /* state: part of the digest */
    const manager_facts *facts;
    uint32_t nmodulators;
    int32_t *channel;    /* state: r1 of each channel, -128..127 */
    const int32_t *base; /* of each channel */
    uint32_t nchannels;
    const manager_term *term;
    uint32_t nterms;
    const manager_event *event; /* schedule, ascending steps */
    uint32_t nevents, next_event;
} hmn_manager;

/* false after a report when a table refers to something that is not there. */
bool manager_boot(hmn_manager *m, const hmn_image *image, hmn_arena *a, hmn_diag *d);

/* E_k's input from the host, saturated to s15.16. */
void manager_set(hmn_manager *m, uint32_t modulator, double value);

/* One step. spikes_of(context, population) is how many neurons of a population fired in this step. */
void manager_step(hmn_manager *m, uint32_t step, uint32_t (*spikes_of)(const void *context, uint32_t population),
                  const void *context);

#endif
