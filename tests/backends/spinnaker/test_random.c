/* Statistics of the generator's variates; their very bits are checked by vectors (tests/tools/test_vector_spin.c). */
#include "backends/spinnaker/random.h"

#include "backends/spinnaker/arith.h"
#include "tests/statistics.h"
#include "tests/suite.h"

#include <math.h>

enum { DRAWS = 200000 };

START_TEST(exponential_variates_have_mean_and_variance_one)
{
    spin_kiss k = spin_kiss_default;
    double sum = 0, squares = 0;
    for (int i = 0; i < DRAWS; i++) {
        double v = spin_exponential(&k) / (double)SPIN_ONE;
        sum += v;
        squares += v * v;
    }
    double mean = sum / DRAWS;
    ck_assert_double_lt(fabs(mean - 1), 0.01);
    ck_assert_double_lt(fabs(squares / DRAWS - mean * mean - 1), 0.03);
}
END_TEST

START_TEST(poisson_counts_have_the_mean_and_variance)
{
    spin_kiss k = {1, 2, 3, 4};
    double sum = 0, squares = 0, count[8] = {0}, p = exp(-2);
    chi_squared c = {0, 0};
    for (int i = 0; i < DRAWS; i++) {
        double v = spin_poisson(&k, spin_exp_u032(-2 * SPIN_ONE));
        if (v < 8)
            count[(int)v]++;
        sum += v;
        squares += v * v;
    }
    double mean = sum / DRAWS;
    ck_assert_double_lt(fabs(mean - 2), 0.02);
    ck_assert_double_lt(fabs(squares / DRAWS - mean * mean - 2), 0.05);
    for (int i = 0; i < 8; p *= 2.0 / ++i)
        chi_trials(&c, count[i], DRAWS, p);
    ck_assert_chi(c);
}
END_TEST

START_TEST(any_four_words_become_a_state_that_moves)
{
    spin_kiss k = {0, 0, 0, 0};
    spin_kiss_validate(&k);
    ck_assert_uint_ne(k.y, 0);
    ck_assert_uint_ne(k.carry, 0);
    ck_assert_uint_ne(spin_kiss_draw(&k), spin_kiss_draw(&k));
}
END_TEST

SUITE("spinnaker random", exponential_variates_have_mean_and_variance_one, poisson_counts_have_the_mean_and_variance,
      any_four_words_become_a_state_that_moves)
