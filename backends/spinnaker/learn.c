/* Rules of the language for the programs of a core. Takes rules, scales of weights and of broadcasts (qnet), yields the
 * settings of each plastic projection's rule and rows of the report.
 *
 *   rule                                                     program
 *   type: spinnaker                                            sPyNNaker's, as written (learn_program.c)
 *   type: stdp, excitatory, amplitudes >= 0, no decay, alone   sPyNNaker's pair rule, additive (S52, S56)
 *   other stdp, hmn                                          ours (S60 to S66)
 *
 * Settings of ours are made in learn_hybrid.c. */
#include "backends/spinnaker/learn.h"

#include "backends/spinnaker/learn_parts.h"
#include "backends/spinnaker/program.h"

#include <math.h>
#include <string.h>

enum { SOFTMAX_BYTES = 65 * 4 }; /* the table of core/machine/curve.c */

static const stdp_kind pair_additive = {TIMING_PAIR, WEIGHT_ADDITIVE, false};

/* ---- what cannot be lowered ---- */

static bool refuse(const spin_learner *l, bool on, const char *term, const char *cure)
{
    if (!on)
        return true;
    diag_report(l->diag, DIAG_RULE_TARGET, l->rule->name.at, "rule %s: this target cannot compute %s", l->rule->name.s,
                term);
    diag_cure(l->diag, "%s", cure);
    spin_learn_tell(l, (qnet_report_row){.quantity = term, .unit = "", .verdict = VERDICT_REFUSED, .note = cure});
    return false;
}

const char *spin_learn_attention(const net_local_attention *a, const char **cure)
{
    if (a->similarity != SIM_SCALED_DOT) {
        *cure = "use similarity: scaled_dot";
        return "attention over synapses by cosine";
    }
    *cure = "use at most 4 tau";
    return a->ntau > HYBRID_TIMESCALES ? "attention over synapses by more than 4 timescales" : NULL;
}

static bool supported(const spin_learner *l)
{
    const net_rule *r = l->rule;
    bool ok = refuse(l, r->type == RULE_TEXT, "rules written as products (type: loihi)",
                     "write it as type: stdp or type: hmn, or use target loihi");
    if (r->type != RULE_HMN)
        return ok;
    const char *cure, *attention = spin_learn_attention(&r->local_attention, &cure);
    ok &= refuse(l, r->local_attention.on && attention, attention, cure);
    ok &= refuse(l, r->phase_gate.on && r->phase_gate.gate != GATE_PLASTICITY, "a phase gate of the neurons' firing",
                 "use gate: plasticity, or switch it off with phase_gate: {enabled: false}");
    ok &= refuse(l, r->phase_gate.on && r->phase_gate.bins > HYBRID_BINS, "more than 16 phase bins", "use bins: 16");
    ok &= refuse(l, r->traces.pairing == PAIRING_RATE, "pairing: rate", "use pairing: stdp or pairing: hebbian");
    return ok;
}

/* ---- sPyNNaker's pair rule ---- */

static bool plain_stdp(const spin_learner *l)
{
    const net_rule *r = l->rule;
    return r->type == RULE_STDP && !r->sign_free && r->decay.v == 0 && l->j->receptor == RECEPTOR_EXCITATORY &&
           r->traces.a_plus.v >= 0 && r->traces.a_minus.v >= 0 && (!r->eta_local.given || r->eta_local.v >= 0) &&
           l->p->weight_exp == 0;
}

static void stdp_of(const spin_learner *l, stdp_settings *s)
{
    const net_traces *t = &l->rule->traces;
    double eta = l->rule->eta_local.given ? l->rule->eta_local.v : 1, lsb = l->p->w_lsb;
    double unit = ldexp(1, l->q->population[l->j->post].shift[0] - 15) / lsb; /* real weight to s16.15 */
    memset(s, 0, sizeof *s);                                                  /* compared by its bytes */
    s->dt = l->dt;
    s->tau[STDP_PLUS] = t->tau_plus.v;
    s->tau[STDP_MINUS] = t->tau_minus.v;
    s->min = l->p->w_min > 0 ? l->p->w_min * lsb * unit : 0;
    s->max = l->p->w_max * lsb * unit;
    /* presynaptic spikes count a step earlier there than here: the amplitudes make up for it */
    s->plus = eta * t->a_plus.v * unit * exp(t->tau_plus.v > 0 ? l->dt / t->tau_plus.v : 0);
    s->minus = eta * t->a_minus.v * unit * exp(t->tau_minus.v > 0 ? -l->dt / t->tau_minus.v : 0);
    s->scale = 1;
}

