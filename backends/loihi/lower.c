/* Tables of one core. Takes the finished mapping, yields the rows of every table of tables.def.
 *
 * Axons are written in the mapping's order; each axon's synapses are packed into blocks, slice by slice and
 * projection by projection, in the formats that layout.c chose. Rules and trace settings are collected on the way, each
 * once.
 * What partition could not know before placement (output axons, trace settings) is held against the limits here. */
#include "backends/loihi/lower.h"

#include "backends/loihi/core.h"
#include "backends/loihi/gather.h"
#include "backends/loihi/layout.h"
#include "backends/loihi/learning_tables.h"
#include "backends/loihi/tables.h"

#include "core/base/bug.h"
#include "core/isa/draw.h"

#include <string.h>

typedef struct {
    const hmn_mapping *m;
    const hmn_qnet *q;
    const hmn_graph *g;
    const hmn_limits *limits;
    uint32_t core;
    image_writer *out;
    hmn_arena *arena;
    hmn_diag *diag;
    const hmn_slice *slice;
    uint32_t nslices, compartments;
    loihi_dialect_id dialect;
    core_layout layout;
    int64_t *pointer, *length; /* [neurons] of their axons' blocks */
    uint64_t words;
    uint32_t axons; /* rows of that table */
    learning_tables learn;
} lowering;

static hmn_span somewhere(const lowering *l)
{
    return l->nslices ? l->g->population[l->slice[0].population].at : (hmn_span){0};
}

static bool add_row(lowering *l, loihi_table table, const int64_t *value)
{
    const hmn_table *t = &loihi_tables[table];
    uint32_t bad = image_add(l->out, loihi_tables, table, l->core, value);
    if (bad == t->ncolumns)
        return true;
    diag_report(l->diag, DIAG_FIT_VALUE, somewhere(l), "core %u: column %s of table %s is %lld; it holds %lld..%lld",
                l->core, t->column[bad].name, t->name, (long long)value[bad], (long long)schema_low(&t->column[bad]),
                (long long)schema_high(&t->column[bad]));
    return false;
}

static bool too_many(lowering *l, hmn_diag_code code, const char *what, uint64_t need, uint64_t have)
{
    diag_report(l->diag, code, somewhere(l), "core %u needs %llu %s; %s has %llu", l->core, (unsigned long long)need,
                what, l->q->chip->name, (unsigned long long)have);
    return false;
}

/* ---- synapses ---- */

/* first: number of the first synapse in the projection, NET_NONE when the others do not follow it. */
static void add_block(lowering *l, uint32_t format, uint32_t projection, uint32_t first, const loihi_synapse *s,
                      uint32_t n)
{
    uint64_t word[PACK_BLOCK_WORDS];
    const int64_t origin[LOIHI_ORIGINS_COLUMNS] = {(int64_t)l->words, projection, first};
    if (l->words < l->limits->synapse_words)
        add_row(l, LOIHI_ORIGINS, origin);
    uint32_t words = pack_block(&l->layout.format[format], format + 1, s, n, word);
    image_add_words(l->out, LOIHI_SYNAPSES, l->core, word, words);
    l->words += words;
}

static void add_part(lowering *l, const layout_use *u, const form_part *part, uint32_t base)
{
    const hmn_slice *s = &l->slice[u->slice];
    const qnet_projection *p = &l->q->projection[u->projection];
    uint64_t words;
    uint32_t format = layout_choose(&l->layout, u, part->target, part->n, &words), length;
    for (uint32_t at = 0; at < part->n;) {
        uint32_t n = pack_take(&l->layout.format[format], part->target + at, part->n - at, &length);
        loihi_synapse block[PACK_BLOCK];
        uint32_t first = (uint32_t)form_synapse(part, at);
        if (form_synapse(part, at + n - 1) != (uint64_t)first + n - 1)
            first = NET_NONE;
        for (uint32_t i = 0; i < n; i++, at++) {
            uint64_t e = form_synapse(part, at);
            block[i] = (loihi_synapse){(uint16_t)(s->base + part->target[at] - s->first - base), (uint8_t)p->delay[e],
                                       (int16_t)p->weight[e], 0};
        }
        add_block(l, format, u->projection, first, block, n);
    }
}

