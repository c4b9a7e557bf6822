/* Checks one neuron of a SpiNNaker core tick by tick against what the ARM code did. Takes parameter words by slot and
 * what the ring buffers yielded at each tick; compares the derived constants, and after every tick the spikes, what
 * was recorded before it and the state. */
#include "tools/vector_spin.h"

#include "backends/spinnaker/arith.h"
#include "backends/spinnaker/neuron.h"

#include <inttypes.h>
#include <string.h>

typedef struct {
    const json_t *json;
    const spin_model *model;
    uint32_t substeps;
    int32_t state[SPIN_MAX_STATE];
    spin_kiss noise;
    spin_recorded recorded;
    uint32_t spikes;
    hmn_arena *arena;
} trial;

static const char *const slots[SPIN_SLOTS] = {"neuron", "input", "threshold", "synapse", "additional"};

static const char *boot(trial *t)
{
    const json_t *raw = json_object_get(t->json, "params_raw");
    int32_t words[SPIN_MAX_WORDS];
    for (uint32_t k = 0; k < spin_model_words(t->model); k++) {
        spin_slot slot;
        const char *key = spin_model_key(t->model, k, &slot);
        const json_t *v = json_object_get(json_object_get(raw, slots[slot]), key);
        if (!json_is_integer(v))
            return arena_printf(t->arena, "params_raw lacks %s of %s", key, slots[slot]);
        words[k] = fx_low32(json_integer_value(v));
    }
    spin_neuron_boot(t->model, words, t->substeps, t->state);
    return NULL;
}

static bool column(const trial *t, const char *name, int64_t *v)
{
    int32_t k = spin_model_state_word(t->model, name);
    if (k != SPIN_NO_WORD)
        *v = t->state[k];
    else if (strcmp(name, "spike") == 0)
        *v = t->spikes;
    else if (strcmp(name, "rec_v") == 0)
        *v = t->recorded.v;
    else if (strcmp(name, "rec_exc") == 0)
        *v = t->recorded.exc;
    else if (strcmp(name, "rec_inh") == 0)
        *v = t->recorded.inh;
    else
        return false;
    return true;
}

static const char *check_initial(const trial *t)
{
    const json_t *want = json_object_get(t->json, "state_after_init");
    for (void *at = json_object_iter((json_t *)(uintptr_t)want); at;
         at = json_object_iter_next((json_t *)(uintptr_t)want, at)) {
        const char *name = json_object_iter_key(at);
        int64_t got, v = json_integer_value(json_object_iter_value(at));
        if (!column(t, name, &got))
            return arena_printf(t->arena, "the model has no state '%s'", name);
        if ((uint32_t)got != (uint32_t)v)
            return arena_printf(t->arena, "%s after loading: got %" PRId64 ", want %" PRId64, name, got, v);
    }
    return NULL;
}

/* Inputs are listed in order of ticks; *next is the first not yet delivered. */
static void deliver(trial *t, uint32_t tick, size_t *next)
{
    const json_t *inputs = json_object_get(t->json, "ring_inputs"), *shift = json_object_get(t->json, "ring_shift");
    for (uint32_t type = 0; type < spin_model_receptors(t->model); type++)
        for (size_t i = *next; i < json_array_size(inputs); i++) {
            const json_t *row = json_array_get(inputs, i);
            if (vector_spin_number(row, 0) != tick)
                break;
            if (vector_spin_number(row, 1) == type && vector_spin_number(row, 2) > 0)
                spin_neuron_input(t->model, t->state, type,
                                  spin_weight_input((uint32_t)vector_spin_number(row, 2),
                                                    (uint32_t)vector_spin_number(shift, type) & 31));
        }
    while (*next < json_array_size(inputs) && vector_spin_number(json_array_get(inputs, *next), 0) == tick)
        ++*next;
}

static const char *check_tick(const trial *t, uint32_t tick, const json_t *row)
{
    const json_t *columns = json_object_get(t->json, "columns");
    for (size_t k = 0; k < json_array_size(columns); k++) {
        const char *name = json_string_value(json_array_get(columns, k));
        int64_t got, want = json_integer_value(json_array_get(row, k));
        if (!name || !column(t, name, &got))
            return arena_printf(t->arena, "the model has no column '%s'", name ? name : "?");
        if ((uint32_t)got != (uint32_t)want)
            return arena_printf(t->arena, "%s in tick %" PRIu32 ": got %" PRId64 ", want %" PRId64, name, tick, got,
                                want);
    }
    return NULL;
}

const char *vector_spin_neuron(const json_t *root, const json_t *json, hmn_arena *a)
{
    (void)root;
    const char *name = json_string_value(json_object_get(json, "model"));
    json_int_t substeps = json_integer_value(json_object_get(json, "n_steps_per_timestep"));
    trial t = {.json = json, .model = name ? spin_model_find(name) : NULL, .noise = spin_kiss_default, .arena = a};
    if (!t.model)
        return arena_printf(a, "there is no model '%s'", name ? name : "?");
    if (substeps < 1 || substeps > 1 << 16)
        return "n_steps_per_timestep is not 1 .. 65536";
    t.substeps = (uint32_t)substeps;
    const json_t *steps = json_object_get(json, "steps");
    const char *why = boot(&t);
    why = why ? why : check_initial(&t);
    if (!why && json_array_size(steps) == 0)
        why = "it has no steps";
    size_t next = 0;
    for (uint32_t tick = 0; !why && tick < json_array_size(steps); tick++) {
        deliver(&t, tick, &next);
        t.spikes = spin_neuron_tick(t.model, t.state, t.substeps, 0, &t.noise, &t.recorded);
        why = check_tick(&t, tick, json_array_get(steps, tick));
    }
    return why;
}
