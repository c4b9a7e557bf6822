/* Images: what is written is read back; what is damaged is refused. */
#include "core/ir/image.h"
#include "core/base/rng.h"
#include "tests/suite.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const hmn_column cell_columns[] = {{"a", 12, false, ""}, {"b", 5, true, ""}, {"c", 60, true, ""}};
static const hmn_table tables[] = {{"cell", "", cell_columns, 3, true}, {"raw", "", NULL, 0, true}};

static const void *sample(hmn_arena *a, size_t *size)
{
    image_writer *w = image_writer_new(a, "toy", 3, 42);
    for (int64_t i = 0; i < 5; i++)
        ck_assert_uint_eq(image_add(w, tables, 0, 2, (int64_t[]){i, -i, i * 1000000007}), 3);
    uint64_t words[] = {7, 8, 9};
    ck_assert_uint_eq(image_add_words(w, 1, 0, words, 3), 0);
    ck_assert_uint_eq(image_add_words(w, 1, 0, words, 2), 3);
    uint64_t name = image_add_string(w, "exc");
    ck_assert_uint_eq(image_add_string(w, "exc"), name);
    int64_t site[] = {11};
    image_add_host(w, HOST_SITES, site);
    for (int i = 0; i < 200; i++) {
        char text[16];
        snprintf(text, sizeof text, "name%d", i);
        ck_assert_uint_eq(image_add_string(w, text), image_add_string(w, text));
    }
    return image_finish(w, size);
}

START_TEST(rows_are_read_back_as_written)
{
    hmn_arena *a = arena_new(0);
    hmn_diag *d = diag_new();
    size_t size;
    const void *bytes = sample(a, &size);
    hmn_image *m = image_from_memory(bytes, size, "sample", d);
    ck_assert_ptr_nonnull(m);
    ck_assert_str_eq(image_chip(m), "toy");
    ck_assert_uint_eq(image_cores(m), 3);
    ck_assert_uint_eq(image_seed(m), 42);
    image_rows r = image_section(m, tables, 0, 2);
    ck_assert_uint_eq(r.rows, 5);
    for (int64_t i = 0; i < 5; i++) {
        ck_assert_int_eq(image_get(r, (uint64_t)i, 0), i);
        ck_assert_int_eq(image_get(r, (uint64_t)i, 1), -i);
        ck_assert_int_eq(image_get(r, (uint64_t)i, 2), i * 1000000007);
    }
    ck_assert_uint_eq(image_section(m, tables, 1, 0).words[4], 8);
    ck_assert_uint_eq(image_section(m, tables, 1, 1).rows, 0);
    ck_assert_int_eq(image_get(image_host(m, HOST_SITES), 0, 0), 11);
    ck_assert_str_eq(image_string(m, 1), "exc");
    ck_assert_str_eq(image_string(m, 0), "");
    ck_assert_str_eq(image_string(m, 1u << 30), "");
    ck_assert(image_check_tables(m, tables, 2, d));
    ck_assert(!image_check_tables(m, tables, 1, d));
    image_close(m);
    diag_free(d);
    arena_free(a);
}
END_TEST

START_TEST(a_value_that_does_not_fit_its_column_is_named_and_not_written)
{
    hmn_arena *a = arena_new(0);
    image_writer *w = image_writer_new(a, "toy", 1, 0);
    ck_assert_uint_eq(image_add(w, tables, 0, 0, (int64_t[]){4096, 0, 0}), 0);
    ck_assert_uint_eq(image_add(w, tables, 0, 0, (int64_t[]){0, 16, 0}), 1);
    ck_assert_uint_eq(image_rows_so_far(w, 0, 0), 0);
    arena_free(a);
}
END_TEST

START_TEST(a_file_holds_the_same_bytes_and_leaves_no_temporary)
{
    hmn_arena *a = arena_new(0);
    hmn_diag *d = diag_new();
    size_t size;
    const void *bytes = sample(a, &size), *mapped;
    char path[] = "/tmp/hmn-image-XXXXXX";
    ck_assert_int_ge(mkstemp(path), 0);
    ck_assert(image_save(bytes, size, path, d));
    hmn_image *m = image_open(path, d);
    ck_assert_ptr_nonnull(m);
    ck_assert_uint_eq(image_bytes(m, &mapped), size);
    ck_assert_mem_eq(mapped, bytes, size);
    image_close(m);
    char *temporary = arena_printf(a, "%s.%ld.tmp", path, (long)getpid());
    ck_assert_int_ne(access(temporary, F_OK), 0);
    unlink(path);
    ck_assert(!image_save(bytes, size, "/nonexistent-folder/x.hmn", d));
    ck_assert_ptr_null(image_open("/nonexistent-folder/x.hmn", d));
    ck_assert_uint_eq(diag_errors(d), 2);
    diag_free(d);
    arena_free(a);
}
END_TEST

START_TEST(any_damage_is_refused)
{
    hmn_arena *a = arena_new(0);
    size_t size;
    const void *bytes = sample(a, &size);
    for (uint32_t i = 0; i < 2000; i++) {
        unsigned char *copy = arena_alloc(a, size, 64);
        memcpy(copy, bytes, size);
        size_t length = size;
        if (i % 5 == 0)
            length = rng_below(1, RNG_TASK, i, 0, 0, (uint32_t)size);
        else
            copy[rng_below(1, RNG_TASK, i, 1, 0, (uint32_t)size)] ^= (unsigned char)(1u << i % 8);
        hmn_diag *d = diag_new();
        hmn_image *m = image_from_memory(copy, length, "damaged", d);
        /* padding between sections is not covered by a checksum and carries no meaning */
        if (m)
            ck_assert_uint_eq(length, size);
        else
            ck_assert_uint_eq(diag_errors(d), 1);
        image_close(m);
        diag_free(d);
    }
    arena_free(a);
}
END_TEST

SUITE("image", rows_are_read_back_as_written, a_value_that_does_not_fit_its_column_is_named_and_not_written,
      a_file_holds_the_same_bytes_and_leaves_no_temporary, any_damage_is_refused)
