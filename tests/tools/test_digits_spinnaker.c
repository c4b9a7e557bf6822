/* models/digits.yaml, unchanged, on the emulated SpiNNaker machine: it learns as it does on loihi, and the number of
 * threads changes nothing. A tenth of the images; all of them are docs/chips/spinnaker-core.md's numbers. */
#include "tests/suite.h"
#include "tests/tools/network.h"

#define SOME "--set n_train=240 --set n_test=120 --set passes=1 --json"

static double member(const char *json, const char *key)
{
    char name[64];
    snprintf(name, sizeof name, "\"%s\": ", key);
    const char *at = strstr(json, name);
    ck_assert_ptr_nonnull(at);
    return atof(at + strlen(name));
}

static void digest(const char *json, char *out)
{
    const char *at = strstr(json, "\"state_digest\": \"");
    ck_assert_ptr_nonnull(at);
    snprintf(out, 17, "%s", at + strlen("\"state_digest\": \""));
}

START_TEST(digits_are_learned_as_on_loihi)
{
    char one[17], two[17], eight[17];
    program_enter();
    double loihi =
        member(network_ok("$HMN run " HMN_SOURCE_DIR "/models/digits.yaml --target loihi " SOME)->out, "accuracy");
    const char *out =
        network_ok("$HMN run " HMN_SOURCE_DIR "/models/digits.yaml --target spinnaker --threads 1 " SOME)->out;
    double spinnaker = member(out, "accuracy");
    ck_assert_double_gt(spinnaker, 0.7);
    ck_assert_double_gt(spinnaker, loihi - 0.05);
    ck_assert_double_eq(member(out, "packets_lost"), 0);
    digest(out, one);
    digest(network_ok("$HMN run " HMN_SOURCE_DIR "/models/digits.yaml --target spinnaker --threads 2 " SOME)->out, two);
    digest(network_ok("$HMN run " HMN_SOURCE_DIR "/models/digits.yaml --target spinnaker --threads 8 " SOME)->out,
           eight);
    ck_assert_str_eq(one, two);
    ck_assert_str_eq(one, eight);
    program_leave();
}
END_TEST

SUITE("digits_spinnaker", digits_are_learned_as_on_loihi)
