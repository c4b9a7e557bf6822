/* Published vectors through the whole compiler and the emulated chip; and that the comparison can fail. */
#include "tools/conformance.h"
#include "tests/suite.h"
#include "tests/tools/network.h"

#include <jansson.h>

static const char *const spinnaker_files[] = {"synapse_row_static",
                                              "population_table",
                                              "stdp_pair_additive",
                                              "stdp_pair_multiplicative",
                                              "stdp_nearest_pair_additive",
                                              "stdp_nearest_pair_multiplicative",
                                              "stdp_pfister_triplet_additive",
                                              "stdp_vogels_2011_additive",
                                              "stdp_nm_pair_additive",
                                              "stdp_nm_pair_multiplicative",
                                              "stdp_nm_vogels_additive",
                                              "core_run"};

static const char *const files[] = {"lif_nengo",
                                    "lif_lava",
                                    "lif_brian2loihi_decay",
                                    "lif_brian2loihi_ref_delay",
                                    "net_nengo_decay",
                                    "net_nengo_bias_vth",
                                    "net_nengo_refract",
                                    "net_nengo_weight",
                                    "net_nengo_overflow",
                                    "net_nengo_recurrent",
                                    "net_lava_weight",
                                    "net_lava_delay",
                                    "net_lava_recurrent",
                                    "network_brian2loihi",
                                    "weight_brian2loihi",
                                    "learning_rule_lava",
                                    "learn_lava_stdp_det",
                                    "learn_lava_rules",
                                    "learn_lava_reward",
                                    "learn_lava_graded",
                                    "learn_lava_edges",
                                    "learn_brian2loihi",
                                    "net_nengo_noise",
                                    "net_nengo_pes",
                                    "stat_lava",
                                    "stat_nengo",
                                    "stat_brian",
                                    "oracle_net_lava",
                                    "oracle_net_nengo",
                                    "oracle_netlearn_lava",
                                    "oracle_netlearn_nengo",
                                    "oracle_netall_lava",
                                    "oracle_stat_nengo",
                                    "oracle_stat_lava"};

static void replay(const char *chip, const char *const *file, size_t n)
{
    conformance c = {.out = stderr};
    hmn_diag *d = diag_new();
    for (size_t i = 0; i < n; i++) {
        char path[256];
        snprintf(path, sizeof path, "%s/tests/data/%s/%s.json", HMN_SOURCE_DIR, chip, file[i]);
        uint64_t before = c.passed;
        conformance_file(&c, path, d);
        ck_assert_msg(c.failed == 0, "%s does not agree", file[i]);
        ck_assert_msg(c.passed > before, "%s holds no case", file[i]);
    }
    ck_assert_uint_eq(diag_errors(d), 0);
    diag_free(d);
}

START_TEST(all_cases_agree)
{
    replay("loihi", files, sizeof files / sizeof *files);
    replay("spinnaker", spinnaker_files, sizeof spinnaker_files / sizeof *spinnaker_files);
}
END_TEST

/* Replaces the first `from` after `after` in a copy of a vector file by `to`, of the same length. */
static void alter(const char *file, const char *after, const char *from, const char *to)
{
    static char text[1 << 19];
    char path[256];
    snprintf(path, sizeof path, "%s/tests/data/loihi/%s.json", HMN_SOURCE_DIR, file);
    program_slurp(path, text, sizeof text);
    char *at = strstr(text, after);
    ck_assert_ptr_nonnull(at);
    at = strstr(at, from);
    ck_assert_ptr_nonnull(at);
    ck_assert_uint_eq(strlen(from), strlen(to));
    memcpy(at, to, strlen(to));
    program_write("x.json", text);
}

