/* Synapses of SpiNNaker's HMN program as the measurement of terms wants them. Takes the restated rules
 * (tools/respin_rule.h) where an epoch has just ended, yields each synapse in real units: eligibilities in steps of
 * w_lsb 2^-weight_shift / unit of the register, traces in 2^-15 of a spike (S61, S62). */
#include "tools/terms_parts.h"

#include <math.h>

static term_view view(const term_errors *t, const respin_rule *r, uint32_t e, double unit)
{
    const qnet_projection *q = &t->of.q->projection[r->projection];
    const respin_last *s = &r->last[e];
    double lsb = fabs(q->w_lsb), part = ldexp(lsb, -(int)r->s->weight_shift), step = part / unit;
    term_view v = {.projection = r->projection, .edge = e, .pre = r->pre[e], .draws = r->s->gate, .scale = 1};
    v.x = ldexp((double)respin_rule_x(r, e, t->step - 1), -15);
    v.y = r->s->flags & HYBRID_MINUS ? ldexp((double)respin_rule_y(r, e, t->step - 1), -15) : NAN;
    v.fast = s->psi[0] * step;
    v.slow = s->psi[1] * step;
    v.m = s->m * unit;
    v.alpha = r->s->timescales ? ldexp((double)s->alpha, -16) : NAN;
    v.p = (double)s->p / 65536;
    v.applied = s->applied;
    v.full = (double)(v.draws ? s->drawn : s->drawn - s->lost) * part;
    v.rest = v.draws ? -(double)s->lost * part : 0;
    v.before = s->weight * lsb;
    v.after = r->weight[e] * lsb;
    v.low = r->s->w_min * lsb;
    v.high = r->s->w_max * lsb;
    if (!(r->s->flags & HYBRID_FREE)) {
        v.low = r->down[e] ? v.low : fmax(v.low, 0);
        v.high = r->down[e] ? fmin(v.high, 0) : v.high;
    }
    return v;
}

void terms_spin(term_errors *t)
{
    for (uint32_t k = 0; k < t->of.q->graph->nprojections; k++) {
        const respin_rule *r = t->of.spin->rule[k];
        if (!r || t->step % t->part[k].epoch != 0)
            continue;
        for (uint32_t e = 0; e < r->j->nsynapses; e++) {
            const term_view v = view(t, r, e, t->of.q->projection[k].channel_unit);
            terms_take(t, &v);
        }
    }
}
