/* Expected rates and destinations. */
#include "compiler/traffic.h"
#include "tests/compiler/fake_chip.h"
#include "tests/suite.h"

#include <math.h>

static bool close_to(double a, double b) { return fabs(a - b) < 1e-12; }

static fake_net *network(void)
{
    fake_net *f = fake_begin((hmn_limits){.compartments = 10});
    fake_population(f, "listed", 2, true);
    fake_population(f, "poisson", 2, true);
    fake_population(f, "task", 2, true);
    fake_population(f, "neurons", 3, false);
    return f;
}

START_TEST(rates_of_known_sources_are_exact_and_others_stand_at_ten_hertz)
{
    fake_net *f = network();
    static const uint32_t step[] = {0, 3, 99, 100}, neuron[] = {0, 0, 0, 0};
    static const double p[] = {0.2, 0};
    f->net.duration = (net_num){.v = 100, .given = true};
    f->graph.spikes = (graph_spikes){step, neuron, 4}; /* the last one is after the run */
    f->graph.poisson = &(graph_poisson){.id = 0, .first = 2, .count = 2, .p = {p, 1}, .start = 50, .stop = UINT32_MAX};
    f->graph.npoisson = 1;
    double *rate = traffic_rates(&f->graph, f->arena);
    ck_assert(close_to(rate[0], 0.03));
    ck_assert(close_to(rate[1], 0));
    ck_assert(close_to(rate[2], 0.1));
    ck_assert(close_to(rate[3], 0));
    for (uint32_t i = 4; i < 9; i++)
        ck_assert(close_to(rate[i], 0.01));
    fake_end(f);
}
END_TEST

START_TEST(without_a_duration_spikes_spread_over_their_own_span)
{
    fake_net *f = network();
    static const uint32_t step[] = {0, 9}, neuron[] = {1, 1};
    static const double p[] = {0.25};
    f->graph.spikes = (graph_spikes){step, neuron, 2};
    f->graph.poisson = &(graph_poisson){.id = 0, .first = 2, .count = 2, .p = {p, 0}, .start = 0, .stop = UINT32_MAX};
    f->graph.npoisson = 1;
    double *rate = traffic_rates(&f->graph, f->arena);
    ck_assert(close_to(rate[1], 0.2));
    ck_assert(close_to(rate[2], 0.25));
    fake_end(f);
}
END_TEST

START_TEST(destinations_are_the_cores_with_a_target_each_once)
{
    fake_net *f = network();
    fake_learns(f, fake_projection(f, "learn", 0, 3, 2, 1)); /* 0 -> 0, 2; 1 -> 1 */
    fake_projection(f, "plain", 0, 3, 1, 1);                 /* all to all */
    fake_projection(f, "sparse", 3, 3, 3, 1);                /* 0 -> 0, 1 -> 2, 2 -> 1 */
    static const uint32_t core[] = {NET_NONE, NET_NONE, NET_NONE, NET_NONE, NET_NONE, NET_NONE, 2, 0, 2};
    traffic_fanout t = traffic_destinations(&f->qnet, core, 3, f->arena);
    static const uint32_t row[] = {0, 2, 4, 4, 4, 4, 4, 5, 6, 7};
    static const uint32_t to[] = {0, 2, 0, 2, 2, 2, 0};
    static const uint8_t plastic[] = {0, 1, 1, 0, 0, 0, 0};
    ck_assert_mem_eq(t.row, row, sizeof row);
    ck_assert_mem_eq(t.core, to, sizeof to);
    ck_assert_mem_eq(t.plastic, plastic, sizeof plastic);
    fake_end(f);
}
END_TEST

SUITE("traffic", rates_of_known_sources_are_exact_and_others_stand_at_ten_hertz,
      without_a_duration_spikes_spread_over_their_own_span, destinations_are_the_cores_with_a_target_each_once)
