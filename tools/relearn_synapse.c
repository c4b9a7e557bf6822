/* The end of a learning epoch restated. Takes a core's traces and the registers, yields new weights and tags, straight
 * from docs/chips/loihi.md: every synapse of the core is visited in each epoch, every product is formed (L11 to L16,
 * L43 to L46). 64- and 128-bit integers throughout, so that only the documented roundings and limits act. */
#include "tools/relearn.h"

#include "core/base/rng.h"
#include "tools/relearn_curve.h"

#include <math.h>
#include <stdlib.h>

enum { LOW = -32768, HIGH = 32767 };

/* ---- L11, L12 ---- */

static uint32_t decay_draw(const relearn *r, const relearn_core *c, uint32_t core, const relearn_traces *o, uint32_t k,
                           uint32_t step)
{
    uint32_t word[4], owner = o->owner | k << 28;
    if (c->even)
        return rng_even(r->seed, RNG_EVEN, core, owner, 0, step) / 1048576;
    rng_block(r->seed, RNG_TRACE, core, owner, step / 8, word);
    return step % 2 ? word[step % 8 / 2] / 4096 % 4096 : word[step % 8 / 2] % 4096;
}

static uint32_t add_impulse(const relearn *r, uint32_t core, const relearn_traces *o, uint32_t k, uint32_t x,
                            uint32_t step, bool early)
{
    uint32_t word[4];
    rng_block(r->seed, RNG_TRACE, core, o->owner | k << 28 | 1u << 30, step, word);
    uint32_t impulse = o->impulse[k];
    if (o->counts) /* L55 */
        impulse = (uint32_t)relearn_limit(relearn_near((__int128)impulse * o->count, o->one), 0, 32767);
    x += impulse / 256 + (word[early] % 256 < impulse % 256);
    return x < 127 ? x : 127;
}

static void spike(const relearn *r, const relearn_core *c, uint32_t core, relearn_traces *o, uint32_t count)
{
    for (uint32_t k = 0; o->last && k < count; k++)
        o->value[k] = add_impulse(r, core, o, k, o->value[k], r->step, true);
    o->last = r->step % c->epoch + 1;
    if (o->counts)
        o->count = relearn_limit(r->heard[o->counts - 1], 0, 32767);
}

/* L54 */
static void write(const relearn *r, relearn_traces *o)
{
    if (o->written)
        o->value[2] = (uint32_t)relearn_limit(relearn_manager_channel(r->manager, o->written - 1), 0, 127);
}

static void carry_through(const relearn *r, const relearn_core *c, uint32_t core, relearn_traces *o, uint32_t count)
{
    uint32_t start = r->step + 1 - c->epoch;
    for (uint32_t k = 0; k < count; k++) {
        uint32_t x = o->value[k];
        o->at[k][0] = (uint8_t)x;
        for (uint32_t s = 1; s <= c->epoch; s++) {
            uint32_t exact = x * o->keep[k];
            x = exact / 4096 + (exact % 4096 && decay_draw(r, c, core, o, k, start + s - 1) < exact % 4096);
            if (s == o->last)
                x = add_impulse(r, core, o, k, x, start + s - 1, false);
            o->at[k][s] = (uint8_t)x;
        }
        o->value[k] = x;
    }
}

/* ---- L13, L43 ---- */

typedef struct {
    const relearn *r;
    const relearn_core *c;
    uint32_t core, number, index; /* number of the epoch, from 1 */
    const hmn_rule *rule;
    relearn_synapse *s;
    const relearn_traces *x, *y;
} visit;

static int64_t width_of(rule_var v)
{
    switch (v) {
    case RV_X0:
    case RV_Y0:
    case RV_R0:
    case RV_U: return 1;
    case RV_X1:
    case RV_X2:
    case RV_Y1:
    case RV_Y2:
    case RV_Y3: return 7;
    case RV_R1:
    case RV_C: return 8;
    case RV_W:
    case RV_D:
    case RV_T: return 9;
    case RV_COUNT: break;
    }
    return 0;
}

/* at: the step of the epoch after which traces are read. */
static int64_t variable(const visit *v, rule_var var, uint32_t at)
{
    switch (var) {
    case RV_X0: return v->x->last > 0;
    case RV_Y0: return v->y->last > 0;
    case RV_X1: return v->x->at[0][at];
    case RV_X2: return v->x->at[1][at];
    case RV_Y1: return v->y->at[0][at];
    case RV_Y2: return v->y->at[1][at];
    case RV_Y3: return v->y->at[2][at];
    case RV_R0: return relearn_manager_reward(v->r->manager, v->rule->r1_channel);
    case RV_R1: return relearn_manager_channel(v->r->manager, v->rule->r1_channel);
    case RV_W: return v->s->w;
    case RV_D: return v->s->d;
    case RV_T: return v->s->t;
    case RV_C:
    case RV_U:
    case RV_COUNT: break;
    }
    return 0;
}

