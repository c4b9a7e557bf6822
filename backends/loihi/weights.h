/* Weights on the 8-bit scale: which integers a format holds, and what one spike adds. */
#ifndef HMN_BACKENDS_LOIHI_WEIGHTS_H
#define HMN_BACKENDS_LOIHI_WEIGHTS_H

#include "backends/loihi/dialect.h"
#include "core/base/fx.h"
#include "core/ir/qnet.h"

/* Bits dropped from the 8-bit scale (9 bits when mixed): stored weights are multiples of 2^shift (eq. L6). */
static inline uint32_t loihi_weight_shift(int32_t bits, qnet_sign sign)
{
    return bits > 8 ? 0 : (uint32_t)(8 - bits + (sign == SIGN_MIXED)); /* wide ones count single steps (eq. L23) */
}

/* Least and greatest weight that the format stores, multiples of 2^shift. */
int32_t loihi_weight_low(int32_t bits, qnet_sign sign);
int32_t loihi_weight_high(int32_t bits, qnet_sign sign);

/* The stored weight for a wanted one, both on the 8-bit scale; saturates (eq. L6, per dialect). */
int32_t loihi_weight_store(loihi_dialect_id id, double wanted, int32_t exponent, int32_t bits, qnet_sign sign);

/* What one spike adds to the accumulator: floor(w 2^exponent) 2^6 within +-(2^21 - 64), unless lava (eq. L7). */
static inline int32_t loihi_weight_effective(loihi_dialect_id id, int32_t weight, int32_t exponent)
{
    enum { LIMIT = (1 << 21) - 64 };
    int64_t x = exponent >= 0 ? fx_shl(weight, (unsigned)exponent) : fx_shr_rd(weight, (unsigned)-exponent);
    x = fx_shl(x, 6);
    return (int32_t)(id == DIALECT_LAVA ? x : fx_sat(x, -LIMIT, LIMIT));
}

#endif
