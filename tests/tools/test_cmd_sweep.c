/* hmn sweep: every combination in order, each as its own run says, and what does not fit with the reason. */
#include "tests/suite.h"
#include "tests/tools/network.h"

#include <jansson.h>

static void enter(void)
{
    program_enter();
    program_write("net.yaml", "hmn: 1\nnetwork: {name: s, dt: 1 ms}\nparameters: {n: 8, per: 4, w: 20}\npopulations:\n"
                              "  in: {size: 4, model: spike_source_array, spike_times: [1, 2, 3]}\n"
                              "  a: {size: '${n}', model: loihi_lif, params: {vth_mant: 10}}\nprojections:\n"
                              "  i: {pre: in, post: a, connector: {type: all_to_all}, weight: '${w}', delay: 1 ms}\n"
                              "target: {chip: loihi, machine: {compartments: '${per}', cores_per_chip: 4, chips: 1, "
                              "board_chips: 1, mesh_width: 1, mesh_height: 1}}\nrun: {duration: 9 ms}\n");
}

START_TEST(combinations_come_in_order_with_the_first_slowest)
{
    enter();
    network_ok("$HMN sweep net.yaml --over n=4,8,40 --over per=4,8 -o out");
    ck_assert_str_eq(network_ok("cut -d, -f1-4 out/sweep.csv | tr '\\n' ' '")->out,
                     "n,per,fits,cores 4,4,1,1 4,8,1,1 8,4,1,2 8,8,1,1 40,4,0, 40,8,0, ");
    ck_assert_ptr_nonnull(strstr(network_ok("cat out/sweep.csv")->out, "the 4 cores of loihi hold 16"));
    network_ok("grep -q '<svg' out/sweep.svg && grep -q '&#215;' out/sweep.svg");
    program_leave();
}
END_TEST

START_TEST(a_point_is_what_its_own_run_says)
{
    enter();
    network_ok("$HMN sweep net.yaml --over per=4,8 --timing cycle -o out --steps 7");
    network_ok("$HMN run net.yaml --set per=4 --timing cycle --steps 7 --out one");
    json_t *s = json_load_file("one/summary.json", 0, NULL);
    ck_assert_ptr_nonnull(s);
    char want[64];
    snprintf(want, sizeof want, "%.9g\n", json_number_value(json_object_get(s, "model_time_s")));
    ck_assert_str_eq(network_ok("sed -n 2p out/sweep.csv | cut -d, -f7")->out, want);
    json_decref(s);
    program_leave();
}
END_TEST

START_TEST(wrong_use_is_refused_and_leaves_nothing)
{
    enter();
    network_fails("$HMN sweep net.yaml -o out", 2, "--over NAME=VALUE");
    network_fails("$HMN sweep net.yaml --over n -o out", 2, "takes NAME=VALUE");
    network_fails("$HMN sweep net.yaml --over n=1,,2 -o out", 2, "between commas");
    network_fails("$HMN sweep net.yaml --over n=1", 2, "--out DIR");
    network_fails("$HMN sweep net.yaml --over n=1 --timing slow -o out", 2, "off, fast or cycle");
    ck_assert(!program_exists("out"));
    /* a name that is no parameter is the same mistake at every point; it stands in the table */
    network_ok("$HMN sweep net.yaml --over nn=1 -o out");
    ck_assert_ptr_nonnull(strstr(network_ok("cat out/sweep.csv")->out, "nn"));
    program_leave();
}
END_TEST

SUITE("cmd_sweep", combinations_come_in_order_with_the_first_slowest, a_point_is_what_its_own_run_says,
      wrong_use_is_refused_and_leaves_nothing)