static uint32_t product_draw(const visit *v, uint32_t k, uint32_t which)
{
    uint32_t word[4];
    rng_block(v->r->seed, RNG_ROUND, v->core | k / 2 << 24, v->index, v->number, word);
    return word[k % 2 * 2 + which];
}

static int64_t round_product(const visit *v, uint32_t k, __int128 x, int64_t width, int64_t e)
{
    int64_t lost = width + 4 > 15 ? width + 4 - 15 : 0;
    if (!v->rule->rounds)
        return relearn_limit((__int128)relearn_down(x, (unsigned)lost) * ((__int128)1 << (e + 7)), LOW, HIGH);
    int64_t right = lost - e - 7;
    if (right <= 0)
        return relearn_limit(x * ((__int128)1 << -right), LOW, HIGH);
    unsigned first = right > 32 ? (unsigned)right - 32 : 0, rest = (unsigned)right - first; /* a draw has 32 bits */
    int64_t y = relearn_chance(relearn_down(x, first), rest, product_draw(v, k, 0) >> (32 - rest));
    return relearn_limit(y, LOW, HIGH);
}

static int64_t product(const visit *v, uint32_t k)
{
    const rule_product *p = &v->rule->product[k];
    uint32_t at = p->dependency == RV_X0 ? v->x->last : p->dependency == RV_Y0 ? v->y->last : v->c->epoch;
    bool acts = p->dependency == RV_U ? v->number % (1u << p->decimate) == 0 : at > 0;
    __int128 x = p->mantissa;
    int64_t width = 0;
    if (!acts)
        return 0;
    for (uint32_t f = 0; f < p->nfactors; f++) {
        rule_var var = (rule_var)p->factor[f].var;
        int64_t value = variable(v, var, at) + p->factor[f].constant, most = (int64_t)1 << width_of(var);
        if (p->factor[f].sgn)
            value = (value > 0) - (value < 0);
        x *= relearn_limit(value, -most, most - 1);
        width += width_of(var);
    }
    int64_t y = x == 0 ? 0 : round_product(v, k, x, width, p->exponent);
    if (y != 0 && v->rule->attended >> k & 1) { /* L44 */
        const uint64_t most = (uint64_t)1 << 40;
        uint64_t alpha = v->s->alpha < most ? v->s->alpha : most;
        y = relearn_limit(relearn_chance(y * (int64_t)alpha, 16, product_draw(v, k, 1) % 65536), LOW, HIGH);
    }
    return y;
}

/* ---- L44 ---- */

static int64_t logit(const rule_attend *a, const relearn_traces *x, const relearn_traces *y, uint32_t end)
{
    return relearn_near((__int128)x->at[1][end] * y->at[1][end] * a->gain, 4);
}

static void sum_shares(relearn *r, relearn_core *c)
{
    for (uint32_t j = 0; j < c->nposts; j++) {
        uint64_t sum[256] = {0}, count[256] = {0};
        bool mean[256] = {false};
        for (uint32_t i = 0; i < c->nsynapses; i++) {
            const relearn_synapse *s = &c->synapse[i];
            const rule_attend *a = &r->q->rule[s->rule].attend;
            if (s->post != j || !a->on)
                continue;
            sum[a->group] += relearn_power(logit(a, &c->axon[s->axon], &c->post[j], c->epoch));
            count[a->group]++;
            mean[a->group] = a->mean;
        }
        for (uint32_t g = 0; g < 256; g++)
            if (count[g])
                c->post[j].norm[g % RELEARN_GROUPS] =
                    relearn_octaves(sum[g]) - 16 * 65536 - (mean[g] ? relearn_octaves(count[g]) : 0);
    }
}

/* ---- L45 ---- */

static int64_t line_of(const rule_draw *d, int64_t n)
{
    double size = (double)(d->first + (n << d->shift)) / 128;
    return llround(65536 / (1 + exp(-d->beta * (size - d->theta))));
}

int64_t relearn_chance_of(const rule_draw *d, int64_t sum)
{
    int64_t beyond = llabs(sum) - d->first, line = beyond > 0 ? beyond >> d->shift : 0;
    if (beyond <= 0)
        return line_of(d, 0);
    if (line >= 128)
        return line_of(d, 128);
    int64_t part = beyond - (line << d->shift), low = line_of(d, line);
    return low + relearn_near((__int128)(line_of(d, line + 1) - low) * part, d->shift);
}

static bool chosen(const visit *v, int64_t sum, uint32_t ticks)
{
    uint32_t word = rng_u32(v->r->seed, RNG_UPDATE, v->s->projection, v->s->key, (v->number >> ticks) - 1);
    return word / 65536 < relearn_chance_of(&v->rule->draw, sum);
}

