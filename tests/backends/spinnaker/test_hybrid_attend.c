/* Attention of the HMN program: its arithmetic against exponentials in double precision, and what it asks of rows. When
 * it is evaluated is tested with the whole rule (test_hybrid.c, test_learn.c). */
#include "backends/spinnaker/hybrid_parts.h"

#include "core/base/rng.h"
#include "tests/suite.h"

#include <math.h>

static double unit(uint32_t i, uint32_t k) { return rng_unit(18, RNG_TASK, i, k, 0); }

START_TEST(logits_are_the_product_of_averages_in_octaves)
{
    static const double taus[] = {0.5, 3, 50, 1000, 10000};
    for (uint32_t i = 0; i < 2000; i++) {
        hybrid_settings s = {.timescales = 1, .attend_tau = {taus[i % 5]}, .attend_gain = exp2(12 * unit(i, 0))};
        hybrid_scale scale = hybrid_scale_of(&s, 0);
        double fresh = -expm1(-1 / s.attend_tau[0]), h = 0.3 * unit(i, 1), c = 0.3 * unit(i, 2);
        uint32_t x = (uint32_t)lround(ldexp(h / fresh, 15)), y = (uint32_t)lround(ldexp(c / fresh, 15));
        double want = s.attend_gain * (ldexp(x, -15) * fresh) * (ldexp(y, -15) * fresh);
        /* a half to nearest, the gain's 16 bits, the product's 15 */
        double room = (0.5 + want * ldexp(1, 16) * ldexp(1, -16) + hybrid_gain_of(&s, 0)) / 65536;
        ck_assert_double_le(fabs(hybrid_logit(&scale, x, y) / 65536.0 - want), room);
        ck_assert_uint_lt(scale.gain, 65536);
        ck_assert_uint_ge(scale.gain, 32768);
    }
}
END_TEST

/* A softmax of n logits, `active` of which are not 0; the largest difference as a share of the largest alpha. */
static double difference(uint32_t i, uint32_t n, uint32_t active, double most, bool mean)
{
    double a[300], sum = n - active, top = 1, worst = 0;
    int32_t logit[300];
    hybrid_sum z = hybrid_sum_of(n);
    for (uint32_t k = 0; k < active; k++) {
        logit[k] = (int32_t)(65536 * most * unit(i, 10 + k));
        sum += a[k] = exp2(logit[k] / 65536.0);
        top = fmax(top, a[k]);
        hybrid_sum_add(&z, logit[k]);
    }
    double scale = mean ? n : 1;
    for (uint32_t k = 0; k < active; k++) {
        double alpha = hybrid_share(logit[k], hybrid_norm(&z, n, mean)) / 65536.0;
        worst = fmax(worst, fabs(alpha - scale * a[k] / sum) / (scale * top / sum));
    }
    double silent = hybrid_share(0, hybrid_norm(&z, n, mean)) / 65536.0;
    return fmax(worst, fabs(silent - scale / sum) / (scale * top / sum));
}

START_TEST(shares_are_a_softmax)
{
    for (uint32_t i = 0; i < 400; i++) {
        uint32_t n = 1 + (uint32_t)(299 * unit(i, 0)), active = (uint32_t)(n * unit(i, 1));
        static const double most[] = {0.3, 4, 40, 4000};
        ck_assert_double_le(difference(i, n, active, most[i % 4], true), 2.5e-4);
    }
    /* as in the paper alpha is small: what 2^-16 cannot hold is lost */
    for (uint32_t i = 0; i < 400; i++)
        ck_assert_double_le(difference(i, 20, 15, 8, false), 20 * ldexp(1, -16) + 2.5e-4);
}
END_TEST

START_TEST(the_order_of_a_sum_matters_by_a_rounding_only)
{
    for (uint32_t i = 0; i < 300; i++) {
        hybrid_sum up = hybrid_sum_of(100), down = up;
        for (uint32_t k = 0; k < 60; k++) {
            hybrid_sum_add(&up, (int32_t)(65536 * 30 * k / 60.0));
            hybrid_sum_add(&down, (int32_t)(65536 * 30 * (59 - k) / 60.0));
        }
        ck_assert_int_le(abs(hybrid_norm(&up, 100, false) - hybrid_norm(&down, 100, false)), 2);
    }
}
END_TEST

START_TEST(uniform_logits_share_alike)
{
    for (uint32_t n = 1; n < 200; n++) {
        hybrid_sum z = hybrid_sum_of(n);
        for (uint32_t k = 0; k < n; k++)
            hybrid_sum_add(&z, 7 * 65536);
        ck_assert_double_eq_tol(hybrid_share(7 * 65536, hybrid_norm(&z, n, true)), 65536, 24);
        z = hybrid_sum_of(n); /* nobody is active */
        ck_assert_double_eq_tol(hybrid_share(0, hybrid_norm(&z, n, true)), 65536, 24);
    }
}
END_TEST

START_TEST(a_share_beyond_31_bits_saturates)
{
    hybrid_sum z = hybrid_sum_of(65535);
    hybrid_sum_add(&z, 40 * 65536);
    ck_assert_uint_eq(hybrid_share(40 * 65536, hybrid_norm(&z, 65535, true)), INT32_MAX);
    ck_assert_double_eq_tol(hybrid_share(40 * 65536, hybrid_norm(&z, 65535, false)), 65536, 24);
}
END_TEST

SUITE("hybrid_attend", logits_are_the_product_of_averages_in_octaves, shares_are_a_softmax,
      the_order_of_a_sum_matters_by_a_rounding_only, uniform_logits_share_alike, a_share_beyond_31_bits_saturates)
