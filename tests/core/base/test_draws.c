/* The audit of draws and tables (draws.def): each purpose of core/base/rng.h has a row, each row a test that is there;
 * and what such tests find when a table is a little off. */
#include "core/base/rng.h"

#include "tests/statistics.h"
#include "tests/suite.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *stream, *file, *test; /* file NULL: nothing to test */
} rows[] = {
#define DRAW(stream, what, file, test) {#stream, file, #test},
#define TABLE(what, file, test) {NULL, file, #test},
#define SEARCH(stream, why) {#stream, NULL, NULL},
#include "tests/core/base/draws.def"
};
enum { ROWS = sizeof rows / sizeof *rows };

static char *slurp(const char *folder, const char *path)
{
    char name[512];
    snprintf(name, sizeof name, "%s/%s/%s", HMN_SOURCE_DIR, folder, path);
    FILE *f = fopen(name, "rb");
    ck_assert_msg(f != NULL, "no file %s", name);
    char *text = calloc(1, 1 << 20);
    ck_assert_uint_gt(fread(text, 1, (1 << 20) - 1, f), 0);
    fclose(f);
    return text;
}

START_TEST(every_test_of_the_list_is_there_and_runs)
{
    for (int k = 0; k < ROWS; k++) {
        char head[160];
        if (!rows[k].file)
            continue;
        char *text = slurp("tests", rows[k].file);
        snprintf(head, sizeof head, "START_TEST(%s)", rows[k].test);
        const char *at = strstr(text, head), *suite = strstr(text, "SUITE(");
        ck_assert_msg(at != NULL, "%s has no test %s", rows[k].file, rows[k].test);
        ck_assert_msg(suite && strstr(suite, rows[k].test), "%s does not run %s", rows[k].file, rows[k].test);
        free(text);
    }
}
END_TEST

START_TEST(no_purpose_of_the_generator_is_missing)
{
    char *text = slurp("core/base", "rng.h"), *at = strstr(text, "typedef enum");
    uint32_t found = 0;
    ck_assert_ptr_nonnull(at);
    const char *end = strstr(at, "} rng_stream");
    while ((at = strstr(at, "RNG_")) && at < end) {
        size_t n = 4;
        while (isupper((unsigned char)at[n]) || at[n] == '_')
            n++;
        bool listed = false;
        for (int k = 0; k < ROWS; k++)
            listed |= rows[k].stream && strlen(rows[k].stream) == n - 4 && memcmp(rows[k].stream, at + 4, n - 4) == 0;
        ck_assert_msg(listed, "%.*s has no row", (int)n, at);
        found++;
        at += n;
    }
    ck_assert_uint_ge(found, 18);
    free(text);
}
END_TEST

/* 40 chances with 20,000 draws each, as in the tests of tables; one hundredth of each too high. */
START_TEST(chances_that_are_a_hundredth_off_are_found)
{
    double z[2];
    for (int wrong = 0; wrong < 2; wrong++) {
        chi_squared c = {0, 0};
        for (uint32_t k = 0; k < 40; k++) {
            double p = (k + 1) / 42.0, hits = 0;
            for (uint32_t i = 0; i < 20000; i++)
                hits += rng_unit(7, RNG_UPDATE, k, i, 0) < p * (wrong ? 1.01 : 1);
            chi_trials(&c, hits, 20000, p);
        }
        double v = 2 / (9.0 * c.n);
        z[wrong] = (cbrt(c.sum / c.n) - (1 - v)) / sqrt(v);
    }
    ck_assert_double_lt(fabs(z[0]), 3.1);
    ck_assert_double_gt(z[1], 3.1);
}
END_TEST

static double distance(double deviation)
{
    static double x[10000];
    double most = 0;
    for (uint32_t i = 0; i < 10000; i++) {
        double r = sqrt(-2 * log(1 - rng_unit(7, RNG_WEIGHT, i, 0, 0)));
        x[i] = deviation * r * cos(2 * M_PI * rng_unit(7, RNG_WEIGHT, i, 1, 0));
    }
    qsort(x, 10000, sizeof *x, statistics_ascending);
    for (uint32_t i = 0; i < 10000; i++)
        most = fmax(most, fabs(normal_cdf(x[i], (double[]){0, 1}) - (i + 0.5) / 10000));
    return 100 * most;
}

START_TEST(a_deviation_that_is_a_tenth_off_is_found)
{
    ck_assert_double_lt(distance(1), 1.95);
    ck_assert_double_gt(distance(1.1), 1.95);
    ck_assert_double_gt(distance(0.9), 1.95);
}
END_TEST

SUITE("draws", every_test_of_the_list_is_there_and_runs, no_purpose_of_the_generator_is_missing,
      chances_that_are_a_hundredth_off_are_found, a_deviation_that_is_a_tenth_off_is_found)
