#include "tests/backends/spinnaker/tables.h"

START_TEST(pair_merging_delivers_alike) { tables_try(tcam_pair, 300); }
END_TEST

START_TEST(the_most_frequent_route_becomes_one_entry)
{
    hmn_arena *a = arena_new(0);
    tcam_table t = tables_random(3, 200, 1, a);
    ck_assert_uint_eq(tcam_pair(t, a).count, 1);
    arena_free(a);
}
END_TEST

START_TEST(of_equal_routes_the_first_comes_last)
{
    static const tcam_entry e[] = {
        {0x0, 0xf, 7, false}, {0x3, 0xf, 7, false}, {0x1, 0xf, 9, false}, {0x2, 0xf, 9, false}};
    hmn_arena *a = arena_new(0);
    tcam_table c = tcam_pair((tcam_table){e, 4}, a);
    ck_assert_uint_eq(c.count, 3);
    ck_assert_uint_eq(c.entry[0].route, 9);
    ck_assert_uint_eq(c.entry[2].route, 7);
    ck_assert_uint_eq(c.entry[2].mask, 0xc);
    arena_free(a);
}
END_TEST

SUITE("tcam_pair", pair_merging_delivers_alike, the_most_frequent_route_becomes_one_entry,
      of_equal_routes_the_first_comes_last)
