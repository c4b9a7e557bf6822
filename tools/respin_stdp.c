/* Straight after S51 to S57: at a presynaptic spike a synapse replays the postsynaptic events that it has not seen,
 * then the spike itself. Takes the settings of a rule in real numbers and spikes; keeps weights of 16 bits. */
#include "tools/respin_stdp.h"

#include "backends/spinnaker/program.h"
#include "tools/relearn_curve.h"

#include <math.h>

enum { ONE = 2048 };

/* ---- S50 ---- */

static int64_t wrapped(int64_t x, unsigned bits)
{
    int64_t low = x & (((int64_t)1 << bits) - 1);
    return low >> (bits - 1) ? low - ((int64_t)1 << bits) : low;
}

static int64_t mul16(int64_t x, int64_t y) { return relearn_down((__int128)wrapped(x, 16) * wrapped(y, 16), 11); }
static int64_t mul(int64_t a, int64_t b) { return wrapped(relearn_down((__int128)a * b, 15), 32); }
static int64_t scale(int64_t a, int64_t x) { return mul(a, wrapped(x * 16, 32)); }

/* L(t); negative times read 0. */
static int64_t left(const respin_stdp *r, int table, int64_t t)
{
    return t < 0 ? 0 : (int64_t)floor(ONE * exp(-(double)t * r->dt / r->tau[table]));
}

static int64_t faded(const respin_stdp *r, int table, int64_t x, int64_t t) { return mul16(x, left(r, table, t)); }

/* ---- S56 ---- */

static int64_t down(const respin_stdp *r, int64_t w, int64_t x, int64_t x3)
{
    if (r->kind.weight == WEIGHT_MULTIPLICATIVE)
        return wrapped(w - scale(mul(wrapped(w - r->low, 32), r->minus), x), 32);
    w = wrapped(w - scale(r->minus, x), 32);
    if (r->kind.weight == WEIGHT_TWO_TERM)
        w = wrapped(w - scale(r->minus3, x3), 32);
    return w > r->low ? w : r->low;
}

static int64_t up(const respin_stdp *r, int64_t w, int64_t x, int64_t x3)
{
    if (r->kind.weight == WEIGHT_MULTIPLICATIVE)
        return wrapped(w + scale(mul(wrapped(r->high - w, 32), r->plus), x), 32);
    w = wrapped(w + scale(r->plus, x), 32);
    if (r->kind.weight == WEIGHT_TWO_TERM)
        w = wrapped(w + scale(r->plus3, x3), 32);
    return w < r->high ? w : r->high;
}

/* ---- S52 to S55 ---- */

/* Ld and Lc of S57 read every 2^shift steps. */
static int64_t seldom(const respin_stdp *r, double tau, int64_t t, unsigned shift)
{
    return t < 0 ? 0 : (int64_t)floor(ONE * exp(-(double)(t >> shift << shift) * r->dt / tau));
}

static int64_t level_at(const respin_stdp *r, const respin_past *h, uint32_t k, int64_t t)
{
    return r->kind.modulated ? mul16(h->level[k], seldom(r, r->tau_d, t - h->time[k], 2)) : 0;
}

static void append(respin_past *h, int64_t step, const int64_t trace[3], int64_t level, bool reward)
{
    if (h->n == RESPIN_EVENTS) { /* the oldest gives way */
        for (uint32_t i = 1; i + 1 < RESPIN_EVENTS; i++) {
            h->time[i] = h->time[i + 1];
            h->o1[i] = h->o1[i + 1];
            h->o2[i] = h->o2[i + 1];
            h->last[i] = h->last[i + 1];
            h->level[i] = h->level[i + 1];
        }
        h->n--;
        h->marks /= 2;
    }
    h->time[h->n] = step;
    h->o1[h->n] = trace[0];
    h->o2[h->n] = trace[1];
    h->last[h->n] = trace[2];
    h->level[h->n] = level;
    h->marks = reward ? h->marks | 1u << h->n : h->marks & ~(1u << h->n);
    h->n++;
}

/* What is left of the traces of the last event. */
static void decayed(const respin_stdp *r, const respin_past *h, int64_t step, int64_t trace[3])
{
    uint32_t k = h->n - 1;
    trace[0] = trace[1] = trace[2] = 0;
    if (r->kind.timing != TIMING_NEAREST_PAIR)
        trace[0] = faded(r, r->kind.timing == TIMING_VOGELS ? STDP_PLUS : STDP_MINUS, h->o1[k], step - h->time[k]);
    if (r->kind.timing == TIMING_TRIPLET)
        trace[1] = h->last[k] == 0 ? faded(r, STDP_Y, h->o2[k], step - h->time[k])
                                   : faded(r, STDP_Y, h->o2[k] + ONE, step - h->last[k]);
}

