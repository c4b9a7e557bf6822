/* Widths of a synapse's fields, words of rows, bytes of data memory. */
#include "backends/spinnaker/layout.h"

#include "backends/spinnaker/learn.h"
#include "backends/spinnaker/stages.h"
#include "tests/backends/spinnaker/fixture.h"

/* Passes up to the one that lowers rules, of a network with one projection of this delay. */
static spin_net opened(const char *delay, const char *more)
{
    char text[1024];
    snprintf(text, sizeof text,
             "hmn: 1\n"
             "populations:\n"
             "  s: {size: 10, model: spike_source_poisson, params: {rate: 10 Hz}}\n"
             "  a: {size: 100, model: IF_curr_exp}\n"
             "plasticity_rules:\n"
             "  p: {type: stdp, traces: {A_plus: 0.1, A_minus: 0.1, tau_plus: 20 ms, tau_minus: 20 ms},\n"
             "      weight_bounds: [0, 2]}\n"
             "projections:\n"
             "  j: {pre: s, post: a, connector: {type: all_to_all}, weight: 0.5, delay: %s%s}\n",
             delay, more);
    spin_net n;
    ck_assert_msg(spin_compile(&n, text, "learn"), "%s", spin_message(&n));
    return n;
}

static void expect_format(const char *delay, const char *more, uint32_t neurons, uint32_t index, uint32_t bits)
{
    spin_net n = opened(delay, more);
    row_format f = spin_format(n.unit.qnet, 1, neurons);
    ck_assert_uint_eq(f.index_bits, index);
    ck_assert_uint_eq(f.type_bits, 1);
    ck_assert_uint_eq(f.delay_bits, bits);
    spin_close(&n);
}

START_TEST(fields_are_as_wide_as_neurons_types_and_delays_ask_for)
{
    expect_format("1 ms", "", 100, 7, 1);
    expect_format("1 ms", "", 64, 6, 1);
    expect_format("1 ms", "", 65, 7, 1);
    expect_format("5 ms", "", 100, 7, 3);
    expect_format("8 ms", "", 100, 7, 3); /* 8 is written 0 */
    expect_format("9 ms", "", 100, 7, 4);
    expect_format("16 ms", "", 100, 7, 4);
}
END_TEST

START_TEST(a_delay_beyond_the_slots_takes_no_more_bits_than_a_stage)
{
    expect_format("17 ms", "", 100, 7, 4);
    expect_format("200 ms", "", 100, 7, 4);
}
END_TEST

START_TEST(a_plastic_row_never_writes_its_longest_delay_as_zero)
{
    expect_format("7 ms", ", plasticity: p", 100, 7, 3);
    expect_format("8 ms", ", plasticity: p", 100, 7, 4);
    expect_format("16 ms", ", plasticity: p", 100, 7, 5);
    expect_format("100 ms", ", plasticity: p", 100, 7, 7); /* it does not go by stages */
}
END_TEST

START_TEST(a_row_has_a_word_a_fixed_synapse_and_head_weights_and_controls_of_plastic_ones)
{
    spin_net n = opened("1 ms", ""), plastic = opened("1 ms", ", plasticity: p");
    ck_assert_uint_eq(spin_row_words(n.unit.qnet, 0, 7), 7);
    ck_assert_uint_eq(spin_row_words(plastic.unit.qnet, 0, 7), 2 + 4 + 4); /* time and trace; half-words */
    ck_assert_uint_eq(spin_row_words(plastic.unit.qnet, 0, 8), 2 + 4 + 4);
    spin_close(&n);
    spin_close(&plastic);
}
END_TEST

static uint32_t bytes(const spin_net *n, uint32_t population, uint32_t neurons, uint32_t entries)
{
    return spin_local_bytes(n->unit.qnet, population, neurons, entries, entries);
}

START_TEST(data_memory_counts_neurons_ring_buffers_tables_and_histories)
{
    spin_net n = opened("16 ms", ""), plastic = opened("15 ms", ", plasticity: p");
    uint32_t words = spin_program_state(spin_program_of(n.unit.qnet->population[1].program));
    ck_assert_uint_eq(bytes(&n, 1, 33, 1) - bytes(&n, 1, 32, 1),
                      4 * (words + 2) + 2 * 32 * 2 * 16); /* the ring buffer doubles */
    ck_assert_uint_eq(bytes(&n, 1, 64, 1) - bytes(&n, 1, 63, 1), 4 * (words + 2));
    ck_assert_uint_eq(bytes(&n, 1, 64, 4) - bytes(&n, 1, 64, 3), 4 * (5 + 1));
    ck_assert_uint_eq(bytes(&plastic, 1, 64, 1) - bytes(&n, 1, 64, 1), spin_learn_bytes(plastic.unit.qnet, 1, 64));
    ck_assert_uint_gt(spin_learn_bytes(plastic.unit.qnet, 1, 64), 64 * 16 * 4);
    spin_close(&n);
    spin_close(&plastic);
}
END_TEST

START_TEST(a_slice_pays_for_its_relay_where_that_is_larger)
{
    spin_net n = opened("16 ms", ""), far = opened("250 ms", "");
    ck_assert_uint_eq(bytes(&n, 0, 10, 0), LAYOUT_OVERHEAD + 10 * 4 > LAYOUT_OVERHEAD + LAYOUT_SPIKE_BUFFER
                                               ? LAYOUT_OVERHEAD + 10 * 4
                                               : LAYOUT_OVERHEAD + LAYOUT_SPIKE_BUFFER);
    ck_assert_uint_eq(bytes(&far, 0, 10, 0), LAYOUT_OVERHEAD + LAYOUT_SPIKE_BUFFER + 10 * stages_slots(15, 16));
    spin_close(&n);
    spin_close(&far);
}
END_TEST

SUITE("layout", fields_are_as_wide_as_neurons_types_and_delays_ask_for,
      a_delay_beyond_the_slots_takes_no_more_bits_than_a_stage, a_plastic_row_never_writes_its_longest_delay_as_zero,
      a_row_has_a_word_a_fixed_synapse_and_head_weights_and_controls_of_plastic_ones,
      data_memory_counts_neurons_ring_buffers_tables_and_histories, a_slice_pays_for_its_relay_where_that_is_larger)
