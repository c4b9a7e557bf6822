/* Plasticity -> learning microcode. Takes the rules of plastic projections and the scales that quantise chose, yields
 * sums of products (hmn_rule), the broadcast registers they read (qnet_channel), and rows of the report. A rule used
 * by projections of one weight scale is lowered once.
 *
 * Here: the pass, rules written as text, and what both kinds of rules share. Rules of type stdp and hmn are in
 * learn_pairing.c. */
#include "compiler/learn.h"
#include "compiler/learn_optional.h"

#include "compiler/rule.h"
#include "compiler/unit.h"
#include "core/base/bug.h"
#include "core/isa/ulearn.h"

#include <math.h>
#include <string.h>

/* ---- shared pieces ---- */

static learn_scale best(const hmn_limits *limits, double x, bool at_least)
{
    learn_scale found = {0, 0, NAN};
    for (int32_t e = limits->exponent_low; e <= limits->exponent_high; e++)
        for (int32_t m = 1; m <= limits->mantissa_high; m++) {
            double v = ldexp(m, e);
            bool first = isnan(found.value), enough = !at_least || v >= x;
            bool better = at_least ? (enough ? found.value < x || v < found.value : v > found.value)
                                   : fabs(v - x) < fabs(found.value - x);
            if (first || better)
                found = (learn_scale){(int8_t)m, (int8_t)e, v};
        }
    return found;
}

learn_scale learn_nearest(const hmn_limits *limits, double x) { return best(limits, x, false); }

learn_scale learn_at_least(const hmn_limits *limits, double x) { return best(limits, x, true); }

double learn_room(double tau, double dt)
{
    double interval = fmax(1, 10 / dt), peak = tau > 0 ? 1 / -expm1(-interval / tau) : 1;
    return fmax(8, floor(127 / peak));
}

double learn_burst_room(double tau, double dt, double deviations)
{
    double mean = tau * dt / 10, most = mean + deviations * sqrt(mean / 2);
    return fmin(learn_room(tau, dt), fmax(8, floor(127 / fmax(most, 1))));
}

double learn_deviations(const lowering *l) { return l->out.rounds ? 3.5 : 2.5; }

rule_trace learn_trace(double impulse, double tau)
{
    double decay = tau > 0 ? fmin(4095, round(4096 * exp(-1 / tau))) : 0;
    return (rule_trace){(uint16_t)fmin(round(impulse * 256), 32767), (uint16_t)decay, tau};
}

uint32_t learn_shift(const rule_factor *factor, uint32_t n)
{
    uint32_t width = 4;
    for (uint32_t k = 0; k < n; k++)
        width += ulearn_var_width((rule_var)factor[k].var);
    return width > 15 ? width - 15 : 0;
}

void learn_report(lowering *l, qnet_report_row row)
{
    row.subject = l->subject;
    quantise_report_add(l->qnet, l->arena, row);
}

bool learn_refused(lowering *l, const char *quantity, const char *cure)
{
    learn_report(l, (qnet_report_row){.quantity = quantity, .unit = "", .verdict = VERDICT_REFUSED, .note = cure});
    return false;
}

void learn_tell_tau(lowering *l, bool plus, const rule_trace *trace, double tau)
{
    double keep = trace->decay_q12 / 4096.0, got = tau > 0 ? -1 / log(keep) : 0;
    learn_report(l, (qnet_report_row){.quantity = plus ? "tau_plus" : "tau_minus",
                                      .unit = "ms",
                                      .verdict = VERDICT_QUANTISED,
                                      .bits = 12,
                                      .max_error = fabs(got - tau) * l->dt,
                                      .rms_error = fabs(got - tau) * l->dt,
                                      .count = 1});
}

/* ---- rules written as text ---- */

static bool reads(const hmn_rule *r, rule_var v)
{
    for (uint32_t k = 0; k < r->nproducts; k++)
        for (uint32_t f = 0; f < r->product[k].nfactors; f++)
            if (r->product[k].factor[f].var == v)
                return true;
    return false;
}

