/* Reads test vectors. Takes one case of a vector file (JSON), yields a vector_case. Each family numbers its steps and
 * states its parameters in its own way (docs/conformance.md); the functions here turn all of them into steps from 0
 * and registers of the chip. What cannot be stated exactly in registers is refused, never rounded.
 *
 * A spike needs at least one step to arrive. So a source fires one step before the step in which the file says that
 * its spike is added, and an input into the very first step becomes a current written by the host. */
#include "tools/vectors.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    DECAY_U,
    DECAY_V,
    VTH_MANT,
    BIAS_MANT,
    BIAS_EXP,
    REFRACTORY,
    VMIN_EXP,
    VMAX_EXP,
    MAX_NEURONS = 4096,
    MAX_SOURCES = 1 << 16,
    MAX_STEPS = 1 << 20,
    MAX_ROWS = 1 << 22
};

const char *const vector_param_name[VECTOR_PARAMS] = {"decay_u",  "decay_v",    "vth_mant", "bias_mant",
                                                      "bias_exp", "refractory", "vmin_exp", "vmax_exp"};

static const int64_t ANY = INT64_C(1) << 40; /* no register and no sum of registers is larger */

typedef struct {
    hmn_arena *arena;
    vector_case *c;
    const char *why; /* first complaint */
    bool unsupported;
} reader;

static bool wrong(reader *r, const char *why)
{
    if (!r->why)
        r->why = why;
    return false;
}

static bool beyond(reader *r, const char *why)
{
    if (!r->why)
        r->unsupported = true;
    return wrong(r, why);
}

/* ---- JSON ---- */

static int64_t whole(reader *r, const json_t *j, const char *name, int64_t low, int64_t high)
{
    if (json_is_integer(j) && json_integer_value(j) >= low && json_integer_value(j) <= high)
        return json_integer_value(j);
    wrong(r, arena_printf(r->arena, "'%s' must be a whole number from %" PRId64 " to %" PRId64, name, low, high));
    return low;
}

static int64_t member(reader *r, const json_t *object, const char *key, int64_t low, int64_t high)
{
    return whole(r, json_object_get(object, key), key, low, high);
}

static const char *word(reader *r, const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    if (!text)
        wrong(r, arena_printf(r->arena, "'%s' must be a text", key));
    return text ? text : "";
}

/* An array of `count` elements, or of any number when count is SIZE_MAX. */
static const json_t *array(reader *r, const json_t *j, const char *name, size_t count)
{
    size_t n = json_array_size(j);
    if (json_is_array(j) && n <= MAX_ROWS && (count == SIZE_MAX || n == count))
        return j;
    wrong(r, count == SIZE_MAX ? arena_printf(r->arena, "'%s' must be an array", name)
                               : arena_printf(r->arena, "'%s' must be an array of %zu", name, count));
    return NULL;
}

/* `count` whole numbers; NULL after a complaint. */
static const int64_t *series(reader *r, const json_t *j, const char *name, size_t count)
{
    if (!array(r, j, name, count))
        return NULL;
    int64_t *out = ARENA_NEW(r->arena, int64_t, count);
    for (size_t i = 0; i < count; i++)
        out[i] = whole(r, json_array_get(j, i), name, -ANY, ANY);
    return out;
}

/* A parameter of the neurons: one number for all, or one each. */
static int64_t *spread(reader *r, const json_t *object, const char *key, int64_t low, int64_t high)
{
    const json_t *j = json_object_get(object, key);
    int64_t *out = ARENA_NEW(r->arena, int64_t, r->c->neurons);
    bool each = json_is_array(j) && array(r, j, key, r->c->neurons);
    for (uint32_t i = 0; i < r->c->neurons; i++)
        out[i] = whole(r, each ? json_array_get(j, i) : j, key, low, high);
    return out;
}

