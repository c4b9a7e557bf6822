/* Replays a whole core tick by tick: neurons and synapses together. Takes neurons, rows and the rows that are fetched
 * in each tick; compares spikes with their keys, the potential after each tick, the input recorded before it, the rows
 * at the end and the counters. A tick is: the due slot of the ring buffers to the neurons, the neurons in order, then
 * the rows. Everything is computed by the functions of the emulated core. */
#include "tools/vector_synapse.h"

#include "backends/spinnaker/arith.h"
#include "backends/spinnaker/neuron.h"

#include <inttypes.h>

typedef struct {
    spin_synapses s;
    const spin_model *model;
    int32_t *state; /* SPIN_MAX_STATE words a neuron */
    uint32_t neurons, substeps, colour, colour_mask;
    const uint32_t *key;
    spin_kiss noise;
    const json_t *spikes, *voltage, *input;
    size_t next; /* of spikes */
} trial;

static void boot(trial *t, const json_t *json, const json_t *neuron, uint32_t i)
{
    int32_t words[SPIN_MAX_WORDS];
    for (uint32_t k = 0; k < spin_model_words(t->model); k++) {
        spin_slot slot;
        const char *key = spin_model_key(t->model, k, &slot);
        const json_t *of = slot == SPIN_NEURON      ? neuron
                           : slot == SPIN_THRESHOLD ? json
                                                    : json_object_get(json, "synapse");
        words[k] = (int32_t)vread_member(&t->s.r, of, key, INT32_MIN, INT32_MAX);
    }
    spin_neuron_boot(t->model, words, t->substeps, t->state + (size_t)i * SPIN_MAX_STATE);
}

static void set_up(trial *t, const json_t *json)
{
    vector_reader *r = &t->s.r;
    const json_t *neurons = vread_array(r, json_object_get(json, "neurons"), "neurons", SIZE_MAX);
    const json_t *expected = json_object_get(json, "expected");
    t->neurons = (uint32_t)json_array_size(neurons);
    t->model = spin_model_find("IF_curr_exp");
    t->substeps = json_object_get(json, "n_steps_per_timestep")
                      ? (uint32_t)vread_member(r, json, "n_steps_per_timestep", 1, 1 << 16)
                      : 1;
    t->colour_mask = (1u << spin_read_member(r, json, "n_colour_bits", 16)) - 1;
    t->noise = spin_kiss_default;
    spin_words keys = spin_read_words(r, json_object_get(json, "neuron_keys"), "neuron_keys");
    t->key = keys.word;
    if (!spin_set_up(&t->s, json))
        return;
    if (t->neurons > 1u << t->s.core.format.index_bits || keys.count < t->neurons ||
        t->s.shift.count < spin_model_receptors(t->model)) {
        vread_wrong(r, "a neuron lacks its key or index, or a synapse type its shift");
        return;
    }
    t->state = ARENA_NEW(r->arena, int32_t, (size_t)t->neurons * SPIN_MAX_STATE);
    for (uint32_t i = 0; i < t->neurons; i++)
        boot(t, json, json_array_get(neurons, i), i);
    t->spikes = vread_array(r, json_object_get(expected, "spikes_t_n_key"), "spikes_t_n_key", SIZE_MAX);
    t->voltage = vread_array(r, json_object_get(expected, "V_after_tick"), "V_after_tick", SIZE_MAX);
    t->input = vread_array(r, json_object_get(expected, "rec_gsyn_exc4_inh4"), "rec_gsyn_exc4_inh4", SIZE_MAX);
}

static void same(trial *t, const char *what, uint32_t tick, uint32_t neuron, int64_t got, const json_t *want)
{
    vector_reader *r = &t->s.r;
    int64_t w = vread_whole(r, want, what, INT32_MIN, UINT32_MAX);
    if ((uint32_t)got != (uint32_t)w && !r->why)
        r->why = arena_printf(r->arena, "%s of neuron %" PRIu32 " in tick %" PRIu32 ": got %" PRId64 ", want %" PRId64,
                              what, neuron, tick, got, w);
}

