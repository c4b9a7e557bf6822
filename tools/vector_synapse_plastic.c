/* Replays plastic rows. Takes a case with the region of a rule, rows, and spikes of both sides in order; yields the
 * first difference of the plastic words after each presynaptic spike, of the drained ring buffers, or of the counters.
 * Everything is computed by the functions of the emulated core. */
#include "tools/vector_synapse.h"

#include "backends/spinnaker/synapse.h"

#include <inttypes.h>
#include <string.h>

typedef struct {
    spin_synapses s;
    const json_t *expected;
    size_t next; /* of expected */
} trial;

static void compare_row(trial *t, size_t event, const spin_words *row, bool changed)
{
    vector_reader *r = &t->s.r;
    const json_t *want = json_array_get(t->expected, t->next++);
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

static void serve(trial *t, const json_t *event, size_t number, uint32_t step)
{
    vector_reader *r = &t->s.r;
    const char *side = json_string_value(json_array_get(event, 1));
    bool post = side && strcmp(side, "post") == 0;
    int64_t top = post ? (1 << t->s.core.format.index_bits) - 1 : (int64_t)t->s.nrows - 1;
    uint32_t which = (uint32_t)vread_whole(r, json_array_get(event, 2), "neuron or row of an event", 0, top);
    if (!side || (!post && strcmp(side, "pre") != 0))
        vread_wrong(r, "an event must be 'post' or 'pre'");
    if (r->why)
        return;
    if (post) {
        synapse_fired(&t->s.core, which, step);
        return;
    }
    uint32_t colour = (uint32_t)vread_whole(r, json_array_get(event, 3), "colour", 0, UINT32_MAX);
    uint32_t mask = (uint32_t)vread_whole(r, json_array_get(event, 4), "colour mask", 0, UINT32_MAX);
    bool changed = synapse_serve(&t->s.core, t->s.row[which].word, t->s.row[which].count, step, colour, mask);
    compare_row(t, number, &t->s.row[which], changed);
}

const char *vector_stdp_row(const json_t *root, const json_t *json, hmn_arena *a)
{
    (void)root;
    trial c = {.s.r = {.arena = a}};
    vector_reader *r = &c.s.r;
    if (!spin_set_up(&c.s, json))
        return r->why;
    uint32_t start = spin_read_member(r, json, "t_start", UINT32_MAX);
    uint32_t steps = spin_read_member(r, json, "n_steps", VREAD_STEPS);
    const json_t *events = vread_array(r, json_object_get(json, "events"), "events", SIZE_MAX);
    c.expected = vread_array(r, json_object_get(json, "expected_rows_after_pre"), "expected_rows_after_pre", SIZE_MAX);
    spin_slots slots = {vread_array(r, json_object_get(json, "expected_ring_slots"), "expected_ring_slots", SIZE_MAX),
                        0};
    size_t n = json_array_size(events), next = 0;
    for (uint32_t t = start; t - start < steps && !r->why; t++) {
        spin_drain(r, &c.s.core.format, c.s.core.ring, t, &slots);
        for (; next < n && !r->why; next++) {
            const json_t *event = json_array_get(events, next);
            if (json_integer_value(json_array_get(event, 0)) != t)
                break;
            serve(&c, event, next, t);
        }
    }
    if (spin_drained_all(r, &slots) && (next != n || c.next != json_array_size(c.expected)))
        vread_wrong(r, "'events' must be in the order of their steps, each 'pre' with its row in the expectation");
    spin_compare_counters(r, json_object_get(json, "counters"), &c.s.count);
    return r->why;
}
