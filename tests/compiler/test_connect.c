/* Every connector: counts, marginals, determinism, and what it refuses. */
#include "compiler/connect.h"

#include "tests/suite.h"
#include "tests/compiler/net_builder.h"

#include <math.h>

static net_projection *two(net_builder *b, uint32_t n, uint32_t m, net_connector_type type)
{
    build_population(b, "a", n, MODEL_SOURCE);
    build_population(b, "b", m, MODEL_CURR_EXP);
    return build_projection(b, "p", 0, 1, type);
}

static net_projection *recurrent(net_builder *b, uint32_t n, net_connector_type type)
{
    build_population(b, "a", n, MODEL_CURR_EXP);
    net_projection *p = build_projection(b, "p", 0, 0, type);
    p->connector.self = false;
    return p;
}

static connect_pairs made(net_builder *b)
{
    connect_request r = {&b->projection[0],
                         &b->population[b->projection[0].pre.i],
                         &b->population[b->projection[0].post.i],
                         b->net.seed,
                         b->unit.arena,
                         b->unit.diag};
    connect_pairs out;
    ck_assert(connect_check(&r));
    ck_assert(connect_build(&r, &out));
    ck_assert_uint_eq(out.row[r.pre->size], out.count);
    for (uint32_t i = 0; i < r.pre->size; i++)
        for (uint32_t k = out.row[i]; k < out.row[i + 1]; k++) {
            ck_assert_uint_lt(out.target[k], r.post->size);
            ck_assert(k == out.row[i] || out.target[k] >= out.target[k - 1]);
        }
    return out;
}

static uint32_t fan_in(const connect_pairs *p, uint32_t j)
{
    uint32_t n = 0;
    for (uint64_t k = 0; k < p->count; k++)
        n += p->target[k] == j;
    return n;
}

static bool has_self(const connect_pairs *p, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = p->row[i]; k < p->row[i + 1]; k++)
            if (p->target[k] == i)
                return true;
    return false;
}

static bool has_double(const connect_pairs *p, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = p->row[i] + 1; k < p->row[i + 1]; k++)
            if (p->target[k] == p->target[k - 1])
                return true;
    return false;
}

static void refused(net_builder *b, const char *words)
{
    connect_request r = {&b->projection[0],
                         &b->population[b->projection[0].pre.i],
                         &b->population[b->projection[0].post.i],
                         b->net.seed,
                         b->unit.arena,
                         b->unit.diag};
    ck_assert(!connect_check(&r));
    build_refused(b, DIAG_NET_CONNECT, words);
    build_close(b);
}

START_TEST(all_to_all_joins_every_pair_but_self_when_told)
{
    net_builder *b = build_open();
    two(b, 5, 7, CONN_ALL_TO_ALL);
    ck_assert_uint_eq(made(b).count, 35);
    build_close(b);
    b = build_open();
    recurrent(b, 6, CONN_ALL_TO_ALL);
    connect_pairs p = made(b);
    ck_assert_uint_eq(p.count, 30);
    ck_assert(!has_self(&p, 6));
    build_close(b);
}
END_TEST

START_TEST(one_to_one_joins_equals_and_refuses_unequal_sizes)
{
    net_builder *b = build_open();
    two(b, 4, 4, CONN_ONE_TO_ONE);
    connect_pairs p = made(b);
    for (uint32_t i = 0; i < 4; i++)
        ck_assert_uint_eq(p.target[p.row[i]], i);
    build_close(b);
    b = build_open();
    two(b, 4, 5, CONN_ONE_TO_ONE);
    refused(b, "a has 4 neurons and b has 5");
}
END_TEST

