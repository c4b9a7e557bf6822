#include "core/isa/draw.h"

#include "core/base/rng.h"
#include "tests/suite.h"

#include <math.h>

static void make(rule_draw *d, uint32_t *line, double beta, double theta)
{
    *d = (rule_draw){.on = true, .beta = beta, .theta = theta};
    draw_fit(d);
    for (uint32_t k = 0; k <= DRAW_LINES; k++)
        line[k] = draw_line(d, k);
}

/* Largest error of the probability over all sizes. */
static double worst(double beta, double theta)
{
    rule_draw d;
    uint32_t line[DRAW_LINES + 1];
    double most = 0;
    make(&d, line, beta, theta);
    for (uint32_t size = 0; size < 32768; size++)
        most = fmax(most, fabs(draw_probability(&d, line, size) / (double)DRAW_ONE - draw_logistic(&d, size)));
    return most;
}

START_TEST(the_table_follows_the_logistic_at_every_size)
{
    static const double theta[] = {0, 0.5, 3, 40, 200};
    for (double beta = 0.01; beta < 100; beta *= 3)
        for (int k = 0; k < 5; k++)
            ck_assert_msg(worst(beta, theta[k]) < 2e-3, "beta %g theta %g: %g", beta, theta[k],
                          worst(beta, theta[k]));
    ck_assert_double_lt(worst(0.2, 0.5), 2e-4); /* the default beta */
}
END_TEST

START_TEST(a_gate_without_slope_is_fair)
{
    rule_draw d;
    uint32_t line[DRAW_LINES + 1];
    make(&d, line, 0, 5);
    for (uint32_t size = 0; size < 32768; size += 97)
        ck_assert_uint_eq(draw_probability(&d, line, size), DRAW_ONE / 2);
}
END_TEST

/* chi squared of 40 sizes with 20,000 draws each against the logistic: 40 degrees of freedom, 73.4 at 0.001. */
START_TEST(draws_are_distributed_as_the_logistic_says)
{
    enum { SIZES = 40, DRAWS = 20000 };
    rule_draw d;
    uint32_t line[DRAW_LINES + 1];
    double chi = 0;
    make(&d, line, 0.8, 1.2);
    for (uint32_t k = 0; k < SIZES; k++) {
        uint32_t size = 1 + k * 20, hits = 0;
        for (uint32_t i = 0; i < DRAWS; i++)
            hits += rng_u32(5, RNG_UPDATE, 1, i, k) >> 16 < draw_probability(&d, line, size);
        double p = draw_logistic(&d, size), off = hits - p * DRAWS;
        chi += off * off / (DRAWS * p * (1 - p));
    }
    ck_assert_msg(chi < 73.4 && chi > 16, "chi squared %g", chi);
}
END_TEST

SUITE("draw", the_table_follows_the_logistic_at_every_size, a_gate_without_slope_is_fair,
      draws_are_distributed_as_the_logistic_says)
