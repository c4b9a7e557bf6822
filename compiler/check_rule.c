/* Plasticity rules and what modulates them. Takes the entries of plasticity_rules, neuromodulators, oscillations and
 * astrocytes, fills their structs, and holds the terms of a rule against each other: attention over modulators needs
 * modulators, a cosine needs more than one dimension, groups need a size. Equations are those of docs/language.md. */
#include "compiler/check.h"
#include "compiler/rule.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

/* ---- modulators, oscillations, astrocytes ---- */

static bool set_schedule(checker *c, const doc_node *n, net_modulator *m)
{
    if (!check_type(c, n, DOC_LIST, "schedule"))
        return false;
    double *time = ARENA_NEW(c->arena, double, n->count), *level = ARENA_NEW(c->arena, double, n->count);
    for (uint32_t i = 0; i < n->count; i++) {
        const doc_node *row = n->item[i];
        if (row->kind != DOC_LIST || row->count != 2) {
            diag_report(c->diag, DIAG_VALUE_LENGTH, row->at, "a row of a schedule is [time, level]");
            return false;
        }
        if (!check_number(c, row->item[0], "time", NET_MS, &time[i]) ||
            !check_number(c, row->item[1], "level", NET_PLAIN, &level[i]))
            return false;
        if (time[i] < 0 || (i && time[i] <= time[i - 1])) {
            diag_report(c->diag, DIAG_VALUE_RANGE, row->item[0]->at,
                        "times of a schedule start at 0 or later and rise");
            return false;
        }
    }
    if (n->count == 0)
        diag_report(c->diag, DIAG_VALUE_LENGTH, n->at, "schedule is an empty list");
    m->schedule_time = time;
    m->schedule_value = level;
    m->nschedule = n->count;
    return true;
}

static bool good_signal(const char *s)
{
    size_t n = strncmp(s, "task.", 5) == 0 ? 5 : strncmp(s, "input.", 6) == 0 ? 6 : 0;
    if (!n || !isalpha((unsigned char)s[n]))
        return false;
    while (isalnum((unsigned char)s[n]) || s[n] == '_' || s[n] == '-')
        n++;
    return !s[n];
}

static void set_source(checker *c, const doc_entry *e, check_path path, net_modulator *m)
{
    static const char *const ways[] = {"signal", "population", "constant", "schedule"};
    const net_modulator_source source[] = {MODSRC_SIGNAL, MODSRC_POPULATION, MODSRC_CONSTANT, MODSRC_SCHEDULE};
    const key_context *k = &keys_source;
    uint32_t given = 0;
    check_bind(c, k, 0, e->value, e->key_at, path, m);
    for (int i = 0; i < 4; i++) {
        const doc_entry *way = check_pick(k, e->value, ways[i]);
        if (!way)
            continue;
        m->source = source[i];
        if (++given > 1) {
            diag_report(c->diag, DIAG_NET_CONFLICT, way->key_at, "a modulator has one source");
            diag_cure(c->diag, "keep one of signal, population, constant, schedule");
        }
        if (source[i] == MODSRC_SCHEDULE)
            set_schedule(c, way->value, m);
    }
    if (given == 0 && e->value->kind == DOC_MAP) {
        diag_report(c->diag, DIAG_KEY_MISSING, e->key_at,
                    "the source says neither signal, population, constant nor schedule");
        diag_cure(c->diag, "for example source: {signal: task.reward}");
    }
    const doc_entry *statistic = check_pick(k, e->value, "statistic"), *baseline = check_pick(k, e->value, "baseline");
    if (statistic)
        check_choice(c, statistic->value, "statistic", keys_find(k, "statistic", 0)->choice, false);
    const doc_entry *stray = statistic ? statistic : baseline;
    if (stray && given == 1 && m->source != MODSRC_POPULATION) {
        diag_report(c->diag, DIAG_NET_CONFLICT, stray->key_at, "'%s' is for a source that is a population", stray->key);
        diag_cure(c->diag, "remove it");
    }
    if (m->signal.s && !good_signal(m->signal.s)) {
        diag_report(c->diag, DIAG_VALUE_CHOICE, m->signal.at, "'%.60s' is no signal", m->signal.s);
        diag_cure(c->diag, "signals are called task.NAME (from the task) or input.NAME (from --inputs or a program)");
    }
}

