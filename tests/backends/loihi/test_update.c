/* The neuron against sequences worked out by hand and against states recorded from two other emulators. */
#include "tests/backends/loihi/fixture.h"
#include "tests/statistics.h"

#include <jansson.h>

static one_core *one_neuron(net_builder **b, const char *dialect, const double *param)
{
    static const neuron_param which[] = {NP_DECAY_U,  NP_DECAY_V,    NP_VTH_MANT, NP_BIAS_MANT,
                                         NP_BIAS_EXP, NP_REFRACTORY, NP_VMIN_EXP, NP_VMAX_EXP};
    *b = build_open();
    (*b)->net.target.dialect.s = dialect;
    net_population *p = build_population(*b, "n", 1, MODEL_LOIHI_LIF);
    for (int i = 0; i < 8; i++)
        set_param(p, which[i], param[i]);
    ck_assert_msg(quantised(*b) && emitted(*b), "%s", first_message(*b));
    return core_open(*b);
}

static void drive(one_core *c, int32_t amount)
{
    const hmn_drive d = {0, amount};
    core_step(c, NULL, 0, &d, amount != 0);
}

START_TEST(current_and_voltage_decay_toward_zero)
{
    /* decay_u 2047 + 1: u halves; decay_v 1024: v keeps 3/4 */
    const double param[] = {2047, 1024, 131071, 0, 0, 1, 23, 7};
    const int32_t input[] = {-101, 0, 0, 7}, u[] = {-101, -50, -25, -5}, v[] = {-101, -125, -118, -93};
    net_builder *b;
    one_core *c = one_neuron(&b, "chip", param);
    for (int t = 0; t < 4; t++) {
        drive(c, input[t]);
        ck_assert_int_eq(core_read(c, VAR_U, 0), u[t]);
        ck_assert_int_eq(core_read(c, VAR_V, 0), v[t]);
    }
    core_close(c);
    build_close(b);
}
END_TEST

START_TEST(a_neuron_fires_above_threshold_and_rests)
{
    /* bias 64 a step, threshold 128, nothing decays from v; refractory 3: two steps at rest */
    const double param[] = {4095, 0, 2, 64, 0, 3, 23, 7};
    const int32_t v[] = {64, 128, 0, 0, 0, 64, 128, 0, 0, 0}, fires[] = {0, 0, 1, 0, 0, 0, 0, 1, 0, 0};
    net_builder *b;
    one_core *c = one_neuron(&b, "chip", param);
    for (int t = 0; t < 10; t++) {
        drive(c, 0);
        ck_assert_int_eq(core_read(c, VAR_V, 0), v[t]);
        ck_assert_int_eq((int32_t)c->port.nfired, fires[t]);
    }
    ck_assert_uint_eq(c->count.spikes, 2);
    core_close(c);
    build_close(b);
}
END_TEST

START_TEST(every_refractory_register_gives_its_period)
{
    for (int r = 1; r <= 63; r++) { /* the bias of a step exceeds the threshold */
        const double param[] = {4095, 0, 1, 65, 0, r, 23, 7};
        net_builder *b;
        one_core *c = one_neuron(&b, "chip", param);
        for (int t = 0; t < 3 * r; t++) {
            drive(c, 0);
            ck_assert_msg((int)c->port.nfired == (t % r == 0), "register %d, step %d", r, t);
            ck_assert_int_eq(core_read(c, VAR_V, 0), 0);
        }
        core_close(c);
        build_close(b);
    }
}
END_TEST

START_TEST(every_delay_of_the_chip_arrives_in_its_step)
{
    enum { FIELDS = 63 };
    net_builder *b = build_open();
    build_population(b, "in", 1, MODEL_SOURCE);
    set_param(build_population(b, "n", FIELDS, MODEL_LOIHI_LIF), NP_VTH_MANT, 131071);
    net_projection *p = build_projection(b, "p", 0, 1, CONN_FROM_LIST);
    uint32_t pre[FIELDS] = {0}, post[FIELDS];
    double weight[FIELDS], delay[FIELDS];
    for (uint32_t i = 0; i < FIELDS; i++) {
        post[i] = i;
        weight[i] = 3;
        delay[i] = i + 1;
    }
    p->connector.pre = pre;
    p->connector.post = post;
    p->connector.weight = weight;
    p->connector.delay = delay;
    p->connector.nrows = FIELDS;
    ck_assert_msg(quantised(b) && emitted(b), "%s", first_message(b));
    one_core *c = core_open(b);
    for (uint32_t t = 0; t < 150; t++) { /* a spike in steps 0 and 70; u keeps nothing */
        core_step(c, (uint32_t[]){0}, t == 0 || t == 70, NULL, 0);
        for (uint32_t i = 0; i < FIELDS; i++)
            ck_assert_msg(core_read(c, VAR_U, i) == (t == i || t == 70 + i ? 3 * 64 : 0), "field %u, step %u", i, t);
    }
    core_close(c);
    build_close(b);
}
END_TEST

