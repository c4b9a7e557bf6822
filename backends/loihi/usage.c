/* What slices need together on one core. Takes the quantised network and slices, yields counts in the order of the
 * chip's limits (section 10 of docs/chips/loihi.md). Called many times by partition. Formats and words of synapse
 * memory are those that lowering will write (layout.h). */
#include "backends/loihi/usage.h"

#include "backends/loihi/gather.h"
#include "backends/loihi/layout.h"
#include "backends/loihi/learning_tables.h"
#include "backends/loihi/tables.h"

#include "core/base/arena.h"
#include "core/isa/ulearn.h"

#include <string.h>

enum { MAX_COUNTED = 64, LEARNING = 64 };

typedef struct {
    const hmn_qnet *q;
    const hmn_slice *slice;
    uint32_t nslices, compartments;
    uint32_t rule[MAX_COUNTED];
    uint8_t *axon; /* [nneurons] entries that the neuron's input axon takes; those that learn come with LEARNING */
    hmn_usage *out;
} tally;

static void count_rule(tally *t, uint32_t rule)
{
    uint32_t n = t->out->learning_profiles;
    for (uint32_t i = 0; i < n; i++)
        if (t->rule[i] == rule)
            return;
    if (n == MAX_COUNTED)
        return;
    t->rule[n] = rule;
    t->out->learning_profiles++;
    t->out->learning_words += ulearn_length(&t->q->rule[rule]);
}

static void count_epochs(tally *t)
{
    for (uint32_t i = 0; i < t->out->learning_profiles; i++) {
        uint32_t k = 0;
        while (k < i && t->q->rule[t->rule[k]].epoch != t->q->rule[t->rule[i]].epoch)
            k++;
        t->out->epochs += k == i;
    }
}

/* ---- trace settings (dialect chip) ---- */

/* Distinct settings that axons or compartments want. */
typedef struct {
    trace_wish row[MAX_COUNTED];
    uint32_t n;
} wish_set;

static void add_wish(wish_set *s, const trace_wish *w)
{
    uint32_t i = 0;
    while (i < s->n && memcmp(s->row[i].impulse, w->impulse, sizeof w->impulse) +
                           memcmp(s->row[i].decay, w->decay, sizeof w->decay) +
                           (s->row[i].y3_register != w->y3_register) + (s->row[i].counts != w->counts))
        i++;
    if (i == s->n && i < MAX_COUNTED)
        s->row[s->n++] = *w;
}

/* Adds what the rules of a mask (bit i: rule i of the tally) want together. */
static void wish_of(tally *t, uint64_t rules, uint32_t of, wish_set *s)
{
    trace_wish w;
    memset(&w, 0, sizeof w);
    w.of = of;
    for (; rules; rules &= rules - 1)
        if (trace_wish_add(&w, &t->q->rule[t->rule[__builtin_ctzll(rules)]]) != RT_COUNT)
            t->out->trace_settings = 2;
    add_wish(s, &w);
}

/* Rules that a projection has on this core. */
static uint64_t rules_of(const tally *t, uint32_t projection)
{
    uint64_t mask = 0;
    for (uint32_t k = 0; k < form_rules(t->q, projection); k++)
        for (uint32_t i = 0; i < t->out->learning_profiles; i++)
            if (form_rule(t->q, projection, k) == t->rule[i])
                mask |= (uint64_t)1 << i;
    return mask;
}

static void count_pre_traces(tally *t, const core_layout *l, hmn_arena *scratch)
{
    uint64_t *of = ARENA_NEW(scratch, uint64_t, t->q->graph->nneurons), last = 0;
    wish_set s = {.n = 0};
    for (uint32_t i = 0; i < l->nbundles; i++) {
        const layout_bundle *b = &l->bundle[i];
        uint32_t first = t->q->graph->population[t->q->graph->projection[b->projection].pre].first;
        uint64_t rules = rules_of(t, b->projection);
        for (uint32_t r = 0; r < b->nrows; r++)
            of[first + b->row[r].pre] |= rules;
    }
    for (uint32_t i = 0; i < t->q->graph->nneurons; i++) {
        if (of[i] && of[i] != last)
            wish_of(t, of[i], TRACES_PRE, &s);
        last = of[i] ? of[i] : last;
    }
    t->out->pre_traces = s.n;
}

