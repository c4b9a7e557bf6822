/* hmn compile and hmn check: images, reports, dumps, and exit statuses by cause. */
#include "compiler/pipeline.h"
#include "tests/suite.h"
#include "tests/tools/network.h"

#include <jansson.h>

START_TEST(the_same_network_gives_the_same_bytes)
{
    network_enter();
    network_ok(
        "$HMN compile net.yaml -o a.hmn --threads 1 && $HMN compile net.yaml --target loihi -o b.hmn --threads 2");
    network_ok("cmp a.hmn b.hmn");
    network_ok("$HMN compile net.yaml --seed 4 -o c.hmn && ! cmp -s a.hmn c.hmn");
    program_leave();
}
END_TEST

START_TEST(the_report_holds_lowering_cores_placement_and_times)
{
    network_enter();
    network_ok("$HMN compile net.yaml --report report.json");
    json_t *r = json_load_file("report.json", 0, NULL);
    ck_assert_ptr_nonnull(r);
    const json_t *core = json_array_get(json_object_get(r, "cores"), 0);
    ck_assert_uint_gt(json_array_size(json_object_get(r, "lowering")), 0);
    ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(core, "compartments"), "used")), 3);
    ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(core, "compartments"), "limit")), 1024);
    ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(core, "in_axons"), "used")), 4);
    ck_assert(json_is_number(json_object_get(json_object_get(r, "placement"), "traffic_hops")));
    for (const pipeline_pass *p = pipeline_passes(); p->name; p++)
        ck_assert(json_is_number(json_object_get(json_object_get(r, "pass_seconds"), p->name)));
    json_decref(r);
    r = json_loads(network_ok("$HMN compile net.yaml --json")->out, 0, NULL);
    ck_assert_uint_eq(json_array_size(json_object_get(r, "cores")), 1);
    json_decref(r);
    program_leave();
}
END_TEST

START_TEST(every_pass_can_be_dumped)
{
    network_enter();
    for (const pipeline_pass *p = pipeline_passes(); p->name; p++) {
        char line[128];
        snprintf(line, sizeof line, "$HMN compile net.yaml --dump %s", p->name);
        program_result *r = network_ok(line);
        ck_assert_msg(*r->out || strcmp(p->name, "learn") == 0, "%s prints nothing", line);
        snprintf(line, sizeof line, "$HMN compile net.yaml --stop %s", p->name);
        ck_assert_str_eq(network_ok(line)->out, "");
    }
    ck_assert_ptr_nonnull(strstr(network_ok("$HMN compile net.yaml --dump elaborate")->out, "  3 2 40 2\n"));
    ck_assert_ptr_nonnull(strstr(network_ok("$HMN compile net.yaml --dump partition")->out, "slice cells 0..3 core=0"));
    program_leave();
}
END_TEST

START_TEST(strict_refuses_what_may_wrap)
{
    network_enter();
    network_ok("$HMN check --target loihi --strict net.yaml && $HMN compile --strict net.yaml -o n.hmn");
    network_ok("sed 's/feed: {/feed: {weight_exp: 7, /; s/decay_u: 1024/decay_u: 1/' net.yaml > wild.yaml");
    ck_assert_ptr_nonnull(
        strstr(network_ok("$HMN check --target loihi wild.yaml")->err, "population 'cells' may wrap"));
    network_fails("$HMN check --target loihi --strict wild.yaml", 1, "projection 'feed' brings most");
    network_fails("$HMN compile --strict wild.yaml -o w.hmn; s=$?; ls w.hmn 2>/dev/null && exit 9; exit $s", 1,
                  "error: u of");
    program_leave();
}
END_TEST

