/* The router. Takes pictures as ink, yields the number of an expert.
 *
 * Each expert has a prototype: the running mean of its pictures, 1/50 of a picture at a time. A picture is as like an
 * expert as the mean contrast of the prototype under its ink. While learning, a fast (1/10) and a slow (1/256) mean of
 * the likeness of what comes are kept; when the fast one falls below 6/10 of the slow one, what comes is new, and the
 * next expert is recruited. PATIENCE pictures must pass between two recruits. */
#include "models/tasks/router.h"

#include "core/base/fx.h"

#include <string.h>

enum {
    PATIENCE = 200,
    ONE = 1 << 16,         /* ink, of a prototype */
    RATE = ONE / 50,       /* of prototypes; the first pictures count evenly */
    LIKENESS_FRACTION = 8, /* bits */
    NOVEL_NUMERATOR = 6,
    NOVEL_DENOMINATOR = 10,
    SLOW_SHIFT = 8,
    CONTRAST_SHIFT = 9, /* contrast: 2^-16 to 2^-7, s8 */
};

router *router_new(uint32_t pixels, uint32_t experts, hmn_arena *a)
{
    router *r = ARENA_NEW(a, router, 1);
    *r = (router){.pixels = pixels, .experts = experts, .used = 1};
    r->prototype = ARENA_NEW(a, int32_t, (size_t)experts * pixels);
    r->contrast = ARENA_NEW(a, int32_t, (size_t)experts * pixels);
    r->seen = ARENA_NEW(a, uint32_t, experts);
    return r;
}

/* Mean contrast under the ink [2^-8 of a step of contrast]. */
static int32_t likeness(const router *r, uint32_t expert, const uint8_t *ink)
{
    const int32_t *contrast = r->contrast + (size_t)expert * r->pixels;
    int64_t sum = 0;
    int32_t n = 0;
    for (uint32_t p = 0; p < r->pixels; p++) {
        sum += ink[p] ? contrast[p] : 0;
        n += ink[p];
    }
    return n ? (int32_t)(fx_shl(sum, LIKENESS_FRACTION) / n) : 0;
}

static uint32_t most_like(const router *r, const uint8_t *ink, int32_t *how)
{
    uint32_t best = 0;
    *how = likeness(r, 0, ink);
    for (uint32_t e = 1; e < r->used; e++) {
        int32_t x = likeness(r, e, ink);
        if (x > *how) {
            *how = x;
            best = e;
        }
    }
    return best;
}

uint32_t router_find(const router *r, const uint8_t *ink)
{
    int32_t how;
    return most_like(r, ink, &how);
}

static void move(router *r, uint32_t e, const uint8_t *ink)
{
    int32_t *prototype = r->prototype + (size_t)e * r->pixels, *contrast = r->contrast + (size_t)e * r->pixels;
    int32_t rate = ONE / (int32_t)(r->seen[e] + 1);
    int64_t sum = 0;
    rate = rate > RATE ? rate : RATE;
    r->seen[e] += r->seen[e] < ONE;
    for (uint32_t p = 0; p < r->pixels; p++) {
        int64_t gap = (ink[p] ? ONE : 0) - prototype[p];
        prototype[p] += (int32_t)fx_shr_rn(gap * rate, 16);
        sum += prototype[p];
    }
    int32_t mean = (int32_t)(sum / r->pixels);
    for (uint32_t p = 0; p < r->pixels; p++)
        contrast[p] = (int32_t)fx_sat(fx_shr_rn(prototype[p] - mean, CONTRAST_SHIFT), -128, 127);
}

static bool novel(router *r, int32_t how)
{
    r->since++;
    r->fast += (how - r->fast) / 10;
    if (r->since > PATIENCE && (int64_t)r->fast * NOVEL_DENOMINATOR < (int64_t)r->slow * NOVEL_NUMERATOR)
        return true;
    r->slow += (int32_t)fx_shr_rn(how - r->slow, SLOW_SHIFT);
    return false;
}

uint32_t router_learn(router *r, const uint8_t *ink)
{
    int32_t how;
    uint32_t e = most_like(r, ink, &how);
    if (r->seen[e] == 0) /* the very first picture */
        how = 0;
    if (novel(r, how) && r->used < r->experts) {
        e = r->used++;
        r->since = 0;
        r->fast = r->slow;
    }
    move(r, e, ink);
    return e;
}
