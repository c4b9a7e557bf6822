/* Positions on lines and grids, and connections whose probability is a function of distance. */
#include "compiler/geometry.h"

#include "compiler/connect.h"
#include "compiler/expr.h"
#include "tests/suite.h"
#include "tests/compiler/net_builder.h"

#include <math.h>

static uint32_t only_d(void *context, const char *name)
{
    (void)context;
    return strcmp(name, "d") == 0 ? 0 : NET_NONE;
}

/* An h x w sheet joined to itself. */
static net_builder *sheet(uint32_t h, uint32_t w, const char *expression)
{
    net_builder *b = build_open();
    expr_error error;
    net_population *p = build_population(b, "sheet", h * w, MODEL_CURR_EXP);
    build_shape(p, h, w, 1);
    p->structure = STRUCT_GRID_2D;
    net_projection *j = build_projection(b, "p", 0, 0, CONN_DISTANCE);
    j->connector.self = false;
    j->connector.expression = expr_parse(b->unit.arena, expression, strlen(expression), only_d, NULL, &error);
    ck_assert_ptr_nonnull(j->connector.expression);
    return b;
}

static double distance(const net_population *p, uint32_t i, uint32_t j)
{
    double a[3], c[3];
    geometry_position(p, i, a);
    geometry_position(p, j, c);
    return sqrt(pow(a[0] - c[0], 2) + pow(a[1] - c[1], 2) + pow(a[2] - c[2], 2));
}

START_TEST(neurons_lie_on_lines_and_grids_as_images_are_laid_out)
{
    net_population p = {.size = 24, .shape = {2, 4, 3}, .ndim = 3, .spacing = {1, 10, 100}};
    const double expected[][3] = {{23, 0, 0}, {3, 10, 0}, {3, 10, 200}};
    const net_structure structure[] = {STRUCT_LINE, STRUCT_GRID_2D, STRUCT_GRID_3D};
    for (int k = 0; k < 3; k++) {
        double xyz[3];
        p.structure = structure[k];
        geometry_position(&p, 23, xyz);
        for (int a = 0; a < 3; a++)
            ck_assert_double_eq(xyz[a], expected[k][a]);
    }
}
END_TEST

START_TEST(a_step_of_distance_joins_the_four_neighbours)
{
    net_builder *b = sheet(5, 6, "2 - d"); /* 1 at distance 1, less beyond, below 0 from 2 */
    b->projection[0].connector.max_distance = 1;
    const graph_projection *g = &build_graph(b)->projection[0];
    ck_assert_uint_eq(g->nsynapses, 2 * (4 * 6 + 5 * 5));
    for (uint32_t i = 0; i < 30; i++)
        for (uint32_t k = g->row[i]; k < g->row[i + 1]; k++)
            ck_assert_double_eq(distance(&b->population[0], i, g->target[k]), 1);
    build_close(b);
}
END_TEST

START_TEST(the_share_of_pairs_joined_follows_the_expression)
{
    net_builder *b = sheet(30, 30, "exp(-d/3)");
    const graph_projection *g = &build_graph(b)->projection[0];
    double pairs[12] = {0}, joined[12] = {0};
    for (uint32_t i = 0; i < 900; i++) {
        for (uint32_t j = 0; j < 900; j++) {
            double d = distance(&b->population[0], i, j);
            if (d > 0 && d == floor(d) && d < 12)
                pairs[(int)d]++;
        }
        for (uint32_t k = g->row[i]; k < g->row[i + 1]; k++) {
            double d = distance(&b->population[0], i, g->target[k]);
            ck_assert_uint_ne(g->target[k], i);
            if (d == floor(d) && d < 12)
                joined[(int)d]++;
        }
    }
    for (int d = 1; d < 12; d++) {
        double p = exp(-d / 3.0);
        ck_assert_double_eq_tol(joined[d] / pairs[d], p, 5 * sqrt(p * (1 - p) / pairs[d]));
    }
    build_close(b);
}
END_TEST

START_TEST(expressions_without_a_value_are_refused_with_the_distance)
{
    net_builder *b = sheet(3, 3, "sqrt(1 - d)");
    ck_assert_ptr_null(build_graph(b));
    build_refused(b, DIAG_EXPRESSION, "no value at d = ");
    build_close(b);
}
END_TEST

START_TEST(grids_that_do_not_hold_their_population_are_refused)
{
    net_builder *b = sheet(3, 3, "exp(-d)");
    b->population[0].shape[1] = 4;
    ck_assert_ptr_null(build_graph(b));
    build_refused(b, DIAG_NET_CONNECT, "holds 3 x 4 x 1 neurons, not its 9");
    build_close(b);
}
END_TEST

SUITE("geometry", neurons_lie_on_lines_and_grids_as_images_are_laid_out, a_step_of_distance_joins_the_four_neighbours,
      the_share_of_pairs_joined_follows_the_expression, expressions_without_a_value_are_refused_with_the_distance,
      grids_that_do_not_hold_their_population_are_refused)