static void check_modulator(checker *c, const doc_entry *e, check_path path, net_modulator *m)
{
    m->name = (net_str){e->key, e->key_at};
    check_bind(c, &keys_modulator, 0, e->value, e->key_at, path, m);
    check_bind(c, &keys_source, 0, NULL, e->key_at, path, m);
    const doc_entry *source = check_pick(&keys_modulator, e->value, "source");
    const doc_entry *key = check_pick(&keys_modulator, e->value, "key");
    if (source)
        set_source(c, source, (check_path){&path, "source"}, m);
    else {
        m->source = MODSRC_SIGNAL;
        m->signal = (net_str){arena_printf(c->arena, "input.%s", e->key), e->key_at};
    }
    if (key) {
        double *v;
        if (check_numbers(c, key->value, "key", NET_PLAIN, 1, &v, &m->nkey))
            for (uint32_t i = 0; i < m->nkey; i++)
                check_range(c, key->value->at, "key", NET_PLAIN, v[i], -1e6, 1e6, false);
        m->key = v;
    }
}

void check_astrocyte(checker *c, const doc_node *n, hmn_span at, const char *name, check_path path, uint32_t modulator,
                     net_astrocyte *a)
{
    a->name = (net_str){name, at};
    check_bind(c, &keys_astrocyte, 0, n, at, path, a);
    if (n->kind != DOC_MAP || check_pick(&keys_astrocyte, n, "modulator"))
        return;
    a->modulator = (net_ref){modulator, at};
    if (modulator == NET_NONE) {
        diag_report(c->diag, DIAG_KEY_MISSING, at, "%s lacks the key 'modulator'", check_path_text(c, &path));
        diag_cure(c->diag, "add modulator: the name of the neuromodulator that drives it");
    }
}

void check_modulation(checker *c, const doc_entry **mod, const doc_entry **osc)
{
    check_path mods = {NULL, "neuromodulators"}, oscs = {NULL, "oscillations"};
    hmn_net *net = c->net;
    net->modulator = ARENA_NEW(c->arena, net_modulator, net->nmodulators);
    net->oscillation = ARENA_NEW(c->arena, net_oscillation, net->noscillations);
    for (uint32_t i = 0; i < net->nmodulators; i++)
        check_modulator(c, mod[i], (check_path){&mods, mod[i]->key}, &net->modulator[i]);
    for (uint32_t i = 0; i < net->noscillations; i++) {
        net->oscillation[i].name = (net_str){osc[i]->key, osc[i]->key_at};
        check_bind(c, &keys_oscillation, 0, osc[i]->value, osc[i]->key_at, (check_path){&oscs, osc[i]->key},
                   &net->oscillation[i]);
    }
}

/* ---- terms ---- */

static bool set_pair(checker *c, const doc_node *n, const char *what, net_num *low, net_num *high)
{
    double v[2];
    if (!check_type(c, n, DOC_LIST, what))
        return false;
    if (n->count != 2) {
        diag_report(c->diag, DIAG_VALUE_LENGTH, n->at, "%s has %u values", what, n->count);
        diag_cure(c->diag, "write [lowest, highest]");
        return false;
    }
    for (int i = 0; i < 2; i++)
        if (!check_number(c, n->item[i], what, NET_PLAIN, &v[i]))
            return false;
    if (v[0] > v[1]) {
        diag_report(c->diag, DIAG_VALUE_RANGE, n->at, "%s: the lowest is above the highest (%g > %g)", what, v[0],
                    v[1]);
        diag_cure(c->diag, "write [%g, %g]", v[1], v[0]);
        return false;
    }
    *low = (net_num){v[0], true, n->item[0]->at};
    *high = (net_num){v[1], true, n->item[1]->at};
    return true;
}

