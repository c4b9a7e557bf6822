/* Meta-learning in fixed point. Takes the score of each trial, yields log2 of the rates in use; formulas are those of
 * core/reference/meta.c, roundings are to nearest. Powers are 2^(-alpha log2(n + A)) by the curves. */
#include "core/machine/rates.h"

#include "core/base/fx.h"
#include "core/base/rng.h"
#include "core/machine/curve.h"

#include <math.h>

enum { ONE = 65536, ROOT_3 = 113512, ORDER_BIT = 31, LARGEST_STEP = ONE };

/* a / b to nearest, s15.16. */
static int64_t ratio(int64_t a, int64_t b)
{
    __int128 x = (__int128)a * ONE * 2, y = (__int128)b * 2, half = b;
    return (int64_t)(x >= 0 ? (x + half) / y : -((-x + half) / y));
}

static int64_t product(int64_t a, int64_t b) { return fx_shr_rn(a * b, 16); }

/* first / (n + A)^exponent */
static int64_t decayed(int64_t first, uint32_t n, int64_t stability, int64_t exponent)
{
    int64_t log = curve_log2((uint64_t)(fx_shl(n, 16) + stability)) - 16 * ONE;
    return product(first, (int64_t)curve_power(-product(exponent, log)));
}

static int64_t limited(const rates_facts *f, int i, int64_t u) { return fx_sat(u, f->low[i], f->high[i]); }

static int64_t nearly_normal(uint64_t seed, uint32_t rule, uint32_t n, uint32_t i)
{
    uint32_t bits[4];
    rng_block(seed, RNG_META, rule, n, 1 + i, bits);
    int64_t sum = (int64_t)bits[0] + bits[1] + bits[2] + bits[3];
    return product(ROOT_3, fx_shr_rn(sum, 16) - 2 * ONE);
}

/* Every other window of reinforce is the one before, mirrored; the first stands alone. */
static int64_t draw_normal(uint64_t seed, uint32_t rule, uint32_t n, uint32_t i)
{
    return n > 1 && n & 1 ? -nearly_normal(seed, rule, n - 1, i) : nearly_normal(seed, rule, n, i);
}

static void draw(const rates_facts *f, rates_state *s, uint64_t seed)
{
    uint32_t bits = rng_u32(seed, RNG_META, f->rule, s->n, 0);
    bool both = f->part[RATE_LOCAL] && f->part[RATE_GLOBAL];
    s->minus_first = f->method != META_REINFORCE && bits >> ORDER_BIT;
    for (uint32_t i = 0; i < RATES; i++) {
        s->direction[i] = bits >> i & 1 ? -ONE : ONE;
        if (f->method == META_REINFORCE)
            s->direction[i] = draw_normal(seed, f->rule, s->n, i);
        else if (f->method == META_FINITE_DIFFERENCE && both && (s->n & 1) != i)
            s->direction[i] = 0;
    }
}

static void open_window(const rates_facts *f, rates_state *s)
{
    int64_t c = decayed(f->c0, s->n, 0, f->gamma), side = (s->window == 1) != (bool)s->minus_first ? -1 : 1;
    s->score = 0;
    s->trials = 0;
    for (int i = 0; i < RATES; i++)
        if (f->part[i])
            s->used[i] = limited(f, i, s->u[i] + side * product(c, s->direction[i]));
}

static void learn(const rates_facts *f, rates_state *s)
{
    int64_t c = decayed(f->c0, s->n, 0, f->gamma), slope = 0;
    if (f->method != META_REINFORCE)
        slope = ratio(s->loss[0] - s->loss[1], 2 * c);
    else if (s->n > 1)
        slope = ratio(s->loss[0] - s->mean_loss, c);
    for (int i = 0; i < RATES; i++)
        if (f->part[i]) {
            int64_t a = decayed(f->a0[i], s->n, f->stability, f->alpha);
            int64_t step = product(product(a, slope), s->direction[i]);
            s->u[i] = limited(f, i, s->u[i] - fx_sat(step, -LARGEST_STEP, LARGEST_STEP));
        }
    s->mean_loss = s->n == 1 ? s->loss[0] : s->mean_loss + fx_shr_rn(s->loss[0] - s->mean_loss, 3);
    s->n++;
}

