/* Delay stages: the same network with relays and with ring buffers that hold all delays. */
#include "tests/backends/spinnaker/fixture.h"

#include "backends/spinnaker/core.h"
#include "backends/spinnaker/stages.h"

/* src -> exc <-> inh, delays 17 to 100 and short ones between the same cores; sources fire in bursts. */
static const char loop[] =
    "hmn: 1\n"
    "network: {name: stages, dt: 1 ms}\n"
    "populations:\n"
    "  src: {size: 70, model: spike_source_poisson, params: {rate: 60 Hz}}\n"
    "  exc: {size: 150, model: IF_curr_exp, params: {tau_refrac: 1 ms}}\n"
    "  inh: {size: 40, model: IF_curr_exp}\n"
    "projections:\n"
    "  in: {pre: src, post: exc, connector: {type: fixed_probability, p_connect: 0.4}, weight: 1.1,\n"
    "       delay: {distribution: uniform_int, low: 1, high: 100}}\n"
    "  ei: {pre: exc, post: inh, connector: {type: fixed_probability, p_connect: 0.2}, weight: 0.9,\n"
    "       delay: {distribution: uniform_int, low: 17, high: 100}}\n"
    "  ee: {pre: exc, post: exc, connector: {type: fixed_probability, p_connect: 0.05}, weight: 0.4, delay: 3 ms}\n"
    "  ie: {pre: inh, post: exc, connector: {type: fixed_probability, p_connect: 0.3}, weight: 0.7,\n"
    "       receptor_type: inhibitory, delay: {distribution: uniform_int, low: 14, high: 33}}\n"
    "target: {neurons_per_core: 32, machine: {delay_slots: %d}}\n"
    "run: {duration: 400 ms, seed: 7}\n";

static spin_net with_slots(int slots, uint32_t threads)
{
    char text[2048];
    snprintf(text, sizeof text, loop, slots);
    return spin_open(text, threads);
}

/* Spikes of a step into list; returns how many. */
static uint32_t step_spikes(spin_net *n, uint32_t *list)
{
    hmn_sim *s = machine_sim(n->machine);
    uint32_t count;
    s->ops->begin(s);
    const uint32_t *spikes = s->ops->spikes(s, &count);
    for (uint32_t i = 0; i < count; i++)
        list[i] = spikes[i];
    s->ops->end(s);
    return count;
}

START_TEST(stages_and_wide_ring_buffers_give_the_same_spikes_and_potentials)
{
    spin_net staged = with_slots(16, 1), wide = with_slots(256, 1);
    ck_assert_uint_gt(staged.unit.mapping->nrelays, 0);
    ck_assert_uint_eq(wide.unit.mapping->nrelays, 0);
    uint32_t a[260], b[260];
    for (int t = 0; t < 400; t++) {
        uint32_t n = step_spikes(&staged, a), m = step_spikes(&wide, b);
        ck_assert_uint_eq(n, m);
        for (uint32_t i = 0; i < n; i++)
            ck_assert_uint_eq(a[i], b[i]);
        for (uint32_t i = 70; i < 260; i++)
            ck_assert_int_eq(machine_read(staged.machine, i, VAR_V), machine_read(wide.machine, i, VAR_V));
    }
    ck_assert_uint_gt(machine_spikes(wide.machine), 3000);
    ck_assert_uint_eq(machine_spikes(staged.machine), machine_spikes(wide.machine));
    ck_assert_uint_eq(machine_counters(staged.machine).lost, 0);
    ck_assert_uint_gt(machine_counters(staged.machine).packets, machine_counters(wide.machine).packets);
    spin_close(&staged);
    spin_close(&wide);
}
END_TEST

