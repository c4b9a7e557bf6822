/* Straight after S60 to S67, a step at a time for all synapses: what the emulator defers to presynaptic spikes happens
 * here at once. Takes the settings of a rule in real numbers, the spikes and broadcasts of a step; keeps weights and
 * eligibilities. */
#include "tools/respin_rule.h"

#include "core/base/rng.h"
#include "tools/relearn_curve.h"

#include <math.h>

enum { WORD = 65536, TRACE_ONE = 32768 };

/* ---- tables, a value at a time ---- */

static int64_t share(double x) { return llround(fmin(x * WORD, WORD - 1)); }

/* S61: D(x, n). */
static int64_t fades(double tau, int64_t x, int64_t n)
{
    if (n % 32)
        x = x * (tau > 0 ? share(exp(-(double)(n % 32) / tau)) : 0) / WORD;
    if (n / 32)
        x = x * (tau > 0 ? share(exp(-(double)(n - n % 32) / tau)) : 0) / WORD;
    return x;
}

static int64_t now(const respin_trace *t, double tau, uint32_t k, uint32_t step)
{
    return t->at < 0 ? 0 : fades(tau, t->value[k], step - t->at);
}

static void rises(respin_trace *t, const double *tau, uint32_t n, uint32_t step, int64_t by)
{
    for (uint32_t k = 0; k < n; k++)
        t->value[k] = now(t, tau[k], k, step) + by;
    t->at = step;
}

/* S62: bits that the products of an eligibility lose. */
static unsigned loses(const hybrid_settings *s, uint32_t k)
{
    double most = fmax(fabs(s->plus[k]), s->flags & HYBRID_MINUS ? fabs(s->minus[k]) : 0);
    return most > 0 ? (unsigned)fmin(fmax(29 - floor(log2(most)), 0), 40) : 15;
}

/* plus_k[left], minus_k[left] times a trace. */
static int64_t pairing(const hybrid_settings *s, uint32_t k, double amplitude, uint32_t left, int64_t trace)
{
    double fade = s->tau[k] > 0 ? exp(-(double)left / s->tau[k]) : 1;
    double v = nearbyint(ldexp(amplitude * fade, (int)loses(s, k) - 15));
    return relearn_near((__int128)trace * (int64_t)fmin(fmax(v, -32767), 32767), loses(s, k));
}

static int64_t kept(const hybrid_settings *s, uint32_t k)
{
    return s->tau[k] > 0 ? share(exp(-(double)s->epoch / s->tau[k])) : 0;
}

/* S63: P(|d|), u0.16. */
static int64_t chance(const hybrid_settings *s, int64_t size)
{
    int bits = s->weight_shift < 3 ? (int)s->weight_shift : 3;
    double end = s->beta > 0 ? s->theta + 12 / s->beta : 0;
    while (ldexp(end, bits) > 1024)
        bits--;
    int64_t line = (int64_t)(size >> ((int)s->weight_shift - bits)), last = (int64_t)ceil(fmax(ldexp(end, bits), 0));
    line = line < last ? line : last;
    return share(1 / (1 + exp(-s->beta * (ldexp((double)line + 0.5, -bits) - s->theta))));
}

/* ---- a projection ---- */

respin_rule *respin_rule_new(const hmn_qnet *q, uint32_t projection, uint64_t seed, hmn_arena *a)
{
    const graph_projection *j = &q->graph->projection[projection];
    respin_rule *r = ARENA_NEW(a, respin_rule, 1);
    *r = (respin_rule){.j = j, .s = &spin_learning_of(q, projection)->hybrid, .projection = projection, .seed = seed};
    r->counts = TRACE_ONE;
    r->npre = q->graph->population[j->pre].size;
    r->npost = q->graph->population[j->post].size;
    r->x = ARENA_NEW(a, respin_trace, r->npre);
    r->h = ARENA_NEW(a, respin_trace, r->npre);
    r->y = ARENA_NEW(a, respin_trace, r->npost);
    r->c = ARENA_NEW(a, respin_trace, r->npost);
    for (uint32_t i = 0; i < r->npre; i++)
        r->x[i].at = r->h[i].at = -1;
    for (uint32_t i = 0; i < r->npost; i++)
        r->y[i].at = r->c[i].at = -1;
    r->weight = ARENA_NEW(a, int32_t, j->nsynapses);
    r->psi = arena_alloc(a, j->nsynapses * sizeof *r->psi, 16);
    r->down = ARENA_NEW(a, bool, j->nsynapses);
    r->alpha = ARENA_NEW(a, int64_t, j->nsynapses);
    r->fan_in = ARENA_NEW(a, uint32_t, r->npost);
    r->pre = ARENA_NEW(a, uint32_t, j->nsynapses);
    r->last = ARENA_NEW(a, respin_last, j->nsynapses);
    for (uint32_t i = 0; i < r->npre; i++)
        for (uint32_t e = j->row[i]; e < j->row[i + 1]; e++) {
            r->pre[e] = i;
            r->weight[e] = q->projection[projection].weight[e];
            r->down[e] = r->weight[e] < 0 || j->receptor == RECEPTOR_INHIBITORY;
            r->psi[e][0] = r->psi[e][1] = 0;
            r->fan_in[j->target[e]]++;
        }
    return r;
}

