/* Third factors that neurons write: a restatement of eq. M8 in wide integers, the same weights as when the host writes
 * the same numbers, and what is refused. */
#include "tests/backends/loihi/fixture.h"

#include "backends/loihi/core.h"
#include "core/base/rng.h"
#include "core/machine/machine.h"
#include "tests/tools/source_text.h"

#include <jansson.h>
#include <math.h>

static hmn_machine *booted(source *s, const char *text)
{
    ck_assert_msg(source_from_text(s, "loihi2", text), "does not compile:\n%s", text);
    hmn_machine *m = machine_boot(s->image, s->chip, 1, NULL, s->diag);
    ck_assert_ptr_nonnull(m);
    return m;
}

enum { INPUTS = 12, CELLS = 5, FIRST_CELL = 2 * INPUTS };

/* Excitatory and reward inputs onto cells; the projection that learns is number 0. */
static char *network(const char *dialect, const char *params, const char *third, const char *rule)
{
    char *text;
    size_t length;
    FILE *f = open_memstream(&text, &length);
    fprintf(f,
            "hmn: 1\nnetwork: {name: third, dt: 1 ms}\ntarget: {dialect: %s}\npopulations:\n"
            "  in: {size: %d, model: spike_source_poisson, params: {rate: 120 Hz}}\n"
            "  reward: {size: %d, model: spike_source_poisson, params: {rate: 90 Hz}}\n"
            "  cells:\n    size: %d\n    model: loihi_lif\n    params: {%s}\n%s"
            "projections:\n"
            "  learns: {pre: in, post: cells, connector: {type: all_to_all}, weight: 90, sign_mode: mixed,\n"
            "    plasticity: {type: loihi, %s}}\n"
            "  pays: {pre: reward, post: cells, connector: {type: fixed_probability, p_connect: 0.5},\n"
            "    receptor_type: inhibitory, weight: {distribution: uniform_int, low: 1, high: 60}}\n"
            "run: {duration: 200 ms, seed: 11}\n",
            dialect, INPUTS, INPUTS, CELLS, params, third, rule);
    fclose(f);
    return text;
}

#define ALL_PARAMS "decay_u: 900, decay_v: 300, vth_mant: 400, decay_u_inh: 1500, adapt_step: 9000, decay_adapt: 500"

/* ---- eq. M8 ---- */

typedef struct {
    const char *word;
    int64_t gain, shift, decay;
} writing;

static int64_t floor_over(int64_t x, int64_t shift)
{
    int64_t d = (int64_t)1 << shift;
    return x >= 0 ? x / d : -((-x + d - 1) / d);
}

static uint32_t draw(uint32_t seed, uint32_t key, uint32_t n) { return rng_below(3, RNG_TASK, seed, key, 0, n); }

static writing random_writing(uint32_t seed, uint32_t k)
{
    static const char *const words[] = {"v", "u", "u_inh", "adaptation", "spike"};
    uint32_t of = draw(seed, 10 * k, 5);
    return (writing){words[of], (int64_t)draw(seed, 10 * k + 1, 256) - 128,
                     of == 4 ? draw(seed, 10 * k + 2, 3) : 5 + draw(seed, 10 * k + 2, 10),
                     draw(seed, 10 * k + 3, 4097)};
}

static int64_t register_of(const one_core *c, const char *word, uint32_t i, bool fired)
{
    const loihi_rom *r = c->rom;
    if (strcmp(word, "spike") == 0)
        return fired;
    const int32_t *column = strcmp(word, "v") == 0       ? STATE_CONST(int32_t, r, c->state, v)
                            : strcmp(word, "u") == 0     ? STATE_CONST(int32_t, r, c->state, u)
                            : strcmp(word, "u_inh") == 0 ? STATE_CONST(int32_t, r, c->state, u2)
                                                         : STATE_CONST(int32_t, r, c->state, risen);
    return column[i];
}

