/* Current sources: what is no region of them, and what several neurons make of one source. */
#include "backends/spinnaker/current.h"

#include "tests/statistics.h"
#include "tests/suite.h"

#include <string.h>

/* Neuron 0: DC 0; neuron 1: step 0 and noisy 0; neuron 2: step 0. */
static const uint32_t region[] = {3,  1,     1, 0, 2,     3,         0,         4,        0,      1, 3, 0, /* lists */
                                  1,  0,     1, 1, 100,   2,         5, /* counts, DC */
                                  2,  4,     5, 2, 7,     9,            /* step: 7 from 4, 9 from 5 */
                                  10, 32768, 0, 3, 32768, 123456789, 987654321, 43219876, 6543217};
enum { WORDS = sizeof region / sizeof *region };

START_TEST(pairs_and_state_are_counted_and_listed)
{
    uint32_t npairs, nstate, state[8] = {1, 1, 1, 1, 1, 1, 1, 1};
    core_current c[4];
    ck_assert(current_check(region, WORDS, 3, &npairs, &nstate));
    ck_assert_uint_eq(npairs, 4);
    ck_assert_uint_eq(nstate, 8);
    current_list(region, WORDS, 3, c);
    current_start(region, WORDS, 3, state);
    const core_current want[] = {
        {0, CURRENT_DC, 16, 0}, {1, CURRENT_STEP, 19, 0}, {1, CURRENT_NOISY, 25, 4}, {2, CURRENT_STEP, 19, 0}};
    for (uint32_t k = 0; k < 4; k++) {
        ck_assert_uint_eq(c[k].neuron, want[k].neuron);
        ck_assert_uint_eq(c[k].id, want[k].id);
        ck_assert_uint_eq(c[k].word, want[k].word);
        if (c[k].id != CURRENT_DC)
            ck_assert_uint_eq(c[k].state, want[k].state);
    }
    ck_assert_uint_eq(state[0] + state[1], 0);
    ck_assert_uint_eq(state[4], 123456789);
    ck_assert_uint_eq(state[7], 6543217);
    ck_assert(!current_constant(region, WORDS, 3));
}
END_TEST

START_TEST(a_step_source_goes_on_at_each_neuron_that_asks)
{
    uint32_t state[8];
    const core_current c = {1, CURRENT_STEP, 19, 0};
    current_start(region, WORDS, 3, state);
    ck_assert_int_eq(current_at(region, &c, 3, state), 0);
    ck_assert_int_eq(current_at(region, &c, 5, state), 7); /* the first neuron that asks in step 5 */
    ck_assert_int_eq(current_at(region, &c, 5, state), 9); /* the second */
    ck_assert_int_eq(current_at(region, &c, 5, state), 9);
    ck_assert_int_eq(current_at(region, &c, 500, state), 9);
}
END_TEST

START_TEST(a_noisy_source_draws_anew_while_it_lasts)
{
    uint32_t state[8], before[8];
    const core_current c = {1, CURRENT_NOISY, 25, 4};
    current_start(region, WORDS, 3, state);
    int32_t a = current_at(region, &c, 0, state), b = current_at(region, &c, 0, state);
    ck_assert_int_ne(a, b);
    memcpy(before, state, sizeof state);
    ck_assert_int_eq(current_at(region, &c, 3, state), 0);
    ck_assert_mem_eq(before, state, sizeof state);
}
END_TEST

/* Its mean is 10 2^-15, its deviation 1; the generator's quantile has 65536 values. */
START_TEST(a_noisy_source_is_normal)
{
    enum { DRAWS = 10000 };
    static double x[DRAWS];
    uint32_t state[8];
    const core_current c = {1, CURRENT_NOISY, 25, 4};
    current_start(region, WORDS, 3, state);
    for (uint32_t i = 0; i < DRAWS; i++)
        x[i] = current_at(region, &c, i % 3, state) / 32768.0;
    ck_assert_ks(x, DRAWS, normal_cdf, (double[]){10 / 32768.0, 1}, "noisy current");
}
END_TEST

START_TEST(no_damaged_word_passes)
{
    static const struct {
        uint32_t word, value;
    } list[] = {{0, 4},  {1, 100}, {2, 0},  {2, 5},  {3, 1},  {12, 2},         {13, 1},
                {14, 0}, {15, 2},  {19, 3}, {19, 0}, {22, 1}, {19, UINT32_MAX}};
    uint32_t npairs, nstate;
    for (size_t k = 0; k < sizeof list / sizeof *list; k++) {
        uint32_t w[WORDS];
        memcpy(w, region, sizeof w);
        w[list[k].word] = list[k].value;
        ck_assert_msg(!current_check(w, WORDS, 3, &npairs, &nstate), "word %u = %u", list[k].word, list[k].value);
    }
    for (uint32_t n = 1; n < WORDS; n++)
        ck_assert(!current_check(region, n, 3, &npairs, &nstate));
    ck_assert(!current_check(region, WORDS, 2, &npairs, &nstate));
    ck_assert(current_check((const uint32_t[]){0}, 1, 3, &npairs, &nstate));
    ck_assert_uint_eq(npairs + nstate, 0);
}
END_TEST

SUITE("current", pairs_and_state_are_counted_and_listed, a_step_source_goes_on_at_each_neuron_that_asks,
      a_noisy_source_draws_anew_while_it_lasts, a_noisy_source_is_normal, no_damaged_word_passes)