static void set_param(reader *r, uint32_t param, const int64_t *value)
{
    int32_t *p = ARENA_NEW(r->arena, int32_t, r->c->neurons);
    for (uint32_t i = 0; i < r->c->neurons; i++)
        p[i] = (int32_t)value[i];
    r->c->param[param] = p;
}

static void set_all(reader *r, uint32_t param, int64_t value)
{
    int64_t *all = ARENA_NEW(r->arena, int64_t, r->c->neurons);
    for (uint32_t i = 0; i < r->c->neurons; i++)
        all[i] = value;
    set_param(r, param, all);
}

/* ---- spikes ---- */

static int by_step_neuron(const void *pa, const void *pb)
{
    const vector_spike *a = pa, *b = pb;
    if (a->step != b->step)
        return a->step < b->step ? -1 : 1;
    return (a->neuron > b->neuron) - (a->neuron < b->neuron);
}

/* Pairs of numbers: `first` says which of them is the step, counted from `origin`. Steps past the end are left out.
 * Sorted. */
static vector_spike *spikes(reader *r, const json_t *j, const char *name, uint32_t step_at, int64_t origin,
                            uint32_t neurons, uint32_t *count)
{
    *count = 0;
    if (!array(r, j, name, SIZE_MAX))
        return NULL;
    size_t n = json_array_size(j);
    vector_spike *out = ARENA_NEW(r->arena, vector_spike, n);
    for (size_t i = 0; i < n && !r->why; i++) {
        const json_t *row = array(r, json_array_get(j, i), name, 2);
        int64_t step = whole(r, json_array_get(row, step_at), name, 0, MAX_STEPS) - origin;
        int64_t neuron = whole(r, json_array_get(row, 1 - step_at), name, 0, (int64_t)neurons - 1);
        if (step < 0)
            beyond(r, "a spike would have to be fired before the first step");
        else if (step < r->c->steps)
            out[(*count)++] = (vector_spike){(uint32_t)step, (uint32_t)neuron};
    }
    qsort(out, *count, sizeof *out, by_step_neuron);
    return out;
}

/* "all inputs at every step t in A..B with t%M<K" */
static bool sentence(reader *r, const char *text, int64_t origin)
{
    unsigned a, b, m, k;
    vector_case *c = r->c;
    if (sscanf(text, "all inputs at every step t in %u..%u with t%%%u<%u", &a, &b, &m, &k) != 4 || m == 0 ||
        b > c->steps || (int64_t)a < origin || (uint64_t)c->sources * b > MAX_ROWS)
        return wrong(r, "'inputs.spikes' is not understood");
    c->input = ARENA_NEW(r->arena, vector_spike, (size_t)c->sources * b);
    for (unsigned t = a; t <= b; t++)
        for (uint32_t i = 0; i < c->sources && t % m < k; i++)
            c->input[c->ninputs++] = (vector_spike){(uint32_t)(t - origin), i};
    return true;
}

/* ---- synapses ---- */

static const char *sign_word(reader *r, const char *word_given)
{
    static const char *const known[] = {"mixed", "excitatory", "inhibitory"};
    for (uint32_t i = 0; i < 3; i++)
        if (strcmp(word_given, known[i]) == 0)
            return known[i];
    wrong(r, "'sign_mode' must be mixed, excitatory or inhibitory");
    return known[0];
}

