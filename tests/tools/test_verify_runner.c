/* One run: its spikes are written down, and frozen runs learn nothing. */
#include "tools/verify_runner.h"

#include "tests/tools/relearn_net.h"

static uint64_t updates(bool frozen)
{
    source s;
    compare_log log = {0};
    verify_side r;
    ck_assert(relearn_net(&s, "loihi", RELEARN_RULE RELEARN_FAST ", epoch: 4"));
    hmn_machine *m = runner_boot(&s);
    ck_assert(runner_new(&r, &s, machine_sim(m), frozen, &log));
    for (int t = 0; t < 100; t++)
        ck_assert(runner_step(&r, s.arena));
    ck_assert_uint_eq(log.count, machine_spikes(m));
    uint64_t n = machine_counters(m).weight_updates;
    ck_assert_uint_eq(runner_static_graph(s.unit.graph, s.arena)->projection[0].rule, NET_NONE);
    ck_assert(runner_options(&s, true).grid);
    machine_free(m);
    source_end(&s);
    return n;
}

START_TEST(spikes_are_written_down_and_frozen_runs_learn_nothing)
{
    ck_assert_uint_gt(updates(false), 100);
    ck_assert_uint_eq(updates(true), 0);
}
END_TEST

SUITE("verify_runner", spikes_are_written_down_and_frozen_runs_learn_nothing)