static bool add_synapses(lowering *l, const layout_use *u, uint32_t neuron, uint32_t base, trace_wish *wish)
{
    form_row row = form_range(l->q, u->projection, neuron, &l->slice[u->slice]);
    form_part part = form_pick(l->q, u->projection, row, u->kind, &l->layout.room);
    if (part.n == 0)
        return true;
    if (u->rule != NET_NONE && !learning_wish(&l->learn, wish, u->rule, l->g->projection[u->projection].at, l->diag))
        return false;
    add_part(l, u, &part, base);
    return true;
}

/* Writes the synapses of a line, unless they are there; fills its row of axons. */
static bool add_line(lowering *l, uint32_t line, uint32_t source, int64_t *value)
{
    uint32_t population = graph_population_of(l->g, source), neuron = source - l->g->population[population].first;
    const layout_share *share = &l->layout.share[source];
    trace_wish wish = {.of = TRACES_PRE};
    value[LOIHI_AXONS_pointer] = (int64_t)l->words;
    value[LOIHI_AXONS_base] = share->base;
    if (share->first != source) { /* written before */
        value[LOIHI_AXONS_pointer] = l->pointer[share->first];
        value[LOIHI_AXONS_words] = l->length[share->first];
        return true;
    }
    for (uint32_t i = 0; i < l->layout.nuses; i++)
        if (l->g->projection[l->layout.use[i].projection].pre == population &&
            !add_synapses(l, &l->layout.use[i], neuron, share->base, &wish))
            return false;
    bool learns = l->m->first_plastic && line >= l->m->first_plastic[l->core];
    if (wish.any && !learns)
        HMN_BUG("core %u: line %u learns but lies before the first learning axon", l->core, line);
    if (learns && !learning_pre(&l->learn, &wish, &value[LOIHI_AXONS_pre_trace], somewhere(l), l->diag))
        return false;
    value[LOIHI_AXONS_words] = (int64_t)l->words - value[LOIHI_AXONS_pointer];
    l->pointer[source] = value[LOIHI_AXONS_pointer];
    l->length[source] = value[LOIHI_AXONS_words];
    if (l->words > l->limits->synapse_words)
        return too_many(l, DIAG_FIT_SYNAPSES, "or more words of synapse memory", l->words, l->limits->synapse_words);
    return true;
}

/* Lines of the axon that line `first` begins. */
static uint32_t atoms_of(const lowering *l, uint32_t first)
{
    uint32_t axon, other, n = 1, lines = l->m->axon_row[l->core + 1] - l->m->axon_row[l->core];
    map_entry(l->m, l->core, first, &axon);
    while (first + n < lines && (map_entry(l->m, l->core, first + n, &other), other == axon))
        n++;
    return n;
}

static bool add_axon(lowering *l, uint32_t first, uint32_t atoms)
{
    const uint32_t *source = l->m->axon_source + l->m->axon_row[l->core] + first;
    int64_t value[LOIHI_AXONS_COLUMNS] = {0}, next[LOIHI_AXONS_COLUMNS] = {0};
    if (!add_line(l, first, source[0], value))
        return false;
    value[LOIHI_AXONS_atoms] = atoms - 1;
    value[LOIHI_AXONS_same] = atoms > 1 && l->layout.share[source[1]].first != source[1];
    for (uint32_t k = 1; k < atoms; k++) {
        if (!add_line(l, first + k, source[k], next))
            return false;
        int64_t at = value[LOIHI_AXONS_pointer] + (value[LOIHI_AXONS_same] ? 0 : k * value[LOIHI_AXONS_words]);
        HMN_ASSERT(next[LOIHI_AXONS_pointer] == at && next[LOIHI_AXONS_words] == value[LOIHI_AXONS_words] &&
                   next[LOIHI_AXONS_base] == value[LOIHI_AXONS_base]);
    }
    return add_row(l, LOIHI_AXONS, value);
}

