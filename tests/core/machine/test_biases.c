/* Homeostasis on the machine: an independent restatement in integers of neurons whose biases adapt, bit for bit, and
 * the rates that come of it beside the reference. */
#include "core/machine/biases.h"

#include "backends/loihi/tables.h"
#include "backends/registry.h"
#include "compiler/pipeline.h"
#include "core/reference/reference.h"
#include "tests/suite.h"

#include <math.h>
#include <string.h>

enum { N = 3, STEPS = 20000 };

static const char network[] =
    "hmn: 1\n"
    "populations:\n"
    "  cells: {size: 3, model: IF_curr_delta, params: {tau_m: 20 ms, v_rest: 0, v_reset: 0, v_thresh: 4,\n"
    "          tau_refrac: 2 ms, i_offset: [0.3, 0, -0.1], homeostasis_rate: [40 Hz, 10 Hz, 5 Hz],\n"
    "          homeostasis_eta: 0.005}}\n"
    "run: {seed: 1}\n";

typedef struct {
    hmn_unit u;
    hmn_image *image;
    hmn_machine *m;
} compiled;

static void start(compiled *c, const char *chip, const char *text)
{
    *c = (compiled){.u = {.chip = registry_find(chip), .text = text, .text_length = strlen(text)}};
    c->u.arena = arena_new(0);
    c->u.diag = diag_new();
    ck_assert_msg(pipeline_run(&c->u, NULL, NULL), "%s", diag_get(c->u.diag, 0)->text);
    c->image = image_from_memory(c->u.image, c->u.image_size, "test", c->u.diag);
    c->m = machine_boot(c->image, c->u.chip, 1, NULL, c->u.diag);
    ck_assert_ptr_nonnull(c->m);
}

static void finish(compiled *c)
{
    machine_free(c->m);
    image_close(c->image);
    diag_free(c->u.diag);
    arena_free(c->u.arena);
}

/* Fills fired, one a cell. */
static void step(hmn_sim *s, bool fired[N])
{
    uint32_t n;
    s->ops->begin(s);
    const uint32_t *spike = s->ops->spikes(s, &n);
    memset(fired, 0, N * sizeof *fired);
    for (uint32_t k = 0; k < n; k++)
        fired[spike[k]] = true;
    s->ops->end(s);
}

/* A cell by the equations of docs/chips/loihi.md and docs/learning.md, written without a look at the code. */
typedef struct {
    int64_t v, vth, keep, hold, refractory, bias, fine, rise, drop, most, shift, spikes;
} cell;

static bool cell_step(cell *c, uint32_t t)
{
    int64_t v = c->v * c->keep / 4096 + c->bias; /* C divides toward zero */
    if (c->hold > 0)
        v = 0;
    bool fires = v > c->vth;
    if (fires) {
        v = 0;
        c->hold = c->refractory;
    }
    c->hold -= c->hold > 0;
    c->v = v;
    c->spikes += fires;
    if (t % 8 == 7) {
        c->fine += c->rise - c->drop * c->spikes;
        c->spikes = 0;
        int64_t limit = c->most * 65536;
        c->fine = c->fine > limit ? limit : c->fine < -limit ? -limit : c->fine;
        int64_t unit = (int64_t)65536 << c->shift, size = (llabs(c->fine) + unit / 2) / unit;
        c->bias = (c->fine < 0 ? -size : size) * ((int64_t)1 << c->shift);
    }
    return fires;
}

static cell cell_of(const compiled *c, uint32_t i)
{
    const qnet_population *q = &c->u.qnet->population[0];
    const qnet_bias *b = &q->bias[i];
    double lsb = q->v_lsb, k = 20 * (1 - exp(-1 / 20.0)), rate[] = {40, 10, 5}; /* cm: 1 nF */
    ck_assert_int_eq(b->drop_q16, llround(0.005 * k / lsb * 65536));
    ck_assert_int_eq(b->rise_q16, llround(0.005 * k / lsb * rate[i] * 1e-3 * 8 * 65536));
    return (cell){.vth = 64 * (int64_t)qnet_at(q->column[LOIHI_COMPARTMENTS_vth_mant], i),
                  .keep = 4096 - qnet_at(q->column[LOIHI_COMPARTMENTS_decay_v], i),
                  .refractory = qnet_at(q->column[LOIHI_COMPARTMENTS_refractory], i),
                  .bias = b->start,
                  .fine = (int64_t)b->start * 65536,
                  .rise = b->rise_q16,
                  .drop = b->drop_q16,
                  .most = b->most,
                  .shift = b->shift};
}