static void count_post_traces(tally *t)
{
    wish_set s = {.n = 0};
    for (uint32_t i = 0; i < t->nslices; i++) {
        uint64_t rules = 0;
        for (uint32_t j = 0; j < t->q->graph->nprojections; j++)
            if (t->q->graph->projection[j].post == t->slice[i].population)
                rules |= rules_of(t, j);
        if (rules)
            wish_of(t, rules, TRACES_POST, &s);
    }
    t->out->post_traces = s.n;
}

static void count_traces(tally *t, const core_layout *l, hmn_arena *scratch)
{
    if (t->out->learning_profiles == 0 || loihi_own_traces(form_dialect(t->q)))
        return;
    t->out->trace_settings = 1;
    count_epochs(t);
    count_pre_traces(t, l, scratch);
    count_post_traces(t);
}

/* ---- synapses ---- */

/* Input axons of a projection: a neuron has one on a core, for all that it sends there. */
static void count_axons(tally *t, const layout_bundle *b)
{
    const graph_projection *j = &t->q->graph->projection[b->projection];
    bool plastic = t->q->projection[b->projection].rule != NET_NONE;
    uint8_t cost = plastic ? LEARNING | (uint8_t)loihi_dialects[form_dialect(t->q)].learning_axon : 1;
    uint32_t first = t->q->graph->population[j->pre].first;
    for (uint32_t i = 0; i < b->nrows; i++) {
        uint8_t *had = &t->axon[first + b->row[i].pre];
        *had = cost > *had ? cost : *had;
    }
}

static void sum_axons(tally *t, const core_layout *l, hmn_arena *scratch)
{
    uint32_t n = t->q->graph->nneurons, lines = 0, *part = ARENA_NEW(scratch, uint32_t, 4 * (size_t)n);
    for (uint32_t i = 0; i < n; i++)
        if (t->axon[i] & LEARNING)
            t->out->in_axons += t->axon[i] - (uint32_t)LEARNING;
        else if (t->axon[i])
            part[lines++] = i;
    bool shared = net_population_axons(&t->q->graph->net->target);
    t->out->in_axons += shared ? gather_lines(l, part, lines, part + n, part + 2 * n, part + 3 * n, scratch) : lines;
}

/* Input axons, synapse memory, formats, rules, delays and accumulators. */
static void count_layout(tally *t, hmn_arena *scratch)
{
    core_layout l = layout_make(t->q, t->slice, t->nslices, scratch);
    uint32_t longest = 0, ports = 1;
    for (uint32_t i = 0; i < l.nbundles; i++)
        count_axons(t, &l.bundle[i]);
    sum_axons(t, &l, scratch);
    t->out->synapse_words = l.words;
    t->out->synapse_formats = l.nformats;
    for (uint32_t i = 0; i < l.nuses; i++) {
        longest = l.use[i].longest > longest ? l.use[i].longest : longest;
        ports = t->q->projection[l.use[i].projection].port ? 2 : ports;
        if (l.use[i].rule != NET_NONE)
            count_rule(t, l.use[i].rule);
    }
    count_traces(t, &l, scratch);
    t->out->max_delay = longest + 1;
    t->out->delay_cells = loihi_slots(t->q->chip->limits, form_dialect(t->q), longest) * t->compartments * ports;
}

/* ---- neurons ---- */

static const uint8_t profile_columns[] = {LOIHI_COMPARTMENTS_decay_u,    LOIHI_COMPARTMENTS_decay_v,
                                          LOIHI_COMPARTMENTS_refractory, LOIHI_COMPARTMENTS_vmin_exp,
                                          LOIHI_COMPARTMENTS_vmax_exp,   LOIHI_COMPARTMENTS_noise_exp,
                                          LOIHI_COMPARTMENTS_noise_mant, LOIHI_COMPARTMENTS_noise_at_v,
                                          LOIHI_COMPARTMENTS_v_below,    LOIHI_JOINED(join),
                                          LOIHI_JOINED(sends_u)};
