/* The fixed-point arithmetic of a SpiNNaker core: what arm-none-eabi-gcc makes of ISO/IEC TR 18037 types, and the
 * functions of the chip's math library (spinn_common, Apache-2.0). docs/chips/spinnaker.md, eq. S1-S16.
 *
 * Formats, all as the integer in the register:
 *   s1615  int32_t    x / 2^15     `accum`
 *   u1616  uint32_t   x / 2^16     `unsigned accum`
 *   u032   uint32_t   x / 2^32     `unsigned long fract`, decay factors
 *   s411   int16_t    x / 2^11     traces and look-up tables of STDP
 * Nothing saturates: overflow wraps, as the compiled code does. */
#ifndef HMN_SPINNAKER_ARITH_H
#define HMN_SPINNAKER_ARITH_H

#include "core/base/fx.h"

#include <stdint.h>

enum { SPIN_ONE = 1 << 15, SPIN_STDP_ONE = 1 << 11 };

/* eq. S1: s1615 * s1615, rounded down. */
static inline int32_t spin_mul(int32_t a, int32_t b) { return fx_low32(fx_shr_rd((int64_t)a * b, 15)); }

/* eq. S2 */
static inline int32_t spin_add(int32_t a, int32_t b) { return fx_low32((int64_t)a + b); }
static inline int32_t spin_sub(int32_t a, int32_t b) { return fx_low32((int64_t)a - b); }
static inline int32_t spin_neg(int32_t a) { return fx_low32(-(int64_t)a); }

/* x * 0.5, rounded down. */
static inline int32_t spin_half(int32_t x) { return spin_mul(x, SPIN_ONE / 2); }

/* eq. S4: a ring buffer's sum as an s1615; shift in 0..31. */
static inline int32_t spin_weight_input(uint32_t weight, uint32_t shift)
{
    return fx_low32(fx_shl((int64_t)weight, shift));
}

/* eq. S5: s1615 * u032, rounded down: what is below 0 never becomes 0. */
static inline int32_t spin_decay(int32_t x, uint32_t decay) { return fx_low32(fx_shr_rd((int64_t)x * decay, 32)); }

/* eq. S6: s1615 * u032 as a u032, rounded down, modulo 1; x is taken as unsigned. */
static inline uint32_t spin_decay_u032(int32_t x, uint32_t decay)
{
    return (uint32_t)((uint64_t)(int64_t)x * decay >> 15);
}

/* eq. S7: between formats. An s1615 of 1 or more loses its whole part as a u032. */
static inline uint32_t spin_to_u032(int32_t x) { return (uint32_t)x << 17; }
static inline int32_t spin_from_u032(uint32_t x) { return (int32_t)(x >> 17); }
static inline uint32_t spin_to_u1616(int32_t x) { return (uint32_t)x << 1; }
static inline int32_t spin_from_u1616(uint32_t x) { return (int32_t)(x >> 1); }
static inline int32_t spin_from_int(int32_t x) { return fx_low32(fx_shl(x, 15)); }
static inline int32_t spin_to_int(int32_t x) { return (int32_t)fx_shr_rz(x, 15); }

/* 1 - x; the compiler's 1.0ulr is the largest u032. */
static inline uint32_t spin_complement(uint32_t x) { return UINT32_MAX - x; }

/* u1616 * u1616, rounded down. */
static inline uint32_t spin_mul_u1616(uint32_t a, uint32_t b) { return (uint32_t)((uint64_t)a * b >> 16); }

/* eq. S8: low halves as s411 times s411. */
static inline int32_t spin_mul_s411(int32_t a, int32_t b)
{
    return (int32_t)fx_shr_rd(fx_wrap(a, 15) * fx_wrap(b, 15), 11);
}

/* eq. S9: s1615 times s411. */
static inline int32_t spin_mul_trace(int32_t a, int32_t trace) { return spin_mul(a, fx_low32(fx_shl(trace, 4))); }

/* eq. S3: accum / accum, toward zero. */
int32_t spin_div(int32_t a, int32_t b);

/* eq. S10: s1615 / s1615, divided as unsigned 64-bit numbers, toward zero. By 0, where the chip
 * stops, -1 (0 / 0: 0). */
int32_t spin_kdivk(int32_t a, int32_t b);

/* eq. S10: s1615 / unsigned integer. */
int32_t spin_kdivui(int32_t a, uint32_t n);

/* eq. S11: e^x as an s1615 and as a u032; a u032 of 1 is 0, and of what is too large 0x7fffffff. */
int32_t spin_exp(int32_t x);
uint32_t spin_exp_u032(int32_t x);

/* eq. S12-S14: functions of an s1615, in radians. */
int32_t spin_sqrt(int32_t x);
int32_t spin_sin(int32_t x);
int32_t spin_cos(int32_t x);

/* eq. S15: the standard normal quantile of the upper half of `uniform`, read as p - 1/2 in s0.16: an s1615. */
int32_t spin_normal(uint32_t uniform);

#endif
