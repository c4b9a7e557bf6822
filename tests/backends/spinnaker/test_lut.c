/* Decay tables: sizes and values against the exponential, words by the drawing, reading within the region. */
#include "backends/spinnaker/lut.h"

#include "tests/suite.h"

#include <math.h>

START_TEST(a_table_ends_where_the_exponential_falls_below_one_step)
{
    static const double tau[] = {2, 5, 16.8, 20, 33.7, 101, 1000};
    for (size_t i = 0; i < sizeof tau / sizeof *tau; i++)
        for (uint32_t shift = 0; shift <= 4; shift += 2) {
            uint32_t words[8192], size = lut_size(1, tau[i], shift), at = 0;
            ck_assert_ptr_eq(lut_write(words, 1, tau[i], shift), words + lut_words(size));
            lut l;
            ck_assert(lut_read(words, lut_words(size), &at, &l));
            ck_assert(at == lut_words(size) && l.size == size && l.shift == shift && size % 2 == 0);
            double end = tau[i] * log(2048); /* where exp passes 1 / 2048 */
            ck_assert(size << shift >= end && ((size - 2) << shift) < end);
            for (uint32_t t = 0; t < (size << shift) + 5; t++) {
                double exact = 2048 * exp(-(double)(t >> shift << shift) / tau[i]);
                int32_t got = lut_at(words, &l, t);
                ck_assert_int_eq(got, t >> shift < size ? (int32_t)floor(exact) : 0);
            }
            ck_assert_int_eq(lut_at(words, &l, 0), LUT_ONE);
            ck_assert_int_eq(lut_at(words, &l, UINT32_MAX), 0);
        }
}
END_TEST

START_TEST(a_table_that_reaches_past_its_region_is_refused)
{
    uint32_t region[] = {7, 3 | 2u << 16, 0x00020001, 0x0000ffff}, at = 1;
    lut l;
    ck_assert(lut_read(region, 4, &at, &l));
    ck_assert(at == 4 && l.at == 2 && l.size == 3 && l.shift == 2);
    ck_assert(lut_at(region, &l, 3) == 1 && lut_at(region, &l, 4) == 2 && lut_at(region, &l, 8) == -1);
    ck_assert_int_eq(lut_at(region, &l, 12), 0);
    at = 1;
    ck_assert(!lut_read(region, 3, &at, &l) && at == 1);
    at = 4;
    ck_assert(!lut_read(region, 4, &at, &l));
    region[1] = 0xffff;
    at = 1;
    ck_assert(!lut_read(region, 4, &at, &l));
    region[1] = 2 | 32u << 16;
    ck_assert(!lut_read(region, 4, &at, &l));
}
END_TEST

SUITE("lut", a_table_ends_where_the_exponential_falls_below_one_step, a_table_that_reaches_past_its_region_is_refused)
