/* The interface of a chip, shown by the smallest one: all passes and the machine run on it unchanged. */
#include "tests/suite.h"

#include "tests/backends/toy/toy.c"
#include "tests/compiler/net_builder.h"

#include "core/machine/machine.h"

/* in(3) -> relay(40, three cores) -> out(1): relay neuron i fires when source i mod 3 fires, out counts to 100. */
static net_builder *network(void)
{
    net_builder *b = build_open();
    build_population(b, "in", 3, MODEL_SOURCE);
    build_population(b, "relay", 40, MODEL_CURR_DELTA);
    build_population(b, "out", 1, MODEL_CURR_DELTA);
    b->population[1].param[NP_V_THRESH] = build_constant(-64);
    b->population[2].param[NP_V_THRESH] = build_constant(35);
    static uint32_t pre[40], post[40];
    net_projection *j = build_projection(b, "in_relay", 0, 1, CONN_FROM_LIST);
    for (uint32_t i = 0; i < 40; i++) {
        pre[i] = i % 3;
        post[i] = i;
    }
    j->connector.pre = pre;
    j->connector.post = post;
    j->connector.nrows = 40;
    j->weight = build_constant(5);
    build_projection(b, "relay_out", 1, 2, CONN_ALL_TO_ALL)->weight = build_constant(3);
    b->unit.chip = &hmn_chip_toy;
    return b;
}

static bool compiled(net_builder *b)
{
    hmn_unit *u = &b->unit;
    return build_graph(b) && pass_quantise(u) && pass_learn(u) && pass_partition(u) && pass_place(u) && pass_route(u) &&
           pass_emit(u) && pass_verify(u);
}

START_TEST(a_new_chip_needs_its_own_folder_only)
{
    net_builder *b = network();
    ck_assert_msg(compiled(b), "%s", diag_count(b->unit.diag) ? diag_get(b->unit.diag, 0)->text : "");
    ck_assert_uint_ge(b->unit.mapping->ncores, 3);
    hmn_image *image = image_from_memory(b->unit.image, b->unit.image_size, "toy", b->unit.diag);
    hmn_machine *m = machine_boot(image, &hmn_chip_toy, 2, NULL, b->unit.diag);
    ck_assert_msg(m != NULL, "%s", diag_count(b->unit.diag) ? diag_get(b->unit.diag, 0)->text : "");
    hmn_sim *s = machine_sim(m);
    uint64_t counted[5] = {0};
    for (uint32_t t = 0; t < 5; t++) {
        if (t < 2)
            s->ops->inject(s, t); /* sources 0 and 1: 14 and 13 relays, 3 mV each */
        s->ops->begin(s);
        uint32_t n;
        s->ops->spikes(s, &n);
        counted[t] = n;
        if (t == 2)
            ck_assert_int_eq(machine_read(m, 43, VAR_V), 42);
        s->ops->end(s);
    }
    ck_assert_uint_eq(counted[0], 1);
    ck_assert_uint_eq(counted[1], 15);
    ck_assert_uint_eq(counted[2], 13);
    ck_assert_uint_eq(counted[3], 0); /* 81 mV of 100 */
    ck_assert_int_eq(machine_read(m, 43, VAR_V), 81);
    machine_free(m);
    image_close(image);
    build_close(b);
}
END_TEST

START_TEST(it_says_what_it_cannot_run)
{
    net_builder *b = network();
    b->population[1].model = MODEL_CURR_EXP;
    ck_assert(!compiled(b));
    build_refused(b, DIAG_FIT_MODEL, "IF_curr_delta only");
    build_close(b);
}
END_TEST

SUITE("toy", a_new_chip_needs_its_own_folder_only, it_says_what_it_cannot_run)
