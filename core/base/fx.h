/* Fixed-point arithmetic with the rounding in the name. Only this file shifts, rounds or saturates.
 *
 * rn: to nearest, halves away from zero;  rz: toward zero;  rd: down (floor);  sr: stochastic. */
#ifndef HMN_BASE_FX_H
#define HMN_BASE_FX_H

#include <stdint.h>

/* x / 2^s, rounded down. s in 0..63. */
static inline int64_t fx_shr_rd(int64_t x, unsigned s) { return x >= 0 ? x >> s : ~(~x >> s); }

/* x / 2^s, rounded toward zero. */
static inline int64_t fx_shr_rz(int64_t x, unsigned s) { return x >= 0 ? x >> s : -(-x >> s); }

/* x / 2^s, rounded to nearest, halves away from zero. s in 0..62. */
static inline int64_t fx_shr_rn(int64_t x, unsigned s)
{
    int64_t half = s ? (int64_t)1 << (s - 1) : 0;
    return x >= 0 ? (x + half) >> s : -((-x + half) >> s);
}

/* x * 2^s; the caller knows that it does not overflow. */
static inline int64_t fx_shl(int64_t x, unsigned s) { return (int64_t)((uint64_t)x << s); }

static inline int64_t fx_sat(int64_t x, int64_t lo, int64_t hi) { return x < lo ? lo : x > hi ? hi : x; }

/* Two's complement wrap to `bits` magnitude bits and a sign: the range [-2^bits, 2^bits - 1]. */
static inline int64_t fx_wrap(int64_t x, unsigned bits)
{
    uint64_t mask = ((uint64_t)1 << (bits + 1)) - 1, sign = (uint64_t)1 << bits;
    return (int64_t)((((uint64_t)x & mask) ^ sign) - sign);
}

/* Two's complement wrap to 32 bits, as a register of 32 bits does. */
static inline int32_t fx_low32(int64_t x) { return (int32_t)fx_wrap(x, 31); }

/* fx_wrap for 32-bit lanes; bits in 0..31. */
static inline int32_t fx_wrap32(int32_t x, unsigned bits)
{
    return (int32_t)((uint32_t)x << (31 - bits)) >> (31 - bits);
}

/* x * keep / 4096, rounded toward zero: one step of exponential decay. keep in 0..4096, |x| < 2^31. Split at bit
 * 12, so that 32-bit lanes hold every product. */
static inline int32_t fx_decay12_rz(int32_t x, uint32_t keep)
{
    uint32_t sign = (uint32_t)(x >> 31); /* all ones below zero */
    uint32_t a = ((uint32_t)x ^ sign) - sign;
    uint32_t kept = (a >> 12) * keep + ((a & 4095u) * keep >> 12);
    return (int32_t)((kept ^ sign) - sign);
}

/* The same for a factor that is just below keep / 4096: a whole product loses one. */
static inline int32_t fx_decay12_below(int32_t x, uint32_t keep)
{
    uint32_t sign = (uint32_t)(x >> 31), a = ((uint32_t)x ^ sign) - sign;
    uint32_t kept = (a >> 12) * keep + ((a & 4095u) * keep >> 12), whole = ((a & 4095u) * keep & 4095u) == 0;
    kept -= whole & (kept > 0);
    return (int32_t)((kept ^ sign) - sign);
}

/* x / 2^s rounded up with probability (fraction of x) / 2^s: draw uniform in [0, 2^s). Unbiased. */
static inline int64_t fx_shr_sr(int64_t x, unsigned s, uint64_t draw)
{
    uint64_t fraction = (uint64_t)x & (((uint64_t)1 << s) - 1);
    return fx_shr_rd(x, s) + (draw < fraction);
}

#endif
