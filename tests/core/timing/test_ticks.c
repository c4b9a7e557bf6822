/* Work of a core in a tick, from counts; and a run on a machine without a barrier: who is late and why. */
#include "core/timing/ticks.h"

#include "backends/registry.h"
#include "tests/suite.h"
#include "tests/tools/network.h"

#include <jansson.h>

START_TEST(rows_are_fetched_while_others_are_added)
{
    static const cost_entry entries[] = {
        {COST_STEP, 1000, 0, COST_CHOSEN, "t"}, {COST_ACTIVE, 10, 0, COST_CHOSEN, "t"},
        {COST_SPIKE, 3, 0, COST_CHOSEN, "t"},   {COST_AXON_OUT, 7, 0, COST_CHOSEN, "t"},
        {COST_FETCH, 20, 0, COST_CHOSEN, "t"},  {COST_WORD, 4, 0, COST_CHOSEN, "t"},
        {COST_DENSE, 5, 0, COST_CHOSEN, "t"},   {COST_LEARN, 11, 0, COST_CHOSEN, "t"}};
    const cost_profile profile = {.name = "t", .entry = entries, .nentries = 8};
    const timing_program p = {COST_ACTIVE, COST_LEARN};
    cost_table c = cost_lay_out(&profile);
    hmn_counters none = {0}, some = {.updates_active = 6,
                                     .spikes = 2,
                                     .axon_events = 3,
                                     .synapse_words = 10,
                                     .synaptic_events = 9,
                                     .synapse_visits = 4};
    tick_work w = tick_of(&c, p, &none, &some, 5);
    ck_assert_uint_eq(w.neuron_ps, 1000 + 60 + 6 + 35);
    ck_assert_uint_eq(w.row_ps, 60 + 45); /* 40 of fetching behind 45 of adding */
    ck_assert_uint_eq(w.learn_ps, 44);
    some.synapse_words = 100;
    ck_assert_uint_eq(w.memory_ps, 0);
    w = tick_of(&c, p, &none, &some, 5);
    ck_assert_uint_eq(w.row_ps, 60 + 45);
    ck_assert_uint_eq(w.memory_ps, 400 - 45);
}
END_TEST

START_TEST(what_kept_a_core_longest_is_why_it_was_late)
{
    ck_assert_str_eq(late_name(tick_why(&(tick_work){.neuron_ps = 700, .row_ps = 600}, 1000)), "neurons");
    ck_assert_str_eq(late_name(tick_why(&(tick_work){.neuron_ps = 500, .row_ps = 600}, 1000)), "queue");
    ck_assert_str_eq(late_name(tick_why(&(tick_work){.learn_ps = 601, .row_ps = 600}, 1000)), "learning");
    ck_assert_str_eq(late_name(tick_why(&(tick_work){.memory_ps = 900, .row_ps = 600}, 1000)), "dma");
    ck_assert_str_eq(late_name(tick_why(&(tick_work){.neuron_ps = 300, .row_ps = 600}, 1000)), "network");
}
END_TEST

START_TEST(late_cores_are_told_with_their_work)
{
    program_enter();
    program_write("net.yaml",
                  "hmn: 1\npopulations:\n  in: {size: 250, model: spike_source_poisson, params: {rate: 115 Hz}}\n"
                  "  a: {size: 250, model: IF_curr_exp}\n  b: {size: 10, model: IF_curr_exp}\n"
                  "projections: {i: {pre: in, post: a, connector: {type: all_to_all}, weight: 0.01}}\n"
                  "target: {chip: spinnaker}\nrun: {duration: 50 ms, seed: 9}\n");
    network_ok("$HMN run net.yaml --timing fast --out out");
    json_t *s = json_load_file("out/summary.json", 0, NULL);
    ck_assert_ptr_nonnull(s);
    json_int_t late = json_integer_value(json_object_get(s, "late_core_steps"));
    ck_assert_int_gt(late, 10);
    ck_assert_int_lt(late, 50);
    ck_assert_double_gt(json_number_value(json_object_get(s, "model_time_s")), 0.05);
    ck_assert_double_lt(json_number_value(json_object_get(s, "model_time_s")), 0.06);
    ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(s, "counters"), "overruns")), late);
    json_decref(s);
    char rows[32];
    snprintf(rows, sizeof rows, "%d\n", (int)late);
    ck_assert_str_eq(network_ok("tail -n +2 out/timing/late.csv | wc -l | tr -d ' '")->out, rows);
    ck_assert_str_eq(network_ok("tail -n +2 out/timing/late.csv | cut -d, -f2 | sort -u | wc -l | tr -d ' '")->out,
                     "1\n");
    network_ok("tail -n +2 out/timing/late.csv | cut -d, -f12 | sort -u | grep -qx queue");
    program_leave();
}
END_TEST

START_TEST(timing_changes_no_result_there_either)
{
    program_enter();
    program_write("net.yaml",
                  "hmn: 1\npopulations:\n  in: {size: 20, model: spike_source_poisson, params: {rate: 90 Hz}}\n"
                  "  a: {size: 300, model: IF_curr_exp}\n"
                  "projections: {i: {pre: in, post: a, connector: {type: all_to_all}, weight: 1}}\n"
                  "target: {chip: spinnaker}\nrun: {duration: 50 ms, seed: 9}\n");
    network_ok("$HMN run net.yaml --timing fast --out a && $HMN run net.yaml --out b && $HMN run net.yaml --timing "
               "fast --threads 3 --out c");
    network_ok("grep state_digest a/summary.json > a.txt; grep state_digest b/summary.json | cmp - a.txt");
    network_ok("cmp a/timing/steps.csv c/timing/steps.csv && cmp a/timing/cores.csv c/timing/cores.csv");
    program_leave();
}
END_TEST

SUITE("ticks", rows_are_fetched_while_others_are_added, what_kept_a_core_longest_is_why_it_was_late,
      late_cores_are_told_with_their_work, timing_changes_no_result_there_either)
