/* hmn run: what it writes, that it writes all or nothing, and that threads, image and network do not matter. */
#include "tests/suite.h"
#include "tests/tools/network.h"
#include "tools/npy.h"

#include <dirent.h>
#include <jansson.h>
#include <signal.h>

static hmn_arena *arena;
static hmn_diag *diag;

static void begin(void)
{
    arena = arena_new(0);
    diag = diag_new();
    network_enter();
}

static void end(void)
{
    program_leave();
    diag_free(diag);
    arena_free(arena);
}

static const npy_array *table(const char *path)
{
    const npy_array *t = npy_read(path, arena, diag);
    ck_assert_msg(t != NULL, "%s cannot be read", path);
    return t;
}

static int entries(const char *path)
{
    int n = -2;
    DIR *d = opendir(path);
    while (readdir(d))
        n++;
    closedir(d);
    return n;
}

START_TEST(results_are_those_of_the_contract)
{
    static const char *const keys[] = {
        "target",      "steps",           "seed",           "threads",    "neurons",    "synapses", "plastic_synapses",
        "spikes",      "synaptic_events", "weight_updates", "cores_used", "chips_used", "wall_s",   "model_time_s",
        "state_digest"};
    begin();
    network_ok("$HMN run net.yaml --target loihi --steps 20 --out out --threads 1");
    json_t *s = json_load_file("out/summary.json", 0, NULL);
    ck_assert_ptr_nonnull(s);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        ck_assert_msg(json_object_get(s, keys[i]), "summary.json lacks %s", keys[i]);
    ck_assert_ptr_null(json_object_get(s, "energy_j"));
    ck_assert_str_eq(json_string_value(json_object_get(s, "target")), "loihi");
    ck_assert_int_eq(json_integer_value(json_object_get(s, "synaptic_events")), 12);
    ck_assert_int_eq(json_integer_value(json_object_get(s, "synapses")), 12);
    ck_assert_int_eq(json_integer_value(json_object_get(s, "seed")), 3);
    ck_assert_uint_eq(strlen(json_string_value(json_object_get(s, "state_digest"))), 16);
    const npy_array *in = table("out/spikes/in.npy"), *cells = table("out/spikes/cells.npy"),
                    *volts = table("out/probes/volts.npy"), *probed = table("out/probes/weights.npy"),
                    *weights = table("out/weights/feed.npy");
    ck_assert(in->rows == 4 && in->columns == 2 && in->whole[6] == 4 && in->whole[7] == 3);
    ck_assert(cells->rows > 0 && cells->rows % 3 == 0); /* all cells get the same */
    ck_assert_int_eq(json_integer_value(json_object_get(s, "spikes")), (int64_t)(in->rows + cells->rows));
    ck_assert(volts->rows == 10 && volts->columns == 3);
    ck_assert(volts->whole[0] == 0 && volts->whole[3] == 2 * 40 * 64); /* two spikes of step 0 arrive in step 2 */
    ck_assert(probed->rows == 2 && probed->columns == 12 && probed->whole[0] == 40);
    ck_assert(weights->rows == 12 && weights->columns == 4);
    for (uint64_t i = 0; i < 12; i++) {
        const int64_t *row = weights->whole + 4 * i;
        ck_assert(row[0] == (int64_t)i / 3 && row[1] == (int64_t)i % 3 && row[2] == 40 && row[3] == 2);
    }
    json_decref(s);
    end();
}
END_TEST

START_TEST(an_image_and_any_number_of_threads_give_the_same_bytes)
{
    begin();
    network_ok("$HMN run net.yaml --out a --threads 1");
    network_ok("$HMN compile net.yaml -o net.hmn && $HMN run net.hmn --out b --threads 2");
    network_ok("diff -r a/spikes b/spikes && diff -r a/probes b/probes && diff -r a/weights b/weights");
    network_ok("grep state_digest a/summary.json > 1; grep state_digest b/summary.json > 2; diff 1 2");
    end();
}
END_TEST