/* Rows [pre, post, w] or [pre, post, w, delay], with what becomes of each weight. delay: of rows without one. */
static void rows(reader *r, vector_group *g, const json_t *conn, const json_t *effect, uint32_t delay)
{
    uint32_t sources = g->recurrent ? r->c->neurons : r->c->sources;
    if (!array(r, conn, "conn", SIZE_MAX) || !array(r, effect, "w_eff", json_array_size(conn)))
        return;
    g->count = (uint32_t)json_array_size(conn);
    g->synapse = ARENA_NEW(r->arena, vector_synapse, g->count);
    for (uint32_t i = 0; i < g->count && !r->why; i++) {
        const json_t *row = json_array_get(conn, i);
        size_t n = json_array_size(row);
        if (n != 3 && n != 4)
            wrong(r, "a synapse must be [pre, post, weight] or [pre, post, weight, delay]");
        g->synapse[i] =
            (vector_synapse){(uint32_t)whole(r, json_array_get(row, 0), "pre", 0, (int64_t)sources - 1),
                             (uint32_t)whole(r, json_array_get(row, 1), "post", 0, (int64_t)r->c->neurons - 1),
                             n == 4 ? (uint32_t)whole(r, json_array_get(row, 3), "delay", 0, 1000) + 1 : delay,
                             (int32_t)whole(r, json_array_get(row, 2), "w", -32768, 32767),
                             whole(r, json_array_get(effect, i), "w_eff", -ANY, ANY)};
    }
}

static vector_group *add_group(reader *r, bool recurrent)
{
    vector_group *g = &r->c->group[r->c->ngroups++];
    g->recurrent = recurrent;
    return g;
}

static bool from_neurons(reader *r, const json_t *group)
{
    const char *from = word(r, group, "from");
    if (strcmp(from, "neuron") != 0 && strcmp(from, "input") != 0)
        wrong(r, "'from' must be input or neuron");
    return strcmp(from, "neuron") == 0;
}

static void signs_of(const vector_group *g, bool *negative, bool *positive)
{
    *negative = *positive = false;
    for (uint32_t i = 0; i < g->count; i++) {
        *negative |= g->synapse[i].weight < 0;
        *positive |= g->synapse[i].weight > 0;
    }
}

/* ---- what must come out ---- */

static void traces(reader *r, const json_t *u, const json_t *v, uint32_t n)
{
    const int64_t **out_u = ARENA_NEW(r->arena, const int64_t *, n), **out_v = ARENA_NEW(r->arena, const int64_t *, n);
    if (!array(r, u, "u", n) || !array(r, v, "v", n))
        return;
    for (uint32_t i = 0; i < n; i++) {
        out_u[i] = series(r, json_array_get(u, i), "u", r->c->steps);
        out_v[i] = series(r, json_array_get(v, i), "v", r->c->steps);
    }
    r->c->u = out_u;
    r->c->v = out_v;
}

static void watch(reader *r, const json_t *list, uint32_t n)
{
    uint32_t *out = ARENA_NEW(r->arena, uint32_t, n);
    for (uint32_t i = 0; i < n; i++)
        out[i] =
            list ? (uint32_t)whole(r, json_array_get(list, i), "expected.neurons", 0, (int64_t)r->c->neurons - 1) : i;
    r->c->nwatched = n;
    r->c->watched = out;
}

/* `expected` of the nengo and Lava networks: steps from 1. */
static void expect_network(reader *r, const json_t *e)
{
    vector_case *c = r->c;
    const json_t *list = array(r, json_object_get(e, "neurons"), "expected.neurons", SIZE_MAX);
    watch(r, list, (uint32_t)json_array_size(list));
    traces(r, json_object_get(e, "u"), json_object_get(e, "v"), c->nwatched);
    c->spike = spikes(r, json_object_get(e, "spikes"), "expected.spikes", 0, 1, c->neurons, &c->nspikes);
    if (json_object_get(e, "sum_u")) {
        c->sum_u = series(r, json_object_get(e, "sum_u"), "sum_u", c->steps);
        c->sum_v = series(r, json_object_get(e, "sum_v"), "sum_v", c->steps);
    }
}

/* One compartment: arrays u, v, spike of all steps. */
static void expect_compartment(reader *r, const json_t *u, const json_t *v, const json_t *spike)
{
    vector_case *c = r->c;
    const int64_t **out = ARENA_NEW(r->arena, const int64_t *, 2);
    out[0] = series(r, u, "u", c->steps);
    out[1] = series(r, v, "v", c->steps);
    c->u = out;
    c->v = out + 1;
    watch(r, NULL, 1);
    const int64_t *fired = series(r, spike, "spike", c->steps);
    c->spike = ARENA_NEW(r->arena, vector_spike, c->steps);
    for (uint32_t t = 0; fired && t < c->steps; t++)
        if (fired[t])
            c->spike[c->nspikes++] = (vector_spike){t, 0};
}

