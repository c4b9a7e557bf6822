/* Keys, trees and tables of a whole machine, and the memory that the cores of a chip share. */
#include "tests/backends/spinnaker/fixture.h"

static const char two[] = "hmn: 1\n"
                          "populations:\n"
                          "  src: {size: 20000, model: spike_source_poisson, params: {rate: 1 Hz}}\n"
                          "  a: {size: %d, model: IF_curr_exp}\n"
                          "  b: {size: %d, model: IF_curr_exp}\n"
                          "projections:\n"
                          "  pa: {pre: src, post: a, connector: {type: all_to_all}, weight: 0.01}\n"
                          "  pb: {pre: src, post: b, connector: {type: all_to_all}, weight: 0.01}\n"
                          "target: {chips: %d, machine: {shared_bytes: 25000000}}\n";

static bool compiled(spin_net *n, int size, int chips, const char *last)
{
    char text[1024];
    snprintf(text, sizeof text, two, size, size, chips);
    return spin_compile(n, text, last);
}

START_TEST(cores_that_ask_for_much_memory_get_chips_of_their_own)
{
    spin_net n;
    ck_assert_msg(compiled(&n, 200, 48, "route"), "%s", spin_message(&n));
    const hmn_mapping *m = n.unit.mapping;
    uint32_t last = m->ncores - 1; /* a and b: 16 MB each */
    ck_assert_int_ne(spin_site_chip(m->site[last]), spin_site_chip(m->site[last - 1]));
    spin_close(&n);
}
END_TEST

START_TEST(a_full_chip_is_told_with_its_population_and_numbers)
{
    spin_net n;
    /* eight cores of 20 MB on six chips of 25 MB */
    ck_assert(!compiled(&n, 1000, 6, "route"));
    ck_assert_msg(strstr(spin_message(&n), "25000000") || strstr(spin_message(&n), "25,000,000"), "%s",
                  spin_message(&n));
    spin_close(&n);
}
END_TEST

START_TEST(keys_ascend_with_slices_and_cover_their_neurons)
{
    spin_net n;
    ck_assert_msg(compiled(&n, 200, 48, "route"), "%s", spin_message(&n));
    const hmn_mapping *m = n.unit.mapping;
    const spin_plan *p = m->plan;
    for (uint32_t s = 0; s < m->nslices; s++) {
        ck_assert(s == 0 || p->key[s - 1] < p->key[s]);
        uint32_t last = spin_neuron_key(p->key[s], m->slice[s].count - 1, SPIN_COLOUR_BITS) | 15;
        ck_assert_uint_eq(last & p->mask[s], p->key[s]);
    }
    ck_assert_uint_gt(p->routers.row[p->machine->nchips], 0);
    ck_assert_uint_ge(p->entries, p->routers.row[p->machine->nchips]);
    spin_close(&n);
}
END_TEST

SUITE("plan", cores_that_ask_for_much_memory_get_chips_of_their_own,
      a_full_chip_is_told_with_its_population_and_numbers, keys_ascend_with_slices_and_cover_their_neurons)
