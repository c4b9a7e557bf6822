/* hmn export --format spinnaker: the folder runs as the image does, and damage is found. */
#include "tests/suite.h"
#include "tests/tools/network.h"

static const char net[] = "hmn: 1\n"
                          "populations:\n"
                          "  src: {size: 10, model: spike_source_poisson, params: {rate: 40 Hz}}\n"
                          "  exc: {size: 500, model: IF_curr_exp}\n"
                          "projections:\n"
                          "  in: {pre: src, post: exc, connector: {type: all_to_all}, weight: 0.6}\n"
                          "run: {duration: 100 ms, seed: 4}\n";

static void digest(const char *what, char *out)
{
    char line[512];
    snprintf(line, sizeof line, "$HMN run %s --json", what);
    const char *at = strstr(network_ok(line)->out, "\"state_digest\": \"");
    ck_assert_ptr_nonnull(at);
    snprintf(out, 17, "%s", at + strlen("\"state_digest\": \""));
}

START_TEST(the_folder_ends_in_the_digest_of_the_image)
{
    program_enter();
    program_write("net.yaml", net);
    char image[17], deployed[17];
    network_ok("$HMN compile net.yaml --target spinnaker -o net.hmn -q && $HMN export net.hmn --format spinnaker -o d");
    digest("net.hmn", image);
    digest("d", deployed);
    ck_assert_str_eq(image, deployed);
    network_ok("$HMN inspect net.hmn > a && $HMN inspect d > b && cmp a b");
    network_ok("grep -q 'ever loaded' d/manifest.json && test -f d/rtr_0_0.bin && test -f d/core_0_0_3.dse");
    network_fails("printf x >> d/rtr_0_0.bin; $HMN run d", 4, "rtr_0_0.bin");
    program_leave();
}
END_TEST

START_TEST(cores_with_noise_or_homeostasis_name_no_program)
{
    static const char noisy[] =
        "hmn: 1\n"
        "populations:\n"
        "  exc: {size: 5, model: IF_curr_exp, params: {noise: 2 nA}}\n"
        "  out: {size: 5, model: IF_curr_exp, params: {homeostasis_rate: 20 Hz, homeostasis_eta: 0.2}}\n"
        "  plain: {size: 5, model: IF_curr_exp}\n"
        "projections:\n"
        "  a: {pre: exc, post: out, connector: {type: all_to_all}, weight: 1}\n"
        "  b: {pre: out, post: plain, connector: {type: all_to_all}, weight: 1}\n"
        "run: {duration: 500 ms, seed: 4}\n";
    program_enter();
    program_write("net.yaml", noisy);
    char image[17], deployed[17];
    network_ok("$HMN compile net.yaml --target spinnaker -o net.hmn -q && $HMN export net.hmn --format spinnaker -o d");
    digest("net.hmn", image);
    digest("d", deployed);
    ck_assert_str_eq(image, deployed);
    network_ok("test $(grep -c '^app_load' d/load.ybug) = 1 && test $(grep -c 'no program' d/load.ybug) = 3");
    network_ok("grep -q '\"management\"' d/placements.json && test -f d/core_0_0_2.dse");
    program_leave();
}
END_TEST

SUITE("export_spinnaker", the_folder_ends_in_the_digest_of_the_image, cores_with_noise_or_homeostasis_name_no_program)