START_TEST(noise_enters_u_or_v)
{
    for (int at_v = 0; at_v < 2; at_v++) {
        net_builder *b = build_open();
        net_population *p = build_population(b, "n", 40, MODEL_LOIHI_LIF);
        set_param(set_param(set_param(p, NP_NOISE_EXP, 9), NP_NOISE_AT_V, at_v), NP_VTH_MANT, 131071);
        ck_assert_msg(quantised(b) && emitted(b), "%s", first_message(b));
        one_core *c = core_open(b);
        uint32_t in_u = 0, in_v = 0;
        for (int t = 0; t < 5; t++) {
            core_step(c, NULL, 0, NULL, 0);
            for (uint32_t i = 0; i < 40; i++) {
                in_u += core_read(c, VAR_U, i) != 0;
                in_v += core_read(c, VAR_V, i) != 0;
            }
        }
        ck_assert_uint_gt(in_v, 150);
        ck_assert_msg(at_v ? in_u == 0 : in_u > 150, "%u of u", in_u);
        core_close(c);
        build_close(b);
    }
}
END_TEST

START_TEST(registers_wrap_and_clip_as_documented)
{
    const double param[] = {0, 0, 131071, 0, 0, 1, 10, 7};
    net_builder *b;
    one_core *c = one_neuron(&b, "chip", param);
    drive(c, (1 << 21) + 5); /* q wraps at 21 bits and sign */
    ck_assert_int_eq(core_read(c, VAR_U, 0), 5 - (1 << 21));
    ck_assert_int_eq(core_read(c, VAR_V, 0), -1023); /* v stops at -(2^10) + 1 */
    core_close(c);
    build_close(b);
    const double free_param[] = {0, 0, 131071, 0, 0, 1, 23, 7};
    c = one_neuron(&b, "brian2loihi", free_param);
    drive(c, (1 << 21) + 5); /* this dialect keeps it */
    ck_assert_int_eq(core_read(c, VAR_U, 0), (1 << 21) + 5);
    core_close(c);
    build_close(b);
}
END_TEST

START_TEST(a_quiet_core_is_skipped_without_a_difference)
{
    const double param[] = {2047, 2048, 100, 0, 0, 1, 23, 7};
    net_builder *b;
    one_core *c = one_neuron(&b, "chip", param);
    drive(c, 6000);
    for (int t = 0; t < 60; t++)
        drive(c, 0);
    ck_assert_int_eq(core_read(c, VAR_U, 0), 0);
    ck_assert_int_eq(core_read(c, VAR_V, 0), 0);
    ck_assert_uint_eq(c->count.updates_active + c->count.updates_idle, 61);
    ck_assert_uint_ge(c->count.updates_idle, 30);
    ck_assert_uint_le(c->count.updates_idle, 50);
    drive(c, 6500); /* wakes: above the threshold of 6400 at once */
    ck_assert_uint_eq(c->port.nfired, 1);
    core_close(c);
    build_close(b);
}
END_TEST

START_TEST(noise_has_the_documented_spread_and_key)
{
    net_builder *b = build_open();
    net_population *p = build_population(b, "n", 64, MODEL_LOIHI_LIF);
    set_param(set_param(set_param(p, NP_NOISE_EXP, 9), NP_NOISE_AT_V, 1), NP_DECAY_V, 4095);
    set_param(p, NP_VTH_MANT, 131071);
    ck_assert(quantised(b) && emitted(b));
    one_core *c = core_open(b);
    double sum = 0, square = 0;
    int32_t least = 0, most = 0;
    uint32_t count[255] = {0};
    chi_squared even = {0, 0};
    for (int t = 0; t < 200; t++) {
        core_step(c, NULL, 0, NULL, 0);
        for (uint32_t i = 0; i < 64; i++) {
            int32_t v = core_read(c, VAR_V, i);
            ck_assert_int_eq(v % 4, 0); /* (-127..127) 2^(9-7) */
            ck_assert_int_eq(core_read(c, VAR_U, i), 0);
            count[v / 4 + 127]++;
            sum += v;
            square += (double)v * v;
            least = v < least ? v : least;
            most = v > most ? v : most;
        }
    }
    ck_assert_int_eq(least, -127 * 4);
    ck_assert_int_eq(most, 127 * 4);
    ck_assert_double_eq_tol(sum / 12800, 0, 10);
    ck_assert_double_eq_tol(sqrt(square / 12800), 4 * 73.61, 4);
    for (int k = 0; k < 255; k++)
        chi_class(&even, count[k], 12800 / 255.0);
    even.n--;
    ck_assert_chi(even);
    core_close(c);
    build_close(b);
}
END_TEST