static bool writes(const hmn_rule *r, rule_target target)
{
    for (uint32_t k = 0; k < r->nproducts; k++)
        if (r->product[k].target == target)
            return true;
    return false;
}

/* Steps: exp(-1 / tau) 4096 is a half. */
static const double SHORTEST = 1 / (13 * M_LN2);

bool learn_fades(lowering *l, const net_num *key, const char *what, double tau)
{
    return tau <= 0 || tau / l->dt >= SHORTEST || learn_lost(l, key->at, what, tau, SHORTEST * l->dt);
}

static bool text_traces(lowering *l)
{
    const net_rule *r = l->rule;
    const net_num *impulse[] = {&r->x1_impulse, &r->x2_impulse, &r->y1_impulse, &r->y2_impulse, &r->y3_impulse};
    const net_num *tau[] = {&r->x1_tau, &r->x2_tau, &r->y1_tau, &r->y2_tau, &r->y3_tau};
    static const rule_var var[] = {RV_X1, RV_X2, RV_Y1, RV_Y2, RV_Y3};
    for (int k = 0; k < RT_COUNT; k++) {
        if (impulse[k]->v < 0 || impulse[k]->v > 32767.0 / 256) { /* 7 integer and 8 fraction bits */
            diag_report(l->diag, DIAG_VALUE_RANGE, impulse[k]->at,
                        "an impulse of %g; it must lie within 0 and 127 + 255/256", impulse[k]->v);
            return false;
        }
        bool written = r->third_factor == THIRD_HOST || (r->third_factor == THIRD_NEURON && !impulse[k]->given);
        if (written && k >= RT_Y1) {
            l->out.trace[k] = (rule_trace){.decay_q12 = 4096}; /* stays as written */
            continue;
        }
        if (impulse[k]->v > 0 && impulse[k]->v < 1.0 / 512)
            return learn_lost(l, impulse[k]->at, arena_printf(l->arena, "%s_impulse", ulearn_var_name(var[k])),
                              impulse[k]->v, 1.0 / 512);
        bool payload = k == RT_X1 && r->graded_pre != PRE_PLAIN;
        if (impulse[k]->v == 0 && !payload && reads(&l->out, var[k])) {
            diag_report(l->diag, DIAG_RULE_INERT, r->name.at, "rule %s reads %s, whose impulse is 0: it stays 0",
                        r->name.s, ulearn_var_name(var[k]));
            diag_cure(l->diag, "set %s_impulse and %s_tau", ulearn_var_name(var[k]), ulearn_var_name(var[k]));
        }
        l->out.trace[k] = learn_trace(impulse[k]->v, tau[k]->v);
    }
    return true;
}

static int32_t q16(double x) { return (int32_t)fmin(fmax(round(ldexp(x, 16)), INT32_MIN), INT32_MAX); }

/* x of a constant with this value, as s15.16. */
static bool to_q16(lowering *l, double x, double value, hmn_span at, const char *what, int32_t *out)
{
    *out = q16(x);
    if (x != 0 && *out == 0)
        return learn_lost(l, at, what, value, fabs(value / x) * ldexp(1, -17));
    return fabs(x) <= INT16_MAX || learn_too_large(l, what, value, fabs(value / x) * INT16_MAX);
}

/* r1 = round(eta_local + eta_global sum w_k E_k) in steps of the register itself; eta_global is 1 when not given. r0
 * tells of the same modulators' spikes (eq. L26). */
