/* What graphs are asked. */
#include "core/ir/graph.h"
#include "tests/suite.h"

#include <math.h>

START_TEST(a_neuron_belongs_to_the_population_it_lies_in_never_to_an_empty_one)
{
    graph_population p[] = {
        {.first = 0, .size = 3}, {.first = 3, .size = 0}, {.first = 3, .size = 0}, {.first = 3, .size = 2}};
    hmn_graph g = {.population = p, .npopulations = 4, .nneurons = 5};
    static const uint32_t want[] = {0, 0, 0, 3, 3};
    for (uint32_t i = 0; i < 5; i++)
        ck_assert_uint_eq(graph_population_of(&g, i), want[i]);
}
END_TEST

START_TEST(weights_reach_as_far_as_they_are_or_as_learning_may_take_them)
{
    static const double weight[] = {0.5, -3, 2};
    static const struct {
        uint32_t rule;
        double low, high, want;
    } c[] = {{NET_NONE, -9, 9, 3}, {0, -9, 4, 9},        {0, -1, 7, 7},
             {0, -1, 1, 3},        {0, -INFINITY, 5, 5}, {0, -INFINITY, INFINITY, 3}};
    for (uint32_t k = 0; k < sizeof c / sizeof *c; k++) {
        graph_projection j = {
            .rule = c[k].rule, .nsynapses = 3, .weight = weight, .w_min = c[k].low, .w_max = c[k].high};
        hmn_graph g = {.projection = &j, .nprojections = 1};
        ck_assert_double_eq(graph_weight_reach(&g, 0), c[k].want);
    }
}
END_TEST

SUITE("graph", a_neuron_belongs_to_the_population_it_lies_in_never_to_an_empty_one,
      weights_reach_as_far_as_they_are_or_as_learning_may_take_them)
