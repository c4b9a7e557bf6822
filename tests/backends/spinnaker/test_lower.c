/* The words of a core's regions, one by one, from small networks. */
#include "backends/spinnaker/lower.h"

#include "backends/spinnaker/core_tables.h"
#include "backends/spinnaker/poptable.h"
#include "backends/spinnaker/program.h"
#include "backends/spinnaker/row.h"
#include "backends/spinnaker/stages.h"
#include "tests/backends/spinnaker/fixture.h"

static const char net[] = "hmn: 1\n"
                          "populations:\n"
                          "  s: {size: 2, model: spike_source_array, spike_times: [[1 ms], [2 ms]]}\n"
                          "  a: {size: 5, model: IF_curr_exp, params: {cm: [1, 2, 3, 4, 5]}, initial: {v: -60 mV}}\n"
                          "  b: {size: 2, model: IF_curr_exp}\n"
                          "projections:\n"
                          "  e: {pre: s, post: a, connector: {type: from_list, list:\n"
                          "      [[0, 0, 1, 1], [0, 3, 0.5, 7], [1, 4, 0.25, 2]]}}\n"
                          "  i: {pre: s, post: a, receptor_type: inhibitory, connector: {type: from_list,\n"
                          "      list: [[1, 3, 0.5, 16]]}}\n"
                          "  on: {pre: a, post: b, connector: {type: all_to_all}, weight: 1}\n"
                          "target: {neurons_per_core: 3}\n";

static uint32_t core_of(const spin_net *n, const char *population, uint32_t neuron)
{
    const hmn_mapping *m = n->unit.mapping;
    const hmn_graph *g = m->qnet->graph;
    for (uint32_t k = 0; k < g->npopulations; k++)
        if (strcmp(g->population[k].name, population) == 0)
            return m->neuron_core[g->population[k].first + neuron];
    ck_abort_msg("%s", population);
    return 0;
}

static const uint32_t *words_of(const spin_net *n, spin_core_table table, uint32_t core, uint32_t *count)
{
    return spin_region(n->image, table, core, count);
}

START_TEST(core_params_name_neurons_types_shifts_and_keys)
{
    spin_net n = spin_open(net, 1);
    const hmn_mapping *m = n.unit.mapping;
    const spin_plan *plan = m->plan;
    uint32_t core = core_of(&n, "a", 3), count;
    const uint32_t *w = words_of(&n, SPIN_CORE_PARAMS, core, &count);
    const qnet_population *q = &m->qnet->population[m->slice[m->core_first_slice[core]].population];
    const uint32_t want[] = {1,
                             2,
                             2,
                             SPIN_COLOUR_BITS,
                             2,
                             (uint32_t)q->shift[0],
                             (uint32_t)q->shift[1],
                             plan->key[core],
                             plan->key[core] | 1 << SPIN_COLOUR_BITS};
    ck_assert_uint_eq(count, 9);
    ck_assert_mem_eq(w, want, sizeof want);
    w = words_of(&n, SPIN_CORE_PARAMS, core_of(&n, "b", 0), &count);
    ck_assert_uint_eq(w[0], 0); /* sends to nobody */
    ck_assert_uint_eq(w[7], 0);
    ck_assert_uint_eq(words_of(&n, SPIN_CORE_PARAMS, core_of(&n, "a", 0), &count)[2], 4); /* 3 neurons: 4 */
    spin_close(&n);
}
END_TEST

START_TEST(neuron_params_are_those_of_the_slices_neurons)
{
    spin_net n = spin_open(net, 1);
    uint32_t count;
    const uint32_t *w = words_of(&n, SPIN_NEURON_PARAMS, core_of(&n, "a", 3), &count);
    uint32_t words = spin_program_words(spin_program_of(0 << 8 | SPIN_MODEL_IF_CURR_EXP));
    ck_assert_uint_eq(count, 1 + 2 * words);
    ck_assert_uint_eq(w[0], 1);
    for (uint32_t i = 0; i < 2; i++) {
        const uint32_t *lif = w + 1 + 9 * i; /* v, v_rest, c_m, tau_m, ... */
        ck_assert_int_eq((int32_t)lif[0], -60 * 32768);
        ck_assert_uint_eq(lif[2], (4 + i) << 15);
    }
    spin_close(&n);
}
END_TEST