static bool text_channel(lowering *l)
{
    const net_rule *r = l->rule;
    bool r0 = reads(&l->out, RV_R0), r1 = reads(&l->out, RV_R1);
    if (!r0 && !r1 && r->nmodulators) {
        diag_report(l->diag, DIAG_RULE_INERT, r->name.at, "rule %s lists modulators, but reads neither r0 nor r1",
                    r->name.s);
        diag_cure(l->diag, "multiply by r1, or leave neuromodulators out");
    }
    if (!r0 && !r1)
        return true;
    double gain = r->eta_global.given ? r->eta_global.v : 1;
    if (r0 && r->nmodulators == 0) {
        diag_report(l->diag, DIAG_RULE_TERM, r->name.at, "rule %s reads r0, but no modulator brings reward spikes",
                    r->name.s);
        diag_cure(l->diag, "list modulators: r0 is 1 in an epoch in which one of them is not silent");
        return false;
    }
    if (r1 && r->nmodulators == 0 && !r->eta_local.given) {
        diag_report(l->diag, DIAG_RULE_TERM, r->name.at, "rule %s reads r1, but no modulator sets it", r->name.s);
        diag_cure(l->diag, "list modulators: the register is eta_local + eta_global * (sum of weight * level)");
        return false;
    }
    l->uses_channel = true;
    l->channel.unit = 1;
    l->channel.epoch = l->out.epoch;
    l->channel.reward = r0;
    l->channel.nterms = r->nmodulators;
    double local = r->eta_local.given ? r->eta_local.v : 0;
    bool ok = to_q16(l, local, local, r->eta_local.at, "eta_local", &l->channel.base_q16);
    for (uint32_t k = 0; k < r->nmodulators; k++) {
        const net_modulator *m = &l->net->modulator[r->modulator[k].i];
        const char *what = arena_printf(l->arena, "eta_global times the weight of modulator %s", m->name.s);
        l->channel.modulator[k] = r->modulator[k].i;
        ok &= to_q16(l, gain * m->weight.v, gain * m->weight.v, r->eta_global.at, what, &l->channel.gain_q16[k]);
    }
    return ok;
}

static bool lower_text(lowering *l)
{
    const net_str text[] = {l->rule->dw, l->rule->dd, l->rule->dt};
    const rule_target target[] = {RULE_W, RULE_D, RULE_T};
    bool ok = true, any = false;
    for (int k = 0; k < RULE_TARGETS; k++)
        if (text[k].s) {
            any = true;
            ok &= rule_parse(&(rule_source){text[k].s, text[k].at, target[k], RULE_GRAMMAR_HMN}, &l->out, l->diag);
        }
    if (!any) {
        diag_report(l->diag, DIAG_RULE_TERM, l->rule->name.at, "rule %s has none of dw, dd and dt", l->rule->name.s);
        diag_cure(l->diag, "for example dw: \"2^-2*x1*y0 - 2^-2*y1*x0\"");
        return false;
    }
    l->out.held = l->rule->third_factor != THIRD_NONE;
    l->out.graded = (uint8_t)l->rule->graded_pre;
    if (!ok || !text_traces(l) || !text_channel(l))
        return false;
    learn_report(l, (qnet_report_row){.quantity = "learning rule",
                                      .unit = "",
                                      .verdict = VERDICT_EXACT,
                                      .bits = 4,
                                      .count = l->out.nproducts,
                                      .note = "the products as written"});
    return true;
}

/* ---- the pass ---- */

bool learn_check_modulators(lowering *l)
{
    if (l->rule->nmodulators <= QNET_MAX_TERMS)
        return true;
    diag_report(l->diag, DIAG_FIT_LEARNING, l->rule->name.at, "rule %s mixes %u modulators; one register mixes %d",
                l->rule->name.s, l->rule->nmodulators, QNET_MAX_TERMS);
    diag_cure(l->diag, "use at most %d modulators", QNET_MAX_TERMS);
    return false;
}

bool learn_check_epoch(lowering *l)
{
    double epoch = l->rule->epoch.v, most = l->limits->max_epoch ? l->limits->max_epoch : UINT8_MAX;
    l->out.epoch = 1;
    if (epoch == 0 && !l->rule->epoch.given)
        return true;
    if (epoch < 1 || epoch > most || epoch != floor(epoch)) {
        diag_report(l->diag, DIAG_FIT_LEARNING, l->rule->epoch.at, "an epoch of %g steps; this chip has 1 to %g", epoch,
                    most);
        return false;
    }
    l->out.epoch = (uint8_t)epoch;
    return true;
}

