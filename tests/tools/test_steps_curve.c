/* The curve of correlation over the size of a step: its factors, its rows, its picture, and that small steps cost more.
 */
#include "tools/steps_curve.h"

#include "tests/suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

START_TEST(factors_are_numbers_above_zero_between_commas)
{
    double f[STEPS_MOST];
    uint32_t n;
    ck_assert(steps_read("0.25,1,4", f, &n));
    ck_assert_uint_eq(n, 3);
    ck_assert_double_eq(f[0], 0.25);
    ck_assert(!steps_read("", f, &n) && !steps_read("1,,2", f, &n) && !steps_read("0", f, &n) &&
              !steps_read("1,x", f, &n));
    ck_assert(!steps_read("1,", f, &n) && !steps_read("-1", f, &n));
}
END_TEST

START_TEST(steps_scale_with_the_rates_and_small_ones_follow_worse)
{
    static command_set option[] = {{"target", "loihi2"}, {"quiet", NULL}, {"ablate", "meta,astrocyte"}};
    static const command_line line = {.option = option, .noptions = 3};
    static const double factor[] = {0.03, 1};
    steps_point p[2];
    hmn_arena *a = arena_new(0);
    ck_assert(steps_run(&line, HMN_SOURCE_DIR "/models/bandit.yaml", factor, 2, 15000, a, p));
    ck_assert(!p[0].refused && !p[1].refused);
    ck_assert_double_lt(p[0].projection.move, 0.2 * p[1].projection.move);
    ck_assert_double_lt(p[0].projection.change_correlation, p[1].projection.change_correlation - 0.01);
    ck_assert_double_gt(p[1].projection.correlation, 0.98);
    arena_free(a);
}
END_TEST

START_TEST(rows_and_picture_show_each_point_and_say_why_one_is_missing)
{
    const steps_point p[] = {{1,
                              NULL,
                              {.lsb = 0.5,
                               .move = 0.25,
                               .change_rms = 5,
                               .correlation = 0.99,
                               .change_correlation = 0.97,
                               .slope = 1,
                               .rms = 1,
                               .bias = -0.5}},
                             {1e-5, "eta_global rounds to zero", {0}}};
    char *text;
    size_t length;
    FILE *f = open_memstream(&text, &length);
    steps_csv(p, 2, f);
    steps_svg(p, 2, f);
    fclose(f);
    ck_assert_ptr_nonnull(strstr(text, "1,0.5,10,0.99000,0.97000,1.0000,2,-1,\n"));
    ck_assert_ptr_nonnull(strstr(text, "1e-05,,,,,,,,\"eta_global rounds to zero\"\n"));
    ck_assert_ptr_nonnull(strstr(text, "<title>0.97000</title>"));
    ck_assert_ptr_nonnull(strstr(text, "</svg>"));
    free(text);
}
END_TEST

SUITE("steps_curve", factors_are_numbers_above_zero_between_commas,
      steps_scale_with_the_rates_and_small_ones_follow_worse,
      rows_and_picture_show_each_point_and_say_why_one_is_missing)
