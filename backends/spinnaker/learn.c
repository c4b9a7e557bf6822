/* Rules of the language for the programs of a core. Takes rules, scales of weights and of broadcasts (qnet), yields the
 * settings of each plastic projection's rule and rows of the report.
 *
 *   rule                                                     program
 *   type: spinnaker                                            sPyNNaker's, as written (learn_program.c)
 *   type: stdp, excitatory, amplitudes >= 0, no decay, alone   sPyNNaker's pair rule, additive (S52, S56)
 *   other stdp, hmn                                          ours (S60 to S66)
 *
 * One step of an eligibility is w_lsb 2^-S / unit (unit: of a broadcast), so that broadcast times eligibility is a
 * change in 2^-S steps of the weight without a further product; S is the largest that leaves an eligibility under 100
 * Hz trains on both sides twice the room it takes. */
#include "backends/spinnaker/learn.h"

#include "backends/spinnaker/program.h"

#include <math.h>
#include <string.h>

enum { WEIGHT_MOST = 32767, WINDOW_STEPS = 128, MIN_DEPTH = 3 };

static const stdp_kind pair_additive = {TIMING_PAIR, WEIGHT_ADDITIVE, false};

typedef struct {
    hmn_qnet *q;
    const graph_projection *j;
    const qnet_projection *p;
    const net_rule *rule;
    double dt;
    hmn_arena *arena;
    hmn_diag *diag;
} learner;

/* ---- what cannot be lowered ---- */

static bool refuse(const learner *l, bool on, const char *term, const char *cure)
{
    if (!on)
        return true;
    diag_report(l->diag, DIAG_RULE_TARGET, l->rule->name.at, "rule %s: this target cannot compute %s", l->rule->name.s,
                term);
    diag_cure(l->diag, "%s", cure);
    return false;
}

static bool supported(const learner *l)
{
    const net_rule *r = l->rule;
    bool ok = refuse(l, r->type == RULE_TEXT, "rules written as products (type: loihi)",
                     "write it as type: stdp or type: hmn, or use target loihi");
    if (r->type != RULE_HMN)
        return ok;
    ok &= refuse(l, r->local_attention.on, "attention over synapses (equations 10, 11)",
                 "use target loihi2, or local_attention: {enabled: false}");
    ok &= refuse(l, r->phase_gate.on && r->phase_gate.gate != GATE_PLASTICITY, "a phase gate of the neurons' firing",
                 "use gate: plasticity, or switch it off with phase_gate: {enabled: false}");
    ok &= refuse(l, r->phase_gate.on && r->phase_gate.bins > HYBRID_BINS, "more than 16 phase bins", "use bins: 16");
    const net_astrocyte *cell = r->astrocyte.i != NET_NONE ? &l->q->graph->net->astrocyte[r->astrocyte.i] : NULL;
    ok &= refuse(l, cell && (cell->effect == ASTRO_PRESYNAPTIC || cell->effect == ASTRO_ELIGIBILITY),
                 "an astrocyte that acts on presynaptic spikes or eligibility",
                 "use effect: gain or additive, which the monitor core folds into the register");
    ok &= refuse(l, r->traces.pairing == PAIRING_RATE, "pairing: rate", "use pairing: stdp or pairing: hebbian");
    return ok;
}

static bool lost(const learner *l, const net_num *key, const char *name, double least)
{
    diag_report(l->diag, DIAG_LOST_TO_ZERO, key->at.line ? key->at : l->rule->name.at,
                "rule %s: %s is %.4g, but on projection %s less than %.4g rounds to zero", l->rule->name.s, name,
                key->v, l->j->name, least);
    diag_cure(l->diag, "raise it to %.4g or more", least);
    return false;
}

/* ---- sPyNNaker's pair rule ---- */

static bool plain_stdp(const learner *l)
{
    const net_rule *r = l->rule;
    return r->type == RULE_STDP && !r->sign_free && r->decay.v == 0 && l->j->receptor == RECEPTOR_EXCITATORY &&
           r->traces.a_plus.v >= 0 && r->traces.a_minus.v >= 0 && (!r->eta_local.given || r->eta_local.v >= 0) &&
           l->p->weight_exp == 0;
}