static void set_timescales(checker *c, const doc_node *n, net_local_attention *l)
{
    double *tau;
    uint32_t count;
    if (!check_numbers(c, n, "tau", NET_MS, 1, &tau, &count))
        return;
    for (uint32_t i = 0; i < count; i++)
        check_range(c, n->at, "tau", NET_MS, tau[i], 0, 1e7, true);
    if (count == 0 || count > 16)
        diag_report(c->diag, DIAG_VALUE_LENGTH, n->at, "tau has %u timescales, 1 to 16 make sense", count);
    l->tau = tau;
    l->ntau = count;
}

static void default_timescale(checker *c, net_local_attention *l)
{
    if (l->tau)
        return;
    double *tau = ARENA_NEW(c->arena, double, 1);
    *tau = 100;
    l->tau = tau;
    l->ntau = 1;
}

/* The context vector: names of modulators, the same one more than once if one likes. */
static void set_context(checker *c, const doc_node *n, net_global_attention *g)
{
    const doc_node *const *item;
    uint32_t count;
    if (doc_is_null(n) || !check_items(c, n, "context", &item, &count))
        return;
    net_ref *list = ARENA_NEW(c->arena, net_ref, count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t m = check_ref(c, item[i], "context", REF_MODULATOR);
        if (m == NET_NONE)
            return;
        list[i] = (net_ref){m, item[i]->at};
    }
    g->context = list;
    g->ncontext = count;
}

/* attention: {beta_a, beta_g, ...}: both terms in one mapping. */
static void set_attention(checker *c, const doc_entry *e, check_path path, net_rule *r)
{
    const doc_node *n = e->value;
    net_rule both;
    memset(&both, 0, sizeof both);
    check_bind(c, &keys_attention, 0, n, e->key_at, (check_path){&path, "attention"}, &both);
    bool on = both.local_attention.on, local = both.local_attention.beta_a.given,
         global = both.global_attention.beta_g.given;
    const doc_entry *tau = check_pick(&keys_attention, n, "tau_context");
    if (local) {
        r->local_attention.on = on;
        r->local_attention.beta_a = both.local_attention.beta_a;
        r->local_attention.unit_mean = both.local_attention.unit_mean;
        r->local_attention.similarity = SIM_SCALED_DOT;
        if (tau)
            set_timescales(c, tau->value, &r->local_attention);
    }
    const doc_entry *context = check_pick(&keys_attention, n, "context");
    if (global) {
        r->global_attention = both.global_attention;
        r->global_attention.on = on;
        if (context)
            set_context(c, context->value, &r->global_attention);
    }
    if (!local && !global && n->kind == DOC_MAP) {
        diag_report(c->diag, DIAG_RULE_TERM, e->key_at, "attention has neither beta_a nor beta_g: it does nothing");
        diag_cure(c->diag, "add beta_a (over the fan-in), beta_g (over modulators) or both");
    }
}

static void set_modulators(checker *c, const doc_node *n, net_rule *r)
{
    const doc_node *const *item;
    uint32_t count;
    if (doc_is_null(n) || !check_items(c, n, "neuromodulators", &item, &count))
        return;
    net_ref *list = ARENA_NEW(c->arena, net_ref, count);
    names seen = names_new(c->arena);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t m = check_ref(c, item[i], "neuromodulators", REF_MODULATOR);
        if (m == NET_NONE)
            continue;
        if (!names_add(&seen, c->net->modulator[m].name.s, i)) {
            diag_report(c->diag, DIAG_NAME_DUPLICATE, item[i]->at, "the neuromodulator '%s' is listed twice",
                        item[i]->text);
            continue;
        }
        list[r->nmodulators++] = (net_ref){m, item[i]->at};
    }
    r->modulator = list;
}

