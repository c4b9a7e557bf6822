/* Tests of the readers of labelled images: real digits, small files of both forms, and damaged ones. */
#include "models/tasks/dataset.h"

#include "core/base/rng.h"
#include "tests/suite.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    hmn_arena *arena;
    hmn_diag *diag;
    char path[2][64];
} bench;

static bench set_up(void)
{
    bench b = {arena_new(0), diag_new(), {"/tmp/hmn_test_XXXXXX", "/tmp/hmn_test_XXXXXX"}};
    for (int i = 0; i < 2; i++)
        close(mkstemp(b.path[i]));
    return b;
}

static void tear_down(bench *b)
{
    for (int i = 0; i < 2; i++)
        unlink(b->path[i]);
    diag_free(b->diag);
    arena_free(b->arena);
}

static void put(const char *path, const void *bytes, size_t size)
{
    FILE *f = fopen(path, "wb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(bytes, 1, size, f), size);
    fclose(f);
}

static bool csv(bench *b, const char *text, dataset *out)
{
    put(b->path[0], text, strlen(text));
    return dataset_read_csv(b->path[0], out, b->arena, b->diag);
}

START_TEST(the_shipped_digits_are_whole)
{
    bench b = set_up();
    dataset s;
    ck_assert(dataset_read_csv(HMN_SOURCE_DIR "/models/data/digits8x8.csv.gz", &s, b.arena, b.diag));
    ck_assert_uint_eq(s.count, 1797);
    ck_assert_uint_eq(s.pixels, 64);
    ck_assert_uint_eq(s.classes, 10);
    ck_assert_uint_eq(s.full, 16);
    ck_assert_uint_eq(s.label[0], 0);
    ck_assert_uint_eq(s.pixel[2], 5);
    uint32_t each[10] = {0};
    for (uint32_t i = 0; i < s.count; i++)
        each[s.label[i]]++;
    for (int c = 0; c < 10; c++)
        ck_assert_uint_ge(each[c], 174); /* the UCI page: 174 to 183 of each */
    tear_down(&b);
}
END_TEST

START_TEST(lines_become_images)
{
    bench b = set_up();
    dataset s;
    ck_assert(csv(&b, "0,9,255,3\r\n7,8,9,1", &s));
    ck_assert_uint_eq(s.count, 2);
    ck_assert_uint_eq(s.pixels, 3);
    ck_assert_uint_eq(s.classes, 4);
    ck_assert_uint_eq(s.full, 255);
    ck_assert_mem_eq(s.pixel, ((uint8_t[]){0, 9, 255, 7, 8, 9}), 6);
    ck_assert_mem_eq(s.label, ((uint8_t[]){3, 1}), 2);
    tear_down(&b);
}
END_TEST

START_TEST(bad_lines_are_refused_with_their_number)
{
    static const struct {
        const char *text, *says;
    } bad[] = {
        {"", "is empty"},           {"1\n", "line 1"},          {"1,2\n3,4,5\n", "line 2"},
        {"1,2\n3,4\n\n", "line 3"}, {"1,2\n256,4\n", "line 2"}, {"1,2\n-1,4\n", "line 2"},
        {"1,x\n", "line 1"},        {"1,2,\n", "line 1"},       {"1,99999999999999999999999999\n", "line 1"},
        {"1,2 \n", "line 1"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        bench b = set_up();
        dataset s;
        ck_assert_msg(!csv(&b, bad[i].text, &s), "accepted: %s", bad[i].text);
        ck_assert_uint_eq(diag_errors(b.diag), 1);
        ck_assert_ptr_nonnull(strstr(diag_get(b.diag, 0)->text, bad[i].says));
        tear_down(&b);
    }
}
END_TEST

START_TEST(a_missing_file_is_named)
{
    bench b = set_up();
    dataset s;
    ck_assert(!dataset_read_csv("/nonexistent/digits.csv", &s, b.arena, b.diag));
    ck_assert_int_eq(diag_get(b.diag, 0)->code, DIAG_FILE_READ);
    ck_assert_ptr_nonnull(strstr(diag_get(b.diag, 0)->text, "/nonexistent/digits.csv"));
    tear_down(&b);
}
END_TEST

static const uint8_t images[] = {0, 0, 8, 3, 0, 0, 0, 2, 0,  0,  0,  2,  0,  0,
                                 0, 3, 1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16};
static const uint8_t labels[] = {0, 0, 8, 1, 0, 0, 0, 2, 9, 4};

static bool idx(bench *b, const uint8_t *x, size_t nx, const uint8_t *y, size_t ny, dataset *out)
{
    put(b->path[0], x, nx);
    put(b->path[1], y, ny);
    return dataset_read_idx(b->path[0], b->path[1], out, b->arena, b->diag);
}

START_TEST(idx_files_are_read)
{
    bench b = set_up();
    dataset s;
    ck_assert(idx(&b, images, sizeof images, labels, sizeof labels, &s));
    ck_assert_uint_eq(s.count, 2);
    ck_assert_uint_eq(s.pixels, 6);
    ck_assert_uint_eq(s.classes, 10);
    ck_assert_uint_eq(s.pixel[6], 11);
    ck_assert_uint_eq(s.label[1], 4);
    tear_down(&b);
}
END_TEST

START_TEST(idx_files_cut_anywhere_are_refused)
{
    for (size_t n = 0; n < sizeof images; n++) {
        bench b = set_up();
        dataset s;
        ck_assert(!idx(&b, images, n, labels, sizeof labels, &s));
        ck_assert_uint_ge(diag_errors(b.diag), 1);
        tear_down(&b);
    }
    for (size_t n = 0; n < sizeof labels; n++) {
        bench b = set_up();
        dataset s;
        ck_assert(!idx(&b, images, sizeof images, labels, n, &s));
        tear_down(&b);
    }
}
END_TEST

START_TEST(random_damage_never_crashes)
{
    for (uint32_t round = 0; round < 300; round++) {
        bench b = set_up();
        dataset s;
        uint8_t x[sizeof images];
        memcpy(x, images, sizeof x);
        for (uint32_t k = 0; k < 3; k++)
            x[rng_below(1, RNG_TASK, round, k, 0, 16)] = (uint8_t)rng_u32(2, RNG_TASK, round, k, 0);
        if (idx(&b, x, sizeof x, labels, sizeof labels, &s)) {
            ck_assert_uint_eq((uint64_t)s.count * s.pixels, sizeof images - 16);
        } else
            ck_assert_uint_ge(diag_errors(b.diag), 1);
        tear_down(&b);
    }
}
END_TEST

START_TEST(a_damaged_gzip_file_is_refused)
{
    bench b = set_up();
    FILE *f = fopen(HMN_SOURCE_DIR "/models/data/digits8x8.csv.gz", "rb");
    static const size_t room = 100000;
    uint8_t *bytes = ARENA_NEW(b.arena, uint8_t, room);
    size_t size = fread(bytes, 1, room, f);
    fclose(f);
    dataset s;
    put(b.path[0], bytes, size / 2);
    ck_assert(!dataset_read_csv(b.path[0], &s, b.arena, b.diag));
    bytes[size / 3] ^= 0x55;
    put(b.path[0], bytes, size);
    ck_assert(!dataset_read_csv(b.path[0], &s, b.arena, b.diag));
    tear_down(&b);
}
END_TEST

START_TEST(labels_must_match_images)
{
    bench b = set_up();
    dataset s;
    uint8_t y[] = {0, 0, 8, 1, 0, 0, 0, 3, 9, 4, 1};
    ck_assert(!idx(&b, images, sizeof images, y, sizeof y, &s));
    ck_assert_ptr_nonnull(strstr(diag_get(b.diag, 0)->text, "one label for each image"));
    tear_down(&b);
}
END_TEST

SUITE("dataset", the_shipped_digits_are_whole, lines_become_images, bad_lines_are_refused_with_their_number,
      a_missing_file_is_named, idx_files_are_read, idx_files_cut_anywhere_are_refused, random_damage_never_crashes,
      a_damaged_gzip_file_is_refused, labels_must_match_images)
