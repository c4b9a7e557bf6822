/* What a core knows before step 0. */
#include "backends/spinnaker/core.h"

#include "tests/backends/spinnaker/fixture.h"

static const char net[] =
    "hmn: 1\n"
    "populations:\n"
    "  s: {size: 2, model: spike_source_poisson, params: {rate: 10 Hz}}\n"
    "  a: {size: 3, model: IF_curr_exp, initial: {v: [-60, -61, -62]}}\n"
    "  r: {size: 2, model: loihi_lif, initial: {v: 77}}\n"
    "plasticity_rules:\n"
    "  p: {type: stdp, traces: {A_plus: 0.1, A_minus: 0.1, tau_plus: 20 ms, tau_minus: 20 ms}, weight_bounds: [0, 2]}\n"
    "projections:\n"
    "  fix: {pre: s, post: a, connector: {type: all_to_all}, weight: 0.5}\n"
    "  learn: {pre: s, post: a, connector: {type: from_list, list: [[0, 0], [1, 1]]}, weight: 0.25, plasticity: p}\n"
    "  on: {pre: a, post: r, connector: {type: all_to_all}, weight: 3, delay: 20 ms}\n"
    "stimuli:\n"
    "  i: {target: a, type: current, amplitude: 0.5 nA, start: 2 ms, duration: 3 ms}\n"
    "  k: {target: a, type: current, amplitude: [0 nA, 1 nA, 0 nA], start: 4 ms, duration: 4 ms}\n";

typedef struct {
    spin_net n;
    hmn_core_view view;
    hmn_core_size size;
    spin_rom *rom;
    spin_state *state;
} bench;

static bench booted(uint32_t kind, bool relay)
{
    bench b = {.n = spin_open(net, 1)};
    for (uint32_t core = 0; core < image_cores(b.n.image); core++) {
        b.view = (hmn_core_view){b.n.image, b.n.unit.chip, core, 5};
        spin_rom r = spin_decode(&b.view);
        if (r.program.kind != kind || (r.relay != NULL) != relay)
            continue;
        b.size = spin_size(&b.view);
        b.rom = arena_alloc(b.n.arena, b.size.rom, 64);
        b.state = arena_alloc(b.n.arena, b.size.state, 64);
        memset(b.state, 0xA5, b.size.state);
        spin_boot(&b.view, b.rom, b.state);
        return b;
    }
    ck_abort_msg("no such core");
    return b;
}

START_TEST(neurons_begin_where_their_parameters_say_and_rings_are_empty)
{
    bench b = booted(SPIN_KIND_NEURONS, false);
    ck_assert_uint_eq(b.size.compartments, 3);
    ck_assert_uint_eq(b.size.axons, 2);
    ck_assert(b.size.learns && b.size.early && b.size.eager && !b.size.relay && !b.size.manager);
    for (uint32_t i = 0; i < 3; i++)
        ck_assert_int_eq(spin_read(b.rom, b.state, VAR_V, i), -(60 + (int32_t)i) * 32768);
    const uint16_t *ring = SPIN_STATE_CONST(uint16_t, b.rom, b.state, ring);
    for (uint32_t k = 0; k < ring_size(&b.rom->format); k++)
        ck_assert_uint_eq(ring[k], 0);
    const stdp_history *h = SPIN_STATE_CONST(stdp_history, b.rom, b.state, history);
    ck_assert_uint_eq(h[0].lost + h[2].lost, 0);
    ck_assert_uint_eq(b.state->now, 0);
    spin_close(&b.n);
}
END_TEST

START_TEST(two_boots_give_the_same_bytes)
{
    bench b = booted(SPIN_KIND_NEURONS, false);
    void *again = arena_alloc(b.n.arena, b.size.state, 64);
    memset(again, 0x5A, b.size.state);
    spin_boot(&b.view, b.rom, again);
    ck_assert_mem_eq(b.state, again, b.size.state);
    spin_close(&b.n);
}
END_TEST

