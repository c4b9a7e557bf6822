/* Tests of the counter-based generator against Random123's published known answers for Philox4x32-10. */
#include "core/base/rng.h"

#include "tests/suite.h"

#include <math.h>
#include <string.h>

START_TEST(blocks_are_the_published_philox_answers)
{
    static const struct {
        uint32_t counter[4], key[2], answer[4];
    } known[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        uint32_t out[4];
        rng_block((uint64_t)known[i].key[1] << 32 | known[i].key[0], (rng_stream)known[i].counter[0],
                  known[i].counter[1], known[i].counter[2], known[i].counter[3], out);
        for (int k = 0; k < 4; k++)
            ck_assert_uint_eq(out[k], known[i].answer[k]);
    }
}
END_TEST

START_TEST(every_coordinate_changes_the_bits)
{
    uint32_t base[4], other[4];
    rng_block(7, RNG_CONNECT, 1, 2, 3, base);
    rng_block(8, RNG_CONNECT, 1, 2, 3, other);
    ck_assert_mem_ne(base, other, sizeof base);
    rng_block(7, RNG_WEIGHT, 1, 2, 3, other);
    ck_assert_mem_ne(base, other, sizeof base);
    rng_block(7, RNG_CONNECT, 2, 2, 3, other);
    ck_assert_mem_ne(base, other, sizeof base);
    rng_block(7, RNG_CONNECT, 1, 3, 3, other);
    ck_assert_mem_ne(base, other, sizeof base);
    rng_block(7, RNG_CONNECT, 1, 2, 4, other);
    ck_assert_mem_ne(base, other, sizeof base);
    rng_block(7, RNG_CONNECT, 1, 2, 3, other);
    ck_assert_mem_eq(base, other, sizeof base);
    ck_assert_uint_eq(rng_u32(7, RNG_CONNECT, 1, 2, 3), base[0]);
}
END_TEST

START_TEST(unit_draws_fill_the_interval_evenly)
{
    enum { N = 100000, BINS = 20 };
    uint32_t bin[BINS] = {0};
    double sum = 0, squares = 0;
    for (uint32_t i = 0; i < N; i++) {
        double u = rng_unit(1, RNG_TASK, i, 0, 0);
        ck_assert(u >= 0 && u < 1);
        bin[(int)(u * BINS)]++;
        sum += u;
        squares += u * u;
    }
    ck_assert_double_eq_tol(sum / N, 0.5, 0.005);
    ck_assert_double_eq_tol(squares / N, 1.0 / 3, 0.005);
    double chi = 0;
    for (int i = 0; i < BINS; i++)
        chi += pow(bin[i] - (double)N / BINS, 2) / ((double)N / BINS);
    ck_assert_double_lt(chi, 45); /* 19 degrees of freedom: p < 0.001 above 43.8 */
}
END_TEST

START_TEST(bounded_draws_stay_below_and_reach_all_values)
{
    for (uint32_t n = 1; n < 40; n++) {
        uint32_t seen[40] = {0};
        for (uint32_t i = 0; i < 40 * n; i++) {
            uint32_t k = rng_below(3, RNG_TASK, i, n, 0, n);
            ck_assert_uint_lt(k, n);
            seen[k]++;
        }
        for (uint32_t k = 0; k < n; k++)
            ck_assert_uint_gt(seen[k], 0);
    }
    ck_assert_uint_ge(rng_below(3, RNG_TASK, 5, 0, 0, UINT32_MAX), 1);
}
END_TEST

/* Three-distance theorem: of any run of words each sixteenth of the range gets its share, give or take two. */
START_TEST(even_sequences_fill_the_range_and_begin_anywhere)
{
    uint32_t first[16] = {0};
    for (uint32_t key = 0; key < 200; key++) {
        uint32_t seen[16] = {0};
        for (uint32_t n = 0; n < 160; n++)
            seen[rng_even(5, RNG_EVEN, 1, key, 0, 1000 + n) >> 28]++;
        for (int k = 0; k < 16; k++)
            ck_assert(seen[k] >= 8 && seen[k] <= 12);
        first[rng_even(5, RNG_EVEN, 1, key, 0, 0) >> 28]++;
    }
    for (int k = 0; k < 16; k++)
        ck_assert(first[k] >= 2 && first[k] <= 30);
    ck_assert_uint_eq(rng_even(5, RNG_EVEN, 1, 2, 0, 0), rng_u32(5, RNG_EVEN, 1, 2, 0));
}
END_TEST

SUITE("rng", blocks_are_the_published_philox_answers, every_coordinate_changes_the_bits,
      unit_draws_fill_the_interval_evenly, bounded_draws_stay_below_and_reach_all_values,
      even_sequences_fill_the_range_and_begin_anywhere)
