#include "tests/backends/spinnaker/tables.h"

START_TEST(ordered_covering_delivers_alike) { tables_try(tcam_ordered_covering, 300); }
END_TEST

/* The kind of example that the paper opens with: an exception above a general entry. */
START_TEST(an_exception_stands_above_the_general_entry)
{
    static const tcam_entry e[] = {{0x0, 0xf, 1, false}, {0x1, 0xf, 1, false}, {0x2, 0xf, 1, false},
                                   {0x3, 0xf, 2, false}, {0x4, 0xf, 1, false}, {0x7, 0xf, 1, false}};
    hmn_arena *a = arena_new(0);
    tcam_table c = tcam_ordered_covering((tcam_table){e, 6}, a);
    ck_assert_uint_eq(c.count, 2);
    ck_assert_uint_eq(c.entry[0].route, 2);
    ck_assert_uint_eq(c.entry[1].mask, 0x8);
    arena_free(a);
}
END_TEST

START_TEST(entries_stay_sorted_by_generality)
{
    hmn_arena *a = arena_new(0);
    tcam_table c = tcam_ordered_covering(tables_random(5, 250, 6, a), a);
    for (uint32_t i = 1; i < c.count; i++)
        ck_assert_int_ge(__builtin_popcount(c.entry[i - 1].mask), __builtin_popcount(c.entry[i].mask));
    arena_free(a);
}
END_TEST

SUITE("tcam_covering", ordered_covering_delivers_alike, an_exception_stands_above_the_general_entry,
      entries_stay_sorted_by_generality)
