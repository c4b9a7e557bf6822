/* target.machine, costs and place from YAML to a run: they hold in the compiler, travel in the image, and are refused
 * with both numbers. */
#include "core/base/arena.h"
#include "tests/suite.h"
#include "tests/tools/network.h"

static void write_net(const char *target)
{
    char text[2048];
    snprintf(text, sizeof text,
             "hmn: 1\nnetwork: {name: placed, dt: 1 ms}\npopulations:\n"
             "  in: {size: 4, model: spike_source_array, spike_times: [1, 2, 3]}\n"
             "  a: {size: 70, model: loihi_lif, params: {vth_mant: 10}}\nprojections:\n"
             "  i: {pre: in, post: a, connector: {type: all_to_all}, weight: 20, delay: 1 ms}\n"
             "  r: {pre: a, post: a, connector: {type: all_to_all}, weight: 0, delay: 1 ms}\n"
             "target: {chip: loihi, %s}\nrun: {duration: 9 ms}\n",
             target);
    program_write("net.yaml", text);
}

START_TEST(rows_of_place_decide_where_neurons_sit)
{
    program_enter();
    write_net("place: [[a, 30, 40, 77], [a, 0, 30, 3]]");
    network_ok("$HMN run net.yaml --timing fast --out out");
    /* core 77 of 8 x 4 tiles of 4: tile 19, column 3, row 2 */
    ck_assert_str_eq(network_ok("cut -d, -f2,4,5,10 out/timing/cores.csv | tr '\\n' ' '")->out,
                     "site,x,y,sent 3,0,0,180 77,3,2,240 ");
    ck_assert_str_eq(network_ok("cut -d, -f1-4 out/timing/links.csv | sort -u | wc -l | tr -d ' \\n'")->out, "11");
    program_leave();
}
END_TEST

START_TEST(places_are_checked_like_anything_else)
{
    program_enter();
    write_net("place: [[a, 0, 30, 3]]");
    network_fails("$HMN check net.yaml", 1, "neuron 30 of population 'a' is not placed");
    write_net("place: [[a, 0, 70, 3], [a, 1, 1, 4]]");
    network_fails("$HMN check net.yaml", 1, "neuron 1 of population 'a' is placed twice");
    write_net("place: [[a, 0, 71, 3]]");
    network_fails("$HMN check net.yaml", 1, "population 'a' has 70");
    write_net("place: [[a, 0, 70, 98304]]");
    network_fails("$HMN run net.yaml", 3, "beyond the 98304 cores");
    write_net("machine: {compartments: 64}, place: [[a, 0, 70, 3]]");
    network_fails("$HMN run net.yaml", 3, "needs 70 compartments, a core of loihi has 64");
    program_leave();
}
END_TEST

START_TEST(a_described_machine_holds_in_compiler_image_and_model)
{
    program_enter();
    write_net("machine: {compartments: 20}");
    network_ok("$HMN run net.yaml --out out");
    ck_assert_ptr_nonnull(strstr(network_ok("cat out/summary.json")->out, "\"cores_used\": 4"));
    write_net("machine: {synapse_words: 400}");
    network_fails("$HMN run net.yaml --steps 1 --quiet --target loihi --set x=1", 1, "x"); /* no such parameter */
    write_net("machine: {synapse_words: 40000}, costs: {profile: sanafe, dense: {ns: 1}}");
    network_fails("$HMN run net.yaml", 3, "nothing called 'dense.ps'");
    write_net("machine: {compartments: 70}, costs: {hop_x: {ns: 1000}, synapse_dense: {pJ: 1}}, "
              "place: [[a, 0, 69, 0], [a, 69, 1, 4]]");
    network_ok("$HMN compile net.yaml -o net.hmn");
    network_ok("$HMN run net.hmn --timing fast --out image");
    network_ok("$HMN run net.yaml --timing fast --out text");
    network_ok("cmp image/timing/steps.csv text/timing/steps.csv");
    ck_assert_str_eq(network_ok("cut -d, -f20 image/timing/steps.csv | sort -rn | head -1 | cut -d. -f1")->out,
                     "1002\n");
    program_leave();
}
END_TEST