START_TEST(rows_that_learn_are_listed_and_copied_and_no_others)
{
    bench b = booted(SPIN_KIND_NEURONS, false);
    const spin_rom *r = b.rom;
    ck_assert_uint_eq(r->nlearn, 2);
    const uint32_t *address = SPIN_ROM(uint32_t, r, learn);
    ck_assert_uint_eq(address[0], 4 * r->learning_from);
    ck_assert_uint_gt(address[1], address[0]);
    ck_assert_uint_gt(r->learning_from, 0); /* the fixed block is before it */
    const uint32_t *copy = SPIN_STATE_CONST(uint32_t, r, b.state, matrix);
    ck_assert_mem_eq(copy, r->matrix + r->learning_from, 4 * (r->matrix_words - r->learning_from));
    ck_assert_ptr_eq(spin_row_at(r, b.state, address[1]), copy + (address[1] - address[0]) / 4);
    ck_assert_ptr_eq(spin_row_at(r, b.state, 0), r->matrix);
    spin_close(&b.n);
}
END_TEST

START_TEST(keys_of_entries_and_currents_of_neurons_are_decoded)
{
    bench b = booted(SPIN_KIND_NEURONS, false);
    const spin_rom *r = b.rom;
    const spin_plan *plan = b.n.unit.mapping->plan;
    ck_assert_uint_eq(r->nentries, 1);
    ck_assert_uint_eq(SPIN_ROM(uint32_t, r, key)[0], plan->key[0]);
    ck_assert_uint_eq(SPIN_ROM(uint32_t, r, colour)[0], SPIN_COLOUR_BITS);
    ck_assert_uint_eq(SPIN_ROM(uint32_t, r, first)[1], 2);
    const core_current *c = SPIN_ROM(core_current, r, current);
    ck_assert_uint_eq(r->ncurrents, 4); /* three neurons and one more into neuron 1 */
    const uint32_t neuron[] = {0, 1, 1, 2}, want[][3] = {{16384, 2, 5}, {16384, 2, 5}, {32768, 4, 8}, {16384, 2, 5}};
    for (uint32_t k = 0; k < 4; k++) {
        ck_assert_uint_eq(c[k].neuron, neuron[k]);
        ck_assert_uint_eq(c[k].id, CURRENT_DC);
        ck_assert_mem_eq(r->sources + c[k].word, want[k], sizeof want[k]);
    }
    ck_assert_uint_eq(r->step_ps, 1000000000); /* 1 ms */
    spin_close(&b.n);
}
END_TEST

START_TEST(frozen_weights_keep_their_rule_without_amplitudes)
{
    bench b = booted(SPIN_KIND_NEURONS, false);
    ck_assert_int_gt(b.rom->stdp.type[0].plus, 0);
    ck_assert_int_eq(b.rom->frozen.type[0].plus + b.rom->frozen.type[0].minus, 0);
    ck_assert_int_eq(b.rom->frozen.type[0].max, b.rom->stdp.type[0].max);
    spin_close(&b.n);
}
END_TEST

START_TEST(raw_neurons_relays_and_sources_are_told_apart)
{
    bench raw = booted(SPIN_KIND_LOIHI, false);
    ck_assert_int_eq(spin_read(raw.rom, raw.state, VAR_V, 1), 77);
    ck_assert_int_eq(spin_read(raw.rom, raw.state, VAR_U, 1), 0);
    ck_assert_uint_eq(raw.size.axons, 3); /* the one stage of the relay of a; nothing comes straight */
    spin_close(&raw.n);
    bench relay = booted(SPIN_KIND_DELAY, true);
    ck_assert(relay.size.relay && relay.size.learns);
    ck_assert_uint_eq(relay.size.compartments, 3);
    ck_assert_uint_eq(relay.size.axons, 3);
    spin_close(&relay.n);
    bench source = booted(SPIN_KIND_SOURCE, false);
    ck_assert(!source.size.learns && !source.size.relay);
    ck_assert_uint_eq(source.size.compartments, 2);
    spin_close(&source.n);
}
END_TEST

SUITE("boot", neurons_begin_where_their_parameters_say_and_rings_are_empty, two_boots_give_the_same_bytes,
      rows_that_learn_are_listed_and_copied_and_no_others, keys_of_entries_and_currents_of_neurons_are_decoded,
      frozen_weights_keep_their_rule_without_amplitudes, raw_neurons_relays_and_sources_are_told_apart)
