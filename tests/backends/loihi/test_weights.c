#include "backends/loihi/weights.h"

#include "tests/suite.h"

START_TEST(formats_hold_the_documented_range)
{
    ck_assert_int_eq(loihi_weight_low(8, SIGN_MIXED), -256);
    ck_assert_int_eq(loihi_weight_high(8, SIGN_MIXED), 254);
    ck_assert_int_eq(loihi_weight_low(8, SIGN_EXCITATORY), 0);
    ck_assert_int_eq(loihi_weight_high(8, SIGN_EXCITATORY), 255);
    ck_assert_int_eq(loihi_weight_low(8, SIGN_INHIBITORY), -255);
    ck_assert_int_eq(loihi_weight_high(8, SIGN_INHIBITORY), 0);
    ck_assert_int_eq(loihi_weight_low(1, SIGN_MIXED), -256);
    ck_assert_int_eq(loihi_weight_high(1, SIGN_MIXED), 0);
    ck_assert_int_eq(loihi_weight_high(3, SIGN_EXCITATORY), 7 * 32);
}
END_TEST

START_TEST(dialects_round_as_their_emulators)
{
    ck_assert_int_eq(loihi_weight_store(DIALECT_NENGO, -3, 0, 8, SIGN_MIXED), -4);  /* -1.5 to even */
    ck_assert_int_eq(loihi_weight_store(DIALECT_LAVA, -3, 0, 8, SIGN_MIXED), -4);   /* down */
    ck_assert_int_eq(loihi_weight_store(DIALECT_BRIAN2, -3, 0, 8, SIGN_MIXED), -2); /* toward zero */
    ck_assert_int_eq(loihi_weight_store(DIALECT_CHIP, -3, 0, 8, SIGN_MIXED), -4);
    ck_assert_int_eq(loihi_weight_store(DIALECT_CHIP, 3.1, 0, 8, SIGN_MIXED), 4);
    ck_assert_int_eq(loihi_weight_store(DIALECT_CHIP, -256, 0, 8, SIGN_MIXED), -256);
    ck_assert_int_eq(loihi_weight_store(DIALECT_NENGO, -256, 0, 8, SIGN_MIXED), -254);
    ck_assert_int_eq(loihi_weight_store(DIALECT_LAVA, -3, 0, 6, SIGN_INHIBITORY), 0); /* magnitude down */
    ck_assert_int_eq(loihi_weight_store(DIALECT_BRIAN2, -256, 0, 8, SIGN_INHIBITORY), -256);
    ck_assert_int_eq(loihi_weight_store(DIALECT_CHIP, 300, 0, 8, SIGN_EXCITATORY), 255);
}
END_TEST

/* Reference: nengo-loihi's two-part shift for negative exponents, written out in integers. */
START_TEST(nengo_rounds_before_a_right_shift)
{
    /* s = 1, exponent -3: mantissa 5 -> round(5/4) = 1 -> 4; stored 8; floor(8/8) = 1 */
    int32_t stored = loihi_weight_store(DIALECT_NENGO, 10, -3, 8, SIGN_MIXED);
    ck_assert_int_eq(stored, 8);
    ck_assert_int_eq(loihi_weight_effective(DIALECT_NENGO, stored, -3), 64);
    stored = loihi_weight_store(DIALECT_NENGO, 14, -3, 8, SIGN_MIXED); /* 7/4 -> 2 -> 8; stored 16 */
    ck_assert_int_eq(stored, 16);
    ck_assert_int_eq(loihi_weight_effective(DIALECT_NENGO, stored, -3), 128);
}
END_TEST

START_TEST(one_spike_adds_a_multiple_of_64_within_limits)
{
    ck_assert_int_eq(loihi_weight_effective(DIALECT_CHIP, 3, 0), 192);
    ck_assert_int_eq(loihi_weight_effective(DIALECT_CHIP, -7, -1), -4 * 64); /* floor */
    ck_assert_int_eq(loihi_weight_effective(DIALECT_CHIP, 255, -8), 0);
    ck_assert_int_eq(loihi_weight_effective(DIALECT_CHIP, -1, -8), -64);
    ck_assert_int_eq(loihi_weight_effective(DIALECT_CHIP, 254, 7), 254 << 13);
    ck_assert_int_eq(loihi_weight_effective(DIALECT_CHIP, -256, 7), -((1 << 21) - 64));
    ck_assert_int_eq(loihi_weight_effective(DIALECT_LAVA, -256, 7), -(1 << 21)); /* which clips nothing */
}
END_TEST

START_TEST(stored_weights_lie_on_the_grid)
{
    static const int32_t bits[] = {1, 2, 3, 4, 5, 6, 8};
    for (int d = 0; d < DIALECT_COUNT; d++)
        for (int b = 0; b < 7; b++)
            for (int sign = SIGN_MIXED; sign <= SIGN_INHIBITORY; sign++)
                for (int w = -256; w <= 255; w++) {
                    if ((sign == SIGN_EXCITATORY && w < 0) || (sign == SIGN_INHIBITORY && w > 0))
                        continue;
                    int32_t x = loihi_weight_store((loihi_dialect_id)d, w, 0, bits[b], (qnet_sign)sign);
                    int32_t step = 1 << loihi_weight_shift(bits[b], (qnet_sign)sign);
                    ck_assert_int_eq(x % step, 0);
                    if (x > loihi_weight_low(bits[b], (qnet_sign)sign) &&
                        x < loihi_weight_high(bits[b], (qnet_sign)sign))
                        ck_assert_int_le(abs(x - w), d == DIALECT_NENGO ? step : step - 1);
                }
}
END_TEST

SUITE("weights", formats_hold_the_documented_range, dialects_round_as_their_emulators,
      nengo_rounds_before_a_right_shift, one_spike_adds_a_multiple_of_64_within_limits, stored_weights_lie_on_the_grid)