START_TEST(a_wrong_number_is_found_and_named)
{
    network_enter();
    alter("net_nengo_decay", "\"expected\"", "6400", "6401");
    program_result *r = program_run("$HMN conformance x.json");
    ck_assert_int_eq(r->status, 1);
    ck_assert_ptr_nonnull(
        strstr(r->out, "FAIL x.json: nl_decay_u0_v0: u of neuron 0 after step 1: got 6400, want 6401"));
    ck_assert_ptr_nonnull(strstr(r->out, "\n2 passed, 1 failed\n"));
    alter("net_nengo_refract", "\"spikes\":[[2,0]", "[2,0]", "[3,0]");
    r = program_run("$HMN conformance x.json");
    ck_assert_ptr_nonnull(strstr(r->out, "neuron 0 fired in step 1"));
    alter("net_nengo_weight", "\"w_eff\"", "[-64,", "[-63,");
    r = program_run("$HMN conformance x.json");
    ck_assert_ptr_nonnull(strstr(r->out, "synapse 0 -> 0, weight -69: becomes -64"));
    alter("net_nengo_recurrent", "\"sum_u\"", "[", " ");
    r = program_run("$HMN conformance x.json");
    ck_assert_int_eq(r->status, 1);
    ck_assert_ptr_nonnull(strstr(r->err, "x.json:"));
    alter("learning_rule_lava", "\"accumulator_out\"", "[", "1") /* no JSON any more */;
    ck_assert_int_eq(program_run("$HMN conformance x.json")->status, 1);
    alter("learning_rule_lava", "\"rule\"", "x0*y1", "x0*y2");
    r = program_run("$HMN conformance x.json");
    ck_assert_int_eq(r->status, 1);
    ck_assert_ptr_nonnull(strstr(r->out, "accumulator of synapse"));
    alter("weight_brian2loihi", "\"w_act\"", "-64", "-60");
    ck_assert_int_eq(program_run("$HMN conformance x.json")->status, 1);
    program_leave();
}
END_TEST

/* -256 2^7 2^6 = -2^21: Lava adds it in full, one step past what the chip's other dialects hold. */
START_TEST(the_least_weight_of_lava_is_not_clipped)
{
    network_enter();
    program_write(
        "x.json",
        "{\"cases\": [{\"id\":\"least\",\"steps\":3,\"neurons\":{\"n\":1,\"du\":4095,\"dv\":4095,\"vth_mant\":9,"
        "\"bias_mant\":0,\"bias_exp\":0},\"inputs\":{\"n\":1,\"spikes\":[[1,0]]},\"synapses\":[{\"from\":\"input\","
        "\"sign_mode\":\"mixed\",\"weight_exp\":7,\"num_weight_bits\":2,\"conn\":[[0,0,-130]],\"w_trunc\":[-256]}],"
        "\"expected\":{\"neurons\":[0],\"u\":[[0,-2097152,0]],\"v\":[[0,-2097152,-512]],\"spikes\":[]}}]}");
    program_result *r = program_run("$HMN conformance x.json");
    ck_assert_str_eq(r->out, "1 passed, 0 failed\n");
    program_leave();
}
END_TEST

/* A change after `after` in a file that agrees must make a case fail, with `says` in the line. */
static void must_fail(const char *file, const char *after, const char *from, const char *to, const char *says)
{
    alter(file, after, from, to);
    program_result *r = program_run("$HMN conformance x.json");
    ck_assert_int_eq(r->status, 1);
    ck_assert_msg(strstr(r->out, says) != NULL, "%s: %s", file, r->out);
}

