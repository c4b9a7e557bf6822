/* A Loihi compartment on integers of 64 bits. Takes registers, the sum of a step's inputs and a draw, yields u, v and
 * whether it fires: straight after L1 to L5 and L10. */
#include "tools/respin_lif.h"

#include <math.h>

static int64_t wrapped(int64_t x, unsigned bits)
{
    int64_t low = x & (((int64_t)1 << bits) - 1);
    return low >> (bits - 1) ? low - ((int64_t)1 << bits) : low;
}

/* L2: toward zero. */
static int64_t decayed(int64_t x, int64_t d) { return x * (4096 - d) / 4096; }

static int64_t reg(const graph_population *p, neuron_param k, uint32_t i) { return (int64_t)graph_at(p->param[k], i); }

respin_lif respin_lif_of(const graph_population *p, uint32_t i)
{
    int64_t decay_u = reg(p, NP_DECAY_U, i), refractory = reg(p, NP_REFRACTORY, i), low = reg(p, NP_VMIN_EXP, i);
    return (respin_lif){
        .decay_u = decay_u < 4096 ? decay_u + 1 : 4096, /* the chip's offset of 1 */
        .decay_v = reg(p, NP_DECAY_V, i),
        .threshold = reg(p, NP_VTH_MANT, i) * 64,
        .bias = reg(p, NP_BIAS_MANT, i) * ((int64_t)1 << reg(p, NP_BIAS_EXP, i)),
        .refractory = refractory > 1 ? refractory : 1,
        .low = 1 - ((int64_t)1 << (low < 23 ? low : 23)),
        .high = ((int64_t)1 << (9 + 2 * reg(p, NP_VMAX_EXP, i))) - 1,
        .noise_exponent = reg(p, NP_NOISE_EXP, i),
        .noise_mean = 64 * reg(p, NP_NOISE_MANT, i),
        .noise_at_v = reg(p, NP_NOISE_AT_V, i) != 0,
        .u = p->init_u.v ? (int64_t)graph_at(p->init_u, i) : 0,
        .v = p->init_v.v ? (int64_t)graph_at(p->init_v, i) : 0,
    };
}

bool respin_lif_tick(respin_lif *n, int64_t input, int64_t draw)
{
    int64_t noise = 0;
    if (n->noise_exponent) /* L10 */
        noise = (int64_t)trunc(ldexp((double)(draw + n->noise_mean), (int)n->noise_exponent - 7));
    int64_t q = wrapped(input + (n->noise_at_v ? 0 : noise), 22);
    n->u = wrapped(decayed(n->u, n->decay_u) + q, 24);
    int64_t v = decayed(n->v, n->decay_v) + wrapped(n->u + n->bias + (n->noise_at_v ? noise : 0), 24);
    v = v < n->low ? n->low : v > n->high ? n->high : v;
    v = n->rest > 0 ? 0 : v;
    bool fires = v > n->threshold;
    n->rest = fires ? n->refractory : n->rest;
    n->rest -= n->rest > 0;
    n->v = fires ? 0 : v;
    return fires;
}
