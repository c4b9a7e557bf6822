/* The regions of one core. Takes the mapping and the plan (keys), yields the words that the core's program reads, and
 * for the host which projection each block of rows came from. Core 0 also keeps what belongs to the whole machine: its
 * shape and the routing tables. */
#include "backends/spinnaker/lower.h"

#include "backends/spinnaker/core_tables.h"
#include "backends/spinnaker/layout.h"
#include "backends/spinnaker/learn.h"
#include "backends/spinnaker/manage.h"
#include "backends/spinnaker/noise.h"
#include "backends/spinnaker/plan.h"
#include "backends/spinnaker/poptable.h"
#include "backends/spinnaker/scale.h"
#include "backends/spinnaker/stages.h"
#include "core/base/bug.h"

#include <string.h>

enum { INCOMING_SPIKES = 256, GRAIN_WORDS = POPTABLE_GRAIN / 4 };

typedef struct {
    const hmn_mapping *m;
    const hmn_qnet *q;
    const hmn_graph *g;
    const spin_plan *plan;
    const hmn_slice *slice;
    spin_program program;
    row_format format;
    uint32_t core;
    image_writer *out;
    hmn_arena *arena;
    hmn_diag *diag;
    poptable_entry *entry;
    poptable_block *block;
    uint32_t nentries, nblocks;
    size_t entry_cap, block_cap, matrix_cap;
    uint32_t *matrix, nwords;
    uint32_t nlearn; /* plastic rows so far */
} lowering;

static bool add_row(lowering *l, spin_core_table table, const int64_t *value)
{
    const hmn_table *t = &spin_core_tables[table];
    uint32_t bad = image_add(l->out, spin_core_tables, table, l->core, value);
    if (bad == t->ncolumns)
        return true;
    diag_report(l->diag, DIAG_FIT_VALUE, l->g->population[l->slice->population].at,
                "core %u: column %s of table %s is %lld; it holds %lld..%lld", l->core, t->column[bad].name, t->name,
                (long long)value[bad], (long long)schema_low(&t->column[bad]), (long long)schema_high(&t->column[bad]));
    return false;
}

static void add_region(lowering *l, spin_core_table table, const uint32_t *word, uint32_t n)
{
    spin_region_write(l->out, table, l->core, word, n, l->arena);
}

/* ---- synapses ---- */

/* Synapses of a presynaptic neuron onto the slice: targets ascend. */
static uint32_t range(const lowering *l, uint32_t projection, uint32_t pre, uint32_t *first)
{
    const graph_projection *j = &l->g->projection[projection];
    uint32_t low = j->row[pre], high = j->row[pre + 1];
    while (low < high && j->target[low] < l->slice->first)
        low++;
    *first = low;
    while (low < high && j->target[low] < l->slice->first + l->slice->count)
        low++;
    return low - *first;
}

static uint32_t *room(lowering *l, uint32_t words)
{
    l->matrix =
        arena_grow(l->arena, l->matrix, sizeof *l->matrix, l->nwords, (size_t)l->nwords + words, &l->matrix_cap);
    uint32_t *at = l->matrix + l->nwords;
    if (words)
        memset(at, 0, words * sizeof *at);
    l->nwords += words;
    return at;
}

/* Plastic words and controls. The type field of the HMN program's controls is the sign that a weight keeps. */
static void write_plastic_row(lowering *l, uint32_t projection, uint32_t first, uint32_t n, uint32_t *at)
{
    const graph_projection *j = &l->g->projection[projection];
    const qnet_projection *p = &l->q->projection[projection];
    uint32_t types = spin_program_receptors(l->program), words = spin_learn_words(l->q, projection, n);
    uint32_t *plastic = ARENA_NEW(l->arena, uint32_t, words), *control = ARENA_NEW(l->arena, uint32_t, n);
    bool hybrid = spin_learning_of(l->q, projection)->kind == SPIN_LEARN_HYBRID;
    spin_learn_row(l->q, &(spin_learn_place){projection, first, n, l->nlearn++}, plastic);
    for (uint32_t k = 0; k < n; k++) {
        uint32_t e = first + k, type = spin_synapse_type(j->receptor, p->weight[e], types);
        control[k] = row_control(&l->format, j->target[e] - l->slice->first, hybrid ? type == types - 1 : type,
                                 p->delay[e] + 1u);
    }
    const row_parts parts = {.plastic = plastic, .nplastic = words, .control = control, .ncontrols = n};
    row_write(at, &parts);
}

