/* The management processor restated. Takes the registers, attentions, rates and astrocytes of a quantised network and
 * what its modulators are told, yields r1 of each register and the biases of homeostasis (L40 to L42, L48;
 * docs/learning.md for equations 7 to 9). Straight after the formulas, a step at a time, with nothing kept that could
 * be computed. */
#include "tools/relearn.h"

#include "core/base/rng.h"
#include "tools/relearn_curve.h"

#include <math.h>
#include <stdlib.h>

typedef struct {
    int64_t input, average, baseline, keep, keep_baseline; /* s15.16 */
} modulator;

typedef struct {
    int64_t u[2], used[2], direction[2], score, loss[2], mean;
    uint32_t trials, n, window;
    bool minus_first;
} rates;

typedef struct {
    int64_t b; /* s47.16 */
    uint32_t spikes;
    int32_t written;
    bool moved;
} bias;

struct relearn_manager {
    const hmn_qnet *q;
    uint64_t seed;
    modulator *modulator;
    int64_t *level; /* A of astrocytes, s31.32 */
    rates *rates;
    int32_t *r1;
    uint8_t *heard, *r0;
    int64_t *carry, *m; /* m: s31.32, as it was rounded last without its carry */
    bias **bias;        /* [populations][size] */
};

static const int64_t ONE = 65536;

static int64_t word(__int128 x) { return relearn_limit(x, INT32_MIN, INT32_MAX); }
static int64_t times(int64_t a, int64_t b) { return relearn_near((__int128)a * b, 16); }

/* ---- equations 8 and 9 ---- */

static int64_t over(int64_t a, int64_t b)
{
    __int128 twice = (__int128)a * 2 * ONE, sum = twice < 0 ? -twice + b : twice + b, whole = sum / ((__int128)2 * b);
    return (int64_t)(twice < 0 ? -whole : whole);
}

static int64_t decayed(int64_t first, uint32_t n, int64_t stability, int64_t exponent)
{
    int64_t log = relearn_octaves((uint64_t)(n * ONE + stability)) - 16 * ONE;
    return times(first, (int64_t)relearn_power(-times(exponent, log)));
}

static int64_t normal(const struct relearn_manager *m, const qnet_rates *f, uint32_t n, uint32_t i)
{
    uint32_t w[4];
    bool mirrored = n > 1 && n % 2;
    rng_block(m->seed, RNG_META, f->rule, mirrored ? n - 1 : n, 1 + i, w);
    int64_t sum = (int64_t)w[0] + w[1] + w[2] + w[3];
    return (mirrored ? -1 : 1) * times(llround(65536 * sqrt(3)), relearn_near(sum, 16) - 2 * ONE);
}

static void direct(const struct relearn_manager *m, const qnet_rates *f, rates *s)
{
    uint32_t bits = rng_u32(m->seed, RNG_META, f->rule, s->n, 0);
    s->minus_first = f->method != META_REINFORCE && bits >> 31;
    for (uint32_t i = 0; i < 2; i++) {
        s->direction[i] = bits >> i & 1 ? -ONE : ONE;
        if (f->method == META_REINFORCE)
            s->direction[i] = normal(m, f, s->n, i);
        else if (f->method == META_FINITE_DIFFERENCE && f->part == 3 && s->n % 2 != i)
            s->direction[i] = 0;
    }
}

static void perturb(const qnet_rates *f, rates *s)
{
    int64_t c = decayed(f->c0, s->n, 0, f->gamma);
    bool minus = (s->window == 1) != s->minus_first;
    s->score = s->trials = 0;
    for (int i = 0; i < 2; i++)
        if (f->part >> i & 1)
            s->used[i] = relearn_limit(s->u[i] + (minus ? -1 : 1) * times(c, s->direction[i]), f->low[i], f->high[i]);
}

