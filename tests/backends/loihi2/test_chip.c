/* The second generation: what only it holds, and that both chips do the same where both can. */
#include "tests/backends/loihi/fixture.h"

#include "core/machine/machine.h"
#include "tools/source.h"

/* A source with one synapse onto each of `n` compartments, compiled for the chip. */
static net_builder *fan_out(const hmn_chip *chip, uint32_t n, double delay, net_connector_type type)
{
    net_builder *b = build_open();
    b->unit.chip = chip;
    build_population(b, "in", n, MODEL_SOURCE);
    build_population(b, "n", n, MODEL_LOIHI_LIF);
    net_projection *p = build_projection(b, "p", 0, 1, type);
    p->weight = build_constant(4);
    p->delay = build_constant(delay);
    return b;
}

START_TEST(a_core_holds_8192_compartments_and_reaches_the_last)
{
    net_builder *b = fan_out(loihi2(), 4096, 2, CONN_ONE_TO_ONE);
    build_population(b, "rest", 4096, MODEL_LOIHI_LIF);
    build_projection(b, "q", 0, 2, CONN_ONE_TO_ONE)->weight = build_constant(6);
    ck_assert_msg(quantised(b) && emitted(b), "%s", first_message(b));
    one_core *c = core_open(b);
    ck_assert_uint_eq(c->size.compartments, 8192);
    core_step(c, (uint32_t[]){0, 4095}, 2, NULL, 0);
    ck_assert_int_eq(core_read(c, VAR_V, 8191), 6 * 64);
    ck_assert_int_eq(core_read(c, VAR_V, 4096), 6 * 64);
    ck_assert_int_eq(core_read(c, VAR_V, 4097), 0);
    ck_assert_int_eq(core_read(c, VAR_V, 4095), 0);
    core_step(c, NULL, 0, NULL, 0);
    ck_assert_int_eq(core_read(c, VAR_V, 4095), 4 * 64);
    core_close(c);
    build_close(b);
}
END_TEST

START_TEST(a_delay_of_64_steps_arrives_on_time)
{
    net_builder *b = fan_out(loihi2(), 3, 64, CONN_ONE_TO_ONE);
    ck_assert_msg(quantised(b) && emitted(b), "%s", first_message(b));
    one_core *c = core_open(b);
    core_step(c, (uint32_t[]){1}, 1, NULL, 0);
    for (int t = 1; t < 63; t++)
        core_step(c, NULL, 0, NULL, 0);
    ck_assert_int_eq(core_read(c, VAR_V, 1), 0);
    core_step(c, NULL, 0, NULL, 0);
    ck_assert_int_eq(core_read(c, VAR_V, 1), 4 * 64);
    core_close(c);
    build_close(b);
}
END_TEST

START_TEST(the_first_generation_refuses_that_delay_by_its_own_name)
{
    net_builder *b = fan_out(loihi(), 3, 64, CONN_ONE_TO_ONE);
    ck_assert(!quantised(b));
    build_refused(b, DIAG_FIT_DELAY, "of loihi holds at most 63");
    build_close(b);
    b = fan_out(loihi2(), 3, 65, CONN_ONE_TO_ONE);
    ck_assert(!quantised(b));
    build_refused(b, DIAG_FIT_DELAY, "of loihi2 holds at most 64");
    build_close(b);
}
END_TEST

START_TEST(an_image_of_one_chip_is_not_the_others)
{
    net_builder *b = fan_out(loihi2(), 2048, 1, CONN_ONE_TO_ONE);
    ck_assert_msg(quantised(b) && emitted(b), "%s", first_message(b));
    hmn_image *image = image_from_memory(b->unit.image, b->unit.image_size, "test", b->unit.diag);
    ck_assert_str_eq(image_chip(image), "loihi2");
    const hmn_core_view as_first = {image, loihi(), 0, 1};
    ck_assert(!loihi()->check(&as_first, b->unit.diag));
    ck_assert_msg(strstr(first_message(b), "loihi has 1..1024"), "%s", first_message(b));
    image_close(image);
    build_close(b);
}
END_TEST

/* A model of models/basics on a chip. */
static hmn_machine *machine_of_model(source *s, const char *model, const command_line *line)
{
    char path[512];
    snprintf(path, sizeof path, HMN_SOURCE_DIR "/models/basics/%s.yaml", model);
    source_begin(s, line);
    ck_assert_msg(source_load(s, path, NULL), "%s does not compile", path);
    hmn_machine *m = machine_boot(s->image, s->chip, 1, NULL, s->diag);
    ck_assert_ptr_nonnull(m);
    return m;
}

static const uint32_t *spikes_of_step(hmn_machine *m, uint32_t *count)
{
    hmn_sim *sim = machine_sim(m);
    sim->ops->begin(sim);
    const uint32_t *spike = sim->ops->spikes(sim, count);
    sim->ops->end(sim);
    return spike;
}

/* Rules with tags are lowered to extended ops there (three_factor, say), so they do not learn to the same bit. */
START_TEST(both_chips_do_the_same_with_what_both_hold)
{
    static const char *const models[] = {"random_static", "loihi_raw", "stdp", "conv", "dendrites"};
    static const command_set first[] = {{"target", "loihi"}, {"quiet", NULL}},
                             second[] = {{"target", "loihi2"}, {"quiet", NULL}};
    static const command_line on_first = {.option = first, .noptions = 2},
                              on_second = {.option = second, .noptions = 2};
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        source a, b;
        hmn_machine *one = machine_of_model(&a, models[i], &on_first);
        hmn_machine *two = machine_of_model(&b, models[i], &on_second);
        uint64_t all = 0;
        for (uint32_t t = 0; t < 300; t++) {
            uint32_t n, m;
            const uint32_t *x = spikes_of_step(one, &n), *y = spikes_of_step(two, &m);
            ck_assert_msg(n == m && memcmp(x, y, n * sizeof *x) == 0, "%s differs in step %u", models[i], t);
            all += n;
        }
        ck_assert_uint_gt(all, 0);
        machine_free(one);
        machine_free(two);
        source_end(&a);
        source_end(&b);
    }
}
END_TEST

SUITE("loihi2", a_core_holds_8192_compartments_and_reaches_the_last, a_delay_of_64_steps_arrives_on_time,
      the_first_generation_refuses_that_delay_by_its_own_name, an_image_of_one_chip_is_not_the_others,
      both_chips_do_the_same_with_what_both_hold)
