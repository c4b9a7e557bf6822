/* Replays rows of fixed synapses and searches of the population table. Takes a case with rows and spikes in order, or
 * a table and keys; yields the first difference of drained ring buffers, counters, or rows found. Everything is
 * computed by the functions of the emulated core. */
#include "tools/vector_synapse.h"

#include "backends/spinnaker/poptable.h"

#include <inttypes.h>

typedef struct {
    vector_reader r;
    row_format f;
    spin_words *row;
    uint32_t nrows;
    uint16_t *ring;
    ring_counters count;
} row_core;

static void serve(row_core *c, const json_t *event, uint32_t step)
{
    vector_reader *r = &c->r;
    uint32_t row = (uint32_t)vread_whole(r, json_array_get(event, 1), "row", 0, (int64_t)c->nrows - 1);
    uint32_t colour = (uint32_t)vread_whole(r, json_array_get(event, 2), "spike_colour", 0, UINT32_MAX);
    uint32_t mask = (uint32_t)vread_whole(r, json_array_get(event, 3), "colour_mask", 0, UINT32_MAX);
    row_view view;
    if (r->why)
        return;
    if (!row_read(c->row[row].word, c->row[row].count, false, &view)) {
        vread_wrong(r, "a row is shorter than it says");
        return;
    }
    uint32_t late = ring_lateness(step, colour, mask, &c->count);
    ring_add_fixed(&c->f, c->ring, &view, step, late, &c->count);
}

const char *vector_static_rows(const json_t *root, const json_t *json, hmn_arena *a)
{
    (void)root;
    row_core c = {.r = {.arena = a}};
    vector_reader *r = &c.r;
    c.f = spin_read_format(r, json);
    c.row = spin_read_rows(r, json, &c.nrows);
    c.ring = ARENA_NEW(a, uint16_t, ring_size(&c.f));
    uint32_t start = spin_read_member(r, json, "t_start", UINT32_MAX);
    uint32_t steps = spin_read_member(r, json, "n_steps", VREAD_STEPS);
    const json_t *events = vread_array(r, json_object_get(json, "events"), "events", SIZE_MAX);
    spin_slots slots = {vread_array(r, json_object_get(json, "expected_ring_slots"), "expected_ring_slots", SIZE_MAX),
                        0};
    size_t next = 0;
    for (uint32_t t = start; t - start < steps && !r->why; t++) {
        spin_drain(r, &c.f, c.ring, t, &slots);
        for (; json_integer_value(json_array_get(json_array_get(events, next), 0)) == t &&
               next < json_array_size(events) && !r->why;
             next++)
            serve(&c, json_array_get(events, next), t);
    }
    if (spin_drained_all(r, &slots) && next != json_array_size(events))
        vread_wrong(r, "'events' must be in the order of their steps, within t_start and n_steps");
    spin_compare_counters(r, json_object_get(json, "counters"), &c.count);
    return r->why;
}

/* ---- the population table ---- */

static void different(vector_reader *r, uint32_t key, const char *what, uint64_t got, int64_t want)
{
    if (!r->why)
        r->why = arena_printf(r->arena, "key %" PRIu32 ": %s %" PRIu64 ", want %" PRId64, key, what, got, want);
}

static void compare_row(vector_reader *r, uint32_t key, const json_t *want, const poptable_row *row,
                        const poptable_search *s)
{
    const struct {
        const char *name;
        uint32_t got;
    } parts[] = {
        {"address", row->address}, {"bytes", row->bytes}, {"colour", s->colour}, {"colour mask", s->colour_mask}};
    for (size_t i = 0; i < 4; i++) {
        int64_t w = vread_whole(r, json_array_get(want, i), "rows", 0, UINT32_MAX);
        if (w != parts[i].got)
            different(r, key, parts[i].name, parts[i].got, w);
    }
}

