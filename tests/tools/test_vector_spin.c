/* Vectors of SpiNNaker cores through the functions of the emulator; and that the comparison can fail. */
#include "tests/suite.h"
#include "tests/tools/network.h"
#include "tools/conformance.h"
#include "tools/vector_synapse.h"

static const char *const files[] = {
    "primitives",
    "neuron_IF_curr_exp",
    "neuron_IF_cond_exp",
    "neuron_IF_cond_exp_stoc",
    "neuron_IF_curr_alpha",
    "neuron_IF_curr_delta",
    "neuron_IF_curr_exp_ca2",
    "neuron_IF_curr_exp_dual",
    "neuron_IZK_curr_exp",
    "neuron_IF_curr_exp_sEMD",
    "neuron_IZK_cond_exp",
    "real_code_static",
    "real_code_plastic",
    "delay_stages",
    "current_sources",
};

START_TEST(operations_and_neurons_agree_with_the_arm_code)
{
    conformance c = {.out = stderr};
    hmn_diag *d = diag_new();
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[256];
        snprintf(path, sizeof path, "%s/tests/data/spinnaker/%s.json", HMN_SOURCE_DIR, files[i]);
        uint64_t before = c.passed;
        conformance_file(&c, path, d);
        ck_assert_msg(c.failed == 0, "%s does not agree", files[i]);
        ck_assert_msg(c.passed > before, "%s holds no case", files[i]);
    }
    ck_assert_uint_eq(diag_errors(d), 0);
    diag_free(d);
}
END_TEST

/* The first `from` after `after` becomes `to`; then a case must fail, with `says` in its line. */
static void must_fail(const char *file, const char *after, const char *from, const char *to, const char *says)
{
    static char text[1 << 19];
    char path[256];
    snprintf(path, sizeof path, "%s/tests/data/spinnaker/%s.json", HMN_SOURCE_DIR, file);
    program_slurp(path, text, sizeof text);
    char *at = strstr(text, after);
    at = at ? strstr(at, from) : NULL;
    ck_assert_ptr_nonnull(at);
    ck_assert_uint_eq(strlen(from), strlen(to));
    memcpy(at, to, strlen(to));
    program_write("x.json", text);
    program_result *r = program_run("$HMN conformance x.json");
    ck_assert_int_eq(r->status, 1);
    ck_assert_msg(strstr(r->out, says) != NULL, "%s", r->out);
}

START_TEST(a_wrong_number_is_found_and_named)
{
    network_enter();
    must_fail("primitives", "\"mul\"", "232728268", "232728269", "mul(1834454, 4157117): got 232728268");
    must_fail("primitives", "\"mars_kiss64\"", "300772195", "300772196", "mars_kiss64 0: draw 0: got 300772195");
    must_fail("primitives", "\"ops\"", "\"sqrtk\"", "\"sqrtx\"", "there is no operation 'sqrtx'");
    must_fail("neuron_IF_curr_exp", "\"exp_TC\"", "31170", "31171", "exp_TC after loading: got 31170, want 31171");
    must_fail("neuron_IF_curr_exp", "\"steps\"", "-2192006", "-2192007", "in tick 1: got -2192006");
    must_fail("neuron_IZK_curr_exp", "\"model\"", "IZK", "IZQ", "there is no model 'IZQ_curr_exp'");
    must_fail("delay_stages", "\"sent\"", "16", "17", "packet 0: sent in step ");
    must_fail("current_sources", "\"ac\"", "[[0", "[[1", "neuron 0 in step 0: got 0, want 1");
    must_fail("real_code_static", "\"network\"", "cm: 0.25", "cm: 0.35", " in step ");
    program_leave();
}
END_TEST

/* The case agrees with the functions of the core first; here the machine alone is asked. */
START_TEST(a_core_as_a_network_can_disagree)
{
    json_t *root = json_load_file(HMN_SOURCE_DIR "/tests/data/spinnaker/core_run.json", 0, NULL);
    json_t *json = json_array_get(json_object_get(root, "cases"), 0);
    json_t *tick = json_array_get(json_object_get(json_object_get(json, "expected"), "V_after_tick"), 30);
    vector_reader r = {.arena = arena_new(0)};
    vector_core_network(&r, json, 60);
    ck_assert_msg(r.why != NULL && strstr(r.why, "spikes of the file are missing"), "%s", r.why ? r.why : "agrees");
    r.why = NULL;
    json_array_set_new(tick, 2, json_integer(json_integer_value(json_array_get(tick, 2)) + 1));
    vector_core_network(&r, json, 60);
    ck_assert_msg(r.why != NULL && strstr(r.why, "on the machine, V of neuron 2 in tick 30"), "%s", r.why);
    arena_free(r.arena);
    json_decref(root);
}
END_TEST

SUITE("vector_spin", a_core_as_a_network_can_disagree, operations_and_neurons_agree_with_the_arm_code,
      a_wrong_number_is_found_and_named)
