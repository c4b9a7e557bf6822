/* Synapses of the Loihi family as the measurement of terms wants them. Takes the restated learning (tools/relearn.h)
 * where an epoch of the rule has just ended, yields each synapse in real units: tags by the eligibility of one of their
 * steps, the register by its unit, products in 2^-7 of a weight's step. */
#include "tools/terms_parts.h"

#include "core/isa/draw.h"

#include <math.h>

static bool reads(const hmn_rule *r, rule_var v)
{
    for (uint32_t k = 0; k < r->nproducts; k++)
        for (uint32_t f = 0; f < r->product[k].nfactors; f++)
            if (r->product[k].factor[f].var == v)
                return true;
    return false;
}

static double steps_of(const hmn_rule *r, int trace) { return r->trace[trace].impulse_q8 / 256.0; }

/* Pairings of the epoch's last part, which act at its end. */
static double last_pairings(const relearn *l, const net_rule *rule, const relearn_core *c, const relearn_synapse *s)
{
    const hmn_rule *how = &l->q->rule[s->rule];
    const relearn_traces *x = &c->axon[s->axon], *y = &c->post[s->post];
    const net_traces *n = &rule->traces;
    bool tagged = l->q->units[s->rule].tag[0] > 0, stdp = rule->type == RULE_STDP;
    uint32_t end = c->epoch, at_x = tagged ? end : y->was, at_y = tagged ? end : x->was;
    double ix = steps_of(how, RT_X1), iy = steps_of(how, RT_Y1), pairs = 0;
    if (!stdp && n->pairing == PAIRING_RATE)
        return ix > 0 && iy > 0 ? n->a_plus.v * x->at[0][end] * y->at[0][end] * end / (ix * iy) : 0;
    if (y->was && ix > 0)
        pairs += n->a_plus.v * x->at[0][at_x] / ix;
    if (x->was && iy > 0 && (stdp || n->pairing == PAIRING_STDP))
        pairs -= n->a_minus.v * y->at[0][at_y] / iy;
    return pairs * (tagged || stdp ? 1 : n->k_fast.v);
}

static term_view view(const relearn *l, const net_rule *rule, const relearn_core *c, const relearn_synapse *s)
{
    const hmn_graph *g = l->q->graph;
    const hmn_rule *how = &l->q->rule[s->rule];
    const qnet_units *u = &l->q->units[s->rule];
    const qnet_projection *q = &l->q->projection[s->projection];
    double lsb = fabs(q->w_lsb), tick = lsb / 128, ix = steps_of(how, RT_X1), iy = steps_of(how, RT_Y1);
    double first = s->t_before * u->tag[0], second = s->d_before * u->tag[1];
    bool slow = rule->type == RULE_HMN && rule->traces.tau_slow.given && rule->traces.k_slow.v != 0,
         draws = how->draw.on;
    term_view v = {.projection = s->projection, .edge = s->edge, .draws = draws, .applied = s->applied};
    v.pre = c->axon[s->axon].neuron - g->population[g->projection[s->projection].pre].first;
    v.x = ix > 0 ? c->axon[s->axon].at[0][c->epoch] / ix : NAN;
    v.y = iy > 0 ? c->post[s->post].at[0][c->epoch] / iy : NAN;
    v.slow = slow ? first : 0;
    v.fast = slow ? second : first;
    uint32_t y3 = how->y3_channel; /* what an astrocyte makes of pairings */
    double counts = y3 ? relearn_channel(l, y3 - 1) * l->q->channel[y3 - 1].unit : 1;
    v.now = u->now * counts * last_pairings(l, rule, c, s);
    v.m = reads(how, RV_R1) ? relearn_channel(l, how->r1_channel) * l->q->channel[how->r1_channel].unit : NAN;
    v.alpha = how->attend.on ? ldexp((double)s->alpha, -16) : NAN;
    v.scale = draws ? 1 : u->chance;
    v.p = draws ? (double)relearn_chance_of(&how->draw, s->drawn) / 65536 : u->chance;
    v.full = (double)(draws ? s->drawn : s->moved) * tick;
    v.rest = draws ? (double)(s->moved - (s->applied ? s->drawn : 0)) * tick : 0; /* decay */
    v.before = s->w_before * lsb;
    v.after = s->w * lsb;
    v.low = q->w_min * lsb;
    v.high = q->w_max * lsb;
    return v;
}

void terms_engine(term_errors *t)
{
    const relearn *l = t->of.engine;
    for (uint32_t c = 0; c < l->ncores; c++)
        for (uint32_t i = 0; l->core[c].epoch && i < l->core[c].nsynapses; i++) {
            const relearn_synapse *s = &l->core[c].synapse[i];
            const term_part *p = &t->part[s->projection];
            if (t->step % p->epoch != 0)
                continue;
            const term_view v = view(l, p->rule, &l->core[c], s);
            (p->rule->type == RULE_TEXT ? terms_take_text : terms_take)(t, &v);
        }
}