START_TEST(learning_is_compared_number_by_number)
{
    network_enter();
    must_fail("learn_lava_rules", "\"x1\":[[", "0,", "1,", "x1 of neuron 0 after step");
    must_fail("learn_lava_rules", "\"y2\":[[", "0,", "1,", "y2 of neuron");
    must_fail("learn_lava_rules", "\"activation\":[[", "0,", "1,", "activation of neuron 0 after step 0");
    must_fail("learn_lava_rules", "\"products\"", "\"mantissa\":1", "\"mantissa\":3", "other products");
    must_fail("learn_lava_stdp_det", "\"force_draws\"", "\"syn\":1.0", "\"syn\":0.0", "w of synapse");
    must_fail("learn_lava_graded", "\"graded_cfg\"", "1", "2", "x1 of neuron");
    must_fail("learn_lava_reward", "\"y_in\":[[[", "0", "1", "y1 of neuron 0 after step");
    must_fail("learn_brian2loihi", "\"w\":[", "100", "102", "w after step 0: got 100, want 102");
    must_fail("net_nengo_noise", "\"noise_draws\":[[", "-119", "-109", "u of neuron 0 after step 0");
    must_fail("net_nengo_pes", "\"w_eff\":[[[", "0,", "1,", "effective weight of synapse");
    must_fail("oracle_netlearn_nengo", "\"sum_w_eff\":[", "1", "2", "sum of effective weights");
    must_fail("oracle_netlearn_nengo", "\"force_draws\":", "1.0", "0.0", "after step");
    must_fail("oracle_netall_lava", "\"w\":[[[", "1", "2", "w of synapse");
    /* 3 standard errors: one epoch of many may be as far, the last one alone may not */
    must_fail("oracle_stat_nengo", "or_stat_pes_2", "-129.016]", "-129.716]", "mean of w at 14");
    must_fail("stat_lava", "\"mean\":[", "15", "14", "mean of x1 at 3");
    must_fail("stat_brian", "\"spikes\":[", "9", "8", "mean of x1 at 8");
    program_leave();
}
END_TEST

START_TEST(bad_files_are_located_and_never_crash)
{
    network_enter();
    program_write("a.json", "{\"cases\": [\n{\"id\": 3,}\n]}");
    network_fails("$HMN conformance a.json", 1, "a.json:2:");
    program_write("a.json",
                  "{\"cases\": [{\"id\":\"ok\",\"x\":1},\n{\"id\":\"b\",\"input_q\":[1,\"x\"],\"config\":{}}]}");
    network_fails("$HMN conformance a.json", 1, "a.json:2:1: error: case b:");
    program_write("a.json", "[1, 2]");
    network_fails("$HMN conformance a.json", 1, "an array 'cases'");
    program_write("a.json", "");
    network_fails("$HMN conformance a.json", 1, "not JSON");
    network_fails("$HMN conformance absent.json", 4, "absent.json");
    network_fails("$HMN conformance .", 4, "cannot read '.'");
    program_leave();
}
END_TEST

START_TEST(a_family_that_is_not_known_fails_and_says_so)
{
    network_enter();
    program_write("stat_x.json", "{\"cases\": [{\"id\":\"a\",\"trials\":1},{\"id\":\"b\",\"trials\":1}]}");
    program_result *r = program_run("$HMN conformance stat_x.json");
    ck_assert_int_eq(r->status, 1);
    ck_assert_ptr_nonnull(strstr(r->out, "family stat_x is not supported"));
    ck_assert_ptr_nonnull(strstr(r->out, "\n0 passed, 2 failed\n"));
    r = program_run("$HMN conformance stat_x.json --json");
    ck_assert_int_eq(r->status, 1);
    json_t *j = json_loads(r->out, 0, NULL);
    ck_assert(j && json_array_size(json_object_get(j, "failures")) == 2);
    ck_assert_int_eq(json_integer_value(json_object_get(j, "failed")), 2);
    json_decref(j);
    program_leave();
}
END_TEST

START_TEST(emitted_networks_run_by_themselves)
{
    network_enter();
    network_ok("$HMN conformance '" HMN_SOURCE_DIR "/tests/data/loihi/net_nengo_decay.json' --emit-yaml nets");
    network_ok("$HMN run nets/nl_decay_u0_v0.yaml --out out");
    ck_assert(program_exists("out/probes/u.npy") && program_exists("out/probes/v.npy"));
    program_leave();
}
END_TEST

SUITE("conformance", all_cases_agree, a_wrong_number_is_found_and_named, the_least_weight_of_lava_is_not_clipped,
      learning_is_compared_number_by_number, bad_files_are_located_and_never_crash,
      a_family_that_is_not_known_fails_and_says_so, emitted_networks_run_by_themselves)
