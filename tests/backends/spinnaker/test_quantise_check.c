/* Words that would stop a core are refused, with a cure. */
#include "tests/backends/spinnaker/fixture.h"

static void refused(const char *model, const char *params, const char *says)
{
    char yaml[400];
    snprintf(yaml, sizeof yaml, "hmn: 1\npopulations:\n  a: {size: 3, model: %s, params: {%s}}\n", model, params);
    spin_net n;
    ck_assert(!spin_compile(&n, yaml, "quantise"));
    ck_assert_msg(strstr(spin_message(&n), says) != NULL, "%s", spin_message(&n));
    spin_close(&n);
}

static void accepted(const char *model, const char *params)
{
    char yaml[400];
    snprintf(yaml, sizeof yaml, "hmn: 1\npopulations:\n  a: {size: 3, model: %s, params: {%s}}\n", model, params);
    spin_net n;
    ck_assert_msg(spin_compile(&n, yaml, "quantise"), "%s", spin_message(&n));
    spin_close(&n);
}

START_TEST(words_that_a_core_divides_by_are_not_zero)
{
    refused("spinnaker_IF_curr_exp", "c_m: [32768, 32768, 0]", "c_m of population 'a' (neuron 2)");
    refused("spinnaker_IF_curr_exp", "time_step: 3, n_steps_per_timestep: 4", "time_step");
    refused("spinnaker_IF_cond_exp_stoc", "du_th: 0", "du_th");
    refused("spinnaker_IF_curr_exp_ca2", "tau_ca2: 0", "tau_ca2");
    refused("spinnaker_IF_curr_exp_dual", "exc2_tau: 0", "exc2_tau");
    refused("spinnaker_IF_curr_alpha", "exc_tau: 100", "exc_tau"); /* its square is 0 */
    accepted("spinnaker_IF_curr_exp", "time_step: 4, n_steps_per_timestep: 4");
}
END_TEST

START_TEST(an_alpha_synapse_is_not_shorter_than_the_root_of_a_step)
{
    refused("IF_curr_alpha", "tau_syn_E: 0.5 ms", "modulo 1");
    accepted("IF_curr_alpha", "tau_syn_E: 2 ms");
    accepted("spinnaker_IF_curr_alpha", "exc_tau: 16384"); /* as written, and as the chip has it */
}
END_TEST

SUITE("spinnaker quantise_check", words_that_a_core_divides_by_are_not_zero,
      an_alpha_synapse_is_not_shorter_than_the_root_of_a_step)