/* ---- registers ---- */

/* A full threshold as mantissa 2^6. */
static void threshold(reader *r, int64_t *vth)
{
    for (uint32_t i = 0; i < r->c->neurons; i++) {
        if (vth[i] % 64)
            beyond(r, "a threshold is not a multiple of 64, which the register counts in");
        vth[i] /= 64;
    }
    set_param(r, VTH_MANT, vth);
}

/* A full bias as mantissa 2^exponent where 13 bits suffice, else as a long mantissa, which the nengo dialect takes. */
static void bias(reader *r, const int64_t *full)
{
    int64_t *mantissa = ARENA_NEW(r->arena, int64_t, r->c->neurons),
            *exponent = ARENA_NEW(r->arena, int64_t, r->c->neurons);
    for (uint32_t i = 0; i < r->c->neurons; i++) {
        mantissa[i] = full[i];
        for (; exponent[i] < 7 && llabs(mantissa[i]) > 4095 && mantissa[i] % 2 == 0; exponent[i]++)
            mantissa[i] /= 2;
        if (llabs(mantissa[i]) > 4095) {
            mantissa[i] = full[i];
            exponent[i] = 0;
        }
    }
    set_param(r, BIAS_MANT, mantissa);
    set_param(r, BIAS_EXP, exponent);
}

/* vmin = -(2^k) + 1, vmax = 2^(9 + 2k) - 1 */
static void limits(reader *r, int64_t vmin, int64_t vmax)
{
    int64_t low = 0, high = 0;
    while (low < 23 && -(INT64_C(1) << low) + 1 != vmin)
        low++;
    while (high < 7 && (INT64_C(1) << (9 + 2 * high)) - 1 != vmax)
        high++;
    if (-(INT64_C(1) << low) + 1 != vmin || (INT64_C(1) << (9 + 2 * high)) - 1 != vmax)
        beyond(r, "vmin or vmax is not one that the registers can state");
    set_all(r, VMIN_EXP, low);
    set_all(r, VMAX_EXP, high);
}

static void nengo_neurons(reader *r, const json_t *n, const char *refract)
{
    set_param(r, DECAY_U, spread(r, n, "decay_u", 0, 4095));
    set_param(r, DECAY_V, spread(r, n, "decay_v", 0, 4095));
    threshold(r, spread(r, n, "vth", 0, 131071 * 64));
    bias(r, spread(r, n, "bias", -8388608, 8388607));
    set_param(r, REFRACTORY, spread(r, n, refract, 0, 64));
    limits(r, member(r, n, "vmin", -ANY, ANY), member(r, n, "vmax", -ANY, ANY));
}

static void lava_neurons(reader *r, const json_t *n, const char *vth)
{
    set_param(r, DECAY_U, spread(r, n, "du", 0, 4095));
    set_param(r, DECAY_V, spread(r, n, "dv", 0, 4096));
    set_param(r, VTH_MANT, spread(r, n, vth, 0, 131071));
    set_param(r, BIAS_MANT, spread(r, n, "bias_mant", -4096, 4095));
    set_param(r, BIAS_EXP, spread(r, n, "bias_exp", 0, 7));
}

static void brian_neurons(reader *r, const json_t *n, int64_t vth)
{
    set_param(r, DECAY_U, spread(r, n, "decay_u", 0, 4096));
    set_param(r, DECAY_V, spread(r, n, "decay_v", 0, 4096));
    set_param(r, REFRACTORY, spread(r, n, "refractory", 1, 64));
    int64_t *all = ARENA_NEW(r->arena, int64_t, r->c->neurons);
    for (uint32_t i = 0; i < r->c->neurons; i++)
        all[i] = vth;
    threshold(r, all);
}