START_TEST(stages_of_other_lengths_give_the_same_too)
{
    spin_net eight = with_slots(8, 1), odd = with_slots(63, 1), wide = with_slots(128, 1);
    spin_run(&eight, 300);
    spin_run(&odd, 300);
    spin_run(&wide, 300);
    ck_assert_uint_eq(wide.unit.mapping->nrelays, 0);
    ck_assert_uint_eq(odd.unit.mapping->relay[0].stages, 3); /* of 32 steps */
    ck_assert_uint_eq(eight.unit.mapping->relay[0].stages, 12);
    for (uint32_t i = 70; i < 260; i++) {
        ck_assert_int_eq(machine_read(eight.machine, i, VAR_V), machine_read(wide.machine, i, VAR_V));
        ck_assert_int_eq(machine_read(odd.machine, i, VAR_V), machine_read(wide.machine, i, VAR_V));
    }
    ck_assert_uint_eq(machine_spikes(eight.machine), machine_spikes(wide.machine));
    ck_assert_uint_eq(machine_spikes(odd.machine), machine_spikes(wide.machine));
    spin_close(&eight);
    spin_close(&odd);
    spin_close(&wide);
}
END_TEST

START_TEST(relays_are_the_same_for_any_number_of_threads)
{
    uint64_t digest[3];
    const uint32_t threads[] = {1, 2, 8};
    for (int k = 0; k < 3; k++) {
        spin_net n = with_slots(16, threads[k]);
        spin_run(&n, 150);
        digest[k] = machine_digest(n.machine);
        spin_close(&n);
    }
    ck_assert_uint_eq(digest[0], digest[1]);
    ck_assert_uint_eq(digest[0], digest[2]);
}
END_TEST

static const char one[] =
    "hmn: 1\n"
    "network: {name: one, dt: 1 ms}\n"
    "populations:\n"
    "  src: {size: 3, model: spike_source_array, spike_times: [[], [3 ms], []]}\n"
    "  exc: {size: 2, model: IF_curr_delta, params: {cm: 1 nF, tau_m: 20 ms}}\n"
    "projections:\n"
    "  in: {pre: src, post: exc, connector: {type: from_list, list: [[1, 0], [2, 1]]}, weight: 4,\n"
    "       delay: %d ms}\n"
    "run: {duration: 20 ms}\n";

START_TEST(a_synapse_tells_its_whole_delay_and_acts_after_it)
{
    const int delay[] = {16, 17, 32, 33, 48, 100, 255, 256};
    for (int k = 0; k < 8; k++) {
        char text[1024];
        snprintf(text, sizeof text, one, delay[k]);
        spin_net n = spin_open(text, 1);
        ck_assert_uint_eq(n.unit.mapping->nrelays, delay[k] > 16);
        uint64_t found = 0;
        for (uint32_t c = 0; c < image_cores(n.image); c++) {
            hmn_core_view view = {n.image, n.unit.chip, c, 1};
            hmn_core_size size = spin_size(&view);
            void *rom = arena_alloc(n.arena, size.rom, 64), *state = arena_alloc(n.arena, size.state, 64);
            spin_boot(&view, rom, state);
            hmn_synapse s[3];
            uint64_t here = spin_synapses(rom, state, 0, s, 3);
            for (uint64_t i = 0; i < here; i++)
                ck_assert_int_eq(s[i].delay + 1, delay[k]);
            found += here;
            ck_assert(!size.relay || size.compartments == 3 * (((uint32_t)delay[k] - 1) / 16));
        }
        ck_assert_uint_eq(found, 2);
        spin_run(&n, 3 + (uint32_t)delay[k]);
        ck_assert_int_eq(machine_read(n.machine, 3, VAR_V), -65 * 32768);
        spin_run(&n, 1);
        ck_assert_int_lt(abs(machine_read(n.machine, 3, VAR_V) + 61 * 32768), 32);
        ck_assert_uint_eq(machine_spikes(n.machine), 1);
        spin_close(&n);
    }
}
END_TEST

/* One source that fires in step 3, one synapse. */
static const char alone[] = "hmn: 1\n"
                            "populations:\n"
                            "  src: {size: 1, model: spike_source_array, spike_times: [[3 ms]]}\n"
                            "  exc: {size: 1, model: IF_curr_delta, params: {cm: 1 nF, tau_m: 20 ms}}\n"
                            "%s"
                            "projections:\n"
                            "  in: {pre: src, post: exc, connector: {type: all_to_all}, weight: 1, delay: %d ms%s}\n";

