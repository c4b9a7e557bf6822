#include "tests/backends/spinnaker/tables.h"

START_TEST(minimised_tables_deliver_alike) { tables_try(tcam_minimise, 200); }
END_TEST

/* Two routes whose order matters: the rarer one first would need two entries. */
START_TEST(the_order_of_routes_is_searched)
{
    static const tcam_entry e[] = {{0x0, 0xf, 1, false}, {0x1, 0xf, 1, false}, {0xc, 0xf, 1, false},
                                   {0x4, 0xf, 2, false}, {0x5, 0xf, 2, false}, {0x6, 0xf, 2, false},
                                   {0x7, 0xf, 2, false}};
    hmn_arena *a = arena_new(0);
    ck_assert_uint_eq(tcam_minimise((tcam_table){e, 7}, a).count, 2);
    ck_assert_uint_eq(tcam_pair((tcam_table){e, 7}, a).count, 3);
    arena_free(a);
}
END_TEST

START_TEST(entries_left_to_default_routing_are_not_caught)
{
    static const tcam_entry e[] = {{0x0, UINT32_MAX, 1, false},
                                   {0x1, UINT32_MAX, 2, true},
                                   {0x2, UINT32_MAX, 4, true},
                                   {0x3, UINT32_MAX, 8, true}};
    hmn_arena *a = arena_new(0);
    tcam_table t = {e, 4}, c = tcam_minimise(t, a);
    ck_assert_uint_eq(c.count, 1);
    tables_alike(t, c);
    arena_free(a);
}
END_TEST

START_TEST(the_same_table_comes_out_the_same)
{
    hmn_arena *a = arena_new(0);
    tcam_table t = tables_random(9, 150, 5, a), b = tcam_minimise(t, a), c = tcam_minimise(t, a);
    ck_assert_uint_eq(b.count, c.count);
    for (uint32_t i = 0; i < b.count; i++)
        ck_assert(b.entry[i].key == c.entry[i].key && b.entry[i].mask == c.entry[i].mask);
    arena_free(a);
}
END_TEST

SUITE("tcam_minimise", minimised_tables_deliver_alike, the_order_of_routes_is_searched,
      entries_left_to_default_routing_are_not_caught, the_same_table_comes_out_the_same)
