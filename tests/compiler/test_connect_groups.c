/* Connectors in groups: blocks on the diagonal, drawn apart, and sizes that cannot be cut are refused. */
#include "compiler/connect.h"

#include "tests/suite.h"
#include "tests/compiler/net_builder.h"

#include <string.h>

enum { GROUPS = 3, PRE = 20, POST = 10 };

static connect_pairs grouped(net_builder *b, net_connector_type type)
{
    build_population(b, "a", GROUPS * PRE, MODEL_SOURCE);
    build_population(b, "b", GROUPS * POST, MODEL_CURR_EXP);
    net_projection *p = build_projection(b, "p", 0, 1, type);
    p->connector.groups = GROUPS;
    p->connector.n = 4;
    p->connector.p_connect = 0.5;
    connect_request r = {p, &b->population[0], &b->population[1], 7, b->unit.arena, b->unit.diag};
    connect_pairs out;
    ck_assert(connect_check(&r));
    ck_assert(connect_build(&r, &out));
    ck_assert_uint_eq(out.row[GROUPS * PRE], out.count);
    if (type != CONN_FIXED_PROBABILITY)
        ck_assert_double_eq(connect_estimate(&r), (double)out.count);
    for (uint32_t i = 0; i < GROUPS * PRE; i++)
        for (uint32_t k = out.row[i]; k < out.row[i + 1]; k++)
            ck_assert_uint_eq(out.target[k] / POST, i / PRE);
    return out;
}

START_TEST(every_connector_keeps_to_the_diagonal)
{
    static const net_connector_type types[] = {CONN_ALL_TO_ALL, CONN_FIXED_PROBABILITY, CONN_FIXED_NUMBER_PRE,
                                               CONN_FIXED_NUMBER_POST};
    static const uint32_t counts[] = {GROUPS * PRE * POST, 0, GROUPS * POST * 4, GROUPS * PRE * 4};
    for (uint32_t t = 0; t < 4; t++) {
        net_builder *b = build_open();
        connect_pairs p = grouped(b, types[t]);
        if (counts[t])
            ck_assert_uint_eq(p.count, counts[t]);
        ck_assert_uint_gt(p.count, 0);
        build_close(b);
    }
}
END_TEST

START_TEST(groups_are_drawn_apart_and_the_first_is_what_it_is_alone)
{
    net_builder *b = build_open();
    connect_pairs p = grouped(b, CONN_FIXED_NUMBER_POST);
    uint32_t other[2] = {0, 0};
    for (uint32_t k = 0; k < PRE * 4; k++)
        for (uint32_t g = 1; g < GROUPS; g++)
            other[g - 1] += p.target[g * PRE * 4 + k] != p.target[k] + g * POST;
    ck_assert_uint_gt(other[0], PRE);
    ck_assert_uint_gt(other[1], PRE);
    net_population pre = b->population[0], post = b->population[1];
    net_projection alone = b->projection[0];
    pre.size = PRE;
    post.size = POST;
    alone.connector.groups = 1;
    connect_request r = {&alone, &pre, &post, 7, b->unit.arena, b->unit.diag};
    connect_pairs q;
    ck_assert(connect_build(&r, &q));
    ck_assert_uint_eq(q.count, PRE * 4);
    ck_assert_mem_eq(q.target, p.target, q.count * sizeof *q.target);
    build_close(b);
}
END_TEST

START_TEST(populations_that_are_no_multiple_of_groups_are_refused)
{
    net_builder *b = build_open();
    build_population(b, "a", 6, MODEL_SOURCE);
    build_population(b, "b", 7, MODEL_CURR_EXP);
    net_projection *p = build_projection(b, "p", 0, 1, CONN_ALL_TO_ALL);
    p->connector.groups = 3;
    connect_request r = {p, &b->population[0], &b->population[1], 1, b->unit.arena, b->unit.diag};
    ck_assert(!connect_check(&r));
    ck_assert_ptr_nonnull(strstr(diag_get(b->unit.diag, 0)->text, "b has 7 neurons"));
    build_close(b);
}
END_TEST

START_TEST(numbers_are_held_against_the_size_of_a_group)
{
    net_builder *b = build_open();
    build_population(b, "a", 6, MODEL_SOURCE);
    build_population(b, "b", 6, MODEL_CURR_EXP);
    net_projection *p = build_projection(b, "p", 0, 1, CONN_FIXED_NUMBER_PRE);
    p->connector.groups = 3;
    p->connector.n = 3;
    connect_request r = {p, &b->population[0], &b->population[1], 1, b->unit.arena, b->unit.diag};
    ck_assert(!connect_check(&r));
    p->connector.n = 2;
    ck_assert(connect_check(&r));
    build_close(b);
}
END_TEST

SUITE("connect_groups", every_connector_keeps_to_the_diagonal, groups_are_drawn_apart_and_the_first_is_what_it_is_alone,
      populations_that_are_no_multiple_of_groups_are_refused, numbers_are_held_against_the_size_of_a_group)