static void set_phase(checker *c, const doc_node *n, hmn_span at, net_phase_gate *g)
{
    const doc_node *assign = doc_get(n, "assign"), *group = doc_get(n, "group_size");
    bool listed = g->phi.dist == DIST_LIST, drawn = g->phi.dist != DIST_CONSTANT && !listed;
    if (!assign)
        g->assign = group ? PHI_BY_GROUP : listed ? PHI_LIST : drawn ? PHI_UNIFORM : PHI_CONSTANT;
    hmn_span where = assign ? assign->at : at;
    if (g->assign == PHI_BY_GROUP && g->group_size == 0) {
        diag_report(c->diag, DIAG_RULE_TERM, where, "phases by group need the size of a group");
        diag_cure(c->diag, "add group_size: N");
    } else if (g->assign != PHI_BY_GROUP && group) {
        diag_report(c->diag, DIAG_RULE_TERM, group->at, "group_size is for assign: by_group");
        diag_cure(c->diag, "remove it or write assign: by_group");
    } else if (g->assign == PHI_LIST && !listed) {
        diag_report(c->diag, DIAG_RULE_TERM, where, "assign: list needs a list of phases");
        diag_cure(c->diag, "write phi: [0 deg, 90 deg, ..]");
    } else if (g->assign == PHI_CONSTANT && (listed || drawn)) {
        diag_report(c->diag, DIAG_RULE_TERM, where, "assign: constant needs one phase");
        diag_cure(c->diag, "write phi: 90 deg");
    } else if ((g->assign == PHI_BY_GROUP && (listed || drawn)) || (g->assign == PHI_UNIFORM && listed)) {
        diag_report(c->diag, DIAG_RULE_TERM, where, "this assignment has no use for a %s of phases",
                    listed ? "list" : "distribution");
        diag_cure(c->diag, listed ? "write assign: list" : "write phi: 0 deg, where the first group begins");
    }
    if (g->gate != GATE_PLASTICITY && g->owner == PHI_SYNAPSE) {
        diag_report(c->diag, DIAG_RULE_TERM, at, "a synapse does not fire: its phase cannot gate activity");
        diag_cure(c->diag, "choose owner: pre or post, or gate: plasticity");
    }
    if (g->owner == PHI_PROJECTION && g->assign != PHI_CONSTANT) {
        const doc_node *owner = doc_get(n, "owner");
        if (owner) {
            diag_report(c->diag, DIAG_RULE_TERM, owner->at, "a projection has one phase, but several are given");
            diag_cure(c->diag, "choose owner: pre, post or synapse");
        } else
            g->owner = g->gate == GATE_PLASTICITY ? PHI_SYNAPSE : PHI_POST;
    }
    if (listed && g->phi.nlist > 65536)
        diag_report(c->diag, DIAG_VALUE_LENGTH, g->phi.at, "more than 65536 phases");
}

static bool key_lengths_agree(checker *c, const net_rule *r)
{
    for (uint32_t i = 1; i < r->nmodulators; i++)
        if (c->net->modulator[r->modulator[i].i].nkey != c->net->modulator[r->modulator[0].i].nkey)
            return false;
    return true;
}

static void check_context(checker *c, hmn_span at, const net_rule *r)
{
    const net_global_attention *g = &r->global_attention;
    uint32_t key = c->net->modulator[r->modulator[0].i].nkey, length = key ? key : r->nmodulators;
    if (g->ncontext && g->ncontext != length) {
        diag_report(c->diag, DIAG_RULE_TERM, g->context[0].at, "a context of %u values for keys of length %u",
                    g->ncontext, length);
        diag_cure(c->diag, key ? "name %u neuromodulators" : "name %u neuromodulators, or give keys of another length",
                  length);
    }
    if (g->similarity == SIM_COSINE && length < 2) {
        diag_report(c->diag, DIAG_RULE_TERM, at, "the cosine of two scalars is always 1 or -1");
        diag_cure(c->diag, "give keys two or more dimensions, or use similarity: key or scaled_dot");
    }
}