static bool add_axons(lowering *l)
{
    const uint32_t *row = l->m->axon_row;
    uint32_t n = row[l->core + 1] - row[l->core], learning = l->m->first_plastic ? n - l->m->first_plastic[l->core] : 0;
    for (uint32_t i = 0, atoms; i < n; i += atoms, l->axons++) {
        atoms = atoms_of(l, i);
        if (!add_axon(l, i, atoms))
            return false;
    }
    uint64_t entries = l->axons - learning + (uint64_t)learning * (uint64_t)loihi_dialects[l->dialect].learning_axon;
    return entries <= l->limits->in_axons || too_many(l, DIAG_FIT_AXONS, "input axons", entries, l->limits->in_axons);
}

static bool add_formats(lowering *l)
{
    for (uint32_t i = 0; i < l->layout.nformats; i++) {
        const loihi_format *f = &l->layout.format[i];
        const int64_t value[LOIHI_FORMATS_COLUMNS] = {
            [LOIHI_FORMATS_weight_bits] =
                loihi_width_code(loihi_weight_bits, LOIHI_WEIGHT_CODES, (uint32_t)f->weight_bits),
            [LOIHI_FORMATS_index_bits] = loihi_width_code(loihi_index_widths(l->limits->compartments),
                                                          LOIHI_WIDTH_CODES, (uint32_t)f->index_bits),
            [LOIHI_FORMATS_delay_bits] = f->delay_bits,
            [LOIHI_FORMATS_tag_bits] = loihi_width_code(loihi_tag_bits, LOIHI_TAG_CODES, (uint32_t)f->tag_bits),
            [LOIHI_FORMATS_skip_bits] = f->skip_bits,
            [LOIHI_FORMATS_run_bits] = f->run_bits,
            [LOIHI_FORMATS_exponent] = f->exponent,
            [LOIHI_FORMATS_sign] = f->sign,
            [LOIHI_FORMATS_compression] = f->compression,
            [LOIHI_FORMATS_profile] = f->profile ? learning_profile_row(&l->learn, (uint32_t)f->profile - 1) + 1 : 0,
            [LOIHI_FORMATS_w_min] = f->w_min,
            [LOIHI_FORMATS_w_max] = f->w_max,
            [LOIHI_FORMATS_second_bits] = f->second_bits,
            [LOIHI_FORMATS_port] = f->port,
            [LOIHI_FORMATS_cost] = f->cost};
        if (!add_row(l, LOIHI_FORMATS, value))
            return false;
    }
    return true;
}

/* ---- compartments ---- */

/* Trace settings that the plastic projections onto a slice ask for. */
static bool post_wish(lowering *l, uint32_t slice, trace_wish *wish)
{
    for (uint32_t i = 0; i < l->layout.nuses; i++) {
        const layout_use *u = &l->layout.use[i];
        if (u->slice == slice && u->rule != NET_NONE &&
            !learning_wish(&l->learn, wish, u->rule, l->g->projection[u->projection].at, l->diag))
            return false;
    }
    return true;
}

static bool add_compartment(lowering *l, const qnet_population *p, uint32_t neuron, int64_t post_trace)
{
    int64_t value[LOIHI_COMPARTMENTS_COLUMNS];
    for (uint32_t c = 0; c < LOIHI_COMPARTMENTS_COLUMNS; c++)
        value[c] = qnet_at(p->column[c], neuron);
    value[LOIHI_COMPARTMENTS_post_trace] = post_trace;
    value[LOIHI_COMPARTMENTS_init_u] = qnet_at(p->init_u, neuron);
    value[LOIHI_COMPARTMENTS_init_v] = qnet_at(p->init_v, neuron);
    return add_row(l, LOIHI_COMPARTMENTS, value);
}

/* Does any neuron of the core ask more of its program than section 3 does? */
static bool has_programs(const lowering *l)
{
    static const uint32_t asks[] = {LOIHI_PROGRAM(graded), LOIHI_PROGRAM(subtract), LOIHI_PROGRAM(reset_v),
                                    LOIHI_PROGRAM(adapt_step), LOIHI_PROGRAM(two)};
    for (uint32_t s = 0; s < l->nslices; s++) {
        const qnet_population *p = &l->q->population[l->slice[s].population];
        for (uint32_t k = 0; k < sizeof asks / sizeof *asks; k++)
            for (uint32_t i = 0; p->column[asks[k]].v && i < l->slice[s].count; i++)
                if (qnet_at(p->column[asks[k]], l->slice[s].first + i) != 0)
                    return true;
    }
    return false;
}