START_TEST(fixed_probability_has_binomial_counts_and_uniform_marginals)
{
    net_builder *b = build_open();
    two(b, 400, 300, CONN_FIXED_PROBABILITY)->connector.p_connect = 0.1;
    connect_pairs p = made(b);
    ck_assert_double_eq_tol((double)p.count, 12000, 5 * sqrt(12000 * 0.9));
    double chi = 0;
    for (uint32_t j = 0; j < 300; j++)
        chi += pow(fan_in(&p, j) - 40.0, 2) / 36.0;
    ck_assert_double_eq_tol(chi, 300, 5 * sqrt(600)); /* chi squared with 300 degrees of freedom */
    ck_assert(!has_double(&p, 400));
    build_close(b);
}
END_TEST

START_TEST(fixed_probability_of_zero_and_one_are_none_and_all)
{
    for (int one = 0; one <= 1; one++) {
        net_builder *b = build_open();
        recurrent(b, 20, CONN_FIXED_PROBABILITY)->connector.p_connect = one;
        ck_assert_uint_eq(made(b).count, one ? 380 : 0);
        build_close(b);
    }
}
END_TEST

START_TEST(fixed_number_post_gives_every_source_n_distinct_targets)
{
    net_builder *b = build_open();
    recurrent(b, 200, CONN_FIXED_NUMBER_POST)->connector.n = 30;
    connect_pairs p = made(b);
    for (uint32_t i = 0; i < 200; i++)
        ck_assert_uint_eq(p.row[i + 1] - p.row[i], 30);
    ck_assert(!has_self(&p, 200) && !has_double(&p, 200));
    double chi = 0;
    for (uint32_t j = 0; j < 200; j++)
        chi += pow(fan_in(&p, j) - 30.0, 2) / (30 * (1 - 30.0 / 199));
    ck_assert_double_eq_tol(chi, 200, 5 * sqrt(400));
    build_close(b);
}
END_TEST

START_TEST(fixed_number_pre_gives_every_target_n_distinct_sources)
{
    net_builder *b = build_open();
    recurrent(b, 200, CONN_FIXED_NUMBER_PRE)->connector.n = 30;
    connect_pairs p = made(b);
    for (uint32_t j = 0; j < 200; j++)
        ck_assert_uint_eq(fan_in(&p, j), 30);
    ck_assert(!has_self(&p, 200) && !has_double(&p, 200));
    build_close(b);
}
END_TEST

START_TEST(with_replacement_pairs_may_repeat)
{
    const net_connector_type type[] = {CONN_FIXED_NUMBER_PRE, CONN_FIXED_NUMBER_POST, CONN_FIXED_TOTAL_NUMBER};
    for (int k = 0; k < 3; k++) {
        net_builder *b = build_open();
        net_projection *j = recurrent(b, 10, type[k]);
        j->connector.multapses = true;
        j->connector.n = k < 2 ? 25 : 250;
        connect_pairs p = made(b);
        ck_assert_uint_eq(p.count, 250);
        ck_assert(!has_self(&p, 10) && has_double(&p, 10));
        build_close(b);
    }
}
END_TEST

START_TEST(fixed_total_number_makes_exactly_n_distinct_pairs)
{
    net_builder *b = build_open();
    recurrent(b, 50, CONN_FIXED_TOTAL_NUMBER)->connector.n = 2000;
    connect_pairs p = made(b);
    ck_assert_uint_eq(p.count, 2000);
    ck_assert(!has_self(&p, 50) && !has_double(&p, 50));
    double chi = 0;
    for (uint32_t j = 0; j < 50; j++)
        chi += pow(fan_in(&p, j) - 40.0, 2) / (40 * (1 - 40.0 / 49));
    ck_assert_double_eq_tol(chi, 50, 5 * sqrt(100));
    build_close(b);
    b = build_open();
    recurrent(b, 50, CONN_FIXED_TOTAL_NUMBER)->connector.n = 2450; /* every pair there is */
    ck_assert_uint_eq(made(b).count, 2450);
    build_close(b);
}
END_TEST

