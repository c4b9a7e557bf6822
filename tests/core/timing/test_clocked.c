/* A compiled network on the machine with a clock, with both models beside each other: results that do not change, the
 * same bytes for any number of threads, sums against what the machine counts, and who is late and why. */
#include "tests/suite.h"
#include "tests/tools/network.h"

#include <jansson.h>

/* Several chips, long delays (relays), and a core that gets more than it can add in a step. */
static const char network[] =
    "hmn: 1\nnetwork: {name: clocked, dt: 1 ms}\npopulations:\n"
    "  in: {size: 100, model: spike_source_poisson, params: {rate: 60 Hz}}\n"
    "  a: {size: 300, model: IF_curr_exp}\n  b: {size: 500, model: IF_curr_exp}\n"
    "projections:\n"
    "  i: {pre: in, post: a, connector: {type: fixed_probability, p_connect: 0.4}, weight: 1.0}\n"
    "  f: {pre: a, post: b, connector: {type: fixed_probability, p_connect: 0.2}, weight: 0.2,\n"
    "      delay: {distribution: uniform, low: 1, high: 30}}\n"
    "target: {chip: spinnaker, chips: 6, machine: {compartments: 32}}\nrun: {duration: 100 ms, seed: 9}\n";

static double total(const char *file, int column)
{
    char line[128];
    snprintf(line, sizeof line, "tail -n +2 %s | cut -d, -f%d | awk '{s += $1} END {printf \"%%.3f\", s}'", file,
             column);
    return strtod(network_ok(line)->out, NULL);
}

static json_int_t count(const char *dir, const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "%s/summary.json", dir);
    json_t *s = json_load_file(path, 0, NULL), *of = json_object_get(s, name);
    json_int_t n = json_integer_value(of ? of : json_object_get(json_object_get(s, "counters"), name));
    json_decref(s);
    return n;
}

START_TEST(timing_changes_no_result_and_threads_no_byte)
{
    program_enter();
    program_write("net.yaml", network);
    network_ok("$HMN run net.yaml --out off && $HMN run net.yaml --timing fast --out fast");
    network_ok("$HMN run net.yaml --timing cycle --threads 1 --out one && "
               "$HMN run net.yaml --timing cycle --threads 3 --out three --trace t.json --vcd t.vcd --vcd-cores 1,4");
    network_ok("for d in off fast one three; do grep state_digest $d/summary.json; done | sort -u | wc -l | "
               "tr -d ' ' | grep -qx 1");
    network_ok("for f in steps cores links late; do cmp one/timing/$f.csv three/timing/$f.csv; done");
    network_ok("grep -q '\"name\":\"receive\"' t.json && grep -q 'scope module core_4' t.vcd");
    program_leave();
}
END_TEST

START_TEST(links_carry_what_the_machine_counts)
{
    program_enter();
    program_write("all.yaml", network);
    network_ok("sed 's/high: 30/high: 8/' all.yaml > net.yaml"); /* no relays, whose packets come in bursts */
    network_ok("$HMN run net.yaml --timing cycle --out cycle && $HMN run net.yaml --timing fast --out fast");
    ck_assert_int_gt(count("cycle", "packet_links"), 1000);
    ck_assert_int_eq(count("cycle", "packets_dropped"), 0);
    ck_assert_double_eq(total("cycle/timing/links.csv", 5), (double)count("cycle", "packet_links"));
    network_ok("cmp fast/timing/links.csv cycle/timing/links.csv");
    ck_assert_double_eq(total("cycle/timing/cores.csv", 11), total("fast/timing/cores.csv", 11)); /* received */
    network_ok("grep energy_j -A 9 cycle/summary.json > a.txt; grep energy_j -A 9 fast/summary.json | cmp - a.txt");
    program_leave();
}
END_TEST

START_TEST(sums_agree_with_the_simulation_below_saturation)
{
    program_enter();
    program_write("all.yaml", network);
    network_ok("sed 's/high: 30/high: 8/' all.yaml > net.yaml"); /* no relays, whose packets come in bursts */
    network_ok("$HMN run net.yaml --timing cycle --out cycle && $HMN run net.yaml --timing fast --out fast");
    double fast = total("fast/timing/steps.csv", 3), cycle = total("cycle/timing/steps.csv", 3);
    ck_assert_double_gt(fast, 0.95 * cycle);
    ck_assert_double_lt(fast, 1.05 * cycle);
    program_leave();
}
END_TEST

START_TEST(they_agree_on_a_benchmark_too)
{
    program_enter();
    for (int k = 0; k < 2; k++) {
        char line[512];
        snprintf(line, sizeof line, "$HMN run %s/models/bench/w1.yaml --steps 30 --timing %s --out %d",
                 HMN_SOURCE_DIR, k ? "cycle" : "fast", k);
        network_ok(line);
    }
    double fast = total("0/timing/steps.csv", 3), cycle = total("1/timing/steps.csv", 3);
    ck_assert_double_gt(fast, 0.98 * cycle);
    ck_assert_double_lt(fast, 1.02 * cycle);
    ck_assert_int_gt(count("1", "late_core_steps"), 10); /* when all noise comes at once for the first time */
    ck_assert_double_eq(total("0/timing/links.csv", 5), total("1/timing/links.csv", 5));
    program_leave();
}
END_TEST

/* Everything that a description may choose reaches the model. */
START_TEST(a_description_changes_what_the_machine_does)
{
    program_enter();
    program_write("all.yaml", network);
    network_ok("sed 's/high: 30/high: 8/' all.yaml > net.yaml"); /* no relays, whose packets come in bursts */
    network_ok("$HMN run net.yaml --timing cycle --out plain");
    ck_assert_int_eq(count("plain", "spikes_overflowed"), 0);
    network_ok("sed 's/compartments: 32}/&, costs: {spike_buffer: 2}/' net.yaml > buffer.yaml && "
               "$HMN run buffer.yaml --timing cycle --out buffer");
    ck_assert_int_gt(count("buffer", "spikes_overflowed"), 100);
    network_ok("test $(wc -l < buffer/timing/late.csv) -gt 10 && cut -d, -f11 buffer/timing/late.csv | grep -qv 0");
    /* links so slow that routers lose patience: nothing vanishes */
    network_ok("sed 's/compartments: 32}/&, costs: {link: {ns: 30000}, wait: {ns: 2000}}/' net.yaml > slow.yaml && "
               "$HMN run slow.yaml --timing cycle --out slow && "
               "grep state_digest plain/summary.json > a.txt && grep state_digest slow/summary.json | cmp - a.txt");
    ck_assert_int_gt(count("slow", "packets_dropped"), 100);
    ck_assert_int_gt(count("slow", "packets_reinjected"), 100);
    ck_assert_double_gt(total("slow/timing/steps.csv", 2), total("plain/timing/steps.csv", 2) * 0.999);
    network_ok("sed 's/compartments: 32}/&, costs: {synapse_dense: {ns: 9150}}/' net.yaml > adds.yaml && "
               "$HMN run adds.yaml --timing cycle --out adds");
    ck_assert_int_gt(count("adds", "late_core_steps"), 50);
    network_ok("tail -n +2 adds/timing/late.csv | cut -d, -f12 | sort -u | grep -qx queue");
    program_leave();
}
END_TEST

SUITE("clocked", timing_changes_no_result_and_threads_no_byte, links_carry_what_the_machine_counts,
      sums_agree_with_the_simulation_below_saturation, they_agree_on_a_benchmark_too,
      a_description_changes_what_the_machine_does)
