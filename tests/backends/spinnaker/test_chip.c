/* The whole road: YAML to spikes on the emulated machine. */
#include "tests/backends/spinnaker/fixture.h"

static const char ring[] =
    "hmn: 1\n"
    "network: {name: ring, dt: 1 ms}\n"
    "populations:\n"
    "  src: {size: 40, model: spike_source_poisson, params: {rate: 40 Hz}}\n"
    "  exc: {size: 700, model: IF_curr_exp}\n"
    "  inh: {size: 60, model: IF_curr_delta}\n"
    "projections:\n"
    "  in: {pre: src, post: exc, connector: {type: fixed_probability, p_connect: 0.5}, weight: 0.6,\n"
    "       delay: {distribution: uniform_int, low: 1, high: 16}}\n"
    "  ei: {pre: exc, post: inh, connector: {type: fixed_probability, p_connect: 0.1}, weight: 1.5}\n"
    "  ie: {pre: inh, post: exc, connector: {type: fixed_probability, p_connect: 0.1}, weight: 0.5,\n"
    "       receptor_type: inhibitory}\n"
    "run: {duration: 200 ms, seed: 3}\n";

START_TEST(a_network_is_the_same_for_any_number_of_threads)
{
    uint64_t digest[3], spikes = 0;
    const uint32_t threads[] = {1, 2, 8};
    for (int k = 0; k < 3; k++) {
        spin_net n = spin_open(ring, threads[k]);
        spin_run(&n, 200);
        digest[k] = machine_digest(n.machine);
        spikes = machine_spikes(n.machine);
        ck_assert_uint_eq(machine_counters(n.machine).lost, 0);
        spin_close(&n);
    }
    ck_assert_uint_gt(spikes, 1000);
    ck_assert_uint_eq(digest[0], digest[1]);
    ck_assert_uint_eq(digest[0], digest[2]);
}
END_TEST

static const char line[] = "hmn: 1\n"
                           "network: {name: line, dt: 1 ms}\n"
                           "populations:\n"
                           "  src: {size: 2, model: spike_source_array, spike_times: [[3 ms], []]}\n"
                           "  exc: {size: 2, model: IF_curr_delta, params: {cm: 1 nF, tau_m: 20 ms}}\n"
                           "projections:\n"
                           "  in: {pre: src, post: exc, connector: {type: one_to_one}, weight: 4, delay: 5 ms}\n"
                           "run: {duration: 20 ms}\n";

START_TEST(a_spike_moves_the_potential_by_its_weight_after_its_delay)
{
    spin_net n = spin_open(line, 1);
    spin_run(&n, 8); /* steps 0 .. 7 */
    ck_assert_int_eq(machine_read(n.machine, 2, VAR_V), -65 * 32768);
    spin_run(&n, 1);
    ck_assert_int_lt(abs(machine_read(n.machine, 2, VAR_V) + 61 * 32768), 32);
    ck_assert_int_eq(machine_read(n.machine, 3, VAR_V), -65 * 32768);
    ck_assert_uint_eq(machine_counters(n.machine).packets, 1);
    spin_close(&n);
}
END_TEST

START_TEST(a_wrong_routing_table_loses_spikes_and_says_so)
{
    spin_net n;
    ck_assert(spin_compile(&n, line, "route"));
    const spin_plan *plan = n.unit.mapping->plan;
    ck_assert_uint_eq(plan->routers.row[plan->machine->nchips], 1);
    ((tcam_entry *)(uintptr_t)plan->routers.entry)->key ^= 1u << 31;
    ck_assert(spin_compile_rest(&n));
    spin_start(&n, 1);
    spin_run(&n, 12);
    ck_assert_uint_eq(machine_counters(n.machine).lost, 1);
    ck_assert_int_eq(machine_read(n.machine, 2, VAR_V), -65 * 32768);
    spin_close(&n);
}
END_TEST

