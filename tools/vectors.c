/* Reads test vectors. Takes one case of a vector file (JSON), yields a vector_case. Each family numbers its steps and
 * states its parameters in its own way (docs/conformance.md); the functions here turn all of them into steps from 0
 * and registers of the chip. What cannot be stated exactly in registers is refused, never rounded.
 *
 * A spike needs at least one step to arrive. So a source fires one step before the step in which the file says that
 * its spike is added, and an input into the very first step becomes a current written by the host. */
#include "tools/vectors.h"

#include "tools/vector_learn.h"
#include "tools/vector_read.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_NEURONS = 4096, MAX_SOURCES = 1 << 16 };

/* `expected` of the nengo and Lava networks: steps from 1. */
static void expect_network(vector_reader *r, const json_t *e)
{
    vector_case *c = r->c;
    const json_t *list = vread_array(r, json_object_get(e, "neurons"), "expected.neurons", SIZE_MAX);
    vread_watch(r, list, (uint32_t)json_array_size(list));
    vread_traces(r, json_object_get(e, "u"), json_object_get(e, "v"), c->nwatched);
    c->spike = vread_spikes(r, json_object_get(e, "spikes"), "expected.spikes", 0, 1, c->neurons, &c->nspikes);
    if (json_object_get(e, "sum_u")) {
        c->sum_u = vread_series(r, json_object_get(e, "sum_u"), "sum_u", c->steps);
        c->sum_v = vread_series(r, json_object_get(e, "sum_v"), "sum_v", c->steps);
    }
}

/* One compartment: arrays u, v, spike of all steps. */
static void expect_compartment(vector_reader *r, const json_t *u, const json_t *v, const json_t *spike)
{
    vector_case *c = r->c;
    const int64_t **out = ARENA_NEW(r->arena, const int64_t *, 2);
    out[0] = vread_series(r, u, "u", c->steps);
    out[1] = vread_series(r, v, "v", c->steps);
    c->u = out;
    c->v = out + 1;
    vread_watch(r, NULL, 1);
    const int64_t *fired = vread_series(r, spike, "spike", c->steps);
    c->spike = ARENA_NEW(r->arena, vector_spike, c->steps);
    for (uint32_t t = 0; fired && t < c->steps; t++)
        if (fired[t])
            c->spike[c->nspikes++] = (vector_spike){t, 0};
}

/* ---- one compartment with a given input a step ---- */

enum { INPUT_BITS = 20, LOW_BITS = 8, TOP_BIT = 14 };

/* Sources that together add a number's bit: bits 0..7 and 8..14 one source each (weights 2^0..2^7 with exponent 0, 2^1
 * ..2^7 with exponent 7), each higher bit as many of the largest. */
static uint32_t sources_of_bit(uint32_t bit) { return bit <= TOP_BIT ? 1 : 1u << (bit - TOP_BIT); }