static bool check_program(lowering *l)
{
    const ulearn_legal legal = limits_legal(l->limits);
    const char *why = NULL;
    uint32_t bad = ulearn_check(&l->out, &legal, &why);
    if (bad == l->out.nproducts)
        return true;
    const rule_product *p = &l->out.product[bad];
    diag_report(l->diag, DIAG_FIT_LEARNING, l->rule->name.at, "product %u of rule %s does not run on this chip: %s",
                bad + 1, l->rule->name.s, why);
    diag_cure(l->diag,
              "it has %u factors and %d*2^%d; the chip has %u factors a product, %u products a rule, mantissas %d..%d, "
              "exponents %d..%d",
              p->nfactors, p->mantissa, p->exponent, legal.max_factors, legal.max_products, legal.mantissa_low,
              legal.mantissa_high, legal.exponent_low, legal.exponent_high);
    return false;
}

/* The register with these terms, shared by all rules that mix alike. */
bool learn_add_channel(lowering *l, const qnet_channel *c, uint8_t *index)
{
    hmn_qnet *q = l->qnet;
    uint32_t k = 0;
    while (k < q->nchannels && memcmp(&q->channel[k], c, sizeof *c) != 0)
        k++;
    if (k == q->nchannels) {
        if (k >= l->limits->channels) {
            diag_report(l->diag, DIAG_FIT_LEARNING, l->rule->name.at,
                        "rule %s needs modulator register %u; the chip has %u", l->rule->name.s, k + 1,
                        l->limits->channels);
            diag_cure(l->diag, c->oscillation ? "use fewer phase bins: each that occurs takes a register"
                                              : "let projections share rules and weight scales");
            return false;
        }
        q->channel[q->nchannels++] = *c;
    }
    *index = (uint8_t)k;
    return true;
}

static bool foreign(lowering *l)
{
    diag_report(l->diag, DIAG_RULE_TARGET, l->rule->name.at,
                "rule %s: this target does not run programs of sPyNNaker (type: spinnaker)", l->rule->name.s);
    diag_cure(l->diag, "write it as type: stdp or type: hmn, or use target spinnaker");
    return learn_refused(l, "programs of sPyNNaker", "write it as type: stdp or type: hmn, or use target spinnaker");
}

static bool lower(lowering *l)
{
    l->out.name = l->rule->name.s;
    if (!learn_check_epoch(l) || !learn_check_modulators(l))
        return false;
    if (l->rule->type == RULE_PROGRAM)
        return foreign(l);
    if (!(l->rule->type == RULE_TEXT ? lower_text(l) : learn_pairing(l)))
        return false;
    if (l->inert)
        return true;
    return check_program(l) &&
           (!l->uses_channel || l->channel.oscillation || learn_add_channel(l, &l->channel, &l->out.r1_channel));
}

/* Who writes y1, y2 and y3 of the neurons, and who the rule says does, are the same for each that the rule reads. */
static bool check_third(hmn_unit *u, uint32_t index, bool *read)
{
    const graph_projection *j = &u->graph->projection[index];
    const graph_population *post = &u->graph->population[j->post];
    const hmn_rule *out = &u->qnet->rule[u->qnet->projection[index].rule];
    const net_rule *rule = &u->graph->net->rule[j->rule];
    static const rule_var var[] = {RV_Y1, RV_Y2, RV_Y3};
    for (uint32_t k = 0; k < NET_THIRD_FACTORS; k++) {
        bool written = post->third && post->third[k].of != THIRD_UNWRITTEN;
        bool wanted = rule->third_factor == THIRD_NEURON && out->trace[RT_Y1 + k].impulse_q8 == 0;
        if (!reads(out, var[k]))
            continue;
        read[NET_THIRD_FACTORS * j->post + k] = true;
        if (written == wanted)
            continue;
        diag_report(u->diag, DIAG_NET_CONFLICT, j->at,
                    wanted ? "rule %s of projection '%s' reads y%u, which the neurons of '%s' do not write"
                           : "rule %s of projection '%s' reads y%u as its own trace, and the neurons of '%s' write it",
                    rule->name.s, j->name, k + 1, post->name);
        if (wanted)
            diag_cure(u->diag, "write third_factors: {y%u: ...} into '%s', or third_factor: host into the rule", k + 1,
                      post->name);
        else
            diag_cure(u->diag, "write third_factor: neuron into the rule, without y%u_impulse", k + 1);
        return false;
    }
    return true;
}

