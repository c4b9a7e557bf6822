/* Draws from PyNN's distributions. Takes a distribution and a coordinate, yields one double that depends on
 * nothing else: no generator state, so elements can be drawn in any order or alone.
 *
 * Methods: Box-Muller for normals; for truncated ones a few tries of those, then bisection of the normal
 * integral (rejection alone would not end in the tails); Marsaglia and Tsang 2000 for gamma; Poisson and binomial
 * exactly in O(log n) gamma draws by splitting at an order statistic (Ahrens and Dieter 1974; Devroye 1986, X.4); von
 * Mises by Best and Fisher 1979. Integer distributions yield whole doubles; uniform_int includes both ends. */
#include "compiler/distribution.h"

#include "core/base/bug.h"
#include "core/base/hash.h"

#include <math.h>
#include <string.h>

typedef struct {
    draw_place at;
    uint32_t k; /* uniforms used so far; a block of the generator holds two */
    uint32_t bits[4];
} draws;

uint64_t distribution_seed(uint64_t seed, const char *kind, const char *name)
{
    return hash64(name, strlen(name), hash64(kind, strlen(kind), seed));
}

/* Uniform in [0, 1), 53 bits. */
static double unit(draws *d)
{
    uint32_t half = d->k % 2 * 2;
    if (half == 0)
        rng_block(d->at.seed, d->at.stream, d->at.a, d->at.b, d->at.c + d->k / 2, d->bits);
    d->k++;
    return (double)((uint64_t)d->bits[half] << 21 ^ (uint64_t)d->bits[half + 1] >> 11) * 0x1p-53;
}

/* Uniform in (0, 1]: safe under a logarithm. */
static double positive(draws *d) { return 1.0 - unit(d); }

static double gauss(draws *d)
{
    double r = sqrt(-2.0 * log(positive(d)));
    return r * cos(2.0 * M_PI * unit(d));
}

/* P(Z > z) of a standard normal. */
static double upper_tail(double z) { return 0.5 * erfc(z * M_SQRT1_2); }

/* A standard normal given that it lies in [low, high]. Works in the upper tail, where P is small and precise. */
static double truncated(draws *d, double low, double high)
{
    bool flip = low + high < 0;
    double a = flip ? -high : low, b = flip ? -low : high;
    double pa = upper_tail(a), pb = upper_tail(b);
    double p = pb + (pa - pb) * unit(d);
    double x = fmax(a, -40.0), y = fmin(b, 40.0);
    for (int i = 0; i < 64 && x < y; i++) {
        double middle = 0.5 * (x + y);
        if (upper_tail(middle) > p)
            x = middle;
        else
            y = middle;
    }
    x = fmin(fmax(0.5 * (x + y), a), b);
    return flip ? -x : x;
}

static double normal_clipped(draws *d, double mu, double sigma, double low, double high)
{
    if (sigma <= 0)
        return fmin(fmax(mu, low), high);
    for (int k = 0; k < 16; k++) { /* quick where the interval is likely, and exact in any case */
        double x = mu + sigma * gauss(d);
        if (x >= low && x <= high)
            return x;
    }
    double z = truncated(d, (low - mu) / sigma, (high - mu) / sigma);
    return fmin(fmax(mu + sigma * z, low), high);
}

/* Gamma of shape k and scale 1: Marsaglia and Tsang, "A simple method for generating gamma variables". */
static double gamma_draw(draws *d, double k)
{
    double boost = 1.0;
    if (k < 1) {
        boost = pow(positive(d), 1.0 / k);
        k += 1;
    }
    double e = k - 1.0 / 3.0, c = 1.0 / sqrt(9.0 * e);
    for (;;) {
        double x = gauss(d), v = 1.0 + c * x;
        if (v <= 0)
            continue;
        v = v * v * v;
        if (log(positive(d)) < 0.5 * x * x + e - e * v + e * log(v))
            return boost * e * v;
    }
}

/* Beta of integer parameters as a ratio of gammas. */
static double beta_draw(draws *d, double a, double b)
{
    double x = gamma_draw(d, a), y = gamma_draw(d, b);
    return x / (x + y);
}

/* Of n uniforms, the one of rank a splits the count of those below p into a known part and a smaller problem. */
static double binomial(draws *d, double n, double p)
{
    double count = 0;
    while (n > 24 && p > 0 && p < 1) {
        double a = floor(n / 2) + 1, b = n + 1 - a;
        double x = beta_draw(d, a, b);
        if (x >= p) {
            n = a - 1;
            p = p / x;
        } else {
            count += a;
            n = b - 1;
            p = (p - x) / (1 - x);
        }
    }
    for (double i = 0; i < n; i++)
        count += unit(d) < p;
    return count;
}

/* The time of event number m of a unit-rate process is gamma(m): either it lies before lambda or it does not. */
static double poisson(draws *d, double lambda)
{
    double count = 0;
    while (lambda > 12) {
        double m = floor(lambda * 7 / 8), x = gamma_draw(d, m);
        if (x >= lambda)
            return count + binomial(d, m - 1, lambda / x);
        count += m;
        lambda -= x;
    }
    double product = positive(d), bound = exp(-lambda);
    while (product > bound) {
        count++;
        product *= positive(d);
    }
    return count;
}

static double vonmises(draws *d, double mu, double kappa)
{
    if (kappa < 1e-8)
        return mu + M_PI * (2 * unit(d) - 1);
    double tau = 1 + sqrt(1 + 4 * kappa * kappa);
    double rho = (tau - sqrt(2 * tau)) / (2 * kappa);
    double r = kappa < 1e-4 ? 1 / kappa : (1 + rho * rho) / (2 * rho);
    for (;;) {
        double z = cos(M_PI * unit(d)), f = (1 + r * z) / (r + z), c = kappa * (r - f), u = positive(d);
        if (c * (2 - c) > u || log(c / u) + 1 >= c)
            return remainder(mu + (unit(d) < 0.5 ? -1 : 1) * acos(fmin(fmax(f, -1), 1)), 2 * M_PI);
    }
}

double distribution_draw(const net_value *v, draw_place at)
{
    draws d = {at, 0, {0}};
    const double *p = v->p;
    switch (v->dist) {
    case DIST_CONSTANT: return p[0];
    case DIST_UNIFORM: return p[0] + (p[1] - p[0]) * unit(&d);
    case DIST_UNIFORM_INT: return floor(p[0] + floor((p[1] - p[0] + 1) * unit(&d)));
    case DIST_NORMAL: return p[0] + p[1] * gauss(&d);
    case DIST_NORMAL_CLIPPED: return normal_clipped(&d, p[0], p[1], p[2], p[3]);
    case DIST_NORMAL_CLIPPED_TO_BOUNDARY: return fmin(fmax(p[0] + p[1] * gauss(&d), p[2]), p[3]);
    case DIST_LOGNORMAL: return exp(p[0] + p[1] * gauss(&d));
    case DIST_EXPONENTIAL: return -p[0] * log(positive(&d));
    case DIST_GAMMA: return p[1] * gamma_draw(&d, p[0]);
    case DIST_POISSON: return poisson(&d, p[0]);
    case DIST_BINOMIAL: return binomial(&d, p[0], p[1]);
    case DIST_VONMISES: return vonmises(&d, p[0], p[1]);
    case DIST_LIST: break;
    }
    HMN_BUG("a list has no distribution");
}
