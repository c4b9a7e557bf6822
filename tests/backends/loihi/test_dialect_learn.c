/* What the learning engines of the dialects refuse, third factors and graded spikes; their arithmetic is held against
 * recordings in tests/tools/test_conformance.c. */
#include "core/machine/machine.h"
#include "tests/backends/loihi/learn_bench.h"

static const rule_product w_y2 = {RULE_W, RV_U, 0, 1, 0, 1, {{RV_Y2, false, 0}}};
static const rule_product w_x1 = {RULE_W, RV_Y0, 0, 1, 0, 1, {{RV_X1, false, 0}}};

static bench *opened(const char *dialect, uint32_t epoch, rule_product p)
{
    bench *x = bench_open(2, 2, epoch);
    x->b->net.target.dialect.s = dialect;
    x->rule.trace[RT_X1].tau = x->rule.trace[RT_Y1].tau = 3;
    add_product(x, p);
    return x;
}

static void refused(bench *x, const char *message)
{
    ck_assert_msg(quantised(x->b), "%s", first_message(x->b));
    x->b->unit.qnet->rule = &x->rule;
    x->b->unit.qnet->nrules = 1;
    x->b->unit.qnet->projection[0].rule = 0;
    ck_assert(!emitted(x->b));
    ck_assert_msg(strstr(first_message(x->b), message) != NULL, "%s", first_message(x->b));
    build_close(x->b);
}

START_TEST(what_an_emulator_cannot_do_its_dialect_refuses)
{
    refused(opened("brian2loihi", 2, w_x1), "a learning epoch of 2 steps; loihi has 1..1");
    refused(opened("brian2loihi", 1, (rule_product){RULE_T, RV_Y0, 0, 1, 0, 1, {{RV_X1, false, 0}}}), "dw only");
    bench *x = opened("chip", 1, w_x1);
    x->rule.graded = GRADED_ADD;
    refused(x, "graded spikes, which dialect chip");
}
END_TEST

/* The machine of a bench; *image is to be closed after it. */
static hmn_machine *machine_of_bench(bench *x, hmn_image **image)
{
    ck_assert_msg(quantised(x->b), "%s", first_message(x->b));
    x->b->unit.qnet->rule = &x->rule;
    x->b->unit.qnet->nrules = 1;
    x->b->unit.qnet->projection[0].rule = 0;
    ck_assert_msg(emitted(x->b), "%s", first_message(x->b));
    *image = image_from_memory(x->b->unit.image, x->b->unit.image_size, "test", x->b->unit.diag);
    hmn_machine *m = machine_boot(*image, loihi(), 1, NULL, x->b->unit.diag);
    ck_assert_msg(m != NULL, "%s", first_message(x->b));
    return m;
}

/* Weight of synapse 0 -> 1 after a step in which the host writes y2 = 5 of neuron 1. */
static int32_t after_third_factor(const char *dialect, bool held)
{
    hmn_image *image;
    bench *x = opened(dialect, 1, w_y2);
    x->rule.held = held;
    for (int k = held ? RT_Y1 : RT_Y2; k <= (held ? RT_Y3 : RT_Y2); k++)
        x->rule.trace[k] = (rule_trace){.decay_q12 = 4096};
    hmn_machine *m = machine_of_bench(x, &image);
    hmn_sim *sim = machine_sim(m);
    uint64_t n;
    sim->ops->begin(sim);
    ck_assert_int_eq(machine_set_trace(m, 3, 0, VAR_Y2, 5), held);
    ck_assert(!machine_set_trace(m, 0, 0, VAR_Y2, 5)); /* a source */
    ck_assert(!machine_set_trace(m, 3, 0, VAR_X1, 5) && !machine_set_trace(m, 3, 1, VAR_Y2, 5));
    sim->ops->end(sim);
    ck_assert_int_eq(machine_trace(m, 3, 0, VAR_Y2), held ? 5 : 0);
    int32_t w = machine_weights(m, 0, x->b->unit.arena, &n)[1].weight;
    ck_assert_uint_eq(n, 4);
    ck_assert_int_eq(machine_weights(m, 0, x->b->unit.arena, &n)[0].weight, 100); /* y2 of neuron 0 is 0 */
    machine_free(m);
    image_close(image);
    build_close(x->b);
    return w;
}

START_TEST(the_host_writes_third_factors_where_the_rule_says_so)
{
    ck_assert_int_eq(after_third_factor("chip", true), 105);
    ck_assert_int_eq(after_third_factor("nengo", true), 105);
    ck_assert_int_eq(after_third_factor("brian2loihi", true), 105);
    ck_assert_int_eq(after_third_factor("chip", false), 100);
    ck_assert_int_eq(after_third_factor("lava", false), 100);
}
END_TEST

START_TEST(a_payload_scales_what_learning_synapses_send)
{
    hmn_image *image;
    bench *x = opened("lava", 1, w_x1);
    x->rule.graded = GRADED_OVERWRITE;
    hmn_machine *m = machine_of_bench(x, &image);
    hmn_sim *sim = machine_sim(m);
    machine_inject(m, 0, 37);
    for (int t = 0; t < 2; t++) {
        sim->ops->begin(sim);
        sim->ops->end(sim);
        if (t == 0) /* 37 / 2 to even is 18, which decays to 12.9; and the impulse of 64 */
            ck_assert_int_eq(machine_trace(m, 0, 0, VAR_X1) - 64, machine_trace(m, 1, 0, VAR_X1) + 13);
    }
    ck_assert_int_eq(machine_read(m, 2, VAR_U), 100 * 37 * 64);
    machine_free(m);
    image_close(image);
    build_close(x->b);
}
END_TEST

SUITE("dialect_learn", what_an_emulator_cannot_do_its_dialect_refuses,
      the_host_writes_third_factors_where_the_rule_says_so, a_payload_scales_what_learning_synapses_send)
