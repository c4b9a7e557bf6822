/* Reads the parts of a vector case. Takes JSON of any content, yields numbers within their ranges, spikes sorted by
 * step, synapses, and the registers of the neurons; the first complaint is kept and everything after it yields
 * harmless values, so that callers need to look once. What cannot be stated exactly in registers is refused, never
 * rounded. */
#include "tools/vector_read.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { DECAY_U, DECAY_V, VTH_MANT, BIAS_MANT, BIAS_EXP, REFRACTORY, VMIN_EXP, VMAX_EXP };

const char *const vector_param_name[VECTOR_PARAMS] = {"decay_u",   "decay_v",    "vth_mant",  "bias_mant",
                                                      "bias_exp",  "refractory", "vmin_exp",  "vmax_exp",
                                                      "noise_exp", "noise_mant", "noise_at_v"};

bool vread_wrong(vector_reader *r, const char *why)
{
    if (!r->why)
        r->why = why;
    return false;
}

bool vread_beyond(vector_reader *r, const char *why)
{
    if (!r->why)
        r->unsupported = true;
    return vread_wrong(r, why);
}

/* ---- JSON ---- */

int64_t vread_whole(vector_reader *r, const json_t *j, const char *name, int64_t low, int64_t high)
{
    if (json_is_integer(j) && json_integer_value(j) >= low && json_integer_value(j) <= high)
        return json_integer_value(j);
    vread_wrong(r, arena_printf(r->arena, "'%s' must be a whole number from %" PRId64 " to %" PRId64, name, low, high));
    return low;
}

int64_t vread_member(vector_reader *r, const json_t *object, const char *key, int64_t low, int64_t high)
{
    return vread_whole(r, json_object_get(object, key), key, low, high);
}

const char *vread_word(vector_reader *r, const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    if (!text)
        vread_wrong(r, arena_printf(r->arena, "'%s' must be a text", key));
    return text ? text : "";
}

/* An array of `count` elements, or of any number when count is SIZE_MAX. */
const json_t *vread_array(vector_reader *r, const json_t *j, const char *name, size_t count)
{
    size_t n = json_array_size(j);
    if (json_is_array(j) && n <= VREAD_ROWS && (count == SIZE_MAX || n == count))
        return j;
    vread_wrong(r, count == SIZE_MAX ? arena_printf(r->arena, "'%s' must be an array", name)
                                     : arena_printf(r->arena, "'%s' must be an array of %zu", name, count));
    return NULL;
}

/* `count` whole numbers; NULL after a complaint. */
const int64_t *vread_series(vector_reader *r, const json_t *j, const char *name, size_t count)
{
    if (!vread_array(r, j, name, count))
        return NULL;
    int64_t *out = ARENA_NEW(r->arena, int64_t, count);
    for (size_t i = 0; i < count; i++)
        out[i] = vread_whole(r, json_array_get(j, i), name, -VREAD_ANY, VREAD_ANY);
    return out;
}

/* A parameter of the neurons: one number for all, or one each. */
static int64_t *spread(vector_reader *r, const json_t *object, const char *key, int64_t low, int64_t high)
{
    const json_t *j = json_object_get(object, key);
    int64_t *out = ARENA_NEW(r->arena, int64_t, r->c->neurons);
    bool each = json_is_array(j) && vread_array(r, j, key, r->c->neurons);
    for (uint32_t i = 0; i < r->c->neurons; i++)
        out[i] = vread_whole(r, each ? json_array_get(j, i) : j, key, low, high);
    return out;
}

static void set_param(vector_reader *r, uint32_t param, const int64_t *value)
{
    int32_t *p = ARENA_NEW(r->arena, int32_t, r->c->neurons);
    for (uint32_t i = 0; i < r->c->neurons; i++)
        p[i] = (int32_t)value[i];
    r->c->param[param] = p;
}

