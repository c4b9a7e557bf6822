/* Data files: text and .npy give the same numbers; every kind of damage is refused. */
#include "compiler/table.h"

#include "tests/suite.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static table_status read_bytes(hmn_arena *a, const void *bytes, size_t size, table *t, const char **problem)
{
    char path[] = "/tmp/hmn-table-XXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, bytes, size), (ssize_t)size);
    close(fd);
    table_status status = table_read(a, path, t, problem);
    remove(path);
    return status;
}

static size_t npy(char *out, const char *descr, const char *order, const char *shape, const void *data, size_t size)
{
    char header[118];
    memset(header, ' ', sizeof header);
    int n = snprintf(header, sizeof header, "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }", descr, order, shape);
    header[n] = ' ';
    header[117] = '\n';
    memcpy(out, "\x93NUMPY\x01\x00\x76\x00", 10);
    memcpy(out + 10, header, 118);
    memcpy(out + 128, data, size);
    return 128 + size;
}

START_TEST(text_takes_commas_blanks_and_comments)
{
    static const char text[] = "# pre post weight\n0, 1, 0.5\r\n\n2\t3;-1e-3 # last\n";
    hmn_arena *a = arena_new(0);
    const char *problem;
    table t;
    ck_assert_int_eq(read_bytes(a, text, sizeof text - 1, &t, &problem), TABLE_OK);
    ck_assert(t.rows == 2 && t.columns == 3);
    ck_assert_double_eq(t.v[2], 0.5);
    ck_assert_double_eq(t.v[5], -1e-3);
    arena_free(a);
}
END_TEST

START_TEST(uneven_or_wordy_text_is_refused_with_its_line)
{
    hmn_arena *a = arena_new(0);
    const char *problem;
    table t;
    ck_assert_int_eq(read_bytes(a, "1 2\n3\n", 6, &t, &problem), TABLE_MALFORMED);
    ck_assert_ptr_nonnull(strstr(problem, "line 2"));
    ck_assert_int_eq(read_bytes(a, "1 2\n3 x\n", 8, &t, &problem), TABLE_MALFORMED);
    ck_assert_int_eq(read_bytes(a, "1 2\n3 4x\n", 9, &t, &problem), TABLE_MALFORMED);
    ck_assert_int_eq(table_read(a, "/nowhere/file", &t, &problem), TABLE_UNREADABLE);
    ck_assert_int_eq(table_read(a, "/tmp", &t, &problem), TABLE_UNREADABLE);
    arena_free(a);
}
END_TEST

START_TEST(npy_elements_of_each_type_are_read)
{
    char bytes[512];
    hmn_arena *a = arena_new(0);
    const char *problem;
    table t;
    const int32_t i4[] = {-1, 2, 3, 4};
    ck_assert_int_eq(read_bytes(a, bytes, npy(bytes, "<i4", "False", "(2, 2)", i4, sizeof i4), &t, &problem), TABLE_OK);
    ck_assert(t.rows == 2 && t.columns == 2 && t.v[0] == -1 && t.v[3] == 4);
    const double f8[] = {0.5, -0.25};
    ck_assert_int_eq(read_bytes(a, bytes, npy(bytes, "<f8", "False", "(1, 2)", f8, sizeof f8), &t, &problem), TABLE_OK);
    ck_assert(t.v[1] == -0.25);
    const float f4[] = {0.5f, 1.5f};
    ck_assert_int_eq(read_bytes(a, bytes, npy(bytes, "<f4", "False", "(2, 1)", f4, sizeof f4), &t, &problem), TABLE_OK);
    ck_assert(t.rows == 2 && t.v[1] == 1.5);
    const uint8_t u1[] = {200, 7};
    ck_assert_int_eq(read_bytes(a, bytes, npy(bytes, "|u1", "False", "(1, 2)", u1, sizeof u1), &t, &problem), TABLE_OK);
    ck_assert(t.v[0] == 200);
    const int64_t i8[] = {-5, 1};
    ck_assert_int_eq(read_bytes(a, bytes, npy(bytes, "<i8", "False", "(1, 2)", i8, sizeof i8), &t, &problem), TABLE_OK);
    ck_assert(t.v[0] == -5);
    arena_free(a);
}
END_TEST

START_TEST(damaged_npy_is_refused)
{
    char bytes[512];
    hmn_arena *a = arena_new(0);
    const char *problem;
    table t;
    const int32_t data[] = {1, 2, 3, 4};
    static const char *const shapes[] = {"(4,)",   "(2, 3)",   "(99999999999, 99999999999)", "(-1, 2)", "()", "4",
                                         "(2, 0)", "(1, 2, 2)"};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        ck_assert_msg(read_bytes(a, bytes, npy(bytes, "<i4", "False", shapes[i], data, sizeof data), &t, &problem) ==
                          TABLE_MALFORMED,
                      "%s", shapes[i]);
    static const char *const types[] = {">i4", "<i3", "<f2", "<c8", "|O", ""};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        ck_assert_msg(read_bytes(a, bytes, npy(bytes, types[i], "False", "(2, 2)", data, sizeof data), &t, &problem) ==
                          TABLE_MALFORMED,
                      "%s", types[i]);
    size_t size = npy(bytes, "<i4", "True", "(2, 2)", data, sizeof data);
    ck_assert_int_eq(read_bytes(a, bytes, size, &t, &problem), TABLE_MALFORMED);
    size = npy(bytes, "<i4", "False", "(2, 2)", data, sizeof data);
    for (size_t cut = 0; cut < size; cut++) /* every truncation */
        ck_assert(read_bytes(a, bytes, cut, &t, &problem) != TABLE_OK || t.rows == 0);
    arena_free(a);
}
END_TEST

SUITE("table", text_takes_commas_blanks_and_comments, uneven_or_wordy_text_is_refused_with_its_line,
      npy_elements_of_each_type_are_read, damaged_npy_is_refused)
