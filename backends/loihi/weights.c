/* The grid of weights. Takes a wanted weight on the 8-bit scale, yields the stored one and its effect.
 *
 * Four published roundings of the same storage (eq. L6): to nearest even (chip), the same with a second
 * rounding for negative exponents (nengo), down (lava), toward zero (brian2loihi). */
#include "backends/loihi/weights.h"

#include "core/base/fx.h"

#include <math.h>

int32_t loihi_weight_low(int32_t bits, qnet_sign sign)
{
    uint32_t s = loihi_weight_shift(bits, sign);
    switch (sign) {
    case SIGN_MIXED: return -(int32_t)fx_shl(1, (uint32_t)bits - 1 + s);
    case SIGN_EXCITATORY: return 0;
    case SIGN_INHIBITORY: return -(int32_t)fx_shl((1 << bits) - 1, s);
    }
    return 0;
}

int32_t loihi_weight_high(int32_t bits, qnet_sign sign)
{
    uint32_t s = loihi_weight_shift(bits, sign);
    switch (sign) {
    case SIGN_MIXED: return (int32_t)fx_shl((1 << (bits - 1)) - 1, s);
    case SIGN_EXCITATORY: return (int32_t)fx_shl((1 << bits) - 1, s);
    case SIGN_INHIBITORY: return 0;
    }
    return 0;
}

static double clamp(double x, double low, double high) { return x < low ? low : x > high ? high : x; }

/* Rounds a mantissa, then once more to what survives the right shift of a negative exponent. */
static double nengo_mantissa(double wanted, int32_t exponent, int32_t bits, qnet_sign sign)
{
    uint32_t s = loihi_weight_shift(bits, sign);
    double most = bits > 8 ? loihi_weight_high(bits, sign) : (double)((1 << (8 - s)) - 1);
    double x = clamp(nearbyint(ldexp(wanted, -(int)s)), -most, most);
    int32_t s2 = (int32_t)s + exponent;
    if (s2 < 0)
        x = clamp(trunc(ldexp(nearbyint(ldexp(x, s2)), -s2)), -most, most);
    return x;
}

static double mantissa(loihi_dialect_id id, double wanted, int32_t exponent, int32_t bits, qnet_sign sign)
{
    uint32_t s = loihi_weight_shift(bits, sign);
    double x = ldexp(wanted, -(int)s);
    switch (id) {
    case DIALECT_CHIP:
    case DIALECT_SANAFE: return nearbyint(x);
    case DIALECT_NENGO: return nengo_mantissa(wanted, exponent, bits, sign);
    case DIALECT_LAVA: return sign == SIGN_INHIBITORY ? trunc(x) : floor(x);
    case DIALECT_BRIAN2: return trunc(x);
    case DIALECT_COUNT: break;
    }
    return 0;
}

int32_t loihi_weight_store(loihi_dialect_id id, double wanted, int32_t exponent, int32_t bits, qnet_sign sign)
{
    double low = loihi_weight_low(bits, sign), high = loihi_weight_high(bits, sign);
    int shift = (int)loihi_weight_shift(bits, sign);
    if (id == DIALECT_BRIAN2 && sign == SIGN_INHIBITORY) /* it counts -256 among the weights; storage does not */
        low -= ldexp(1, shift);
    double x = ldexp(mantissa(id, bits > 8 ? wanted : clamp(wanted, -256, 255), exponent, bits, sign), shift);
    return (int32_t)clamp(x, low, high);
}