static void fill_param(vector_reader *r, uint32_t param, int64_t value)
{
    int64_t *all = ARENA_NEW(r->arena, int64_t, r->c->neurons);
    for (uint32_t i = 0; i < r->c->neurons; i++)
        all[i] = value;
    set_param(r, param, all);
}

void vread_set_all(vector_reader *r, const char *key, int64_t value)
{
    for (uint32_t p = 0; p < VECTOR_PARAMS; p++)
        if (strcmp(vector_param_name[p], key) == 0)
            fill_param(r, p, value);
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
vector_spike *vread_spikes(vector_reader *r, const json_t *j, const char *name, uint32_t step_at, int64_t origin,
                           uint32_t neurons, uint32_t *count)
{
    *count = 0;
    if (!vread_array(r, j, name, SIZE_MAX))
        return NULL;
    size_t n = json_array_size(j);
    vector_spike *out = ARENA_NEW(r->arena, vector_spike, n);
    for (size_t i = 0; i < n && !r->why; i++) {
        const json_t *row = vread_array(r, json_array_get(j, i), name, 2);
        int64_t step = vread_whole(r, json_array_get(row, step_at), name, 0, VREAD_STEPS) - origin;
        int64_t neuron = vread_whole(r, json_array_get(row, 1 - step_at), name, 0, (int64_t)neurons - 1);
        if (step < 0)
            vread_beyond(r, "a spike would have to be fired before the first step");
        else if (step < r->c->steps)
            out[(*count)++] = (vector_spike){(uint32_t)step, (uint32_t)neuron};
    }
    qsort(out, *count, sizeof *out, by_step_neuron);
    return out;
}

/* ---- synapses ---- */

const char *vread_sign_word(vector_reader *r, const char *word_given)
{
    static const char *const known[] = {"mixed", "excitatory", "inhibitory"};
    for (uint32_t i = 0; i < 3; i++)
        if (strcmp(word_given, known[i]) == 0)
            return known[i];
    vread_wrong(r, "'sign_mode' must be mixed, excitatory or inhibitory");
    return known[0];
}

/* Rows [pre, post, w] or [pre, post, w, delay], with what becomes of each weight. delay: of rows without one. */
void vread_rows(vector_reader *r, vector_group *g, const json_t *conn, const json_t *effect, uint32_t delay)
{
    uint32_t sources = g->recurrent ? r->c->neurons : r->c->sources;
    if (!vread_array(r, conn, "conn", SIZE_MAX) || (effect && !vread_array(r, effect, "w_eff", json_array_size(conn))))
        return;
    g->count = (uint32_t)json_array_size(conn);
    g->synapse = ARENA_NEW(r->arena, vector_synapse, g->count);
    for (uint32_t i = 0; i < g->count && !r->why; i++) {
        const json_t *row = json_array_get(conn, i);
        size_t n = json_array_size(row);
        if (n != 3 && n != 4)
            vread_wrong(r, "a synapse must be [pre, post, weight] or [pre, post, weight, delay]");
        g->synapse[i] =
            (vector_synapse){(uint32_t)vread_whole(r, json_array_get(row, 0), "pre", 0, (int64_t)sources - 1),
                             (uint32_t)vread_whole(r, json_array_get(row, 1), "post", 0, (int64_t)r->c->neurons - 1),
                             n == 4 ? (uint32_t)vread_whole(r, json_array_get(row, 3), "delay", 0, 1000) + 1 : delay,
                             (int32_t)vread_whole(r, json_array_get(row, 2), "w", -32768, 32767),
                             effect ? vread_whole(r, json_array_get(effect, i), "w_eff", -VREAD_ANY, VREAD_ANY) : 0};
    }
}

vector_group *vread_add_group(vector_reader *r, bool recurrent)
{
    vector_group *g = &r->c->group[r->c->ngroups++];
    g->recurrent = recurrent;
    return g;
}

/* ---- what must come out ---- */

void vread_traces(vector_reader *r, const json_t *u, const json_t *v, uint32_t n)
{
    const int64_t **out_u = ARENA_NEW(r->arena, const int64_t *, n), **out_v = ARENA_NEW(r->arena, const int64_t *, n);
    if (!vread_array(r, u, "u", n) || !vread_array(r, v, "v", n))
        return;
    for (uint32_t i = 0; i < n; i++) {
        out_u[i] = vread_series(r, json_array_get(u, i), "u", r->c->steps);
        out_v[i] = vread_series(r, json_array_get(v, i), "v", r->c->steps);
    }
    r->c->u = out_u;
    r->c->v = out_v;
}

void vread_watch(vector_reader *r, const json_t *list, uint32_t n)
{
    uint32_t *out = ARENA_NEW(r->arena, uint32_t, n);
    for (uint32_t i = 0; i < n; i++)
        out[i] =
            list ? (uint32_t)vread_whole(r, json_array_get(list, i), "expected.neurons", 0, (int64_t)r->c->neurons - 1)
                 : i;
    r->c->nwatched = n;
    r->c->watched = out;
}

/* ---- registers ---- */

/* A full threshold as mantissa 2^6. */
static void threshold(vector_reader *r, int64_t *vth)
{
    for (uint32_t i = 0; i < r->c->neurons; i++) {
        if (vth[i] % 64)
            vread_beyond(r, "a threshold is not a multiple of 64, which the register counts in");
        vth[i] /= 64;
    }
    set_param(r, VTH_MANT, vth);
}

/* A full bias as mantissa 2^exponent where 13 bits suffice, else as a long mantissa, which the nengo dialect takes. */
static void bias(vector_reader *r, const int64_t *full)
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
static void limits(vector_reader *r, int64_t vmin, int64_t vmax)
{
    int64_t low = 0, high = 0;
    while (low < 23 && -(INT64_C(1) << low) + 1 != vmin)
        low++;
    while (high < 7 && (INT64_C(1) << (9 + 2 * high)) - 1 != vmax)
        high++;
    if (-(INT64_C(1) << low) + 1 != vmin || (INT64_C(1) << (9 + 2 * high)) - 1 != vmax)
        vread_beyond(r, "vmin or vmax is not one that the registers can state");
    fill_param(r, VMIN_EXP, low);
    fill_param(r, VMAX_EXP, high);
}

void vread_nengo_neurons(vector_reader *r, const json_t *n, const char *refract)
{
    set_param(r, DECAY_U, spread(r, n, "decay_u", 0, 4095));
    set_param(r, DECAY_V, spread(r, n, "decay_v", 0, 4095));
    threshold(r, spread(r, n, "vth", 0, 131071 * 64));
    bias(r, spread(r, n, "bias", -8388608, 8388607));
    set_param(r, REFRACTORY, spread(r, n, refract, 0, 64));
    limits(r, vread_member(r, n, "vmin", -VREAD_ANY, VREAD_ANY), vread_member(r, n, "vmax", -VREAD_ANY, VREAD_ANY));
}

void vread_lava_neurons(vector_reader *r, const json_t *n, const char *vth)
{
    set_param(r, DECAY_U, spread(r, n, "du", 0, 4095));
    set_param(r, DECAY_V, spread(r, n, "dv", 0, 4096));
    set_param(r, VTH_MANT, spread(r, n, vth, 0, 131071));
    set_param(r, BIAS_MANT, spread(r, n, "bias_mant", -4096, 4095));
    set_param(r, BIAS_EXP, spread(r, n, "bias_exp", 0, 7));
}

void vread_brian_neurons(vector_reader *r, const json_t *n, int64_t vth)
{
    set_param(r, DECAY_U, spread(r, n, "decay_u", 0, 4096));
    set_param(r, DECAY_V, spread(r, n, "decay_v", 0, 4096));
    set_param(r, REFRACTORY, spread(r, n, "refractory", 1, 64));
    int64_t *all = ARENA_NEW(r->arena, int64_t, r->c->neurons);
    for (uint32_t i = 0; i < r->c->neurons; i++)
        all[i] = vth;
    threshold(r, all);
}
