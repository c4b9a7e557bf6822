/* Shifts of ring buffers follow from weights and rates. */
#include "backends/spinnaker/scale.h"

#include "tests/backends/spinnaker/fixture.h"

/* The shift of type 0 of n sources of `rate` Hz with this weight. */
static int32_t shift_of(int n, int rate, double weight)
{
    char text[512];
    snprintf(text, sizeof text,
             "hmn: 1\npopulations:\n  s: {size: %d, model: spike_source_poisson, params: {rate: %d Hz}}\n"
             "  a: {size: 1, model: IF_curr_exp}\n"
             "projections: {p: {pre: s, post: a, connector: {type: all_to_all}, weight: %g}}\n",
             n, rate, weight);
    spin_net net;
    ck_assert_msg(spin_compile(&net, text, "quantise"), "%s", spin_message(&net));
    int32_t shift = net.unit.qnet->population[1].shift[0];
    spin_close(&net);
    return shift;
}

START_TEST(the_heaviest_weight_fits_in_any_case)
{
    ck_assert_int_eq(shift_of(1, 1, 0.3), 0);
    ck_assert_int_eq(shift_of(1, 1, 3.5), 2);
    ck_assert_int_eq(shift_of(1, 1, 4), 3);
}
END_TEST

START_TEST(many_inputs_take_five_deviations_above_their_mean)
{
    /* 1000 sources of 100 Hz: mean 100, deviation 10: W = 150 */
    ck_assert_int_eq(shift_of(1000, 100, 1), 8);
    ck_assert_int_eq(shift_of(1000, 10, 1), 5); /* 10 + 5 * 3.16 = 25.8 */
}
END_TEST

START_TEST(types_are_told_by_receptor_and_sign)
{
    ck_assert_uint_eq(spin_synapse_type(RECEPTOR_EXCITATORY, 1, 2), 0);
    ck_assert_uint_eq(spin_synapse_type(RECEPTOR_INHIBITORY, 0, 2), 1);
    ck_assert_uint_eq(spin_synapse_type(RECEPTOR_MIXED, -1, 2), 1);
    ck_assert_uint_eq(spin_synapse_type(RECEPTOR_EXCITATORY2, 1, 3), 1);
    ck_assert_uint_eq(spin_synapse_type(RECEPTOR_INHIBITORY, -1, 3), 2);
}
END_TEST

SUITE("scale", the_heaviest_weight_fits_in_any_case, many_inputs_take_five_deviations_above_their_mean,
      types_are_told_by_receptor_and_sign)
