/* Stochastic rounding on fixed seeds: how often each fraction rounds up, by chi squared; and random programs against
 * wide integers, with every draw given. */
#include "backends/loihi/product.h"
#include "core/base/rng.h"
#include "core/isa/ulearn.h"
#include "tests/backends/loihi/learn_bench.h"
#include "tests/statistics.h"

#include <math.h>

/* ---- synapses ---- */

static int32_t target_of(hmn_synapse s, rule_target t) { return t == RULE_W ? s.weight : s.tag; }

/* One epoch that adds mantissa 2^exponent to 2000 variables of one kind. step: what rounding up adds. */
static void one_update(chi_squared *c, rule_target t, const char *sign, int8_t mantissa, int8_t exponent, int32_t grid)
{
    bench *x = bench_open(40, 50, 1);
    x->b->projection[0].sign_mode.s = sign;
    add_product(x, (rule_product){(uint8_t)t, RV_U, 0, mantissa, exponent, 1, {{RV_C, false, 1}}});
    bench_start(x);
    int32_t before = target_of(synapse(x, 0), t);
    core_step(x->core, NULL, 0, NULL, 0);
    double exact = ldexp(mantissa, exponent), low = floor(exact / grid) * grid, ups = 0;
    for (uint64_t i = 0; i < 2000; i++) {
        int32_t moved = target_of(synapse(x, i), t) - before;
        ck_assert(moved == (int32_t)low || moved == (int32_t)low + grid);
        ups += moved != (int32_t)low;
    }
    chi_trials(c, ups, 2000, (exact - low) / grid);
    bench_close(x);
}

static const struct {
    int8_t mantissa, exponent;
} changes[] = {{1, -7}, {3, -5}, {5, -4}, {7, -3}, {1, -1}, {-1, -7}, {-3, -4}, {-5, -3}, {-7, -7}, {3, -2}, {-1, -2}};

static void all_updates(rule_target t, const char *sign, int32_t grid)
{
    chi_squared c = {0, 0};
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        one_update(&c, t, sign, changes[i].mantissa, changes[i].exponent, grid);
    ck_assert_chi(c);
}

START_TEST(weights_round_up_as_often_as_their_fraction) { all_updates(RULE_W, "excitatory", 1); }
END_TEST

START_TEST(weights_on_a_coarse_grid_do_too) { all_updates(RULE_W, "mixed", 2); }
END_TEST

START_TEST(tags_round_up_as_often_as_their_fraction) { all_updates(RULE_T, "mixed", 1); }
END_TEST

/* ---- traces ---- */

/* x1 of 2000 axons, or y1 of 500 neurons, after one spike and `steps` steps more. */
static void one_trace(chi_squared *c, bool post, uint16_t impulse, uint16_t decay)
{
    uint32_t n = post ? 500 : 2000, all[2000];
    hmn_drive drive[500];
    bench *x = bench_open(post ? 1 : n, post ? n : 1, 1);
    x->rule.trace[post ? RT_Y1 : RT_X1] = (rule_trace){.impulse_q8 = impulse, .decay_q12 = decay};
    add_product(x, (rule_product){RULE_W, RV_U, 0, 0, 0, 1, {{post ? RV_Y1 : RV_X1, false, 0}}});
    bench_start(x);
    for (uint32_t i = 0; i < n; i++) {
        all[i] = i;
        drive[i % 500] = (hmn_drive){i % 500, FIRE};
    }
    core_step(x->core, all, post ? 0 : n, drive, post ? n : 0);
    if (!(impulse & 255))
        core_step(x->core, NULL, 0, NULL, 0);
    double exact = impulse & 255 ? impulse / 256.0 : impulse / 256 * (decay / 4096.0), ups = 0;
    for (uint32_t i = 0; i < n; i++) {
        int32_t got = core_read(x->core, post ? VAR_Y1 : VAR_X1, i);
        ck_assert(got == (int32_t)floor(exact) || got == (int32_t)floor(exact) + 1);
        ups += got != (int32_t)floor(exact);
    }
    chi_trials(c, ups, n, exact - floor(exact));
    bench_close(x);
}

START_TEST(impulses_round_up_as_often_as_their_fraction)
{
    static const uint16_t fraction[] = {1, 17, 64, 100, 128, 200, 255};
    chi_squared c = {0, 0};
    for (size_t i = 0; i < sizeof fraction / sizeof *fraction; i++) {
        one_trace(&c, false, (uint16_t)(20 << 8 | fraction[i]), 3000);
        one_trace(&c, true, (uint16_t)(20 << 8 | fraction[i]), 3000);
    }
    ck_assert_chi(c);
}
END_TEST