START_TEST(what_is_written_is_what_the_equation_says)
{
    uint64_t other = 0;
    for (uint32_t seed = 0; seed < 60; seed++) {
        writing w[3];
        char third[512] = "    third_factors:\n";
        for (uint32_t k = 0; k < 3; k++) {
            w[k] = random_writing(seed, k);
            snprintf(third + strlen(third), sizeof third - strlen(third),
                     "      y%u: {of: %s, gain: %d, shift: %d, decay: %d}\n", k + 1, w[k].word, (int)w[k].gain,
                     (int)w[k].shift, (int)w[k].decay);
        }
        char *text = network("chip", seed % 2 ? ALL_PARAMS : ALL_PARAMS ", u_inh_drives: 0", third,
                             "third_factor: neuron, dw: \"u0*y1 - u0*y2 + u0*y3\"");
        source s;
        ck_assert_msg(source_from_text(&s, "loihi2", text), "%s", text);
        ck_assert_uint_eq(image_cores(s.image), 1);
        net_builder b = {.unit = s.unit};
        one_core *c = core_open(&b);
        int64_t y[CELLS][3] = {0};
        for (uint32_t t = 0; t < 80; t++) {
            uint32_t axon[FIRST_CELL], n = 0;
            for (uint32_t a = 0; a < c->size.axons; a++)
                if (rng_below(seed, RNG_TASK, 99, a, t, 8) == 0)
                    axon[n++] = a;
            core_step(c, axon, n, NULL, 0);
            for (uint32_t i = 0; i < CELLS; i++) {
                bool fired = false;
                for (uint32_t k = 0; k < c->port.nfired; k++)
                    fired |= c->port.fired[k] == i;
                for (uint32_t k = 0; k < 3; k++) {
                    int64_t x = register_of(c, w[k].word, i, fired);
                    int64_t next = y[i][k] * (4096 - w[k].decay) / 4096 + floor_over(x * w[k].gain, w[k].shift);
                    y[i][k] = next < -128 ? -128 : next > 127 ? 127 : next;
                    ck_assert_int_eq(core_read(c, VAR_Y1 + k, i), y[i][k] < 0 ? 0 : y[i][k]);
                    other += y[i][k] > 0 && y[i][k] < 127;
                }
            }
        }
        core_close(c);
        source_end(&s);
        free(text);
    }
    ck_assert_uint_gt(other, 5000);
}
END_TEST

/* ---- the host writes the same ---- */

static void weights_after(const char *text, bool by_host, int32_t *weight)
{
    source s;
    hmn_machine *m = booted(&s, text);
    hmn_sim *sim = machine_sim(m);
    for (uint32_t t = 0; t < 200; t++) {
        uint32_t nspikes;
        sim->ops->begin(sim);
        const uint32_t *spike = sim->ops->spikes(sim, &nspikes);
        for (uint32_t i = 0; by_host && i < CELLS; i++) {
            uint32_t n = FIRST_CELL + i;
            bool fired = false;
            for (uint32_t k = 0; k < nspikes; k++)
                fired |= spike[k] == n;
            int64_t v = floor_over(machine_read(m, n, VAR_V), 9);
            ck_assert(machine_set_trace(m, n, 0, VAR_Y1, fired ? 40 : 0));
            ck_assert(machine_set_trace(m, n, 0, VAR_Y2, (int32_t)(v > 127 ? 127 : v)));
            ck_assert(machine_set_trace(m, n, 0, VAR_Y3, 0));
        }
        sim->ops->end(sim);
    }
    uint64_t count;
    const machine_synapse *w = machine_weights(m, 0, s.arena, &count);
    ck_assert_uint_eq(count, INPUTS * CELLS);
    for (uint64_t e = 0; e < count; e++)
        weight[e] = w[e].weight;
    machine_free(m);
    source_end(&s);
}