START_TEST(a_current_is_added_while_it_lasts)
{
    spin_net n = spin_open("hmn: 1\n"
                           "populations: {a: {size: 1, model: IF_curr_exp, params: {cm: 1 nF, tau_m: 20 ms}}}\n"
                           "stimuli: {i: {target: a, type: current, amplitude: 0.5 nA, start: 2 ms, duration: 3 ms}}\n"
                           "run: {duration: 10 ms}\n",
                           1);
    spin_run(&n, 2);
    ck_assert_int_eq(machine_read(n.machine, 0, VAR_V), -65 * 32768);
    spin_run(&n, 1);
    int32_t once = machine_read(n.machine, 0, VAR_V) + 65 * 32768;
    ck_assert_int_lt(abs(once - 15982), 8); /* 0.5 nA * 20 ms / 1 nF * (1 - exp(-1/20)) */
    spin_run(&n, 2);
    int32_t most = machine_read(n.machine, 0, VAR_V);
    spin_run(&n, 1);
    ck_assert_int_lt(machine_read(n.machine, 0, VAR_V), most);
    spin_close(&n);
}
END_TEST

/* Cells of models/digits.yaml: what loihi gives, spinnaker gives, too. */
static const char cells[] =
    "hmn: 1\n"
    "populations:\n"
    "  src: {size: 30, model: spike_source_poisson, params: {rate: 100 Hz}}\n"
    "  a: {size: 300, model: loihi_lif, params: {decay_u: 1000, decay_v: 100, vth_mant: 400, refractory: 3,\n"
    "      vmin_exp: 19}}\n"
    "  b: {size: 20, model: loihi_lif, params: {decay_u: 4095, vth_mant: 100, bias_mant: 13, bias_exp: 2}}\n"
    "projections:\n"
    "  sa: {pre: src, post: a, connector: {type: fixed_probability, p_connect: 0.5}, weight: 120, delay: 3 ms}\n"
    "  sb: {pre: src, post: a, connector: {type: fixed_probability, p_connect: 0.2}, weight: 55,\n"
    "       receptor_type: inhibitory, weight_exp: 1}\n"
    "  ab: {pre: a, post: b, connector: {type: fixed_probability, p_connect: 0.3}, weight: 40}\n"
    "  ba: {pre: b, post: a, connector: {type: all_to_all}, weight: 30, receptor_type: inhibitory, delay: 7 ms}\n"
    "run: {duration: 100 ms, seed: 5}\n";

START_TEST(loihi_lif_computes_what_loihi_computes)
{
    spin_net n = spin_open(cells, 1), l;
    ck_assert(spin_compile_for(&l, cells, "loihi"));
    spin_start(&l, 1);
    for (int step = 0; step < 100; step++) {
        spin_run(&n, 1);
        spin_run(&l, 1);
        for (uint32_t i = 30; i < 350; i++) {
            ck_assert_int_eq(machine_read(n.machine, i, VAR_U), machine_read(l.machine, i, VAR_U));
            ck_assert_int_eq(machine_read(n.machine, i, VAR_V), machine_read(l.machine, i, VAR_V));
        }
    }
    ck_assert_uint_gt(machine_spikes(n.machine), 1000);
    ck_assert_uint_eq(machine_spikes(n.machine), machine_spikes(l.machine));
    ck_assert_uint_eq(machine_counters(n.machine).saturated, 0);
    spin_close(&n);
    spin_close(&l);
}
END_TEST

/* 200 steps need 256 slots: of 2 types and 32 neurons they take half of the data memory. */
static const char late[] = "hmn: 1\n"
                           "populations:\n"
                           "  src: {size: 1, model: spike_source_array, spike_times: [2 ms]}\n"
                           "  exc: {size: 100, model: IF_curr_delta}\n"
                           "projections:\n"
                           "  in: {pre: src, post: exc, connector: {type: all_to_all}, weight: 4, delay: 200 ms}\n"
                           "target: {machine: {delay_slots: 256}}\n";

START_TEST(long_delays_take_cores_of_fewer_neurons)
{
    spin_net n = spin_open(late, 1);
    ck_assert_uint_eq(image_cores(n.image), 1 + 4);
    spin_run(&n, 202);
    ck_assert_int_eq(machine_read(n.machine, 1, VAR_V), -65 * 32768);
    spin_run(&n, 1);
    for (uint32_t i = 1; i <= 100; i++)
        ck_assert_int_lt(abs(machine_read(n.machine, i, VAR_V) + 61 * 32768), 32);
    spin_close(&n);
}
END_TEST

SUITE("chip", a_network_is_the_same_for_any_number_of_threads,
      a_spike_moves_the_potential_by_its_weight_after_its_delay, a_wrong_routing_table_loses_spikes_and_says_so,
      a_current_is_added_while_it_lasts, loihi_lif_computes_what_loihi_computes,
      long_delays_take_cores_of_fewer_neurons)
