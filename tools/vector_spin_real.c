/* Whole networks against sPyNNaker's own code. Takes a network as text and, of populations and projections by name, the
 * spikes and the final weights that the ARM code gave when it was fed the regions compiled from that very text and the
 * keys that arrive; compiles the text anew, runs it on the emulated machine and compares. */
#include "tools/vector_spin.h"

#include "tools/vector_machine.h"

#include <inttypes.h>
#include <string.h>

typedef struct {
    const json_t *json;
    vector_machine m;
    hmn_arena *arena;
} trial;

/* ---- spikes: rows [step, neuron], sorted ---- */

typedef struct {
    const char *name;
    const json_t *rows;
    uint32_t first, size;
    size_t next;
} expected;

static const char *compare_step(const trial *t, expected *e, uint32_t step, const uint32_t *spike, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (spike[i] < e->first || spike[i] >= e->first + e->size)
            continue;
        const json_t *row = json_array_get(e->rows, e->next++);
        if (vector_spin_number(row, 0) != step || vector_spin_number(row, 1) != spike[i] - e->first)
            return arena_printf(
                t->arena,
                "neuron %" PRIu32 " of %s fired in step %" PRIu32 ", want neuron %" PRId64 " in step %" PRId64,
                spike[i] - e->first, e->name, step, vector_spin_number(row, 1), vector_spin_number(row, 0));
    }
    const json_t *row = json_array_get(e->rows, e->next);
    return row && vector_spin_number(row, 0) <= step
               ? arena_printf(t->arena, "neuron %" PRId64 " of %s did not fire in step %" PRIu32,
                              vector_spin_number(row, 1), e->name, step)
               : NULL;
}

static const char *read_expected(const trial *t, expected **out, size_t *count)
{
    const json_t *spikes = json_object_get(t->json, "spikes");
    size_t n = 0;
    *out = ARENA_NEW(t->arena, expected, json_object_size(spikes));
    for (void *at = json_object_iter((json_t *)(uintptr_t)spikes); at;
         at = json_object_iter_next((json_t *)(uintptr_t)spikes, at)) {
        const char *name = json_object_iter_key(at);
        uint32_t p = layout_find_population(t->m.layout, name);
        if (p == NET_NONE)
            return arena_printf(t->arena, "the network has no population '%s'", name);
        const layout_population *l = &t->m.layout->population[p];
        (*out)[n++] = (expected){name, json_object_iter_value(at), l->first, l->size, 0};
    }
    *count = n;
    return n ? NULL : "it lists no spikes";
}

static const char *run(const trial *t, json_int_t steps)
{
    hmn_sim *sim = machine_sim(t->m.machine);
    expected *e = NULL;
    size_t count = 0;
    const char *why = read_expected(t, &e, &count);
    for (uint32_t step = 0; !why && step < steps; step++) {
        uint32_t n;
        sim->ops->begin(sim);
        const uint32_t *spike = sim->ops->spikes(sim, &n);
        for (size_t i = 0; i < count && !why; i++)
            why = compare_step(t, &e[i], step, spike, n);
        sim->ops->end(sim);
    }
    return why;
}

/* ---- weights: rows [pre, post, weight, delay], sorted as machine_weights ---- */

static const char *compare_weights(const trial *t, const char *name, const json_t *rows, uint32_t projection)
{
    const layout_projection *l = &t->m.layout->projection[projection];
    uint32_t pre = t->m.layout->population[l->pre].first, post = t->m.layout->population[l->post].first;
    uint64_t n;
    const machine_synapse *s = machine_weights(t->m.machine, projection, t->arena, &n);
    if (n != json_array_size(rows))
        return arena_printf(t->arena, "%s has %" PRIu64 " synapses, want %zu", name, n, json_array_size(rows));
    for (uint64_t i = 0; i < n; i++) {
        const json_t *row = json_array_get(rows, i);
        json_int_t want[4];
        for (size_t k = 0; k < 4; k++)
            want[k] = json_integer_value(json_array_get(row, k));
        if (s[i].pre - pre != want[0] || s[i].post - post != want[1] || s[i].weight != want[2] || s[i].delay != want[3])
            return arena_printf(t->arena,
                                "synapse %" PRIu32 " -> %" PRIu32 " of %s ends with weight %" PRId32
                                " and delay %" PRId32 ", want %" PRId64 " -> %" PRId64 ", %" PRId64 ", %" PRId64,
                                s[i].pre - pre, s[i].post - post, name, s[i].weight, s[i].delay, (int64_t)want[0],
                                (int64_t)want[1], (int64_t)want[2], (int64_t)want[3]);
    }
    return NULL;
}

static const char *all_weights(const trial *t)
{
    const json_t *weights = json_object_get(t->json, "weights");
    const char *why = NULL;
    for (void *at = json_object_iter((json_t *)(uintptr_t)weights); at && !why;
         at = json_object_iter_next((json_t *)(uintptr_t)weights, at)) {
        const char *name = json_object_iter_key(at);
        uint32_t k = 0;
        while (k < t->m.layout->nprojections && strcmp(t->m.layout->projection[k].name, name) != 0)
            k++;
        why = k < t->m.layout->nprojections ? compare_weights(t, name, json_object_iter_value(at), k)
                                            : arena_printf(t->arena, "the network has no projection '%s'", name);
    }
    return why;
}

const char *vector_spin_real(const json_t *root, const json_t *json, hmn_arena *a)
{
    (void)root;
    const char *text = json_string_value(json_object_get(json, "network"));
    json_int_t steps = json_integer_value(json_object_get(json, "steps"));
    trial t = {.json = json, .arena = a};
    if (!text || steps < 1)
        return "it has no network or no steps";
    const char *why = vector_machine_open(&t.m, "spinnaker", "vector", text, a);
    why = why ? why : run(&t, steps);
    why = why ? why : all_weights(&t);
    vector_machine_close(&t.m);
    return why;
}
