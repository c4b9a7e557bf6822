/* One product of a learning rule in integers. Takes variables, yields what joins the accumulator (eq. L13, L14):
 * each factor saturates to its width, the product of all is shifted right so that 15 bits remain, then left by the
 * exponent, then saturates. Six factors of 9 bits and the mantissa stay within 58 bits. */
#include "backends/loihi/product.h"

#include "core/base/fx.h"
#include "core/isa/ulearn.h"

enum { MANTISSA_BITS = 4, ACCUMULATOR_BITS = 15 };

static int32_t factor_value(const rule_factor *f, const int32_t *value)
{
    int32_t x = (f->var == RV_C ? 0 : value[f->var]) + f->constant;
    if (f->sgn)
        x = (x > 0) - (x < 0);
    int64_t top = fx_shl(1, ulearn_var_width((rule_var)f->var));
    return (int32_t)fx_sat(x, -top, top - 1);
}

bool product_is_zero(const rule_product *p, const int32_t *value)
{
    bool zero = p->mantissa == 0;
    for (uint32_t k = 0; k < p->nfactors && !zero; k++)
        zero = factor_value(&p->factor[k], value) == 0;
    return zero;
}

int32_t product_value(const rule_product *p, int32_t dependency, const int32_t *value, int32_t low)
{
    int64_t r = dependency;
    uint32_t bits = 0;
    for (uint32_t k = 0; k < p->nfactors; k++) {
        bits += ulearn_var_width((rule_var)p->factor[k].var);
        r *= factor_value(&p->factor[k], value);
    }
    r *= p->mantissa;
    if (bits + MANTISSA_BITS > ACCUMULATOR_BITS)
        r = fx_shr_rd(r, bits + MANTISSA_BITS - ACCUMULATOR_BITS);
    r = fx_shl(r, (unsigned)(p->exponent + PRODUCT_FRACTION));
    return (int32_t)fx_sat(r, low, PRODUCT_HIGH);
}

int32_t product_rounded(const rule_product *p, int32_t dependency, const int32_t *value, uint32_t draw)
{
    enum { DRAW_BITS = 32 };
    int64_t r = (int64_t)dependency * p->mantissa;
    uint32_t bits = MANTISSA_BITS;
    for (uint32_t k = 0; k < p->nfactors; k++) {
        bits += ulearn_var_width((rule_var)p->factor[k].var);
        r *= factor_value(&p->factor[k], value);
    }
    int32_t shift = (int32_t)(bits > ACCUMULATOR_BITS ? bits - ACCUMULATOR_BITS : 0) - p->exponent - PRODUCT_FRACTION;
    if (shift <= 0)
        r = fx_shl(r, (unsigned)-shift);
    else {
        unsigned early = shift > DRAW_BITS ? (unsigned)shift - DRAW_BITS : 0;
        r = fx_shr_rd(r, early);
        r = fx_shr_sr(r, (unsigned)shift - early, draw >> (DRAW_BITS - ((unsigned)shift - early)));
    }
    return (int32_t)fx_sat(r, PRODUCT_LOW, PRODUCT_HIGH);
}

int32_t product_add(int32_t accumulator, int32_t product, int32_t low)
{
    return (int32_t)fx_sat(accumulator + product, low, PRODUCT_HIGH);
}

uint32_t product_width(const rule_product *p)
{
    uint32_t bits = 0;
    for (uint32_t k = 0; k < p->nfactors; k++)
        bits += ulearn_var_width((rule_var)p->factor[k].var);
    return bits;
}

int64_t product_one_shift(const rule_product *p, const int32_t *value, uint32_t dropped, bool bounded)
{
    int64_t r = p->mantissa;
    for (uint32_t k = 0; k < p->nfactors; k++) {
        const rule_factor *f = &p->factor[k];
        int32_t x = (f->var == RV_C ? 0 : value[f->var]) + f->constant;
        r *= bounded ? factor_value(f, value) : f->sgn ? (x > 0) - (x < 0) : x;
    }
    int32_t shift = p->exponent + PRODUCT_FRACTION - (int32_t)dropped;
    return shift >= 0 ? fx_shl(r, (unsigned)shift) : fx_shr_rd(r, (unsigned)-shift);
}