static bool stdp_fits(const spin_learner *l, const stdp_settings *s)
{
    const net_traces *t = &l->rule->traces;
    double least = ldexp(0.5, -15);
    if (!spin_learn_bounds_last(l) || !spin_learn_pairs(l, &t->tau_plus, "tau_plus") ||
        !spin_learn_pairs(l, &t->tau_minus, "tau_minus"))
        return false;
    if (s->plus > 0 && s->plus < least)
        return spin_learn_lost(l, &t->a_plus, "A_plus", t->a_plus.v * least / s->plus);
    if (s->minus > 0 && s->minus < least)
        return spin_learn_lost(l, &t->a_minus, "A_minus", t->a_minus.v * least / s->minus);
    spin_learn_tell(
        l, (qnet_report_row){.quantity = "learning rule",
                             .unit = "",
                             .verdict = VERDICT_APPROXIMATED,
                             .bits = 16,
                             .scale = ldexp(1, -11),
                             .count = 1,
                             .note = "sPyNNaker's pair rule, additive: a weight changes at its next presynaptic spike, "
                                     "spikes of one step do not pair; the epoch plays no part"});
    return true;
}

/* ---- the pass ---- */

static bool same_stdp(const spin_learning *a, const spin_learning *b)
{
    return spin_program_rule(a->program) == spin_program_rule(b->program) &&
           memcmp(&a->stdp, &b->stdp, sizeof a->stdp) == 0;
}

static bool written_as_program(const hmn_graph *g, uint32_t projection)
{
    uint32_t rule = g->projection[projection].rule;
    return rule != NET_NONE && g->net->rule[rule].type == RULE_PROGRAM;
}

/* A rule of type spinnaker cannot be computed by another program. */
static bool check_manners(const hmn_qnet *q, const spin_learning *all, hmn_diag *d)
{
    const hmn_graph *g = q->graph;
    for (uint32_t i = 0; i < g->nprojections; i++)
        for (uint32_t k = 0; k < g->nprojections && written_as_program(g, i) && all[i].kind; k++) {
            if (g->projection[k].post != g->projection[i].post || !all[k].kind ||
                (all[k].kind == SPIN_LEARN_STDP && same_stdp(&all[k], &all[i])))
                continue;
            diag_report(d, DIAG_FIT_LEARNING, g->projection[i].at,
                        "projections '%s' and '%s' onto population '%s' learn by different rules; a program of "
                        "sPyNNaker has one",
                        g->projection[i].name, g->projection[k].name, g->population[g->projection[i].post].name);
            diag_cure(d, "let them share a rule, with the same weight_bounds, or use type: hmn");
            return false;
        }
    return true;
}

/* sPyNNaker's program holds one rule: all plastic projections onto a population must have it. */
static void settle_manners(hmn_qnet *q, spin_learning *all)
{
    const hmn_graph *g = q->graph;
    for (uint32_t i = 0; i < g->nprojections; i++)
        for (uint32_t k = 0; k < g->nprojections && all[i].kind == SPIN_LEARN_STDP; k++)
            if (g->projection[k].post == g->projection[i].post && all[k].kind != SPIN_LEARN_NONE &&
                (all[k].kind == SPIN_LEARN_HYBRID || !same_stdp(&all[k], &all[i])) && !written_as_program(g, i))
                all[i].kind = SPIN_LEARN_HYBRID;
}

static spin_learner learner_of(hmn_qnet *q, uint32_t projection, hmn_arena *a, hmn_diag *d)
{
    const graph_projection *j = &q->graph->projection[projection];
    return (spin_learner){q, j, &q->projection[projection], &q->graph->net->rule[j->rule], projection, q->graph->dt,
                          a, d};
}

static bool too_many_rules(hmn_qnet *q, uint32_t population, hmn_diag *d)
{
    hybrid_settings rules[HYBRID_RULES];
    uint32_t n = spin_learn_rules(q, population, rules), taus = 0;
    for (uint32_t i = 0; i < n && i < HYBRID_RULES; i++) {
        bool seen = !(rules[i].flags & HYBRID_MINUS);
        for (uint32_t k = 0; k < i; k++)
            seen |= rules[k].flags & HYBRID_MINUS && rules[k].tau_minus == rules[i].tau_minus;
        taus += !seen;
    }
    if (n <= HYBRID_RULES && taus <= HYBRID_HISTORIES)
        return false;
    diag_report(d, DIAG_FIT_LEARNING, q->graph->population[population].at,
                "population '%s' learns by %u rules with %u different tau_minus; a core has %d and %d",
                q->graph->population[population].name, n, taus, HYBRID_RULES, HYBRID_HISTORIES);
    diag_cure(d, "let projections share rules");
    return true;
}

