/* The Loihi compartment as a program of a SpiNNaker core: ours, there is no such binary upstream. Equations L1-L5 of
 * docs/chips/loihi.md in the integers of the chip's dialect, so that a network of loihi_lif computes the same on both
 * machines as long as no sum of weights leaves a ring buffer (docs/chips/spinnaker.md, eq. SL1). */
#ifndef HMN_SPINNAKER_LOIHI_LIF_H
#define HMN_SPINNAKER_LOIHI_LIF_H

#include <stdbool.h>
#include <stdint.h>

/* Words of a neuron in NEURON_PARAMS, in order. */
enum {
    LOIHI_LIF_DECAY_U, /* 1/4096 a step, with the chip's offset of 1 */
    LOIHI_LIF_DECAY_V,
    LOIHI_LIF_THRESHOLD,  /* vth_mant 2^6 */
    LOIHI_LIF_BIAS,       /* bias_mant 2^bias_exp */
    LOIHI_LIF_REFRACTORY, /* steps, 1: every step */
    LOIHI_LIF_LOW,        /* limits of v */
    LOIHI_LIF_HIGH,
    LOIHI_LIF_NOISE, /* bits 0..7 exponent, 0: none; 8..15 mantissa, signed; 16 noise joins v */
    LOIHI_LIF_U,     /* u and v before step 0 */
    LOIHI_LIF_V,
    LOIHI_LIF_WORDS
};

enum { LOIHI_LIF_STATE = 3 }; /* u, v, steps of rest left */

/* What one weight unit of a ring buffer is worth: 2^6, the least that a weight of eq. L6 adds. */
enum { LOIHI_LIF_SHIFT = 6 };

/* One step: q is the sum of inputs. noise: uniform in -127..127. True: it fires. */
bool loihi_lif_tick(const int32_t *param, int32_t *state, int32_t q, int32_t noise);

#endif