START_TEST(the_reference_writes_the_same_files_as_doubles)
{
    begin();
    network_ok("$HMN run net.yaml --target reference --steps 20 --out out");
    const npy_array *volts = table("out/probes/volts.npy"), *weights = table("out/weights/feed.npy");
    ck_assert(!volts->integers && volts->rows == 10 && volts->columns == 3 && volts->value[3] == 2 * 40 * 64);
    ck_assert(!weights->integers && weights->rows == 12 && weights->value[2] == 40 && weights->value[3] == 2);
    ck_assert(table("out/spikes/cells.npy")->integers);
    end();
}
END_TEST

START_TEST(set_and_seed_reach_the_network)
{
    begin();
    network_ok("$HMN run net.yaml --set w=80 --seed 11 --out out");
    ck_assert_int_eq(table("out/weights/feed.npy")->whole[2], 80);
    network_ok("grep '\"seed\": 11' out/summary.json");
    end();
}
END_TEST

START_TEST(signals_from_a_file_reach_modulators_by_name)
{
    begin();
    program_write("gated.yaml", "hmn: 1\npopulations: {cell: {size: 1, model: loihi_lif}}\n"
                                "neuromodulators: {cue: {source: {signal: input.cue}}}\n"
                                "probes: {levels: {target: cue, record: level}}\nrun: {duration: 6 ms}\n");
    program_write("signals", "2 input.cue 0.5\n4 input.cue -1\n");
    network_ok("$HMN run gated.yaml --target loihi --inputs signals --out chip");
    network_ok("$HMN run gated.yaml --target reference --inputs signals --out real");
    const npy_array *chip = table("chip/probes/levels.npy"), *real = table("real/probes/levels.npy");
    static const double expected[] = {0, 0, 0.5, 0.5, -1, -1};
    ck_assert(chip->rows == 6 && real->rows == 6);
    for (int t = 0; t < 6; t++) {
        ck_assert_double_eq((double)chip->whole[t] / 65536, expected[t]);
        ck_assert_double_eq(real->value[t], expected[t]);
    }
    end();
}
END_TEST

START_TEST(inputs_from_a_file_are_injected)
{
    begin();
    program_write("spikes", "7 in 0\n8 1\n");
    network_ok("$HMN run net.yaml --inputs spikes --out out");
    const npy_array *in = table("out/spikes/in.npy");
    ck_assert(in->rows == 6 && in->whole[8] == 7 && in->whole[9] == 0 && in->whole[10] == 8 && in->whole[11] == 1);
    program_write("spikes", "7 cells 0\n");
    network_fails("$HMN run net.yaml --inputs spikes --out other", 1, "spikes:1:1");
    network_fails("$HMN run net.yaml --inputs absent --out other", 4, "cannot read 'absent'");
    ck_assert(!program_exists("other"));
    end();
}
END_TEST

START_TEST(nothing_is_written_when_a_run_fails_or_is_refused)
{
    begin();
    network_ok("mkdir home && touch home/thesis");
    network_fails("$HMN run net.yaml --out home", 4, "not an earlier result");
    network_fails("$HMN run absent.yaml --out out", 4, "absent.yaml");
    network_fails("$HMN run net.yaml --out net.yaml/out", 4, "Not a directory");
    network_fails("$HMN run net.yaml --target reference --timing fast --out out", 2, "--timing off works");
    network_fails("$HMN run net.yaml --timing slow --out out", 2, "off, fast or cycle");
    network_fails("$HMN run net.yaml --checkpoint f --out out", 2, "no checkpoints");
    network_fails("$HMN run net.yaml --resume f --out out", 2, "no checkpoints");
    network_fails("$HMN run net.yaml --target abacus --out out", 2, "no target 'abacus'");
    network_fails("$HMN run net.yaml --steps -1 --out out", 2, "--steps takes a whole number");
    program_write("bad.yaml", "hmn: 1\npopulation: {}\n");
    network_fails("$HMN run bad.yaml --out out", 1, "bad.yaml:2:1");
    program_write("bad.hmn", "not an image");
    network_fails("$HMN run bad.hmn --out out", 4, "not a usable image");
    network_ok("rm home/thesis bad.yaml bad.hmn");
    ck_assert_int_eq(entries("."), 2); /* net.yaml, home */
    end();
}
END_TEST