START_TEST(statuses_tell_input_usage_fit_and_files_apart)
{
    network_enter();
    program_write("big.yaml", "hmn: 1\npopulations:\n  a: {size: 3, model: loihi_lif}\nprojections:\n"
                              "  p: {pre: a, post: a, connector: {type: all_to_all}, weight: 4, delay: 99 ms}\n");
    network_ok("$HMN check big.yaml");
    network_fails("$HMN check big.yaml --target loihi", 3, "error");
    network_fails("$HMN compile big.yaml -o x.hmn", 3, "error");
    network_fails("$HMN compile net.yaml", 2, "needs -o");
    network_fails("$HMN compile net.yaml --dump nothing", 2, "no pass 'nothing'");
    network_fails("$HMN compile net.yaml --dump emit -o x.hmn", 2, "no image for -o");
    network_fails("$HMN compile net.yaml --stop emit --report r", 2, "nothing to --report");
    network_fails("$HMN compile net.yaml --target reference -o x.hmn", 2, "no image to make");
    network_fails("$HMN compile net.yaml -o no/such/x.hmn", 4, "no/such/x.hmn");
    network_fails("$HMN compile net.yaml --report no/such/r.json", 4, "no/such/r.json");
    network_fails("$HMN check absent.yaml", 4, "absent.yaml");
    network_fails("$HMN compile net.yaml --set w=x -o x.hmn", 1, "error");
    ck_assert(!program_exists("x.hmn"));
    program_leave();
}
END_TEST

START_TEST(check_reports_places_in_text_and_in_json)
{
    network_enter();
    program_write("bad.yaml", "hmn: 1\npopulations:\n  a: {size: 3, modle: loihi_lif}\n");
    program_result *r = network_fails("$HMN check bad.yaml", 1, "bad.yaml:3:16: error:");
    ck_assert_ptr_nonnull(strstr(r->err, "model"));
    ck_assert_str_eq(r->out, "");
    r = network_fails("$HMN check --diagnostics json bad.yaml", 1, "\"line\":3");
    char *line = strtok(r->err, "\n");
    json_t *j = json_loads(line, 0, NULL);
    ck_assert_ptr_nonnull(j);
    json_decref(j);
    ck_assert_ptr_nonnull(strstr(network_ok("$HMN check net.yaml")->out, "7 neurons"));
    ck_assert_ptr_nonnull(strstr(network_ok("$HMN check - < net.yaml")->out, "valid"));
    network_fails("$HMN check net.yaml bad.yaml net.yaml", 1, "bad.yaml:3");
    program_leave();
}
END_TEST

START_TEST(colour_follows_the_option_and_never_a_file)
{
    network_enter();
    program_write("bad.yaml", "hmn: 1\npopulations:\n  a: {size: 3, modle: loihi_lif}\n");
    ck_assert_ptr_null(strchr(program_run("$HMN check bad.yaml")->err, '\033'));
    ck_assert_ptr_nonnull(strchr(program_run("$HMN check --color always bad.yaml")->err, '\033'));
    ck_assert_ptr_nonnull(strchr(program_run("NO_COLOR=1 $HMN check --color always bad.yaml")->err, '\033'));
    /* on a terminal, where the machine can make one (a bare chroot has no pseudo-terminals) */
    if (program_run("script -qec true /dev/null </dev/null")->status == 0) {
        ck_assert_ptr_nonnull(
            strchr(program_run("TERM=xterm script -qec '$HMN check bad.yaml' /dev/null </dev/null")->out, '\033'));
        ck_assert_ptr_null(strchr(
            program_run("NO_COLOR=1 TERM=xterm script -qec '$HMN check bad.yaml' /dev/null </dev/null")->out, '\033'));
    }
    program_leave();
}
END_TEST

START_TEST(werror_makes_warnings_fail)
{
    network_enter();
    program_write("odd.yaml", "hmn: 1\npopulations:\n  a: {size: 3, model: loihi_lif}\n"
                              "oscillations:\n  theta: {frequency: 8 Hz}\n");
    program_result *r = network_ok("$HMN check odd.yaml");
    ck_assert_msg(strstr(r->err, "warning"), "no warning: %s", r->err);
    ck_assert_str_eq(network_ok("$HMN check --quiet odd.yaml")->err, "");
    network_fails("$HMN check --werror odd.yaml", 1, "error");
    program_leave();
}
END_TEST

SUITE("cmd_compile", the_same_network_gives_the_same_bytes, the_report_holds_lowering_cores_placement_and_times,
      every_pass_can_be_dumped, statuses_tell_input_usage_fit_and_files_apart, strict_refuses_what_may_wrap,
      check_reports_places_in_text_and_in_json, colour_follows_the_option_and_never_a_file, werror_makes_warnings_fail)
