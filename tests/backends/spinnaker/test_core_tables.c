/* Regions are the chip's words, two a row of the image; their number is kept beside them. */
#include "backends/spinnaker/core_tables.h"

#include "tests/suite.h"

#include <string.h>

START_TEST(a_region_reads_back_word_for_word_even_when_odd)
{
    hmn_arena *a = arena_new(0);
    hmn_diag *d = diag_new();
    const uint32_t odd[] = {1, 0xffffffff, 3}, even[] = {7, 8};
    image_writer *w = image_writer_new(a, "spinnaker", 2, 0);
    spin_region_write(w, SPIN_CORE_PARAMS, 1, odd, 3, a);
    spin_region_write(w, SPIN_SYNAPTIC_MATRIX, 1, even, 2, a);
    spin_region_write(w, SPIN_NEURON_PARAMS, 1, NULL, 0, a);
    size_t size;
    const void *bytes = image_finish(w, &size);
    hmn_image *m = image_from_memory(bytes, size, "test", d);
    ck_assert_ptr_nonnull(m);
    uint32_t n;
    const uint32_t *got = spin_region(m, SPIN_CORE_PARAMS, 1, &n);
    ck_assert_uint_eq(n, 3);
    ck_assert_int_eq(memcmp(got, odd, sizeof odd), 0);
    got = spin_region(m, SPIN_SYNAPTIC_MATRIX, 1, &n);
    ck_assert_uint_eq(n, 2);
    ck_assert_int_eq(memcmp(got, even, sizeof even), 0);
    spin_region(m, SPIN_NEURON_PARAMS, 1, &n);
    ck_assert_uint_eq(n, 0);
    spin_region(m, SPIN_CORE_PARAMS, 0, &n);
    ck_assert_uint_eq(n, 0);
    image_close(m);
    diag_free(d);
    arena_free(a);
}
END_TEST

START_TEST(regions_have_the_numbers_of_the_host_tools)
{
    ck_assert_uint_eq(spin_region_number(SPIN_CORE_PARAMS), 1);
    ck_assert_uint_eq(spin_region_number(SPIN_SYNAPSE_PARAMS), 4);
    ck_assert_uint_eq(spin_region_number(SPIN_SYNAPSE_DYNAMICS), 7);
    ck_assert_uint_eq(spin_region_number(SPIN_BLOCKS), 0);
}
END_TEST

SUITE("core_tables", a_region_reads_back_word_for_word_even_when_odd, regions_have_the_numbers_of_the_host_tools)
