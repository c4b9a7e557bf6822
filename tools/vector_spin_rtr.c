/* Compares the bytes that load routing tables with those that SpiNNMan's structures gave. Takes a case with entries,
 * yields the first byte of the rtr_load file or of a request that is not the same, or a difference of the JSON object.
 * The file is read back, too, and must give the entries again. */
#include "tools/vector_spin.h"

#include "backends/spinnaker/rtr.h"

#include <inttypes.h>
#include <string.h>

enum { BASE = 100 }; /* scp_rtr_init_base100 */

static int digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

static const char *compare(const json_t *json, const char *name, const uint8_t *bytes, size_t size, hmn_arena *a)
{
    const char *hex = json_string_value(json_object_get(json, name));
    if (!hex || strlen(hex) != 2 * size)
        return arena_printf(a, "'%s' has not %zu bytes", name, size);
    for (size_t i = 0; i < size; i++)
        if (digit(hex[2 * i]) != bytes[i] >> 4 || digit(hex[2 * i + 1]) != (bytes[i] & 15))
            return arena_printf(a, "%s: byte %zu is 0x%02x", name, i, bytes[i]);
    return NULL;
}

/* The table of the case; cores and links must say the same as the route. */
static const char *read_table(const json_t *json, hmn_arena *a, tcam_table *out)
{
    const json_t *list = json_object_get(json, "entries");
    uint32_t n = (uint32_t)json_array_size(list);
    if (n == 0 || json_array_size(list) > TCAM_ENTRIES)
        return "'entries' must have 1 to 1023 entries";
    tcam_entry *e = ARENA_NEW(a, tcam_entry, n);
    for (uint32_t i = 0; i < n; i++) {
        const json_t *row = json_array_get(list, i), *cores = json_object_get(row, "cores"),
                     *links = json_object_get(row, "links");
        e[i].key = (uint32_t)json_integer_value(json_object_get(row, "key"));
        e[i].mask = (uint32_t)json_integer_value(json_object_get(row, "mask"));
        for (size_t k = 0; k < json_array_size(cores); k++)
            e[i].route |= tcam_core_bit((uint32_t)vector_spin_number(cores, k) % SPIN_CORES);
        for (size_t k = 0; k < json_array_size(links); k++)
            e[i].route |= tcam_link_bit((uint32_t)vector_spin_number(links, k) % SPIN_LINKS);
        if (e[i].route != json_integer_value(json_object_get(row, "spinnaker_route")))
            return arena_printf(a, "entry %" PRIu32 ": cores and links are route %" PRIu32, i, e[i].route);
    }
    *out = (tcam_table){e, n};
    return NULL;
}

static const char *check_read(rtr_bytes file, tcam_table t, hmn_arena *a)
{
    tcam_table back;
    const char *why;
    if (!rtr_read(file.bytes, file.size, a, &back, &why))
        return why;
    for (uint32_t i = 0; i < t.count; i++)
        if (back.count != t.count || back.entry[i].key != t.entry[i].key || back.entry[i].mask != t.entry[i].mask ||
            back.entry[i].route != t.entry[i].route)
            return arena_printf(a, "entry %" PRIu32 " is read back otherwise", i);
    return NULL;
}

static const char *check_json(const json_t *want, tcam_table t, hmn_arena *a)
{
    spin_shape board = {.boards = 1};
    hmn_diag *d = diag_new();
    const spin_machine *m = spin_machine_new(&board, (hmn_span){0}, a, d);
    diag_free(d);
    uint32_t *row = ARENA_NEW(a, uint32_t, m->nchips + 1);
    int32_t chip = spin_chip_at(m, (int32_t)json_integer_value(json_object_get(json_array_get(want, 0), "x")),
                                (int32_t)json_integer_value(json_object_get(json_array_get(want, 0), "y")));
    for (uint32_t c = chip == SPIN_NONE ? m->nchips : (uint32_t)chip; c < m->nchips; c++)
        row[c + 1] = t.count;
    spin_tables all = {row, t.entry};
    hmn_text text = {.arena = a};
    rtr_tables_json(m, &all, &text);
    json_t *got = json_loads(text.s, 0, NULL);
    bool same = got && json_equal(got, want);
    json_decref(got);
    return same ? NULL : "routing_tables_json differs";
}

const char *vector_spin_rtr(const json_t *root, const json_t *json, hmn_arena *a)
{
    (void)root;
    tcam_table t;
    const char *why = read_table(json, a, &t);
    int64_t app = json_integer_value(json_object_get(json, "app_id"));
    if (why || app < 0 || app > UINT8_MAX)
        return why ? why : "'app_id' must be 0 to 255";
    uint8_t alloc[SCP_BYTES], load[SCP_BYTES];
    rtr_bytes file = rtr_file(t, a);
    scp_alloc_entries((uint8_t)app, t.count, 0, 0, alloc);
    scp_load_entries((uint8_t)app, t.count, BASE, 0, 0, load);
    why = compare(json, "rtr_load_hex", file.bytes, file.size, a);
    why = why ? why : compare(json, "scp_alloc_bytes_hex", alloc, sizeof alloc, a);
    why = why ? why : compare(json, "scp_rtr_init_base100_bytes_hex", load, sizeof load, a);
    why = why ? why : check_read(file, t, a);
    return why ? why : check_json(json_object_get(json, "routing_tables_json"), t, a);
}