static void add(respin_rule *r, uint64_t e, uint32_t k, int64_t by)
{
    r->psi[e][k] = (int32_t)relearn_limit((__int128)r->psi[e][k] + by, -32767, 32767);
}

/* S68 */
static int64_t positive(int32_t value) { return value < 0 ? 0 : value; }

/* S62, in this order: the arrival x, the spike z. */
static void pair(respin_rule *r, uint64_t e, uint32_t step, bool x, bool z, int32_t astrocyte)
{
    const hybrid_settings *s = r->s;
    uint32_t left = s->epoch - 1 - step % s->epoch, traces = s->flags & HYBRID_SLOW ? 2 : 1;
    int64_t factor = s->pairs_by ? positive(astrocyte) : 1, one = (int64_t)1 << s->pairs_one;
    int64_t y = now(&r->y[r->j->target[e]], s->tau_minus, 0, step) * r->counts / TRACE_ONE;
    for (uint32_t k = 0; k < traces; k++) {
        if (x && s->flags & HYBRID_MINUS)
            add(r, e, k, -pairing(s, k, s->minus[k], left, y * factor / one));
        if (z)
            add(r, e, k, pairing(s, k, s->plus[k], left, now(&r->x[r->pre[e]], s->tau_plus, 0, step) * factor / one));
    }
}

/* ---- S67 ---- */

/* 16 bits of a gain and the bits that are lost. */
static int64_t gain_of(const hybrid_settings *s, uint32_t k, unsigned *lost)
{
    double fresh = s->attend_tau[k] > 0 ? -expm1(-1 / s->attend_tau[k]) : 1, gain = 2 * s->attend_gain * fresh * fresh;
    int whole = gain > 0 ? (int)floor(log2(gain)) + 1 : 0;
    *lost = (unsigned)(16 - whole);
    return llround(fmin(ldexp(gain, 16 - whole), WORD - 1));
}

static int64_t logit_of(const respin_rule *r, uint64_t e, uint32_t step, bool *active)
{
    int64_t a = 0;
    *active = false;
    for (uint32_t k = 0; k < r->s->timescales; k++) {
        unsigned lost;
        int64_t h = now(&r->h[r->pre[e]], r->s->attend_tau[k], k, step), gain = gain_of(r->s, k, &lost);
        int64_t c = now(&r->c[r->j->target[e]], r->s->attend_tau[k], k, step);
        *active |= h != 0;
        a += relearn_near((__int128)relearn_down((__int128)h * c, 15) * gain, lost);
    }
    return a;
}

static uint64_t falls(int64_t a) { return relearn_fall((uint64_t)a) / 64; }

static void attend(respin_rule *r, uint32_t step)
{
    for (uint32_t post = 0; post < r->npost; post++) {
        int64_t top = 0;
        unsigned __int128 sum = (unsigned __int128)r->fan_in[post] << 24;
        for (uint64_t e = 0; e < r->j->nsynapses; e++) {
            bool active;
            if (r->j->target[e] != post)
                continue;
            int64_t a = r->alpha[e] = logit_of(r, e, step, &active);
            if (!active)
                continue;
            if (a > top) {
                sum = sum * falls(a - top) >> 24;
                top = a;
            }
            sum += falls(top - a) - falls(top);
        }
        int64_t norm = r->fan_in[post] ? top + relearn_octaves((uint64_t)sum) - 24 * WORD : 0;
        if (r->fan_in[post] && r->s->flags & HYBRID_MEAN)
            norm -= relearn_octaves(r->fan_in[post]);
        for (uint64_t e = 0; e < r->j->nsynapses; e++)
            if (r->j->target[e] == post)
                r->alpha[e] = relearn_limit((__int128)relearn_power(r->alpha[e] - norm), 0, INT32_MAX);
    }
}

/* ---- S63 ---- */

static int64_t rounded(const hybrid_settings *s, __int128 x, unsigned bits, uint32_t random)
{
    int64_t narrow = (int64_t)x;
    return s->flags & HYBRID_STOCHASTIC ? relearn_chance(narrow, bits, random & (((uint64_t)1 << bits) - 1))
                                        : relearn_near(x, bits);
}

