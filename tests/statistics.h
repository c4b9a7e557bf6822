/* Goodness of fit on fixed seeds: chi squared for counts, Kolmogorov and Smirnov for continuous draws. A fair generator
 * passes both at levels of a thousandth, a table that is wrong in its third digit does not. */
#ifndef HMN_TESTS_STATISTICS_H
#define HMN_TESTS_STATISTICS_H

#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

typedef struct {
    double sum;
    uint32_t n; /* degrees of freedom */
} chi_squared;

/* Independent events of chance p: their number against a normal of its variance. */
static inline void chi_trials(chi_squared *c, double hits, double trials, double p)
{
    c->sum += (hits - trials * p) * (hits - trials * p) / (trials * p * (1 - p));
    c->n++;
}

/* Classes that exclude each other: one degree of freedom less than there are, for the caller to take off. */
static inline void chi_class(chi_squared *c, double hits, double expected)
{
    c->sum += (hits - expected) * (hits - expected) / expected;
    c->n++;
}

/* Within the middle 99.8 % (Wilson and Hilferty's approximation). */
static inline void ck_assert_chi(chi_squared c)
{
    double v = 2 / (9.0 * c.n), z = (cbrt(c.sum / c.n) - (1 - v)) / sqrt(v);
    ck_assert_msg(fabs(z) < 3.1, "chi squared is %.1f of %u degrees of freedom, z = %.2f", c.sum, c.n, z);
}

static inline int statistics_ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorts x. The largest distance of the two distribution functions, times the root of n: above 1.95 once in a thousand.
 */
static inline void ck_assert_ks(double *x, uint32_t n, double (*cdf)(double x, const double *p), const double *p,
                                const char *what)
{
    double most = 0;
    qsort(x, n, sizeof *x, statistics_ascending);
    for (uint32_t i = 0; i < n; i++) {
        double f = cdf(x[i], p);
        most = fmax(most, fmax(fabs(f - (double)i / n), fabs(f - (i + 1.0) / n)));
    }
    ck_assert_msg(most * sqrt(n) < 1.95, "%s: the distribution functions are %.3g apart, %.2f / sqrt(n)", what, most,
                  most * sqrt(n));
}

/* p: mean, deviation. */
static inline double normal_cdf(double x, const double *p) { return 0.5 * erfc(-(x - p[0]) / (p[1] * M_SQRT2)); }

#endif
