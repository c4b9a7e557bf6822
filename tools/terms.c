/* Errors term by term. Takes the chip's restated learning and the reference after each step, yields for each term of
 * each plastic projection the worst and rms error, and what it did to the weights.
 *
 * A change of a weight is A m alpha e in the reference (A 0 or 1 by the draw, m the register's factor with the phase
 * gate) and A' D' in the chip, D' the sum of its products; then it is rounded and kept within bounds. The difference of
 * the two is told apart in a chain whose parts add up to it exactly:
 *
 *   tags       A m alpha (e' - e)            attention  A m' (alpha' - alpha) e'
 *   register   A (m' - m) alpha e'           products   A (D' - m' alpha' e') + decay' - decay
 *   draw       (A' - A) D'                   rounding   (w' moved by) - (A' D' + decay'), less what bounds did in the
 * reference
 *
 * The part of the tags is divided between psi_fast and psi_slow by their errors; x and y have errors, but no part of
 * their own. Parts are summed over the epochs for each synapse: their rms over synapses is the share of the term. */
#include "tools/terms.h"

#include "tools/terms_parts.h"

#include <math.h>
#include <string.h>

term_errors *terms_new(const terms_of *of, hmn_arena *a)
{
    const hmn_graph *g = of->q->graph;
    term_errors *t = ARENA_NEW(a, term_errors, 1);
    *t = (term_errors){*of, 0, ARENA_NEW(a, term_part, g->nprojections), ARENA_NEW(a, term_sum, g->npopulations)};
    for (uint32_t k = 0; k < g->nprojections; k++) {
        term_part *p = &t->part[k];
        if (of->q->projection[k].rule == NET_NONE)
            continue;
        p->rule = &g->net->rule[g->projection[k].rule];
        p->epoch = p->rule->epoch.v >= 1 ? (uint32_t)p->rule->epoch.v : 1;
        p->weight = ARENA_NEW(a, double, g->projection[k].nsynapses);
        memcpy(p->weight, reference_weights(of->reference, k), g->projection[k].nsynapses * sizeof *p->weight);
        for (int i = TERM_X; i < TERM_WEIGHT; i++)
            p->term[i].part = ARENA_NEW(a, double, g->projection[k].nsynapses);
    }
    return t;
}

void terms_add(term_sum *s, double error)
{
    s->max = fmax(s->max, fabs(error));
    s->squares += error * error;
    s->n++;
}

/* ---- one synapse in one epoch ---- */

static double m_of(const term_view *c, const reference_terms *ref) { return isnan(c->m) ? ref->factor : c->m; }
static double alpha_of(const term_view *c, const reference_terms *ref)
{
    return isnan(c->alpha) ? ref->alpha : c->alpha;
}
static double eligibility(const term_view *c) { return c->fast + c->slow + c->now; }

/* Which share of the error of e belongs to psi_fast. */
static double fast_share(const term_part *p, const reference_terms *ref, const term_view *c)
{
    bool has_slow = c->slow != 0 || ref->slow != 0,
         forgets = p->rule->type == RULE_STDP || p->rule->traces.tau_fast.v <= 0;
    double fast = forgets ? 1 : fabs(c->fast - ref->fast), slow = has_slow ? fabs(c->slow - ref->slow) : 0;
    return fast + slow > 0 ? fast / (fast + slow) : 1;
}

static void tags(term_part *p, const reference_terms *ref, const term_view *c)
{
    double to_fast = fast_share(p, ref, c);
    bool has_slow = c->slow != 0 || ref->slow != 0;
    if (has_slow)
        terms_add(&p->term[TERM_SLOW], c->slow + c->now * (1 - to_fast) - ref->slow);
    terms_add(&p->term[TERM_FAST],
              has_slow ? c->fast + c->now * to_fast - ref->fast : eligibility(c) - ref->eligibility);
}