static bool add_programs(lowering *l)
{
    for (uint32_t s = 0; has_programs(l) && s < l->nslices; s++)
        for (uint32_t i = 0; i < l->slice[s].count; i++) {
            const qnet_population *p = &l->q->population[l->slice[s].population];
            int64_t value[LOIHI_PROGRAMS_COLUMNS];
            for (uint32_t c = 0; c < LOIHI_PROGRAMS_COLUMNS; c++)
                value[c] = qnet_at(p->column[LOIHI_COMPARTMENTS_COLUMNS + c], l->slice[s].first + i);
            if (!add_row(l, LOIHI_PROGRAMS, value))
                return false;
        }
    return true;
}

/* Where the slice of dendrites of `slice` begins: partition put it on the same core, before it, of the same neurons. */
static uint32_t dendrites_base(const lowering *l, const hmn_slice *slice, uint32_t population)
{
    uint32_t s = 0;
    while (s < l->nslices && (l->slice[s].population != population || l->slice[s].first != slice->first))
        s++;
    HMN_ASSERT(s < l->nslices && l->slice[s].count == slice->count && l->slice[s].base < slice->base);
    return l->slice[s].base;
}

static bool has_joins(const lowering *l)
{
    for (uint32_t s = 0; s < l->nslices; s++)
        if (l->g->population[l->slice[s].population].ndendrites)
            return true;
    return false;
}

static bool add_joins(lowering *l)
{
    for (uint32_t s = 0; has_joins(l) && s < l->nslices; s++) {
        const hmn_slice *slice = &l->slice[s];
        const graph_population *p = &l->g->population[slice->population];
        const qnet_column *column = l->q->population[slice->population].column;
        int64_t value[LOIHI_JOINS_COLUMNS] = {[LOIHI_JOINS_join] = qnet_at(column[LOIHI_JOINED(join)], 0),
                                              [LOIHI_JOINS_sends_u] = qnet_at(column[LOIHI_JOINED(sends_u)], 0)};
        for (uint32_t d = 0; d < p->ndendrites; d++)
            value[LOIHI_JOINS_first + d] = slice->base - dendrites_base(l, slice, p->dendrite[d]);
        for (uint32_t i = 0; i < slice->count; i++)
            if (!add_row(l, LOIHI_JOINS, value))
                return false;
    }
    return true;
}

static bool has_factors(const lowering *l)
{
    for (uint32_t s = 0; s < l->nslices; s++)
        if (l->g->population[l->slice[s].population].third)
            return true;
    return false;
}

/* Third factors that programs write. */
static bool add_factors(lowering *l)
{
    for (uint32_t s = 0; has_factors(l) && s < l->nslices; s++) {
        const net_third *t = l->g->population[l->slice[s].population].third;
        int64_t value[LOIHI_FACTORS_COLUMNS] = {0}, *v = value;
        for (uint32_t k = 0; t && k < NET_THIRD_FACTORS; k++, v += LOIHI_FACTORS_y2_source) {
            v[LOIHI_FACTORS_y1_source] = t[k].of;
            v[LOIHI_FACTORS_y1_gain] = (int64_t)t[k].gain.v;
            v[LOIHI_FACTORS_y1_shift] = (int64_t)t[k].shift.v;
            v[LOIHI_FACTORS_y1_decay] = (int64_t)t[k].decay.v;
        }
        for (uint32_t i = 0; i < l->slice[s].count; i++)
            if (!add_row(l, LOIHI_FACTORS, value))
                return false;
    }
    return true;
}

/* Accumulators of a compartment. */
static uint32_t ports(const lowering *l)
{
    uint32_t n = 1;
    for (uint32_t i = 0; i < l->layout.nformats; i++)
        n = l->layout.format[i].port ? 2 : n;
    return n;
}