/* ---- one compartment with a given input a step ---- */

enum { INPUT_BITS = 20, LOW_BITS = 8, TOP_BIT = 14 };

/* Sources that together add a number's bit: bits 0..7 and 8..14 one source each (weights 2^0..2^7 with exponent 0, 2^1
 * ..2^7 with exponent 7), each higher bit as many of the largest. */
static uint32_t sources_of_bit(uint32_t bit) { return bit <= TOP_BIT ? 1 : 1u << (bit - TOP_BIT); }

static void power_groups(reader *r, uint32_t bits, int sign)
{
    vector_case *c = r->c;
    for (int high = 0; high < 2; high++) {
        vector_group *g = add_group(r, false);
        g->exponent = high ? 7 : 0;
        g->bits = 8;
        g->sign = sign > 0 ? "excitatory" : "inhibitory";
        g->effect = EFFECT_WEIGHT;
        g->synapse = ARENA_NEW(r->arena, vector_synapse, c->sources);
        uint32_t source = sign > 0 ? 0 : c->sources / 2;
        for (uint32_t b = 0; b < bits; b++)
            for (uint32_t k = 0; k < sources_of_bit(b); k++, source++) {
                if ((b >= LOW_BITS) != high)
                    continue;
                int32_t w = sign * (high ? 1 << ((b < TOP_BIT ? b : TOP_BIT) - 7) : 1 << b);
                g->synapse[g->count++] = (vector_synapse){source, 0, 1, w, w};
            }
        c->ngroups -= g->count == 0;
    }
}

/* The input `value` [units of 64] of every step as spikes of sources with power-of-two weights. */
static bool synthesise(reader *r, const int64_t *value)
{
    vector_case *c = r->c;
    uint32_t bits = 1, half = 0, n = 0;
    for (uint32_t t = 1; t < c->steps; t++)
        while (bits <= INPUT_BITS && llabs(value[t]) >> bits)
            bits++;
    if (bits > INPUT_BITS)
        return beyond(r, "an input is too large to be made of weights");
    for (uint32_t b = 0; b < bits; b++)
        half += sources_of_bit(b);
    c->sources = 2 * half;
    c->group = ARENA_NEW(r->arena, vector_group, 4);
    power_groups(r, bits, 1);
    power_groups(r, bits, -1);
    c->input = ARENA_NEW(r->arena, vector_spike, (size_t)c->steps * half);
    for (uint32_t t = 1; t < c->steps; t++) {
        uint32_t source = value[t] < 0 ? half : 0;
        for (uint32_t b = 0; b < bits; b++)
            for (uint32_t k = 0; k < sources_of_bit(b); k++, source++)
                if (llabs(value[t]) >> b & 1)
                    c->input[n++] = (vector_spike){t - 1, source};
    }
    c->ninputs = n;
    c->first_current = value[0] * 64;
    return true;
}

static void read_compartment(reader *r, const json_t *j, bool lava)
{
    vector_case *c = r->c;
    const json_t *input = json_object_get(j, lava ? "activation" : "input_q");
    array(r, input, "input", SIZE_MAX);
    c->dialect = lava ? "lava" : "nengo";
    c->neurons = 1;
    c->steps = (uint32_t)json_array_size(input);
    if (r->why || c->steps == 0 || c->steps > MAX_STEPS) {
        wrong(r, "there are no steps");
        return;
    }
    const json_t *config = json_object_get(j, "config");
    if (lava)
        lava_neurons(r, config, "vth");
    else
        nengo_neurons(r, config, "refract_delay");
    expect_compartment(r, json_object_get(j, "u"), json_object_get(j, "v"), json_object_get(j, "spike"));
    const int64_t *given = series(r, input, "input", c->steps);
    int64_t *value = ARENA_NEW(r->arena, int64_t, c->steps);
    for (uint32_t t = 0; given && t < c->steps; t++) {
        if (!lava && given[t] % 64)
            beyond(r, "an input is not a multiple of 64, which weights count in");
        value[t] = lava ? given[t] : given[t] / 64;
    }
    if (!r->why)
        synthesise(r, value);
}

