/* Cores that would not keep up are told, with population and numbers. */
#include "backends/spinnaker/budget.h"

#include "tests/backends/spinnaker/fixture.h"

START_TEST(cycles_add_up_from_what_was_counted)
{
    const hmn_counters none = {0},
                       some = {.axon_events = 2, .synapse_words = 10, .synaptic_events = 30, .synapse_visits = 3};
    ck_assert_uint_eq(budget_cycles(&none, &none, 0, 0), 226);
    /* 119 a neuron, 50 a packet, 307 a spike that comes, 18.3 a synapse, 122.3 more when it learns */
    ck_assert_uint_eq(budget_cycles(&none, &some, 100, 4), 226 + 11900 + 200 + 614 + 549 + 367);
    /* fetching a row without synapses that count: 8.9 ns a word */
    ck_assert_uint_eq(budget_cycles(&none, &(hmn_counters){.synapse_words = 1000}, 0, 0), 226 + 1780);
}
END_TEST

static const char busy[] = "hmn: 1\n"
                           "populations:\n"
                           "  src: {size: 100, model: spike_source_poisson, params: {rate: %d Hz}}\n"
                           "  exc: {size: 250, model: IF_curr_exp}\n"
                           "projections: {in: {pre: src, post: exc, connector: {type: all_to_all}, weight: 0.01}}\n"
                           "run: {duration: 20 ms, seed: 1}\n";

static hmn_counters counters_at(int rate)
{
    char text[512];
    snprintf(text, sizeof text, busy, rate);
    spin_net n = spin_open(text, 1);
    spin_run(&n, 20);
    hmn_counters c = machine_counters(n.machine);
    spin_close(&n);
    return c;
}

START_TEST(a_core_that_gets_too_many_spikes_overruns)
{
    hmn_counters slow = counters_at(20), fast = counters_at(1000);
    ck_assert_uint_eq(slow.overruns, 0);
    ck_assert_uint_lt(slow.longest, 200000);
    ck_assert_uint_eq(slow.budget, 200000);
    ck_assert_uint_ge(fast.overruns, 10); /* some 60 rows of 250 synapses a step */
    ck_assert_uint_gt(fast.longest, 200000);
    ck_assert_uint_eq(fast.slowest, 1);
}
END_TEST

SUITE("budget", cycles_add_up_from_what_was_counted, a_core_that_gets_too_many_spikes_overruns)
