/* Errors term by term. Takes the restated learning and the reference after each step, yields for each term of each
 * plastic projection the worst and rms error, and what it did to the weights.
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

#include "core/isa/draw.h"
#include "tools/lowering.h"

#include <math.h>
#include <string.h>

typedef struct {
    double max, squares;
    uint64_t n;
    double *part; /* [nsynapses] */
} sum;

typedef struct {
    const net_rule *rule;
    uint32_t epoch, epochs;
    sum term[TERM_COUNT];
    double *weight; /* [nsynapses] of the reference, as the epoch began */
    uint64_t drawn, differ;
} part;

struct term_errors {
    const relearn *l;
    const hmn_reference *r;
    part *part; /* [nprojections]; rule NULL: does not learn */
};

term_errors *terms_new(const relearn *l, const hmn_reference *r, hmn_arena *a)
{
    const hmn_graph *g = l->q->graph;
    term_errors *t = ARENA_NEW(a, term_errors, 1);
    *t = (term_errors){l, r, ARENA_NEW(a, part, g->nprojections)};
    for (uint32_t k = 0; k < g->nprojections; k++) {
        part *p = &t->part[k];
        if (l->q->projection[k].rule == NET_NONE)
            continue;
        p->rule = &g->net->rule[g->projection[k].rule];
        p->epoch = p->rule->epoch.v >= 1 ? (uint32_t)p->rule->epoch.v : 1;
        p->weight = ARENA_NEW(a, double, g->projection[k].nsynapses);
        memcpy(p->weight, reference_weights(r, k), g->projection[k].nsynapses * sizeof *p->weight);
        for (int i = 0; i < TERM_COUNT; i++)
            p->term[i].part = ARENA_NEW(a, double, g->projection[k].nsynapses);
    }
    return t;
}

static void add(sum *s, double error)
{
    s->max = fmax(s->max, fabs(error));
    s->squares += error * error;
    s->n++;
}

/* ---- the chip's side ---- */

