/* Reads and compares what the synapse families of the SpiNNaker-style chip have in common. Takes JSON of any content;
 * the first complaint or difference stays in the reader, after it all functions yield harmless values. */
#include "tools/vector_synapse.h"

#include <inttypes.h>
#include <string.h>

uint32_t spin_read_member(vector_reader *r, const json_t *object, const char *key, uint32_t high)
{
    return (uint32_t)vread_member(r, object, key, 0, high);
}

spin_words spin_read_words(vector_reader *r, const json_t *j, const char *name)
{
    spin_words w = {0};
    if (!vread_array(r, j, name, SIZE_MAX))
        return w;
    w.count = (uint32_t)json_array_size(j);
    w.word = ARENA_NEW(r->arena, uint32_t, w.count);
    for (uint32_t i = 0; i < w.count; i++)
        w.word[i] = (uint32_t)vread_whole(r, json_array_get(j, i), name, INT32_MIN, UINT32_MAX);
    return w;
}

spin_words *spin_read_rows(vector_reader *r, const json_t *json, uint32_t *count)
{
    const json_t *rows = vread_array(r, json_object_get(json, "rows"), "rows", SIZE_MAX);
    *count = rows ? (uint32_t)json_array_size(rows) : 0;
    spin_words *out = ARENA_NEW(r->arena, spin_words, *count);
    for (uint32_t i = 0; i < *count; i++)
        out[i] = spin_read_words(r, json_array_get(rows, i), "rows");
    return out;
}

row_format spin_read_format(vector_reader *r, const json_t *json)
{
    row_format f = {.index_bits = spin_read_member(r, json, "log_n_neurons", 16),
                    .type_bits = spin_read_member(r, json, "log_n_synapse_types", 16),
                    .delay_bits = spin_read_member(r, json, "log_max_delay", 16)};
    if (f.index_bits + f.type_bits + f.delay_bits <= 16)
        return f;
    vread_wrong(r, "index, type and delay of a synapse need more than 16 bits");
    return (row_format){0};
}

void spin_drain(vector_reader *r, const row_format *f, uint16_t *ring, uint32_t step, spin_slots *s)
{
    uint32_t first = ring_slot(f, step), n = 1u << (f->index_bits + f->type_bits);
    for (uint32_t i = 0; i < n && !r->why; i++) {
        uint16_t got = ring[first + i];
        ring[first + i] = 0;
        if (got == 0)
            continue;
        const json_t *want = json_array_get(s->expected, s->next++);
        if (json_integer_value(json_array_get(want, 0)) == step && json_integer_value(json_array_get(want, 1)) == i &&
            json_integer_value(json_array_get(want, 2)) == got)
            continue;
        r->why = arena_printf(r->arena,
                              "step %" PRIu32 ", element %" PRIu32 ": the ring buffer holds %" PRIu16
                              ", the file's next value is %" JSON_INTEGER_FORMAT " in step %" JSON_INTEGER_FORMAT
                              ", element %" JSON_INTEGER_FORMAT,
                              step, i, got, json_integer_value(json_array_get(want, 2)),
                              json_integer_value(json_array_get(want, 0)), json_integer_value(json_array_get(want, 1)));
    }
}

bool spin_drained_all(vector_reader *r, const spin_slots *s)
{
    if (r->why || s->next == json_array_size(s->expected))
        return !r->why;
    return vread_wrong(r, arena_printf(r->arena, "%zu ring buffer values of the file did not appear",
                                       json_array_size(s->expected) - s->next));
}

void spin_compare_counters(vector_reader *r, const json_t *expected, const ring_counters *got)
{
    const struct {
        const char *key;
        uint32_t got;
    } counters[] = {{"ring_saturations_fixed", got->saturated_fixed},
                    {"ring_saturations_plastic", got->saturated_plastic},
                    {"skipped_synapses", got->skipped},
                    {"late_spikes", got->late},
                    {"max_late_spike", got->max_late}};
    for (size_t i = 0; i < sizeof counters / sizeof *counters && !r->why; i++) {
        json_int_t want = vread_member(r, expected, counters[i].key, 0, UINT32_MAX);
        if (!r->why && want != counters[i].got)
            r->why = arena_printf(r->arena, "%s: got %" PRIu32 ", want %" JSON_INTEGER_FORMAT, counters[i].key,
                                  counters[i].got, want);
    }
}

/* ---- a core ---- */

static bool read_rule(spin_synapses *c, const json_t *json)
{
    vector_reader *r = &c->r;
    stdp_kind kind;
    const char *name = vread_word(r, json, "rule");
    if (strcmp(name, "static") == 0)
        return !r->why;
    if (!r->why && !stdp_find(name, &kind))
        return vread_wrong(r, arena_printf(r->arena, "there is no rule '%s'", name));
    c->region = spin_read_words(r, json_object_get(json, "dynamics_region_words"), "dynamics_region_words");
    if (!r->why && !stdp_read(c->region.word, c->region.count, kind, c->shift.count, &c->rule))
        return vread_wrong(r, "'dynamics_region_words' is too short for its rule");
    c->stdp = (stdp_core){&c->rule, c->region.word, c->shift.word, c->core.format};
    c->core.stdp = &c->stdp;
    return !r->why;
}

static bool read_shifts(spin_synapses *c, const json_t *json)
{
    c->shift = spin_read_words(&c->r, json_object_get(json, "ring_shift"), "ring_shift");
    for (uint32_t i = 0; i < c->shift.count; i++)
        if (c->shift.word[i] > 31)
            return vread_wrong(&c->r, "'ring_shift' must be at most 31");
    return !c->r.why;
}

bool spin_set_up(spin_synapses *c, const json_t *json)
{
    vector_reader *r = &c->r;
    row_format f = spin_read_format(r, json);
    uint32_t neurons = 1u << f.index_bits;
    c->row = spin_read_rows(r, json, &c->nrows);
    c->core = (synapse_core){.format = f,
                             .history = ARENA_NEW(r->arena, stdp_history, neurons),
                             .ring = ARENA_NEW(r->arena, uint16_t, ring_size(&f)),
                             .count = &c->count};
    if (!read_shifts(c, json) || !read_rule(c, json))
        return false;
    for (uint32_t i = 0; i < c->nrows; i++)
        if (!synapse_row_fits(&c->core, c->row[i].word, c->row[i].count, neurons))
            return vread_wrong(r, arena_printf(r->arena,
                                               "row %" PRIu32 " is shorter than it says, or its synapses "
                                               "name what there is not",
                                               i));
    return true;
}