START_TEST(decaying_traces_round_up_as_often_as_their_fraction)
{
    static const uint16_t decay[] = {4090, 3706, 3000, 2500, 1200, 411, 100};
    chi_squared c = {0, 0};
    for (size_t i = 0; i < sizeof decay / sizeof *decay; i++) {
        one_trace(&c, false, 101 << 8, decay[i]);
        one_trace(&c, true, 57 << 8, decay[i]);
    }
    ck_assert_chi(c);
}
END_TEST

/* ---- products that round (L43) ---- */

/* x1 in place of a factor: how often a product of it, in 2^-7 steps, rounds up with random words. */
START_TEST(products_round_up_as_often_as_their_fraction)
{
    enum { DRAWS = 3000 };
    static const struct {
        int8_t mantissa, exponent;
        int32_t x1;
    } product[] = {{1, -9, 3}, {3, -10, 5}, {-1, -9, 1}, {5, -13, 77}, {-7, -15, 101}, {7, -16, 127}, {1, -16, 127}};
    chi_squared c = {0, 0};
    for (size_t k = 0; k < sizeof product / sizeof *product; k++) {
        const rule_product p = {RULE_W, RV_U, 0, product[k].mantissa, product[k].exponent, 1, {{RV_X1, false, 0}}};
        int32_t value[RV_COUNT] = {[RV_X1] = product[k].x1};
        double exact = ldexp(product[k].mantissa * product[k].x1, product[k].exponent + 7), ups = 0;
        for (uint32_t i = 0; i < DRAWS; i++) {
            int32_t got = product_rounded(&p, 1, value, rng_u32(3, RNG_ROUND, (uint32_t)k, i, 0));
            ck_assert(got == (int32_t)floor(exact) || got == (int32_t)floor(exact) + 1);
            ups += got != (int32_t)floor(exact);
        }
        chi_trials(&c, ups, DRAWS, exact - floor(exact));
    }
    ck_assert_chi(c);
}
END_TEST

/* ---- random programs ---- */

enum { PRE_SIDE, POST_SIDE };

static uint32_t pick(uint32_t seed, uint32_t *k, uint32_t n) { return rng_below(77, RNG_TASK, seed, (*k)++, 0, n); }

/* A number of [0, 2^32] for each decision. */
static int64_t hashed(const void *context, const hmn_draw_site *s)
{
    const uint32_t *seed = context;
    uint32_t side = s->use == DRAW_SYNAPSE ? 9 : s->compartment == UINT32_MAX ? PRE_SIDE : POST_SIDE;
    uint32_t word = rng_u32(*seed, RNG_TASK, s->step << 8 | s->at, s->which << 8 | side, s->use);
    return word % 8 == 0 ? (int64_t)1 << 32 : word % 8 == 1 ? 0 : word;
}

typedef struct {
    const hmn_rule *rule;
    uint32_t seed;
    __int128 trace[RT_COUNT], history[RT_COUNT][9];
    __int128 z[RULE_TARGETS];
    uint32_t tx, ty, step;
    int32_t r1;
} model;

static __int128 divided(__int128 x, __int128 by) { return x / by - (x % by < 0); }

static __int128 least(__int128 a, __int128 b) { return a < b ? a : b; }
static __int128 clipped(__int128 x, __int128 low, __int128 high) { return x < low ? low : least(x, high); }

static int64_t model_draw(const model *m, hmn_draw_use use, uint32_t side, uint32_t which, uint32_t at)
{
    const hmn_draw_site s = {use, 0, m->step, 0, side == PRE_SIDE ? UINT32_MAX : 0, which, at};
    return hashed(&m->seed, &s);
}

static __int128 with_impulse(const model *m, uint32_t k, __int128 x, hmn_draw_use use)
{
    uint32_t side = k < RT_Y1 ? PRE_SIDE : POST_SIDE, which = k < RT_Y1 ? k : k - RT_Y1;
    uint32_t impulse = m->rule->trace[k].impulse_q8;
    bool up = impulse % 256 && model_draw(m, use, side, which, 0) >> 24 < impulse % 256;
    return least(x + impulse / 256 + up, 127);
}

static void model_spike(model *m, bool post)
{
    uint32_t *t = post ? &m->ty : &m->tx;
    for (uint32_t k = post ? RT_Y1 : RT_X1; *t && k < (post ? RT_COUNT : RT_Y1); k++)
        m->trace[k] = with_impulse(m, k, m->trace[k], DRAW_EARLIER);
    *t = m->step % m->rule->epoch + 1;
}

