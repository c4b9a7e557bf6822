/* The tables of models and their neurons against differential equations; bit for bit: tests/tools/test_vector_spin.c.
 */
#include "backends/spinnaker/neuron.h"

#include "backends/spinnaker/arith.h"
#include "tests/suite.h"

#include <math.h>
#include <string.h>

static int32_t words[SPIN_MAX_WORDS], state[SPIN_MAX_STATE];

static void set(const spin_model *m, spin_slot slot, const char *key, double value)
{
    int32_t k = spin_model_word(m, slot, key);
    ck_assert_msg(k != SPIN_NO_WORD, "%s has no %s", m->name, key);
    words[k] = (int32_t)nearbyint(value * SPIN_ONE);
}

/* tau_m 20 ms, R 20 MOhm, rest -65, threshold -50, synapses 5 ms, dt 1 ms. */
static const spin_model *lif(const char *name)
{
    const spin_model *m = spin_model_find(name);
    memset(words, 0, sizeof words);
    set(m, SPIN_NEURON, "V_init", -65);
    set(m, SPIN_NEURON, "V_rest", -65);
    set(m, SPIN_NEURON, "V_reset", -65);
    set(m, SPIN_NEURON, "c_m", 1);
    set(m, SPIN_NEURON, "tau_m", 20);
    set(m, SPIN_NEURON, "time_step", 1);
    set(m, SPIN_THRESHOLD, "v_thresh", -50);
    return m;
}

static double read(const spin_model *m, const char *key)
{
    int32_t k = spin_model_state_word(m, key);
    ck_assert_int_ne(k, SPIN_NO_WORD);
    return state[k] / (double)SPIN_ONE;
}

START_TEST(every_model_fits_and_names_each_word)
{
    for (uint32_t i = 0; i < SPIN_MODEL_COUNT; i++) {
        const spin_model *m = &spin_models[i];
        uint32_t n = spin_model_words(m), named = 0;
        ck_assert_ptr_eq(spin_model_find(m->name), m);
        ck_assert_uint_le(n, SPIN_MAX_WORDS);
        ck_assert_uint_le(spin_model_state(m), SPIN_MAX_STATE);
        for (uint32_t k = 0; k < n; k++) {
            spin_slot slot;
            const char *key = spin_model_key(m, k, &slot);
            named += spin_model_word(m, slot, key) == (int32_t)k;
        }
        ck_assert_uint_eq(named, n);
    }
    ck_assert_ptr_null(spin_model_find("IF_curr_beta"));
}
END_TEST

START_TEST(the_region_holds_slot_after_slot)
{
    const spin_model *m = spin_model_find("IF_curr_exp"); /* 9, 0, 1, 5, 0 words */
    bool seen[1 + 4 * 15] = {true};
    for (uint32_t i = 0; i < 4; i++)
        for (uint32_t k = 0; k < 15; k++) {
            uint32_t at = spin_region_index(m, 4, i, k);
            ck_assert_uint_lt(at, sizeof seen);
            ck_assert(!seen[at]);
            seen[at] = true;
        }
    ck_assert_uint_eq(spin_region_index(m, 4, 2, 9), 1 + 4 * 9 + 2);
}
END_TEST

START_TEST(a_constant_current_charges_the_membrane)
{
    const spin_model *m = lif("IF_curr_delta");
    set(m, SPIN_NEURON, "I_offset", 0.5); /* to -55 mV, below the threshold */
    set(m, SPIN_INPUT, "time_step", 1);
    spin_neuron_boot(m, words, 1, state);
    for (int t = 1; t <= 100; t++) {
        ck_assert_uint_eq(spin_neuron_tick(m, state, 1, 0, NULL, NULL), 0);
        ck_assert_double_lt(fabs(read(m, "V_membrane") - (-65 + 10 * (1 - exp(-t / 20.0)))), 0.02);
    }
}
END_TEST

START_TEST(the_area_of_a_synaptic_current_is_that_of_the_weight)
{
    const spin_model *m = lif("IF_curr_exp");
    set(m, SPIN_SYNAPSE, "exc_tau", 5);
    set(m, SPIN_SYNAPSE, "inh_tau", 5);
    set(m, SPIN_SYNAPSE, "time_step", 1);
    spin_neuron_boot(m, words, 1, state);
    spin_neuron_input(m, state, 0, SPIN_ONE / 2);
    double area = 0;
    for (int t = 0; t < 100; t++) {
        spin_recorded r;
        spin_neuron_tick(m, state, 1, 0, NULL, &r);
        area += r.exc / (double)SPIN_ONE;
    }
    ck_assert_double_lt(fabs(area - 2.5), 0.005);
}
END_TEST