static bool add_compartments(lowering *l)
{
    uint32_t base = 0;
    for (uint32_t s = 0; s < l->nslices; s++) {
        const hmn_slice *slice = &l->slice[s];
        HMN_ASSERT(slice->base == base);
        int64_t post_trace = 0;
        trace_wish wish = {.of = TRACES_POST};
        if (!post_wish(l, s, &wish))
            return false;
        if (wish.any && !learning_post(&l->learn, &wish, &post_trace, somewhere(l), l->diag))
            return false;
        for (uint32_t i = 0; i < slice->count; i++)
            if (!add_compartment(l, &l->q->population[slice->population], slice->first + i, post_trace))
                return false;
        base += slice->count;
    }
    return true;
}

static bool add_gates(lowering *l)
{
    for (uint32_t s = 0; s < l->nslices; s++) {
        const uint8_t *gate = l->q->population[l->slice[s].population].gate;
        for (uint32_t i = 0; gate && i < l->slice[s].count; i++) {
            uint8_t g = gate[l->slice[s].first + i];
            if (g && !add_row(l, LOIHI_GATES, (int64_t[]){l->slice[s].base + i, g - 1}))
                return false;
        }
    }
    return true;
}

/* Has the input axon several atoms? */
static bool is_shared(const hmn_mapping *m, uint32_t core, uint32_t line)
{
    uint32_t axon, next;
    if (map_entry(m, core, line, &axon))
        return true;
    if (!m->in_axon || m->axon_row[core] + line + 1 == m->axon_row[core + 1])
        return false;
    map_entry(m, core, line + 1, &next);
    return next == axon;
}

static bool add_routes(lowering *l)
{
    uint64_t routes = 0;
    for (uint32_t s = 0; s < l->nslices; s++)
        for (uint32_t i = 0; i < l->slice[s].count; i++) {
            uint32_t neuron = l->g->population[l->slice[s].population].first + l->slice[s].first + i;
            for (uint32_t k = l->m->out_row[neuron]; k < l->m->out_row[neuron + 1]; k++) {
                uint32_t axon, core = l->m->out_core[k], atom = map_entry(l->m, core, l->m->out_axon[k], &axon);
                const int64_t value[LOIHI_ROUTES_COLUMNS] = {l->slice[s].base + i, core, axon, atom};
                routes += is_shared(l->m, core, l->m->out_axon[k]) ? GATHER_SLOTS : 1;
                if (routes <= l->limits->out_axons && !add_row(l, LOIHI_ROUTES, value))
                    return false;
            }
        }
    if (routes > l->limits->out_axons) {
        too_many(l, DIAG_FIT_AXONS, "output axons", routes, l->limits->out_axons);
        diag_cure(l->diag,
                  "use fewer destination cores for these neurons, or fewer neurons a core (target.neurons_per_core)");
        return false;
    }
    return true;
}

static bool add_core(lowering *l)
{
    const loihi_dialect *d = &loihi_dialects[l->dialect];
    uint32_t longest = 0;
    for (uint32_t i = 0; i < l->layout.nuses; i++)
        longest = l->layout.use[i].longest > longest ? l->layout.use[i].longest : longest;
    uint32_t slots = loihi_slots(l->limits, l->dialect, longest);
    uint32_t lines = l->m->axon_row[l->core + 1] - l->m->axon_row[l->core];
    uint32_t learning = l->m->first_plastic ? lines - l->m->first_plastic[l->core] : 0;
    uint32_t cells = slots * l->compartments * ports(l);
    if (cells > l->limits->delay_cells) {
        diag_report(l->diag, DIAG_FIT_DELAY, somewhere(l),
                    "core %u: %u compartments with %u delay slots need %u accumulator cells; %s has %u", l->core,
                    l->compartments, slots, cells, l->q->chip->name, l->limits->delay_cells);
        return false;
    }
    const int64_t value[LOIHI_CORE_COLUMNS] = {[LOIHI_CORE_compartments] = l->compartments,
                                               [LOIHI_CORE_axons] = l->axons,
                                               [LOIHI_CORE_first_learning] = l->axons - learning,
                                               [LOIHI_CORE_atoms] = lines - l->axons,
                                               [LOIHI_CORE_epoch] = l->learn.epoch,
                                               [LOIHI_CORE_slots] = slots,
                                               [LOIHI_CORE_dialect] = l->dialect,
                                               [LOIHI_CORE_ds_offset] = d->ds_offset,
                                               [LOIHI_CORE_dm_offset] = d->dm_offset,
                                               [LOIHI_CORE_q_wraps] = d->q_wraps,
                                               [LOIHI_CORE_u_mode] = d->u_mode,
                                               [LOIHI_CORE_z_wraps] = d->z_wraps,
                                               [LOIHI_CORE_touches] = d->touches,
                                               [LOIHI_CORE_v_mode] = d->v_mode,
                                               [LOIHI_CORE_sum_shift] = d->sum_shift};
    return add_row(l, LOIHI_CORE, value);
}

