/* Starts a core. Takes the regions of an image that check.c passed, yields rom and the state before step 0: what the
 * program's initialisation makes of its parameters, empty ring buffers, rows that learn copied to where they may
 * change. */
#include "backends/spinnaker/core.h"

#include "backends/spinnaker/loihi_lif.h"
#include "backends/spinnaker/manage.h"
#include "core/base/bug.h"

#include <string.h>

static uint32_t reserve(uint32_t *bytes, uint64_t count, uint32_t size)
{
    uint32_t at = *bytes;
    *bytes = (uint32_t)((at + count * size + 63) & ~(uint64_t)63);
    return at;
}

static int64_t core_value(const hmn_core_view *v, uint32_t column)
{
    return image_get(image_section(v->image, spin_core_tables, SPIN_CORE, v->core), 0, column);
}

static const uint32_t *region(const hmn_core_view *v, spin_core_table table, uint32_t *n)
{
    return spin_region(v->image, table, v->core, n);
}

/* Lists the plastic rows, where there is room; yields how many and the first word of them all. */
static uint32_t learning_rows(const spin_rom *r, uint32_t *address, uint32_t *from)
{
    uint32_t n = 0;
    *from = r->matrix_words;
    for (uint64_t b = 0; b < r->blocks.rows; b++) {
        uint32_t word = r->table[POPTABLE_HEAD_WORDS + POPTABLE_ENTRY_WORDS * r->nentries + b];
        uint32_t stride = (word & 0xff) + 1 + ROW_COUNTS, first = (word >> 8) * (POPTABLE_GRAIN / 4);
        uint32_t rows = (uint32_t)image_get(r->blocks, b, SPIN_BLOCKS_rows);
        for (uint32_t i = 0, at = first; i < rows; i++, at += stride) {
            if (r->matrix[at] == 0)
                continue;
            *from = at < *from ? at : *from;
            if (address)
                address[n] = at * 4;
            n++;
        }
    }
    return n;
}

static void decode_learning(const hmn_core_view *v, spin_rom *r)
{
    uint32_t n;
    r->learning = (spin_learn_kind)core_value(v, SPIN_CORE_learning);
    r->dynamics = region(v, SPIN_SYNAPSE_DYNAMICS, &n);
    bool whole = true;
    stdp_kind kind;
    if (r->learning == SPIN_LEARN_STDP)
        whole = spin_program_rule_of((uint32_t)core_value(v, SPIN_CORE_rule), &kind) &&
                stdp_read(r->dynamics, n, kind, r->types, &r->stdp);
    if (r->learning == SPIN_LEARN_HYBRID)
        whole = hybrid_read(r->dynamics, n, r->n, &r->hybrid);
    HMN_ASSERT(whole); /* check.c */
    r->frozen = r->stdp;
    for (uint32_t t = 0; t < r->types; t++)
        r->frozen.type[t].plus = r->frozen.type[t].minus = r->frozen.type[t].plus3 = r->frozen.type[t].minus3 = 0;
    r->frozen.constant = 0;
    r->nlearn = learning_rows(r, NULL, &r->learning_from);
}

static void decode_synapses(const hmn_core_view *v, spin_rom *r)
{
    uint32_t n;
    const uint32_t *params = region(v, SPIN_SYNAPSE_PARAMS, &n);
    if (n == 0)
        return;
    r->types = params[1];
    r->format = (row_format){params[2], params[3], params[4]};
    for (uint32_t t = 0; t < r->types; t++)
        r->shift[t] = params[7 + t];
    r->table = region(v, SPIN_POPULATION_TABLE, &n);
    r->nentries = n ? r->table[0] : 0;
    r->matrix = region(v, SPIN_SYNAPTIC_MATRIX, &r->matrix_words);
    r->blocks = image_section(v->image, spin_core_tables, SPIN_BLOCKS, v->core);
    decode_learning(v, r);
}

