/* Fixed-point arithmetic against reals: each function within the last bits of its format. That every bit is that of the
 * ARM code is checked by vectors (tests/tools/test_vector_spin.c). */
#include "backends/spinnaker/arith.h"

#include "core/base/rng.h"
#include "tests/suite.h"

#include <math.h>
#include <stdbool.h>

static uint32_t draw(uint32_t i) { return rng_u32(7, RNG_TASK, i, 0, 0); }

static int32_t bits(uint32_t x) { return fx_low32(x); }

START_TEST(products_round_down_and_wrap)
{
    ck_assert_int_eq(spin_mul(SPIN_ONE, SPIN_ONE), SPIN_ONE);
    ck_assert_int_eq(spin_mul(1, -1), -1);
    ck_assert_int_eq(spin_mul(3, SPIN_ONE / 2), 1);
    ck_assert_int_eq(spin_mul(-3, SPIN_ONE / 2), -2);
    ck_assert_int_eq(spin_mul(INT32_MIN, INT32_MIN), 0); /* 2^47 modulo 2^32 */
    ck_assert_int_eq(spin_add(INT32_MAX, 1), INT32_MIN);
    ck_assert_int_eq(spin_neg(INT32_MIN), INT32_MIN);
    for (uint32_t i = 0; i < 1000; i++) {
        int32_t a = bits(draw(i)) / 4096, b = bits(draw(i + 1000)) / 4096;
        ck_assert_int_eq(spin_mul(a, b), (int32_t)floor((double)a * b / 32768));
    }
}
END_TEST

START_TEST(a_negative_value_never_decays_to_zero)
{
    int32_t up = 100000, down = -100000;
    for (int i = 0; i < 1000; i++) {
        up = spin_decay(up, 3516490311u);
        down = spin_decay(down, 3516490311u);
    }
    ck_assert_int_eq(up, 0);
    ck_assert_int_eq(down, -5); /* floor(-5 * 0.82) */
}
END_TEST

START_TEST(division_truncates_and_survives_zero)
{
    ck_assert_int_eq(spin_div(-16385, 3), -178967893);
    ck_assert_int_eq(spin_kdivk(SPIN_ONE, 20 * SPIN_ONE), 1638);
    ck_assert_int_eq(spin_kdivk(SPIN_ONE, 0), -1);
    ck_assert_int_eq(spin_kdivk(0, 0), 0);
    ck_assert_int_eq(spin_kdivk(SPIN_ONE, -SPIN_ONE), 0); /* unsigned: a huge divisor */
    ck_assert_int_eq(spin_kdivui(32768, 5), 6553);
}
END_TEST

START_TEST(exponentials_are_true_to_a_bit)
{
    for (int32_t x = -340695; x <= 200000; x += 97) {
        double want = exp(x / 32768.0);
        ck_assert_msg(fabs(spin_exp(x) / 32768.0 - want) < 1.01 / 32768 + want * 2e-5, "e^%g", x / 32768.0);
    }
    for (int32_t x = -340695; x < 0; x += 97)
        ck_assert_msg(fabs(spin_exp_u032(x) / 4294967296.0 - exp(x / 32768.0)) < 2e-5, "e^%g", x / 32768.0);
    ck_assert_int_eq(spin_exp(363409), INT32_MAX);
    ck_assert_int_eq(spin_exp(-340696), 0);
    ck_assert_uint_eq(spin_exp_u032(0), 0); /* 1 has no place in a u032 */
}
END_TEST

/* The library's +1 may come out as -1 (eq. S13). */
static bool near(int32_t got, double want)
{
    return fabs(got - want) < 2.5 || (got == -SPIN_ONE && want > SPIN_ONE - 2);
}

START_TEST(roots_sines_and_cosines_are_true_to_two_bits)
{
    for (uint32_t i = 0; i < 4000; i++) {
        int32_t x = bits(draw(i) >> (i % 28 + 1)), y = bits(draw(i + 9000)) / 8;
        ck_assert_msg(fabs(spin_sqrt(x) - 32768 * sqrt(x / 32768.0)) < 2, "root of %d", x);
        ck_assert_msg(near(spin_sin(y), 32768 * sin(y / 32768.0)), "sine of %d: %d", y, spin_sin(y));
        ck_assert_msg(near(spin_cos(y), 32768 * cos(y / 32768.0)), "cosine of %d: %d", y, spin_cos(y));
    }
    ck_assert_int_eq(spin_sqrt(-5), 0);
    ck_assert_int_eq(spin_sin(0), 0);
    ck_assert_int_eq(spin_cos(0), SPIN_ONE);
    ck_assert_int_eq(spin_cos(-207), -SPIN_ONE); /* as the ARM code has it */
    spin_sin(INT32_MIN);                         /* past the tables of the original, but defined */
}
END_TEST

SUITE("spinnaker arith", products_round_down_and_wrap, a_negative_value_never_decays_to_zero,
      division_truncates_and_survives_zero, exponentials_are_true_to_a_bit,
      roots_sines_and_cosines_are_true_to_two_bits)
