#include "backends/spinnaker/tcam.h"

#include "tests/backends/spinnaker/tables.h"

static const tcam_entry four[] = {{0x10, 0xfffffff0, 1, false},
                                  {0x20, 0xfffffff0, 2, false},
                                  {0x30, 0xfffffff0, 1, false},
                                  {0x00, 0xfffffff0, 4, true}};

START_TEST(the_first_entry_that_matches_wins)
{
    static const tcam_entry e[] = {{0x14, 0xfffffffc, 1, false}, {0x10, 0xfffffff0, 2, false}};
    tcam_table t = {e, 2};
    ck_assert_int_eq(tcam_lookup(t, 0x17), 0);
    ck_assert_int_eq(tcam_lookup(t, 0x18), 1);
    ck_assert_int_eq(tcam_lookup(t, 0x20), -1);
    ck_assert_int_eq(tcam_lookup((tcam_table){e, 0}, 0x17), -1);
}
END_TEST

START_TEST(a_merge_matches_what_either_matches)
{
    uint32_t key = 0x10, mask = 0xfffffff0;
    tcam_merge(&key, &mask, 0x34, 0xfffffffc);
    ck_assert_uint_eq(mask, 0xffffffd0);
    ck_assert_uint_eq(key, 0x10);
}
END_TEST

START_TEST(a_key_that_goes_another_way_is_found)
{
    tcam_table before = {four, 4};
    ck_assert_int_eq(tcam_differs(before, before), -1);
    ck_assert_int_eq(tcam_differs(before, (tcam_table){four, 3}), -1); /* the last is defaultable */
    ck_assert_int_eq(tcam_differs(before, (tcam_table){four, 2}), 2);
    static const tcam_entry wide[] = {{0x10, 0xffffffd0, 1, false}, {0x00, 0xffffff00, 2, false}};
    ck_assert_int_eq(tcam_differs((tcam_table){four, 3}, (tcam_table){wide, 2}), -1);
    ck_assert_int_eq(tcam_differs(before, (tcam_table){wide, 2}), 3);
    /* one key of sixteen */
    static const tcam_entry thief[] = {
        {0x27, 0xffffffff, 4, false}, {0x10, 0xffffffd0, 1, false}, {0x20, 0xfffffff0, 2, false}};
    ck_assert_int_eq(tcam_differs((tcam_table){four, 3}, (tcam_table){thief, 3}), 1);
    /* pieces that together are the whole */
    static const tcam_entry piece[] = {
        {0x21, 0xfffffff1, 2, false}, {0x10, 0xffffffd0, 1, false}, {0x20, 0xfffffff1, 2, false}};
    ck_assert_int_eq(tcam_differs((tcam_table){four, 3}, (tcam_table){piece, 3}), -1);
    ck_assert_int_eq(tcam_differs((tcam_table){four, 3}, (tcam_table){piece, 2}), 1);
}
END_TEST

START_TEST(entries_that_contradict_each_other_are_found)
{
    ck_assert_int_eq(tcam_overlap((tcam_table){four, 4}), -1);
    static const tcam_entry e[] = {
        {0x00, 0xfffffff0, 1, false}, {0x20, 0xfffffff0, 1, false}, {0x28, 0xfffffff8, 2, false}};
    ck_assert_int_eq(tcam_overlap((tcam_table){e, 3}), 1);
    ck_assert_int_eq(tcam_overlap((tcam_table){e, 2}), -1);
}
END_TEST

START_TEST(what_default_routing_does_needs_no_entry)
{
    hmn_arena *a = arena_new(0);
    tcam_table all = {four, 4};
    ck_assert_uint_eq(tcam_drop_defaults(all, all, a).count, 3);
    static const tcam_entry covered[] = {{0x00, 0xfffffff0, 4, true}, {0x00, 0xffffff00, 1, false}};
    static const tcam_entry used[] = {{0x00, 0xfffffff0, 4, true}, {0x20, 0xfffffff0, 1, false}};
    ck_assert_uint_eq(tcam_drop_defaults((tcam_table){covered, 2}, (tcam_table){used, 2}, a).count, 2);
    static const tcam_entry lone = {0x00, 0xfffffff0, 4, true};
    ck_assert_uint_eq(tcam_compress((tcam_table){&lone, 1}, a).count, 0);
    arena_free(a);
}
END_TEST

START_TEST(compressed_tables_deliver_alike) { tables_try(tcam_compress, 160); }
END_TEST

START_TEST(the_smallest_method_wins)
{
    for (uint64_t seed = 100; seed < 130; seed++) {
        hmn_arena *a = arena_new(0);
        tcam_table t = tables_random(seed, 120, 3 + (uint32_t)seed % 9, a);
        uint32_t n = tcam_compress(t, a).count;
        ck_assert_uint_le(n, tcam_pair(t, a).count);
        ck_assert_uint_le(n, tcam_ordered_covering(t, a).count);
        ck_assert_uint_le(n, tcam_minimise(t, a).count);
        arena_free(a);
    }
}
END_TEST

START_TEST(a_table_of_no_entries_stays_so)
{
    hmn_arena *a = arena_new(0);
    ck_assert_uint_eq(tcam_compress((tcam_table){four, 0}, a).count, 0);
    arena_free(a);
}
END_TEST

SUITE("tcam", the_first_entry_that_matches_wins, a_merge_matches_what_either_matches,
      a_key_that_goes_another_way_is_found, entries_that_contradict_each_other_are_found,
      what_default_routing_does_needs_no_entry, compressed_tables_deliver_alike, the_smallest_method_wins,
      a_table_of_no_entries_stays_so)
