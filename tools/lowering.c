/* The rows of the lowering report. Takes the quantised network and, after a run, what was measured, yields for each
 * population and projection its quantities in the compiler's order, its delays, and a row for every term of its rule.
 *
 * A rule that several projections share is lowered once: the others get the rows of the first. */
#include "tools/lowering.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *quantity, *unit, *from;
    bool bounded;
} terms[TERM_COUNT] = {
#define TERM(id, quantity, unit, from, bounded) {quantity, unit, from, bounded},
#include "tools/terms.def"
};

typedef struct {
    const hmn_qnet *q;
    const term_measures *m;
    hmn_arena *a;
    lowering_row *row;
    uint32_t n;
    size_t cap;
} list;

static lowering_row *add(list *l, lowering_row row)
{
    l->row = arena_grow(l->a, l->row, sizeof *l->row, l->n, l->n + 1, &l->cap);
    l->row[l->n] = row;
    return &l->row[l->n++];
}

static lowering_row of_values(const qnet_report_row *r, const char *subject)
{
    return (lowering_row){.subject = subject,
                          .quantity = r->quantity,
                          .unit = r->unit,
                          .note = r->note,
                          .verdict = r->verdict,
                          .bits = r->bits,
                          .scale = r->scale,
                          .origin = r->verdict == VERDICT_REFUSED ? LOWERING_NONE : LOWERING_VALUES,
                          .max_error = r->verdict == VERDICT_REFUSED ? NAN : r->max_error,
                          .rms_error = r->verdict == VERDICT_REFUSED ? NAN : r->rms_error,
                          .max_bound = NAN,
                          .rms_bound = NAN,
                          .count = r->count,
                          .saturated = r->saturated};
}

/* A term, or what homeostasis does: the compiler's errors are a bound, or nothing; a run measures. */
static void of_term(lowering_row *row, bool bounded, const term_error *e)
{
    if (row->verdict == VERDICT_REFUSED)
        return;
    double most = bounded ? row->max_error : NAN, rms = bounded ? row->rms_error : NAN;
    bool measured = e && e->count;
    row->origin = measured ? LOWERING_MEASURED : bounded ? LOWERING_BOUND : LOWERING_NONE;
    row->max_error = measured ? e->max_error : most;
    row->rms_error = measured ? e->rms_error : rms;
    row->max_bound = most;
    row->rms_bound = rms;
    row->count = measured ? e->count : row->count;
    row->share = measured ? e->share : 0;
    row->differ = measured ? e->differ : 0;
}

/* ---- populations ---- */

static void populations(list *l)
{
    const hmn_graph *g = l->q->graph;
    for (uint32_t i = 0; i < l->q->nreport; i++) {
        const qnet_report_row *r = &l->q->report[i];
        if (strncmp(r->subject, "projection ", 11) == 0)
            continue;
        lowering_row *row = add(l, of_values(r, r->subject));
        for (uint32_t k = 0; strcmp(r->quantity, "homeostasis") == 0 && k < g->npopulations; k++)
            if (strcmp(r->subject + strlen("population "), g->population[k].name) == 0) {
                of_term(row, true, l->m ? &l->m->bias[k] : NULL);
                row->cycles = lowering_bias_cycles(l->q, k);
            }
    }
}

/* ---- projections ---- */

static bool about(const qnet_report_row *r, const char *projection)
{
    return strncmp(r->subject, "projection ", 11) == 0 && strcmp(r->subject + 11, projection) == 0;
}

static const qnet_report_row *find(const hmn_qnet *q, const char *projection, const char *quantity)
{
    for (uint32_t i = 0; i < q->nreport; i++)
        if (about(&q->report[i], projection) && strcmp(q->report[i].quantity, quantity) == 0)
            return &q->report[i];
    return NULL;
}