static void stdp_of(const learner *l, stdp_settings *s)
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

static void tell(const learner *l, qnet_report_row row)
{
    row.subject = arena_printf(l->arena, "projection %s", l->j->name);
    quantise_report_add(l->q, l->arena, row);
}

static bool stdp_fits(const learner *l, const stdp_settings *s)
{
    const net_traces *t = &l->rule->traces;
    double least = ldexp(0.5, -15);
    if (s->plus > 0 && s->plus < least)
        return lost(l, &t->a_plus, "A_plus", t->a_plus.v * least / s->plus);
    if (s->minus > 0 && s->minus < least)
        return lost(l, &t->a_minus, "A_minus", t->a_minus.v * least / s->minus);
    tell(l,
         (qnet_report_row){.quantity = "learning rule",
                           .unit = "",
                           .verdict = VERDICT_APPROXIMATED,
                           .bits = 16,
                           .scale = ldexp(1, -11),
                           .count = 1,
                           .note = "sPyNNaker's pair rule, additive: a weight changes at its next presynaptic spike, "
                                   "spikes of one step do not pair; the epoch plays no part"});
    return true;
}

/* ---- ours ---- */

static double in_steps(const learner *l, const net_num *tau) { return tau->v / l->dt; }

/* What a trace of tau reaches under a train of 100 Hz. */
static double peak(const learner *l, double tau)
{
    double interval = fmax(1, 10 / l->dt);
    return tau > 0 ? 1 / -expm1(-interval / tau) : 1;
}

static uint32_t flags_of(const learner *l)
{
    const net_rule *r = l->rule;
    const net_traces *t = &r->traces;
    bool stdp = r->type == RULE_STDP, nearest = false;
    const net_target *target = &l->q->graph->net->target;
    if (target->rounding.s)
        nearest = strcmp(target->rounding.s, "nearest") == 0;
    bool each = r->type == RULE_HMN && r->phase_gate.on &&
                (r->phase_gate.owner == PHI_POST || r->phase_gate.owner == PHI_SYNAPSE);
    return (!stdp && t->tau_slow.given && t->k_slow.v != 0 ? HYBRID_SLOW : 0u) |
           ((stdp || t->pairing == PAIRING_STDP) && t->a_minus.v != 0 ? HYBRID_MINUS : 0u) |
           (r->sign_free ? HYBRID_FREE : 0u) | (nearest ? 0u : HYBRID_STOCHASTIC) | (each ? HYBRID_SYNAPSE_BIN : 0u);
}

/* Real amplitudes; yields the largest eligibility that trains of 100 Hz give. */
static double amplitudes(const learner *l, hybrid_settings *s)
{
    const net_traces *t = &l->rule->traces;
    bool stdp = l->rule->type == RULE_STDP;
    const double share[] = {stdp ? 1 : t->k_fast.v, s->flags & HYBRID_SLOW ? t->k_slow.v : 0};
    double most = 0;
    for (uint32_t k = 0; k < 2; k++) {
        s->plus[k] = share[k] * t->a_plus.v;
        s->minus[k] = s->flags & HYBRID_MINUS ? share[k] * t->a_minus.v : 0;
        double pair = fmax(fabs(s->plus[k]) * peak(l, s->tau_plus), fabs(s->minus[k]) * peak(l, s->tau_minus));
        double pairs = s->tau[k] > 0 ? peak(l, s->tau[k]) : ceil(s->epoch * l->dt / 10) + 1;
        most = fmax(most, pair * pairs);
    }
    return most;
}

