/* Replays plastic rows. Takes a case with the region of a rule, rows, and spikes of both sides in order; yields the
 * first difference of the plastic words after each presynaptic spike, of the drained ring buffers, or of the counters.
 * Everything is computed by the functions of the emulated core. */
#include "tools/vector_synapse.h"

#include "backends/spinnaker/synapse.h"

#include <inttypes.h>
#include <string.h>

typedef struct {
    vector_reader r;
    synapse_core core;
    stdp_core stdp;
    stdp_rule rule;
    ring_counters count;
    spin_words region, shift, *row;
    uint32_t nrows;
    const json_t *expected;
    size_t next; /* of expected */
} plastic_core;

static bool read_rule(plastic_core *c, const json_t *json)
{
    vector_reader *r = &c->r;
    stdp_kind kind;
    const char *name = vread_word(r, json, "rule");
    if (!r->why && !stdp_find(name, &kind))
        return vread_wrong(r, arena_printf(r->arena, "there is no rule '%s'", name));
    c->region = spin_read_words(r, json_object_get(json, "dynamics_region_words"), "dynamics_region_words");
    c->shift = spin_read_words(r, json_object_get(json, "ring_shift"), "ring_shift");
    if (!r->why && !stdp_read(c->region.word, c->region.count, kind, c->shift.count, &c->rule))
        return vread_wrong(r, "'dynamics_region_words' is too short for its rule");
    for (uint32_t i = 0; i < c->shift.count; i++)
        if (c->shift.word[i] > 15)
            return vread_wrong(r, "'ring_shift' must be at most 15");
    return !r->why;
}

static bool set_up(plastic_core *c, const json_t *json)
{
    vector_reader *r = &c->r;
    row_format f = spin_read_format(r, json);
    uint32_t neurons = 1u << f.index_bits;
    c->row = spin_read_rows(r, json, &c->nrows);
    if (!read_rule(c, json))
        return false;
    c->stdp = (stdp_core){&c->rule, c->region.word, c->shift.word, f};
    c->core = (synapse_core){.format = f,
                             .stdp = &c->stdp,
                             .history = ARENA_NEW(r->arena, stdp_history, neurons),
                             .ring = ARENA_NEW(r->arena, uint16_t, ring_size(&f)),
                             .count = &c->count};
    for (uint32_t i = 0; i < c->nrows; i++)
        if (!synapse_row_fits(&c->core, c->row[i].word, c->row[i].count, neurons))
            return vread_wrong(r, arena_printf(r->arena,
                                               "row %" PRIu32 " is shorter than it says, or its synapses "
                                               "name what there is not",
                                               i));
    return true;
}

static void compare_row(plastic_core *c, size_t event, const spin_words *row, bool changed)
{
    vector_reader *r = &c->r;
    const json_t *want = json_array_get(c->expected, c->next++);
    if (json_integer_value(json_array_get(want, 0)) != (json_int_t)event) {
        vread_wrong(r, arena_printf(r->arena, "event %zu is missing in 'expected_rows_after_pre'", event));
        return;
    }
    if (json_integer_value(json_array_get(want, 1)) != changed)
        r->why = arena_printf(r->arena, "event %zu: the row is %swritten back", event, changed ? "" : "not ");
    for (size_t k = 2; k < json_array_size(want) && !r->why; k++) {
        uint32_t w =
            (uint32_t)vread_whole(r, json_array_get(want, k), "expected_rows_after_pre", INT32_MIN, UINT32_MAX);
        uint32_t got = k - 1 < row->count ? row->word[k - 1] : 0;
        if (got != w && !r->why)
            r->why = arena_printf(r->arena, "event %zu, plastic word %zu: got %#" PRIx32 ", want %#" PRIx32, event,
                                  k - 2, got, w);
    }
}

static void serve(plastic_core *c, const json_t *event, size_t number, uint32_t step)
{
    vector_reader *r = &c->r;
    const char *side = json_string_value(json_array_get(event, 1));
    bool post = side && strcmp(side, "post") == 0;
    int64_t top = post ? (1 << c->core.format.index_bits) - 1 : (int64_t)c->nrows - 1;
    uint32_t which = (uint32_t)vread_whole(r, json_array_get(event, 2), "neuron or row of an event", 0, top);
    if (!side || (!post && strcmp(side, "pre") != 0))
        vread_wrong(r, "an event must be 'post' or 'pre'");
    if (r->why)
        return;
    if (post) {
        synapse_fired(&c->core, which, step);
        return;
    }
    uint32_t colour = (uint32_t)vread_whole(r, json_array_get(event, 3), "colour", 0, UINT32_MAX);
    uint32_t mask = (uint32_t)vread_whole(r, json_array_get(event, 4), "colour mask", 0, UINT32_MAX);
    bool changed = synapse_serve(&c->core, c->row[which].word, c->row[which].count, step, colour, mask);
    compare_row(c, number, &c->row[which], changed);
}

const char *vector_stdp_row(const json_t *root, const json_t *json, hmn_arena *a)
{
    (void)root;
    plastic_core c = {.r = {.arena = a}};
    vector_reader *r = &c.r;
    if (!set_up(&c, json))
        return r->why;
    uint32_t start = spin_read_member(r, json, "t_start", UINT32_MAX);
    uint32_t steps = spin_read_member(r, json, "n_steps", VREAD_STEPS);
    const json_t *events = vread_array(r, json_object_get(json, "events"), "events", SIZE_MAX);
    c.expected = vread_array(r, json_object_get(json, "expected_rows_after_pre"), "expected_rows_after_pre", SIZE_MAX);
    spin_slots slots = {vread_array(r, json_object_get(json, "expected_ring_slots"), "expected_ring_slots", SIZE_MAX),
                        0};
    size_t n = json_array_size(events), next = 0;
    for (uint32_t t = start; t - start < steps && !r->why; t++) {
        spin_drain(r, &c.core.format, c.core.ring, t, &slots);
        for (; next < n && !r->why; next++) {
            const json_t *event = json_array_get(events, next);
            if (json_integer_value(json_array_get(event, 0)) != t)
                break;
            serve(&c, event, next, t);
        }
    }
    if (spin_drained_all(r, &slots) && (next != n || c.next != json_array_size(c.expected)))
        vread_wrong(r, "'events' must be in the order of their steps, each 'pre' with its row in the expectation");
    spin_compare_counters(r, json_object_get(json, "counters"), &c.count);
    return r->why;
}
