#include "compiler/multicast_state.h"

#include "tests/compiler/multicast_board.h"

/* Two senders at router 0, receivers at routers 1 and 3. */
START_TEST(cost_counts_the_tree_once_for_every_sender)
{
    static const uint32_t sizes[] = {2, 2}, edge[][2] = {{0, 1}};
    board b = board_new(sizes, 2, edge, 1);
    static const uint32_t site[] = {0, 1, 4, 12};
    /* each packet: one link to router 1, two on to 3; entries: one link each, two shared */
    ck_assert_uint_eq(multicast_cost(&b.p, &b.g, site), 2 * 3 + 2 * 1 + 2);
    static const uint32_t apart[] = {0, 8, 4, 12};
    /* the sender at 2 has one link to 1 or 3; entries: both enter at 1 */
    ck_assert_uint_eq(multicast_cost(&b.p, &b.g, apart), 2 * 3 + 2 + 2);
    static const uint32_t inside[] = {4, 5, 6, 12};
    /* senders where the first receiver is: two links each, both known by their senders */
    ck_assert_uint_eq(multicast_cost(&b.p, &b.g, inside), 2 * 2 + 2 * 1 + 1);
    arena_free(b.a);
}
END_TEST

START_TEST(counts_follow_the_vertices)
{
    static const uint32_t sizes[] = {5, 6, 4}, edge[][2] = {{0, 1}, {1, 1}, {2, 0}, {1, 2}};
    board b = board_new(sizes, 3, edge, 4);
    board_shuffle(&b, 2);
    multicast_state moved = multicast_state_new(&b.p, &b.g, b.a), fresh = multicast_state_new(&b.p, &b.g, b.a);
    multicast_load(&moved, b.site);
    for (uint32_t k = 0; k < 40; k++) {
        uint32_t v = rng_below(7, RNG_TASK, k, 0, 0, 15), w = rng_below(7, RNG_TASK, k, 1, 0, 15), s = b.site[v];
        multicast_count(&moved, v, b.p.node[s], -1);
        multicast_count(&moved, w, b.p.node[b.site[w]], -1);
        b.site[v] = b.site[w];
        b.site[w] = s;
        if (v != w) {
            multicast_count(&moved, v, b.p.node[b.site[v]], 1);
            multicast_count(&moved, w, b.p.node[b.site[w]], 1);
        } else {
            multicast_count(&moved, v, b.p.node[s], 1);
            multicast_count(&moved, v, b.p.node[s], 1);
            b.site[v] = s;
        }
        multicast_load(&fresh, b.site);
        for (uint32_t g = 0; g < 3; g++)
            ck_assert_uint_eq(multicast_group_cost(&moved, g), fresh.group[g]);
        ck_assert_uint_eq(moved.together, fresh.together);
    }
    arena_free(b.a);
}
END_TEST

START_TEST(who_receives_nothing_costs_nothing)
{
    static const uint32_t sizes[] = {5, 6}, edge[][2] = {{0, 1}};
    board b = board_new(sizes, 2, edge, 1);
    board_shuffle(&b, 2);
    multicast_state m = multicast_state_new(&b.p, &b.g, b.a);
    multicast_load(&m, b.site);
    ck_assert_uint_eq(m.group[1], 0);
    ck_assert_uint_eq(m.group[0], m.cost);
    arena_free(b.a);
}
END_TEST

SUITE("multicast_state", cost_counts_the_tree_once_for_every_sender, counts_follow_the_vertices,
      who_receives_nothing_costs_nothing)