START_TEST(a_second_run_replaces_the_first)
{
    begin();
    network_ok("$HMN run net.yaml --out out --quiet && touch out/old && $HMN run net.yaml --steps 5 --out out");
    ck_assert(!program_exists("out/old"));
    network_ok("grep '\"steps\": 5' out/summary.json");
    ck_assert_int_eq(entries("."), 2);
    end();
}
END_TEST

START_TEST(an_interrupt_ends_with_130_and_leaves_nothing)
{
    begin();
    /* sh would have a background job ignore SIGINT; the run says when it steps by its temporary folder */
    network_fails("bash -c 'set -m; $HMN run net.yaml --steps 4000000000 --out out & "
                  "for i in $(seq 200); do ls -d out.tmp-* >/dev/null 2>&1 && break; sleep 0.05; done; "
                  "kill -INT %1; wait %1'",
                  130, "interrupted after step");
    ck_assert_int_eq(entries("."), 1);
    end();
}
END_TEST

START_TEST(json_prints_the_summary_and_quiet_prints_nothing)
{
    begin();
    program_result *r = network_ok("$HMN run net.yaml --json");
    json_t *s = json_loads(r->out, 0, NULL);
    ck_assert(s && json_integer_value(json_object_get(s, "steps")) == 20);
    json_decref(s);
    r = network_ok("$HMN run net.yaml --quiet --out out");
    ck_assert_str_eq(r->out, "");
    ck_assert_str_eq(r->err, "");
    end();
}
END_TEST

START_TEST(a_stimulus_onto_neurons_runs_and_its_spikes_are_written)
{
    begin();
    program_write("net.yaml", "hmn: 1\npopulations:\n  cell: {size: 3, model: IF_curr_exp}\n"
                              "stimuli:\n  noise: {type: poisson, target: cell, rate: 300 Hz, weight: 2 nA}\n"
                              "target: {chip: loihi}\nrun: {duration: 50 ms}\n");
    network_ok("$HMN run net.yaml --out o && test -s o/spikes/stim.noise.npy && test -s o/spikes/cell.npy");
    end();
}
END_TEST

START_TEST(settings_of_a_task_are_checked_before_it_runs)
{
    begin();
    program_write("net.yaml", "hmn: 1\npopulations: {in: {size: 2, model: spike_source}}\n"
                              "task: {type: digits, data: d.csv, pases: 3}\n");
    network_fails("$HMN check net.yaml", 1, "net.yaml:3:42: error: task digits has no setting 'pases'");
    program_write("net.yaml", "hmn: 1\npopulations: {in: {size: 2, model: spike_source}}\n"
                              "task: {type: digit, data: d.csv}\n");
    network_fails("$HMN compile net.yaml -o x.hmn", 1, "net.yaml:3:14: error: there is no task 'digit'");
    program_write(
        "net.yaml",
        "hmn: 1\npopulations: {input: {size: 2, model: spike_source}, output: {size: 2, model: IF_curr_exp}}\n"
        "task: {type: digits, data: d.csv, passes: 0}\n");
    network_fails("$HMN run net.yaml", 1, "net.yaml:3:43: error: task digits: passes is '0'");
    end();
}
END_TEST

SUITE("cmd_run", a_stimulus_onto_neurons_runs_and_its_spikes_are_written, settings_of_a_task_are_checked_before_it_runs,
      results_are_those_of_the_contract, an_image_and_any_number_of_threads_give_the_same_bytes,
      the_reference_writes_the_same_files_as_doubles, set_and_seed_reach_the_network,
      signals_from_a_file_reach_modulators_by_name, inputs_from_a_file_are_injected,
      nothing_is_written_when_a_run_fails_or_is_refused, a_second_run_replaces_the_first,
      an_interrupt_ends_with_130_and_leaves_nothing, json_prints_the_summary_and_quiet_prints_nothing)