static void improve(const qnet_rates *f, rates *s)
{
    int64_t c = decayed(f->c0, s->n, 0, f->gamma), slope;
    if (f->method == META_REINFORCE)
        slope = s->n > 1 ? over(s->loss[0] - s->mean, c) : 0;
    else
        slope = over(s->loss[0] - s->loss[1], 2 * c);
    for (int i = 0; i < 2; i++)
        if (f->part >> i & 1) {
            int64_t a = decayed(f->a0[i], s->n, f->stability, f->alpha);
            int64_t step = relearn_limit(times(times(a, slope), s->direction[i]), -ONE, ONE);
            s->u[i] = relearn_limit(s->u[i] - step, f->low[i], f->high[i]);
        }
    s->mean = s->n == 1 ? s->loss[0] : s->mean + relearn_near(s->loss[0] - s->mean, 3);
    s->n++;
}

void relearn_manager_trial(struct relearn_manager *m, double score)
{
    int64_t given = llround(fmin(fmax(score, -32767), 32767) * 65536);
    for (uint32_t k = 0; k < m->q->nrates; k++) {
        const qnet_rates *f = &m->q->rates[k];
        rates *s = &m->rates[k];
        s->score += given;
        if (++s->trials < f->window)
            continue;
        s->loss[(s->window == 1) != s->minus_first] = -over(s->score, s->trials * ONE);
        if (s->window == 0 && f->method != META_REINFORCE)
            s->window = 1;
        else {
            improve(f, s);
            s->window = 0;
            direct(m, f, s);
        }
        perturb(f, s);
    }
}

/* ---- construction ---- */

static int64_t keep_of(const hmn_qnet *q, double tau)
{
    return tau > 0 ? llround(65536 * exp(-q->graph->dt / tau)) : 0;
}

static void start_modulators(struct relearn_manager *m)
{
    const hmn_net *net = m->q->graph->net;
    for (uint32_t k = 0; k < net->nmodulators; k++) {
        const net_modulator *n = &net->modulator[k];
        modulator *e = &m->modulator[k];
        e->keep = keep_of(m->q, n->tau.v);
        e->keep_baseline = n->baseline_tau.given ? keep_of(m->q, n->baseline_tau.v) : ONE;
        if (n->source == MODSRC_CONSTANT)
            e->input = e->average = llround(n->value.v * 65536);
    }
}

static void start_biases(struct relearn_manager *m, hmn_arena *a)
{
    for (uint32_t p = 0; p < m->q->graph->npopulations; p++) {
        const qnet_bias *f = m->q->population[p].bias;
        uint32_t size = m->q->graph->population[p].size;
        m->bias[p] = f ? ARENA_NEW(a, bias, size) : NULL;
        for (uint32_t i = 0; f && i < size; i++)
            m->bias[p][i].b = (int64_t)f[i].start * ONE;
    }
}

struct relearn_manager *relearn_manager_new(const hmn_qnet *q, uint64_t seed, hmn_arena *a)
{
    struct relearn_manager *m = ARENA_NEW(a, struct relearn_manager, 1);
    m->q = q;
    m->seed = seed;
    m->modulator = ARENA_NEW(a, modulator, q->graph->net->nmodulators);
    m->level = ARENA_NEW(a, int64_t, q->nastrocytes);
    m->rates = ARENA_NEW(a, rates, q->nrates);
    m->r1 = ARENA_NEW(a, int32_t, q->nchannels);
    m->heard = ARENA_NEW(a, uint8_t, q->nchannels);
    m->r0 = ARENA_NEW(a, uint8_t, q->nchannels);
    m->carry = ARENA_NEW(a, int64_t, q->nchannels);
    m->m = ARENA_NEW(a, int64_t, q->nchannels);
    m->bias = ARENA_NEW(a, bias *, q->graph->npopulations);
    start_modulators(m);
    start_biases(m, a);
    for (uint32_t k = 0; k < q->nrates; k++) {
        rates *s = &m->rates[k];
        s->n = 1;
        for (int i = 0; i < 2; i++)
            s->u[i] = s->used[i] = q->rates[k].start[i];
        direct(m, &q->rates[k], s);
        perturb(&q->rates[k], s);
    }
    return m;
}

void relearn_manager_set(struct relearn_manager *m, uint32_t k, double value)
{
    if (!isnan(value))
        m->modulator[k].input = llround(fmin(fmax(value * 65536, INT32_MIN), INT32_MAX));
}

