/* Physical models become words of the program that computes them, and fire. */
#include "tests/backends/spinnaker/fixture.h"

#include "backends/spinnaker/neuron.h"

static const char *const models[][2] = {{"IF_curr_exp", "i_offset: 2 nA"},     {"IF_curr_delta", "i_offset: 2 nA"},
                                        {"IF_cond_exp", "i_offset: 2 nA"},     {"IF_curr_alpha", "i_offset: 2 nA"},
                                        {"IF_curr_exp_ca2", "i_offset: 2 nA"}, {"IF_curr_dual_exp", "i_offset: 2 nA"},
                                        {"Izhikevich", "i_offset: 10 nA"},     {"Izhikevich_cond", "i_offset: 10 nA"}};

START_TEST(every_physical_model_fires_with_a_current)
{
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        char yaml[300];
        snprintf(yaml, sizeof yaml, "hmn: 1\npopulations:\n  a: {size: 2, model: %s, params: {%s}}\n", models[i][0],
                 models[i][1]);
        spin_net n = spin_open(yaml, 1);
        spin_run(&n, 200);
        ck_assert_msg(machine_spikes(n.machine) > 4 && machine_spikes(n.machine) < 60, "%s: %llu spikes", models[i][0],
                      (unsigned long long)machine_spikes(n.machine));
        spin_close(&n);
    }
}
END_TEST

START_TEST(an_izhikevich_neuron_starts_as_in_pynn_and_peaks_at_30_mv)
{
    spin_net n = spin_open("hmn: 1\npopulations:\n  a: {size: 1, model: Izhikevich, params: {d: 8}}\n", 1);
    const spin_model *m = spin_model_find("IZK_curr_exp");
    const struct {
        const char *word;
        int32_t value;
    } want[] = {{"V", -70 * 32768}, {"U", -14 * 32768}, {"v_thresh", 30 * 32768}, {"D", 8 * 32768},
                {"A", 655},         {"B", 6554},        {"this_h", 32768}};
    for (size_t i = 0; i < sizeof want / sizeof *want; i++)
        ck_assert_msg(machine_read(n.machine, 0, (hmn_variable)(VAR_WORD + spin_model_state_word(m, want[i].word))) ==
                          want[i].value,
                      "%s", want[i].word);
    spin_close(&n);
}
END_TEST

START_TEST(conductances_drive_towards_their_reversal_potential)
{
    spin_net n = spin_open("hmn: 1\npopulations:\n"
                           "  in: {size: 1, model: spike_source_array, spike_times: [[1]]}\n"
                           "  a: {size: 1, model: IF_cond_exp, params: {e_rev_E: -64 mV, v_rest: -65 mV}}\n"
                           "projections:\n"
                           "  e: {pre: in, post: a, connector: {type: one_to_one}, weight: 10 uS}\n",
                           1);
    int32_t most = INT32_MIN;
    for (int t = 0; t < 40; t++) {
        spin_run(&n, 1);
        int32_t v = machine_read(n.machine, 1, VAR_V);
        most = v > most ? v : most;
    }
    ck_assert_int_gt(most, (int32_t)(-64.4 * 32768));
    spin_close(&n);
}
END_TEST

START_TEST(what_only_loihi_style_neurons_have_is_refused)
{
    static const struct {
        const char *yaml, *said, *cure;
    } cases[] = {{"  a: {size: 2, model: loihi_lif, join: or}\n  b: {size: 2, model: loihi_lif, dendrite_of: a}\n",
                  "several compartments", "target loihi"},
                 {"  a: {size: 2, model: loihi_lif, third_factors: {y1: {of: v, shift: 6}}}\n", "third factors",
                  "target loihi2"},
                 {"  a: {size: 2, model: loihi_lif, params: {adapt_step: 3}}\n", "second generation", "target loihi2"},
                 {"  a: {size: 2, model: loihi_lif, reset: subtract}\n", "reset: subtract", "target loihi2"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char yaml[300];
        snprintf(yaml, sizeof yaml, "hmn: 1\npopulations:\n%s", cases[i].yaml);
        spin_net n;
        ck_assert(!spin_compile(&n, yaml, NULL));
        ck_assert_msg(strstr(spin_message(&n), cases[i].said), "%s", spin_message(&n));
        ck_assert_msg(strstr(diag_get(n.diag, 0)->cure, cases[i].cure), "%s", diag_get(n.diag, 0)->cure);
        spin_close(&n);
    }
}
END_TEST

SUITE("spinnaker quantise_population", what_only_loihi_style_neurons_have_is_refused,
      every_physical_model_fires_with_a_current, an_izhikevich_neuron_starts_as_in_pynn_and_peaks_at_30_mv,
      conductances_drive_towards_their_reversal_potential)
