/* hmn explain and hmn schema: every code, pass and key has an answer. */
#include "compiler/pipeline.h"
#include "core/base/diag.h"
#include "tests/suite.h"
#include "tests/tools/network.h"

#include <jansson.h>

START_TEST(every_code_and_pass_is_explained)
{
    char line[128];
    program_enter();
    for (uint32_t i = 0; i < DIAG_CODE_COUNT; i++) {
        snprintf(line, sizeof line, "$HMN explain %s", diag_code_name((hmn_diag_code)i));
        ck_assert_ptr_nonnull(strstr(network_ok(line)->out, diag_code_meaning((hmn_diag_code)i)));
    }
    for (const pipeline_pass *p = pipeline_passes(); p->name; p++) {
        snprintf(line, sizeof line, "$HMN explain %s", p->name);
        ck_assert_ptr_nonnull(strstr(network_ok(line)->out, p->meaning));
    }
    ck_assert_ptr_nonnull(strstr(network_ok("$HMN explain e0103")->out, "E0103"));
    program_leave();
}
END_TEST

START_TEST(keys_are_explained_and_others_refused)
{
    program_enter();
    ck_assert_ptr_nonnull(strstr(network_ok("$HMN explain tau_m")->out, "time constant"));
    ck_assert_ptr_nonnull(strstr(network_ok("$HMN explain weight_exp")->out, "exponent"));
    network_fails("$HMN explain frobnicate", 2, "frobnicate");
    ck_assert_str_eq(program_run("$HMN explain frobnicate")->out, "");
    network_fails("$HMN explain", 2, "needs a message code");
    ck_assert_ptr_nonnull(strstr(network_ok("$HMN explain --language")->out, "populations"));
    program_leave();
}
END_TEST

START_TEST(the_schema_is_json_of_draft_7)
{
    program_enter();
    network_ok("$HMN schema > schema.json");
    json_t *j = json_load_file("schema.json", 0, NULL);
    ck_assert_ptr_nonnull(j);
    ck_assert_ptr_nonnull(strstr(json_string_value(json_object_get(j, "$schema")), "draft-07"));
    ck_assert_ptr_nonnull(json_object_get(json_object_get(j, "properties"), "populations"));
    json_decref(j);
    program_leave();
}
END_TEST

SUITE("cmd_explain", every_code_and_pass_is_explained, keys_are_explained_and_others_refused,
      the_schema_is_json_of_draft_7)