/* ---- L40 ---- */

static int64_t follow(int64_t average, int64_t input, int64_t keep)
{
    return word(input + relearn_near((__int128)(average - input) * keep, 16));
}

static int64_t rate_of(const struct relearn_manager *m, const net_modulator *n, const uint8_t *fired)
{
    const graph_population *p = &m->q->graph->population[n->population.i];
    int64_t count = 0, ns = llround(m->q->graph->dt * 1e6);
    for (uint32_t i = 0; i < p->size; i++)
        count += fired[p->first + i];
    int64_t one = (int64_t)((__int128)1000000000 * ONE / ((__int128)p->size * ns)); /* Hz of a spike */
    return word(count * one - llround(n->baseline.v * 65536));
}

static void follow_all(struct relearn_manager *m, uint32_t step, const uint8_t *fired)
{
    const hmn_net *net = m->q->graph->net;
    for (uint32_t k = 0; k < net->nmodulators; k++) {
        const net_modulator *n = &net->modulator[k];
        modulator *e = &m->modulator[k];
        for (uint32_t i = 0; n->source == MODSRC_SCHEDULE && i < n->nschedule; i++)
            if (llround(n->schedule_time[i] / m->q->graph->dt) == step)
                e->input = llround(n->schedule_value[i] * 65536);
        if (n->source == MODSRC_POPULATION)
            e->input = rate_of(m, n, fired);
        e->average = follow(e->average, e->input, e->keep);
        if (e->keep_baseline < ONE)
            e->baseline = follow(e->baseline, e->average, e->keep_baseline);
    }
}

static int64_t level_of(const struct relearn_manager *m, uint32_t k)
{
    return m->modulator[k].average - m->modulator[k].baseline;
}

/* ---- L41 ---- */

static int64_t context_of(const struct relearn_manager *m, const qnet_attention *t, uint32_t d)
{
    return t->context[d] == NET_NONE ? ONE : word(level_of(m, t->context[d]));
}

/* |C|: the whole root of the sum of squares; components of 2^27 and more lose five bits on the way. */
static int64_t length_of(const struct relearn_manager *m, const qnet_attention *t)
{
    int64_t most = 0;
    uint64_t sum = 0, root;
    for (uint32_t d = 0; d < t->dimensions; d++)
        most = llabs(context_of(m, t, d)) > most ? llabs(context_of(m, t, d)) : most;
    unsigned lost = most >= 1 << 27 ? 5 : 0;
    for (uint32_t d = 0; d < t->dimensions; d++) {
        int64_t c = relearn_near(context_of(m, t, d), lost);
        sum += (uint64_t)(c * c);
    }
    root = (uint64_t)sqrt((double)sum);
    while (root * root > sum)
        root--;
    while ((root + 1) * (root + 1) <= sum)
        root++;
    return (int64_t)(root << lost);
}

static void shares(const struct relearn_manager *m, const qnet_attention *t, int64_t *gamma)
{
    const int64_t far = (int64_t)1 << 60, most = 1 << 30;
    int64_t h[QNET_MAX_TERMS + 1], top = INT64_MIN;
    uint64_t power[QNET_MAX_TERMS + 1], sum = 0;
    uint32_t n = t->nmodulators;
    for (uint32_t k = 0; k < n; k++) {
        __int128 dot = 0;
        int64_t e = level_of(m, t->modulator[k]);
        for (uint32_t d = 0; d < t->dimensions; d++)
            dot += (__int128)t->gain_q16[k][d] * context_of(m, t, d);
        h[k] = relearn_limit(relearn_near(dot, 16), -far, far);
        if (t->similarity == SIM_SCALED_DOT)
            h[k] = relearn_limit(relearn_near((__int128)h[k] * e, 16), -far, far);
        int64_t length = t->similarity == SIM_COSINE ? length_of(m, t) : 0;
        if (t->similarity == SIM_COSINE)
            h[k] = length == 0 || e == 0 ? 0 : (int64_t)(dot / length) * (e > 0 ? 1 : -1);
        h[k] = relearn_limit(h[k], -most, most);
    }
    if (t->null)
        h[n++] = t->null_q16;
    for (uint32_t k = 0; k < n; k++)
        top = h[k] > top ? h[k] : top;
    for (uint32_t k = 0; k < n; k++)
        sum += power[k] = relearn_fall((uint64_t)(top - h[k]));
    for (uint32_t k = 0; k < t->nmodulators; k++)
        gamma[k] = relearn_near((__int128)power[k] * (((uint64_t)1 << 62) / sum), 46);
}