/* The chain of the head of this file: each link is the change that is left when the chip's bounds have acted. */
static void chain(term_errors *t, const term_view *c, const reference_terms *ref, double reference_moved)
{
    term_part *p = &t->part[c->projection];
    double m = m_of(c, ref) / c->scale, alpha = alpha_of(c, ref), e = eligibility(c);
    double raw = ref->factor * ref->alpha * ref->eligibility, a = raw == 0 || ref->change != 0;
    double lost = -p->rule->decay.v * p->epoch * t->of.q->graph->dt * p->weight[c->edge];
    bool left_out = c->draws && c->full != 0 && !c->applied;
    const double change[] = {a * raw + lost,
                             a * ref->factor * ref->alpha * e + lost,
                             a * m * ref->alpha * e + lost,
                             a * m * alpha * e + lost,
                             a * c->full / c->scale + (c->draws ? c->rest : (1 - a) * lost),
                             (left_out ? 0 : c->full) + c->rest};
    enum { LINKS = sizeof change / sizeof *change };
    static const term_kind link[] = {TERM_FAST, TERM_REGISTER, TERM_ATTENTION, TERM_PRODUCTS, TERM_DRAW};
    double bounded[LINKS], moved = c->after - c->before, fast = fast_share(p, ref, c);
    for (int i = 0; i < LINKS; i++)
        bounded[i] = fmin(fmax(c->before + change[i], c->low), c->high) - c->before;
    for (int i = 0; i + 1 < LINKS; i++)
        p->term[link[i]].part[c->edge] += (bounded[i + 1] - bounded[i]) * (i ? 1 : fast);
    p->term[TERM_SLOW].part[c->edge] += (bounded[1] - bounded[0]) * (1 - fast);
    p->term[TERM_ROUNDING].part[c->edge] += moved - bounded[LINKS - 1] + bounded[0] - reference_moved;
    terms_add(&p->term[TERM_PRODUCTS], bounded[4] - bounded[3]);
    terms_add(&p->term[TERM_ROUNDING], moved - bounded[LINKS - 1]);
}

static void draw(const term_errors *t, const term_view *c, const reference_terms *ref)
{
    term_part *p = &t->part[c->projection];
    const net_probability_gate *g = &p->rule->probability_gate;
    double wanted = ref->factor * ref->alpha * ref->eligibility;
    if (p->rule->type != RULE_HMN || !g->on || wanted == 0)
        return;
    double unit = g->lsb.given ? g->lsb.v : fabs(t->of.q->projection[c->projection].w_lsb);
    double chance = 1 / (1 + exp(-g->beta_p.v * (fabs(wanted) / unit - g->theta_p.v)));
    terms_add(&p->term[TERM_DRAW], c->p - chance);
    p->drawn++;
    p->differ += c->draws && c->full != 0 && c->applied != (ref->change != 0);
}

void terms_take(term_errors *t, const term_view *c)
{
    term_part *p = &t->part[c->projection];
    const reference_terms ref = reference_look(t->of.reference, c->projection, c->pre, c->edge);
    double after = reference_weights(t->of.reference, c->projection)[c->edge];
    if (!isnan(c->x))
        terms_add(&p->term[TERM_X], c->x - ref.x_bar);
    if (!isnan(c->y))
        terms_add(&p->term[TERM_Y], c->y - ref.y_bar);
    tags(p, &ref, c);
    if (!isnan(c->m))
        terms_add(&p->term[TERM_REGISTER], c->m / c->scale - ref.factor);
    if (!isnan(c->alpha) && ref.factor * ref.eligibility != 0)
        terms_add(&p->term[TERM_ATTENTION], c->alpha - ref.alpha);
    draw(t, c, &ref);
    chain(t, c, &ref, after - p->weight[c->edge]);
}

