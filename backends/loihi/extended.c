/* Attention and probability gate of one synapse in integers (eq. L44, L45). Takes traces, settings and draws, yields
 * factors and decisions; learn.c says when.
 *
 * A softmax without a division: logits are octaves, the sum of their powers becomes an octave again (leading zeros and
 * a table), and alpha is the power of the difference. */
#include "backends/loihi/extended.h"

#include "backends/loihi/product.h"

#include "core/base/fx.h"
#include "core/isa/draw.h"
#include "core/machine/curve.h"

enum { ALPHA_BITS = 16, GAIN_BITS = 4 }; /* a gain is in 2^-20 octaves */

int64_t extended_logit(const rule_attend *a, uint32_t x2, uint32_t y2)
{
    return fx_shr_rn((int64_t)x2 * y2 * a->gain, GAIN_BITS);
}

uint64_t extended_share(const rule_attend *a, uint32_t x2, uint32_t y2, int32_t norm)
{
    return curve_power(extended_logit(a, x2, y2) - norm);
}

int32_t extended_apply(int32_t product, uint64_t alpha, uint32_t draw)
{
    int64_t most = (int64_t)1 << 40, factor = alpha > (uint64_t)most ? most : (int64_t)alpha;
    int64_t x = product * factor; /* 16 + 40 bits */
    return (int32_t)fx_sat(fx_shr_sr(x, ALPHA_BITS, draw & 0xFFFF), PRODUCT_LOW, PRODUCT_HIGH);
}

int32_t extended_norm(const rule_attend *a, uint64_t sum, uint32_t synapses)
{
    if (synapses == 0)
        return 0;
    int32_t log = curve_log2(sum + ((uint64_t)synapses << ALPHA_BITS)) - ALPHA_BITS * 65536;
    return a->mean ? log - curve_log2(synapses) : log;
}

bool extended_draw(const loihi_rom *r, const rule_draw *d, int32_t sum, uint32_t draw)
{
    const uint32_t *line = ROM(uint32_t, r, draw) + (DRAW_LINES + 1) * d->table;
    return draw >> 16 < draw_probability(d, line, (uint32_t)(sum < 0 ? -sum : sum));
}