static const uint8_t threshold_columns[] = {LOIHI_COMPARTMENTS_vth_mant};

/* Distinct settings, in a hash set of their own place: neurons that first showed them. */
typedef struct {
    const tally *t;
    const uint8_t *column;
    uint32_t ncolumns, count;
    uint32_t slot[2048]; /* 1 + index of a compartment, 0 empty */
} setting_set;

static const qnet_column *columns_of(const tally *t, uint32_t compartment, uint32_t *neuron)
{
    uint32_t s = 0;
    while (compartment >= t->slice[s].count)
        compartment -= t->slice[s++].count;
    *neuron = t->slice[s].first + compartment;
    return t->q->population[t->slice[s].population].column;
}

static bool same_settings(const setting_set *set, uint32_t a, uint32_t b)
{
    uint32_t i, k;
    const qnet_column *ca = columns_of(set->t, a, &i), *cb = columns_of(set->t, b, &k);
    for (uint32_t c = 0; c < set->ncolumns; c++)
        if (qnet_at(ca[set->column[c]], i) != qnet_at(cb[set->column[c]], k))
            return false;
    return true;
}

static void add_setting(setting_set *set, uint32_t compartment)
{
    uint32_t i, hash = 0;
    const qnet_column *column = columns_of(set->t, compartment, &i);
    for (uint32_t c = 0; c < set->ncolumns; c++)
        hash = (hash ^ (uint32_t)qnet_at(column[set->column[c]], i)) * 2654435761u;
    for (uint32_t at = hash >> 21;; at = (at + 1) % 2048) {
        if (set->slot[at] == 0) {
            if (set->count < 1024) {
                set->slot[at] = compartment + 1;
                set->count++;
            }
            return;
        }
        if (same_settings(set, set->slot[at] - 1, compartment))
            return;
    }
}

static uint32_t distinct(const tally *t, const uint8_t *column, uint32_t ncolumns)
{
    setting_set set = {.t = t, .column = column, .ncolumns = ncolumns};
    uint32_t base = 0;
    for (uint32_t s = 0; s < t->nslices; s++) {
        const qnet_column *of = t->q->population[t->slice[s].population].column;
        uint32_t each = 0;
        for (uint32_t c = 0; c < ncolumns; c++)
            each |= of[column[c]].stride;
        for (uint32_t i = 0; i < (each ? t->slice[s].count : t->slice[s].count > 0); i++)
            add_setting(&set, base + i);
        base += t->slice[s].count;
    }
    return set.count;
}

static bool sends(const hmn_graph *g, uint32_t population, uint32_t neuron)
{
    for (uint32_t j = 0; j < g->nprojections; j++)
        if (g->projection[j].pre == population && g->projection[j].row[neuron + 1] > g->projection[j].row[neuron])
            return true;
    return false;
}

void loihi_usage(const hmn_qnet *q, const hmn_slice *slice, uint32_t nslices, hmn_usage *out)
{
    tally t = {.q = q, .slice = slice, .nslices = nslices, .out = out};
    *out = (hmn_usage){0};
    hmn_arena *scratch = arena_new(0);
    t.axon = ARENA_NEW(scratch, uint8_t, q->graph->nneurons);
    for (uint32_t s = 0; s < nslices; s++)
        t.compartments += slice[s].count;
    for (uint32_t s = 0; s < nslices; s++)
        for (uint32_t i = 0; i < slice[s].count; i++)
            out->out_axons += sends(q->graph, slice[s].population, slice[s].first + i);
    count_layout(&t, scratch);
    out->compartments = t.compartments;
    out->neuron_profiles = distinct(&t, profile_columns, sizeof profile_columns);
    out->threshold_profiles = distinct(&t, threshold_columns, sizeof threshold_columns);
    arena_free(scratch);
}
