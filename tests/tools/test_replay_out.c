/* hmn verify --replay and --report: the rows of hmn compile --report, with errors of the run. */
#include "tests/suite.h"
#include "tests/tools/network.h"

#include <jansson.h>

static json_t *load(const char *path)
{
    json_t *r = json_load_file(path, 0, NULL);
    ck_assert_msg(r != NULL, "%s is no JSON", path);
    return r;
}

static const char *text(const json_t *row, const char *key) { return json_string_value(json_object_get(row, key)); }

START_TEST(verify_writes_the_rows_of_compile_with_measured_errors)
{
    network_enter();
    network_ok("cp " HMN_SOURCE_DIR "/models/basics/gated.yaml gated.yaml");
    network_ok("$HMN compile gated.yaml --target loihi --report c.json");
    network_ok(
        "$HMN verify gated.yaml --target loihi --steps 400 --bound-weight 1000 --bound-rate 1000 --report v.json "
        "> verify.txt");
    network_ok("$HMN verify gated.yaml --target loihi --steps 400 --replay --json --report r.json > replay.json");
    json_t *c = load("c.json"), *v = load("v.json"), *r = load("r.json"), *j = load("replay.json");
    const json_t *a = json_object_get(c, "lowering"), *b = json_object_get(v, "lowering");
    ck_assert(json_equal(b, json_object_get(r, "lowering")));
    ck_assert(json_equal(b, json_object_get(j, "lowering")));
    ck_assert_uint_eq(json_array_size(a), json_array_size(b));
    ck_assert_int_eq(json_integer_value(json_object_get(v, "steps")), 400);
    uint32_t measured = 0;
    for (size_t i = 0; i < json_array_size(a); i++) {
        const json_t *x = json_array_get(a, i), *y = json_array_get(b, i);
        ck_assert_str_eq(text(x, "quantity"), text(y, "quantity"));
        ck_assert_str_eq(text(x, "verdict"), text(y, "verdict"));
        measured += strcmp(text(y, "errors_are"), "measured") == 0;
        ck_assert(strcmp(text(x, "errors_are"), "measured") != 0);
    }
    ck_assert_uint_gt(measured, 5);
    json_decref(c);
    json_decref(v);
    json_decref(r);
    json_decref(j);
    program_leave();
}
END_TEST

START_TEST(a_text_report_has_the_same_table)
{
    network_enter();
    network_ok("cp " HMN_SOURCE_DIR "/models/basics/gated.yaml gated.yaml");
    network_ok("$HMN verify gated.yaml --target loihi --steps 200 --replay --report v.txt > out.txt");
    network_ok("grep -q 'measured over 200 steps' v.txt && grep -q 'equation 3 .*measured' v.txt");
    network_ok("grep 'equation 3 ' v.txt > a && grep 'equation 3 ' out.txt > b && cmp a b");
    network_fails("$HMN verify gated.yaml --target loihi --steps 20 --replay --report no/such/r.json", 4, "no/such");
    program_leave();
}
END_TEST

SUITE("replay_out", verify_writes_the_rows_of_compile_with_measured_errors, a_text_report_has_the_same_table)