START_TEST(biases_are_those_of_an_independent_restatement)
{
    static const char *const chips[] = {"loihi", "loihi2"};
    for (int k = 0; k < 2; k++) {
        compiled c;
        start(&c, chips[k], network);
        cell own[N] = {cell_of(&c, 0), cell_of(&c, 1), cell_of(&c, 2)};
        uint32_t total = 0;
        for (uint32_t t = 0; t < STEPS; t++) {
            bool fired[N];
            step(machine_sim(c.m), fired);
            for (uint32_t i = 0; i < N; i++) {
                ck_assert_int_eq(cell_step(&own[i], t), fired[i]);
                ck_assert_int_eq(own[i].v, machine_read(c.m, i, VAR_V));
                total += fired[i];
            }
        }
        ck_assert_uint_gt(total, 800);
        ck_assert_uint_gt(machine_counters(c.m).manager_cycles,
                          STEPS / 8 * N * cost_lay_out(NULL).setting[SETTING_WORK_REWRITE]);
        finish(&c);
    }
}
END_TEST

START_TEST(neurons_come_to_their_rates_as_in_the_reference)
{
    compiled c;
    start(&c, "loihi", network);
    hmn_reference *r = reference_new(c.u.graph, (reference_options){.grid = false}, c.u.arena, c.u.diag);
    uint32_t chip[N] = {0}, reference[N] = {0};
    for (uint32_t t = 0; t < 2 * STEPS; t++) {
        bool a[N], b[N];
        step(machine_sim(c.m), a);
        step(reference_sim(r), b);
        for (uint32_t i = 0; t >= STEPS && i < N; i++) {
            chip[i] += a[i];
            reference[i] += b[i];
        }
    }
    static const double rate[] = {40, 10, 5};
    for (int i = 0; i < N; i++) {
        ck_assert_double_eq_tol(chip[i], 20 * rate[i], 4 + 0.02 * 20 * rate[i]);
        ck_assert_double_eq_tol(chip[i], reference[i], 4 + 0.02 * 20 * rate[i]);
    }
    finish(&c);
}
END_TEST

START_TEST(biases_stay_while_learning_is_off)
{
    compiled c;
    start(&c, "loihi", network);
    hmn_sim *s = machine_sim(c.m);
    bool fired[N];
    s->ops->learn(s, false);
    uint32_t n = 0;
    for (uint32_t t = 0; t < 4000; t++) {
        step(s, fired);
        n += fired[1]; /* without a bias it would rise to fire */
    }
    ck_assert_uint_eq(n, 0);
    ck_assert_int_eq(machine_read(c.m, 1, VAR_V), 0);
    finish(&c);
}
END_TEST

START_TEST(a_bias_is_limited_and_written_on_its_grid)
{
    const qnet_bias rule = {.rise_q16 = 3 << 14, .drop_q16 = 5 << 16, .most = 40, .shift = 2};
    ck_assert_int_eq(bias_next(&rule, 0, 0), 3 << 14);
    ck_assert_int_eq(bias_next(&rule, 0, 2), (3 << 14) - (10 << 16));
    ck_assert_int_eq(bias_next(&rule, 40 << 16, 0), 40 << 16);
    ck_assert_int_eq(bias_next(&rule, 0, 100), -40 * 65536);
    ck_assert_int_eq(bias_written(&rule, 5 << 16), 4);
    ck_assert_int_eq(bias_written(&rule, 6 << 16), 8);
    ck_assert_int_eq(bias_written(&rule, -(7 << 16)), -8);
}
END_TEST

SUITE("biases", biases_are_those_of_an_independent_restatement, neurons_come_to_their_rates_as_in_the_reference,
      biases_stay_while_learning_is_off, a_bias_is_limited_and_written_on_its_grid)
