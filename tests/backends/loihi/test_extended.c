#include "backends/loihi/extended.h"

#include "core/machine/curve.h"
#include "core/base/rng.h"
#include "tests/suite.h"

#include <math.h>
#include <stdlib.h>

enum { FAN_IN = 200 };

/* alpha of a neuron's synapses against the softmax in doubles; returns the largest error relative to a mean of 1. */
static double worst_share(uint16_t gain, bool mean, uint32_t seed, double *sum)
{
    const rule_attend a = {true, mean, 0, gain};
    uint32_t x2[FAN_IN], y2 = 1 + rng_below(seed, RNG_TASK, 0, 0, 0, 127);
    uint64_t more = 0;
    double total = 0, worst = 0;
    for (uint32_t i = 0; i < FAN_IN; i++) {
        x2[i] = i % 3 ? rng_below(seed, RNG_TASK, i, 1, 0, 128) : 0;
        more += curve_power(extended_logit(&a, x2[i], y2)) - 65536;
        total += exp2(ldexp((double)x2[i] * y2 * gain, -20));
    }
    int32_t norm = extended_norm(&a, more, FAN_IN);
    *sum = 0;
    for (uint32_t i = 0; i < FAN_IN; i++) {
        double exact = exp2(ldexp((double)x2[i] * y2 * gain, -20)) / total * (mean ? FAN_IN : 1);
        double got = ldexp((double)extended_share(&a, x2[i], y2, norm), -16);
        worst = fmax(worst, fabs(got - exact) / fmax(1, exact));
        *sum += got;
    }
    return worst;
}

START_TEST(shares_are_those_of_a_softmax)
{
    for (uint32_t seed = 0; seed < 40; seed++)
        for (uint32_t gain = 1; gain < 2000; gain = gain * 3 + 1) {
            double sum;
            double worst = worst_share((uint16_t)gain, true, seed, &sum);
            ck_assert_msg(worst < 3e-4, "gain %u: off by %g", gain, worst);
            ck_assert_double_eq_tol(sum, FAN_IN, 0.02 * FAN_IN);
            ck_assert_double_lt(worst_share((uint16_t)gain, false, seed, &sum), 3e-4);
            ck_assert_double_eq_tol(sum, 1, 0.02);
        }
}
END_TEST

START_TEST(without_activity_every_share_is_alike)
{
    const rule_attend mean = {true, true, 0, 500}, plain = {true, false, 0, 500};
    ck_assert_uint_eq(extended_share(&mean, 0, 90, extended_norm(&mean, 0, 300)), 65536);
    ck_assert_uint_eq(extended_share(&plain, 0, 90, extended_norm(&plain, 0, 256)), 256);
    ck_assert_int_eq(extended_norm(&mean, 0, 0), 0);
}
END_TEST

START_TEST(a_product_times_alpha_is_right_on_average)
{
    for (int32_t x = -300; x <= 300; x += 75) {
        double sum = 0;
        uint64_t alpha = 65536 * 7 / 5;
        for (uint32_t i = 0; i < 4000; i++)
            sum += extended_apply(x, alpha, rng_u32(1, RNG_TASK, i, 0, 0));
        ck_assert_double_eq_tol(sum / 4000, x * 1.4, 0.05);
    }
    ck_assert_int_eq(extended_apply(30000, 65536 * 3, 0), 32767);
    ck_assert_int_eq(extended_apply(-30000, (uint64_t)1 << 60, 0), -32768);
}
END_TEST

SUITE("extended", shares_are_those_of_a_softmax, without_activity_every_share_is_alike,
      a_product_times_alpha_is_right_on_average)