/* The rows of a source neuron's two blocks. */
static row_view row_of(const spin_net *n, uint32_t core, uint32_t block, uint32_t neuron)
{
    uint32_t count;
    const uint32_t *table = words_of(n, SPIN_POPULATION_TABLE, core, &count);
    ck_assert(poptable_check(table, count));
    uint32_t word = table[POPTABLE_HEAD_WORDS + POPTABLE_ENTRY_WORDS * table[0] + block];
    uint32_t *matrix = (uint32_t *)(uintptr_t)words_of(n, SPIN_SYNAPTIC_MATRIX, core, &count);
    uint32_t stride = (word & 0xff) + 1 + ROW_COUNTS;
    row_view v;
    ck_assert(row_read(matrix + (word >> 8) * (POPTABLE_GRAIN / 4) + neuron * stride, stride, false, &v));
    return v;
}

static void expect_synapse(const spin_net *n, uint32_t core, uint32_t word, double weight, uint32_t index,
                           uint32_t type, uint32_t delay)
{
    uint32_t count;
    const uint32_t *p = words_of(n, SPIN_SYNAPSE_PARAMS, core, &count);
    row_format f = {p[2], p[3], p[4]};
    ck_assert_uint_eq(row_index(&f, word), index);
    ck_assert_uint_eq(row_type(&f, word), type);
    ck_assert_uint_eq(row_delay(&f, word), delay & ((1u << f.delay_bits) - 1));
    ck_assert_uint_eq(row_weight(word), (uint32_t)ldexp(weight, 15 - (int)p[7 + type]));
}

START_TEST(a_row_holds_the_synapses_onto_its_core_and_no_others)
{
    spin_net n = spin_open(net, 1);
    uint32_t first = core_of(&n, "a", 0), second = core_of(&n, "a", 3), count;
    row_view v = row_of(&n, first, 0, 0);
    ck_assert_uint_eq(v.nfixed, 1);
    ck_assert_uint_eq(v.nplastic, 0);
    expect_synapse(&n, first, v.fixed[0], 1, 0, 0, 1);
    ck_assert_uint_eq(row_of(&n, first, 0, 1).nfixed, 0);
    v = row_of(&n, second, 0, 0); /* neuron 3 is 0 there */
    ck_assert_uint_eq(v.nfixed, 1);
    expect_synapse(&n, second, v.fixed[0], 0.5, 0, 0, 7);
    expect_synapse(&n, second, row_of(&n, second, 0, 1).fixed[0], 0.25, 1, 0, 2);
    ck_assert_uint_eq(words_of(&n, SPIN_POPULATION_TABLE, first, &count)[1], 1);  /* nothing of i */
    ck_assert_uint_eq(words_of(&n, SPIN_POPULATION_TABLE, second, &count)[0], 1); /* one entry, two blocks */
    ck_assert_uint_eq(words_of(&n, SPIN_POPULATION_TABLE, second, &count)[1], 2);
    ck_assert_uint_eq(row_of(&n, second, 1, 0).nfixed, 0);
    expect_synapse(&n, second, row_of(&n, second, 1, 1).fixed[0], 0.5, 0, 1, 16);
    spin_close(&n);
}
END_TEST

START_TEST(an_entry_matches_the_keys_of_its_senders)
{
    spin_net n = spin_open(net, 1);
    const spin_plan *plan = n.unit.mapping->plan;
    uint32_t count, core = core_of(&n, "a", 3), from = core_of(&n, "s", 0);
    poptable_entry e = poptable_get(words_of(&n, SPIN_POPULATION_TABLE, core, &count), 0);
    ck_assert_uint_eq(e.key, plan->key[from]);
    ck_assert_uint_eq(e.mask, plan->mask[from]);
    ck_assert_uint_eq(e.colour_bits, SPIN_COLOUR_BITS);
    ck_assert_uint_eq(e.neurons, 2);
    image_rows blocks = image_section(n.image, spin_core_tables, SPIN_BLOCKS, core);
    ck_assert_uint_eq(blocks.rows, 2);
    for (uint32_t k = 0; k < 2; k++) {
        ck_assert_int_eq(image_get(blocks, k, SPIN_BLOCKS_projection), k);
        ck_assert_int_eq(image_get(blocks, k, SPIN_BLOCKS_axon), 0);
        ck_assert_int_eq(image_get(blocks, k, SPIN_BLOCKS_rows), 2);
    }
    spin_close(&n);
}
END_TEST

