/* Tables of the HMN program against their formulas, entry by entry: equation 5, decays, pairings. */
#include "backends/spinnaker/hybrid.h"

#include "backends/spinnaker/row.h"
#include "core/base/rng.h"
#include "tests/statistics.h"
#include "tests/suite.h"

enum { ROOM = 1 << 16 };

static const hybrid_settings usual = {.epoch = 8,
                                      .bins = 1,
                                      .depth = 4,
                                      .flags = HYBRID_MINUS | HYBRID_SLOW | HYBRID_STOCHASTIC,
                                      .tau_plus = 20,
                                      .tau_minus = 33,
                                      .plus = {120, 40},
                                      .minus = {55, 13},
                                      .tau = {50, 500},
                                      .weight_shift = 9,
                                      .w_min = 0,
                                      .w_max = 2000,
                                      .gate = true,
                                      .beta = 0.8,
                                      .theta = 1.2};

static hybrid_rule read_rule(const hybrid_settings *s, uint32_t *region, hybrid_rules *out)
{
    uint32_t n = hybrid_write(region, s, 1, 4);
    ck_assert_uint_lt(n, ROOM);
    ck_assert(hybrid_read(region, n, 4, out));
    return out->rule[0];
}

/* As the program looks it up: the line of a size, the last beyond it. */
static double chance(const uint32_t *region, const hybrid_rule *r, uint32_t size)
{
    uint32_t line = size >> r->draw_shift, last = r->draw_size - 1;
    return row_half(region + r->draw_table, line < last ? line : last) / 65536.0;
}

/* A line is the logistic at its middle, so it is off by half a line's rise at most; and by 2^-16 at the upper end. */
START_TEST(the_gate_follows_the_logistic_at_every_size)
{
    static const double beta[] = {0.05, 0.2, 0.8, 3, 12}, theta[] = {0, 0.5, 1.2, 7, 40};
    static uint32_t region[ROOM];
    for (int i = 0; i < 25; i++) {
        hybrid_settings s = usual;
        hybrid_rules rules;
        s.beta = beta[i / 5];
        s.theta = theta[i % 5];
        const hybrid_rule r = read_rule(&s, region, &rules);
        double line = ldexp(1, (int)r.draw_shift - (int)s.weight_shift), most = 0;
        for (uint32_t size = 0; size < (uint32_t)ldexp(s.theta + 16 / s.beta, (int)s.weight_shift); size++) {
            double exact = 1 / (1 + exp(-s.beta * (ldexp(size, -(int)s.weight_shift) - s.theta)));
            most = fmax(most, fabs(chance(region, &r, size) - exact));
        }
        ck_assert_double_le(most, s.beta / 4 * line / 2 + ldexp(1, -15));
    }
}
END_TEST

/* Chi squared of 40 sizes with 20,000 draws each, as the program draws. */
START_TEST(draws_are_distributed_as_the_logistic_says)
{
    enum { SIZES = 40, DRAWS = 20000 };
    static uint32_t region[ROOM];
    hybrid_rules rules;
    const hybrid_rule r = read_rule(&usual, region, &rules);
    chi_squared c = {0, 0};
    for (uint32_t k = 0; k < SIZES; k++) {
        uint32_t size = (k * 4 + 1) << r.draw_shift >> 1, hits = 0; /* the middle of a line */
        for (uint32_t i = 0; i < DRAWS; i++)
            hits += (rng_u32(5, RNG_UPDATE, 1, i, k) >> 16) / 65536.0 < chance(region, &r, size);
        double p = 1 / (1 + exp(-usual.beta * (ldexp(size, -(int)usual.weight_shift) - usual.theta)));
        chi_trials(&c, hits, DRAWS, p);
    }
    ck_assert_chi(c);
}
END_TEST

/* exp(-n/tau): fine up to 31 steps, coarse for each 32, both cut off below 2^-16. */
START_TEST(decays_are_the_exponential_to_their_last_bit)
{
    static const double tau[] = {0.7, 5, 20, 33, 250};
    static uint32_t region[ROOM];
    for (int i = 0; i < 5; i++) {
        hybrid_settings s = usual;
        hybrid_rules rules;
        s.tau_plus = tau[i];
        const hybrid_rule r = read_rule(&s, region, &rules);
        for (uint32_t n = 1; n < 32; n++)
            ck_assert_double_le(fabs(row_half(region + r.x_table, n) - 65536 * exp(-(double)n / tau[i])), 1);
        for (uint32_t k = 0; k < r.x_size; k++)
            ck_assert_double_le(fabs(row_half(region + r.x_table, 32 + k) - 65536 * exp(-32.0 * (k + 1) / tau[i])), 1);
        ck_assert_double_lt(65536 * exp(-32.0 * (r.x_size + 1) / tau[i]), 0.51);
    }
}
END_TEST

/* What a pairing n steps before the end of its epoch adds: amplitude exp(-n/tau), 15 bits. */
START_TEST(pairings_fade_to_the_end_of_their_epoch)
{
    static uint32_t region[ROOM];
    hybrid_rules rules;
    const hybrid_rule r = read_rule(&usual, region, &rules);
    for (uint32_t n = 0; n < usual.epoch; n++) {
        double exact = usual.plus[0] * exp(-(double)n / usual.tau[0]);
        double got = ldexp((int16_t)row_half(region + r.plus_fast, n), 15 - (int)r.shift_fast);
        ck_assert_double_le(fabs(got / exact - 1), ldexp(1, -14));
        exact = usual.minus[1] * exp(-(double)n / usual.tau[1]);
        got = ldexp((int16_t)row_half(region + r.minus_slow, n), 15 - (int)r.shift_slow);
        ck_assert_double_le(fabs(got / exact - 1), ldexp(1, -12));
    }
    ck_assert_double_le(fabs(r.keep_fast - 65536 * exp(-8 / 50.0)), 1);
    ck_assert_double_le(fabs(r.keep_slow - 65536 * exp(-8 / 500.0)), 1);
}
END_TEST

SUITE("hybrid_region", the_gate_follows_the_logistic_at_every_size, draws_are_distributed_as_the_logistic_says,
      decays_are_the_exponential_to_their_last_bit, pairings_fade_to_the_end_of_their_epoch)