static void check_terms(checker *c, hmn_span at, const net_rule *r)
{
    if (r->global_attention.on && r->nmodulators == 0) {
        diag_report(c->diag, DIAG_RULE_TERM, at, "attention over modulators (beta_g) without neuromodulators");
        diag_cure(c->diag, "add neuromodulators: [NAME, ..] to the rule, or remove beta_g");
    }
    if (r->global_attention.on && !key_lengths_agree(c, r)) {
        diag_report(c->diag, DIAG_RULE_TERM, at, "the modulators of this rule have keys of different lengths");
        diag_cure(c->diag, "give every neuromodulator a key of the same length, or none");
    } else if (r->global_attention.on && r->nmodulators)
        check_context(c, at, r);
    if (r->local_attention.on && r->local_attention.similarity == SIM_KEY) {
        diag_report(c->diag, DIAG_RULE_TERM, at, "local attention compares traces: similarity 'key' is for modulators");
        diag_cure(c->diag, "write similarity: scaled_dot or cosine");
    }
    if (r->local_attention.on && r->local_attention.similarity == SIM_COSINE && r->local_attention.ntau < 2) {
        diag_report(c->diag, DIAG_RULE_TERM, at, "the cosine of two positive scalars is always 1");
        diag_cure(c->diag, "give tau two or more timescales, or use scaled_dot");
    }
    bool deaf = r->eta_local.v == 0 && (r->eta_global.v == 0 || r->nmodulators == 0) && r->astrocyte.i == NET_NONE;
    bool flat = r->traces.a_plus.v == 0 && (r->traces.a_minus.v == 0 || r->traces.pairing != PAIRING_STDP);
    if (r->enabled && (r->type == RULE_HMN || r->type == RULE_STDP) && (deaf || flat)) {
        diag_report(c->diag, DIAG_RULE_INERT, at, "this rule never changes a weight: %s",
                    flat ? "A_plus and A_minus are zero" : "its rates are zero, or no modulator scales eta_global");
        diag_cure(c->diag, flat ? "raise A_plus or A_minus" : "raise eta_local, or eta_global with neuromodulators");
    }
}

/* ---- sums of products ---- */

static void check_rule_text(checker *c, net_str text, rule_target target, hmn_rule *scratch)
{
    rule_source source = {text.s, text.at, target, RULE_GRAMMAR_HMN};
    if (text.s)
        rule_parse(&source, scratch, c->diag);
}

static void check_products(checker *c, hmn_span at, net_rule *r)
{
    if (!r->dw.s && !r->dd.s && !r->dt.s) {
        diag_report(c->diag, DIAG_KEY_MISSING, at, "a rule of type loihi says what changes: dw, dd or dt");
        diag_cure(c->diag, "for example dw: 2^-2*x1*y0 - 2^-2*y1*x0");
    }
    hmn_rule *products = ARENA_NEW(c->arena, hmn_rule, 1); /* the learn pass parses again, for the chip */
    check_rule_text(c, r->dw, RULE_W, products);
    check_rule_text(c, r->dd, RULE_D, products);
    check_rule_text(c, r->dt, RULE_T, products);
    r->products = products;
}

/* ---- programs of sPyNNaker ---- */

static void stray(checker *c, const doc_entry *e, bool used, const char *timing)
{
    if (!e || used)
        return;
    diag_report(c->diag, DIAG_NET_CONFLICT, e->key_at, "%s belongs to timing: %s", e->key, timing);
    diag_cure(c->diag, "remove it, or choose that timing");
}