/* ---- networks of nengo and Lava: steps from 1, an input of step t arrives in t + 1 ---- */

static void read_inputs(reader *r, const json_t *inputs)
{
    vector_case *c = r->c;
    const json_t *list = json_object_get(inputs, "spikes");
    c->sources = (uint32_t)member(r, inputs, "n", 0, MAX_SOURCES);
    if (json_is_string(list))
        sentence(r, json_string_value(list), 1);
    else
        c->input = spikes(r, list, "inputs.spikes", 0, 1, c->sources, &c->ninputs);
}

static const char *sign_from_weights(reader *r, const vector_group *g, bool nengo)
{
    bool negative, positive;
    signs_of(g, &negative, &positive);
    if (nengo && negative && positive)
        beyond(r, "a single-sign format is given weights of both signs");
    return negative && positive ? "mixed" : negative ? "inhibitory" : "excitatory";
}

static void read_network_groups(reader *r, const json_t *list, bool nengo)
{
    if (!array(r, list, "synapses", SIZE_MAX))
        return;
    size_t n = json_array_size(list);
    r->c->group = ARENA_NEW(r->arena, vector_group, n);
    for (size_t i = 0; i < n && !r->why; i++) {
        const json_t *j = json_array_get(list, i), *sign = json_object_get(j, "sign_mode");
        vector_group *g = add_group(r, from_neurons(r, j));
        g->exponent = (int32_t)member(r, j, "weight_exp", -8, 7);
        g->bits = (int32_t)member(r, j, "num_weight_bits", 1, 9);
        g->effect = nengo ? EFFECT_CURRENT : EFFECT_WEIGHT;
        rows(r, g, json_object_get(j, "conn"), json_object_get(j, nengo ? "w_eff" : "w_trunc"), 1);
        if (nengo && json_is_true(json_object_get(j, "mixed")))
            g->sign = "mixed";
        else if (sign)
            g->sign = sign_word(r, json_string_value(sign) ? json_string_value(sign) : "");
        else
            g->sign = sign_from_weights(r, g, nengo);
    }
}

static void read_network(reader *r, const json_t *j, bool nengo)
{
    vector_case *c = r->c;
    const json_t *n = json_object_get(j, "neurons");
    c->dialect = nengo ? "nengo" : "lava";
    c->steps = (uint32_t)member(r, j, "steps", 1, MAX_STEPS);
    c->neurons = (uint32_t)member(r, n, "n", 1, MAX_NEURONS);
    if (json_object_get(n, "noise"))
        beyond(r, "noise with given draws is not supported");
    if (json_object_get(j, "learning"))
        beyond(r, "learning is not supported");
    if (r->why)
        return;
    if (nengo)
        nengo_neurons(r, n, "refract");
    else
        lava_neurons(r, n, "vth_mant");
    read_inputs(r, json_object_get(j, "inputs"));
    read_network_groups(r, json_object_get(j, "synapses"), nengo);
    expect_network(r, json_object_get(j, "expected"));
}

/* ---- brian2loihi: steps from 0; an input of step t with delay d arrives in t + d, a spike in t + 1 + d ---- */

/* How much earlier than listed the sources fire: one step, unless one of them fires in step 0. */
static uint32_t lead_of(const json_t *list, uint32_t step_at)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (json_integer_value(json_array_get(json_array_get(list, i), step_at)) == 0)
            return 0;
    return 1;
}