/* The projection whose rows tell what became of this one's rule: the first that runs the same program. */
static uint32_t teller(const hmn_qnet *q, uint32_t projection)
{
    const qnet_projection *p = &q->projection[projection];
    uint32_t k = 0;
    while (k < projection && (q->chip->learn || p->rule == NET_NONE || q->projection[k].rule != p->rule))
        k++;
    return k;
}

static term_kind term_of(const char *quantity)
{
    uint32_t k = 0;
    while (k < TERM_COUNT && strcmp(terms[k].quantity, quantity) != 0)
        k++;
    return (term_kind)k;
}

static bool reads(const net_rule *r, rule_var v)
{
    for (uint32_t k = 0; r->products && k < r->products->nproducts; k++)
        for (uint32_t f = 0; f < r->products->product[k].nfactors; f++)
            if (r->products->product[k].factor[f].var == v)
                return true;
    return false;
}

/* sPyNNaker's programs: traces and products exist at spikes only, and no register is heard. */
static bool whole(const hmn_qnet *q, uint32_t projection)
{
    const graph_projection *j = &q->graph->projection[projection];
    net_rule_type type = q->graph->net->rule[j->rule].type;
    return type == RULE_PROGRAM || (type == RULE_STDP && find(q, j->name, "learning rule"));
}

static bool applies(const hmn_qnet *q, uint32_t projection, term_kind k)
{
    const net_rule *r = &q->graph->net->rule[q->graph->projection[projection].rule];
    if (r->type == RULE_TEXT) /* x and y are x1 and y1, over their impulses */
        return k == TERM_X   ? reads(r, RV_X1)
               : k == TERM_Y ? reads(r, RV_Y1)
                             : k == TERM_PRODUCTS || k == TERM_ROUNDING || k == TERM_WEIGHT ||
                                   (k == TERM_REGISTER && lowering_channel(q, projection)) ||
                                   (k == TERM_LEVELS && r->nmodulators);
    const net_traces *t = &r->traces;
    if (whole(q, projection))
        return k == TERM_WEIGHT;
    bool pairs = r->type == RULE_STDP || r->type == RULE_HMN, hmn = r->type == RULE_HMN;
    switch (k) {
    case TERM_X: return pairs;
    case TERM_Y: return hmn && t->pairing != PAIRING_STDP ? t->pairing == PAIRING_RATE : pairs && t->a_minus.v != 0;
    case TERM_FAST: return r->type == RULE_STDP || (hmn && t->k_fast.v != 0);
    case TERM_SLOW: return hmn && t->tau_slow.given && t->k_slow.v != 0;
    case TERM_LEVELS: return r->nmodulators > 0;
    case TERM_SHARES: return hmn && r->global_attention.on && r->nmodulators > 0;
    case TERM_RATES: return hmn && r->meta.on;
    case TERM_ASTROCYTE: return hmn && r->astrocyte.i != NET_NONE;
    case TERM_FACTOR: return q->projection[projection].own_channel != 0;
    case TERM_GATE: return hmn && r->phase_gate.on && r->phase_gate.gate != GATE_ACTIVITY;
    case TERM_FIRING: return hmn && r->phase_gate.on && r->phase_gate.gate != GATE_PLASTICITY;
    case TERM_REGISTER: return lowering_channel(q, projection) != NULL;
    case TERM_ATTENTION: return hmn && r->local_attention.on;
    case TERM_DRAW: return hmn && r->probability_gate.on;
    case TERM_PRODUCTS: return pairs;
    case TERM_ROUNDING: return pairs;
    case TERM_WEIGHT: return true;
    case TERM_COUNT: break;
    }
    return false;
}

/* Bits of what the compiler has no row for: traces of 7 bits, or u17.15; levels and rates s15.16. */
static uint32_t bits_of(const hmn_qnet *q, term_kind k)
{
    if (k == TERM_X || k == TERM_Y)
        return q->chip->learn ? 32 : 7;
    return k == TERM_LEVELS ? 32 : 16;
}