static bool scale_eligibility(const learner *l, hybrid_settings *s, double most)
{
    double room = WEIGHT_MOST / 2.0 * l->p->w_lsb / (l->p->channel_unit * most);
    int shift = most > 0 ? (int)fmin(32, floor(log2(room))) : 32;
    if (shift < 0) {
        diag_report(l->diag, DIAG_FIT_VALUE, l->rule->name.at,
                    "rule %s: a change of a weight of projection %s may be %.4g times what 16 bits hold",
                    l->rule->name.s, l->j->name, 1 / room);
        diag_cure(l->diag, "lower A_plus, A_minus or the rates");
        return false;
    }
    double step = l->p->w_lsb * ldexp(1, -shift) / l->p->channel_unit;
    s->weight_shift = (uint32_t)shift;
    for (uint32_t k = 0; k < 2; k++) {
        s->plus[k] /= step;
        s->minus[k] /= step;
        const net_traces *t = &l->rule->traces;
        if (s->plus[k] != 0 && fabs(s->plus[k]) < 0.5)
            return lost(l, &t->a_plus, "A_plus", fabs(t->a_plus.v * 0.5 / s->plus[k]));
        if (s->minus[k] != 0 && fabs(s->minus[k]) < 0.5)
            return lost(l, &t->a_minus, "A_minus", fabs(t->a_minus.v * 0.5 / s->minus[k]));
    }
    tell(l, (qnet_report_row){.quantity = "equation 2",
                              .unit = "",
                              .verdict = VERDICT_QUANTISED,
                              .bits = 16,
                              .scale = step,
                              .max_error = step / 2,
                              .rms_error = step / sqrt(12),
                              .count = s->flags & HYBRID_SLOW ? 2 : 1,
                              .note = "eligibility words of the row; each spike and epoch rounds once"});
    return true;
}

static void gate(const learner *l, hybrid_settings *s)
{
    const net_probability_gate *g = &l->rule->probability_gate;
    if (l->rule->type != RULE_HMN || !g->on)
        return;
    double lsb = g->lsb.given ? g->lsb.v / l->p->w_lsb : 1;
    s->gate = true;
    s->beta = g->beta_p.v / lsb;
    s->theta = g->theta_p.v * lsb;
    tell(l, (qnet_report_row){.quantity = "equation 5",
                              .unit = "",
                              .verdict = VERDICT_QUANTISED,
                              .bits = 16,
                              .scale = ldexp(1, -16),
                              .max_error = fmax(ldexp(1, -17), s->beta / 4 / 16),
                              .rms_error = fmax(ldexp(1, -17), s->beta / 4 / 16) / sqrt(3),
                              .count = 1,
                              .note = "a table of thresholds, an eighth of a weight's step a line"});
}

static void map_registers(const learner *l, hybrid_settings *s)
{
    for (uint32_t b = 0; b < HYBRID_BINS; b++) {
        uint32_t k = b < s->bins ? l->p->bin_channel[b] : NET_NONE;
        s->channel[b] = k == NET_NONE ? HYBRID_SILENT : (uint16_t)k;
    }
}

static void places(const learner *l, hybrid_settings *s)
{
    const int32_t *shift = l->q->population[l->j->post].shift;
    uint32_t types = spin_program_receptors(spin_program_of(l->q->population[l->j->post].program));
    s->type[1] = types - 1;
    int32_t least = shift[0] < shift[types - 1] ? shift[0] : shift[types - 1];
    s->drop[0] = (uint32_t)(shift[0] - least);
    s->drop[1] = (uint32_t)(shift[types - 1] - least);
}

static void set_depth(hybrid_settings *s)
{
    uint32_t life = hybrid_lifetime(s) / s->epoch + 2, most = WINDOW_STEPS / s->epoch;
    s->depth = life < most ? life : most;
    s->depth = s->depth < MIN_DEPTH ? MIN_DEPTH : s->depth;
}

