/* A chip of a few numbers, so that passes behind quantise are tested without a back-end. */
#ifndef HMN_TESTS_TINY_CHIP_H
#define HMN_TESTS_TINY_CHIP_H

#include "core/chip.h"

#include <math.h>

static const hmn_limits tiny_limits = {.max_epoch = 63,
                                       .weight_bits = 8,
                                       .max_products = 32,
                                       .max_factors = 6,
                                       .channels = 2,
                                       .legal_vars = UINT32_MAX,
                                       .mantissa_low = -8,
                                       .mantissa_high = 7,
                                       .exponent_low = -7,
                                       .exponent_high = 8};

/* Weights on a scale of 0.01 * 2^weight_exp. Refuses networks of one neuron. */
static bool tiny_quantise(const hmn_graph *g, hmn_qnet *out, hmn_arena *a, hmn_diag *d)
{
    if (g->nneurons == 1) {
        diag_report(d, DIAG_FIT_MODEL, g->population[0].at, "one neuron is not enough");
        return false;
    }
    for (uint32_t i = 0; i < g->nprojections; i++) {
        const graph_projection *p = &g->projection[i];
        int32_t *w = ARENA_NEW(a, int32_t, p->nsynapses);
        out->projection[i].w_lsb = ldexp(0.01, (int)g->net->projection[i].weight_exp.v);
        for (uint64_t k = 0; k < p->nsynapses; k++)
            w[k] = (int32_t)lrint(p->weight[k] / out->projection[i].w_lsb);
        out->projection[i].weight = w;
    }
    return true;
}

static const hmn_chip tiny_chip = {.name = "tiny", .limits = &tiny_limits, .quantise = tiny_quantise};

#endif
