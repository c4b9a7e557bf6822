/* Moments of every distribution against the closed forms, limits, and independence of order. */
#include "compiler/distribution.h"

#include "tests/statistics.h"
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

/* ---- distribution functions ---- */

static double uniform_cdf(double x, const double *p) { return (x - p[0]) / (p[1] - p[0]); }
static double lognormal_cdf(double x, const double *p) { return normal_cdf(log(x), p); }
static double exponential_cdf(double x, const double *p) { return -expm1(-x / p[0]); }

/* Shape 3: Erlang's. */
static double gamma_cdf(double x, const double *p)
{
    double y = x / p[1];
    return 1 - exp(-y) * (1 + y + y * y / 2);
}

static double clipped_cdf(double x, const double *p)
{
    double low = normal_cdf(p[2], p);
    return (normal_cdf(x, p) - low) / (normal_cdf(p[3], p) - low);
}

/* Simpson's rule from half a turn before the mean. */
static double von_mises_part(double to, double kappa)
{
    enum { STEPS = 400 };
    double h = (to + M_PI) / STEPS, sum = 0;
    for (int k = 0; k <= STEPS; k++)
        sum += (k == 0 || k == STEPS ? 1 : k % 2 ? 4 : 2) * exp(kappa * (cos(-M_PI + k * h) - 1));
    return sum * h / 3;
}

static double von_mises_cdf(double x, const double *p)
{
    return von_mises_part(remainder(x - p[0], 2 * M_PI), p[1]) / von_mises_part(M_PI, p[1]);
}

/* Weights, delays and parameters are drawn alike, each by words of its own. */
static void follows(net_dist dist, double (*cdf)(double, const double *), const char *what, const double p[4])
{
    static const rng_stream stream[] = {RNG_WEIGHT, RNG_DELAY, RNG_PARAM};
    enum { FEW = 10000 };
    net_value v = {.dist = dist, .p = {p[0], p[1], p[2], p[3]}};
    for (int k = 0; k < 3; k++) {
        double x[FEW];
        for (uint32_t i = 0; i < FEW; i++) {
            x[i] = distribution_draw(&v, (draw_place){11, stream[k], i, 3, 0});
            if (dist == DIST_VONMISES)
                x[i] = p[0] + remainder(x[i] - p[0], 2 * M_PI);
        }
        ck_assert_ks(x, FEW, cdf, p, what);
    }
}

#define FOLLOWS(dist, cdf, ...) follows(dist, cdf, #dist, (double[4]){__VA_ARGS__})

START_TEST(continuous_draws_follow_their_distribution_function)
{
    FOLLOWS(DIST_UNIFORM, uniform_cdf, -2, 10);
    FOLLOWS(DIST_NORMAL, normal_cdf, 5, 2);
    FOLLOWS(DIST_LOGNORMAL, lognormal_cdf, 0.5, 0.4);
    FOLLOWS(DIST_EXPONENTIAL, exponential_cdf, 3);
    FOLLOWS(DIST_GAMMA, gamma_cdf, 3, 2);
    FOLLOWS(DIST_NORMAL_CLIPPED, clipped_cdf, 0.2, 0.3, 0, 1);
    FOLLOWS(DIST_VONMISES, von_mises_cdf, 1, 0.7);
    FOLLOWS(DIST_VONMISES, von_mises_cdf, 0.3, 9);
}
END_TEST

/* Chances of 0, 1, .. as each follows from the one before; those that are rare go together. */
static void whole(net_dist dist, double a, double b, double first, double (*next)(double a, double b, uint32_t k))
{
    net_value v = {.dist = dist, .p = {a, b}};
    double count[64] = {0}, p = first, rest = 1, left = N;
    chi_squared c = {0, 0};
    for (uint32_t i = 0; i < N; i++) {
        double x = distribution_draw(&v, place(i));
        count[x < 63 ? (int)x : 63]++;
    }
    for (uint32_t k = 0; k < 60; k++) {
        if (p * N >= 10) {
            chi_class(&c, count[k], p * N);
            rest -= p;
            left -= count[k];
        }
        p *= next(a, b, k);
    }
    if (rest * N >= 5)
        chi_class(&c, left, rest * N);
    c.n--;
    ck_assert_chi(c);
}

static double poisson_next(double mean, double none, uint32_t k)
{
    (void)none;
    return mean / (k + 1);
}

static double binomial_next(double n, double p, uint32_t k) { return k < n ? (n - k) / (k + 1) * p / (1 - p) : 0; }

static double uniform_next(double low, double high, uint32_t k) { return k + 1 >= low && k + 1 <= high ? 1 : 0; }

START_TEST(whole_draws_have_their_chances)
{
    whole(DIST_POISSON, 0.7, 0, exp(-0.7), poisson_next);
    whole(DIST_POISSON, 15, 0, exp(-15), poisson_next);
    whole(DIST_BINOMIAL, 10, 0.3, pow(0.7, 10), binomial_next);
    whole(DIST_BINOMIAL, 40, 0.6, pow(0.4, 40), binomial_next);
    whole(DIST_UNIFORM_INT, 0, 12, 1 / 13.0, uniform_next);
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
      continuous_draws_follow_their_distribution_function, whole_draws_have_their_chances,
      integer_distributions_have_their_mean_and_variance, integer_draws_are_whole_and_uniform_int_reaches_both_ends,
      a_poisson_of_small_rate_follows_the_formula, clipped_normals_are_truncated_and_boundary_ones_pile_up,
      a_clipped_normal_far_in_its_tail_still_ends, von_mises_angles_point_to_their_mean,
      a_value_depends_on_its_coordinate_alone, names_and_kinds_give_different_seeds)