/* Third factors that are written for no rule. */
static void tell_unread(hmn_unit *u, const bool *read)
{
    for (uint32_t p = 0; p < u->graph->npopulations; p++) {
        const net_third *t = u->graph->population[p].third;
        for (uint32_t k = 0; t && k < NET_THIRD_FACTORS; k++)
            if (t[k].of != THIRD_UNWRITTEN && !read[NET_THIRD_FACTORS * p + k])
                diag_report(u->diag, DIAG_NET_UNUSED, u->graph->net->population[p].third_at,
                            "no rule reads y%u that the neurons of population '%s' write", k + 1,
                            u->graph->population[p].name);
    }
}

/* Same source rule, same scale: same program. */
typedef struct {
    uint32_t rule;
    double w_lsb;
    uint32_t only; /* attention sums over one projection's synapses: that projection; NET_NONE: any */
    uint32_t made;
    bool failed;
    lowering *gated;    /* with a phase gate: what every bin's rule is a copy of */
    uint32_t *bin_rule; /* and the rules of the bins that have occurred, NET_NONE: not yet */
} made_rule;

typedef struct {
    size_t rules, units;
} rule_room;

static uint32_t keep_rule(hmn_qnet *q, hmn_arena *a, rule_room *room, const lowering *l)
{
    q->rule = arena_grow(a, q->rule, sizeof *q->rule, q->nrules, q->nrules + 1, &room->rules);
    q->units = arena_grow(a, q->units, sizeof *q->units, q->nrules, q->nrules + 1, &room->units);
    q->rule[q->nrules] = l->out;
    q->units[q->nrules] = l->units;
    return q->nrules++;
}

/* One rule and one register for each phase bin that occurs in the projection. */
static bool lower_bins(hmn_unit *u, uint32_t index, made_rule *made, rule_room *room)
{
    const graph_projection *j = &u->graph->projection[index];
    qnet_projection *p = &u->qnet->projection[index];
    lowering *l = made->gated;
    uint32_t bins = l->rule->phase_gate.bins;
    p->bin_rule = made->bin_rule;
    for (uint64_t e = 0; e < j->nsynapses; e++) {
        uint32_t *rule = &made->bin_rule[j->bin[e]];
        if (*rule == NET_NONE) {
            l->channel.phase = learn_phase(j->bin[e], bins);
            if (!learn_add_channel(l, &l->channel, &l->out.r1_channel))
                return false;
            *rule = keep_rule(u->qnet, u->arena, room, l);
        }
        p->rule = p->rule == NET_NONE ? *rule : p->rule;
    }
    return true;
}

static void keep_gated(hmn_unit *u, const lowering *l, made_rule *made)
{
    uint32_t bins = l->rule->phase_gate.bins;
    made->gated = ARENA_NEW(u->arena, lowering, 1);
    *made->gated = *l;
    made->bin_rule = ARENA_NEW(u->arena, uint32_t, bins);
    for (uint32_t b = 0; b < bins; b++)
        made->bin_rule[b] = NET_NONE;
}

/* The reference's traces take what a graded spike carries. */
static void tell_graded(lowering *l, const graph_projection *j, const hmn_graph *g)
{
    const graph_population *end[] = {&g->population[j->pre], &g->population[j->post]};
    for (int k = 0; k < 2 && l->rule->type != RULE_TEXT; k++)
        if (end[k]->activation == ACT_RELU && !end[k]->source && end[k]->model != MODEL_LOIHI_LIF)
            learn_report(l, (qnet_report_row){.quantity = "equation 2",
                                              .unit = "",
                                              .verdict = VERDICT_APPROXIMATED,
                                              .bits = 7,
                                              .count = end[k]->size,
                                              .note = arena_printf(l->arena,
                                                                   "a graded spike of %s counts 1 in traces, whatever "
                                                                   "it carries",
                                                                   end[k]->name)});
}