static int32_t number(const json_t *o, const char *key) { return (int32_t)json_integer_value(json_object_get(o, key)); }
static int32_t item(const json_t *o, const char *key, size_t i)
{
    return (int32_t)json_integer_value(json_array_get(json_object_get(o, key), i));
}

static int log2_above(int64_t x)
{
    int k = 0;
    while (((int64_t)1 << k) < x)
        k++;
    return k;
}

/* Plays one recorded case and compares u, v and spikes of each step. */
static void replay(const char *dialect, const json_t *test, const double *param, const char *input, int shift)
{
    net_builder *b;
    one_core *c = one_neuron(&b, dialect, param);
    size_t steps = json_array_size(json_object_get(test, input));
    ck_assert_uint_gt(steps, 0);
    for (size_t t = 0; t < steps; t++) {
        drive(c, item(test, input, t) * (1 << shift));
        const char *id = json_string_value(json_object_get(test, "id"));
        ck_assert_msg(core_read(c, VAR_U, 0) == item(test, "u", t), "%s u at %zu", id, t);
        ck_assert_msg(core_read(c, VAR_V, 0) == item(test, "v", t), "%s v at %zu", id, t);
        ck_assert_msg((int32_t)c->port.nfired == item(test, "spike", t), "%s spike at %zu", id, t);
    }
    core_close(c);
    build_close(b);
}

static json_t *cases_of(const char *name)
{
    json_error_t error;
    char path[512];
    snprintf(path, sizeof path, "%s/tests/data/loihi/%s", HMN_SOURCE_DIR, name);
    json_t *file = json_load_file(path, 0, &error);
    ck_assert_msg(file != NULL, "%s: %s", path, error.text);
    ck_assert_uint_gt(json_array_size(json_object_get(file, "cases")), 5);
    return file;
}

START_TEST(states_recorded_from_nengo_loihi_are_reproduced)
{
    json_t *file = cases_of("lif_nengo_steps.json"), *test;
    size_t i;
    json_array_foreach(json_object_get(file, "cases"), i, test)
    {
        const json_t *c = json_object_get(test, "config");
        const double param[] = {number(c, "decay_u"),
                                number(c, "decay_v"),
                                number(c, "vth") / 64,
                                number(c, "bias"),
                                0,
                                number(c, "refract_delay"),
                                log2_above(1 - (int64_t)number(c, "vmin")),
                                (log2_above((int64_t)number(c, "vmax") + 1) - 9) / 2};
        replay("nengo", test, param, "input_q", 0);
    }
    json_decref(file);
}
END_TEST

START_TEST(states_recorded_from_lava_are_reproduced)
{
    json_t *file = cases_of("lif_lava_steps.json"), *test;
    size_t i;
    json_array_foreach(json_object_get(file, "cases"), i, test)
    {
        const json_t *c = json_object_get(test, "config");
        const double param[] = {number(c, "du"),
                                number(c, "dv"),
                                number(c, "vth"),
                                number(c, "bias_mant"),
                                number(c, "bias_exp"),
                                1,
                                23,
                                7};
        replay("lava", test, param, "activation", 6);
    }
    json_decref(file);
}
END_TEST

SUITE("update", current_and_voltage_decay_toward_zero, a_neuron_fires_above_threshold_and_rests,
      every_refractory_register_gives_its_period, every_delay_of_the_chip_arrives_in_its_step, noise_enters_u_or_v,
      registers_wrap_and_clip_as_documented, a_quiet_core_is_skipped_without_a_difference,
      noise_has_the_documented_spread_and_key, states_recorded_from_nengo_loihi_are_reproduced,
      states_recorded_from_lava_are_reproduced)
