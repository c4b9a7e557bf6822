/* Holds a core's regions against limits and each other before anything is booted, so that stepping can trust them. */
#include "backends/spinnaker/core.h"

#include "backends/spinnaker/manage.h"
#include "backends/spinnaker/noise.h"

#include <stdarg.h>
#include <stdio.h>

typedef struct {
    const hmn_core_view *v;
    hmn_diag *diag;
    uint32_t neurons, axons, types;
    spin_program program;
    row_format format;
    spin_learn_kind learning;
    stdp_rule stdp;
    hybrid_rules hybrid;
    uint32_t nlearn; /* plastic rows so far */
} checker;

__attribute__((format(printf, 2, 3))) static bool wrong(checker *c, const char *format, ...)
{
    char text[200];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    diag_report(c->diag, DIAG_IMAGE_TABLE, (hmn_span){0}, "core %u: %s", c->v->core, text);
    return false;
}

static const uint32_t *region(const checker *c, spin_core_table table, uint32_t *n)
{
    return spin_region(c->v->image, table, c->v->core, n);
}

static bool check_core(checker *c)
{
    image_rows r = image_section(c->v->image, spin_core_tables, SPIN_CORE, c->v->core);
    if (r.rows != 1)
        return wrong(c, "there is not one row of core configuration");
    uint32_t kind = (uint32_t)image_get(r, 0, SPIN_CORE_program), model = (uint32_t)image_get(r, 0, SPIN_CORE_model);
    c->neurons = (uint32_t)image_get(r, 0, SPIN_CORE_neurons);
    c->axons = (uint32_t)image_get(r, 0, SPIN_CORE_axons);
    if (kind >= SPIN_KINDS || (kind == SPIN_KIND_NEURONS && model >= SPIN_MODEL_COUNT))
        return wrong(c, "it runs program %u of model %u, which is not there", kind, model);
    if (kind == SPIN_KIND_DELAY || kind == SPIN_KIND_MANAGER) {
        c->program = spin_program_of(kind << 8);
        return true;
    }
    if (c->neurons == 0 || c->neurons > c->v->chip->limits->compartments)
        return wrong(c, "it has %u neurons; a core has 1 to %u", c->neurons, c->v->chip->limits->compartments);
    c->program = spin_program_of(kind << 8 | model);
    c->types = spin_program_words(c->program) ? spin_program_receptors(c->program) : 0;
    return true;
}

static bool check_params(checker *c)
{
    uint32_t n;
    const uint32_t *w = region(c, SPIN_CORE_PARAMS, &n);
    if (n < 5 || w[1] != c->neurons || w[4] != c->types || n != 5 + c->types + c->neurons || w[3] > 15)
        return wrong(c, "region core_params has another number of neurons or synapse types");
    uint32_t words = spin_program_words(c->program);
    w = region(c, SPIN_NEURON_PARAMS, &n);
    if (words && (n != 1 + words * c->neurons || w[0] < 1 || w[0] > 1000))
        return wrong(c, "region neuron_params has %u words, not %u", n, 1 + words * c->neurons);
    return true;
}

static bool check_relay(checker *c)
{
    uint32_t n;
    const uint32_t *w = region(c, SPIN_DELAY_PARAMS, &n);
    if (!stages_check(w, n, c->v->chip->limits->local_bytes))
        return wrong(c, "region delay_params does not hold what its program reads");
    if (w[STAGES_ATOMS] != c->axons || (uint64_t)w[STAGES_ATOMS] * w[STAGES_COUNT] != c->neurons)
        return wrong(c, "region delay_params has another number of neurons or stages");
    return true;
}

static bool check_manager(checker *c)
{
    uint32_t n;
    const uint32_t *w = region(c, SPIN_MANAGER_PARAMS, &n);
    if (!manage_check(w, n, c->axons))
        return wrong(c, "region manager_params does not hold what its program reads");
    return w[MANAGE_REGISTERS] == c->neurons || wrong(c, "region manager_params has another number of registers");
}

/* Which key brings which register: cores of the HMN program have it, others not. */
static bool check_broadcasts(checker *c)
{
    uint32_t n;
    const uint32_t *w = region(c, SPIN_BROADCASTS, &n);
    bool whole = n == 0 || hears_check(w, n);
    return (whole && (n > 0) == (c->learning == SPIN_LEARN_HYBRID)) ||
           wrong(c, "region broadcasts does not hold what its program reads");
}