static void transfer(trial *t, uint32_t tick)
{
    const row_format *f = &t->s.core.format;
    uint16_t *slot = t->s.core.ring + ring_slot(f, tick);
    for (uint32_t type = 0; type < spin_model_receptors(t->model); type++)
        for (uint32_t i = 0; i < t->neurons; i++) {
            uint16_t *sum = &slot[(type << f->index_bits) + i];
            if (*sum)
                spin_neuron_input(t->model, t->state + (size_t)i * SPIN_MAX_STATE, type,
                                  spin_weight_input(*sum, t->s.shift.word[type]));
            *sum = 0;
        }
}

static void fire(trial *t, uint32_t tick, uint32_t neuron)
{
    synapse_fired(&t->s.core, neuron, tick);
    const json_t *want = json_array_get(t->spikes, t->next++);
    same(t, "tick of the next spike", tick, neuron, tick, json_array_get(want, 0));
    same(t, "index", tick, neuron, neuron, json_array_get(want, 1));
    same(t, "key", tick, neuron, t->key[neuron] | t->colour, json_array_get(want, 2));
}

static void update(trial *t, uint32_t tick)
{
    const json_t *v = json_array_get(t->voltage, tick), *g = json_array_get(t->input, tick);
    for (uint32_t i = 0; i < t->neurons && !t->s.r.why; i++) {
        int32_t *state = t->state + (size_t)i * SPIN_MAX_STATE;
        spin_recorded recorded;
        for (uint32_t n = spin_neuron_tick(t->model, state, t->substeps, 0, &t->noise, &recorded); n > 0; n--)
            fire(t, tick, i);
        same(t, "V", tick, i, state[spin_model_v(t->model)], json_array_get(v, i));
        same(t, "exc", tick, i, recorded.exc, json_array_get(g, i));
        same(t, "inh", tick, i, recorded.inh, json_array_get(g, t->neurons + i));
    }
    t->colour = (t->colour + 1) & t->colour_mask;
}

static void compare_rows(trial *t, const json_t *want)
{
    vector_reader *r = &t->s.r;
    if (!vread_array(r, want, "rows_final", t->s.nrows))
        return;
    for (uint32_t i = 0; i < t->s.nrows; i++)
        for (uint32_t k = 0; k < t->s.row[i].count && !r->why; k++) {
            int64_t w = vread_whole(r, json_array_get(json_array_get(want, i), k), "rows_final", INT32_MIN, UINT32_MAX);
            if ((uint32_t)w != t->s.row[i].word[k] && !r->why)
                r->why = arena_printf(r->arena,
                                      "row %" PRIu32 ", word %" PRIu32 " at the end: got %" PRIu32 ", want %" PRId64, i,
                                      k, t->s.row[i].word[k], w);
        }
}

const char *vector_core_run(const json_t *root, const json_t *json, hmn_arena *a)
{
    (void)root;
    trial t = {.s.r = {.arena = a}};
    vector_reader *r = &t.s.r;
    set_up(&t, json);
    uint32_t steps = spin_read_member(r, json, "n_steps", VREAD_STEPS);
    const json_t *events = vread_array(r, json_object_get(json, "pre_events"), "pre_events", SIZE_MAX);
    size_t next = 0, n = json_array_size(events);
    for (uint32_t tick = 0; tick < steps && !r->why; tick++) {
        transfer(&t, tick);
        update(&t, tick);
        for (; next < n && !r->why; next++) {
            const json_t *event = json_array_get(events, next);
            if (json_integer_value(json_array_get(event, 0)) != tick)
                break;
            uint32_t row = (uint32_t)vread_whole(r, json_array_get(event, 1), "row", 0, (int64_t)t.s.nrows - 1);
            if (!r->why)
                synapse_serve(&t.s.core, t.s.row[row].word, t.s.row[row].count, tick, 0, 0);
        }
    }
    if (!r->why && (next != n || t.next != json_array_size(t.spikes)))
        vread_wrong(r,
                    next != n ? "'pre_events' must be in the order of their ticks" : "spikes of the file are missing");
    const json_t *expected = json_object_get(json, "expected");
    if (!r->why)
        compare_rows(&t, json_object_get(expected, "rows_final"));
    spin_compare_counters(r, json_object_get(expected, "counters"), &t.s.count);
    bool fixed = json_is_null(json_object_get(json, "dynamics_region_words")) && t.substeps == 1;
    if (!r->why && fixed)
        vector_core_network(r, json, steps);
    return r->why;
}