/* ---- L42, L48 ---- */

static void astrocytes(struct relearn_manager *m)
{
    for (uint32_t k = 0; k < m->q->nastrocytes; k++) {
        const qnet_astrocyte *f = &m->q->astrocyte[k];
        int64_t e = level_of(m, m->q->graph->net->astrocyte[f->net].modulator.i);
        __int128 away = (__int128)e * f->gain - m->level[k];
        int64_t move = relearn_down(away * f->rate + ((__int128)1 << 31), 32);
        m->level[k] = relearn_limit((__int128)m->level[k] + move, 0, f->most * ONE);
    }
}

/* M, s15.16: 64 straight lines over 0 .. A_max. */
static int64_t effect_of(const struct relearn_manager *m, uint32_t k)
{
    const qnet_astrocyte *f = &m->q->astrocyte[k];
    int64_t at = relearn_down(m->level[k], 16) * 64 * ONE / f->most, line = at / ONE;
    if (line >= 64)
        return f->effect[64];
    return f->effect[line] + relearn_near((__int128)(f->effect[line + 1] - f->effect[line]) * (at % ONE), 16);
}

static int64_t scale_of(const struct relearn_manager *m, uint32_t row, int i)
{
    const qnet_rates *f = &m->q->rates[row];
    return f->part >> i & 1 ? (int64_t)relearn_power(m->rates[row].used[i] - f->start[i]) : ONE;
}

/* base + sum_k gain_k gamma_k L_k with all that multiplies it but the phase gate, s31.32. */
static int64_t factor_of(const struct relearn_manager *m, const qnet_channel *c)
{
    const qnet_attention *t = c->attention ? &m->q->attention[c->attention - 1] : NULL;
    int64_t gamma[QNET_MAX_TERMS], effect = c->astrocyte ? effect_of(m, c->astrocyte - 1) : 0;
    __int128 sum = 0, base = (__int128)c->base_q16 * ONE;
    if (t)
        shares(m, t, gamma);
    for (uint32_t k = 0; k < c->nterms; k++) {
        __int128 part = (__int128)c->gain_q16[k] * level_of(m, c->modulator[k]);
        uint32_t slot = 0;
        while (t && t->modulator[slot] != c->modulator[k])
            slot++;
        sum += t ? relearn_near(part * gamma[slot], 16) : part;
    }
    if (c->astrocyte && !c->multiplies)
        sum += (__int128)c->lambda_q16 * effect;
    if (c->rates) {
        sum = relearn_near(sum * scale_of(m, c->rates - 1, 1), 16);
        base = relearn_near(base * scale_of(m, c->rates - 1, 0), 16);
    }
    sum += base;
    if (c->astrocyte && c->multiplies) {
        int64_t by = ONE + relearn_near((__int128)c->lambda_q16 * effect, 16);
        sum = relearn_near(sum * (by > 0 ? by : 0), 16);
    }
    return relearn_limit(sum, INT64_MIN / 2, INT64_MAX / 2);
}

static uint32_t turns(double part) { return (uint32_t)(llround(ldexp(part - floor(part), 32)) & UINT32_MAX); }

static int64_t gate_of(const struct relearn_manager *m, const qnet_channel *c, uint32_t step)
{
    const net_oscillation *o = &m->q->graph->net->oscillation[c->oscillation - 1];
    uint32_t advance = turns(o->frequency.v * m->q->graph->dt * 1e-3), phase = turns(o->phase.v / (2 * M_PI));
    int32_t open = relearn_cos(phase + advance * step - c->phase);
    return open > 0 ? open : 0;
}