static bool check_synapse_params(checker *c)
{
    uint32_t n;
    const uint32_t *w = region(c, SPIN_SYNAPSE_PARAMS, &n);
    if (n != 7 + c->types || w[0] != c->neurons || w[1] != c->types || c->types > CORE_TYPES)
        return wrong(c, "region synapse_params has another number of neurons or synapse types");
    if (w[2] > 16 || w[3] > 16 || w[4] > 16 || w[2] + w[3] + w[4] > 16 || c->neurons > 1u << w[2] ||
        c->types > 1u << w[3])
        return wrong(c, "the fields of a synapse take %u + %u + %u bits", w[2], w[3], w[4]);
    c->format = (row_format){w[2], w[3], w[4]};
    for (uint32_t t = 0; t < c->types; t++)
        if (w[7 + t] > 31)
            return wrong(c, "a ring buffer is shifted by %u", w[7 + t]);
    return true;
}

static bool check_row(checker *c, const uint32_t *at, uint32_t stride)
{
    row_view view;
    const stdp_core stdp = {&c->stdp, NULL, NULL, c->format};
    const synapse_core core = {.format = c->format, .stdp = c->learning == SPIN_LEARN_STDP ? &stdp : NULL};
    const hybrid_core hybrid = {.rules = &c->hybrid, .format = c->format};
    uint32_t *row = (uint32_t *)(uintptr_t)at; /* read only */
    bool reward = c->learning == SPIN_LEARN_STDP && stdp_is_reward(c->stdp.kind, row);
    if (!row_read(row, stride, reward, &view))
        return wrong(c, "a row of synapses reaches past its words");
    if (c->learning == SPIN_LEARN_HYBRID && view.nplastic > 0 ? !hybrid_row_fits(&hybrid, &view)
                                                              : !synapse_row_fits(&core, row, stride, c->neurons))
        return wrong(c, "a row of plastic synapses lacks words, or names what there is not");
    bool learns = c->learning == SPIN_LEARN_HYBRID && view.nplastic > 0;
    const hybrid_rule *rule = learns ? &c->hybrid.rule[hybrid_row_rule(view.plastic)] : NULL;
    if (learns && rule->timescales && hybrid_row_number(rule, view.plastic) != c->nlearn)
        return wrong(c, "rows that learn are not numbered in order");
    c->nlearn += learns;
    for (uint32_t k = 0; k < view.nfixed; k++)
        if (row_index(&c->format, view.fixed[k]) >= c->neurons || row_type(&c->format, view.fixed[k]) >= c->types)
            return wrong(c, "a synapse leads to a neuron or type that is not there");
    return true;
}

static bool check_block(checker *c, uint32_t word, uint32_t rows)
{
    uint32_t n, stride = (word & 0xff) + 1 + ROW_COUNTS;
    const uint32_t *matrix = region(c, SPIN_SYNAPTIC_MATRIX, &n);
    uint64_t first = (uint64_t)(word >> 8) * (POPTABLE_GRAIN / 4);
    if (word >> 8 == POPTABLE_NO_ADDRESS || first + (uint64_t)rows * stride > n)
        return wrong(c, "a block of rows lies outside the synaptic matrix");
    for (uint32_t i = 0; i < rows; i++)
        if (!check_row(c, matrix + first + (size_t)i * stride, stride))
            return false;
    return true;
}

static bool check_dynamics(checker *c)
{
    uint32_t n;
    const uint32_t *w = region(c, SPIN_SYNAPSE_DYNAMICS, &n);
    image_rows r = image_section(c->v->image, spin_core_tables, SPIN_CORE, c->v->core);
    uint32_t kind = (uint32_t)image_get(r, 0, SPIN_CORE_learning);
    c->learning = (spin_learn_kind)kind;
    if (kind == SPIN_LEARN_NONE)
        return n == 0 || wrong(c, "it has a learning rule, and no program that learns");
    stdp_kind rule;
    bool known = spin_program_rule_of((uint32_t)image_get(r, 0, SPIN_CORE_rule), &rule);
    bool whole = kind == SPIN_LEARN_STDP     ? n > 0 && known && stdp_read(w, n, rule, c->types, &c->stdp)
                 : kind == SPIN_LEARN_HYBRID ? n > 0 && hybrid_read(w, n, c->neurons, &c->hybrid)
                                             : false;
    return whole || wrong(c, "region synapse_dynamics does not hold what its program reads");
}

