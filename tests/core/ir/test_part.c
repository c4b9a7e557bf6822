/* Parts of images: together they are the image, and damage or a wrong part is found and named. */
#include "core/ir/part.h"
#include "tests/core/ir/parts.h"

#include <string.h>

typedef struct {
    hmn_arena *a;
    hmn_diag *d;
    hmn_image *m;
    part_file part[PARTS_CORES + 1];
} bench;

static const char *const names[] = {"core_000.bin", "core_001.bin", "host.bin"};

static bench begin(uint64_t seed)
{
    bench b = {arena_new(0), diag_new(), NULL, {{0}}};
    b.m = parts_image(b.a, seed, b.d);
    for (uint32_t i = 0; i <= PARTS_CORES; i++) {
        b.part[i].name = names[i];
        b.part[i].bytes =
            part_make(b.m, parts_tables, PARTS_TABLES, i < PARTS_CORES ? i : IMAGE_HOST, b.a, &b.part[i].size);
    }
    return b;
}

static void end(bench *b)
{
    image_close(b->m);
    diag_free(b->d);
    arena_free(b->a);
}

static const void *join(bench *b, size_t *size) { return part_join(b->part, PARTS_CORES + 1, b->a, size, b->d); }

START_TEST(the_parts_make_the_same_bytes_again)
{
    bench b = begin(42);
    const void *whole;
    size_t size, joined_size, n = image_bytes(b.m, &whole);
    const void *joined = join(&b, &joined_size);
    ck_assert_ptr_nonnull(joined);
    size = joined_size;
    ck_assert_uint_eq(size, n);
    ck_assert_mem_eq(joined, whole, n);
    end(&b);
}
END_TEST

START_TEST(a_core_has_what_is_deployed_and_the_host_the_rest)
{
    bench b = begin(42);
    uint32_t tables[3];
    for (int i = 0; i < 3; i++)
        memcpy(&tables[i], (const char *)b.part[i].bytes + 12, 4);
    ck_assert_uint_eq(tables[0], 1); /* raw */
    ck_assert_uint_eq(tables[1], 1); /* cells */
    ck_assert_uint_eq(tables[2], 4); /* origins of two cores, strings, sites */
    end(&b);
}
END_TEST

START_TEST(every_byte_but_padding_matters)
{
    bench b = begin(42);
    const void *whole;
    size_t n = image_bytes(b.m, &whole), refused = 0;
    for (uint32_t i = 0; i <= PARTS_CORES; i++) {
        const unsigned char *good = b.part[i].bytes;
        unsigned char *copy = arena_alloc(b.a, b.part[i].size, 64);
        memcpy(copy, good, b.part[i].size);
        b.part[i].bytes = copy;
        for (size_t k = 0; k < b.part[i].size; k++) {
            size_t size;
            copy[k] ^= 0x10;
            const void *joined = join(&b, &size);
            ck_assert_msg(!joined || (size == n && memcmp(joined, whole, n) == 0), "%s byte %zu", names[i], k);
            refused += joined == NULL;
            copy[k] = good[k];
        }
        for (size_t cut = 0; cut < b.part[i].size; cut += 5) {
            size_t size, full = b.part[i].size;
            b.part[i].size = cut;
            ck_assert_ptr_null(join(&b, &size));
            b.part[i].size = full;
        }
    }
    ck_assert_uint_gt(refused, 3 * 64 + 6 * 48);
    end(&b);
}
END_TEST

START_TEST(parts_in_the_wrong_place_are_refused_by_name)
{
    bench b = begin(42), other = begin(43);
    size_t size;
    part_file first = b.part[0];
    b.part[0] = b.part[1];
    ck_assert_ptr_null(join(&b, &size));
    ck_assert_ptr_nonnull(strstr(diag_get(b.d, 0)->text, "another core"));
    b.part[0] = first;
    b.part[2] = other.part[2];
    ck_assert_ptr_null(join(&b, &size));
    ck_assert_ptr_nonnull(strstr(diag_get(b.d, 1)->text, "'host.bin'"));
    ck_assert_ptr_null(part_join(b.part + 1, PARTS_CORES, b.a, &size, b.d)); /* one core is missing */
    end(&b);
    end(&other);
}
END_TEST

START_TEST(a_writer_begins_with_what_the_host_holds)
{
    bench b = begin(42);
    image_writer *w = part_begin(&b.part[PARTS_CORES], b.a, b.d);
    ck_assert_ptr_nonnull(w);
    size_t size;
    const void *bytes = image_finish(w, &size);
    hmn_image *m = image_from_memory(bytes, size, "host", b.d);
    ck_assert_uint_eq(image_cores(m), PARTS_CORES);
    ck_assert_uint_eq(image_seed(m), 42);
    ck_assert_uint_eq(image_host(m, HOST_SITES).rows, image_host(b.m, HOST_SITES).rows);
    image_close(m);
    ck_assert_str_eq(part_chip(&b.part[0]), image_chip(b.m));
    ck_assert_ptr_null(part_begin(&b.part[0], b.a, b.d)); /* of a core */
    part_file none = {"none", "nothing", 7};
    ck_assert_ptr_null(part_chip(&none));
    end(&b);
}
END_TEST

SUITE("part", a_writer_begins_with_what_the_host_holds, the_parts_make_the_same_bytes_again,
      a_core_has_what_is_deployed_and_the_host_the_rest, every_byte_but_padding_matters,
      parts_in_the_wrong_place_are_refused_by_name)
