/* Tests of the bump arena: zeroed, aligned, separate, growing memory. */
#include "core/base/arena.h"

#include "tests/suite.h"

#include <stdint.h>
#include <string.h>

START_TEST(memory_is_zeroed_and_aligned)
{
    hmn_arena *a = arena_new(0);
    for (size_t align = 1; align <= 64; align *= 2)
        for (size_t size = 0; size < 300; size += 37) {
            unsigned char *p = arena_alloc(a, size, align);
            ck_assert_uint_eq((uintptr_t)p % align, 0);
            for (size_t i = 0; i < size; i++)
                ck_assert_uint_eq(p[i], 0);
            memset(p, 0xa5, size);
        }
    arena_free(a);
}
END_TEST

START_TEST(allocations_do_not_overlap)
{
    hmn_arena *a = arena_new(0);
    enum { N = 2000 };
    unsigned char *p[N];
    size_t size[N];
    for (size_t i = 0; i < N; i++) {
        size[i] = i % 50 == 7 ? 100000 : 1 + i % 97; /* large ones get a block of their own */
        p[i] = arena_alloc(a, size[i], 1);
        memset(p[i], (int)(i % 251), size[i]);
    }
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j<size[i]; j += size[i]> 200 ? 997 : 1)
            ck_assert_uint_eq(p[i][j], i % 251);
    arena_free(a);
}
END_TEST

START_TEST(growth_keeps_the_contents)
{
    hmn_arena *a = arena_new(0);
    uint32_t *list = NULL;
    size_t cap = 0;
    for (uint32_t i = 0; i < 10000; i++) {
        list = arena_grow(a, list, sizeof *list, i, i + 1, &cap);
        list[i] = i * 3;
    }
    ck_assert_uint_ge(cap, 10000);
    for (uint32_t i = 0; i < 10000; i++)
        ck_assert_uint_eq(list[i], i * 3);
    arena_free(a);
}
END_TEST

START_TEST(text_is_copied_and_printed)
{
    hmn_arena *a = arena_new(0);
    char source[] = "neuron";
    char *copy = arena_copy_text(a, source, 4);
    source[0] = 'x';
    ck_assert_str_eq(copy, "neur");
    ck_assert_str_eq(arena_copy_text(a, NULL, 0), "");
    ck_assert_str_eq(arena_printf(a, "%s %d", "core", 17), "core 17");
    arena_free(a);
}
END_TEST

START_TEST(use_is_counted)
{
    hmn_arena *a = arena_new(1000);
    arena_alloc(a, 100, 8);
    arena_alloc(a, 28, 4);
    ck_assert_uint_eq(arena_used(a), 128);
    arena_free(a);
    arena_free(NULL);
}
END_TEST

SUITE("arena", memory_is_zeroed_and_aligned, allocations_do_not_overlap, growth_keeps_the_contents,
      text_is_copied_and_printed, use_is_counted)
