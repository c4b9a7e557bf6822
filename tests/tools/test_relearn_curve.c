/* Curves restated: near the functions that they stand for, and the same integers as core/machine/curve.h. */
#include "tools/relearn_curve.h"

#include "core/machine/curve.h"
#include "tests/suite.h"

#include <math.h>

START_TEST(roundings_are_those_of_the_document)
{
    ck_assert_int_eq(relearn_down(-1, 4), -1);
    ck_assert_int_eq(relearn_down(31, 4), 1);
    ck_assert_int_eq(relearn_near(24, 4), 2);
    ck_assert_int_eq(relearn_near(-24, 4), -2);
    ck_assert_int_eq(relearn_near(23, 4), 1);
    ck_assert_int_eq(relearn_chance(-9, 3, 6), -1);
    ck_assert_int_eq(relearn_chance(-9, 3, 7), -2);
    ck_assert_int_eq(relearn_limit((__int128)1 << 100, -5, 5), 5);
}
END_TEST

START_TEST(cosines_of_all_phases_agree)
{
    for (uint32_t p = 0; p < 65536; p++) {
        ck_assert_int_eq(relearn_cos(p << 16 | 77), curve_cos(p << 16 | 77));
        ck_assert_double_eq_tol(relearn_cos(p << 16) / 65536.0, cos(2 * M_PI * p / 65536), 1.1e-4);
    }
}
END_TEST

START_TEST(powers_and_logarithms_agree)
{
    for (int64_t a = -20 * 65536; a < 31 * 65536; a += 97)
        ck_assert_uint_eq(relearn_power(a), curve_power(a));
    for (uint64_t a = 0; a < 33 * 65536; a += 31)
        ck_assert_uint_eq(relearn_fall(a), curve_exp2(a));
    for (uint64_t x = 1; x < (uint64_t)1 << 56; x += 1 + x / 50) {
        ck_assert_int_eq(relearn_octaves(x), curve_log2(x));
        ck_assert_double_eq_tol((double)relearn_octaves(x) / 65536, log2((double)x), 1e-4);
    }
}
END_TEST

SUITE("relearn_curve", roundings_are_those_of_the_document, cosines_of_all_phases_agree, powers_and_logarithms_agree)