/* A reward in s4.11 for each neuron; it acts when the row is served. */
static void write_reward_row(const lowering *l, uint32_t projection, uint32_t first, uint32_t n, uint32_t *at)
{
    const graph_projection *j = &l->g->projection[projection];
    uint32_t flags = stdp_reward_flags(j->receptor == RECEPTOR_REWARD, 0), *control = ARENA_NEW(l->arena, uint32_t, n);
    for (uint32_t k = 0; k < n; k++)
        control[k] = stdp_reward_control((uint32_t)l->q->projection[projection].weight[first + k],
                                         j->target[first + k] - l->slice->first);
    const row_parts parts = {.plastic = &flags, .nplastic = 1, .control = control, .ncontrols = n, .wide = true};
    row_write(at, &parts);
}

/* Synapses of a row that wait for so many stages, and how many. */
static uint32_t staged(const lowering *l, uint32_t projection, uint32_t pre, uint32_t stage, uint32_t *first)
{
    uint32_t n = range(l, projection, pre, first), count = 0;
    for (uint32_t k = 0; k < n; k++)
        count += spin_stage(l->q, projection, *first + k) == stage;
    return count;
}

/* Of the synapses of a neuron those that wait for `stage` stages; they wait the rest in the ring buffer. */
static void write_row(lowering *l, uint32_t projection, uint32_t pre, uint32_t stage, uint32_t *at)
{
    const graph_projection *j = &l->g->projection[projection];
    const qnet_projection *p = &l->q->projection[projection];
    uint32_t first, n = range(l, projection, pre, &first), *fixed = ARENA_NEW(l->arena, uint32_t, n);
    if (n && net_rewards(j->receptor)) {
        write_reward_row(l, projection, first, n, at);
        return;
    }
    if (n && spin_learn_words(l->q, projection, n)) {
        write_plastic_row(l, projection, first, n, at);
        return;
    }
    uint32_t count = 0;
    for (uint32_t k = 0; k < n; k++) {
        uint32_t e = first + k, types = spin_program_receptors(l->program);
        if (spin_stage(l->q, projection, e) != stage)
            continue;
        uint32_t delay = p->delay[e] + 1u - stage * stages_steps(l->q->chip);
        uint32_t magnitude = (uint32_t)(p->weight[e] < 0 ? -p->weight[e] : p->weight[e]);
        HMN_ASSERT(magnitude <= 0xffff);
        fixed[count++] = magnitude << 16 | row_control(&l->format, j->target[e] - l->slice->first,
                                                       spin_synapse_type(j->receptor, p->weight[e], types), delay);
    }
    const row_parts parts = {.fixed = fixed, .nfixed = count};
    row_write(at, &parts);
}

/* The rows of a source core's neurons for one projection: without stages those of spikes that come straight, with
 * stages one for each key of the relay. */
static bool add_block(lowering *l, const hmn_slice *from, uint32_t projection, uint32_t axon, uint32_t stages)
{
    uint32_t most = 0, first, rows = from->count * (stages ? stages : 1);
    for (uint32_t i = 0; i < rows; i++) {
        uint32_t stage = stages ? 1 + i / from->count : 0;
        uint32_t n = staged(l, projection, from->first + i % from->count, stage, &first);
        most = n > most ? n : most;
    }
    if (most == 0)
        return true;
    uint32_t length = spin_row_words(l->q, projection, most), stride = length + ROW_COUNTS;
    room(l, (GRAIN_WORDS - l->nwords % GRAIN_WORDS) % GRAIN_WORDS);
    uint32_t address = l->nwords / GRAIN_WORDS;
    HMN_ASSERT(length <= ROW_MAX_WORDS && address < POPTABLE_NO_ADDRESS);
    uint32_t *at = room(l, rows * stride);
    for (uint32_t i = 0; i < rows; i++)
        write_row(l, projection, from->first + i % from->count, stages ? 1 + i / from->count : 0,
                  at + (size_t)i * stride);
    l->block = arena_grow(l->arena, l->block, sizeof *l->block, l->nblocks, l->nblocks + 1, &l->block_cap);
    l->block[l->nblocks++] = (poptable_block){address, length};
    return add_row(
        l, SPIN_BLOCKS,
        (int64_t[]){projection, axon, rows, stages ? from->count : 0, stages ? stages_steps(l->q->chip) : 0});
}