static bool lower_projection(hmn_unit *u, uint32_t index, made_rule *made, uint32_t *nmade, rule_room *room)
{
    hmn_qnet *q = u->qnet;
    const graph_projection *j = &u->graph->projection[index];
    qnet_projection *p = &q->projection[index];
    const net_rule *rule = &u->graph->net->rule[j->rule];
    double w_lsb = rule->type == RULE_TEXT ? 1 : p->w_lsb;
    uint32_t k = 0;
    bool attends = rule->type == RULE_HMN && rule->local_attention.on;
    uint32_t only = attends ? index : NET_NONE, nattending = 0;
    while (k < *nmade && !(made[k].rule == j->rule && made[k].w_lsb == w_lsb && made[k].only == only))
        nattending += made[k++].only != NET_NONE;
    if (k == *nmade) {
        lowering l = {.net = u->graph->net, .rule = rule, .limits = u->chip->limits, .dt = u->graph->dt};
        l.subject = arena_printf(u->arena, "projection %s", j->name);
        l.w_lsb = w_lsb;
        l.nattending = nattending;
        l.qnet = q;
        l.arena = u->arena;
        l.diag = u->diag;
        l.units.chance = 1;
        bool ok = lower(&l);
        tell_graded(&l, j, u->graph);
        made_rule *new = &made[(*nmade)++];
        *new = (made_rule){j->rule, w_lsb, only, NET_NONE, !ok, NULL, NULL};
        if (ok && !l.inert && l.channel.oscillation)
            keep_gated(u, &l, new);
        else if (ok && !l.inert)
            new->made = keep_rule(q, u->arena, room, &l);
    }
    p->rule = made[k].made;
    if (made[k].gated)
        made[k].failed |= !lower_bins(u, index, &made[k], room);
    if (p->rule != NET_NONE)
        p->own_channel = q->rule[p->rule].y3_channel + q->rule[p->rule].counts_channel; /* one of them at most */
    if (p->rule != NET_NONE && (writes(&q->rule[p->rule], RULE_T) || reads(&q->rule[p->rule], RV_T)))
        p->tag_bits = 9;
    return !made[k].failed;
}

bool pass_learn(hmn_unit *u)
{
    hmn_qnet *q = u->qnet;
    learn_optional(u);
    if (u->chip->learn) { /* all refusals at once */
        bool fires = learn_host(u) & learn_firing(u);
        return learn_registers(q, u->chip, u->arena, u->diag) && u->chip->learn(q, u->arena, u->diag) && fires;
    }
    uint32_t n = u->graph->nprojections, nmade = 0;
    made_rule *made = ARENA_NEW(u->arena, made_rule, n);
    rule_room room = {0, 0};
    q->channel = ARENA_NEW(u->arena, qnet_channel, u->chip->limits->channels);
    q->attention = ARENA_NEW(u->arena, qnet_attention, u->graph->net->nrules);
    q->rates = ARENA_NEW(u->arena, qnet_rates, u->graph->net->nrules);
    q->astrocyte = ARENA_NEW(u->arena, qnet_astrocyte, u->graph->net->nrules);
    bool ok = learn_host(u) & learn_firing(u),
         *read = ARENA_NEW(u->arena, bool, NET_THIRD_FACTORS *(size_t)u->graph->npopulations);
    for (uint32_t i = 0; i < n; i++)
        if (u->graph->projection[i].rule != NET_NONE)
            ok &= lower_projection(u, i, made, &nmade, &room) &&
                  (q->projection[i].rule == NET_NONE || check_third(u, i, read));
    tell_unread(u, read);
    learn_count_written(q, u->arena);
    if (ok && u->chip->bound)
        u->chip->bound(q, u->arena, u->diag);
    return ok;
}