typedef struct {
    double fast, slow, now, e, m, alpha;
    bool modulated, attends;
} side;

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
static double last_pairings(const term_errors *t, const part *p, const relearn_core *c, const relearn_synapse *s)
{
    const hmn_rule *how = &t->l->q->rule[s->rule];
    const relearn_traces *x = &c->axon[s->axon], *y = &c->post[s->post];
    const net_traces *n = &p->rule->traces;
    bool tagged = t->l->q->units[s->rule].tag[0] > 0, stdp = p->rule->type == RULE_STDP;
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

static side chip_side(const term_errors *t, const part *p, const relearn_core *c, const relearn_synapse *s,
                      const reference_terms *ref)
{
    const hmn_rule *how = &t->l->q->rule[s->rule];
    const qnet_units *u = &t->l->q->units[s->rule];
    side out = {.modulated = reads(how, RV_R1), .attends = how->attend.on};
    double first = s->t_before * u->tag[0], second = s->d_before * u->tag[1];
    bool slow = p->rule->type == RULE_HMN && p->rule->traces.tau_slow.given && p->rule->traces.k_slow.v != 0;
    out.slow = slow ? first : 0;
    out.fast = slow ? second : first;
    out.now = u->now * last_pairings(t, p, c, s);
    out.e = out.fast + out.slow + out.now;
    out.m =
        out.modulated ? relearn_channel(t->l, how->r1_channel) * t->l->q->channel[how->r1_channel].unit : ref->factor;
    out.alpha = out.attends ? ldexp((double)s->alpha, -16) : ref->alpha;
    return out;
}

/* ---- one synapse in one epoch ---- */

/* Which share of the error of e belongs to psi_fast. */
static double fast_share(const part *p, const reference_terms *ref, const side *c)
{
    bool has_slow = c->slow != 0 || ref->slow != 0,
         forgets = p->rule->type == RULE_STDP || p->rule->traces.tau_fast.v <= 0;
    double fast = forgets ? 1 : fabs(c->fast - ref->fast), slow = has_slow ? fabs(c->slow - ref->slow) : 0;
    return fast + slow > 0 ? fast / (fast + slow) : 1;
}

static void tags(part *p, const reference_terms *ref, const side *c)
{
    double to_fast = fast_share(p, ref, c);
    bool has_slow = c->slow != 0 || ref->slow != 0;
    if (has_slow)
        add(&p->term[TERM_SLOW], c->slow + c->now * (1 - to_fast) - ref->slow);
    add(&p->term[TERM_FAST], has_slow ? c->fast + c->now * to_fast - ref->fast : c->e - ref->eligibility);
}

/* The chain of the head of this file: each link is the change that is left when the chip's bounds have acted. */
static void chain(term_errors *t, uint32_t projection, const relearn_synapse *s, const reference_terms *ref,
                  const side *c, double reference_moved)
{
    part *p = &t->part[projection];
    const hmn_rule *how = &t->l->q->rule[s->rule];
    const qnet_projection *q = &t->l->q->projection[projection];
    double lsb = fabs(q->w_lsb), tick = lsb / 128, w = s->w_before * lsb;
    double chance = how->draw.on ? 1 : t->l->q->units[s->rule].chance,
           full = (double)(how->draw.on ? s->drawn : s->moved) * tick;
    double raw = ref->factor * ref->alpha * ref->eligibility, a = raw == 0 || ref->change != 0;
    double lost = -p->rule->decay.v * p->epoch * t->l->q->graph->dt * p->weight[s->edge];
    bool left_out = how->draw.on && s->drawn != 0 && !s->applied;
    double rest =
        how->draw.on ? (double)(s->moved - (s->applied ? s->drawn : 0)) * tick : 0; /* what is not drawn: decay */
    const double change[] = {a * raw + lost,
                             a * ref->factor * ref->alpha * c->e + lost,
                             a * c->m / chance * ref->alpha * c->e + lost,
                             a * c->m / chance * c->alpha * c->e + lost,
                             a * full / chance + (how->draw.on ? rest : (1 - a) * lost),
                             (left_out ? 0 : full) + rest};
    enum { LINKS = sizeof change / sizeof *change };
    static const term_kind link[] = {TERM_FAST, TERM_REGISTER, TERM_ATTENTION, TERM_PRODUCTS, TERM_DRAW};
    double bounded[LINKS], moved = (s->w - s->w_before) * lsb, fast = fast_share(p, ref, c);
    for (int i = 0; i < LINKS; i++)
        bounded[i] = fmin(fmax(w + change[i], q->w_min * lsb), q->w_max * lsb) - w;
    for (int i = 0; i + 1 < LINKS; i++)
        p->term[link[i]].part[s->edge] += (bounded[i + 1] - bounded[i]) * (i ? 1 : fast);
    p->term[TERM_SLOW].part[s->edge] += (bounded[1] - bounded[0]) * (1 - fast);
    p->term[TERM_ROUNDING].part[s->edge] += moved - bounded[LINKS - 1] + bounded[0] - reference_moved;
    add(&p->term[TERM_PRODUCTS], bounded[4] - bounded[3]);
    add(&p->term[TERM_ROUNDING], moved - bounded[LINKS - 1]);
}

static void draw(const term_errors *t, part *p, const relearn_synapse *s, const reference_terms *ref, double full,
                 double lsb)
{
    const hmn_rule *how = &t->l->q->rule[s->rule];
    const net_probability_gate *g = &p->rule->probability_gate;
    double wanted = ref->factor * ref->alpha * ref->eligibility;
    if (p->rule->type != RULE_HMN || !g->on || wanted == 0)
        return;
    double unit = g->lsb.given ? g->lsb.v : lsb;
    double chance = 1 / (1 + exp(-g->beta_p.v * (fabs(wanted) / unit - g->theta_p.v)));
    double got =
        how->draw.on ? (double)relearn_chance_of(&how->draw, s->drawn) / 65536 : t->l->q->units[s->rule].chance;
    add(&p->term[TERM_DRAW], got - chance);
    p->drawn++;
    p->differ += how->draw.on && full != 0 && s->applied != (ref->change != 0);
}

static void one(term_errors *t, uint32_t projection, const relearn_core *c, const relearn_synapse *s)
{
    part *p = &t->part[projection];
    const hmn_graph *g = t->l->q->graph;
    const hmn_rule *how = &t->l->q->rule[s->rule];
    uint32_t pre = c->axon[s->axon].neuron - g->population[g->projection[projection].pre].first, e = s->edge;
    double lsb = fabs(t->l->q->projection[projection].w_lsb), tick = lsb / 128,
           after = reference_weights(t->r, projection)[e];
    const reference_terms ref = reference_look(t->r, projection, pre, e);
    const side chip = chip_side(t, p, c, s, &ref);
    double ix = steps_of(how, RT_X1), iy = steps_of(how, RT_Y1),
           chance = how->draw.on ? 1 : t->l->q->units[s->rule].chance;
    if (ix > 0)
        add(&p->term[TERM_X], c->axon[s->axon].at[0][c->epoch] / ix - ref.x_bar);
    if (iy > 0)
        add(&p->term[TERM_Y], c->post[s->post].at[0][c->epoch] / iy - ref.y_bar);
    double full = (how->draw.on ? (double)s->drawn : (double)s->moved) * tick;
    tags(p, &ref, &chip);
    if (chip.modulated)
        add(&p->term[TERM_REGISTER], chip.m / chance - ref.factor);
    if (chip.attends && ref.factor * ref.eligibility != 0)
        add(&p->term[TERM_ATTENTION], chip.alpha - ref.alpha);
    draw(t, p, s, &ref, full, lsb);
    chain(t, projection, s, &ref, &chip, after - p->weight[e]);
}

void terms_step(term_errors *t)
{
    const hmn_graph *g = t->l->q->graph;
    for (uint32_t c = 0; c < t->l->ncores; c++)
        for (uint32_t i = 0; t->l->core[c].epoch && i < t->l->core[c].nsynapses; i++) {
            const relearn_synapse *s = &t->l->core[c].synapse[i];
            if (t->l->step % t->part[s->projection].epoch == 0)
                one(t, s->projection, &t->l->core[c], s);
        }
    for (uint32_t k = 0; k < g->nprojections; k++)
        if (t->part[k].rule && t->l->step % t->part[k].epoch == 0) {
            memcpy(t->part[k].weight, reference_weights(t->r, k), g->projection[k].nsynapses * sizeof(double));
            t->part[k].epochs++;
        }
}

/* ---- rows ---- */

/* What the lowering report says of a quantity of a projection: its own row, else that of another with the same rule. */
static const qnet_report_row *reported(const hmn_qnet *q, const char *projection, const char *quantity)
{
    const qnet_report_row *found = NULL;
    for (uint32_t i = 0; i < q->nreport; i++)
        if (strcmp(q->report[i].quantity, quantity) == 0 && strncmp(q->report[i].subject, "projection ", 11) == 0) {
            if (strcmp(q->report[i].subject + 11, projection) == 0)
                return &q->report[i];
            found = &q->report[i];
        }
    return found;
}

/* Words of the program that belong to a term. */
static uint32_t words_of(const hmn_rule *r, term_kind k)
{
    uint32_t n[TERM_COUNT] = {[TERM_ATTENTION] = r->attend.on, [TERM_DRAW] = r->draw.on};
    for (uint32_t i = 0; i < r->nproducts; i++) {
        const rule_product *p = &r->product[i];
        term_kind of = p->target == RULE_W ? TERM_PRODUCTS : p->target == RULE_T && r->second ? TERM_SLOW : TERM_FAST;
        n[of] += 1u + p->nfactors;
    }
    return n[k];
}

/* A word a cycle for each synapse that is visited; the management processor's own count. */
static double cycles_of(const term_errors *t, uint32_t projection, term_kind k, const hmn_machine *m)
{
    const part *p = &t->part[projection];
    uint64_t plastic = 0;
    for (uint32_t c = 0; c < t->l->ncores; c++)
        plastic += t->l->core[c].nsynapses;
    if (p->epochs == 0 || plastic == 0)
        return 0;
    if (k == TERM_REGISTER)
        return (double)machine_manager_cycles(m) / p->epochs;
    double share = (double)t->l->q->graph->projection[projection].nsynapses / (double)plastic;
    double visits = (double)machine_counters(m).synapse_visits * share / p->epochs;
    return visits * words_of(&t->l->q->rule[t->l->q->projection[projection].rule], k);
}

static term_row row_of(const term_errors *t, uint32_t projection, term_kind k, const hmn_machine *m)
{
    static const char *const name[] =
        {
#define TERM(id, text, quantity, unit) text,
            TERMS(TERM)
#undef TERM
        },
                             *const quantity[] =
                                 {
#define TERM(id, text, of, unit) of,
                                     TERMS(TERM)
#undef TERM
                                 },
                             *const unit[] = {
#define TERM(id, text, of, in) in,
                                 TERMS(TERM)
#undef TERM
                             };
    const part *p = &t->part[projection];
    const sum *s = &p->term[k];
    const graph_projection *g = &t->l->q->graph->projection[projection];
    const qnet_report_row *report = reported(t->l->q, g->name, quantity[k]);
    double squares = 0, lsb = fabs(t->l->q->projection[projection].w_lsb);
    for (uint64_t e = 0; e < g->nsynapses; e++)
        squares += s->part[e] * s->part[e];
    bool trace = k == TERM_X || k == TERM_Y;
    return (term_row){g->name,
                      name[k],
                      unit[k],
                      lowering_verdict(report ? report->verdict : VERDICT_QUANTISED),
                      trace    ? 7
                      : report ? report->bits
                               : 0,
                      s->n,
                      s->max,
                      s->n ? sqrt(s->squares / (double)s->n) : 0,
                      g->nsynapses ? sqrt(squares / (double)g->nsynapses) / lsb : 0,
                      cycles_of(t, projection, k, m),
                      k == TERM_DRAW && p->drawn ? (double)p->differ / (double)p->drawn : 0};
}

term_row *terms_rows(const term_errors *t, const hmn_machine *m, hmn_arena *a, uint32_t *count)
{
    uint32_t n = t->l->q->graph->nprojections;
    term_row *row = ARENA_NEW(a, term_row, (size_t)n * TERM_COUNT);
    *count = 0;
    for (uint32_t p = 0; p < n; p++)
        for (uint32_t k = 0; t->part[p].rule && k < TERM_COUNT; k++)
            if (t->part[p].term[k].n)
                row[(*count)++] = row_of(t, p, (term_kind)k, m);
    return row;
}