void respin_stdp_fired(respin_stdp *r, uint32_t post, uint32_t step)
{
    respin_past *h = &r->past[post];
    int64_t trace[3];
    decayed(r, h, step, trace);
    trace[0] += r->kind.timing == TIMING_NEAREST_PAIR ? 0 : ONE;
    trace[2] = r->kind.timing == TIMING_TRIPLET ? step : 0;
    append(h, step, trace, level_at(r, h, h->n - 1, step), false);
}

void respin_stdp_reward(respin_stdp *r, uint32_t post, uint32_t step, int64_t concentration)
{
    respin_past *h = &r->past[post];
    int64_t trace[3];
    decayed(r, h, step, trace);
    append(h, step, trace, wrapped(level_at(r, h, h->n - 1, step) + concentration, 16), true);
}

static respin_pre next(const respin_stdp *r, const respin_pre *p, uint32_t step)
{
    respin_pre n = {step, 0, 0};
    if (r->kind.timing != TIMING_NEAREST_PAIR)
        n.r1 = wrapped(faded(r, STDP_PLUS, p->r1, step - p->time) + ONE, 16);
    if (r->kind.timing == TIMING_TRIPLET && p->time)
        n.r2 = faded(r, STDP_X, p->r2 + ONE, step - p->time);
    return n;
}

/* Event k of the neuron, by the traces of the last presynaptic spike. */
static int64_t replay(const respin_stdp *r, const respin_past *h, uint32_t k, const respin_pre *p, int64_t delay,
                      int64_t w)
{
    int64_t at = h->time[k] + delay, since = at - p->time;
    if (since == 0 && r->kind.timing != TIMING_VOGELS)
        return w;
    if (r->kind.timing == TIMING_NEAREST_PAIR)
        return up(r, w, at - h->time[k - 1] < since ? 0 : left(r, STDP_PLUS, since), 0);
    int64_t r1 = faded(r, STDP_PLUS, p->r1, since);
    return up(r, w, r1, r->kind.timing == TIMING_TRIPLET ? mul16(r1, h->o2[k]) : 0);
}

/* The presynaptic spike itself, after event k. */
static int64_t finish(const respin_stdp *r, const respin_past *h, uint32_t k, const respin_pre *new, int64_t delay,
                      int64_t w)
{
    int64_t since = new->time - h->time[k] - delay;
    if (r->kind.timing == TIMING_NEAREST_PAIR)
        return down(r, w, left(r, STDP_MINUS, since), 0);
    if (r->kind.timing == TIMING_VOGELS)
        return up(r, w, faded(r, STDP_PLUS, h->o1[k], since) - r->alpha, 0);
    int64_t o1 = faded(r, STDP_MINUS, h->o1[k], since);
    return down(r, w, o1, r->kind.timing == TIMING_TRIPLET ? mul16(o1, new->r2) : 0);
}

/* S57 */
typedef struct {
    int64_t w, e, level, time;
} third;

static void integrate(const respin_stdp *r, third *s, int64_t t)
{
    int64_t ec = seldom(r, r->tau_c, t - s->time, 4);
    if (s->level != 0) {
        int64_t rest = wrapped(mul16(ec, seldom(r, r->tau_d, t - s->time, 2)) - ONE, 16);
        s->w = wrapped(s->w + scale(scale(mul(s->e, r->constant), s->level), rest), 32);
    }
    s->e = scale(s->e, ec);
    s->time = t;
}

/* A synapse's window: k the last event that it has seen, `to` the one after the last that it sees now. */
typedef struct {
    const respin_past *h;
    uint32_t k, to;
    int64_t delay;
} window;

static void with_third(const respin_stdp *r, uint32_t e, window v, const respin_pre *before, const respin_pre *after)
{
    uint32_t count = v.to - 1 - v.k, marks = v.h->marks >> (v.h->n - count);
    third s = {wrapped((int64_t)r->weight[e] << r->shift, 32), wrapped((int64_t)r->eligibility[e] << r->shift, 32), 0,
               before->time};
    if (v.k > 0)
        s.level = wrapped(level_at(r, v.h, v.k, before->time), 16);
    for (uint32_t n = 0; v.k + 1 < v.to; v.k++, n++) {
        integrate(r, &s, v.h->time[v.k + 1] + v.delay);
        if (!(marks >> n & 1))
            s.e = replay(r, v.h, v.k + 1, before, v.delay, s.e);
        s.level = v.h->level[v.k + 1];
    }
    if (v.k > 0) {
        integrate(r, &s, after->time);
        s.e = finish(r, v.h, v.k, after, v.delay, s.e);
    }
    s.w = s.w > r->w_low ? s.w : r->w_low;
    s.w = s.w < r->w_high ? s.w : r->w_high;
    r->weight[e] = (uint32_t)(relearn_down(s.w, r->shift) & 0xffff);
    r->eligibility[e] = (uint32_t)(relearn_down(s.e, r->shift) & 0xffff);
}