static void model_traces(model *m)
{
    for (uint32_t k = 0; k < RT_COUNT; k++) {
        uint32_t side = k < RT_Y1 ? PRE_SIDE : POST_SIDE, which = k < RT_Y1 ? k : k - RT_Y1;
        __int128 x = m->trace[k];
        m->history[k][0] = x;
        for (uint32_t s = 1; s <= m->rule->epoch; s++) {
            __int128 exact = x * m->rule->trace[k].decay_q12, fraction = exact % 4096;
            x = exact / 4096 + (fraction && model_draw(m, DRAW_DECAY, side, which, s) >> 20 < fraction);
            if (s == (side == PRE_SIDE ? m->tx : m->ty))
                x = with_impulse(m, k, x, DRAW_IMPULSE);
            m->history[k][s] = x;
        }
        m->trace[k] = x;
    }
}

static const uint8_t traces[RT_COUNT] = {RV_X1, RV_X2, RV_Y1, RV_Y2, RV_Y3};

static __int128 model_value(const model *m, const rule_factor *f, uint32_t at)
{
    for (int k = 0; k < RT_COUNT; k++)
        if (f->var == traces[k])
            return m->history[k][at];
    return f->var == RV_X0   ? m->tx > 0
           : f->var == RV_Y0 ? m->ty > 0
           : f->var == RV_R1 ? m->r1
           : f->var == RV_W  ? m->z[RULE_W]
           : f->var == RV_D  ? m->z[RULE_D]
           : f->var == RV_T  ? m->z[RULE_T]
                             : 0;
}

static __int128 model_product(const model *m, const rule_product *p)
{
    uint32_t number = m->step / m->rule->epoch + 1, bits = 4;
    uint32_t at = p->dependency == RV_X0 ? m->tx : p->dependency == RV_Y0 ? m->ty : m->rule->epoch;
    if (!at || (p->dependency == RV_U && number % (1u << p->decimate)))
        return 0;
    __int128 r = p->mantissa;
    for (uint32_t k = 0; k < p->nfactors; k++) {
        const rule_factor *f = &p->factor[k];
        __int128 x = model_value(m, f, at) + f->constant, top = (__int128)1 << ulearn_var_width((rule_var)f->var);
        x = f->sgn ? (x > 0) - (x < 0) : x;
        r *= clipped(x, -top, top - 1);
        bits += ulearn_var_width((rule_var)f->var);
    }
    r = bits > 15 ? divided(r, (__int128)1 << (bits - 15)) : r;
    return clipped(r * ((__int128)1 << (p->exponent + 7)), -32768, 32767);
}

/* All targets from the values before; mixed weights lie on the even numbers. */
static void model_epoch(model *m)
{
    __int128 acc[RULE_TARGETS], unit[] = {256, 128, 128};
    model_traces(m);
    for (int t = 0; t < RULE_TARGETS; t++)
        acc[t] = m->z[t] * 128;
    for (uint32_t k = 0; k < m->rule->nproducts; k++) {
        const rule_product *p = &m->rule->product[k];
        acc[p->target] = clipped(acc[p->target] + model_product(m, p), -32768, 32767);
    }
    for (uint32_t t = 0; t < RULE_TARGETS; t++) {
        __int128 whole = divided(acc[t], unit[t]), fraction = acc[t] - whole * unit[t];
        __int128 d = model_draw(m, DRAW_SYNAPSE, 9, t, 0) >> (t == RULE_W ? 24 : 25);
        acc[t] = (whole + (fraction && d < fraction)) * (t == RULE_W ? 2 : 1);
    }
    m->z[RULE_W] = clipped(acc[RULE_W], -256, 254);
    m->z[RULE_D] = clipped(acc[RULE_D], 0, 62);
    m->z[RULE_T] = clipped(acc[RULE_T], -256, 255);
    m->tx = m->ty = 0;
}

static void random_factor(uint32_t seed, uint32_t *k, rule_factor *f)
{
    static const uint8_t var[] = {RV_X0, RV_X1, RV_X2, RV_Y0, RV_Y1, RV_Y2, RV_Y3, RV_R1, RV_W, RV_D, RV_T, RV_C};
    *f = (rule_factor){var[pick(seed, k, sizeof var)], false, 0};
    if (f->var == RV_C || pick(seed, k, 3) == 0)
        f->constant = (int16_t)((int)pick(seed, k, 512) - 256);
    f->sgn = (f->var == RV_W || f->var == RV_D || f->var == RV_T) && pick(seed, k, 3) == 0;
}