/* Each number of the table, described otherwise, changes what the model says: none is read from elsewhere. */
START_TEST(every_cost_that_is_described_tells_in_the_run)
{
    static const char *const changes[] = {"axon_in: {ns: 901}",
                                          "axon_in: {pJ: 902}",
                                          "fetch: {ns: 903}",
                                          "fetch: {pJ: 904}",
                                          "word: {ns: 905}",
                                          "word: {pJ: 906}",
                                          "synapse_dense: {ns: 907}",
                                          "synapse_dense: {pJ: 908}",
                                          "step: {ns: 909}",
                                          "step: {pJ: 910}",
                                          "update_idle: {ns: 911}",
                                          "update_idle: {pJ: 912}",
                                          "spike: {ns: 913}",
                                          "spike: {pJ: 914}",
                                          "update_active: {ns: 915}",
                                          "update_active: {pJ: 916}",
                                          "axon_out: {ns: 917}",
                                          "axon_out: {pJ: 918}",
                                          "local: {ns: 91900}",
                                          "local: {pJ: 920}",
                                          "hop_x: {ns: 92100}",
                                          "hop_x: {pJ: 922}",
                                          "hop_y: {ns: 92300}",
                                          "hop_y: {pJ: 924}",
                                          "link: {ns: 92500}",
                                          "static: {mW: 5}",
                                          "barrier: [[1, 7]]",
                                          "barrier: [[1, 7], [9, 80]]",
                                          "barrier: [[1, 7], [9, 80]], stairs: 1, buffer: 4",
                                          "flits: 40",
                                          "link: {ns: 999}, buffer: 1",
                                          "link: {ns: 999}, networks: 1"};
    program_enter();
    hmn_arena *a = arena_new(0);
    const char *seen[64];
    size_t n = sizeof changes / sizeof *changes;
    for (size_t i = 0; i <= n; i++) {
        write_net(arena_printf(a, "costs: {%s}, place: [[a, 0, 60, 0], [a, 60, 10, 77]]", i < n ? changes[i] : ""));
        network_ok("$HMN run net.yaml --timing cycle --out out");
        /* all times and energies */
        seen[i] = arena_printf(a, "%s", network_ok("cut -d, -f2-13,22 out/timing/steps.csv | cksum")->out);
    }
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k <= n; k++)
            ck_assert_msg(strcmp(seen[i], seen[k]) != 0, "%s changes no more than %s", changes[i],
                          k < n ? changes[k] : "nothing");
    arena_free(a);
    program_leave();
}
END_TEST

START_TEST(wishes_that_no_chip_grants_are_refused)
{
    program_enter();
    program_write("net.yaml", network_text);
    network_fails("sed -i 's/chip: loihi/chip: loihi, rounding: nearest/' net.yaml && $HMN run net.yaml", 3,
                  "rounds stochastically, not to nearest");
    program_leave();
}
END_TEST

START_TEST(spinnaker_goes_round_what_is_dead)
{
    program_enter();
    const char *net =
        "hmn: 1\nnetwork: {name: dead, dt: 1 ms}\npopulations:\n"
        "  in: {size: 40, model: spike_source_poisson, params: {rate: 100 Hz}}\n"
        "  a: {size: 900, model: IF_curr_exp}\nprojections:\n"
        "  i: {pre: in, post: a, connector: {type: all_to_all}, weight: 0.5, delay: 1 ms}\n"
        "  r: {pre: a, post: a, connector: {type: fixed_probability, p_connect: 0.05}, weight: 0.1, delay: 2 ms}\n"
        "target: {chip: spinnaker, neurons_per_core: 8%s}\nrun: {duration: 40 ms, seed: 4}\n";
    static const char *const dead[] = {"", ", dead_chips: [[1, 0], [0, 1]], dead_cores: [[2, 2, 9]]",
                                       ", dead_links: [[0, 0, 0], [0, 0, 2]]"};
    char text[2048];
    for (int k = 0; k < 3; k++) {
        snprintf(text, sizeof text, net, dead[k]);
        program_write("net.yaml", text);
        char line[256];
        program_result *r = program_run("$HMN compile net.yaml -o net.hmn");
        ck_assert_msg(r->status == 0, "%s", r->err);
        snprintf(line, sizeof line, "$HMN run net.hmn --out out%d", k);
        network_ok(line);
        snprintf(line, sizeof line,
                 "cmp out0/spikes/a.npy out%d/spikes/a.npy && grep -q '\"packets_lost\": 0,' out%d/summary.json", k, k);
        network_ok(line); /* the same spikes, by other ways */
    }
    snprintf(text, sizeof text, net, ", dead_chips: [[1, 0], [0, 1]], dead_links: [[0, 0, 1]]");
    program_write("net.yaml", text);
    network_fails("$HMN compile net.yaml -o x.hmn", 3, "cannot be reached: dead links");
    snprintf(text, sizeof text, net, ", dead_chips: [[40, 0]]");
    program_write("net.yaml", text);
    network_fails("$HMN compile net.yaml -o x.hmn", 1, "net.yaml:9:61: error");
    program_write("net.yaml", network_text);
    network_fails("sed -i 's/chip: loihi/chip: loihi, dead_chips: [[0, 0]]/' net.yaml && $HMN run net.yaml", 3,
                  "known to spinnaker only");
    snprintf(text, sizeof text, net, ", dead_links: [[0, 0, 6]]");
    program_write("net.yaml", text);
    network_fails("$HMN check net.yaml", 1, "link or number of cores is 6");
    program_leave();
}
END_TEST

SUITE("described", every_cost_that_is_described_tells_in_the_run, wishes_that_no_chip_grants_are_refused,
      spinnaker_goes_round_what_is_dead, rows_of_place_decide_where_neurons_sit, places_are_checked_like_anything_else,
      a_described_machine_holds_in_compiler_image_and_model)
