/* Tasks in a row: permutations permute, splits split, held-out images are not learned, and a seed fixes all. */
#include "models/tasks/continual.h"
#include "models/tasks/curriculum.h"

#include "tests/suite.h"

#include <string.h>

enum { PIXELS = 64 };

typedef struct {
    hmn_arena *arena;
    hmn_diag *diag;
    task_given given[3];
    task_setup setup;
} bench;

static bench set_up(uint64_t seed)
{
    bench b = {.arena = arena_new(0), .diag = diag_new()};
    b.given[0] = (task_given){"data", HMN_SOURCE_DIR "/models/data/digits8x8.csv.gz", {0, 0, 0, 0}};
    b.given[1] = (task_given){"n_train", "400", {0, 0, 0, 0}};
    b.given[2] = (task_given){"n_test", "200", {0, 0, 0, 0}};
    b.setup = (task_setup){.ngiven = 3, .seed = seed};
    return b;
}

static bool begin(bench *b, curriculum *c, curriculum_kind kind, uint32_t tasks)
{
    b->setup.given = b->given;
    return curriculum_open(c, kind, tasks, &task_continual, &b->setup, 0, b->arena, b->diag);
}

static void tear_down(bench *b)
{
    diag_free(b->diag);
    arena_free(b->arena);
}

START_TEST(each_task_shuffles_pixels_in_a_way_of_its_own_and_the_first_not_at_all)
{
    bench b = set_up(3);
    curriculum c;
    ck_assert(begin(&b, &c, CURRICULUM_PERMUTED, 3));
    uint8_t first[PIXELS], other[2][PIXELS];
    for (uint32_t i = 0; i < 20; i++) {
        uint32_t label = curriculum_image(&c, 0, true, i, first);
        ck_assert_mem_eq(first, c.images.test_set.pixel + (size_t)c.images.test[i] * PIXELS, PIXELS);
        for (uint32_t k = 0; k < 2; k++) {
            ck_assert_uint_eq(curriculum_image(&c, k + 1, true, i, other[k]), label);
            for (uint32_t p = 0; p < PIXELS; p++)
                ck_assert_uint_eq(other[k][p], first[c.where[(k + 1) * PIXELS + p]]);
            bool seen[PIXELS] = {false};
            for (uint32_t p = 0; p < PIXELS; p++) {
                uint32_t from = c.where[(k + 1) * PIXELS + p];
                ck_assert(from < PIXELS && !seen[from]);
                seen[from] = true;
            }
        }
        ck_assert_mem_ne(other[0], other[1], PIXELS);
    }
    tear_down(&b);
}
END_TEST

START_TEST(a_split_shares_out_classes_and_images)
{
    bench b = set_up(3);
    curriculum c;
    uint8_t pixel[PIXELS];
    ck_assert(begin(&b, &c, CURRICULUM_SPLIT, 5));
    ck_assert_uint_eq(c.train_row[5], 400);
    ck_assert_uint_eq(c.test_row[5], 200);
    for (uint32_t k = 0; k < 5; k++)
        for (int held = 0; held < 2; held++)
            for (uint32_t i = 0; i < curriculum_count(&c, k, held); i++)
                ck_assert_uint_eq(curriculum_image(&c, k, held, i, pixel) / 2, k);
    tear_down(&b);
}
END_TEST

START_TEST(classes_that_cannot_be_shared_out_evenly_are_refused)
{
    bench b = set_up(3);
    curriculum c;
    ck_assert(!begin(&b, &c, CURRICULUM_SPLIT, 3));
    ck_assert_ptr_nonnull(strstr(diag_get(b.diag, 0)->text, "multiple of the tasks"));
    tear_down(&b);
}
END_TEST

START_TEST(a_seed_fixes_permutation_and_order_and_another_changes_them)
{
    bench b = set_up(3), same = set_up(3), other = set_up(4);
    curriculum c[3];
    ck_assert(begin(&b, &c[0], CURRICULUM_PERMUTED, 2));
    ck_assert(begin(&same, &c[1], CURRICULUM_PERMUTED, 2));
    ck_assert(begin(&other, &c[2], CURRICULUM_PERMUTED, 2));
    for (uint32_t k = 0; k < 3; k++)
        curriculum_shuffle(&c[k], 1);
    ck_assert_mem_eq(c[0].where, c[1].where, 2 * PIXELS * sizeof(uint32_t));
    ck_assert_mem_eq(c[0].train, c[1].train, 800 * sizeof(uint32_t));
    ck_assert_mem_ne(c[0].where, c[2].where, 2 * PIXELS * sizeof(uint32_t));
    ck_assert_mem_ne(c[0].train, c[2].train, 800 * sizeof(uint32_t));
    tear_down(&b);
    tear_down(&same);
    tear_down(&other);
}
END_TEST

START_TEST(held_out_images_are_not_learned)
{
    bench b = set_up(3);
    curriculum c;
    ck_assert(begin(&b, &c, CURRICULUM_PERMUTED, 1));
    bool *learned = ARENA_NEW(b.arena, bool, c.images.train_set.count);
    for (uint32_t i = 0; i < c.train_row[1]; i++)
        learned[c.train[i]] = true;
    for (uint32_t i = 0; i < c.test_row[1]; i++)
        ck_assert(!learned[c.test[i]]);
    tear_down(&b);
}
END_TEST

SUITE("curriculum", each_task_shuffles_pixels_in_a_way_of_its_own_and_the_first_not_at_all,
      a_split_shares_out_classes_and_images, classes_that_cannot_be_shared_out_evenly_are_refused,
      a_seed_fixes_permutation_and_order_and_another_changes_them, held_out_images_are_not_learned)