static const char far[] = "hmn: 1\n"
                          "populations:\n"
                          "  s: {size: 2, model: spike_source_array, spike_times: [[1 ms], [2 ms]]}\n"
                          "  a: {size: 2, model: IF_curr_exp}\n"
                          "projections:\n"
                          "  e: {pre: s, post: a, connector: {type: from_list,\n"
                          "      list: [[0, 0, 1, 3], [0, 1, 1, 35], [1, 1, 1, 17]]}}\n";

START_TEST(long_delays_wait_in_the_rows_of_their_stage)
{
    spin_net n = spin_open(far, 1);
    uint32_t core = core_of(&n, "a", 0), count;
    const uint32_t *table = words_of(&n, SPIN_POPULATION_TABLE, core, &count);
    ck_assert_uint_eq(table[0], 2); /* the slice, its relay */
    expect_synapse(&n, core, row_of(&n, core, 0, 0).fixed[0], 1, 0, 0, 3);
    ck_assert_uint_eq(row_of(&n, core, 0, 1).nfixed, 0);
    ck_assert_uint_eq(row_of(&n, core, 1, 0).nfixed, 0);                   /* stage 1 of neuron 0 */
    expect_synapse(&n, core, row_of(&n, core, 1, 1).fixed[0], 1, 1, 0, 1); /* 17 = 16 + 1 */
    expect_synapse(&n, core, row_of(&n, core, 1, 2).fixed[0], 1, 1, 0, 3); /* 35 = 32 + 3 */
    const spin_plan *plan = n.unit.mapping->plan;
    uint32_t relay = n.unit.mapping->relay[0].core;
    const uint32_t *w = words_of(&n, SPIN_DELAY_PARAMS, relay, &count);
    const uint32_t want[STAGES_WORDS] = {
        1, plan->key[relay], plan->key[core_of(&n, "s", 0)], plan->mask[core_of(&n, "s", 0)], 2, 2, 16,
        0, SPIN_COLOUR_BITS};
    ck_assert_uint_eq(count, STAGES_WORDS);
    ck_assert_mem_eq(w, want, sizeof want);
    spin_close(&n);
}
END_TEST

START_TEST(core_0_alone_keeps_the_machine_and_its_tables)
{
    spin_net n = spin_open(net, 1);
    const spin_plan *plan = n.unit.mapping->plan;
    for (uint32_t core = 0; core < image_cores(n.image); core++) {
        ck_assert_uint_eq(image_section(n.image, spin_core_tables, SPIN_MACHINE, core).rows, core == 0);
        ck_assert_uint_eq(image_section(n.image, spin_core_tables, SPIN_ROUTERS, core).rows,
                          core ? 0 : plan->routers.row[plan->machine->nchips]);
    }
    image_rows r = image_section(n.image, spin_core_tables, SPIN_ROUTERS, 0);
    for (uint32_t k = 0; k < r.rows; k++) {
        ck_assert_int_eq(image_get(r, k, SPIN_ROUTERS_key), plan->routers.entry[k].key);
        ck_assert_int_eq(image_get(r, k, SPIN_ROUTERS_mask), plan->routers.entry[k].mask);
        ck_assert_int_eq(image_get(r, k, SPIN_ROUTERS_route), plan->routers.entry[k].route);
    }
    spin_close(&n);
}
END_TEST

START_TEST(a_network_without_currents_says_that_there_are_none)
{
    spin_net n = spin_open(net, 1);
    uint32_t count;
    const uint32_t *w = words_of(&n, SPIN_CURRENT_SOURCES, core_of(&n, "a", 0), &count);
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(w[0], 0);
    ck_assert_uint_eq((words_of(&n, SPIN_NEURON_NOISE, core_of(&n, "a", 0), &count), count), 0);
    ck_assert_uint_eq((words_of(&n, SPIN_BROADCASTS, core_of(&n, "a", 0), &count), count), 0);
    spin_close(&n);
}
END_TEST

SUITE("lower", core_params_name_neurons_types_shifts_and_keys, neuron_params_are_those_of_the_slices_neurons,
      a_row_holds_the_synapses_onto_its_core_and_no_others, an_entry_matches_the_keys_of_its_senders,
      long_delays_wait_in_the_rows_of_their_stage, core_0_alone_keeps_the_machine_and_its_tables,
      a_network_without_currents_says_that_there_are_none)
