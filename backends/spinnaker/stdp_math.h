/* The arithmetic of plasticity (eq. S30). */
#ifndef HMN_BACKENDS_SPINNAKER_STDP_MATH_H
#define HMN_BACKENDS_SPINNAKER_STDP_MATH_H

#include "core/base/fx.h"

/* s16.15 sums wrap. */
static inline int32_t stdp_add(int32_t a, int32_t b) { return (int32_t)((uint32_t)a + (uint32_t)b); }
static inline int32_t stdp_sub(int32_t a, int32_t b) { return (int32_t)((uint32_t)a - (uint32_t)b); }

/* s16.15 times s16.15, rounded down, wrapping. */
static inline int32_t stdp_mul(int32_t a, int32_t b) { return (int32_t)fx_shr_rd((int64_t)a * b, 15); }

/* s16.15 times s4.11. */
static inline int32_t stdp_scale(int32_t a, int32_t x) { return stdp_mul(a, (int32_t)((uint32_t)x << 4)); }

/* s4.11 times s4.11, rounded down: only the low halves of the registers count. */
static inline int32_t stdp_mul16(int32_t a, int32_t b) { return (int32_t)fx_shr_rd((int16_t)a * (int16_t)b, 11); }

#endif