static void power_groups(vector_reader *r, uint32_t bits, int sign)
{
    vector_case *c = r->c;
    for (int high = 0; high < 2; high++) {
        vector_group *g = vread_add_group(r, false);
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
static bool synthesise(vector_reader *r, const int64_t *value)
{
    vector_case *c = r->c;
    uint32_t bits = 1, half = 0, n = 0;
    for (uint32_t t = 1; t < c->steps; t++)
        while (bits <= INPUT_BITS && llabs(value[t]) >> bits)
            bits++;
    if (bits > INPUT_BITS)
        return vread_beyond(r, "an input is too large to be made of weights");
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
    int64_t *first = ARENA_NEW(r->arena, int64_t, 1);
    first[0] = value[0] * 64;
    c->first_current = first[0] ? first : NULL;
    return true;
}

static void read_compartment(vector_reader *r, const json_t *j, bool lava)
{
    vector_case *c = r->c;
    const json_t *input = json_object_get(j, lava ? "activation" : "input_q");
    vread_array(r, input, "input", SIZE_MAX);
    c->dialect = lava ? "lava" : "nengo";
    c->neurons = 1;
    c->steps = (uint32_t)json_array_size(input);
    if (r->why || c->steps == 0 || c->steps > VREAD_STEPS) {
        vread_wrong(r, "there are no steps");
        return;
    }
    const json_t *config = json_object_get(j, "config");
    if (lava)
        vread_lava_neurons(r, config, "vth");
    else
        vread_nengo_neurons(r, config, "refract_delay");
    expect_compartment(r, json_object_get(j, "u"), json_object_get(j, "v"), json_object_get(j, "spike"));
    const int64_t *given = vread_series(r, input, "input", c->steps);
    int64_t *value = ARENA_NEW(r->arena, int64_t, c->steps);
    for (uint32_t t = 0; given && t < c->steps; t++) {
        if (!lava && given[t] % 64)
            vread_beyond(r, "an input is not a multiple of 64, which weights count in");
        value[t] = lava ? given[t] : given[t] / 64;
    }
    if (!r->why)
        synthesise(r, value);
}

/* ---- networks of nengo and Lava: steps from 1, an input of step t arrives in t + 1 ---- */

/* "all inputs at every step t in A..B with t%M<K" */
static bool sentence(vector_reader *r, const char *text, int64_t origin)
{
    unsigned a, b, m, k;
    vector_case *c = r->c;
    if (sscanf(text, "all inputs at every step t in %u..%u with t%%%u<%u", &a, &b, &m, &k) != 4 || m == 0 ||
        b > c->steps || (int64_t)a < origin || (uint64_t)c->sources * b > VREAD_ROWS)
        return vread_wrong(r, "'inputs.spikes' is not understood");
    c->input = ARENA_NEW(r->arena, vector_spike, (size_t)c->sources * b);
    for (unsigned t = a; t <= b; t++)
        for (uint32_t i = 0; i < c->sources && t % m < k; i++)
            c->input[c->ninputs++] = (vector_spike){(uint32_t)(t - origin), i};
    return true;
}

void vector_read_inputs(vector_reader *r, const json_t *inputs)
{
    vector_case *c = r->c;
    const json_t *list = json_object_get(inputs, "spikes");
    c->sources = (uint32_t)vread_member(r, inputs, "n", 0, MAX_SOURCES);
    if (json_is_string(list))
        sentence(r, json_string_value(list), 1);
    else
        c->input = vread_spikes(r, list, "inputs.spikes", 0, 1, c->sources, &c->ninputs);
}

static void signs_of(const vector_group *g, bool *negative, bool *positive)
{
    *negative = *positive = false;
    for (uint32_t i = 0; i < g->count; i++) {
        *negative |= g->synapse[i].weight < 0;
        *positive |= g->synapse[i].weight > 0;
    }
}

static bool from_neurons(vector_reader *r, const json_t *group)
{
    const char *from = vread_word(r, group, "from");
    if (strcmp(from, "neuron") != 0 && strcmp(from, "input") != 0)
        vread_wrong(r, "'from' must be input or neuron");
    return strcmp(from, "neuron") == 0;
}

static const char *sign_from_weights(vector_reader *r, const vector_group *g, bool nengo)
{
    bool negative, positive;
    signs_of(g, &negative, &positive);
    if (nengo && negative && positive)
        vread_beyond(r, "a single-sign format is given weights of both signs");
    return negative && positive ? "mixed" : negative ? "inhibitory" : "excitatory";
}

static void read_network_groups(vector_reader *r, const json_t *list, bool nengo)
{
    if (!vread_array(r, list, "synapses", SIZE_MAX))
        return;
    size_t n = json_array_size(list);
    r->c->group = ARENA_NEW(r->arena, vector_group, n + VECTOR_LEARN_GROUPS);
    for (size_t i = 0; i < n && !r->why; i++) {
        const json_t *j = json_array_get(list, i), *sign = json_object_get(j, "sign_mode");
        vector_group *g = vread_add_group(r, from_neurons(r, j));
        g->exponent = (int32_t)vread_member(r, j, "weight_exp", -8, 7);
        g->bits = (int32_t)vread_member(r, j, "num_weight_bits", 1, 9);
        g->effect = nengo ? EFFECT_CURRENT : EFFECT_WEIGHT;
        vread_rows(r, g, json_object_get(j, "conn"), json_object_get(j, nengo ? "w_eff" : "w_trunc"), 1);
        if (nengo && json_is_true(json_object_get(j, "mixed")))
            g->sign = "mixed";
        else if (sign)
            g->sign = vread_sign_word(r, json_string_value(sign) ? json_string_value(sign) : "");
        else
            g->sign = sign_from_weights(r, g, nengo);
    }
}

static void read_network(vector_reader *r, const json_t *j, bool nengo)
{
    vector_case *c = r->c;
    const json_t *n = json_object_get(j, "neurons");
    c->dialect = nengo ? "nengo" : "lava";
    c->steps = (uint32_t)vread_member(r, j, "steps", 1, VREAD_STEPS);
    c->neurons = (uint32_t)vread_member(r, n, "n", 1, MAX_NEURONS);
    if (r->why)
        return;
    if (json_object_get(n, "noise"))
        vector_read_noise(r, j);
    if (nengo)
        vread_nengo_neurons(r, n, "refract");
    else
        vread_lava_neurons(r, n, "vth_mant");
    vector_read_inputs(r, json_object_get(j, "inputs"));
    read_network_groups(r, json_object_get(j, "synapses"), nengo);
    expect_network(r, json_object_get(j, "expected"));
    if (json_object_get(j, "learning") && nengo)
        vector_read_netpes(r, j);
    else if (json_object_get(j, "learning"))
        vector_read_netlearn(r, j);
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

static void brian_group(vector_reader *r, const json_t *j, bool recurrent, uint32_t lead)
{
    vector_group *g = vread_add_group(r, recurrent);
    uint32_t delay = (uint32_t)vread_member(r, j, "delay", 0, 1000) + (recurrent ? 1 : lead);
    if (delay == 0)
        vread_beyond(r, "an input without delay in step 0 cannot arrive in time");
    g->exponent = (int32_t)vread_member(r, j, "weight_exp", -8, 7);
    g->bits = (int32_t)vread_member(r, j, "weight_bits", 1, 9);
    g->sign = vread_sign_word(r, vread_word(r, j, "sign_mode"));
    g->effect = EFFECT_CURRENT;
    vread_rows(r, g, json_object_get(j, "synapses"), json_object_get(j, "w_act"), delay);
}

static void read_brian_network(vector_reader *r, const json_t *j)
{
    vector_case *c = r->c;
    const json_t *in = json_object_get(j, "in"), *rec = json_object_get(j, "rec"),
                 *list = json_object_get(j, "input_spikes");
    c->dialect = "brian2loihi";
    c->steps = (uint32_t)vread_member(r, j, "steps", 1, VREAD_STEPS);
    c->neurons = (uint32_t)vread_member(r, j, "neurons", 1, MAX_NEURONS);
    c->sources = (uint32_t)vread_member(r, j, "inputs", 0, MAX_SOURCES);
    vread_array(r, in, "in", SIZE_MAX);
    vread_array(r, rec, "rec", SIZE_MAX);
    if (r->why)
        return;
    vread_brian_neurons(r, j, 64 * vread_member(r, j, "vth_mant", 0, 131071));
    uint32_t lead = lead_of(list, 1);
    c->input = vread_spikes(r, list, "input_spikes", 1, lead, c->sources, &c->ninputs);
    c->group = ARENA_NEW(r->arena, vector_group, json_array_size(in) + json_array_size(rec));
    for (size_t i = 0; i < json_array_size(in) && !r->why; i++)
        brian_group(r, json_array_get(in, i), false, lead);
    for (size_t i = 0; i < json_array_size(rec) && !r->why; i++)
        brian_group(r, json_array_get(rec, i), true, 1);
    vread_watch(r, NULL, c->neurons < 4 ? c->neurons : 4);
    vread_traces(r, json_object_get(j, "u"), json_object_get(j, "v"), c->nwatched);
    c->spike = vread_spikes(r, json_object_get(j, "spikes"), "spikes", 1, 0, c->neurons, &c->nspikes);
}

static void brian_weights(vector_reader *r, vector_group *g, const json_t *config, const json_t *w, const json_t *act)
{
    if (!vread_array(r, w, "w", SIZE_MAX) || !vread_array(r, act, "w_act", json_array_size(w)))
        return;
    g->exponent = (int32_t)vread_member(r, config, "weight_exp", -8, 7);
    g->bits = (int32_t)vread_member(r, config, "num_weight_bits", 1, 9);
    g->sign = vread_sign_word(r, vread_word(r, config, "sign_mode"));
    g->effect = EFFECT_CURRENT;
    g->count = (uint32_t)json_array_size(w);
    g->synapse = ARENA_NEW(r->arena, vector_synapse, g->count);
    for (uint32_t i = 0; i < g->count; i++)
        g->synapse[i] = (vector_synapse){i, 0, 1, (int32_t)vread_whole(r, json_array_get(w, i), "w", -32768, 32767),
                                         vread_whole(r, json_array_get(act, i), "w_act", -VREAD_ANY, VREAD_ANY)};
}

static void read_brian_compartment(vector_reader *r, const json_t *j)
{
    vector_case *c = r->c;
    const json_t *config = json_object_get(j, "config"), *e = json_object_get(j, "expected"),
                 *list = json_object_get(j, "input_spikes"), *fired = json_object_get(e, "spikes");
    c->dialect = "brian2loihi";
    c->neurons = 1;
    c->steps = (uint32_t)vread_member(r, j, "steps", 1, VREAD_STEPS);
    c->group = ARENA_NEW(r->arena, vector_group, 1);
    vread_brian_neurons(r, config, vread_member(r, config, "vth", 0, 131071 * 64));
    vector_group *g = vread_add_group(r, false);
    brian_weights(r, g, config, json_object_get(config, "w"), json_object_get(config, "w_act"));
    c->sources = g->count;
    uint32_t lead = lead_of(list, 0), delay = (uint32_t)vread_member(r, config, "delay", 0, 1000) + lead;
    for (uint32_t i = 0; i < g->count; i++)
        g->synapse[i].delay = delay;
    if (delay == 0)
        vread_beyond(r, "an input without delay in step 0 cannot arrive in time");
    c->input = vread_spikes(r, list, "input_spikes", 0, lead, c->sources, &c->ninputs);
    const int64_t **out = ARENA_NEW(r->arena, const int64_t *, 2);
    out[0] = vread_series(r, json_object_get(e, "u"), "u", c->steps);
    out[1] = vread_series(r, json_object_get(e, "v"), "v", c->steps);
    c->u = out;
    c->v = out + 1;
    vread_watch(r, NULL, 1);
    if (!vread_array(r, fired, "expected.spikes", SIZE_MAX))
        return;
    c->spike = ARENA_NEW(r->arena, vector_spike, json_array_size(fired));
    for (size_t i = 0; i < json_array_size(fired); i++)
        c->spike[c->nspikes++] =
            (vector_spike){(uint32_t)vread_whole(r, json_array_get(fired, i), "spikes", 0, c->steps - 1), 0};
}

/* A table of weights and what one spike of each adds: no network, the conversion itself is tested. */
static void read_brian_weights(vector_reader *r, const json_t *j)
{
    vector_case *c = r->c;
    c->dialect = "brian2loihi";
    c->table = true;
    c->group = ARENA_NEW(r->arena, vector_group, 1);
    vector_group *g = vread_add_group(r, false);
    brian_weights(r, g, j, json_object_get(j, "w"), json_object_get(j, "w_act"));
    if (!r->why && g->count == 0)
        vread_wrong(r, "there are no weights");
}

/* ---- which family ---- */

static bool has(const json_t *j, const char *key) { return json_object_get(j, key) != NULL; }

static void read_case(vector_reader *r, const json_t *j)
{
    const json_t *neurons = json_object_get(j, "neurons");
    if (has(j, "input_q"))
        read_compartment(r, j, false);
    else if (has(j, "activation"))
        read_compartment(r, j, true);
    else if (has(neurons, "decay_u") && has(j, "pes_error_in") && !has(json_object_get(j, "expected"), "neurons"))
        vector_read_pes(r, j);
    else if (has(neurons, "decay_u") && has(j, "synapses"))
        read_network(r, j, true);
    else if (has(neurons, "du") && has(j, "synapses"))
        read_network(r, j, false);
    else if (has(j, "in") && has(j, "rec"))
        read_brian_network(r, j);
    else if (has(j, "n_pre") && has(j, "w0"))
        vector_read_learn_lava(r, j);
    else if (has(j, "config") && has(j, "trials"))
        vector_read_statistic(r, j);
    else if (has(j, "config") && has(j, "post_drive"))
        vector_read_learn_brian(r, j);
    else if (has(j, "config") && has(j, "input_spikes") && has(j, "expected"))
        read_brian_compartment(r, j);
    else if (has(j, "w") && has(j, "w_act"))
        read_brian_weights(r, j);
    else
        vread_beyond(r, "this family of vectors is not supported");
}

vector_verdict vector_read(const json_t *json, hmn_arena *a, vector_case *out, const char **why)
{
    *out = (vector_case){.id = json_string_value(json_object_get(json, "id"))};
    vector_reader r = {a, out, NULL, false};
    if (!json_is_object(json) || !out->id) {
        out->id = "?";
        vread_wrong(&r, "a case must be an object with an 'id'");
    } else {
        read_case(&r, json);
    }
    *why = r.why;
    return !r.why ? VECTOR_OK : r.unsupported ? VECTOR_UNSUPPORTED : VECTOR_MALFORMED;
}
