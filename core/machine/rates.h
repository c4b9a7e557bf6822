/* Meta-learning of learning rates on the management processor, equations 8 and 9 in fixed point: what
 * core/reference/meta.c computes in double precision, with the same draws (docs/learning.md). Its program is the
 * image's table of rates, a row a rule.
 *
 * u = log2 eta, losses, sizes of steps and perturbations are s15.16. */
#ifndef HMN_MACHINE_RATES_H
#define HMN_MACHINE_RATES_H

#include "core/cost/cost.h"
#include "core/base/arena.h"
#include "core/base/diag.h"
#include "core/ir/image.h"
#include "core/ir/net.h"

enum { RATE_LOCAL, RATE_GLOBAL, RATES };

typedef struct {
    uint32_t rule, window; /* window: trials */
    uint8_t method;        /* net_meta_method */
    bool part[RATES];      /* takes part: the rate is not 0 */
    int32_t start[RATES], low[RATES], high[RATES];
    int32_t a0[RATES], c0, alpha, gamma;
    int64_t stability; /* s31.16 */
} rates_facts;

typedef struct {
    int64_t u[RATES], used[RATES], direction[RATES];
    int64_t score, loss[2], mean_loss;
    uint32_t trials, n, window, minus_first;
} rates_state;

typedef struct {
    const rates_facts *facts;
    rates_state *state; /* part of the digest */
    uint32_t count;
    const uint32_t *cost; /* as of hmn_manager */
    uint64_t cycles;
} hmn_rates;

/* cost: as of manager_boot. */
bool rates_boot(hmn_rates *r, const hmn_image *image, uint64_t seed, const uint32_t *cost, hmn_arena *a, hmn_diag *d);

/* A trial is over. */
void rates_trial(hmn_rates *r, uint64_t seed, double score);

/* 65536 eta / (eta at the start). */
int64_t rates_scale(const hmn_rates *r, uint32_t row, uint32_t which);

#endif
