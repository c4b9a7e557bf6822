/* The timing and weight rules, one step each (eqs S52 to S56). Takes the traces of a synapse at a spike of either side,
 * yields the changed trace or weight. A timing rule says how much (s4.11), a weight rule what that does (s16.15).
 * sPyNNaker's timing_*_impl and weight_*_impl, commit f905ce88. */
#include "backends/spinnaker/stdp.h"
#include "backends/spinnaker/arith.h"

static int32_t decayed(const stdp_core *c, uint32_t table, int32_t x, uint32_t t)
{
    return spin_mul_s411(x, lut_at(c->region, &c->rule->table[table], t));
}

/* ---- weights: eq. S56 ---- */

static int32_t depress(const stdp_core *c, int32_t w, uint32_t type, int32_t x2, int32_t x3)
{
    const stdp_amplitudes *a = &c->rule->type[type];
    switch (c->rule->kind.weight) {
    case WEIGHT_MULTIPLICATIVE: return spin_sub(w, spin_mul_trace(spin_mul(spin_sub(w, a->min), a->minus), x2));
    case WEIGHT_TWO_TERM: w = spin_sub(spin_sub(w, spin_mul_trace(a->minus, x2)), spin_mul_trace(a->minus3, x3)); break;
    case WEIGHT_ADDITIVE: w = spin_sub(w, spin_mul_trace(a->minus, x2)); break;
    }
    return w > a->min ? w : a->min;
}

static int32_t potentiate(const stdp_core *c, int32_t w, uint32_t type, int32_t x2, int32_t x3)
{
    const stdp_amplitudes *a = &c->rule->type[type];
    switch (c->rule->kind.weight) {
    case WEIGHT_MULTIPLICATIVE: return spin_add(w, spin_mul_trace(spin_mul(spin_sub(a->max, w), a->plus), x2));
    case WEIGHT_TWO_TERM: w = spin_add(spin_add(w, spin_mul_trace(a->plus, x2)), spin_mul_trace(a->plus3, x3)); break;
    case WEIGHT_ADDITIVE: w = spin_add(w, spin_mul_trace(a->plus, x2)); break;
    }
    return w < a->max ? w : a->max;
}

/* ---- traces: eqs S52 to S55 ---- */

stdp_post_trace stdp_decay_post(const stdp_core *c, uint32_t t, uint32_t last, stdp_post_trace p)
{
    switch (c->rule->kind.timing) {
    case TIMING_NEAREST_PAIR: break;
    case TIMING_PAIR: return (stdp_post_trace){.o1 = (int16_t)decayed(c, STDP_MINUS, p.o1, t - last)};
    case TIMING_VOGELS: return (stdp_post_trace){.o1 = (int16_t)decayed(c, STDP_PLUS, p.o1, t - last)};
    case TIMING_TRIPLET: {
        int32_t o2 = p.last == 0 ? decayed(c, STDP_Y, p.o2, t - last) : decayed(c, STDP_Y, p.o2 + LUT_ONE, t - p.last);
        return (stdp_post_trace){.o1 = (int16_t)decayed(c, STDP_MINUS, p.o1, t - last), .o2 = (int16_t)o2};
    }
    }
    return (stdp_post_trace){0};
}

stdp_post_trace stdp_add_post(const stdp_core *c, uint32_t t, uint32_t last, stdp_post_trace p)
{
    stdp_post_trace n = stdp_decay_post(c, t, last, p);
    if (c->rule->kind.timing != TIMING_NEAREST_PAIR)
        n.o1 = (int16_t)(n.o1 + LUT_ONE);
    if (c->rule->kind.timing == TIMING_TRIPLET)
        n.last = t;
    return n;
}

stdp_pre_trace stdp_add_pre(const stdp_core *c, uint32_t t, uint32_t last, stdp_pre_trace p)
{
    if (c->rule->kind.timing == TIMING_NEAREST_PAIR)
        return (stdp_pre_trace){0};
    stdp_pre_trace n = {.r1 = (int16_t)(decayed(c, STDP_PLUS, p.r1, t - last) + LUT_ONE)};
    if (c->rule->kind.timing == TIMING_TRIPLET && last != 0)
        n.r2 = (int16_t)decayed(c, STDP_X, p.r2 + LUT_ONE, t - last);
    return n;
}

int32_t stdp_apply_pre(const stdp_core *c, const stdp_spike *s, int32_t w, uint32_t type)
{
    uint32_t since = s->time - s->other_time;
    switch (c->rule->kind.timing) {
    case TIMING_PAIR: return depress(c, w, type, decayed(c, STDP_MINUS, s->post.o1, since), 0);
    case TIMING_NEAREST_PAIR: return depress(c, w, type, lut_at(c->region, &c->rule->table[STDP_MINUS], since), 0);
    case TIMING_VOGELS: return potentiate(c, w, type, decayed(c, STDP_PLUS, s->post.o1, since) - c->rule->alpha, 0);
    case TIMING_TRIPLET: break;
    }
    int32_t o1 = decayed(c, STDP_MINUS, s->post.o1, since);
    return depress(c, w, type, o1, spin_mul_s411(o1, s->pre.r2));
}

int32_t stdp_apply_post(const stdp_core *c, const stdp_spike *s, int32_t w, uint32_t type)
{
    uint32_t since = s->time - s->other_time;
    if (since == 0 && c->rule->kind.timing != TIMING_VOGELS)
        return w;
    if (c->rule->kind.timing == TIMING_NEAREST_PAIR) {
        bool nearer = s->time - s->previous_post < since; /* the spike before this one took the pair */
        return potentiate(c, w, type, nearer ? 0 : lut_at(c->region, &c->rule->table[STDP_PLUS], since), 0);
    }
    int32_t r1 = decayed(c, STDP_PLUS, s->pre.r1, since);
    return potentiate(c, w, type, r1, c->rule->kind.timing == TIMING_TRIPLET ? spin_mul_s411(r1, s->post.o2) : 0);
}