spin_rom spin_decode(const hmn_core_view *v)
{
    uint32_t n;
    spin_rom r = {.seed = v->seed, .core = v->core};
    r.n = (uint32_t)core_value(v, SPIN_CORE_neurons);
    r.axons = (uint32_t)core_value(v, SPIN_CORE_axons);
    r.program =
        spin_program_of((uint32_t)core_value(v, SPIN_CORE_program) << 8 | (uint32_t)core_value(v, SPIN_CORE_model));
    r.words = spin_program_state(r.program);
    r.params = region(v, SPIN_NEURON_PARAMS, &n);
    r.substeps = n && r.program.kind != SPIN_KIND_DELAY ? r.params[0] : 1;
    const uint32_t *noise = region(v, SPIN_NEURON_NOISE, &n);
    r.noise = n && r.program.kind != SPIN_KIND_DELAY ? noise : NULL;
    if (r.program.kind == SPIN_KIND_DELAY) {
        r.relay = region(v, SPIN_DELAY_PARAMS, &n);
        r.relay = stages_check(r.relay, n, v->chip->limits->local_bytes) ? r.relay : NULL;
    }
    if (r.program.kind == SPIN_KIND_MANAGER) {
        r.manager = region(v, SPIN_MANAGER_PARAMS, &n);
        r.manager = manage_check(r.manager, n, r.axons) ? r.manager : NULL;
    }
    r.hears = region(v, SPIN_BROADCASTS, &n);
    r.hears = hears_check(r.hears, n) ? r.hears : NULL;
    decode_synapses(v, &r);
    uint32_t ncurrent_state = 0, nsources;
    r.sources = region(v, SPIN_CURRENT_SOURCES, &nsources);
    bool whole = current_check(r.sources, r.words ? nsources : 0, r.n, &r.ncurrents, &ncurrent_state);
    HMN_ASSERT(whole); /* check.c */
    r.step_ps = (uint64_t)image_get(image_host(v->image, HOST_NETWORK), 0, 2) * 1000;
    r.costs = cost_lay_out(v->chip->timing->profile[0]);
    r.bytes = sizeof r;
    r.at_first = reserve(&r.bytes, r.nentries + 1, sizeof(uint32_t));
    r.at_key = reserve(&r.bytes, r.nentries, sizeof(uint32_t));
    r.at_colour = reserve(&r.bytes, r.nentries, sizeof(uint32_t));
    r.at_current = reserve(&r.bytes, r.ncurrents, sizeof(core_current));
    r.at_learn = reserve(&r.bytes, r.nlearn, sizeof(uint32_t));
    r.state_bytes = sizeof(spin_state);
    r.st_neuron = reserve(&r.state_bytes, (uint64_t)r.n * r.words, sizeof(int32_t));
    r.st_recorded = reserve(&r.state_bytes, r.relay || r.manager ? 0 : r.n, sizeof(spin_tick));
    r.st_ring = reserve(&r.state_bytes, r.types ? ring_size(&r.format) : 0, sizeof(uint16_t));
    r.st_history = reserve(&r.state_bytes, r.learning == SPIN_LEARN_STDP ? r.n : 0, sizeof(stdp_history));
    r.st_hybrid = reserve(&r.state_bytes, r.hybrid.nstate, sizeof(uint32_t));
    r.st_current = reserve(&r.state_bytes, ncurrent_state, sizeof(uint32_t));
    r.st_relay = reserve(
        &r.state_bytes, r.relay ? stages_bytes(r.relay[STAGES_ATOMS], r.relay[STAGES_COUNT], r.relay[STAGES_STEPS]) : 0,
        sizeof(uint8_t));
    r.st_matrix = reserve(&r.state_bytes, r.matrix_words - r.learning_from, sizeof(uint32_t));
    return r;
}

hmn_core_size spin_size(const hmn_core_view *v)
{
    spin_rom r = spin_decode(v);
    return (hmn_core_size){.rom = r.bytes,
                           .state = r.state_bytes,
                           .compartments = r.n,
                           .axons = r.axons,
                           .learns = r.nentries > 0 || r.relay || r.manager,
                           .relay = r.relay != NULL,
                           .manager = r.manager != NULL,
                           .registers = r.hears ? r.hears[HEARS_REGISTERS] : 0,
                           .early = true,
                           .eager = true};
}