static bool hybrid_of(const learner *l, hybrid_settings *s)
{
    const net_rule *r = l->rule;
    const net_traces *t = &r->traces;
    bool stdp = r->type == RULE_STDP;
    memset(s, 0, sizeof *s);
    s->epoch = r->epoch.v >= 1 ? (uint32_t)r->epoch.v : 1;
    s->bins = r->type == RULE_HMN && r->phase_gate.on ? r->phase_gate.bins : 1;
    s->flags = flags_of(l);
    s->tau_plus = in_steps(l, &t->tau_plus);
    s->tau_minus = s->flags & HYBRID_MINUS ? in_steps(l, &t->tau_minus) : 0;
    s->tau[0] = stdp ? 0 : fmax(0, in_steps(l, &t->tau_fast));
    s->tau[1] = s->flags & HYBRID_SLOW ? in_steps(l, &t->tau_slow) : 0;
    s->w_min = l->p->w_min < -WEIGHT_MOST ? -WEIGHT_MOST : l->p->w_min;
    s->w_max = l->p->w_max > WEIGHT_MOST ? WEIGHT_MOST : l->p->w_max;
    s->lose = r->decay.v * s->epoch * l->dt;
    if (s->lose > 0 && s->lose < ldexp(0.5, -32))
        return lost(l, &r->decay, "decay", ldexp(0.5, -32) / s->epoch / l->dt);
    map_registers(l, s);
    places(l, s);
    gate(l, s);
    if (!scale_eligibility(l, s, amplitudes(l, s)))
        return false;
    set_depth(s);
    tell(l, (qnet_report_row){
                .quantity = "equation 3",
                .unit = "",
                .verdict = VERDICT_QUANTISED,
                .bits = 16,
                .scale = l->p->w_lsb,
                .max_error = s->flags & HYBRID_STOCHASTIC ? l->p->w_lsb : l->p->w_lsb / 2,
                .rms_error = s->flags & HYBRID_STOCHASTIC ? l->p->w_lsb / 2 : l->p->w_lsb / sqrt(12),
                .count = 1,
                .note = arena_printf(
                    l->arena, "%s; deferred to presynaptic spikes, exactly: rows are swept within %u epochs",
                    s->flags & HYBRID_STOCHASTIC ? "a change rounds at random" : "a change rounds to nearest",
                    s->depth - 1)});
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

static learner learner_of(hmn_qnet *q, uint32_t projection, hmn_arena *a, hmn_diag *d)
{
    const graph_projection *j = &q->graph->projection[projection];
    return (learner){q, j, &q->projection[projection], &q->graph->net->rule[j->rule], q->graph->dt, a, d};
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
        learner l = learner_of(q, i, a, d);
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
        learner l = all[i].kind ? learner_of(q, i, a, d) : (learner){0};
        if (all[i].kind == SPIN_LEARN_STDP && !written_as_program(g, i))
            ok &= stdp_fits(&l, &all[i].stdp);
        if (all[i].kind == SPIN_LEARN_HYBRID)
            ok &= hybrid_of(&l, &all[i].hybrid);
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

uint32_t *spin_learn_region(const hmn_qnet *q, uint32_t population, uint32_t types, uint32_t *nwords, hmn_arena *a)
{
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
        *nwords = hybrid_write(NULL, rules, n);
    uint32_t *region = *nwords ? ARENA_NEW(a, uint32_t, *nwords) : NULL;
    if (stdp)
        stdp_write(region, spin_learn_program(q, population), types, stdp);
    if (n)
        hybrid_write(region, rules, n);
    return region;
}

static hybrid_rule layout_of(const hybrid_settings *s) { return (hybrid_rule){.flags = s->flags}; }

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

uint32_t spin_learn_bytes(const hmn_qnet *q, uint32_t population, uint32_t neurons)
{
    spin_learn_kind kind = spin_learn_manner(q, population);
    hybrid_settings rules[HYBRID_RULES];
    hmn_arena *scratch = arena_new(0);
    uint32_t words, bytes = 0;
    spin_learn_region(q, population, 2, &words, scratch);
    arena_free(scratch);
    if (kind == SPIN_LEARN_STDP)
        bytes = neurons * stdp_history_bytes(spin_learn_program(q, population));
    if (kind == SPIN_LEARN_HYBRID)
        bytes = 4 * hybrid_state_words(rules, spin_learn_rules(q, population, rules), neurons);
    return bytes + words * 4; /* tables are copied to data memory */
}

void spin_learn_row(const hmn_qnet *q, uint32_t projection, uint32_t first, uint32_t n, uint32_t *plastic)
{
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
    hybrid_row_head(plastic, first, projection, spin_learn_rule(q, projection),
                    n && j->bin && !each ? j->bin[first] : 0);
    for (uint32_t k = 0; k < n; k++) {
        row_set_half(plastic + HYBRID_HEAD, hybrid_half(&r, k), (uint16_t)(int16_t)p->weight[first + k]);
        if (each)
            row_set_half(plastic + HYBRID_HEAD, hybrid_half(&r, k + 1) - 1, j->bin[first + k]);
    }
}