START_TEST(refractory_neurons_hold_still_and_synapses_decay)
{
    const spin_model *m = lif("IF_curr_exp");
    set(m, SPIN_NEURON, "T_refract_ms", 2.5);
    set(m, SPIN_NEURON, "I_offset", 20);
    set(m, SPIN_SYNAPSE, "exc_tau", 5);
    set(m, SPIN_SYNAPSE, "inh_tau", 5);
    set(m, SPIN_SYNAPSE, "time_step", 1);
    spin_neuron_boot(m, words, 1, state);
    spin_neuron_input(m, state, 1, SPIN_ONE);
    double before = read(m, "inh_value");
    ck_assert_uint_eq(spin_neuron_tick(m, state, 1, 0, NULL, NULL), 1);
    for (int t = 0; t < 3; t++) { /* 2.5 ms are 3 steps */
        ck_assert_uint_eq(spin_neuron_tick(m, state, 1, 0, NULL, NULL), 0);
        ck_assert_double_eq(read(m, "V_membrane"), -65);
        ck_assert_double_lt(read(m, "inh_value"), before);
        before = read(m, "inh_value");
    }
    ck_assert_uint_eq(spin_neuron_tick(m, state, 1, 0, NULL, NULL), 1);
}
END_TEST

START_TEST(sub_steps_can_fire_more_than_once_a_tick)
{
    const spin_model *m = lif("IF_curr_delta");
    set(m, SPIN_NEURON, "I_offset", 200);
    set(m, SPIN_INPUT, "time_step", 1);
    spin_neuron_boot(m, words, 4, state);
    ck_assert_uint_gt(spin_neuron_tick(m, state, 4, 0, NULL, NULL), 1);
}
END_TEST

START_TEST(regular_spiking_adapts)
{
    const spin_model *m = spin_model_find("IZK_curr_exp");
    memset(words, 0, sizeof words);
    set(m, SPIN_NEURON, "A", 0.02);
    set(m, SPIN_NEURON, "B", 0.2);
    set(m, SPIN_NEURON, "C", -65);
    set(m, SPIN_NEURON, "D", 8);
    set(m, SPIN_NEURON, "V_init", -70);
    set(m, SPIN_NEURON, "U_init", -14);
    set(m, SPIN_NEURON, "I_offset", 10);
    set(m, SPIN_NEURON, "time_step", 1);
    set(m, SPIN_NEURON, "next_h", 1);
    set(m, SPIN_THRESHOLD, "v_thresh", 30);
    set(m, SPIN_SYNAPSE, "exc_tau", 5);
    set(m, SPIN_SYNAPSE, "inh_tau", 5);
    set(m, SPIN_SYNAPSE, "time_step", 1);
    spin_neuron_boot(m, words, 1, state);
    int at[3] = {0}, n = 0;
    for (int t = 0; t < 300 && n < 3; t++)
        if (spin_neuron_tick(m, state, 1, 0, NULL, NULL))
            at[n++] = t;
    ck_assert_int_eq(n, 3);
    ck_assert_int_gt(at[2] - at[1], at[1] - at[0]);
}
END_TEST

START_TEST(an_offset_counts_like_a_constant_current)
{
    const spin_model *m = lif("IF_curr_delta");
    int32_t other[SPIN_MAX_STATE];
    set(m, SPIN_INPUT, "time_step", 1);
    spin_neuron_boot(m, words, 1, other);
    set(m, SPIN_NEURON, "I_offset", 3);
    spin_neuron_boot(m, words, 1, state);
    for (int t = 0; t < 50; t++)
        ck_assert_uint_eq(spin_neuron_tick(m, state, 1, 0, NULL, NULL),
                          spin_neuron_tick(m, other, 1, 3 * SPIN_ONE, NULL, NULL));
    ck_assert_int_eq(state[spin_model_v(m)], other[spin_model_v(m)]);
}
END_TEST

SUITE("spinnaker neuron", every_model_fits_and_names_each_word, the_region_holds_slot_after_slot,
      a_constant_current_charges_the_membrane, the_area_of_a_synaptic_current_is_that_of_the_weight,
      refractory_neurons_hold_still_and_synapses_decay, sub_steps_can_fire_more_than_once_a_tick,
      regular_spiking_adapts, an_offset_counts_like_a_constant_current)
