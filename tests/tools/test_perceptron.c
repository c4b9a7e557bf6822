/* The baseline's gradients against differences of its loss, and its masks. */
#include "tools/perceptron.h"

#include "core/base/rng.h"
#include "tests/suite.h"

#include <math.h>
#include <string.h>

static const uint32_t size[] = {6, 8, 4, 3};

static void inputs(double *x, uint32_t n)
{
    for (uint32_t i = 0; i < size[0]; i++)
        x[i] = i == n % 6 ? 0 : rng_unit(9, RNG_TASK, n, i, 0);
}

static double loss(perceptron *p, const double *x, uint32_t label)
{
    perceptron_clear(p);
    return perceptron_learn(p, x, label);
}

START_TEST(gradients_are_slopes_of_the_loss)
{
    hmn_arena *a = arena_new(0);
    double x[6], h = 1e-6;
    for (uint32_t masked = 0; masked < 2; masked++) {
        perceptron *p = perceptron_new(size, 3, a);
        double *slope = ARENA_NEW(a, double, p->parameters);
        perceptron_mask(p, masked, masked + 1);
        for (uint32_t n = 0; n < 5; n++) {
            inputs(x, n);
            loss(p, x, n % 3);
            memcpy(slope, p->gradient, p->parameters * sizeof *slope);
            for (uint32_t k = 0; k < p->parameters; k++) {
                double w = p->w[0][k];
                p->w[0][k] = w + h;
                double up = loss(p, x, n % 3);
                p->w[0][k] = w - h;
                double down = loss(p, x, n % 3);
                p->w[0][k] = w;
                ck_assert_double_eq_tol(slope[k], (up - down) / (2 * h), 1e-6);
            }
        }
    }
    arena_free(a);
}
END_TEST

START_TEST(parts_of_a_mask_share_nothing_but_the_outputs_biases)
{
    hmn_arena *a = arena_new(0);
    perceptron *p = perceptron_new(size, 3, a);
    double x[6], *first = ARENA_NEW(a, double, p->parameters);
    inputs(x, 1);
    perceptron_mask(p, 0, 2);
    loss(p, x, 0);
    memcpy(first, p->gradient, p->parameters * sizeof *first);
    perceptron_mask(p, 1, 2);
    loss(p, x, 0);
    uint32_t both = 0;
    for (uint32_t k = 0; k < p->parameters; k++)
        both += first[k] != 0 && p->gradient[k] != 0;
    ck_assert_uint_eq(both, size[3]);
    arena_free(a);
}
END_TEST

START_TEST(descending_learns)
{
    hmn_arena *a = arena_new(0);
    perceptron *p = perceptron_new(size, 3, a);
    double x[6], before = 0, after = 0;
    for (uint32_t round = 0; round < 300; round++)
        for (uint32_t n = 0; n < 6; n++) {
            inputs(x, n);
            double l = loss(p, x, n % 3);
            before += round == 0 ? l : 0;
            after += round == 299 ? l : 0;
            for (uint32_t k = 0; k < p->parameters; k++)
                p->w[0][k] -= 0.1 * p->gradient[k];
        }
    ck_assert_double_lt(after, 0.1 * before);
    for (uint32_t n = 0; n < 6; n++) {
        inputs(x, n);
        ck_assert_uint_eq(perceptron_answer(p, x), n % 3);
    }
    arena_free(a);
}
END_TEST

SUITE("perceptron", gradients_are_slopes_of_the_loss, parts_of_a_mask_share_nothing_but_the_outputs_biases,
      descending_learns)