START_TEST(weights_are_those_of_a_host_that_writes_the_same)
{
    static const char *const dialects[] = {"chip", "lava", "nengo", "brian2loihi"};
    static const char rule[] = "x1_impulse: 20, x1_tau: 6, dw: \"2^-6*u0*x1*y2 - 2^-4*u0*x1*y1 - 2^-5*u0*y2\"%s";
    for (int i = 0; i < 4; i++) {
        int32_t program[INPUTS * CELLS], host[INPUTS * CELLS];
        uint32_t moved = 0;
        char written[256], asked[256];
        snprintf(written, sizeof written, rule, ", third_factor: neuron");
        snprintf(asked, sizeof asked, rule, ", third_factor: host");
        char *text =
            network(dialects[i], i == 1 ? "decay_u: 900, vth_mant: 500" : "decay_u: 900, vth_mant: 500, refractory: 2",
                    "    third_factors: {y1: {of: spike, gain: 40}, y2: {of: v, shift: 9}}\n", written);
        weights_after(text, false, program);
        free(text);
        text =
            network(dialects[i], i == 1 ? "decay_u: 900, vth_mant: 500" : "decay_u: 900, vth_mant: 500, refractory: 2",
                    "", asked);
        weights_after(text, true, host);
        free(text);
        for (int e = 0; e < INPUTS * CELLS; e++) {
            ck_assert_msg(program[e] == host[e], "%s: synapse %d is %d, the host's %d", dialects[i], e, program[e],
                          host[e]);
            moved += program[e] != 90;
        }
        ck_assert_msg(moved > INPUTS * CELLS / 2, "%s: %u moved", dialects[i], moved);
    }
}
END_TEST

START_TEST(a_reward_in_a_silent_current_writes_y2_and_leaves_v_alone)
{
    net_builder *b = build_open();
    b->unit.chip = loihi2();
    build_population(b, "pay", 1, MODEL_SOURCE);
    net_population *p = build_population(b, "n", 2, MODEL_LOIHI_LIF);
    static const double drives[] = {1, 0};
    set_param(p, NP_DECAY_U_INH, 4095);
    p->param[NP_U_INH_DRIVES] = build_list(drives, 2);
    p->third[1] = (net_third){THIRD_U_INH, build_num(-1), build_num(6), build_num(4096)};
    net_projection *j = build_projection(b, "pays", 0, 1, CONN_ALL_TO_ALL);
    j->receptor = RECEPTOR_INHIBITORY;
    j->weight = build_constant(-1);
    ck_assert_msg(quantised(b) && emitted(b), "%s", first_message(b));
    one_core *c = core_open(b);
    const hmn_event reward = {0, 37};
    c->port.in = &reward;
    c->port.nin = 1;
    loihi2()->step(c->rom, c->state, PHASE_DELIVER, &c->port);
    loihi2()->step(c->rom, c->state, PHASE_UPDATE, &c->port);
    const loihi_rom *r = c->rom;
    ck_assert_int_eq(core_read(c, VAR_V, 0), -37 * 64);
    ck_assert_int_eq(core_read(c, VAR_V, 1), 0);
    ck_assert_int_eq(core_read(c, VAR_U, 1), 0);
    ck_assert_int_eq(STATE_CONST(int32_t, r, c->state, third)[r->npad], 37);
    ck_assert_int_eq(STATE_CONST(int32_t, r, c->state, third)[r->npad + 1], 37);
    core_close(c);
    build_close(b);
}
END_TEST

/* ---- against Lava ---- */

enum { LAVA_INPUTS = 6, LAVA_CELLS = 3, LAVA_FIRST = LAVA_INPUTS + LAVA_CELLS };

static int64_t constant_draw(const void *context, const hmn_draw_site *site)
{
    bool impulse = site->use == DRAW_IMPULSE || site->use == DRAW_EARLIER;
    const char *name = site->use == DRAW_DECAY ? "trace_decay" : impulse ? "impulse" : "syn";
    double x = json_number_value(json_object_get(context, name));
    return (int64_t)ldexp(impulse ? x / 256 : x, 32);
}

