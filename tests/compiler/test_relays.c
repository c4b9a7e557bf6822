/* Relays of slices whose synapses have delays that a target core does not hold. */
#include "tests/backends/spinnaker/fixture.h"

/* Two cores of each: 0..3 and 4..7. */
static const char four[] = "hmn: 1\n"
                           "populations:\n"
                           "  src: {size: 8, model: spike_source_poisson, params: {rate: 1 Hz}}\n"
                           "  exc: {size: 8, model: IF_curr_exp}\n"
                           "projections:\n"
                           "  in: {pre: src, post: exc, weight: 1,\n"
                           "       connector: {type: from_list, list: [[0, 0, 1, 40], [5, 5, 1, 3], [6, 1, 1, 16]]}}\n"
                           "target: {neurons_per_core: 4}\n";

START_TEST(a_slice_with_a_long_delay_gets_a_relay_and_others_do_not)
{
    spin_net n;
    ck_assert_msg(spin_compile(&n, four, "route"), "%s", spin_message(&n));
    const hmn_mapping *m = n.unit.mapping;
    ck_assert_uint_eq(m->nslices, 4);
    ck_assert_uint_eq(m->nrelays, 1);
    ck_assert_uint_eq(m->ncores, 5);
    ck_assert_uint_eq(m->relay[0].slice, 0);
    ck_assert_uint_eq(m->relay[0].core, 4);
    ck_assert_uint_eq(m->relay[0].stages, 2); /* 40 = 2 x 16 + 8 */
    ck_assert_uint_eq(m->relay_row[1], 1);
    ck_assert_uint_eq(m->relay_core[0], 2);
    spin_close(&n);
}
END_TEST

START_TEST(spikes_go_to_the_relay_alone_and_come_from_it_stage_by_stage)
{
    spin_net n;
    ck_assert_msg(spin_compile(&n, four, "route"), "%s", spin_message(&n));
    const hmn_mapping *m = n.unit.mapping;
    ck_assert_uint_eq(m->out_row[1] - m->out_row[0], 1);
    ck_assert_uint_eq(m->out_core[m->out_row[0]], 4);
    ck_assert_uint_eq(m->axon_row[5] - m->axon_row[4], 4);
    const uint32_t want[] = {4, 5, 6, 7, 0, 1, 2, 3, 0, 1, 2, 3}; /* straight, first stage, second stage */
    ck_assert_uint_eq(m->axon_row[3] - m->axon_row[2], 12);
    for (uint32_t a = 0; a < 12; a++)
        ck_assert_uint_eq(m->axon_source[m->axon_row[2] + a], want[a]);
    spin_close(&n);
}
END_TEST

SUITE("relays", a_slice_with_a_long_delay_gets_a_relay_and_others_do_not,
      spikes_go_to_the_relay_alone_and_come_from_it_stage_by_stage)