static void brian_group(reader *r, const json_t *j, bool recurrent, uint32_t lead)
{
    vector_group *g = add_group(r, recurrent);
    uint32_t delay = (uint32_t)member(r, j, "delay", 0, 1000) + (recurrent ? 1 : lead);
    if (delay == 0)
        beyond(r, "an input without delay in step 0 cannot arrive in time");
    g->exponent = (int32_t)member(r, j, "weight_exp", -8, 7);
    g->bits = (int32_t)member(r, j, "weight_bits", 1, 9);
    g->sign = sign_word(r, word(r, j, "sign_mode"));
    g->effect = EFFECT_CURRENT;
    rows(r, g, json_object_get(j, "synapses"), json_object_get(j, "w_act"), delay);
}

static void read_brian_network(reader *r, const json_t *j)
{
    vector_case *c = r->c;
    const json_t *in = json_object_get(j, "in"), *rec = json_object_get(j, "rec"),
                 *list = json_object_get(j, "input_spikes");
    c->dialect = "brian2loihi";
    c->steps = (uint32_t)member(r, j, "steps", 1, MAX_STEPS);
    c->neurons = (uint32_t)member(r, j, "neurons", 1, MAX_NEURONS);
    c->sources = (uint32_t)member(r, j, "inputs", 0, MAX_SOURCES);
    array(r, in, "in", SIZE_MAX);
    array(r, rec, "rec", SIZE_MAX);
    if (r->why)
        return;
    brian_neurons(r, j, 64 * member(r, j, "vth_mant", 0, 131071));
    uint32_t lead = lead_of(list, 1);
    c->input = spikes(r, list, "input_spikes", 1, lead, c->sources, &c->ninputs);
    c->group = ARENA_NEW(r->arena, vector_group, json_array_size(in) + json_array_size(rec));
    for (size_t i = 0; i < json_array_size(in) && !r->why; i++)
        brian_group(r, json_array_get(in, i), false, lead);
    for (size_t i = 0; i < json_array_size(rec) && !r->why; i++)
        brian_group(r, json_array_get(rec, i), true, 1);
    watch(r, NULL, c->neurons < 4 ? c->neurons : 4);
    traces(r, json_object_get(j, "u"), json_object_get(j, "v"), c->nwatched);
    c->spike = spikes(r, json_object_get(j, "spikes"), "spikes", 1, 0, c->neurons, &c->nspikes);
}

static void brian_weights(reader *r, vector_group *g, const json_t *config, const json_t *w, const json_t *act)
{
    if (!array(r, w, "w", SIZE_MAX) || !array(r, act, "w_act", json_array_size(w)))
        return;
    g->exponent = (int32_t)member(r, config, "weight_exp", -8, 7);
    g->bits = (int32_t)member(r, config, "num_weight_bits", 1, 9);
    g->sign = sign_word(r, word(r, config, "sign_mode"));
    g->effect = EFFECT_CURRENT;
    g->count = (uint32_t)json_array_size(w);
    g->synapse = ARENA_NEW(r->arena, vector_synapse, g->count);
    for (uint32_t i = 0; i < g->count; i++)
        g->synapse[i] = (vector_synapse){i, 0, 1, (int32_t)whole(r, json_array_get(w, i), "w", -32768, 32767),
                                         whole(r, json_array_get(act, i), "w_act", -ANY, ANY)};
}