static char *lava_network(const json_t *c)
{
    char *text;
    size_t length;
    const char *key;
    json_t *value;
    FILE *f = open_memstream(&text, &length);
    fprintf(f,
            "hmn: 1\nnetwork: {name: lava, dt: 1 ms}\ntarget: {dialect: lava}\npopulations:\n"
            "  in: {size: %d, model: spike_source}\n  pay: {size: %d, model: spike_source}\n"
            "  post:\n    size: %d\n    model: loihi_lif\n"
            "    params: {decay_u: 900, decay_v: 300, vth_mant: 220, decay_u_inh: 4095, u_inh_drives: 0}\n"
            "    third_factors: {y2: {of: u_inh, gain: -1, shift: 6}}\n"
            "projections:\n  pays: {pre: pay, post: post, connector: {type: one_to_one}, receptor_type: inhibitory, "
            "weight: 1}\n  learns: {pre: in, post: post, receptor_type: mixed, sign_mode: mixed, connector: {type: "
            "from_list, list: [",
            LAVA_INPUTS, LAVA_CELLS, LAVA_CELLS);
    for (size_t i = 0; i < LAVA_INPUTS; i++)
        for (size_t j = 0; j < LAVA_CELLS; j++)
            fprintf(f, "[%zu, %zu, %lld], ", i, j,
                    (long long)json_integer_value(json_array_get(json_array_get(json_object_get(c, "w0"), j), i)));
    fprintf(f, "]}, plasticity: {type: loihi, third_factor: neuron, epoch: %d",
            (int)json_integer_value(json_object_get(c, "epoch")));
    json_object_foreach(json_object_get((json_t *)(uintptr_t)c, "rule"), key, value)
    {
        if (json_is_string(value))
            fprintf(f, ", %s: \"%s\"", key, json_string_value(value));
        else
            fprintf(f, ", %s: %g", key, json_number_value(value));
    }
    fputs("}}\nrun: {duration: 200 ms, seed: 1}\n", f);
    fclose(f);
    return text;
}

static int64_t cell(const json_t *row, size_t k) { return json_integer_value(json_array_get(row, k)); }

static void inject(hmn_machine *m, const json_t *list, uint32_t first, uint32_t step)
{
    for (size_t k = 0; k < json_array_size(list); k++) {
        const json_t *row = json_array_get(list, k);
        if (cell(row, 0) == (int64_t)step + 1)
            machine_inject(m, first + (uint32_t)cell(row, 1), json_array_size(row) > 2 ? (int32_t)cell(row, 2) : 1);
    }
}

static void same_matrix(hmn_machine *m, const source *s, const json_t *want, bool tag, uint32_t step)
{
    uint64_t n;
    uint32_t projection = s->unit.graph->net->projection[0].rule.i == NET_NONE;
    const machine_synapse *w = machine_weights(m, projection, s->arena, &n);
    ck_assert_uint_eq(n, LAVA_INPUTS * LAVA_CELLS);
    for (uint32_t i = 0; i < LAVA_INPUTS; i++)
        for (uint32_t j = 0; j < LAVA_CELLS; j++) {
            const machine_synapse *x = &w[i * LAVA_CELLS + j];
            ck_assert_msg((tag ? x->tag : x->weight) == cell(json_array_get(want, j), i),
                          "step %u, %s %u -> %u: %d, Lava %lld", step, tag ? "tag" : "weight", i, j,
                          tag ? x->tag : x->weight, (long long)cell(json_array_get(want, j), i));
        }
}

