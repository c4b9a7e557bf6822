/* Trees of populations: order, membership, what is left out. */
#include "tests/suite.h"

#include "core/ir/tree.h"

static hmn_graph forest(graph_population *population)
{
    /* 0 source; 1 soma of 3 and 5; 3 joins 2 and 6; 4 alone; 7 has no neurons */
    for (uint32_t k = 0; k < 8; k++)
        population[k] = (graph_population){.size = k == 7 ? 0 : 10 + k, .source = k == 0};
    population[1].ndendrites = population[3].ndendrites = 2;
    memcpy(population[1].dendrite, (uint32_t[]){3, 5}, 8);
    memcpy(population[3].dendrite, (uint32_t[]){2, 6}, 8);
    population[2].is_dendrite = population[3].is_dendrite = population[5].is_dendrite = population[6].is_dendrite =
        true;
    return (hmn_graph){.population = population, .npopulations = 8};
}

START_TEST(a_tree_lists_dendrites_before_what_they_join)
{
    hmn_arena *a = arena_new(0);
    graph_population population[8];
    hmn_graph g = forest(population);
    tree_list l = tree_find(&g, false, a);
    ck_assert_uint_eq(l.count, 2);
    ck_assert_uint_eq(l.tree[0].count, 5);
    ck_assert_uint_eq(l.tree[0].size, 11);
    uint32_t at[8] = {0};
    for (uint32_t i = 0; i < 5; i++)
        at[l.tree[0].member[i]] = i;
    ck_assert_uint_eq(at[1], 4);
    ck_assert(at[3] < at[1] && at[5] < at[1] && at[2] < at[3] && at[6] < at[3]);
    ck_assert_uint_eq(l.tree[1].count, 1);
    ck_assert_uint_eq(l.tree[1].member[0], 4);
    arena_free(a);
}
END_TEST

START_TEST(sources_and_empty_populations_are_in_no_tree)
{
    hmn_arena *a = arena_new(0);
    graph_population population[8];
    hmn_graph g = forest(population);
    tree_list l = tree_find(&g, false, a);
    ck_assert_uint_eq(l.of[0], NET_NONE);
    ck_assert_uint_eq(l.of[7], NET_NONE);
    static const uint32_t in_first[] = {1, 2, 3, 5, 6};
    for (int i = 0; i < 5; i++)
        ck_assert_uint_eq(l.of[in_first[i]], 0);
    ck_assert_uint_eq(l.of[4], 1);
    l = tree_find(&g, true, a);
    ck_assert_uint_eq(l.count, 3);
    ck_assert_uint_eq(l.of[0], 0);
    arena_free(a);
}
END_TEST

SUITE("tree", a_tree_lists_dendrites_before_what_they_join, sources_and_empty_populations_are_in_no_tree)
