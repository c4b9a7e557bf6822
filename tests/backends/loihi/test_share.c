/* Axons that use the same blocks: what is stored once, what is not, and that nothing but memory changes. */
#include "tests/backends/loihi/fixture.h"

#include "backends/loihi/decode.h"
#include "backends/loihi/layout.h"
#include "backends/loihi/share.h"

static hmn_image *compiled(net_builder *b, core_tables *t)
{
    ck_assert_msg(quantised(b) && pass_learn(&b->unit) && emitted(b), "%s", first_message(b));
    ck_assert_uint_eq(b->unit.mapping->ncores, 1);
    hmn_image *m = image_from_memory(b->unit.image, b->unit.image_size, "test", b->unit.diag);
    hmn_core_view v = {m, loihi(), 0, image_seed(m)};
    ck_assert(decode_tables(&v, t));
    ck_assert_msg(loihi()->check(&v, b->unit.diag), "%s", first_message(b));
    return m;
}

static int64_t axon(const core_tables *t, uint64_t row, uint32_t column)
{
    return image_get(t->table[LOIHI_AXONS], row, column);
}

START_TEST(equal_rows_are_stored_once)
{
    for (int kind = 0; kind < 3; kind++) {
        net_builder *b = build_open();
        build_population(b, "in", 50, MODEL_SOURCE);
        build_population(b, "cell", 100, MODEL_LOIHI_LIF);
        net_projection *j = build_projection(b, "all", 0, 1, CONN_ALL_TO_ALL);
        j->weight = build_constant(100);
        if (kind == 1)
            j->weight = build_dist(DIST_UNIFORM_INT, 1, 255, 0, 0);
        if (kind == 2)
            j->delay = build_dist(DIST_UNIFORM_INT, 1, 6, 0, 0);
        core_tables t;
        hmn_image *m = compiled(b, &t);
        uint64_t row = (uint64_t)axon(&t, 0, LOIHI_AXONS_words);
        ck_assert_uint_eq(t.table[LOIHI_SYNAPSES].rows, kind ? 50 * row : row);
        for (uint64_t a = 1; a < 50; a++)
            ck_assert_int_eq(axon(&t, a, LOIHI_AXONS_pointer), kind ? (int64_t)(a * row) : 0);
        image_close(m);
        build_close(b);
    }
}
END_TEST

START_TEST(rows_that_differ_in_where_they_begin_have_a_base)
{
    net_builder *b = build_open();
    build_population(b, "in", 600, MODEL_SOURCE);
    build_population(b, "cell", 600, MODEL_LOIHI_LIF);
    build_projection(b, "one", 0, 1, CONN_ONE_TO_ONE)->weight = build_constant(64);
    core_tables t;
    hmn_image *m = compiled(b, &t);
    for (uint64_t a = 0; a < 600; a++) {
        block_cursor c = decode_axon(&t, a, 0);
        bool bad;
        ck_assert_int_eq(axon(&t, a, LOIHI_AXONS_base), a < SHARE_BASE_MOST    ? (int64_t)a
                                                        : a == SHARE_BASE_MOST ? 255
                                                                               : 0);
        ck_assert(decode_block(&t, &c, &bad) && c.block.count == 1 && c.block.synapse[0].compartment == a);
    }
    ck_assert_uint_eq(t.table[LOIHI_SYNAPSES].rows, 600 - SHARE_BASE_MOST); /* 0..255 one, each further its own */
    image_close(m);
    build_close(b);
}
END_TEST

/* A kernel of 3 x 3 over 12 x 12 pixels: the inside, four sides and four corners, but for what lies beyond base 255. */
START_TEST(a_kernel_is_stored_once_for_pixels_that_see_all_of_it)
{
    net_builder *b = build_open();
    build_shape(build_population(b, "in", 0, MODEL_SOURCE), 12, 12, 1);
    build_shape(build_population(b, "map", 0, MODEL_LOIHI_LIF), 10, 10, 2);
    net_projection *j = build_projection(b, "kernel", 0, 1, CONN_CONV2D);
    j->connector.kernel[0] = j->connector.kernel[1] = 3;
    j->connector.stride[0] = j->connector.stride[1] = 1;
    j->connector.in_channels = 1;
    j->connector.out_channels = 2;
    j->weight = build_dist(DIST_UNIFORM_INT, 1, 255, 0, 0); /* one draw for each entry of the kernel */
    core_tables t;
    hmn_image *m = compiled(b, &t);
    uint64_t kinds = 0;
    for (uint64_t a = 0; a < 144; a++) {
        bool again = false;
        for (uint64_t k = 0; k < a && !again; k++)
            again = axon(&t, k, LOIHI_AXONS_pointer) == axon(&t, a, LOIHI_AXONS_pointer);
        kinds += !again;
    }
    ck_assert_uint_eq(kinds, 25); /* rows and columns each: first, second, inside, last but one, last */
    hmn_usage use;
    loihi()->usage(b->unit.qnet, b->unit.mapping->slice, 1, &use);
    ck_assert_uint_eq(use.synapse_words, t.table[LOIHI_SYNAPSES].rows);
    image_close(m);
    build_close(b);
}
END_TEST

START_TEST(synapses_that_learn_are_not_shared)
{
    net_builder *b = build_open();
    build_population(b, "in", 20, MODEL_SOURCE);
    build_population(b, "cell", 10, MODEL_LOIHI_LIF);
    net_projection *j = build_projection(b, "p", 0, 1, CONN_ALL_TO_ALL);
    j->weight = build_constant(100);
    net_rule *r = &b->rule[b->net.nrules++];
    *r = (net_rule){.name = {"r", {0, 1, 1, 1}}, .type = RULE_TEXT, .dw = {"2^-2*x0*w", {0, 1, 1, 1}}};
    r->enabled = true;
    r->astrocyte.i = NET_NONE;
    j->rule.i = 0;
    core_tables t;
    hmn_image *m = compiled(b, &t);
    for (uint64_t a = 1; a < 20; a++)
        ck_assert_int_gt(axon(&t, a, LOIHI_AXONS_pointer), axon(&t, a - 1, LOIHI_AXONS_pointer));
    ck_assert_int_eq(axon(&t, 19, LOIHI_AXONS_base), 0);
    image_close(m);
    build_close(b);
}
END_TEST

SUITE("share", equal_rows_are_stored_once, rows_that_differ_in_where_they_begin_have_a_base,
      a_kernel_is_stored_once_for_pixels_that_see_all_of_it, synapses_that_learn_are_not_shared)