static void replay_lava(const json_t *c)
{
    source s;
    char *text = lava_network(c);
    hmn_machine *m = booted(&s, text);
    hmn_sim *sim = machine_sim(m);
    const hmn_draws draws = {constant_draw, json_object_get(c, "force")};
    machine_set_draws(m, &draws);
    const json_t *spikes = json_object_get(c, "spikes"), *w = json_object_get(c, "w");
    uint32_t steps = (uint32_t)json_integer_value(json_object_get(c, "steps"));
    uint32_t epoch = (uint32_t)json_integer_value(json_object_get(c, "epoch"));
    uint32_t every = (uint32_t)json_integer_value(json_object_get(c, "w_every"));
    size_t at = 0;
    for (uint32_t t = 0; t < steps; t++) {
        inject(m, json_object_get(c, "pre"), 0, t);
        inject(m, json_object_get(c, "pay"), LAVA_INPUTS, t);
        uint32_t n;
        sim->ops->begin(sim);
        const uint32_t *fired = sim->ops->spikes(sim, &n);
        for (uint32_t k = 0; k < n; k++)
            if (fired[k] >= LAVA_FIRST) {
                const json_t *row = json_array_get(spikes, at++);
                ck_assert_msg(cell(row, 0) == t + 1 && cell(row, 1) == fired[k] - LAVA_FIRST,
                              "step %u: neuron %u fires, Lava's next is %lld in step %lld", t + 1,
                              fired[k] - LAVA_FIRST, (long long)cell(row, 1), (long long)cell(row, 0));
            }
        sim->ops->end(sim);
        uint32_t number = (t + 1) / epoch;
        if ((t + 1) % epoch == 0 && (number - 1) % every == 0)
            same_matrix(m, &s, json_array_get(w, (number - 1) / every), false, t);
    }
    ck_assert_uint_eq(at, json_array_size(spikes));
    same_matrix(m, &s, json_object_get(c, "w_last"), false, steps);
    same_matrix(m, &s, json_object_get(c, "t_last"), true, steps);
    machine_free(m);
    source_end(&s);
    free(text);
}

START_TEST(a_reward_neuron_of_lava_is_reproduced)
{
    json_t *file = json_load_file(HMN_SOURCE_DIR "/tests/data/loihi2/third_lava.json", 0, NULL);
    ck_assert_ptr_nonnull(file);
    const json_t *cases = json_object_get(file, "cases");
    ck_assert_uint_eq(json_array_size(cases), 3);
    for (size_t k = 0; k < json_array_size(cases); k++)
        replay_lava(json_array_get(cases, k));
    json_decref(file);
}
END_TEST

/* ---- refusals ---- */

#define Y2 "    third_factors: {y2: {of: v, shift: 9}}\n"

static const struct {
    const char *target, *dialect, *params, *third, *rule, *said, *cure;
} wrong[] = {
    {"loihi", "chip", "", Y2, "third_factor: neuron, dw: \"u0*y2\"", "has third_factors", "compile for loihi2"},
    {"loihi2", "chip", "", Y2, "third_factor: neuron, dw: \"u0*y3\"",
     "reads y3, which the neurons of 'cells' do not write", "third_factors: {y3: ...}"},
    {"loihi2", "chip", "", "", "third_factor: neuron, dw: \"u0*y1\"", "reads y1, which the neurons",
     "third_factor: host"},
    {"loihi2", "chip", "", Y2, "y2_impulse: 9, y2_tau: 5, dw: \"u0*y2\"", "reads y2 as its own trace, and the neurons",
     "third_factor: neuron"},
    {"loihi2", "chip", "", Y2, "third_factor: host, dw: \"u0*y2\"", "reads y2 as its own trace",
     "third_factor: neuron"},
    {"loihi2", "lava", "", Y2, "third_factor: neuron, y1_impulse: 9, y1_tau: 5, dw: \"u0*y2*y1\"",
     "third factors beside traces of spikes", "let the neurons write y1"},
    {"loihi2", "chip", "", "    third_factors: {y1: {of: u_inh}}\n", "third_factor: neuron, dw: \"u0*y1\"",
     "made of its second current, which it has not", "decay_u_inh"},
    {"loihi2", "chip", "", "    third_factors: {y1: {of: adaptation}}\n", "third_factor: neuron, dw: \"u0*y1\"",
     "made of its adaptation, which it has not", "adapt_step"},
    {"loihi2", "chip", "u_inh_drives: 0", Y2, "third_factor: neuron, dw: \"u0*y2\"", "there is no second current",
     "decay_u_inh"},
    {"loihi2", "chip", "", "    third_factors: {y1: {of: v, gain: 200}}\n", "third_factor: neuron, dw: \"u0*y1\"",
     "gain", "127"},
    {"loihi2", "chip", "", "    third_factors: {y1: {gain: 2}}\n", "third_factor: neuron, dw: \"u0*y1\"", "'of'", "of"},
};