static lowering_row of_rule(const list *l, uint32_t projection, uint32_t from, term_kind k, const char *subject)
{
    const char *name = l->q->graph->projection[from].name;
    const qnet_report_row *own = find(l->q, name, terms[k].quantity), *other = find(l->q, name, terms[k].from);
    const qnet_report_row *r = own ? own : other;
    lowering_row row = {.verdict = VERDICT_QUANTISED, .bits = bits_of(l->q, k)};
    if (r)
        row = of_values(r, subject);
    row.subject = subject;
    row.quantity = terms[k].quantity;
    row.unit = terms[k].unit;
    if (!own) {
        row.note = NULL;
        row.bits = k == TERM_X || k == TERM_Y ? bits_of(l->q, k) : row.bits;
        row.scale = k == TERM_FAST || k == TERM_SLOW || k == TERM_ROUNDING || k == TERM_WEIGHT ? row.scale : 0;
    }
    if (row.verdict == VERDICT_EXACT && !own) /* constants may be exact, what a run makes of them is not */
        row.verdict = VERDICT_QUANTISED;
    of_term(&row, own && terms[k].bounded, l->m ? &l->m->term[projection][k] : NULL);
    if (l->m && row.origin != LOWERING_MEASURED && l->m->untold && k != TERM_WEIGHT)
        row.note =
            arena_printf(l->a, "not told apart from the rest of the rule: learning is not restated (%s)", l->m->untold);
    const term_work most = lowering_most(l->q, projection);
    row.cycles = lowering_cycles(l->q, projection, k, l->m ? &l->m->work[projection] : &most);
    return row;
}

static void delays(list *l, uint32_t projection, const char *subject)
{
    const graph_projection *j = &l->q->graph->projection[projection];
    const qnet_projection *p = &l->q->projection[projection];
    uint32_t bits = (uint32_t)p->delay_bits, longest = 0;
    for (uint64_t e = 0; p->delay && e < j->nsynapses; e++)
        longest = p->delay[e] > longest ? p->delay[e] : longest;
    while (longest >> bits)
        bits++;
    if (p->delay)
        add(l, (lowering_row){.subject = subject,
                              .quantity = "delay",
                              .unit = "ms",
                              .verdict = VERDICT_EXACT,
                              .bits = bits,
                              .scale = l->q->graph->dt,
                              .origin = LOWERING_VALUES,
                              .max_bound = NAN,
                              .rms_bound = NAN,
                              .count = j->nsynapses,
                              .note = "whole steps, in the reference too"});
}

static void projections(list *l)
{
    const hmn_graph *g = l->q->graph;
    for (uint32_t k = 0; k < g->nprojections; k++) {
        const char *subject = arena_printf(l->a, "projection %s", g->projection[k].name);
        bool learns = l->q->projection[k].rule != NET_NONE;
        uint32_t from = teller(l->q, k);
        for (uint32_t i = 0; i < l->q->nreport; i++) {
            const qnet_report_row *r = &l->q->report[i];
            bool own = about(r, g->projection[k].name), term = term_of(r->quantity) != TERM_COUNT;
            bool shared = !own && about(r, g->projection[from].name) && !find(l->q, g->projection[k].name, r->quantity);
            if ((own || shared) && (!term || !learns || r->verdict == VERDICT_REFUSED))
                add(l, of_values(r, subject));
        }
        delays(l, k, subject);
        for (uint32_t t = 0; learns && t < TERM_COUNT; t++)
            if (applies(l->q, k, (term_kind)t) ||
                (!whole(l->q, k) && find(l->q, g->projection[from].name, terms[t].quantity)))
                add(l, of_rule(l, k, from, (term_kind)t, subject));
    }
}

const lowering_row *lowering_rows(const hmn_qnet *q, const term_measures *m, hmn_arena *a, uint32_t *count)
{
    list l = {.q = q, .m = m, .a = a};
    populations(&l);
    projections(&l);
    *count = l.n;
    return l.row;
}