static void check_program(checker *c, const doc_node *n, hmn_span at, net_rule *r)
{
    static const char *const of_triplet[] = {"tau_x", "tau_y", "A3_plus", "A3_minus"};
    const doc_entry *dependence = check_pick(&keys_rule, n, "weight_dependence");
    for (size_t i = 0; i < sizeof of_triplet / sizeof *of_triplet; i++)
        stray(c, check_pick(&keys_rule, n, of_triplet[i]), r->timing == TIMED_TRIPLET, "triplet");
    stray(c, check_pick(&keys_rule, n, "alpha"), r->timing == TIMED_VOGELS, "vogels");
    if (r->timing == TIMED_TRIPLET && r->multiplicative) {
        diag_report(c->diag, DIAG_RULE_TERM, dependence->key_at, "the triplet rule is additive");
        diag_cure(c->diag, "remove weight_dependence");
    }
    if (r->tau_c.given != r->tau_d.given) {
        diag_report(c->diag, DIAG_KEY_MISSING, r->tau_c.given ? r->tau_c.at : r->tau_d.at,
                    "a neuromodulated rule has both tau_c and tau_d");
        diag_cure(c->diag, "give the other one, or remove this one");
    }
    if (!r->w_max.given) {
        diag_report(c->diag, DIAG_KEY_MISSING, at, "a rule of type spinnaker needs weight_bounds");
        diag_cure(c->diag, "for example weight_bounds: [0, 1]");
    }
}

/* ---- rules ---- */

static void set_cell(checker *c, const doc_entry *e, const char *name, check_path path, net_rule *r)
{
    const doc_node *n = e->value;
    if (n->kind != DOC_MAP) {
        uint32_t named = check_ref(c, n, "astrocyte", REF_ASTROCYTE);
        if (named != NET_NONE && c->net->astrocyte[named].on)
            r->astrocyte = (net_ref){named, n->at};
        return;
    }
    net_astrocyte *a = &c->net->astrocyte[c->net->nastrocytes];
    check_astrocyte(c, n, e->key_at, arena_printf(c->arena, "%s.astrocyte", name), (check_path){&path, "astrocyte"},
                    r->nmodulators ? r->modulator[0].i : NET_NONE, a);
    if (a->on)
        r->astrocyte = (net_ref){c->net->nastrocytes++, e->key_at};
}

static void disable_traces(checker *c, const doc_node *traces, net_rule *r)
{
    const doc_entry *e = doc_find(traces, "enabled");
    bool on = true;
    if (e && check_bool(c, e->value, "enabled", &on) && !on)
        r->enabled = false; /* no eligibility: nothing to learn from */
}

static void set_hmn_terms(checker *c, const doc_node *n, hmn_span at, const char *name, check_path path, net_rule *r)
{
    const key_context *k = &keys_rule;
    const doc_entry *mods = check_pick(k, n, "neuromodulators"), *attention = check_pick(k, n, "attention");
    const doc_entry *cell = check_pick(k, n, "astrocyte"), *local = check_pick(k, n, "local_attention");
    const doc_entry *meta = check_pick(k, n, "meta"), *phase = check_pick(k, n, "phase_gate");
    if (mods)
        set_modulators(c, mods->value, r);
    const doc_entry *tau = local && local->value->kind == DOC_MAP
                               ? check_pick(keys_find(k, "local_attention", 0)->inner, local->value, "tau")
                               : NULL;
    if (tau)
        set_timescales(c, tau->value, &r->local_attention);
    if (attention && (local || check_pick(k, n, "global_attention"))) {
        diag_report(c->diag, DIAG_NET_CONFLICT, attention->key_at,
                    "attention stands beside local_attention or global_attention");
        diag_cure(c->diag, "keep attention, or the other two");
    } else if (attention)
        set_attention(c, attention, path, r);
    default_timescale(c, &r->local_attention);
    const doc_entry *global = check_pick(k, n, "global_attention");
    const doc_entry *context = global && global->value->kind == DOC_MAP
                                   ? check_pick(keys_find(k, "global_attention", 0)->inner, global->value, "context")
                                   : NULL;
    if (context)
        set_context(c, context->value, &r->global_attention);
    if (phase && phase->value->kind == DOC_MAP)
        set_phase(c, phase->value, phase->key_at, &r->phase_gate);
    r->meta.eta_min = (net_num){.v = 1e-6};
    r->meta.eta_max = (net_num){.v = 1};
    const doc_entry *bounds = meta ? doc_find(meta->value, "bounds") : NULL;
    if (bounds && set_pair(c, bounds->value, "bounds", &r->meta.eta_min, &r->meta.eta_max))
        check_range(c, bounds->value->at, "eta_min", NET_PLAIN, r->meta.eta_min.v, 0, 1e6, true);
    if (!r->meta.a0_global.given)
        r->meta.a0_global.v = r->meta.a0.v;
    if (cell && !doc_is_null(cell->value))
        set_cell(c, cell, name, path, r);
    check_terms(c, at, r);
}