static void set_register(struct relearn_manager *m, uint32_t k, uint32_t step)
{
    const qnet_channel *c = &m->q->channel[k];
    int64_t high = c->wide ? INT16_MAX : INT8_MAX, whole = factor_of(m, c);
    if (c->oscillation)
        whole = relearn_near((__int128)whole * gate_of(m, c, step), 16);
    m->m[k] = whole;
    if (!c->carry || whole == 0) {
        m->r1[k] = (int32_t)relearn_limit(relearn_near(whole, 32), -high - 1, high);
        return;
    }
    whole += 2 * m->carry[k];
    int64_t near = relearn_near(whole, 32);
    m->r1[k] = (int32_t)relearn_limit(near, -high - 1, high);
    m->carry[k] = m->r1[k] == near ? word(relearn_down((__int128)whole - (__int128)near * ((int64_t)1 << 32), 1)) : 0;
}

/* L26: a modulator of the register was not silent in some step of the epoch. */
static void hear(struct relearn_manager *m, uint32_t k, bool over, const uint8_t *fired)
{
    const qnet_channel *c = &m->q->channel[k];
    for (uint32_t i = 0; i < c->nterms; i++) {
        const net_modulator *n = &m->q->graph->net->modulator[c->modulator[i]];
        bool heard = n->source != MODSRC_POPULATION && m->modulator[c->modulator[i]].input != 0;
        const graph_population *p = &m->q->graph->population[n->source == MODSRC_POPULATION ? n->population.i : 0];
        for (uint32_t j = 0; n->source == MODSRC_POPULATION && j < p->size; j++)
            heard |= fired[p->first + j];
        m->heard[k] |= heard;
    }
    if (over) {
        m->r0[k] = m->heard[k];
        m->heard[k] = 0;
    }
}

/* ---- homeostasis ---- */

static void homeostasis(struct relearn_manager *m, uint32_t step, const uint8_t *fired)
{
    for (uint32_t p = 0; p < m->q->graph->npopulations; p++) {
        const qnet_bias *f = m->q->population[p].bias;
        for (uint32_t i = 0; f && i < m->q->graph->population[p].size; i++) {
            bias *b = &m->bias[p][i];
            int64_t most = f[i].most * ONE;
            b->spikes += fired[m->q->graph->population[p].first + i];
            if ((step + 1) % QNET_BIAS_EPOCH != 0)
                continue;
            b->b = relearn_limit((__int128)b->b + f[i].rise_q16 - (__int128)f[i].drop_q16 * b->spikes, -most, most);
            b->written = (int32_t)(relearn_near(b->b, 16 + f[i].shift) * (1 << f[i].shift));
            b->moved = f[i].rise_q16 || f[i].drop_q16;
            b->spikes = 0;
        }
    }
}

void relearn_manager_step(struct relearn_manager *m, uint32_t step, const uint8_t *fired, bool learning)
{
    follow_all(m, step, fired);
    for (int lags = 1; lags >= 0; lags--) {
        for (uint32_t k = 0; k < m->q->nchannels; k++) {
            bool over = (step + 1) % (m->q->channel[k].epoch ? m->q->channel[k].epoch : 1) == 0;
            if (m->q->channel[k].lags != (uint32_t)lags)
                continue;
            hear(m, k, over, fired);
            if (over)
                set_register(m, k, step);
        }
        if (lags)
            astrocytes(m);
    }
    if (learning)
        homeostasis(m, step, fired);
}

/* ---- reading ---- */

int32_t relearn_manager_channel(const struct relearn_manager *m, uint32_t channel) { return m->r1[channel]; }

int32_t relearn_manager_reward(const struct relearn_manager *m, uint32_t channel) { return m->r0[channel]; }

double relearn_manager_sum(const struct relearn_manager *m, uint32_t channel)
{
    return ldexp((double)m->m[channel], -32);
}

bool relearn_manager_bias(const struct relearn_manager *m, uint32_t neuron, int32_t *out)
{
    uint32_t p = graph_population_of(m->q->graph, neuron);
    const bias *b = m->bias[p] ? &m->bias[p][neuron - m->q->graph->population[p].first] : NULL;
    if (!b || !b->moved)
        return false;
    *out = b->written;
    return true;
}
