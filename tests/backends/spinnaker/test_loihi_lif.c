/* The Loihi compartment on an ARM core, by numbers worked out by hand. That it is what loihi computes: test_chip.c. */
#include "backends/spinnaker/loihi_lif.h"

#include "tests/suite.h"

static const int32_t plain[LOIHI_LIF_WORDS] = {
    [LOIHI_LIF_DECAY_U] = 2048, [LOIHI_LIF_DECAY_V] = 1024,      [LOIHI_LIF_THRESHOLD] = 6400,
    [LOIHI_LIF_REFRACTORY] = 2, [LOIHI_LIF_LOW] = 1 - (1 << 13), [LOIHI_LIF_HIGH] = (1 << 23) - 1};

START_TEST(current_and_potential_decay_toward_zero)
{
    int32_t s[LOIHI_LIF_STATE] = {0};
    ck_assert(!loihi_lif_tick(plain, s, 101, 0));
    ck_assert_int_eq(s[0], 101);
    ck_assert_int_eq(s[1], 101);
    ck_assert(!loihi_lif_tick(plain, s, 0, 0));
    ck_assert_int_eq(s[0], 50);               /* 101 / 2 */
    ck_assert_int_eq(s[1], 101 * 3 / 4 + 50); /* 75 + 50 */
}
END_TEST

START_TEST(a_spike_erases_the_potential_and_rests)
{
    int32_t s[LOIHI_LIF_STATE] = {0};
    ck_assert(loihi_lif_tick(plain, s, 6401, 0));
    ck_assert_int_eq(s[1], 0);
    ck_assert(!loihi_lif_tick(plain, s, 20000, 0)); /* register 2: one step of rest */
    ck_assert(loihi_lif_tick(plain, s, 20000, 0));
}
END_TEST

START_TEST(the_potential_has_a_floor_and_the_input_21_bits)
{
    int32_t s[LOIHI_LIF_STATE] = {0};
    loihi_lif_tick(plain, s, -100000, 0);
    ck_assert_int_eq(s[1], 1 - (1 << 13));
    int32_t t[LOIHI_LIF_STATE] = {0};
    loihi_lif_tick(plain, t, (1 << 21) + 5, 0);
    ck_assert_int_eq(t[0], 5 - (1 << 21));
}
END_TEST

START_TEST(noise_joins_the_input_or_the_potential)
{
    int32_t param[LOIHI_LIF_WORDS], s[LOIHI_LIF_STATE] = {0}, t[LOIHI_LIF_STATE] = {0};
    for (int k = 0; k < LOIHI_LIF_WORDS; k++)
        param[k] = plain[k];
    param[LOIHI_LIF_NOISE] = 8 | 1 << 8; /* (r + 64) 2 */
    loihi_lif_tick(param, s, 0, 10);
    ck_assert_int_eq(s[0], 148);
    param[LOIHI_LIF_NOISE] |= 1 << 16;
    loihi_lif_tick(param, t, 0, 10);
    ck_assert_int_eq(t[0], 0);
    ck_assert_int_eq(t[1], 148);
}
END_TEST

SUITE("loihi_lif", current_and_potential_decay_toward_zero, a_spike_erases_the_potential_and_rests,
      the_potential_has_a_floor_and_the_input_21_bits, noise_joins_the_input_or_the_potential)
