/* hmn run --timing: its files and summary, that results stay as they are, and what it refuses. */
#include "tests/suite.h"
#include "tests/tools/network.h"

#include <jansson.h>

static double number(const json_t *j, const char *key) { return json_number_value(json_object_get(j, key)); }

static json_t *summary_of(const char *timing)
{
    char line[256], path[64];
    snprintf(line, sizeof line, "$HMN run net.yaml --steps 20 --timing %s --out out_%s", timing, timing);
    network_ok(line);
    snprintf(path, sizeof path, "out_%s/summary.json", timing);
    json_t *j = json_load_file(path, 0, NULL);
    ck_assert_ptr_nonnull(j);
    return j;
}

START_TEST(summaries_tell_time_and_energy_and_the_same_digest)
{
    network_enter();
    json_t *off = summary_of("off"), *fast = summary_of("fast"), *cycle = summary_of("cycle");
    const char *digest = json_string_value(json_object_get(off, "state_digest"));
    ck_assert_str_eq(json_string_value(json_object_get(fast, "state_digest")), digest);
    ck_assert_str_eq(json_string_value(json_object_get(cycle, "state_digest")), digest);
    ck_assert_ptr_null(json_object_get(off, "energy_j"));
    ck_assert_double_eq_tol(number(off, "model_time_s"), 0.02, 1e-12);
    ck_assert_double_eq_tol(number(fast, "network_time_s"), 0.02, 1e-12);
    /* 12 synaptic events of 23.6 pJ; 20 barriers of 113 ns and at least 3 idle updates in each step */
    ck_assert_double_eq_tol(number(json_object_get(fast, "energy_j"), "synapse"), 12 * 23.6e-12, 1e-18);
    ck_assert_double_gt(number(fast, "model_time_s"), 20 * (113e-9 + 3 * 5.3e-9));
    ck_assert_double_lt(number(fast, "model_time_s"), 20 * (113e-9 + 3 * 8.4e-9 + 12 * 3.5e-9));
    ck_assert_double_eq(number(json_object_get(fast, "energy_j"), "total"),
                        number(json_object_get(cycle, "energy_j"), "total"));
    json_decref(off);
    json_decref(fast);
    json_decref(cycle);
    program_leave();
}
END_TEST

START_TEST(files_have_a_row_a_step_core_and_link)
{
    network_enter();
    network_ok("$HMN run net.yaml --steps 20 --timing cycle --out out");
    ck_assert_str_eq(network_ok("wc -l < out/timing/steps.csv | tr -d ' \\n'")->out, "21");
    ck_assert_str_eq(network_ok("wc -l < out/timing/cores.csv | tr -d ' \\n'")->out, "2");
    ck_assert_str_eq(network_ok("wc -l < out/timing/links.csv | tr -d ' \\n'")->out, "1");
    network_ok("grep -c '<svg' out/timing/heat.svg");
    /* as many columns in every row as in the header */
    ck_assert_str_eq(network_ok("awk -F, '{print NF}' out/timing/steps.csv | sort -u | wc -l | tr -d ' \\n'")->out,
                     "1");
    ck_assert_str_eq(network_ok("awk -F, '{print NF}' out/timing/cores.csv | sort -u | wc -l | tr -d ' \\n'")->out,
                     "1");
    network_ok("$HMN run " HMN_SOURCE_DIR "/models/bench/w1.yaml --steps 4 --timing fast --out chips");
    /* a box for each of 3 chips, a square a core, a bar a link that carried something */
    ck_assert_str_eq(network_ok("grep -c 'title>core' chips/timing/heat.svg | tr -d '\\n'")->out,
                     network_ok("tail -n +2 chips/timing/cores.csv | wc -l | tr -d ' \\n'")->out);
    ck_assert_str_eq(network_ok("grep -c 'packets</title>' chips/timing/heat.svg | tr -d '\\n'")->out,
                     network_ok("tail -n +2 chips/timing/links.csv | wc -l | tr -d ' \\n'")->out);
    network_ok("grep -q '(1, 0) west to (0, 0)' chips/timing/heat.svg");
    ck_assert_str_eq(network_ok("grep -c 'rx=' chips/timing/heat.svg | tr -d '\\n'")->out, "3");
    network_ok("$HMN run net.yaml --steps 20 --out plain");
    ck_assert(!program_exists("plain/timing"));
    program_leave();
}
END_TEST

START_TEST(files_are_the_same_for_any_number_of_threads)
{
    network_enter();
    network_ok("$HMN run net.yaml --steps 300 --timing cycle --threads 1 --out a");
    network_ok("$HMN run net.yaml --steps 300 --timing cycle --threads 4 --out b");
    network_ok("diff -r a/timing b/timing");
    program_leave();
}
END_TEST

START_TEST(what_is_not_there_is_refused)
{
    network_enter();
    network_fails("$HMN run net.yaml --timing slow", 2, "takes off, fast or cycle");
    network_fails("$HMN run net.yaml --timing fast --costs mine", 2, "which has davies2018, sanafe");
    network_fails("$HMN run net.yaml --timing fast --target reference", 2, "are not modelled");
    program_leave();
}
END_TEST

SUITE("timing_out", summaries_tell_time_and_energy_and_the_same_digest, files_have_a_row_a_step_core_and_link,
      files_are_the_same_for_any_number_of_threads, what_is_not_there_is_refused)