static void without(const respin_stdp *r, uint32_t e, window v, const respin_pre *before, const respin_pre *after)
{
    int64_t w = wrapped((int64_t)r->weight[e] << r->shift, 32);
    for (; v.k + 1 < v.to; v.k++)
        w = replay(r, v.h, v.k + 1, before, v.delay, w);
    if (v.k > 0)
        w = finish(r, v.h, v.k, after, v.delay, w);
    r->weight[e] = (uint32_t)(relearn_down(w, r->shift) & 0xffff);
}

/* S51 */
void respin_stdp_spike(respin_stdp *r, uint32_t pre, uint32_t step, bool learning)
{
    const respin_pre before = r->pre[pre], after = next(r, &before, step);
    respin_stdp now = *r; /* frozen: everything but what moves weights */
    if (!learning)
        now.plus = now.minus = now.plus3 = now.minus3 = now.constant = 0;
    for (uint32_t e = r->j->row[pre]; e < r->j->row[pre + 1]; e++) {
        const respin_past *h = &r->past[r->j->target[e]];
        int64_t delay = r->delays ? r->j->delay[e] : 0, begin = before.time - delay, end = (int64_t)step - delay;
        window v = {h, h->n - 1, h->n, delay};
        begin = begin > 0 ? begin : 0;
        end = end > 0 ? end : 0;
        while (v.k > 0 && h->time[v.k] > begin)
            v.k--;
        v.to = v.k + 1;
        while (v.to < h->n && h->time[v.to] <= end)
            v.to++;
        if (r->kind.modulated)
            with_third(&now, e, v, &before, &after);
        else
            without(&now, e, v, &before, &after);
    }
    r->pre[pre] = after;
}

/* ---- making ---- */

static int64_t word(double x) { return (int64_t)nearbyint(ldexp(x, 15)); }

respin_stdp *respin_stdp_new(const hmn_qnet *q, uint32_t projection, hmn_arena *a)
{
    const graph_projection *j = &q->graph->projection[projection];
    const spin_learning *l = spin_learning_of(q, projection);
    const stdp_settings *s = &l->stdp;
    respin_stdp *r = ARENA_NEW(a, respin_stdp, 1);
    double by = l->program.weight == WEIGHT_ADDITIVE   ? s->scale
                : l->program.weight == WEIGHT_TWO_TERM ? s->scale * s->max
                                                       : 1;
    uint32_t types = spin_program_receptors(spin_program_of(q->population[j->post].program));
    *r = (respin_stdp){.j = j, .kind = l->program, .dt = s->dt, .delays = s->backprop_delay};
    for (int k = 0; k < STDP_TABLES; k++)
        r->tau[k] = s->tau[k];
    r->alpha = (int64_t)nearbyint(s->alpha * ONE);
    r->low = word(s->min * s->scale);
    r->high = word(s->max * s->scale);
    r->plus = word(s->plus * by);
    r->minus = word(s->minus * by);
    r->plus3 = word(s->plus3 * by);
    r->minus3 = word(s->minus3 * by);
    r->tau_c = s->tau_c;
    r->tau_d = s->tau_d;
    r->constant = l->program.modulated ? word(-1 / (1 / s->tau_c + 1 / s->tau_d)) : 0;
    r->w_low = word(s->w_min * s->scale);
    r->w_high = word(s->w_max * s->scale);
    r->eligibility = ARENA_NEW(a, uint32_t, j->nsynapses);
    r->type = j->receptor == RECEPTOR_INHIBITORY ? types - 1 : j->receptor == RECEPTOR_EXCITATORY2 ? 1 : 0;
    r->shift = (uint32_t)q->population[j->post].shift[r->type];
    r->npost = q->graph->population[j->post].size;
    r->past = ARENA_NEW(a, respin_past, r->npost);
    for (uint32_t i = 0; i < r->npost; i++)
        r->past[i].n = 1;
    r->pre = ARENA_NEW(a, respin_pre, q->graph->population[j->pre].size);
    r->weight = ARENA_NEW(a, uint32_t, j->nsynapses);
    for (uint64_t e = 0; e < j->nsynapses; e++) {
        int32_t w = q->projection[projection].weight[e];
        r->weight[e] = (uint32_t)(w < 0 ? -w : w);
    }
    return r;
}