static int32_t bounded(const respin_rule *r, uint64_t e, int64_t w)
{
    int64_t low = r->s->w_min, high = r->s->w_max;
    if (!(r->s->flags & HYBRID_FREE) && !r->down[e])
        low = low > 0 ? low : 0;
    if (!(r->s->flags & HYBRID_FREE) && r->down[e])
        high = high < 0 ? high : 0;
    return (int32_t)relearn_limit(w, low, high);
}

static void move(respin_rule *r, uint64_t e, int64_t m, const uint32_t draw[4])
{
    const hybrid_settings *s = r->s;
    respin_last *last = &r->last[e];
    __int128 d = (__int128)m * (r->psi[e][0] + r->psi[e][1]);
    if (s->timescales)
        d = rounded(s, d * r->alpha[e], 16, draw[3]);
    *last =
        (respin_last){r->weight[e], {r->psi[e][0], r->psi[e][1]}, (int32_t)m, r->alpha[e], (int64_t)d, 0, 0, d != 0};
    if (s->gate) {
        last->p = chance(s, (int64_t)(d < 0 ? -d : d));
        last->applied = d != 0 && (last->p == WORD - 1 || draw[0] / WORD < last->p);
        d = last->applied ? d : 0;
    }
    int64_t lose = llround(fmin(ldexp(s->lose, 32), UINT32_MAX));
    last->lost = relearn_near((__int128)r->weight[e] * lose, 32 - s->weight_shift);
    d -= last->lost;
    if (d != 0)
        r->weight[e] = bounded(r, e, r->weight[e] + rounded(s, d, s->weight_shift, draw[1]));
}

static void end_epoch(respin_rule *r, uint32_t step, const int32_t *broadcast, bool learning)
{
    bool heard = false;
    for (uint32_t b = 0; b < r->s->bins; b++)
        heard |= broadcast[b] != 0;
    if (learning && heard && r->s->timescales)
        attend(r, step);
    for (uint64_t e = 0; e < r->j->nsynapses; e++) {
        uint32_t draw[4];
        rng_block(r->seed, RNG_UPDATE, r->projection, (uint32_t)e, step / r->s->epoch, draw);
        if (learning)
            move(r, e, broadcast[r->j->bin ? r->j->bin[e] : 0], draw);
        for (uint32_t k = 0; k < 2; k++) {
            int64_t p = r->psi[e][k] * kept(r->s, k), random = k ? draw[2] / WORD : draw[2] % WORD;
            r->psi[e][k] =
                (int32_t)(r->s->flags & HYBRID_STOCHASTIC ? relearn_chance(p, 16, (uint64_t)random) : p / WORD);
        }
    }
}

void respin_rule_step(respin_rule *r, const hmn_graph *g, uint32_t step, const uint8_t *arrived, const uint8_t *fired,
                      const respin_heard *heard, bool learning)
{
    const uint8_t *x = arrived + g->population[r->j->pre].first, *z = fired + g->population[r->j->post].first;
    for (uint32_t i = 0; i < r->npre; i++)
        if (x[i]) {
            rises(&r->x[i], &r->s->tau_plus, 1, step, r->counts);
            rises(&r->h[i], r->s->attend_tau, r->s->timescales, step, r->counts);
        }
    for (uint32_t i = 0; i < r->npost; i++)
        if (z[i]) {
            rises(&r->y[i], &r->s->tau_minus, 1, step, TRACE_ONE);
            rises(&r->c[i], r->s->attend_tau, r->s->timescales, step, TRACE_ONE);
        }
    for (uint64_t e = 0; e < r->j->nsynapses; e++)
        if (x[r->pre[e]] || z[r->j->target[e]])
            pair(r, e, step, x[r->pre[e]], z[r->j->target[e]], heard->astrocyte);
    if (step % r->s->epoch == r->s->epoch - 1)
        end_epoch(r, step, heard->bin, learning);
    if (r->s->counts_by)
        r->counts = positive(heard->astrocyte) * ((int64_t)1 << (15 - r->s->counts_one));
}

int64_t respin_rule_x(const respin_rule *r, uint64_t e, uint32_t step)
{
    return now(&r->x[r->pre[e]], r->s->tau_plus, 0, step);
}

int64_t respin_rule_y(const respin_rule *r, uint64_t e, uint32_t step)
{
    return now(&r->y[r->j->target[e]], r->s->tau_minus, 0, step);
}

uint32_t respin_rule_adds(const respin_rule *r, uint64_t e, uint32_t *type)
{
    bool down = r->weight[e] < 0;
    *type = r->s->type[down];
    return (uint32_t)relearn_near((__int128)(down ? -r->weight[e] : r->weight[e]) * r->counts, 15 + r->s->drop[down]);
}
