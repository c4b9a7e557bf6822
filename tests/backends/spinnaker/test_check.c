/* No damage of an image's tables gets past the checker into a step. */
#include "tests/backends/spinnaker/fixture.h"

#include "backends/spinnaker/core.h"

static const char net[] = "hmn: 1\n"
                          "populations:\n"
                          "  s: {size: 3, model: spike_source_poisson, params: {rate: 100 Hz}}\n"
                          "  a: {size: 3, model: IF_curr_exp, params: {noise: 0.1 nA}}\n"
                          "projections: {p: {pre: s, post: a, connector: {type: all_to_all}, weight: 1}}\n"
                          "stimuli: {i: {target: a, type: current, amplitude: 0.5 nA, duration: 3 ms}}\n";

typedef struct {
    const char *what;
    spin_core_table table;
    uint32_t word, value;
} damage;

/* The image with one word of a region of core 1 changed, as the chip sees it: whether it passes. */
static bool passes(const spin_net *n, const damage *d)
{
    const hmn_table *tables = n->unit.chip->tables;
    image_writer *w = image_writer_new(n->arena, "spinnaker", image_cores(n->image), 1);
    for (uint32_t core = 0; core < image_cores(n->image); core++)
        for (uint32_t t = 0; t < SPIN_TABLES; t++) {
            image_rows r = image_section(n->image, tables, t, core);
            uint64_t words = r.rows * (r.rows ? schema_row_words(&tables[t]) : 0);
            uint64_t *copy = ARENA_NEW(n->arena, uint64_t, words + 1);
            if (r.rows == 0)
                continue;
            memcpy(copy, r.words, words * 8);
            if (core == 1 && d && t == d->table)
                ((uint32_t *)(void *)copy)[d->word] = d->value;
            image_add_rows(w, t, core, schema_row_words(&tables[t]), copy, r.rows);
        }
    size_t size;
    const void *bytes = image_finish(w, &size);
    hmn_image *m = image_from_memory(bytes, size, "damaged", n->diag);
    ck_assert_ptr_nonnull(m);
    bool ok = spin_check(&(hmn_core_view){m, n->unit.chip, 1, 1}, n->diag);
    image_close(m);
    return ok;
}

START_TEST(a_changed_word_is_refused)
{
    static const damage list[] = {
        {"neurons of core_params", SPIN_CORE_PARAMS, 1, 5},
        {"types of core_params", SPIN_CORE_PARAMS, 4, 3},
        {"sub-steps", SPIN_NEURON_PARAMS, 0, 0},
        {"neurons of synapse_params", SPIN_SYNAPSE_PARAMS, 0, 2},
        {"bits of a synapse", SPIN_SYNAPSE_PARAMS, 2, 16},
        {"a shift", SPIN_SYNAPSE_PARAMS, 7, 32},
        {"entries", SPIN_POPULATION_TABLE, 0, 2},
        {"an address", SPIN_POPULATION_TABLE, 7, 0x00ffff03},
        {"fixed synapses of a row", SPIN_SYNAPTIC_MATRIX, 1, 9},
        {"plastic words of a row", SPIN_SYNAPTIC_MATRIX, 0, 2},
        {"the neuron of a synapse", SPIN_SYNAPTIC_MATRIX, 3, 0xffff},
        {"current sources", SPIN_CURRENT_SOURCES, 0, 7},
        {"a list of sources", SPIN_CURRENT_SOURCES, 1, 1000},
        {"whether biases adapt", SPIN_NEURON_NOISE, 0, 2},
        {"a deviation", SPIN_NEURON_NOISE, 2, 0x80000000},
    };
    spin_net n = spin_open(net, 1);
    ck_assert(passes(&n, NULL));
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        ck_assert_msg(!passes(&n, &list[i]), "%s", list[i].what);
    spin_close(&n);
}
END_TEST

SUITE("check", a_changed_word_is_refused)