START_TEST(numbers_larger_than_the_population_are_refused)
{
    const net_connector_type type[] = {CONN_FIXED_NUMBER_PRE, CONN_FIXED_NUMBER_POST, CONN_FIXED_TOTAL_NUMBER};
    const char *const words[] = {"n <= 9", "n <= 9", "n <= 90"};
    for (int k = 0; k < 3; k++) {
        net_builder *b = build_open();
        recurrent(b, 10, type[k])->connector.n = 91;
        refused(b, words[k]);
    }
}
END_TEST

START_TEST(lists_are_sorted_and_remember_their_rows)
{
    const uint32_t pre[] = {2, 0, 2, 0, 2}, post[] = {1, 3, 0, 3, 1};
    net_builder *b = build_open();
    net_connector *c = &two(b, 3, 4, CONN_FROM_LIST)->connector;
    c->pre = pre;
    c->post = post;
    c->nrows = 5;
    connect_pairs p = made(b);
    const uint32_t row[] = {0, 2, 2, 5}, target[] = {3, 3, 0, 1, 1}, origin[] = {1, 3, 2, 0, 4};
    ck_assert_mem_eq(p.row, row, sizeof row);
    ck_assert_mem_eq(p.target, target, sizeof target);
    ck_assert_mem_eq(p.origin, origin, sizeof origin);
    build_close(b);
}
END_TEST

START_TEST(list_indices_out_of_range_name_row_and_bound)
{
    const uint32_t pre[] = {0, 2}, post[] = {0, 4};
    net_builder *b = build_open();
    net_connector *c = &two(b, 3, 4, CONN_FROM_FILE)->connector;
    c->pre = pre;
    c->post = post;
    c->nrows = 2;
    refused(b, "row 1 of the list: post index 4, but b has 4 neurons");
}
END_TEST

/* The definition, written the slow way: for every output and kernel entry, the input under it. */
static uint64_t conv_by_hand(const net_connector *c, const net_population *pre, const net_population *post,
                             const connect_pairs *p)
{
    uint64_t n = 0;
    for (uint32_t oy = 0; oy < post->shape[0]; oy++)
        for (uint32_t ox = 0; ox < post->shape[1]; ox++)
            for (uint32_t o = 0; o < post->shape[2]; o++)
                for (uint32_t ky = 0; ky < c->kernel[0]; ky++)
                    for (uint32_t kx = 0; kx < c->kernel[1]; kx++)
                        for (uint32_t in = 0; in < c->in_channels; in++) {
                            int64_t y = (int64_t)oy * c->stride[0] + ky - c->padding[0];
                            int64_t x = (int64_t)ox * c->stride[1] + kx - c->padding[1];
                            if (y < 0 || x < 0 || y >= pre->shape[0] || x >= pre->shape[1])
                                continue;
                            uint32_t i = (uint32_t)((y * pre->shape[1] + x) * pre->shape[2] + in);
                            uint32_t j = (oy * post->shape[1] + ox) * post->shape[2] + o;
                            uint32_t entry = ((o * c->in_channels + in) * c->kernel[0] + ky) * c->kernel[1] + kx;
                            uint32_t k = p->row[i];
                            while (k < p->row[i + 1] && !(p->target[k] == j && p->origin[k] == entry))
                                k++;
                            ck_assert_uint_lt(k, p->row[i + 1]);
                            n++;
                        }
    return n;
}

static net_connector *conv(net_builder *b, uint32_t h, uint32_t w, uint32_t in, uint32_t kernel, uint32_t stride,
                           uint32_t padding, uint32_t out)
{
    net_connector *c = &two(b, 1, 1, CONN_CONV2D)->connector;
    build_shape(&b->population[0], h, w, in);
    c->kernel[0] = kernel;
    c->kernel[1] = kernel + 1;
    c->stride[0] = stride;
    c->stride[1] = 1;
    c->padding[0] = padding;
    c->padding[1] = padding / 2;
    c->in_channels = in;
    c->out_channels = out;
    uint32_t shape[2];
    connect_conv_shape(c, &b->population[0], shape);
    build_shape(&b->population[1], shape[0], shape[1], out);
    return c;
}