bool spin_learn(hmn_qnet *q, hmn_arena *a, hmn_diag *d)
{
    const hmn_graph *g = q->graph;
    spin_learning *all = ARENA_NEW(a, spin_learning, g->nprojections);
    bool ok = true;
    q->learning = all;
    for (uint32_t i = 0; i < g->nprojections; i++) {
        q->projection[i].rule = NET_NONE;
        if (written_as_program(g, i) && g->net->rule[g->projection[i].rule].enabled)
            ok &=
                spin_learn_by_program(&(spin_program_request){q, &g->net->rule[g->projection[i].rule], i, d}, &all[i]);
        if (!q->projection[i].bin_channel)
            continue;
        spin_learner l = learner_of(q, i, a, d);
        if (!supported(&l)) {
            ok = false;
            continue;
        }
        all[i].kind = plain_stdp(&l) ? SPIN_LEARN_STDP : SPIN_LEARN_HYBRID;
        if (all[i].kind == SPIN_LEARN_STDP)
            stdp_of(&l, &all[i].stdp);
        all[i].program = pair_additive;
    }
    ok = ok && check_manners(q, all, d);
    settle_manners(q, all);
    for (uint32_t i = 0; i < g->nprojections; i++) {
        spin_learner l = all[i].kind ? learner_of(q, i, a, d) : (spin_learner){0};
        if (all[i].kind == SPIN_LEARN_STDP && !written_as_program(g, i))
            ok &= stdp_fits(&l, &all[i].stdp);
        if (all[i].kind == SPIN_LEARN_HYBRID)
            ok &= spin_learn_hybrid(&l, &all[i].hybrid);
        q->projection[i].rule = all[i].kind ? 0 : NET_NONE;
    }
    for (uint32_t k = 0; ok && k < g->npopulations; k++)
        ok = !too_many_rules(q, k, d);
    return ok && spin_learn_check_rewards(q, d);
}

/* ---- what it takes, and words ---- */

spin_learn_kind spin_learn_manner(const hmn_qnet *q, uint32_t population)
{
    spin_learn_kind kind = SPIN_LEARN_NONE;
    for (uint32_t i = 0; q->learning && i < q->graph->nprojections; i++)
        if (q->graph->projection[i].post == population && spin_learning_of(q, i)->kind)
            kind = spin_learning_of(q, i)->kind;
    return kind;
}

stdp_kind spin_learn_program(const hmn_qnet *q, uint32_t population)
{
    for (uint32_t i = 0; q->learning && i < q->graph->nprojections; i++)
        if (q->graph->projection[i].post == population && spin_learning_of(q, i)->kind == SPIN_LEARN_STDP)
            return spin_learning_of(q, i)->program;
    return pair_additive;
}

static uint32_t find(const hybrid_settings *rules, uint32_t n, const hybrid_settings *s)
{
    uint32_t k = 0;
    while (k < n && memcmp(&rules[k], s, sizeof *s) != 0)
        k++;
    return k;
}

uint32_t spin_learn_rules(const hmn_qnet *q, uint32_t population, hybrid_settings out[HYBRID_RULES])
{
    uint32_t n = 0;
    for (uint32_t i = 0; q->learning && i < q->graph->nprojections; i++) {
        const spin_learning *s = spin_learning_of(q, i);
        if (q->graph->projection[i].post != population || s->kind != SPIN_LEARN_HYBRID)
            continue;
        uint32_t known = n < HYBRID_RULES ? n : HYBRID_RULES;
        if (find(out, known, &s->hybrid) < known)
            continue;
        if (n < HYBRID_RULES)
            out[n] = s->hybrid;
        n++;
    }
    return n;
}

uint32_t spin_learn_rule(const hmn_qnet *q, uint32_t projection)
{
    hybrid_settings rules[HYBRID_RULES];
    uint32_t n = spin_learn_rules(q, q->graph->projection[projection].post, rules);
    return find(rules, n, &spin_learning_of(q, projection)->hybrid);
}