/* The keys of an entry are a block of a power of two, hold all its neurons and colours, and end before the next. */
static bool keys_fit(const uint32_t *table, uint32_t k)
{
    poptable_entry e = poptable_get(table, k);
    uint32_t low = ~e.mask;
    bool block = (low & (low + 1)) == 0 && (e.key & low) == 0;
    bool holds = e.neurons > 0 && (uint64_t)e.neurons << e.colour_bits <= (uint64_t)low + 1;
    return block && holds && (k + 1 == table[0] || (uint64_t)e.key + low < poptable_get(table, k + 1).key);
}

/* Rows of a relay come stage by stage. */
static bool whole_stages(image_rows blocks, uint32_t block, uint32_t rows)
{
    uint32_t held = (uint32_t)image_get(blocks, block, SPIN_BLOCKS_neurons);
    return held == 0 || rows % held == 0;
}

/* Every entry's rows, and that the blocks say the same. */
static bool check_table(checker *c)
{
    uint32_t n, axon = 0, block = 0;
    const uint32_t *w = region(c, SPIN_POPULATION_TABLE, &n);
    image_rows blocks = image_section(c->v->image, spin_core_tables, SPIN_BLOCKS, c->v->core);
    if (n < POPTABLE_HEAD_WORDS || !poptable_check(w, n) || blocks.rows != w[1])
        return wrong(c, "the population table does not hold what it says");
    const uint32_t *address = w + POPTABLE_HEAD_WORDS + (size_t)POPTABLE_ENTRY_WORDS * w[0];
    for (uint32_t k = 0; k < w[0]; k++) {
        poptable_entry e = poptable_get(w, k);
        if (!keys_fit(w, k) || e.start != block || e.core_mask)
            return wrong(c, "the population table is not in order");
        for (uint32_t i = 0; i < e.count; i++, block++)
            if (image_get(blocks, block, SPIN_BLOCKS_axon) != axon ||
                image_get(blocks, block, SPIN_BLOCKS_rows) != e.neurons || !whole_stages(blocks, block, e.neurons) ||
                !check_block(c, address[e.start + i], e.neurons))
                return wrong(c, "block %u does not match the population table", block);
        axon += e.neurons;
    }
    if (c->hybrid.rows && c->hybrid.rows != c->nlearn)
        return wrong(c, "%u rows learn, not %u", c->nlearn, c->hybrid.rows);
    return (axon == c->axons && block == w[1]) || wrong(c, "the population table has another number of sources");
}

static bool check_currents(checker *c)
{
    uint32_t n, npairs, nstate;
    const uint32_t *w = region(c, SPIN_CURRENT_SOURCES, &n);
    if (!current_check(w, n, c->neurons, &npairs, &nstate))
        return wrong(c, "region current_sources names a source that is not there, or ends too early or late");
    return c->program.kind != SPIN_KIND_LOIHI || current_constant(w, n, c->neurons) ||
           wrong(c, "current sources of integer neurons are not all constant");
}

/* Noise and adapting biases enter I_offset's place: integrate-and-fire neurons of the programs have it. */
static bool check_noise(checker *c)
{
    uint32_t n;
    const uint32_t *w = region(c, SPIN_NEURON_NOISE, &n);
    bool lif = c->program.kind == SPIN_KIND_NEURONS && c->program.model->part[SPIN_NEURON] == SPIN_PART_LIF;
    return (spin_noise_fits(w, n, c->neurons) && (n == 0 || lif)) ||
           wrong(c, "region neuron_noise does not hold what its program reads");
}

bool spin_check(const hmn_core_view *v, hmn_diag *d)
{
    checker c = {.v = v, .diag = d};
    if (!check_core(&c))
        return false;
    if (c.program.kind == SPIN_KIND_DELAY)
        return check_relay(&c);
    if (c.program.kind == SPIN_KIND_MANAGER)
        return check_manager(&c);
    if (!check_params(&c))
        return false;
    if (c.types == 0)
        return c.axons == 0 || wrong(&c, "it has axons and no neurons");
    return check_synapse_params(&c) && check_dynamics(&c) && check_broadcasts(&c) && check_table(&c) &&
           check_currents(&c) && check_noise(&c);
}