void terms_take_text(term_errors *t, const term_view *c)
{
    term_part *p = &t->part[c->projection];
    const reference_terms ref = reference_look(t->of.reference, c->projection, c->pre, c->edge);
    double after = reference_weights(t->of.reference, c->projection)[c->edge];
    double asked = fmin(fmax(c->before + ref.change, c->low), c->high),
           got = fmin(fmax(c->before + c->full, c->low), c->high);
    if (!isnan(c->x))
        terms_add(&p->term[TERM_X], c->x - ref.x_bar);
    if (!isnan(c->y))
        terms_add(&p->term[TERM_Y], c->y - ref.y_bar);
    if (!isnan(c->m))
        terms_add(&p->term[TERM_REGISTER], c->m - ref.factor);
    terms_add(&p->term[TERM_PRODUCTS], c->full - ref.change);
    terms_add(&p->term[TERM_ROUNDING], c->after - got);
    p->term[TERM_PRODUCTS].part[c->edge] += got - asked;
    p->term[TERM_ROUNDING].part[c->edge] += c->after - got + asked - c->before - (after - p->weight[c->edge]);
}

/* ---- steps ---- */

void terms_step(term_errors *t, bool learning)
{
    const hmn_graph *g = t->of.q->graph;
    t->step++;
    terms_manager(t);
    if (t->of.engine && learning)
        terms_engine(t);
    else if (t->of.spin && learning)
        terms_spin(t);
    for (uint32_t k = 0; k < g->nprojections; k++)
        if (t->part[k].rule && t->step % t->part[k].epoch == 0) {
            memcpy(t->part[k].weight, reference_weights(t->of.reference, k),
                   g->projection[k].nsynapses * sizeof(double));
            t->part[k].epochs++;
        }
}

/* ---- figures ---- */

static term_error figures(const term_sum *s, uint64_t nsynapses, double lsb)
{
    double squares = 0;
    for (uint64_t e = 0; s->part && e < nsynapses; e++)
        squares += s->part[e] * s->part[e];
    return (term_error){s->n, s->max, s->n ? sqrt(s->squares / (double)s->n) : 0,
                        nsynapses && lsb > 0 ? sqrt(squares / (double)nsynapses) / lsb : 0, 0};
}

/* The machine counts for all cores; a projection has its share of the synapses that learn. */
static term_work work_of(const term_errors *t, uint32_t projection)
{
    const hmn_counters c = machine_counters(t->of.machine);
    const hmn_graph *g = t->of.q->graph;
    uint64_t plastic = 0;
    for (uint32_t k = 0; k < g->nprojections; k++)
        plastic += t->part[k].rule ? g->projection[k].nsynapses : 0;
    if (plastic == 0 || t->part[projection].epochs == 0)
        return (term_work){0};
    double share = (double)g->projection[projection].nsynapses / (double)plastic / t->part[projection].epochs;
    return (term_work){share * (double)c.synapse_visits, share * (double)c.trace_updates,
                       share * (double)c.synapses_attended, share * (double)c.alphas, share * (double)c.pairings};
}

term_measures *terms_end(const term_errors *t, hmn_arena *a)
{
    const hmn_graph *g = t->of.q->graph;
    term_measures *m = ARENA_NEW(a, term_measures, 1);
    m->term = arena_alloc(a, g->nprojections * sizeof *m->term, 16);
    memset(m->term, 0, g->nprojections * sizeof *m->term);
    m->bias = ARENA_NEW(a, term_error, g->npopulations);
    m->work = ARENA_NEW(a, term_work, g->nprojections);
    for (uint32_t p = 0; p < g->nprojections; p++) {
        if (!t->part[p].rule)
            continue;
        m->work[p] = work_of(t, p);
        for (uint32_t k = 0; k < TERM_COUNT; k++)
            m->term[p][k] =
                figures(&t->part[p].term[k], g->projection[p].nsynapses, fabs(t->of.q->projection[p].w_lsb));
        if (t->part[p].drawn)
            m->term[p][TERM_DRAW].differ = (double)t->part[p].differ / (double)t->part[p].drawn;
    }
    for (uint32_t k = 0; k < g->npopulations; k++)
        m->bias[k] = figures(&t->bias[k], 0, 0);
    return m;
}