START_TEST(delays_of_thousands_of_steps_wait_in_stages)
{
    const uint32_t delay[] = {257, 5000, 32768};
    for (int k = 0; k < 3; k++) {
        char text[1024];
        snprintf(text, sizeof text, alone, "", (int)delay[k], "");
        spin_net n = spin_open(text, 1);
        ck_assert_uint_eq(n.unit.mapping->relay[0].stages, (delay[k] - 1) / 16);
        spin_run(&n, 3 + delay[k]);
        ck_assert_int_eq(machine_read(n.machine, 1, VAR_V), -65 * 32768);
        spin_run(&n, 1);
        ck_assert_int_lt(abs(machine_read(n.machine, 1, VAR_V) + 64 * 32768), 32);
        spin_close(&n);
    }
}
END_TEST

static void expect_refused(int delay, bool learns, const char *words)
{
    const char *rule =
        "plasticity_rules: {p: {type: stdp, traces: {A_plus: 0.1, A_minus: 0.1}, weight_bounds: [0, 2]}}\n";
    char text[1024];
    snprintf(text, sizeof text, alone, learns ? rule : "", delay, learns ? ", plasticity: p" : "");
    spin_net n;
    ck_assert(!spin_compile(&n, text, NULL));
    ck_assert_msg(strstr(spin_message(&n), words), "%s", spin_message(&n));
    spin_close(&n);
}

START_TEST(delays_beyond_a_relays_memory_or_a_ring_buffer_are_refused_with_the_limit)
{
    expect_refused(32769, false, "holds 1 to 32768");
    expect_refused(257, true, "holds 1 to 256 for synapses that learn");
}
END_TEST

START_TEST(several_spikes_of_one_slot_are_counted_to_255)
{
    const uint32_t word[STAGES_WORDS] = {
        [STAGES_HAS_KEY] = 1, [STAGES_ATOMS] = 2, [STAGES_COUNT] = 2, [STAGES_STEPS] = 4, [STAGES_COLOUR_BITS] = 4};
    uint8_t counter[64] = {0};
    uint32_t key[4];
    int32_t times[4];
    ck_assert_uint_eq(stages_slots(2, 4), 16);
    ck_assert_uint_eq(stages_keep(word, counter, 0, 1, 3), 0);
    ck_assert_uint_eq(stages_keep(word, counter, 0, 1, 250), 0);
    ck_assert_uint_eq(stages_keep(word, counter, 0, 1, 5), 3);
    for (uint32_t t = 1; t < 40; t++) {
        uint32_t n = stages_send(word, counter, t, key, times);
        ck_assert_uint_eq(n, t == 4 || t == 8);
        if (n) {
            ck_assert_uint_eq(key[0], t == 4 ? 1 : 3);
            ck_assert_int_eq(times[0], 255);
        }
    }
}
END_TEST

START_TEST(a_core_of_stages_is_checked_and_its_packets_are_found)
{
    const uint32_t good[STAGES_WORDS] = {1, 0x4000, 0x100, 0xffffff00, 7, 3, 16, 0, 4};
    ck_assert(stages_check(good, STAGES_WORDS, 65536));
    ck_assert(!stages_check(good, STAGES_WORDS - 1, 65536));
    ck_assert(!stages_check(good, STAGES_WORDS, 7 * 64 - 1));
    ck_assert_uint_eq(stages_neuron(good, 0x165), 6);
    ck_assert_uint_eq(stages_neuron(good, 0x175), UINT32_MAX); /* beyond its neurons */
    ck_assert_uint_eq(stages_neuron(good, 0x265), UINT32_MAX); /* another core's */
    for (uint32_t k = STAGES_ATOMS; k <= STAGES_STEPS; k++) {
        uint32_t bad[STAGES_WORDS];
        memcpy(bad, good, sizeof bad);
        bad[k] = 0;
        ck_assert(!stages_check(bad, STAGES_WORDS, 65536));
        bad[k] = UINT32_MAX;
        ck_assert(!stages_check(bad, STAGES_WORDS, 65536));
    }
}
END_TEST