static void boot_neuron(const spin_rom *r, uint32_t i, int32_t *state)
{
    int32_t word[SPIN_MAX_WORDS];
    for (uint32_t k = 0; k < spin_program_words(r->program); k++)
        word[k] = (int32_t)r->params[spin_program_index(r->program, r->n, i, k)];
    if (r->program.kind == SPIN_KIND_NEURONS)
        spin_neuron_boot(r->program.model, word, r->substeps, state);
    else {
        state[0] = word[LOIHI_LIF_U];
        state[1] = word[LOIHI_LIF_V];
        state[2] = 0;
    }
}

/* What the HMN program reads of its rows before the first step. */
static void start_rows(const spin_rom *r, spin_state *s)
{
    const hybrid_core c = spin_hybrid_core(r, s);
    for (uint32_t k = 0; r->hybrid.rows && k < r->nlearn; k++) {
        row_view view;
        bool whole =
            row_read(spin_row_at(r, s, SPIN_ROM(uint32_t, r, learn)[k]), ROW_MAX_WORDS + ROW_COUNTS, false, &view);
        HMN_ASSERT(whole); /* check.c */
        hybrid_start(&c, &view);
    }
}

/* Noise of a neuron is drawn in every step. */
static uint32_t draws(const spin_rom *r)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < r->n; i++)
        if (r->program.kind == SPIN_KIND_LOIHI)
            n += (r->params[spin_program_index(r->program, r->n, i, LOIHI_LIF_NOISE)] & 0xFF) != 0;
        else if (r->program.kind == SPIN_KIND_NEURONS && r->noise)
            n += r->noise[1 + i] != 0;
    return n;
}

static hmn_counters own_work(const spin_rom *r)
{
    bool neurons = r->program.kind == SPIN_KIND_NEURONS || r->program.kind == SPIN_KIND_LOIHI;
    return (hmn_counters){.updates_active = neurons ? (uint64_t)r->n * r->substeps : 0,
                          .noise_draws = draws(r),
                          .relay_slots = r->relay ? r->relay[STAGES_ATOMS] * (r->relay[STAGES_COUNT] + 1) : 0};
}

void spin_boot(const hmn_core_view *v, void *rom, void *state)
{
    spin_rom *r = rom;
    *r = spin_decode(v);
    r->own = own_work(r);
    memset(state, 0, r->state_bytes);
    spin_state *s = state;
    s->noise = spin_kiss_default;
    uint32_t *first = (uint32_t *)(uintptr_t)SPIN_ROM(uint32_t, r, first);
    uint32_t *key = (uint32_t *)(uintptr_t)SPIN_ROM(uint32_t, r, key);
    uint32_t *colour = (uint32_t *)(uintptr_t)SPIN_ROM(uint32_t, r, colour);
    first[0] = 0;
    for (uint32_t k = 0; k < r->nentries; k++) {
        poptable_entry e = poptable_get(r->table, k);
        first[k + 1] = first[k] + e.neurons;
        key[k] = e.key;
        colour[k] = e.colour_bits;
    }
    uint32_t from;
    if (r->nlearn)
        learning_rows(r, (uint32_t *)(uintptr_t)SPIN_ROM(uint32_t, r, learn), &from);
    if (r->ncurrents) {
        uint32_t n;
        region(v, SPIN_CURRENT_SOURCES, &n);
        current_list(r->sources, n, r->n, (core_current *)(uintptr_t)SPIN_ROM(core_current, r, current));
        current_start(r->sources, n, r->n, SPIN_STATE_OF(uint32_t, r, state, current));
    }
    for (uint32_t i = 0; r->words && i < r->n; i++)
        boot_neuron(r, i, SPIN_STATE_OF(int32_t, r, state, neuron) + (size_t)i * r->words);
    if (r->matrix_words > r->learning_from)
        memcpy(SPIN_STATE_OF(uint32_t, r, state, matrix), r->matrix + r->learning_from,
               (r->matrix_words - r->learning_from) * sizeof(uint32_t));
    if (r->learning == SPIN_LEARN_HYBRID)
        start_rows(r, s);
}
