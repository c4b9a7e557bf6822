/* Compares the current sources of a core with sPyNNaker's. Takes the words of a region, yields the first neuron and
 * step whose current differs. */
#include "tools/vector_spin.h"

#include "backends/spinnaker/current.h"

#include <inttypes.h>

enum { MOST_WORDS = 1 << 20, MOST_NEURONS = 256 };

typedef struct {
    uint32_t *region, n, neurons, npairs;
    core_current *pair;
    uint32_t *state;
    hmn_arena *arena;
} sources;

static const char *read_region(sources *s, const json_t *json)
{
    const json_t *list = json_object_get(json, "region");
    json_int_t neurons = json_integer_value(json_object_get(json, "neurons"));
    size_t n = json_array_size(list);
    if (neurons < 1 || neurons > MOST_NEURONS || n < 1 || n > MOST_WORDS)
        return "'neurons' must be 1 to 256 and 'region' have words";
    s->neurons = (uint32_t)neurons;
    s->n = (uint32_t)n;
    s->region = ARENA_NEW(s->arena, uint32_t, n);
    for (size_t k = 0; k < n; k++)
        s->region[k] = (uint32_t)vector_spin_number(list, k);
    uint32_t nstate;
    if (!current_check(s->region, s->n, s->neurons, &s->npairs, &nstate))
        return "'region' holds no current sources";
    s->pair = ARENA_NEW(s->arena, core_current, s->npairs);
    s->state = ARENA_NEW(s->arena, uint32_t, nstate);
    current_list(s->region, s->n, s->neurons, s->pair);
    current_start(s->region, s->n, s->neurons, s->state);
    return NULL;
}

static const char *compare_step(sources *s, const json_t *want, uint32_t step)
{
    for (uint32_t i = 0, k = 0; i < s->neurons; i++) {
        uint32_t sum = 0;
        for (; k < s->npairs && s->pair[k].neuron == i; k++)
            sum += (uint32_t)current_at(s->region, &s->pair[k], step, s->state);
        json_int_t expected = json_integer_value(json_array_get(want, i));
        if ((int32_t)sum != expected)
            return arena_printf(s->arena, "neuron %" PRIu32 " in step %" PRIu32 ": got %" PRId32 ", want %" PRId64, i,
                                step, (int32_t)sum, (int64_t)expected);
    }
    return NULL;
}

const char *vector_spin_current(const json_t *root, const json_t *json, hmn_arena *a)
{
    (void)root;
    sources s = {.arena = a};
    const char *why = read_region(&s, json);
    const json_t *steps = json_object_get(json, "currents");
    for (uint32_t t = 0; !why && t < json_array_size(steps); t++)
        why = compare_step(&s, json_array_get(steps, t), t);
    return why ? why : json_array_size(steps) ? NULL : "'currents' lists no steps";
}