/* Traces that no product reads are not kept. */
static bool reads(const hmn_rule *r, uint8_t var)
{
    for (uint32_t i = 0; i < r->nproducts; i++)
        for (uint32_t f = 0; f < r->product[i].nfactors; f++)
            if (r->product[i].factor[f].var == var)
                return true;
    return false;
}

/* Every target is written, so that all have their storage. */
static void random_program(uint32_t seed, uint32_t *k, hmn_rule *r)
{
    static const uint8_t dependency[] = {RV_X0, RV_Y0, RV_U};
    uint8_t decimate = (uint8_t)pick(seed, k, 3);
    r->nproducts = 3 + pick(seed, k, 9);
    for (uint32_t i = 0; i < r->nproducts; i++) {
        rule_product *p = &r->product[i];
        *p = (rule_product){.target = (uint8_t)(i % RULE_TARGETS), .dependency = dependency[pick(seed, k, 3)]};
        p->decimate = p->dependency == RV_U ? decimate : 0;
        p->mantissa = (int8_t)((int)pick(seed, k, 16) - 8);
        p->exponent = (int8_t)((int)pick(seed, k, 16) - 7);
        p->nfactors = (uint8_t)(1 + pick(seed, k, 4));
        for (uint32_t f = 0; f < p->nfactors; f++)
            random_factor(seed, k, &p->factor[f]);
    }
    for (uint32_t t = 0; t < RT_COUNT; t++) {
        uint16_t impulse = (uint16_t)pick(seed, k, 100 << 8), decay = (uint16_t)pick(seed, k, 4096);
        r->trace[t] = reads(r, traces[t]) ? (rule_trace){.impulse_q8 = impulse, .decay_q12 = decay} : (rule_trace){0};
    }
}

/* Nine epochs of one synapse with random spikes; returns how often a variable moved. */
static uint32_t play(uint32_t seed)
{
    uint32_t k = 0, epoch = 1 + pick(seed, &k, 8), moved = 0;
    bench *x = bench_open(1, 1, epoch);
    const hmn_draws draws = {hashed, &seed};
    x->b->projection[0].sign_mode.s = "mixed";
    x->b->rule[0].sign_free = true;
    random_program(seed, &k, &x->rule);
    bench_start(x);
    x->core->port.draws = &draws;
    model m = {.rule = &x->rule, .seed = seed, .z = {100, 0, 0}, .r1 = (int32_t)pick(seed, &k, 256) - 128};
    x->core->channel[0] = m.r1;
    for (m.step = 0; m.step < 9 * epoch; m.step++) {
        bool pre = pick(seed, &k, 3) == 0, post = pick(seed, &k, 3) == 0;
        core_step(x->core, &(uint32_t){0}, pre, &(hmn_drive){0, post ? FIRE : 0}, 1);
        if (pre)
            model_spike(&m, false);
        if (x->core->port.nfired)
            model_spike(&m, true);
        if ((m.step + 1) % epoch)
            continue;
        __int128 w = m.z[RULE_W], t = m.z[RULE_T];
        model_epoch(&m);
        moved += w != m.z[RULE_W] || t != m.z[RULE_T];
        hmn_synapse s = synapse(x, 0);
        ck_assert_msg(s.weight == (int32_t)m.z[RULE_W] && s.delay == (int32_t)m.z[RULE_D] &&
                          s.tag == (int32_t)m.z[RULE_T] && core_read(x->core, VAR_X1, 0) == (int32_t)m.trace[RT_X1] &&
                          core_read(x->core, VAR_Y3, 0) == (int32_t)m.trace[RT_Y3],
                      "program %u, step %u: w %d d %d t %d, want %d %d %d", seed, m.step, s.weight, s.delay, s.tag,
                      (int)m.z[RULE_W], (int)m.z[RULE_D], (int)m.z[RULE_T]);
    }
    bench_close(x);
    return moved;
}

START_TEST(random_programs_equal_those_of_wide_integers)
{
    uint32_t moved = 0;
    for (uint32_t seed = 0; seed < 400; seed++)
        moved += play(seed);
    ck_assert_uint_gt(moved, 1000);
}
END_TEST

SUITE("rounding", products_round_up_as_often_as_their_fraction, weights_round_up_as_often_as_their_fraction,
      weights_on_a_coarse_grid_do_too, tags_round_up_as_often_as_their_fraction,
      impulses_round_up_as_often_as_their_fraction, decaying_traces_round_up_as_often_as_their_fraction,
      random_programs_equal_those_of_wide_integers)