/* ---- L14, L16 ---- */

/* z / 2^bits; the draw of a target, or for weights of rules that round the next of an even sequence. */
static int64_t settle(const visit *v, rule_target target, int64_t z, unsigned bits)
{
    uint32_t word[4], ticks = UINT32_MAX;
    if (v->rule->rounds && target == RULE_W) {
        for (uint32_t k = 0; k < v->rule->nproducts; k++)
            if (v->rule->product[k].target == RULE_W && v->rule->product[k].decimate < ticks)
                ticks = v->rule->product[k].decimate;
        uint32_t even =
            rng_even(v->r->seed, RNG_EVEN, v->core, v->index, 1, v->number >> (ticks == UINT32_MAX ? 0 : ticks));
        return relearn_chance(z, bits, even >> (32 - bits));
    }
    rng_block(v->r->seed, RNG_SYNAPSE, v->core, v->index, v->number, word);
    return relearn_chance(z, bits, word[target] % (1u << bits));
}

static int64_t joined(int64_t z, int64_t more) { return relearn_limit(z + more, LOW, HIGH); }

static void write_back(visit *v, const int64_t *z)
{
    const qnet_projection *p = &v->r->q->projection[v->s->projection];
    unsigned s = (unsigned)(8 - p->weight_bits + (p->sign == SIGN_MIXED));
    v->s->w = (int32_t)relearn_limit(settle(v, RULE_W, z[RULE_W], 7 + s) * (1 << s), p->w_min, p->w_max);
    v->s->t = (int32_t)relearn_limit(settle(v, RULE_T, z[RULE_T], 7), -256, 255);
    bool is_signed = !v->r->q->chip->limits->second_tag_is_delay;
    if (v->rule->second) /* L46 */
        v->s->d = (int32_t)relearn_limit(settle(v, RULE_D, z[RULE_D], 7), is_signed ? -256 : 0, is_signed ? 255 : 63);
}

static void learn(visit *v)
{
    int64_t z[RULE_TARGETS] = {v->s->w * 128, v->s->d * 128, v->s->t * 128}, drawn = 0;
    uint32_t ticks = 0;
    bool touched[RULE_TARGETS] = {false};
    const rule_attend *a = &v->rule->attend;
    v->s->w_before = v->s->w;
    v->s->d_before = v->s->d;
    v->s->t_before = v->s->t;
    if (a->on)
        v->s->alpha = relearn_power(logit(a, v->x, v->y, v->c->epoch) - v->y->norm[a->group % RELEARN_GROUPS]);
    for (uint32_t k = 0; k < v->rule->nproducts; k++) {
        const rule_product *p = &v->rule->product[k];
        int64_t y = product(v, k);
        touched[p->target] |= y != 0;
        if (v->rule->drawn >> k & 1) {
            drawn = joined(drawn, y);
            ticks = y ? p->decimate : ticks;
        } else
            z[p->target] = joined(z[p->target], y);
    }
    v->s->drawn = drawn;
    v->s->applied = drawn != 0 && v->rule->draw.on && chosen(v, drawn, ticks);
    if (v->s->applied)
        z[RULE_W] = joined(z[RULE_W], drawn);
    v->s->moved = z[RULE_W] - v->s->w * 128;
    if (touched[RULE_W] || touched[RULE_D] || touched[RULE_T])
        write_back(v, z);
}

static void forget(relearn_traces *o)
{
    o->was = o->last;
    o->last = 0;
}

void relearn_core_step(relearn *r, uint32_t core, bool learning)
{
    relearn_core *c = &r->core[core];
    for (uint32_t i = 0; i < c->naxons; i++)
        if (r->arrived[c->axon[i].neuron])
            spike(r, c, core, &c->axon[i], 2);
    for (uint32_t i = 0; i < c->nposts; i++)
        if (r->fired[c->post[i].neuron])
            spike(r, c, core, &c->post[i], 3);
    if ((r->step + 1) % c->epoch != 0)
        return;
    for (uint32_t i = 0; i < c->naxons; i++)
        carry_through(r, c, core, &c->axon[i], 2);
    for (uint32_t i = 0; i < c->nposts; i++) {
        write(r, &c->post[i]);
        carry_through(r, c, core, &c->post[i], 3);
    }
    if (learning)
        sum_shares(r, c);
    for (uint32_t i = 0; learning && i < c->nsynapses; i++) {
        relearn_synapse *s = &c->synapse[i];
        visit v = {
            r, c, core, (r->step + 1) / c->epoch, i, &r->q->rule[s->rule], s, &c->axon[s->axon], &c->post[s->post]};
        learn(&v);
    }
    for (uint32_t i = 0; i < c->naxons; i++)
        forget(&c->axon[i]);
    for (uint32_t i = 0; i < c->nposts; i++)
        forget(&c->post[i]);
}
