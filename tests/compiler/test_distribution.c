/* Moments of every distribution against the closed forms, limits, and independence of order. */
#include "compiler/distribution.h"

#include "tests/suite.h"

#include <math.h>

enum { N = 40000 };

static draw_place place(uint32_t i) { return (draw_place){7, RNG_WEIGHT, i, 3, 0}; }

/* Mean within 5 standard errors; variance within 5 %. */
static void moments(net_dist dist, const double p[4], double mean, double variance)
{
    net_value v = {.dist = dist, .p = {p[0], p[1], p[2], p[3]}};
    double sum = 0, square = 0;
    for (uint32_t i = 0; i < N; i++) {
        double x = distribution_draw(&v, place(i));
        sum += x;
        square += (x - mean) * (x - mean);
    }
    ck_assert_double_eq_tol(sum / N, mean, 5 * sqrt(variance / N) + 1e-12);
    ck_assert_double_eq_tol(square / N, variance, 0.05 * variance + 1e-12);
}

#define MOMENTS(dist, mean, variance, ...) moments(dist, (double[4]){__VA_ARGS__}, mean, variance)

START_TEST(continuous_distributions_have_their_mean_and_variance)
{
    MOMENTS(DIST_UNIFORM, 4, 12, -2, 10);
    MOMENTS(DIST_NORMAL, 5, 4, 5, 2);
    MOMENTS(DIST_LOGNORMAL, exp(0.5 + 0.08), (exp(0.16) - 1) * exp(1.16), 0.5, 0.4);
    MOMENTS(DIST_EXPONENTIAL, 3, 9, 3);
    MOMENTS(DIST_GAMMA, 6, 12, 3, 2);
    MOMENTS(DIST_GAMMA, 0.5, 0.5, 0.5, 1);
}
END_TEST

START_TEST(integer_distributions_have_their_mean_and_variance)
{
    MOMENTS(DIST_UNIFORM_INT, 3, 2, 1, 5);
    MOMENTS(DIST_POISSON, 0.7, 0.7, 0.7);
    MOMENTS(DIST_POISSON, 40, 40, 40);
    MOMENTS(DIST_POISSON, 1e6, 1e6, 1e6);
    MOMENTS(DIST_BINOMIAL, 3, 2.1, 10, 0.3);
    MOMENTS(DIST_BINOMIAL, 700, 210, 1000, 0.7);
}
END_TEST

START_TEST(integer_draws_are_whole_and_uniform_int_reaches_both_ends)
{
    net_value v = {.dist = DIST_UNIFORM_INT, .p = {-2, 2}};
    int seen[5] = {0};
    for (uint32_t i = 0; i < 1000; i++) {
        double x = distribution_draw(&v, place(i));
        ck_assert_double_eq(x, floor(x));
        ck_assert(x >= -2 && x <= 2);
        seen[(int)x + 2]++;
    }
    for (int k = 0; k < 5; k++)
        ck_assert_int_gt(seen[k], 150);
}
END_TEST

START_TEST(a_poisson_of_small_rate_follows_the_formula)
{
    net_value v = {.dist = DIST_POISSON, .p = {15}};
    double count[64] = {0}, p = exp(-15.0);
    for (uint32_t i = 0; i < N; i++) {
        double x = distribution_draw(&v, place(i));
        if (x < 64)
            count[(int)x]++;
    }
    for (int k = 0; k < 40; k++) {
        ck_assert_double_eq_tol(count[k] / N, p, 5 * sqrt(p / N) + 1e-4);
        p *= 15.0 / (k + 1);
    }
}
END_TEST

