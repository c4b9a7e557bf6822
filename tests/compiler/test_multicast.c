#include "compiler/multicast.h"

#include "tests/compiler/multicast_board.h"

static void check_sites(const board *b)
{
    bool taken[SITES] = {false};
    for (uint32_t v = 0; v < b->p.nvertices; v++) {
        ck_assert_uint_lt(b->site[v], SITES);
        ck_assert(!taken[b->site[v]]);
        taken[b->site[v]] = true;
    }
}

START_TEST(talkers_end_up_together)
{
    static const uint32_t sizes[] = {4, 4, 4, 4}, edge[][2] = {{0, 1}, {1, 0}, {2, 3}, {3, 2}, {0, 0}, {2, 2}};
    board b = board_new(sizes, 4, edge, 6);
    for (uint64_t seed = 0; seed < 5; seed++) {
        board_shuffle(&b, seed);
        uint64_t before = multicast_cost(&b.p, &b.g, b.site), after = multicast_improve(&b.p, &b.g, seed, b.site, b.a);
        check_sites(&b);
        ck_assert_uint_lt(after, before);
        ck_assert_uint_eq(after, multicast_cost(&b.p, &b.g, b.site));
        /* each population on a router of its own, beside the one it talks to */
        uint32_t at[4];
        for (uint32_t k = 0; k < 4; k++) {
            at[k] = b.site[4 * k] / CORES;
            for (uint32_t i = 1; i < 4; i++)
                ck_assert_uint_eq(b.site[4 * k + i] / CORES, at[k]);
        }
        ck_assert_int_eq(abs((int)at[0] - (int)at[1]), 1);
        ck_assert_int_eq(abs((int)at[2] - (int)at[3]), 1);
    }
    arena_free(b.a);
}
END_TEST

START_TEST(a_placement_is_never_made_worse)
{
    static const uint32_t sizes[] = {7, 3, 5, 6}, edge[][2] = {{0, 1}, {1, 2}, {2, 3}, {3, 0}, {2, 2}, {0, 3}};
    board b = board_new(sizes, 4, edge, 6);
    for (uint64_t seed = 10; seed < 20; seed++) {
        board_shuffle(&b, seed);
        uint64_t before = multicast_cost(&b.p, &b.g, b.site);
        ck_assert_uint_le(multicast_improve(&b.p, &b.g, seed, b.site, b.a), before);
        check_sites(&b);
        uint64_t best = multicast_cost(&b.p, &b.g, b.site);
        ck_assert_uint_le(multicast_improve(&b.p, &b.g, seed, b.site, b.a), best);
    }
    arena_free(b.a);
}
END_TEST

START_TEST(neighbours_by_number_share_a_router)
{
    static const uint32_t sizes[] = {10, 8}, edge[][2] = {{0, 0}, {0, 1}, {1, 1}};
    board b = board_new(sizes, 2, edge, 3);
    board_shuffle(&b, 3);
    multicast_improve(&b.p, &b.g, 3, b.site, b.a);
    for (uint32_t v = 1; v < 18; v++)
        if (v != 10)
            ck_assert_uint_lt(b.site[v - 1], b.site[v]);
    arena_free(b.a);
}
END_TEST

START_TEST(the_same_seed_gives_the_same_places)
{
    static const uint32_t sizes[] = {7, 3, 5}, edge[][2] = {{0, 1}, {1, 2}, {2, 0}};
    board b = board_new(sizes, 3, edge, 3);
    board_shuffle(&b, 1);
    uint32_t twice[15];
    memcpy(twice, b.site, sizeof twice);
    multicast_improve(&b.p, &b.g, 9, b.site, b.a);
    multicast_improve(&b.p, &b.g, 9, twice, b.a);
    ck_assert_int_eq(memcmp(twice, b.site, sizeof twice), 0);
    arena_free(b.a);
}
END_TEST

SUITE("multicast", talkers_end_up_together, a_placement_is_never_made_worse, neighbours_by_number_share_a_router,
      the_same_seed_gives_the_same_places)
