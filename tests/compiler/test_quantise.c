/* The frame around chip->quantise. */
#include "compiler/unit.h"

#include "tests/suite.h"
#include "tests/compiler/tiny_chip.h"
#include "tests/compiler/net_builder.h"

START_TEST(the_chip_gets_room_for_every_population_and_projection)
{
    net_builder *b = build_open();
    build_population(b, "in", 2, MODEL_SOURCE);
    build_population(b, "out", 3, MODEL_CURR_EXP);
    build_projection(b, "p", 0, 1, CONN_ALL_TO_ALL);
    ck_assert_ptr_nonnull(build_graph(b));
    b->unit.chip = &tiny_chip;
    ck_assert(pass_quantise(&b->unit));
    const hmn_qnet *q = b->unit.qnet;
    ck_assert_ptr_eq(q->graph, b->unit.graph);
    ck_assert_uint_eq(q->projection[0].rule, NET_NONE);
    ck_assert_int_eq(q->projection[0].weight[5], 100);
    build_close(b);
}
END_TEST

START_TEST(what_the_chip_refuses_ends_the_pass)
{
    net_builder *b = build_open();
    build_population(b, "out", 1, MODEL_CURR_EXP);
    ck_assert_ptr_nonnull(build_graph(b));
    b->unit.chip = &tiny_chip;
    ck_assert(!pass_quantise(&b->unit));
    build_refused(b, DIAG_FIT_MODEL, "not enough");
    build_close(b);
}
END_TEST

START_TEST(wishes_that_no_chip_grants_are_refused)
{
    net_builder *b = build_open();
    build_population(b, "in", 2, MODEL_SOURCE);
    build_population(b, "out", 3, MODEL_CURR_EXP);
    build_projection(b, "p", 0, 1, CONN_ALL_TO_ALL);
    b->net.target.rounding = (net_str){"nearest", {0, 1, 1, 1}};
    ck_assert_ptr_nonnull(build_graph(b));
    b->unit.chip = &tiny_chip;
    ck_assert(!pass_quantise(&b->unit));
    build_refused(b, DIAG_FIT_MODEL, "rounds stochastically");
    build_close(b);
    b = build_open();
    build_population(b, "out", 3, MODEL_CURR_EXP);
    b->net.target.axons = (net_str){"population", {0, 1, 1, 1}};
    ck_assert_ptr_nonnull(build_graph(b));
    b->unit.chip = &tiny_chip;
    ck_assert(!pass_quantise(&b->unit));
    build_refused(b, DIAG_FIT_MODEL, "no population spikes");
    build_close(b);
}
END_TEST

SUITE("quantise", wishes_that_no_chip_grants_are_refused, the_chip_gets_room_for_every_population_and_projection,
      what_the_chip_refuses_ends_the_pass)
