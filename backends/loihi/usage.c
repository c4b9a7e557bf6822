/* What slices need together on one core. Takes the quantised network and slices, yields counts in the order of the
 * chip's limits (section 10 of docs/chips/loihi.md). Called many times by partition: synapses are
 * found by target (qnet in_row), and synapse words are counted from row lengths alone. */
#include "backends/loihi/usage.h"

#include "backends/loihi/form.h"
#include "backends/loihi/tables.h"

#include "core/base/arena.h"
#include "core/isa/ulearn.h"

#include <string.h>

enum { MAX_COUNTED = 64 };

typedef struct {
    const hmn_qnet *q;
    const hmn_slice *slice;
    uint32_t nslices, compartments;
    loihi_format format[MAX_COUNTED];
    uint32_t rule[MAX_COUNTED];
    uint32_t longest; /* delay field */
    uint32_t ports;   /* accumulators of a compartment */
    bool *seen;       /* [nneurons] has an input axon already */
    uint32_t *row;    /* [neurons of the largest population] 0 between projections */
    hmn_usage *out;
} tally;

static uint64_t row_words(const loihi_format *f, uint32_t count)
{
    uint32_t whole = count / PACK_BLOCK, rest = count % PACK_BLOCK;
    return (uint64_t)whole * pack_words(f, PACK_BLOCK) + (rest ? pack_words(f, rest) : 0);
}

static void count_format(tally *t, const loihi_format *f)
{
    uint32_t n = t->out->synapse_formats;
    for (uint32_t i = 0; i < n; i++)
        if (form_same(&t->format[i], f))
            return;
    if (n < MAX_COUNTED) {
        t->format[n] = *f;
        t->out->synapse_formats++;
    }
}

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

/* A core has one epoch: rules that differ in it count as more profiles than any core has. */
static void separate_epochs(tally *t)
{
    if (loihi_own_traces(form_dialect(t->q)))
        return;
    for (uint32_t i = 1; i < t->out->learning_profiles && i < MAX_COUNTED; i++)
        if (t->q->rule[t->rule[i]].epoch != t->q->rule[t->rule[0]].epoch) {
            t->out->learning_profiles = MAX_COUNTED;
            return;
        }
}

/* Counts an input axon unless an earlier (slice, projection) brought it. */
static void count_axon(tally *t, uint32_t neuron)
{
    t->out->in_axons += !t->seen[neuron];
    t->seen[neuron] = true;
}

/* Counts the synapses of each presynaptic neuron onto the slice; their greatest delay. */
static void count_rows(tally *t, const qnet_projection *p, uint32_t low, uint32_t high)
{
    for (uint32_t k = low; k < high; k++)
        t->row[p->in_pre[k]]++;
    for (uint32_t k = low; p->delay_bits && k < high; k++)
        t->longest = p->delay[p->in_edge[k]] > t->longest ? p->delay[p->in_edge[k]] : t->longest;
}

/* Synapses of a row of kind k, see form_rules. */
static void count_kind(tally *t, uint32_t projection, const loihi_format *f, form_row row, uint32_t k)
{
    uint32_t n = form_count(t->q, projection, row, k), rule = form_rule(t->q, projection, k);
    loihi_format own = *f;
    if (n == 0)
        return;
    t->out->synapse_words += row_words(f, n);
    if (form_rules(t->q, projection) == 1)
        return; /* counted once for all rows */
    own.profile = (int32_t)rule + 1;
    count_format(t, &own);
    count_rule(t, rule);
}

static void count_projection(tally *t, uint32_t slice, uint32_t projection)
{
    const hmn_graph *g = t->q->graph;
    const qnet_projection *p = &t->q->projection[projection];
    loihi_format form[2] = {form_format(t->q, projection, t->compartments, false),
                            form_format(t->q, projection, t->compartments, true)};
    bool used[2] = {false, false};
    uint32_t kinds = form_rules(t->q, projection);
    uint32_t source = g->population[g->projection[projection].pre].first;
    uint32_t low = p->in_row[t->slice[slice].first], high = p->in_row[t->slice[slice].first + t->slice[slice].count];
    count_rows(t, p, low, high);
    for (uint32_t e = low; e < high; e++) {
        uint32_t i = p->in_pre[e];
        form_row row = {0, t->row[i], false};
        if (row.count == 0)
            continue; /* met before */
        t->row[i] = 0;
        if (row.count >= FORM_DENSE_LEAST || kinds > 1)
            row = form_range(t->q, projection, i, &t->slice[slice]);
        used[row.dense] = true;
        for (uint32_t k = 0; k < kinds; k++)
            count_kind(t, projection, &form[row.dense], row, k);
        count_axon(t, source + i);
    }
    for (int k = 0; k < 2 && kinds == 1; k++)
        if (used[k])
            count_format(t, &form[k]);
    if ((used[0] || used[1]) && p->port)
        t->ports = 2;
    if ((used[0] || used[1]) && p->rule != NET_NONE) {
        count_rule(t, p->rule);
        if (form[0].delay_bits == 6)
            t->longest = t->longest > 62 ? t->longest : 62;
    }
}

/* ---- neurons ---- */

static const uint8_t profile_columns[] = {
    LOIHI_COMPARTMENTS_decay_u,    LOIHI_COMPARTMENTS_decay_v,    LOIHI_COMPARTMENTS_refractory,
    LOIHI_COMPARTMENTS_vmin_exp,   LOIHI_COMPARTMENTS_vmax_exp,   LOIHI_COMPARTMENTS_noise_exp,
    LOIHI_COMPARTMENTS_noise_mant, LOIHI_COMPARTMENTS_noise_at_v, LOIHI_JOINED(join),
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
    tally t = {.q = q, .slice = slice, .nslices = nslices, .out = out, .ports = 1};
    *out = (hmn_usage){0};
    hmn_arena *scratch = arena_new(0);
    t.seen = ARENA_NEW(scratch, bool, q->graph->nneurons);
    t.row = ARENA_NEW(scratch, uint32_t, q->graph->nneurons);
    for (uint32_t s = 0; s < nslices; s++)
        t.compartments += slice[s].count;
    for (uint32_t s = 0; s < nslices; s++) {
        for (uint32_t j = 0; j < q->graph->nprojections; j++)
            if (q->graph->projection[j].post == slice[s].population)
                count_projection(&t, s, j);
        for (uint32_t i = 0; i < slice[s].count; i++)
            out->out_axons += sends(q->graph, slice[s].population, slice[s].first + i);
    }
    separate_epochs(&t);
    out->compartments = t.compartments;
    out->neuron_profiles = distinct(&t, profile_columns, sizeof profile_columns);
    out->threshold_profiles = distinct(&t, threshold_columns, sizeof threshold_columns);
    out->max_delay = t.longest + 1;
    out->delay_cells = loihi_slots(q->chip->limits, form_dialect(q), t.longest) * t.compartments * t.ports;
    arena_free(scratch);
}
