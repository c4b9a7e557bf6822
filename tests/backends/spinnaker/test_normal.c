/* The normal quantile against the error function. */
#include "backends/spinnaker/arith.h"

#include "tests/suite.h"

#include <math.h>

START_TEST(the_quantile_inverts_the_normal_distribution)
{
    for (int32_t x = 0; x < 32768; x++) {
        double p = 0.5 + x / 65536.0, q = spin_normal((uint32_t)x << 16) / 32768.0;
        /* its distance in probability, in units of the density there */
        double off = (0.5 * erfc(-q / sqrt(2)) - p) / (exp(-q * q / 2) / sqrt(2 * acos(-1.0)));
        ck_assert_msg(fabs(off) < 8e-4, "p %g: %g, %g off", p, q, off);
    }
}
END_TEST

START_TEST(the_quantile_is_odd)
{
    for (int32_t x = 1; x < 32768; x++)
        ck_assert_int_eq(spin_normal((uint32_t)x << 16), -spin_normal((uint32_t)(65536 - x) << 16));
    ck_assert_int_eq(spin_normal(0), 0);
    ck_assert_int_eq(spin_normal(0x80000000u), -7 * SPIN_ONE);
}
END_TEST

SUITE("spinnaker normal", the_quantile_inverts_the_normal_distribution, the_quantile_is_odd)