uint32_t *spin_learn_region(const hmn_qnet *q, const spin_learn_core *core, uint32_t *nwords, hmn_arena *a)
{
    uint32_t population = core->population, types = core->types;
    spin_learn_kind kind = spin_learn_manner(q, population);
    hybrid_settings rules[HYBRID_RULES];
    const stdp_settings *stdp = NULL;
    *nwords = 0;
    for (uint32_t i = 0; kind == SPIN_LEARN_STDP && i < q->graph->nprojections; i++)
        if (q->graph->projection[i].post == population && spin_learning_of(q, i)->kind)
            stdp = &spin_learning_of(q, i)->stdp;
    if (stdp)
        *nwords = stdp_write(NULL, spin_learn_program(q, population), types, stdp);
    uint32_t n = kind == SPIN_LEARN_HYBRID ? spin_learn_rules(q, population, rules) : 0;
    if (n)
        *nwords = hybrid_write(NULL, rules, n, core->rows);
    uint32_t *region = *nwords ? ARENA_NEW(a, uint32_t, *nwords) : NULL;
    if (stdp)
        stdp_write(region, spin_learn_program(q, population), types, stdp);
    if (n)
        hybrid_write(region, rules, n, core->rows);
    return region;
}

static hybrid_rule layout_of(const hybrid_settings *s)
{
    return (hybrid_rule){.flags = s->flags, .timescales = s->timescales, .counts_by = s->counts_by};
}

uint32_t spin_learn_words(const hmn_qnet *q, uint32_t projection, uint32_t n)
{
    const spin_learning *s = q->learning ? spin_learning_of(q, projection) : NULL;
    if (!s || s->kind == SPIN_LEARN_NONE)
        return 0;
    if (s->kind == SPIN_LEARN_STDP)
        return stdp_plastic_words(s->program, n);
    hybrid_rule r = layout_of(&s->hybrid);
    return hybrid_plastic_words(&r, n);
}

/* At most so many rows of a core of the population learn. */
static uint32_t most_rows(const hmn_qnet *q, uint32_t population)
{
    uint32_t rows = 0;
    for (uint32_t i = 0; i < q->graph->nprojections; i++)
        if (q->graph->projection[i].post == population && spin_learning_of(q, i)->kind)
            rows += q->graph->population[q->graph->projection[i].pre].size;
    return rows;
}

uint32_t spin_learn_bytes(const hmn_qnet *q, uint32_t population, uint32_t neurons)
{
    spin_learn_kind kind = spin_learn_manner(q, population);
    hybrid_settings rules[HYBRID_RULES];
    hmn_arena *scratch = arena_new(0);
    uint32_t words, bytes = 0, rows = 0;
    spin_learn_region(q, &(spin_learn_core){population, 2, 0}, &words, scratch);
    arena_free(scratch);
    if (kind == SPIN_LEARN_STDP)
        bytes = neurons * stdp_history_bytes(spin_learn_program(q, population));
    uint32_t n = kind == SPIN_LEARN_HYBRID ? spin_learn_rules(q, population, rules) : 0;
    for (uint32_t i = 0; i < n; i++)
        if (rules[i].timescales)
            rows = most_rows(q, population);
    if (n)
        bytes = 4 * hybrid_state_words(rules, n, neurons, rows);
    bytes += rows ? SOFTMAX_BYTES : 0;
    return bytes + words * 4; /* tables are copied to data memory */
}

void spin_learn_row(const hmn_qnet *q, const spin_learn_place *row, uint32_t *plastic)
{
    uint32_t projection = row->projection, first = row->first, n = row->n;
    const spin_learning *s = spin_learning_of(q, projection);
    const qnet_projection *p = &q->projection[projection];
    const graph_projection *j = &q->graph->projection[projection];
    if (s->kind == SPIN_LEARN_STDP) {
        uint32_t head = stdp_head_words(s->program);
        for (uint32_t k = 0; k < n; k++) {
            int32_t w = p->weight[first + k];
            row_set_half(plastic + head, stdp_weight_half(s->program, k), (uint32_t)(w < 0 ? -w : w));
        }
        return;
    }
    hybrid_rule r = layout_of(&s->hybrid);
    bool each = r.flags & HYBRID_SYNAPSE_BIN;
    uint32_t head = hybrid_head_words(&r);
    hybrid_row_head(&r, plastic,
                    &(hybrid_place){.first = first,
                                    .number = row->number,
                                    .projection = projection,
                                    .rule = spin_learn_rule(q, projection),
                                    .bin = n && j->bin && !each ? j->bin[first] : 0});
    for (uint32_t k = 0; k < n; k++) {
        row_set_half(plastic + head, hybrid_half(&r, k), (uint16_t)(int16_t)p->weight[first + k]);
        if (each)
            row_set_half(plastic + head, hybrid_half(&r, k + 1) - 1, j->bin[first + k]);
    }
}
