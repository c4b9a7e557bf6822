/* .npy files: bytes of the format, round trips, and refusal of what is damaged. */
#include "tools/npy.h"
#include "tests/suite.h"
#include "tests/tools/program.h"

static hmn_arena *arena;
static hmn_diag *diag;

static void begin(void)
{
    arena = arena_new(0);
    diag = diag_new();
    program_enter();
}

static void end(void)
{
    program_leave();
    diag_free(diag);
    arena_free(arena);
}

START_TEST(the_header_is_that_of_the_format)
{
    begin();
    npy_writer *w = npy_create("a.npy", NPY_U32, 2, arena, diag);
    npy_rows(w, (uint32_t[]){1, 2, 3, 4, 5, 6}, 3);
    ck_assert(npy_close(w, diag));
    char bytes[256];
    FILE *f = fopen("a.npy", "rb");
    ck_assert_uint_eq(fread(bytes, 1, sizeof bytes, f), 128 + 24);
    fclose(f);
    ck_assert_mem_eq(bytes, "\x93NUMPY\x01\x00\x76\x00", 10);
    ck_assert_ptr_nonnull(strstr(bytes + 10, "{'descr': '<u4', 'fortran_order': False, 'shape': (3, 2), }"));
    ck_assert_int_eq(bytes[127], '\n');
    ck_assert_mem_eq(bytes + 128, "\1\0\0\0\2\0\0\0", 8);
    end();
}
END_TEST

START_TEST(what_is_written_is_read_back)
{
    begin();
    npy_writer *w = npy_create("i.npy", NPY_I32, 3, arena, diag);
    for (int32_t i = 0; i < 100; i++)
        npy_rows(w, (int32_t[]){i, -i, INT32_MIN + i}, 1);
    ck_assert(npy_close(w, diag));
    const npy_array *a = npy_read("i.npy", arena, diag);
    ck_assert(a && a->integers && a->rows == 100 && a->columns == 3 && a->dimensions == 2);
    ck_assert_int_eq(a->whole[3 * 99 + 1], -99);
    ck_assert_int_eq(a->whole[3 * 99 + 2], INT32_MIN + 99);
    w = npy_create("f.npy", NPY_F64, 1, arena, diag);
    npy_rows(w, (double[]){0.1, -1e300}, 2);
    ck_assert(npy_close(w, diag));
    a = npy_read("f.npy", arena, diag);
    ck_assert(a && !a->integers && a->value[0] == 0.1 && a->value[1] == -1e300);
    w = npy_create("e.npy", NPY_U32, 2, arena, diag);
    ck_assert(npy_close(w, diag));
    a = npy_read("e.npy", arena, diag);
    ck_assert(a && a->rows == 0 && a->columns == 2);
    end();
}
END_TEST

static void put(const char *header, const void *data, size_t bytes)
{
    FILE *f = fopen("x.npy", "wb");
    size_t n = strlen(header);
    fwrite("\x93NUMPY\x01\x00", 1, 8, f);
    fputc((int)(n & 255), f);
    fputc((int)(n >> 8), f);
    fwrite(header, 1, n, f);
    fwrite(data, 1, bytes, f);
    fclose(f);
}

START_TEST(other_types_and_one_dimension_are_read)
{
    begin();
    put("{'descr': '|i1', 'fortran_order': False, 'shape': (3,), }\n", "\xff\x01\x80", 3);
    const npy_array *a = npy_read("x.npy", arena, diag);
    ck_assert(a && a->dimensions == 1 && a->rows == 3 && a->columns == 1);
    ck_assert(a->whole[0] == -1 && a->whole[1] == 1 && a->whole[2] == -128);
    put("{'shape': (1, 1), 'fortran_order': True, 'descr': '<f4'}\n", &(float){0.5f}, 4);
    a = npy_read("x.npy", arena, diag);
    ck_assert(a && a->value[0] == 0.5);
    put("{'descr': '<u8', 'fortran_order': False, 'shape': (1,), }\n", "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
    a = npy_read("x.npy", arena, diag);
    ck_assert(a && a->whole[0] == INT64_MAX);
    end();
}
END_TEST

static void refused(const char *header, size_t bytes)
{
    static const char zeros[64];
    uint32_t before = diag_errors(diag);
    put(header, zeros, bytes);
    ck_assert_msg(!npy_read("x.npy", arena, diag), "%s was accepted", header);
    ck_assert_uint_eq(diag_errors(diag), before + 1);
}

START_TEST(damaged_files_are_refused)
{
    begin();
    refused("{'descr': '<i4', 'fortran_order': False, 'shape': (3,), }\n", 8);
    refused("{'descr': '<i4', 'fortran_order': False, 'shape': (1,), }\n", 8);
    refused("{'descr': '<i4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }\n", 0);
    refused("{'descr': '<i4', 'fortran_order': False, 'shape': (99999999999999999999999, 1), }\n", 0);
    refused("{'descr': '>i4', 'fortran_order': False, 'shape': (1,), }\n", 4);
    refused("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }\n", 8);
    refused("{'descr': '<i3', 'fortran_order': False, 'shape': (1,), }\n", 3);
    refused("{'descr': '<i4', 'fortran_order': True, 'shape': (2, 2), }\n", 16);
    refused("{'descr': '<i4', 'fortran_order': False, 'shape': (1, 1, 1), }\n", 4);
    refused("{'descr': '<i4', 'fortran_order': False, 'shape': (-1,), }\n", 4);
    refused("{'descr': '<i4', 'fortran_order': False, 'shape': (), }\n", 4);
    refused("{'descr': '<i4'}\n", 4);
    refused("", 0);
    program_write("x.npy", "\x93NUMPY");
    ck_assert_ptr_null(npy_read("x.npy", arena, diag));
    program_write("x.npy", "hello");
    ck_assert_ptr_null(npy_read("x.npy", arena, diag));
    ck_assert_ptr_null(npy_read("not-there.npy", arena, diag));
    ck_assert_ptr_null(npy_read("/", arena, diag));
    end();
}
END_TEST

START_TEST(a_full_disk_is_reported_once_when_closing)
{
    begin();
    npy_writer *w = npy_create("/dev/full", NPY_I32, 1, arena, diag);
    for (int32_t i = 0; i < 100000; i++)
        npy_rows(w, &i, 1);
    ck_assert(!npy_close(w, diag));
    ck_assert_uint_eq(diag_errors(diag), 1);
    ck_assert_ptr_null(npy_create("no/such/folder.npy", NPY_I32, 1, arena, diag));
    ck_assert_uint_eq(diag_errors(diag), 2);
    end();
}
END_TEST

SUITE("npy", the_header_is_that_of_the_format, what_is_written_is_read_back, other_types_and_one_dimension_are_read,
      damaged_files_are_refused, a_full_disk_is_reported_once_when_closing)