START_TEST(clipped_normals_are_truncated_and_boundary_ones_pile_up)
{
    net_value v = {.dist = DIST_NORMAL_CLIPPED, .p = {0, 1, 0, 1}};
    net_value edge = {.dist = DIST_NORMAL_CLIPPED_TO_BOUNDARY, .p = {0, 1, 0, 1}};
    double sum = 0, low = 0, high = 0;
    for (uint32_t i = 0; i < N; i++) {
        double x = distribution_draw(&v, place(i)), y = distribution_draw(&edge, place(i));
        ck_assert(x >= 0 && x <= 1);
        sum += x;
        low += y == 0;
        high += y == 1;
    }
    /* mean of the truncated normal: (phi(0) - phi(1)) / (Phi(1) - Phi(0)) */
    ck_assert_double_eq_tol(sum / N, (0.3989423 - 0.2419707) / 0.3413447, 0.01);
    ck_assert_double_eq_tol(low / N, 0.5, 0.015);
    ck_assert_double_eq_tol(high / N, 0.1586553, 0.01);
}
END_TEST

START_TEST(a_clipped_normal_far_in_its_tail_still_ends)
{
    net_value above = {.dist = DIST_NORMAL_CLIPPED, .p = {0, 1, 20, 30}};
    net_value below = {.dist = DIST_NORMAL_CLIPPED, .p = {0, 1, -9, -8}};
    double sum = 0;
    for (uint32_t i = 0; i < 2000; i++) {
        double x = distribution_draw(&above, place(i)), y = distribution_draw(&below, place(i));
        ck_assert(x >= 20 && x <= 30 && y >= -9 && y <= -8);
        sum += x - 20;
    }
    ck_assert_double_eq_tol(sum / 2000, 1 / 20.0, 0.01); /* the tail is nearly exponential with rate 20 */
}
END_TEST

/* I1(k) / I0(k) by their power series. */
static double mean_resultant(double kappa)
{
    double term = 1, i0 = 0, i1 = 0;
    for (int k = 0; k < 400; k++) {
        i0 += term;
        i1 += term * kappa / 2 / (k + 1);
        term *= kappa * kappa / 4 / ((k + 1.0) * (k + 1.0));
    }
    return i1 / i0;
}

START_TEST(von_mises_angles_point_to_their_mean)
{
    for (double kappa = 1e-6; kappa < 200; kappa *= 1e4) {
        net_value v = {.dist = DIST_VONMISES, .p = {1, kappa}};
        double c = 0, s = 0;
        for (uint32_t i = 0; i < N; i++) {
            double x = distribution_draw(&v, place(i));
            c += cos(x - 1);
            s += sin(x - 1);
        }
        double expected = mean_resultant(kappa);
        ck_assert_double_eq_tol(c / N, expected, 0.02);
        ck_assert_double_eq_tol(s / N, 0, 0.02);
    }
}
END_TEST

START_TEST(a_value_depends_on_its_coordinate_alone)
{
    net_value v = {.dist = DIST_GAMMA, .p = {2, 1}};
    double forward[100];
    for (uint32_t i = 0; i < 100; i++)
        forward[i] = distribution_draw(&v, place(i));
    for (uint32_t i = 100; i-- > 0;)
        ck_assert_double_eq(distribution_draw(&v, place(i)), forward[i]);
    ck_assert_double_ne(forward[0], forward[1]);
}
END_TEST

START_TEST(names_and_kinds_give_different_seeds)
{
    ck_assert_uint_ne(distribution_seed(1, "projection", "a"), distribution_seed(1, "projection", "b"));
    ck_assert_uint_ne(distribution_seed(1, "projection", "a"), distribution_seed(1, "population", "a"));
    ck_assert_uint_ne(distribution_seed(1, "projection", "a"), distribution_seed(2, "projection", "a"));
    ck_assert_uint_eq(distribution_seed(1, "projection", "a"), distribution_seed(1, "projection", "a"));
}
END_TEST

SUITE("distribution", continuous_distributions_have_their_mean_and_variance,
      integer_distributions_have_their_mean_and_variance, integer_draws_are_whole_and_uniform_int_reaches_both_ends,
      a_poisson_of_small_rate_follows_the_formula, clipped_normals_are_truncated_and_boundary_ones_pile_up,
      a_clipped_normal_far_in_its_tail_still_ends, von_mises_angles_point_to_their_mean,
      a_value_depends_on_its_coordinate_alone, names_and_kinds_give_different_seeds)