/* Entry and blocks of a core that sends: of a slice, or the relay of one. */
static bool add_source(lowering *l, uint32_t core, const hmn_slice *from, uint32_t axon, uint32_t stages)
{
    uint32_t start = l->nblocks;
    for (uint32_t j = 0; j < l->g->nprojections; j++)
        if (l->g->projection[j].pre == from->population && l->g->projection[j].post == l->slice->population &&
            !add_block(l, from, j, axon, stages))
            return false;
    HMN_ASSERT(l->nblocks > start && l->nblocks <= POPTABLE_MAX_START);
    l->entry = arena_grow(l->arena, l->entry, sizeof *l->entry, l->nentries, l->nentries + 1, &l->entry_cap);
    HMN_ASSERT(l->nentries == 0 || l->entry[l->nentries - 1].key < l->plan->key[core]);
    l->entry[l->nentries++] = (poptable_entry){.key = l->plan->key[core],
                                               .mask = l->plan->mask[core],
                                               .start = start,
                                               .count = l->nblocks - start,
                                               .colour_bits = SPIN_COLOUR_BITS,
                                               .neurons = from->count * (stages ? stages : 1)};
    return true;
}

/* Does relay r send to the core? */
static bool relay_reaches(const hmn_mapping *m, uint32_t r, uint32_t core)
{
    for (uint32_t k = m->relay_row[r]; k < m->relay_row[r + 1]; k++)
        if (m->relay_core[k] == core)
            return true;
    return false;
}

static uint32_t relay_keys(const hmn_mapping *m, uint32_t r)
{
    return m->relay[r].stages * m->slice[m->relay[r].slice].count;
}

/* Sources in order of keys: slices, then relays, as the mapping numbers axons. */
static bool add_sources(lowering *l)
{
    const hmn_mapping *m = l->m;
    uint32_t low = m->axon_row[l->core], high = m->axon_row[l->core + 1];
    for (uint32_t r = 0; r < m->nrelays; r++)
        high -= relay_reaches(m, r, l->core) ? relay_keys(m, r) : 0;
    for (uint32_t a = low; a < high;) {
        const hmn_slice *from = &m->slice[m->neuron_core[m->axon_source[a]]];
        if (!add_source(l, from->core, from, a - low, 0))
            return false;
        a += from->count;
    }
    for (uint32_t r = 0, a = high - low; r < m->nrelays; r++)
        if (relay_reaches(m, r, l->core)) {
            if (!add_source(l, m->relay[r].core, &m->slice[m->relay[r].slice], a, m->relay[r].stages))
                return false;
            a += relay_keys(m, r);
        }
    return true;
}

static bool add_synapses(lowering *l)
{
    if (!add_sources(l))
        return false;
    uint32_t n = poptable_words(l->nentries, l->nblocks), *table = ARENA_NEW(l->arena, uint32_t, n);
    poptable_write(table, l->entry, l->nentries, l->block, l->nblocks);
    add_region(l, SPIN_POPULATION_TABLE, table, n);
    add_region(l, SPIN_SYNAPTIC_MATRIX, l->matrix, l->nwords);
    return true;
}

/* ---- neurons ---- */

static uint32_t receptors(const lowering *l)
{
    return spin_program_words(l->program) ? spin_program_receptors(l->program) : 0;
}

static void add_core_params(lowering *l)
{
    uint32_t types = receptors(l), n = l->slice->count, *w = ARENA_NEW(l->arena, uint32_t, 5 + types + n), at = 5;
    uint32_t first = l->g->population[l->slice->population].first + l->slice->first;
    bool sends = l->m->out_row[first + 1] > l->m->out_row[first];
    w[0] = sends;
    w[1] = n;
    w[2] = 1u << row_bits_for(n);
    w[3] = SPIN_COLOUR_BITS;
    w[4] = types;
    for (uint32_t t = 0; t < types; t++)
        w[at++] = (uint32_t)l->q->population[l->slice->population].shift[t];
    for (uint32_t i = 0; i < n; i++)
        w[at++] = sends ? spin_neuron_key(l->plan->key[l->core], i, SPIN_COLOUR_BITS) : 0;
    add_region(l, SPIN_CORE_PARAMS, w, at);
}