static void look_up(vector_reader *r, const spin_words *region, uint32_t base, const json_t *lookup)
{
    uint32_t key = spin_read_member(r, lookup, "key", UINT32_MAX), found = 0;
    const json_t *rows = vread_array(r, json_object_get(lookup, "rows"), "rows", SIZE_MAX);
    poptable_search s = {0};
    poptable_row row;
    poptable_counters count = {0};
    for (bool more = poptable_first(region->word, base, key, &s, &row, &count); more && !r->why;
         more = poptable_next(region->word, base, &s, &row))
        compare_row(r, key, json_array_get(rows, found++), &row, &s);
    if (found != json_array_size(rows))
        different(r, key, "rows found", found, (int64_t)json_array_size(rows));
    if (count.missed != spin_read_member(r, lookup, "miss", 1))
        different(r, key, "misses", count.missed, !count.missed);
    if (count.ghosts != spin_read_member(r, lookup, "ghost", 1))
        different(r, key, "ghost searches", count.ghosts, !count.ghosts);
}

/* Writes the region again from what was read in it, and from the file's own list of entries. */
static void compare_region(vector_reader *r, const json_t *json, const spin_words *region)
{
    uint32_t nentries = region->word[0], nblocks = region->word[1], words = poptable_words(nentries, nblocks);
    const json_t *entries = json_object_get(json, "entries"), *addresses = json_object_get(json, "address_list");
    poptable_entry *entry = ARENA_NEW(r->arena, poptable_entry, nentries);
    poptable_block *block = ARENA_NEW(r->arena, poptable_block, nblocks);
    if (!vread_array(r, entries, "entries", nentries) || !vread_array(r, addresses, "address_list", nblocks))
        return;
    for (uint32_t i = 0; i < nentries; i++) {
        const json_t *e = json_array_get(entries, i);
        entry[i] = (poptable_entry){.key = spin_read_member(r, e, "key", UINT32_MAX),
                                    .mask = spin_read_member(r, e, "mask", UINT32_MAX),
                                    .start = spin_read_member(r, e, "start", POPTABLE_MAX_START),
                                    .colour_bits = spin_read_member(r, e, "n_colour_bits", POPTABLE_MAX_COLOUR_BITS),
                                    .count = spin_read_member(r, e, "count", 0xffff),
                                    .core_mask = spin_read_member(r, e, "core_mask", 0xffff),
                                    .core_shift = spin_read_member(r, e, "mask_shift", 31),
                                    .neurons = spin_read_member(r, e, "n_neurons", 0xffff)};
        if (i > 0 && entry[i - 1].key >= entry[i].key)
            vread_wrong(r, "'entries' must be sorted by key");
    }
    for (uint32_t i = 0; i < nblocks; i++) {
        uint32_t w = (uint32_t)vread_whole(r, json_array_get(addresses, i), "address_list", 0, UINT32_MAX);
        block[i] = (poptable_block){w >> 8, (w & 0xff) + 1};
    }
    if (r->why)
        return;
    uint32_t *written = ARENA_NEW(r->arena, uint32_t, words);
    poptable_write(written, entry, nentries, block, nblocks);
    for (uint32_t i = 0; i < words && !r->why; i++)
        if (written[i] != region->word[i])
            r->why = arena_printf(r->arena, "word %" PRIu32 " of the region: written as %" PRIu32 ", want %" PRIu32, i,
                                  written[i], region->word[i]);
}

const char *vector_population_table(const json_t *root, const json_t *json, hmn_arena *a)
{
    (void)root;
    vector_reader r = {.arena = a};
    spin_words region = spin_read_words(&r, json_object_get(json, "region_words"), "region_words");
    uint32_t base = spin_read_member(&r, json, "synaptic_matrix_base", UINT32_MAX);
    const json_t *lookups = vread_array(&r, json_object_get(json, "lookups"), "lookups", SIZE_MAX);
    if (!r.why && !poptable_check(region.word, region.count))
        vread_wrong(&r, "'region_words' does not hold the entries and addresses that it says");
    if (!r.why && json_object_get(json, "entries"))
        compare_region(&r, json, &region);
    for (size_t i = 0; i < json_array_size(lookups) && !r.why; i++)
        look_up(&r, &region, base, json_array_get(lookups, i));
    return r.why;
}