START_TEST(what_cannot_be_written_is_refused_with_a_cure)
{
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char *text = network(wrong[i].dialect, wrong[i].params, wrong[i].third, wrong[i].rule), *said;
        size_t length;
        source s;
        ck_assert_msg(!source_from_text(&s, wrong[i].target, text), "%s", text);
        FILE *f = open_memstream(&said, &length);
        diag_print(s.diag, f, false);
        fclose(f);
        ck_assert_msg(strstr(said, wrong[i].said) && strstr(said, wrong[i].cure), "case %zu: %s", i, said);
        source_end(&s);
        free(said);
        free(text);
    }
}
END_TEST

START_TEST(damaged_factors_are_refused)
{
    static const struct {
        const char *column, *said;
        int64_t value;
    } cases[] = {{"y3_source", "source of a third factor", 6}, {"y1_decay", "decay of a third factor", 4097}};
    for (int i = 0; i < 2; i++) {
        source s;
        char *text = network("chip", "", Y2, "third_factor: neuron, dw: \"u0*y2\"");
        ck_assert(source_from_text(&s, "loihi2", text));
        uint32_t table = 0;
        while (strcmp(s.chip->tables[table].name, "factors") != 0)
            table++;
        const hmn_table *t = &s.chip->tables[table];
        image_rows rows = image_section(s.image, s.chip->tables, table, 0);
        ck_assert_uint_eq(rows.rows, CELLS);
        const hmn_core_view view = {s.image, loihi2(), 0, 1}, first = {s.image, loihi(), 0, 1};
        ck_assert(loihi2()->check(&view, s.diag));
        ck_assert(!loihi()->check(&first, s.diag));
        schema_set(t, (uint64_t *)(uintptr_t)&rows.words[2 * schema_row_words(t)], schema_find(t, cases[i].column),
                   cases[i].value);
        ck_assert(!loihi2()->check(&view, s.diag));
        const hmn_message *m = diag_get(s.diag, diag_count(s.diag) - 1);
        ck_assert_msg(strstr(m->text, cases[i].said), "%s", m->text);
        source_end(&s);
        free(text);
    }
}
END_TEST

START_TEST(a_factor_that_no_rule_reads_is_told)
{
    source s;
    char *text =
        network("chip", "", "    third_factors: {y1: {of: v}, y2: {of: u}}\n", "third_factor: neuron, dw: \"u0*y2\"");
    ck_assert(source_from_text(&s, "loihi2", text));
    uint32_t told = 0;
    for (uint32_t i = 0; i < diag_count(s.diag); i++)
        told += diag_get(s.diag, i)->code == DIAG_NET_UNUSED && strstr(diag_get(s.diag, i)->text, "no rule reads y1");
    ck_assert_uint_eq(told, 1);
    source_end(&s);
    free(text);
}
END_TEST

START_TEST(a_trace_that_is_not_written_stays_a_trace)
{
    source s;
    char *text = network("chip", "decay_u: 900, vth_mant: 200", Y2,
                         "third_factor: neuron, y1_impulse: 50, y1_tau: 8, dw: \"2^-7*u0*y1*y2\"");
    hmn_machine *m = booted(&s, text);
    hmn_sim *sim = machine_sim(m);
    bool rose = false, fell = false;
    int32_t before = 0;
    for (uint32_t t = 0; t < 100; t++) {
        uint32_t n;
        sim->ops->begin(sim);
        sim->ops->spikes(sim, &n);
        sim->ops->end(sim);
        int32_t y1 = machine_trace(m, FIRST_CELL, 0, VAR_Y1);
        rose |= y1 >= before + 40;
        fell |= y1 > 0 && y1 < before;
        before = y1;
    }
    ck_assert(rose && fell);
    machine_free(m);
    source_end(&s);
    free(text);
}
END_TEST

SUITE("third", what_is_written_is_what_the_equation_says, weights_are_those_of_a_host_that_writes_the_same,
      a_reward_in_a_silent_current_writes_y2_and_leaves_v_alone, a_reward_neuron_of_lava_is_reproduced,
      what_cannot_be_written_is_refused_with_a_cure, damaged_factors_are_refused, a_factor_that_no_rule_reads_is_told,
      a_trace_that_is_not_written_stays_a_trace)
