/* The machine's costs: whether a core would keep up, by the numbers of the table or of a description; cores that would
 * not are told. */
#include "backends/spinnaker/costs.h"

#include "core/timing/ticks.h"

#include "tests/backends/spinnaker/fixture.h"

START_TEST(cycles_add_up_from_what_was_counted)
{
    cost_table t = cost_lay_out(spin_timing.profile[0]);
    ck_assert(spin_timing.clocked); /* no barrier */
    const timing_program p = {COST_UPDATE_IF_CURR_EXP, COST_LEARN};
    const hmn_counters none = {0}, some = {.updates_active = 100,
                                           .axon_events = 2,
                                           .synapse_words = 10,
                                           .synaptic_events = 30,
                                           .synapse_visits = 3};
    tick_work w = tick_of(&t, p, &none, &none, 0);
    ck_assert_uint_eq(tick_ps(&w), 5000 * 400);
    /* 157 cycles a neuron, 50 a packet, 30 + 462 a spike that comes, 23.46 a synapse, 169.42 more when it learns */
    w = tick_of(&t, p, &none, &some, 4);
    ck_assert_uint_eq(w.neuron_ps, 5000 * (400 + 15700 + 200));
    ck_assert_uint_eq(w.row_ps, 5000 * 2 * (30 + 462) + 30 * 117300);
    ck_assert_uint_eq(w.learn_ps, 3 * 847100);
    /* fetching a row without synapses that count: 8.9 ns a word */
    w = tick_of(&t, p, &none, &(hmn_counters){.synapse_words = 1000}, 0);
    ck_assert_uint_eq(tick_ps(&w), 5000 * (400 + 1780));
}
END_TEST

static const char busy[] = "hmn: 1\n"
                           "populations:\n"
                           "  src: {size: 100, model: spike_source_poisson, params: {rate: %d Hz}}\n"
                           "  exc: {size: 250, model: IF_curr_exp}\n"
                           "projections: {in: {pre: src, post: exc, connector: {type: all_to_all}, weight: 0.01}}\n"
                           "run: {duration: 20 ms, seed: 1}\n%s";

static hmn_counters counters_at(int rate, const char *target)
{
    char text[512];
    snprintf(text, sizeof text, busy, rate, target);
    spin_net n = spin_open(text, 1);
    spin_run(&n, 20);
    hmn_counters c = machine_counters(n.machine);
    spin_close(&n);
    return c;
}

START_TEST(a_core_that_gets_too_many_spikes_overruns)
{
    hmn_counters slow = counters_at(20, ""), fast = counters_at(1000, "");
    ck_assert_uint_eq(slow.overruns, 0);
    ck_assert_uint_lt(slow.longest, 200000);
    ck_assert_uint_eq(slow.budget, 200000);
    ck_assert_uint_ge(fast.overruns, 10); /* some 60 rows of 250 synapses a step */
    ck_assert_uint_gt(fast.longest, 200000);
    ck_assert_uint_eq(fast.slowest, 1);
}
END_TEST

START_TEST(a_described_machine_keeps_up_by_its_own_numbers)
{
    hmn_counters own = counters_at(20, ""),
                 slow = counters_at(20, "target: {costs: {step: {ns: 900000}, update_if_curr_exp: {ns: 1000}}}\n");
    ck_assert_uint_eq(slow.overruns, 20); /* the core of the neurons, in every step */
    ck_assert_uint_eq(slow.spikes, own.spikes);
    ck_assert_uint_ge(slow.longest, 180000 + 250 * 200);
}
END_TEST

SUITE("costs", cycles_add_up_from_what_was_counted, a_core_that_gets_too_many_spikes_overruns,
      a_described_machine_keeps_up_by_its_own_numbers)