void check_rule(checker *c, const doc_node *n, hmn_span at, const char *name, check_path path, net_rule *r)
{
    const key_context *k = &keys_rule;
    const key_choice *type = n->kind == DOC_MAP ? check_variant(c, k, n) : NULL;
    uint32_t before = diag_errors(c->diag);
    r->name = (net_str){name, at};
    r->type = type ? (net_rule_type)type->value : RULE_STATIC;
    check_bind(c, k, type ? 1u << type->value : 0, n, at, path, r);
    r->astrocyte.i = NET_NONE;
    if (!type)
        return;
    const doc_entry *bounds = check_pick(k, n, "weight_bounds"), *traces = check_pick(k, n, "traces");
    if (bounds)
        set_pair(c, bounds->value, "weight_bounds", &r->w_min, &r->w_max);
    if (traces)
        disable_traces(c, traces->value, r);
    if (r->type == RULE_STDP) {
        if (!r->eta_local.given)
            r->eta_local.v = 1; /* A_plus and A_minus alone say how much a pair changes */
        if (!r->traces.tau_fast.given)
            r->traces.tau_fast.v = 0; /* a pair acts at once */
    }
    if (r->type == RULE_HMN)
        set_hmn_terms(c, n, at, name, path, r);
    else if (r->type == RULE_STDP && diag_errors(c->diag) == before)
        check_terms(c, at, r);
    const doc_entry *heard = r->type == RULE_TEXT ? check_pick(k, n, "neuromodulators") : NULL;
    if (heard)
        set_modulators(c, heard->value, r);
    if (r->type == RULE_TEXT)
        check_products(c, at, r);
    if (r->type == RULE_PROGRAM)
        check_program(c, n, at, r);
}

static uint32_t inline_cells(const doc_node *rule)
{
    const doc_node *a = doc_get(rule, "astrocyte");
    return a && a->kind == DOC_MAP;
}

/* Room for the rules and astrocytes of the sections and for those written inline. */
static void make_room(checker *c, const doc_entry **e, uint32_t count)
{
    const doc_node *proj = doc_get(c->root, "projections");
    uint32_t rules = count, cells = c->net->nastrocytes;
    for (uint32_t i = 0; i < count; i++)
        cells += inline_cells(e[i]->value);
    for (uint32_t i = 0; proj && proj->kind == DOC_MAP && i < proj->count; i++) {
        const doc_node *p = doc_get(proj->entry[i].value, "plasticity");
        rules += p && p->kind == DOC_MAP;
        cells += p ? inline_cells(p) : 0;
    }
    c->net->rule = ARENA_NEW(c->arena, net_rule, rules);
    c->net->astrocyte = ARENA_NEW(c->arena, net_astrocyte, cells);
}

void check_rules(checker *c, const doc_entry **e, uint32_t count, const doc_entry **astro)
{
    check_path section = {NULL, "plasticity_rules"}, cells = {NULL, "astrocytes"};
    make_room(c, e, count);
    for (uint32_t i = 0; i < c->net->nastrocytes; i++)
        check_astrocyte(c, astro[i]->value, astro[i]->key_at, astro[i]->key, (check_path){&cells, astro[i]->key},
                        NET_NONE, &c->net->astrocyte[i]);
    for (uint32_t i = 0; i < count; i++)
        check_rule(c, e[i]->value, e[i]->key_at, e[i]->key, (check_path){&section, e[i]->key}, &c->net->rule[i]);
}