static void add_neuron_params(lowering *l)
{
    uint32_t words = spin_program_words(l->program), n = l->slice->count;
    uint32_t *w = ARENA_NEW(l->arena, uint32_t, 1 + words * n);
    const qnet_population *p = &l->q->population[l->slice->population];
    w[0] = l->program.substeps;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < words; k++)
            w[spin_program_index(l->program, n, i, k)] = (uint32_t)qnet_at(p->column[k], l->slice->first + i);
    add_region(l, SPIN_NEURON_PARAMS, w, 1 + words * n);
}

static void add_synapse_params(lowering *l)
{
    uint32_t types = receptors(l),
             w[7 + QNET_MAX_PORTS] = {l->slice->count,      types, l->format.index_bits, l->format.type_bits,
                                      l->format.delay_bits, 0,     INCOMING_SPIKES};
    for (uint32_t t = 0; t < types; t++)
        w[7 + t] = (uint32_t)l->q->population[l->slice->population].shift[t];
    add_region(l, SPIN_SYNAPSE_PARAMS, w, 7 + types);
}

/* Which register each of its manager's keys brings. */
static void add_broadcasts(lowering *l)
{
    const hmn_mapping *m = l->m;
    for (uint32_t k = 0; k < m->nmanagers; k++)
        for (uint32_t i = m->manager_row[k]; i < m->manager_row[k + 1]; i++) {
            uint32_t manager = m->ncores - m->nmanagers + k;
            const uint32_t word[HEARS_WORDS] = {[HEARS_KEY] = l->plan->key[manager],
                                                [HEARS_MASK] = l->plan->mask[manager],
                                                [HEARS_COLOUR_BITS] = SPIN_COLOUR_BITS,
                                                [HEARS_REGISTERS] = l->q->nchannels};
            if (m->manager_core[i] == l->core)
                add_region(l, SPIN_BROADCASTS, word, HEARS_WORDS);
        }
}

/* Regions in order of their numbers. */
static bool add_neurons(lowering *l)
{
    if (!spin_program_words(l->program))
        return true;
    uint32_t n, *currents = spin_lower_currents(l->q, l->slice, &n, l->arena, l->diag);
    add_neuron_params(l);
    add_region(l, SPIN_CURRENT_SOURCES, currents, n);
    add_synapse_params(l);
    if (!add_synapses(l))
        return false;
    const spin_learn_core learn = {l->slice->population, receptors(l), l->nlearn};
    uint32_t *dynamics = spin_learn_region(l->q, &learn, &n, l->arena);
    add_region(l, SPIN_SYNAPSE_DYNAMICS, dynamics, n);
    uint32_t *noise = spin_noise_region(l->q, l->slice, &n, l->arena);
    add_region(l, SPIN_NEURON_NOISE, noise, n);
    add_broadcasts(l);
    return diag_errors(l->diag) == 0;
}

/* ---- the machine ---- */

static bool add_machine(lowering *l)
{
    const spin_plan *p = l->plan;
    bool ok = add_row(l, SPIN_MACHINE, (int64_t[]){p->shape.boards, p->shape.width, p->shape.height});
    for (uint32_t i = 0; ok && i < p->shape.nfaults; i++) {
        const spin_fault *f = &p->shape.fault[i];
        ok = add_row(l, SPIN_FAULTS, (int64_t[]){f->x, f->y, f->link, f->cores});
    }
    for (uint32_t c = 0; ok && c < p->machine->nchips; c++)
        for (uint32_t k = p->routers.row[c]; ok && k < p->routers.row[c + 1]; k++) {
            const tcam_entry *e = &p->routers.entry[k];
            ok = add_row(l, SPIN_ROUTERS, (int64_t[]){c, e->key, e->mask, e->route});
        }
    return ok;
}

