/* Images of a task: one file is cut by the seed into two parts without a common image, and asking too much is refused.
 */
#include "models/tasks/images.h"

#include "models/tasks/digits.h"
#include "tests/suite.h"

#include <string.h>

enum { ALL = 1797 };

typedef struct {
    hmn_arena *arena;
    hmn_diag *diag;
    task_given given[3];
    task_setup setup;
} bench;

static bool begin(bench *b, image_split *o, const char *ntrain, const char *ntest, uint64_t seed)
{
    *b = (bench){.arena = arena_new(0), .diag = diag_new()};
    b->given[0] = (task_given){"data", HMN_SOURCE_DIR "/models/data/digits8x8.csv.gz", {0, 0, 0, 0}};
    b->given[1] = (task_given){"n_train", ntrain, {0, 0, 0, 0}};
    b->given[2] = (task_given){"n_test", ntest, {0, 0, 0, 0}};
    b->setup = (task_setup){.given = b->given, .ngiven = 3, .seed = seed};
    return images_open(o, &task_digits, &b->setup, 0, b->arena, b->diag);
}

static void tear_down(bench *b)
{
    diag_free(b->diag);
    arena_free(b->arena);
}

START_TEST(one_file_is_cut_into_two_parts_without_a_common_image)
{
    bench b;
    image_split o;
    ck_assert(begin(&b, &o, "0", "360", 1));
    ck_assert_uint_eq(o.ntrain, ALL - 360);
    bool seen[ALL] = {false};
    for (uint32_t i = 0; i < o.ntrain; i++)
        seen[o.train[i]] = true;
    for (uint32_t i = 0; i < o.ntest; i++) {
        ck_assert(!seen[o.test[i]]);
        seen[o.test[i]] = true;
    }
    for (uint32_t i = 0; i < ALL; i++)
        ck_assert(seen[i]);
    tear_down(&b);
}
END_TEST

START_TEST(a_seed_fixes_the_cut)
{
    bench b[3];
    image_split o[3];
    for (uint32_t k = 0; k < 3; k++)
        ck_assert(begin(&b[k], &o[k], "100", "100", k == 2 ? 8 : 7));
    ck_assert_mem_eq(o[0].test, o[1].test, 100 * sizeof(uint32_t));
    ck_assert_mem_ne(o[0].test, o[2].test, 100 * sizeof(uint32_t));
    for (uint32_t k = 0; k < 3; k++)
        tear_down(&b[k]);
}
END_TEST

START_TEST(more_images_than_there_are_are_refused)
{
    static const char *const ask[][2] = {{"0", "1797"}, {"1500", "360"}, {"0", "0"}};
    for (uint32_t k = 0; k < 3; k++) {
        bench b;
        image_split o;
        ck_assert(!begin(&b, &o, ask[k][0], ask[k][1], 1));
        ck_assert_uint_eq(diag_errors(b.diag), 1);
        tear_down(&b);
    }
}
END_TEST

START_TEST(shuffling_permutes_and_rounds_differ)
{
    uint32_t list[2][50], seen = 0;
    for (uint32_t round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < 50; i++)
            list[round][i] = i;
        images_shuffle(list[round], 50, 5, 1, round);
    }
    uint64_t have = 0;
    for (uint32_t i = 0; i < 50; i++) {
        have |= (uint64_t)1 << list[0][i];
        seen += list[0][i] == list[1][i];
    }
    ck_assert_uint_eq(have, ((uint64_t)1 << 50) - 1);
    ck_assert_uint_lt(seen, 10);
}
END_TEST

SUITE("images", one_file_is_cut_into_two_parts_without_a_common_image, a_seed_fixes_the_cut,
      more_images_than_there_are_are_refused, shuffling_permutes_and_rounds_differ)
