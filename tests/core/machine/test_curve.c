/* Integer curves against doubles, exhaustively or on a grid. */
#include "core/machine/curve.h"
#include "tests/suite.h"

#include <math.h>

START_TEST(the_cosine_is_within_1e_4_at_every_phase)
{
    double worst = 0;
    for (uint32_t p = 0; p < 65536; p++)
        worst = fmax(worst, fabs(curve_cos(p << 16) / 65536.0 - cos(2 * M_PI * p / 65536.0)));
    ck_assert_double_lt(worst, 1.0e-4);
    ck_assert_int_eq(curve_cos(0), 65536);
    ck_assert_int_eq(curve_cos(0x40000000), 0);
    ck_assert_int_eq(curve_cos(0x80000000), -65536);
    ck_assert_int_eq(curve_cos(0xc0000000), 0);
}
END_TEST

START_TEST(the_cosine_is_even)
{
    for (uint32_t p = 1; p < 65536; p++)
        ck_assert_int_eq(curve_cos(p << 16), curve_cos((65536 - p) << 16));
}
END_TEST

START_TEST(the_power_of_two_is_within_2e_5_of_itself_and_never_rises)
{
    uint32_t last = UINT32_MAX;
    for (uint64_t a = 0; a < 16 << 16; a++) {
        double real = exp2(30 - (double)a / 65536);
        uint32_t got = curve_exp2(a);
        ck_assert_double_le(fabs(got - real), 2.0e-5 * real + 2);
        ck_assert_uint_le(got, last);
        last = got;
    }
    ck_assert_uint_eq(curve_exp2((uint64_t)32 << 16), 0);
    ck_assert_uint_eq(curve_exp2(UINT64_MAX), 0);
}
END_TEST

static double softmax_error(const int64_t *logit, uint32_t n)
{
    uint32_t share[4];
    double sum = 0, worst = 0;
    curve_softmax(logit, n, share);
    for (uint32_t k = 0; k < n; k++)
        sum += exp2((double)(logit[k] - logit[0]) / 65536);
    for (uint32_t k = 0; k < n; k++)
        worst = fmax(worst, fabs(share[k] / 65536.0 - exp2((double)(logit[k] - logit[0]) / 65536) / sum));
    return worst;
}

START_TEST(a_softmax_is_within_2_5e_5)
{
    double worst = 0;
    for (int64_t a = -20 * 65536; a <= 20 * 65536; a += 137)
        worst = fmax(worst, softmax_error((int64_t[]){a, 0}, 2));
    for (int64_t a = -300000; a <= 300000; a += 7919)
        for (int64_t b = -300000; b <= 300000; b += 6121)
            worst = fmax(worst, softmax_error((int64_t[]){a, b, 0, b - a}, 4));
    ck_assert_double_lt(worst, 2.5e-5);
}
END_TEST

START_TEST(one_or_far_logits_take_all)
{
    uint32_t share[3];
    curve_softmax((int64_t[]){-12345}, 1, share);
    ck_assert_uint_eq(share[0], 65536);
    curve_softmax((int64_t[]){-(INT64_C(1) << 59), INT64_C(1) << 59, 0}, 3, share);
    ck_assert_uint_eq(share[0], 0);
    ck_assert_uint_eq(share[1], 65536);
    ck_assert_uint_eq(share[2], 0);
}
END_TEST

START_TEST(a_root_is_the_whole_part)
{
    for (uint64_t x = 0; x < 70000; x++) {
        uint64_t r = curve_root(x);
        ck_assert(r * r <= x && (r + 1) * (r + 1) > x);
    }
    ck_assert_uint_eq(curve_root(UINT64_MAX), UINT32_MAX);
}
END_TEST

START_TEST(powers_and_logarithms_are_near_their_functions)
{
    double most = 0;
    for (int64_t a = -8 * 65536; a < 30 * 65536; a += 37) {
        double exact = exp2((double)a / 65536) * 65536;
        most = fmax(most, fabs((double)curve_power(a) - exact) / fmax(exact, 65536));
    }
    ck_assert_double_lt(most, 4e-5);
    ck_assert_uint_eq(curve_power(0), 65536);
    ck_assert_uint_eq(curve_power(40 * 65536), (uint64_t)1 << 46);
    ck_assert_uint_eq(curve_power(-20 * 65536), 0);
    for (uint64_t x = 1; x < (uint64_t)1 << 58; x += x / 16 + 1)
        ck_assert_double_lt(fabs(curve_log2(x) - 65536 * log2((double)x)), 5);
    ck_assert_int_eq(curve_log2(1), 0);
    ck_assert_int_eq(curve_log2(1u << 20), 20 << 16);
}
END_TEST

SUITE("curve", powers_and_logarithms_are_near_their_functions, the_cosine_is_within_1e_4_at_every_phase,
      the_cosine_is_even, the_power_of_two_is_within_2e_5_of_itself_and_never_rises, a_softmax_is_within_2_5e_5,
      one_or_far_logits_take_all, a_root_is_the_whole_part)