START_TEST(a_slice_is_cut_so_that_its_relay_fits)
{
    char text[1024];
    snprintf(text, sizeof text, "%s",
             "hmn: 1\n"
             "populations:\n"
             "  src: {size: 256, model: spike_source_poisson, params: {rate: 1 Hz}}\n"
             "  exc: {size: 10, model: IF_curr_exp}\n"
             "projections:\n"
             "  in: {pre: src, post: exc, connector: {type: fixed_probability, p_connect: 0.5}, weight: 1,\n"
             "       delay: 250 ms}\n");
    spin_net n;
    ck_assert_msg(spin_compile(&n, text, "route"), "%s", spin_message(&n));
    ck_assert_uint_eq(n.unit.mapping->nrelays, 2);
    for (uint32_t r = 0; r < 2; r++)
        ck_assert_uint_eq(n.unit.mapping->slice[n.unit.mapping->relay[r].slice].count, 128);
    spin_close(&n);
}
END_TEST

START_TEST(synapses_that_learn_do_not_wait_in_stages)
{
    spin_net n;
    ck_assert_msg(
        spin_compile(&n,
                     "hmn: 1\n"
                     "populations:\n"
                     "  src: {size: 5, model: spike_source_poisson, params: {rate: 10 Hz}}\n"
                     "  exc: {size: 10, model: IF_curr_exp}\n"
                     "plasticity_rules:\n"
                     "  pair: {type: hmn, traces: {A_plus: 0.01, tau_fast: 20 ms}, eta_local: 1}\n"
                     "projections:\n"
                     "  in: {pre: src, post: exc, connector: {type: all_to_all}, weight: 1,\n"
                     "       receptor_type: excitatory, delay: 40 ms, plasticity: pair}\n"
                     "  still: {pre: src, post: exc, connector: {type: all_to_all}, weight: 1, delay: 50 ms}\n",
                     "route"),
        "%s", spin_message(&n));
    for (uint64_t e = 0; e < 50; e++) {
        ck_assert_uint_eq(spin_stage(n.unit.qnet, 0, e), 0);
        ck_assert_uint_eq(spin_stage(n.unit.qnet, 1, e), 3);
    }
    spin_close(&n);
}
END_TEST

START_TEST(relays_need_cores_and_too_few_are_told_with_numbers)
{
    const char many[] = "hmn: 1\n"
                        "populations:\n"
                        "  src: {size: 32, model: spike_source_poisson, params: {rate: 1 Hz}}\n"
                        "  exc: {size: 8, model: IF_curr_exp}\n"
                        "projections:\n"
                        "  in: {pre: src, post: exc, connector: {type: all_to_all}, weight: 1, delay: %d ms}\n"
                        "target: {chips: 1, neurons_per_core: 4}\n";
    char text[1024];
    spin_net n;
    snprintf(text, sizeof text, many, 16);
    ck_assert_msg(spin_compile(&n, text, NULL), "%s", spin_message(&n));
    spin_close(&n);
    snprintf(text, sizeof text, many, 17);
    ck_assert(!spin_compile(&n, text, NULL));
    ck_assert_msg(strstr(spin_message(&n), "18") && strstr(spin_message(&n), "15"), "%s", spin_message(&n));
    spin_close(&n);
}
END_TEST

SUITE("stages", stages_and_wide_ring_buffers_give_the_same_spikes_and_potentials,
      stages_of_other_lengths_give_the_same_too, relays_are_the_same_for_any_number_of_threads,
      a_synapse_tells_its_whole_delay_and_acts_after_it, delays_of_thousands_of_steps_wait_in_stages,
      delays_beyond_a_relays_memory_or_a_ring_buffer_are_refused_with_the_limit,
      several_spikes_of_one_slot_are_counted_to_255, a_core_of_stages_is_checked_and_its_packets_are_found,
      a_slice_is_cut_so_that_its_relay_fits, synapses_that_learn_do_not_wait_in_stages,
      relays_need_cores_and_too_few_are_told_with_numbers)