static void read_brian_compartment(reader *r, const json_t *j)
{
    vector_case *c = r->c;
    const json_t *config = json_object_get(j, "config"), *e = json_object_get(j, "expected"),
                 *list = json_object_get(j, "input_spikes"), *fired = json_object_get(e, "spikes");
    c->dialect = "brian2loihi";
    c->neurons = 1;
    c->steps = (uint32_t)member(r, j, "steps", 1, MAX_STEPS);
    c->group = ARENA_NEW(r->arena, vector_group, 1);
    brian_neurons(r, config, member(r, config, "vth", 0, 131071 * 64));
    vector_group *g = add_group(r, false);
    brian_weights(r, g, config, json_object_get(config, "w"), json_object_get(config, "w_act"));
    c->sources = g->count;
    uint32_t lead = lead_of(list, 0), delay = (uint32_t)member(r, config, "delay", 0, 1000) + lead;
    for (uint32_t i = 0; i < g->count; i++)
        g->synapse[i].delay = delay;
    if (delay == 0)
        beyond(r, "an input without delay in step 0 cannot arrive in time");
    c->input = spikes(r, list, "input_spikes", 0, lead, c->sources, &c->ninputs);
    const int64_t **out = ARENA_NEW(r->arena, const int64_t *, 2);
    out[0] = series(r, json_object_get(e, "u"), "u", c->steps);
    out[1] = series(r, json_object_get(e, "v"), "v", c->steps);
    c->u = out;
    c->v = out + 1;
    watch(r, NULL, 1);
    if (!array(r, fired, "expected.spikes", SIZE_MAX))
        return;
    c->spike = ARENA_NEW(r->arena, vector_spike, json_array_size(fired));
    for (size_t i = 0; i < json_array_size(fired); i++)
        c->spike[c->nspikes++] =
            (vector_spike){(uint32_t)whole(r, json_array_get(fired, i), "spikes", 0, c->steps - 1), 0};
}

/* A table of weights: each from a source of its own to a neuron of its own, whose u shows what one spike adds. */
static void read_brian_weights(reader *r, const json_t *j)
{
    vector_case *c = r->c;
    c->dialect = "brian2loihi";
    c->steps = 2;
    c->group = ARENA_NEW(r->arena, vector_group, 1);
    vector_group *g = add_group(r, false);
    brian_weights(r, g, j, json_object_get(j, "w"), json_object_get(j, "w_act"));
    if (r->why || g->count == 0 || g->count > MAX_NEURONS) {
        wrong(r, "there are no weights, or too many");
        return;
    }
    c->neurons = c->sources = g->count;
    set_all(r, DECAY_U, 4096);
    set_all(r, VTH_MANT, 131071);
    c->input = ARENA_NEW(r->arena, vector_spike, c->sources);
    const int64_t **out = ARENA_NEW(r->arena, const int64_t *, c->neurons);
    for (uint32_t i = 0; i < g->count; i++) {
        g->synapse[i].post = i;
        c->input[c->ninputs++] = (vector_spike){0, i};
        int64_t *u = ARENA_NEW(r->arena, int64_t, 2);
        u[1] = g->synapse[i].effect;
        out[i] = u;
    }
    c->u = out;
    watch(r, NULL, c->neurons);
    c->spike = ARENA_NEW(r->arena, vector_spike, 1);
}

/* ---- which family ---- */

static bool has(const json_t *j, const char *key) { return json_object_get(j, key) != NULL; }

static void read_case(reader *r, const json_t *j)
{
    const json_t *neurons = json_object_get(j, "neurons");
    if (has(j, "input_q"))
        read_compartment(r, j, false);
    else if (has(j, "activation"))
        read_compartment(r, j, true);
    else if (has(neurons, "decay_u") && has(j, "synapses"))
        read_network(r, j, true);
    else if (has(neurons, "du") && has(j, "synapses"))
        read_network(r, j, false);
    else if (has(j, "in") && has(j, "rec"))
        read_brian_network(r, j);
    else if (has(j, "config") && has(j, "input_spikes") && has(j, "expected"))
        read_brian_compartment(r, j);
    else if (has(j, "w") && has(j, "w_act"))
        read_brian_weights(r, j);
    else
        beyond(r, "this family of vectors is not supported");
}

vector_verdict vector_read(const json_t *json, hmn_arena *a, vector_case *out, const char **why)
{
    *out = (vector_case){.id = json_string_value(json_object_get(json, "id"))};
    reader r = {a, out, NULL, false};
    if (!json_is_object(json) || !out->id) {
        out->id = "?";
        wrong(&r, "a case must be an object with an 'id'");
    } else {
        read_case(&r, json);
    }
    *why = r.why;
    return !r.why ? VECTOR_OK : r.unsupported ? VECTOR_UNSUPPORTED : VECTOR_MALFORMED;
}
