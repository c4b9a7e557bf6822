/* Tests of fixed-point rounding: every operation against exact rational arithmetic, exhaustively over small ranges. */
#include "core/base/fx.h"

#include "tests/suite.h"

#include <math.h>

enum { RANGE = 1100 };

START_TEST(shifts_round_as_their_names_say)
{
    for (int64_t x = -RANGE; x <= RANGE; x++)
        for (unsigned s = 0; s <= 12; s++) {
            double exact = ldexp((double)x, -(int)s);
            ck_assert_int_eq(fx_shr_rd(x, s), (int64_t)floor(exact));
            ck_assert_int_eq(fx_shr_rz(x, s), (int64_t)trunc(exact));
            ck_assert_int_eq(fx_shr_rn(x, s), (int64_t)round(exact));
            ck_assert_int_eq(fx_shl(x, s), x * (1 << s));
        }
}
END_TEST

START_TEST(shifts_hold_at_the_ends_of_the_range)
{
    ck_assert_int_eq(fx_shr_rd(INT64_MIN, 63), -1);
    ck_assert_int_eq(fx_shr_rd(INT64_MAX, 63), 0);
    ck_assert_int_eq(fx_shr_rd(-1, 63), -1);
    ck_assert_int_eq(fx_shr_rz(-1, 63), 0);
    ck_assert_int_eq(fx_shl(-1, 62), INT64_MIN / 2);
}
END_TEST

START_TEST(saturation_clips_to_both_ends)
{
    for (int64_t x = -300; x <= 300; x++) {
        int64_t want = x < -256 ? -256 : x > 255 ? 255 : x;
        ck_assert_int_eq(fx_sat(x, -256, 255), want);
    }
}
END_TEST

START_TEST(wrapping_is_twos_complement)
{
    for (unsigned bits = 1; bits <= 8; bits++) {
        int64_t period = (int64_t)1 << (bits + 1), low = -((int64_t)1 << bits);
        for (int64_t x = -RANGE; x <= RANGE; x++) {
            int64_t w = fx_wrap(x, bits);
            ck_assert(w >= low && w < low + period);
            ck_assert_int_eq((w - x) % period, 0);
        }
    }
    ck_assert_int_eq(fx_wrap((int64_t)1 << 23, 23), -((int64_t)1 << 23));
    ck_assert_int_eq(fx_wrap(-((int64_t)1 << 23) - 1, 23), ((int64_t)1 << 23) - 1);
}
END_TEST

START_TEST(stochastic_rounding_has_exactly_the_right_mean)
{
    for (int64_t x = -200; x <= 200; x++)
        for (unsigned s = 0; s <= 6; s++) {
            int64_t sum = 0, draws = (int64_t)1 << s;
            for (int64_t draw = 0; draw < draws; draw++) {
                int64_t r = fx_shr_sr(x, s, (uint64_t)draw);
                ck_assert(r == fx_shr_rd(x, s) || r == fx_shr_rd(x, s) + 1);
                sum += r;
            }
            ck_assert_int_eq(sum, x); /* the mean over all draws is x / 2^s */
        }
}
END_TEST

START_TEST(a_factor_just_below_loses_one_of_whole_products)
{
    for (int32_t x = -100000; x <= 100000; x += 7)
        for (uint32_t keep = 0; keep <= 4096; keep += 273) {
            double below = trunc((double)x * ((double)keep / 4096 - 1e-11));
            if (keep)
                ck_assert_int_eq(fx_decay12_below(x, keep), (int32_t)below);
            else
                ck_assert_int_eq(fx_decay12_below(x, keep), 0);
        }
    ck_assert_int_eq(fx_decay12_below(4096, 4095), 4094);
    ck_assert_int_eq(fx_decay12_below(-4096, 4095), -4094);
    ck_assert_int_eq(fx_decay12_below(0, 4095), 0);
}
END_TEST

SUITE("fx", a_factor_just_below_loses_one_of_whole_products, shifts_round_as_their_names_say,
      shifts_hold_at_the_ends_of_the_range, saturation_clips_to_both_ends, wrapping_is_twos_complement,
      stochastic_rounding_has_exactly_the_right_mean)