static bool add_curves(lowering *l)
{
    int64_t row[LOIHI_DECAYS_COLUMNS];
    for (uint32_t i = 0; i < l->learn.ncurves; i++)
        for (uint32_t x = 0; x < CORE_CURVE; x++) {
            learning_curve_row(&l->learn, i, x, row);
            if (!add_row(l, LOIHI_DECAYS, row))
                return false;
        }
    return true;
}

static bool add_learning(lowering *l)
{
    learning_tables *t = &l->learn;
    if (loihi_own_traces(l->dialect))
        learning_own_traces(t);
    for (uint32_t i = 0; i < t->npre; i++)
        if (!add_row(l, LOIHI_PRE_TRACES, t->pre[i]))
            return false;
    for (uint32_t i = 0; i < t->npost; i++)
        if (!add_row(l, LOIHI_POST_TRACES, t->post[i]))
            return false;
    int64_t first = 0;
    for (uint32_t i = 0; i < t->nprofiles; i++) {
        uint32_t word[ULEARN_MAX_WORDS], n = 0;
        if (!learning_program(t, i, word, &n, somewhere(l), l->diag))
            return false;
        const hmn_rule *r = &t->q->rule[t->profile[i]];
        const int64_t value[LOIHI_PROFILES_COLUMNS] = {first,   n,         r->r1_channel,     r->epoch,
                                                       r->held, r->graded, r->counts_channel, r->counts_one};
        if (!add_row(l, LOIHI_PROFILES, value))
            return false;
        for (uint32_t k = 0; k < n; k++)
            if (!add_row(l, LOIHI_MICROCODE, &(int64_t){word[k]}))
                return false;
        first += n;
    }
    for (uint32_t i = 0; i < t->ndraws; i++)
        for (uint32_t k = 0; k <= DRAW_LINES; k++)
            if (!add_row(l, LOIHI_DRAWS, &(int64_t){draw_line(&t->draw[i], k)}))
                return false;
    return add_curves(l);
}

bool loihi_lower(const hmn_mapping *m, uint32_t core, image_writer *out, hmn_arena *scratch, hmn_diag *d)
{
    lowering l = {.m = m, .q = m->qnet, .g = m->qnet->graph, .core = core, .out = out, .arena = scratch, .diag = d};
    l.limits = l.q->chip->limits;
    l.slice = m->slice + m->core_first_slice[core];
    l.nslices = m->core_first_slice[core + 1] - m->core_first_slice[core];
    for (uint32_t s = 0; s < l.nslices; s++)
        l.compartments += l.slice[s].count;
    l.dialect = form_dialect(l.q);
    l.learn.q = l.q;
    l.learn.dialect = l.dialect;
    l.layout = layout_make(l.q, l.slice, l.nslices, scratch);
    if (l.layout.nformats > l.limits->synapse_formats)
        return too_many(&l, DIAG_FIT_PROFILES, "synapse formats", l.layout.nformats, l.limits->synapse_formats);
    l.pointer = ARENA_NEW(scratch, int64_t, l.g->nneurons);
    l.length = ARENA_NEW(scratch, int64_t, l.g->nneurons);
    return add_axons(&l) && add_compartments(&l) && add_gates(&l) && add_programs(&l) && add_joins(&l) &&
           add_factors(&l) && add_formats(&l) && add_learning(&l) && add_routes(&l) && add_core(&l) &&
           diag_errors(d) == 0;
}