START_TEST(conv2d_equals_a_loop_written_by_hand)
{
    const uint32_t cases[][7] = {
        {5, 6, 1, 3, 1, 0, 1}, {7, 5, 2, 3, 2, 1, 3}, {4, 4, 3, 2, 3, 2, 2}, {3, 9, 1, 1, 1, 0, 4}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const uint32_t *a = cases[k];
        net_builder *b = build_open();
        net_connector *c = conv(b, a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
        connect_pairs p = made(b);
        ck_assert_uint_gt(p.count, 0);
        ck_assert_uint_eq(conv_by_hand(c, &b->population[0], &b->population[1], &p), p.count);
        build_close(b);
    }
}
END_TEST

START_TEST(conv2d_refuses_shapes_that_do_not_match_and_says_the_right_one)
{
    net_builder *b = build_open();
    conv(b, 8, 8, 1, 3, 1, 0, 2);
    build_shape(&b->population[1], 8, 8, 2);
    refused(b, "[6, 5, 2]");
    b = build_open();
    conv(b, 8, 8, 3, 3, 1, 0, 2)->in_channels = 1;
    refused(b, "in_channels: 3");
    b = build_open();
    conv(b, 2, 2, 1, 2, 1, 0, 2)->kernel[0] = 5;
    refused(b, "does not fit");
    b = build_open();
    conv(b, 8, 8, 1, 3, 1, 0, 2);
    b->population[0].ndim = 1;
    b->population[0].shape[1] = 1;
    refused(b, "[height, width]");
}
END_TEST

START_TEST(the_same_name_gives_the_same_synapses_and_another_name_others)
{
    uint32_t first[64];
    uint64_t count = 0;
    for (int round = 0; round < 3; round++) {
        net_builder *b = build_open();
        net_projection *j = two(b, 30, 30, CONN_FIXED_PROBABILITY);
        j->connector.p_connect = 0.2;
        if (round == 2)
            j->name.s = "q";
        connect_pairs p = made(b);
        if (round == 0) {
            count = p.count;
            memcpy(first, p.target, sizeof first);
        } else {
            bool same = p.count == count && memcmp(first, p.target, sizeof first) == 0;
            ck_assert_int_eq(same, round == 1);
        }
        build_close(b);
    }
}
END_TEST

START_TEST(estimates_are_near_what_is_built)
{
    net_builder *b = build_open();
    net_projection *j = two(b, 300, 200, CONN_FIXED_PROBABILITY);
    j->connector.p_connect = 0.25;
    connect_request r = {j, &b->population[0], &b->population[1], 1, b->unit.arena, b->unit.diag};
    ck_assert_double_eq(connect_estimate(&r), 15000);
    j->connector.type = CONN_FIXED_NUMBER_PRE;
    j->connector.n = 9;
    ck_assert_double_eq(connect_estimate(&r), 1800);
    ck_assert_uint_eq(made(b).count, 1800);
    build_close(b);
}
END_TEST

SUITE("connect", all_to_all_joins_every_pair_but_self_when_told, one_to_one_joins_equals_and_refuses_unequal_sizes,
      fixed_probability_has_binomial_counts_and_uniform_marginals, fixed_probability_of_zero_and_one_are_none_and_all,
      fixed_number_post_gives_every_source_n_distinct_targets, fixed_number_pre_gives_every_target_n_distinct_sources,
      with_replacement_pairs_may_repeat, fixed_total_number_makes_exactly_n_distinct_pairs,
      numbers_larger_than_the_population_are_refused, lists_are_sorted_and_remember_their_rows,
      list_indices_out_of_range_name_row_and_bound, conv2d_equals_a_loop_written_by_hand,
      conv2d_refuses_shapes_that_do_not_match_and_says_the_right_one,
      the_same_name_gives_the_same_synapses_and_another_name_others, estimates_are_near_what_is_built)