/* A core that computes broadcasts and counts spikes. */
static bool add_manager(lowering *l)
{
    const hmn_mapping *m = l->m;
    uint32_t low = m->axon_row[l->core], high = m->axon_row[l->core + 1];
    uint32_t *word = ARENA_NEW(l->arena, uint32_t, MANAGE_HEAD + (size_t)m->nslices * MANAGE_SENDER), n = MANAGE_HEAD;
    word[MANAGE_KEY] = l->plan->key[l->core];
    word[MANAGE_COLOUR_BITS] = SPIN_COLOUR_BITS;
    word[MANAGE_REGISTERS] = l->q->nchannels;
    for (uint32_t a = low; a < high; n += MANAGE_SENDER) {
        const hmn_slice *from = &m->slice[m->neuron_core[m->axon_source[a]]];
        word[n + SENDER_KEY] = l->plan->key[from->core];
        word[n + SENDER_MASK] = l->plan->mask[from->core];
        word[n + SENDER_NEURONS] = from->count;
        word[MANAGE_SENDERS]++;
        a += from->count;
    }
    const int64_t row[SPIN_CORE_COLUMNS] = {
        [SPIN_CORE_program] = SPIN_KIND_MANAGER, [SPIN_CORE_neurons] = l->q->nchannels, [SPIN_CORE_axons] = high - low};
    add_region(l, SPIN_MANAGER_PARAMS, word, n);
    return add_row(l, SPIN_CORE, row);
}

/* A core that repeats the spikes of a slice. */
static bool add_relay(lowering *l, const hmn_relay *relay)
{
    l->slice = &l->m->slice[relay->slice];
    const int64_t row[SPIN_CORE_COLUMNS] = {[SPIN_CORE_program] = SPIN_KIND_DELAY,
                                            [SPIN_CORE_neurons] = relay->stages * l->slice->count,
                                            [SPIN_CORE_axons] = l->slice->count};
    const uint32_t word[STAGES_WORDS] = {[STAGES_HAS_KEY] = 1,
                                         [STAGES_KEY] = l->plan->key[relay->core],
                                         [STAGES_INCOMING_KEY] = l->plan->key[l->slice->core],
                                         [STAGES_INCOMING_MASK] = l->plan->mask[l->slice->core],
                                         [STAGES_ATOMS] = l->slice->count,
                                         [STAGES_COUNT] = relay->stages,
                                         [STAGES_STEPS] = stages_steps(l->q->chip),
                                         [STAGES_COLOUR_BITS] = SPIN_COLOUR_BITS};
    add_region(l, SPIN_DELAY_PARAMS, word, STAGES_WORDS);
    return add_row(l, SPIN_CORE, row);
}

bool spin_lower(const hmn_mapping *m, uint32_t core, image_writer *out, hmn_arena *scratch, hmn_diag *d)
{
    lowering l = {.m = m, .q = m->qnet, .g = m->qnet->graph, .plan = m->plan, .core = core, .out = out};
    l.arena = scratch;
    l.diag = d;
    l.slice = &m->slice[0]; /* for places in messages */
    if (core >= m->ncores - m->nmanagers)
        return add_manager(&l);
    if (core >= m->nslices)
        return add_relay(&l, &m->relay[core - m->nslices]);
    l.slice = &m->slice[m->core_first_slice[core]];
    l.program = spin_program_of(l.q->population[l.slice->population].program);
    l.format = spin_format(l.q, l.slice->population, l.slice->count);
    const int64_t row[SPIN_CORE_COLUMNS] = {
        [SPIN_CORE_program] = l.program.kind,
        [SPIN_CORE_model] = l.program.kind == SPIN_KIND_NEURONS ? (int64_t)l.program.model->id : 0,
        [SPIN_CORE_learning] = spin_learn_manner(l.q, l.slice->population),
        [SPIN_CORE_rule] = spin_program_rule(spin_learn_program(l.q, l.slice->population)),
        [SPIN_CORE_neurons] = l.slice->count,
        [SPIN_CORE_axons] = m->axon_row[core + 1] - m->axon_row[core]};
    add_core_params(&l);
    return add_row(&l, SPIN_CORE, row) && (core > 0 || add_machine(&l)) && add_neurons(&l);
}