static void end_window(hmn_rates *r, const rates_facts *f, rates_state *s, uint64_t seed)
{
    s->loss[(s->window == 1) != (bool)s->minus_first] = -ratio(s->score, fx_shl(s->trials, 16));
    if (s->window == 0 && f->method != META_REINFORCE)
        s->window = 1;
    else {
        learn(f, s);
        s->window = 0;
        draw(f, s, seed);
        r->cycles += r->cost[SETTING_WORK_MEASUREMENT];
    }
    open_window(f, s);
    r->cycles += r->cost[SETTING_WORK_WINDOW];
}

void rates_trial(hmn_rates *r, uint64_t seed, double score)
{
    double scaled = round(fmin(fmax(score, -32767), 32767) * ONE);
    for (uint32_t k = 0; k < r->count && !isnan(scaled); k++) {
        rates_state *s = &r->state[k];
        s->score += (int64_t)scaled;
        r->cycles += r->cost[SETTING_WORK_TRIAL];
        if (++s->trials >= r->facts[k].window)
            end_window(r, &r->facts[k], s, seed);
    }
}

int64_t rates_scale(const hmn_rates *r, uint32_t row, uint32_t which)
{
    const rates_facts *f = &r->facts[row];
    return f->part[which] ? (int64_t)curve_power(r->state[row].used[which] - f->start[which]) : ONE;
}

/* ---- boot ---- */

static bool sound(const rates_facts *f)
{
    bool ok = f->method <= META_FINITE_DIFFERENCE && f->window > 0 && f->c0 > 0 && f->stability >= 0 && f->alpha >= 0 &&
              f->gamma >= 0;
    for (int i = 0; i < RATES; i++)
        ok &= !f->part[i] || (f->low[i] <= f->start[i] && f->start[i] <= f->high[i]);
    return ok;
}

bool rates_boot(hmn_rates *r, const hmn_image *image, uint64_t seed, const uint32_t *cost, hmn_arena *a, hmn_diag *d)
{
    image_rows rows = image_host(image, HOST_RATES);
    rates_facts *facts = ARENA_NEW(a, rates_facts, rows.rows);
    *r = (hmn_rates){
        .facts = facts, .state = ARENA_NEW(a, rates_state, rows.rows), .count = (uint32_t)rows.rows, .cost = cost};
    for (uint32_t k = 0; k < r->count; k++) {
        enum { RULE, METHOD, WINDOW, PART, FIRST };
        rates_facts *f = &facts[k];
        *f = (rates_facts){.rule = (uint32_t)image_get(rows, k, RULE),
                           .method = (uint8_t)image_get(rows, k, METHOD),
                           .window = (uint32_t)image_get(rows, k, WINDOW)};
        for (uint32_t i = 0; i < RATES; i++) {
            f->part[i] = image_get(rows, k, PART) >> i & 1;
            f->start[i] = (int32_t)image_get(rows, k, FIRST + i);
            f->low[i] = (int32_t)image_get(rows, k, FIRST + 2 + i);
            f->high[i] = (int32_t)image_get(rows, k, FIRST + 4 + i);
            f->a0[i] = (int32_t)image_get(rows, k, FIRST + 6 + i);
            r->state[k].u[i] = r->state[k].used[i] = f->start[i];
        }
        f->c0 = (int32_t)image_get(rows, k, FIRST + 8);
        f->alpha = (int32_t)image_get(rows, k, FIRST + 9);
        f->gamma = (int32_t)image_get(rows, k, FIRST + 10);
        f->stability = image_get(rows, k, FIRST + 11);
        if (!sound(f)) {
            diag_report(d, DIAG_IMAGE_TABLE, (hmn_span){0}, "the image's rates hold numbers that make no sense");
            return false;
        }
        r->state[k].n = 1;
        draw(f, &r->state[k], seed);
        open_window(f, &r->state[k]);
    }
    return true;
}
