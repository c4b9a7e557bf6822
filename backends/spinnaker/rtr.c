/* Writes what loads routing tables onto a machine. Takes tables of chips, yields the binary file that SCAMP and ybug
 * read (one 16-byte record an entry, little-endian, in order of priority), the two requests that a host sends to load
 * it, and the JSON files that PACMAN, SpiNNMachine and the Java host exchange. Layouts: spinnaker_tools (sark.h,
 * ybug) and SpiNNMan, read and restated; core numbers are virtual, SCAMP translates them. */
#include "backends/spinnaker/rtr.h"

#include "core/base/bug.h"

#include <inttypes.h>
#include <string.h>

enum { RECORD = 16, CMD_ALLOC = 28, CMD_RTR = 29, ALLOC_ENTRIES = 3, RTR_LOAD = 2, SDRAM_BYTES = 123469792 };

static uint32_t get(const uint8_t *at, uint32_t n)
{
    uint32_t v = 0;
    for (uint32_t i = n; i-- > 0;)
        v = v << 8 | at[i];
    return v;
}

static void put(uint8_t *at, uint32_t v, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        at[i] = (uint8_t)(v >> (8 * i));
}

/*   0      2      4        8      12     16
 *  +------+------+--------+------+------+
 *  | next | free | route  | key  | mask |     next: index of the entry, free: 0
 *  +------+------+--------+------+------+                                                             */
rtr_bytes rtr_file(tcam_table t, hmn_arena *a)
{
    HMN_ASSERT(t.count > 0 && t.count <= TCAM_ENTRIES);
    size_t size = (size_t)(t.count + 1) * RECORD;
    uint8_t *bytes = ARENA_NEW(a, uint8_t, size);
    for (uint32_t i = 0; i < t.count; i++) {
        uint8_t *r = bytes + (size_t)i * RECORD;
        put(r, i, 2);
        put(r + 4, t.entry[i].route, 4);
        put(r + 8, t.entry[i].key, 4);
        put(r + 12, t.entry[i].mask, 4);
    }
    memset(bytes + size - RECORD, 0xff, RECORD);
    return (rtr_bytes){bytes, size};
}

bool rtr_read(const void *bytes, size_t size, hmn_arena *a, tcam_table *out, const char **why)
{
    const uint8_t *at = bytes;
    if (size % RECORD || size < RTR_LEAST || size > RTR_MOST) {
        *why = arena_printf(a, "%zu bytes are not a multiple of 16 between 32 and 16384", size);
        return false;
    }
    uint32_t n = (uint32_t)(size / RECORD) - 1;
    for (uint32_t i = 0; i < RECORD; i++)
        if (at[size - RECORD + i] != 0xff) {
            *why = "the last 16 bytes are not all 0xff";
            return false;
        }
    tcam_entry *e = ARENA_NEW(a, tcam_entry, n);
    for (uint32_t i = 0; i < n; i++) {
        const uint8_t *r = at + (size_t)i * RECORD;
        e[i] = (tcam_entry){get(r + 8, 4), get(r + 12, 4), get(r + 4, 4), false};
        if (get(r, 2) != i || get(r + 2, 2) != 0 || (e[i].key & ~e[i].mask) || e[i].route >> 24) {
            *why = arena_printf(a,
                                "entry %" PRIu32 " is out of order, or has a key outside its mask or a route beyond "
                                "18 cores",
                                i);
            return false;
        }
    }
    *out = (tcam_table){e, n};
    return true;
}

/* ---- requests ---- */

/*  SDP header: flags 0x87 (reply expected), tag 0xff, to port 0 core 0, from 0xff, to y, x, from y, x;
 *  SCP: command, sequence, three arguments. The monitor of a chip is its virtual core 0.                */
static void request(uint8_t *out, uint32_t command, uint32_t x, uint32_t y, uint32_t arg1, uint32_t arg2, uint32_t arg3)
{
    static const uint8_t header[8] = {0x87, 0xff, 0x00, 0xff, 0, 0, 0, 0};
    memcpy(out, header, sizeof header);
    put(out + 4, x << 8 | y, 2);
    put(out + 8, command, 2);
    put(out + 10, 0, 2);
    put(out + 12, arg1, 4);
    put(out + 16, arg2, 4);
    put(out + 20, arg3, 4);
}

void scp_alloc_entries(uint8_t app, uint32_t n, uint32_t x, uint32_t y, uint8_t out[SCP_BYTES])
{
    request(out, CMD_ALLOC, x, y, (uint32_t)app << 8 | ALLOC_ENTRIES, n, 0);
}

void scp_load_entries(uint8_t app, uint32_t n, uint32_t base, uint32_t x, uint32_t y, uint8_t out[SCP_BYTES])
{
    request(out, CMD_RTR, x, y, n << 16 | (uint32_t)app << 8 | RTR_LOAD, RTR_ADDRESS, base);
}

/* ---- JSON ---- */

static void add_string(hmn_text *out, const char *s)
{
    text_add(out, "\"");
    for (; *s; s++) {
        if (*s == '"' || *s == '\\')
            text_add(out, "\\%c", *s);
        else if ((unsigned char)*s < ' ')
            text_add(out, "\\u%04x", (unsigned)*s);
        else
            text_add(out, "%c", *s);
    }
    text_add(out, "\"");
}

void rtr_tables_json(const spin_machine *m, const spin_tables *t, hmn_text *out)
{
    const char *between = "";
    text_add(out, "[");
    for (int32_t c = 0; c < (int32_t)m->nchips; c++) {
        tcam_table table = spin_table(t, c);
        if (table.count == 0)
            continue;
        text_add(out, "%s\n{\"x\": %" PRId32 ", \"y\": %" PRId32 ", \"entries\": [", between, m->x[c], m->y[c]);
        for (uint32_t i = 0; i < table.count; i++)
            text_add(out,
                     "%s\n  {\"key\": %" PRIu32 ", \"mask\": %" PRIu32 ", \"defaultable\": %s, "
                     "\"spinnaker_route\": %" PRIu32 "}",
                     i ? "," : "", table.entry[i].key, table.entry[i].mask,
                     table.entry[i].defaultable ? "true" : "false", table.entry[i].route);
        text_add(out, "]}");
        between = ",";
    }
    text_add(out, "]\n");
}

void rtr_placements_json(const spin_machine *m, const uint32_t *site, const char *const *label, uint32_t n,
                         hmn_text *out)
{
    text_add(out, "[");
    for (uint32_t i = 0; i < n; i++) {
        int32_t c = spin_site_chip(site[i]);
        text_add(out, "%s\n  {\"vertex_label\": ", i ? "," : "");
        add_string(out, label[i]);
        text_add(out, ", \"x\": %" PRId32 ", \"y\": %" PRId32 ", \"p\": %" PRIu32 "}", m->x[c], m->y[c],
                 spin_site_core(site[i]));
    }
    text_add(out, "]\n");
}

static void add_chip(const spin_machine *m, int32_t c, hmn_text *out)
{
    int32_t e = m->ethernet[c] == SPIN_NONE ? c : m->ethernet[c];
    text_add(out, "[%" PRId32 ", %" PRId32 ", {\"cores\": %" PRIu32 ", \"ethernet\": [%" PRId32 ", %" PRId32 "]",
             m->x[c], m->y[c], m->cores[c], m->x[e], m->y[e]);
    if (e == c)
        text_add(out, ", \"ipAddress\": \"127.0.%" PRId32 ".%" PRId32 "\"", m->x[c], m->y[c]);
    const char *between = ", \"deadLinks\": [";
    bool any = false;
    for (uint32_t l = 0; l < SPIN_LINKS; l++)
        if (m->link[c][l] == SPIN_NONE) {
            text_add(out, "%s%" PRIu32, between, l);
            between = ", ";
            any = true;
        }
    text_add(out, "%s}]", any ? "]" : "");
}

void rtr_machine_json(const spin_machine *m, hmn_text *out)
{
    text_add(out, "{\"width\": %" PRIu32 ", \"height\": %" PRIu32 ", \"root\": [0, 0],\n", m->width, m->height);
    text_add(out, "\"standardResources\": {\"monitors\": 1, \"routerEntries\": %d, \"sdram\": %d, \"tags\": []},\n",
             TCAM_ENTRIES, SDRAM_BYTES);
    text_add(out,
             "\"ethernetResources\": {\"monitors\": 1, \"routerEntries\": %d, \"sdram\": %d, "
             "\"tags\": [1, 2, 3, 4, 5, 6, 7]},\n\"chips\": [",
             TCAM_ENTRIES, SDRAM_BYTES);
    for (int32_t c = 0; c < (int32_t)m->nchips; c++) {
        text_add(out, "%s\n", c ? "," : "");
        add_chip(m, c, out);
    }
    text_add(out, "]}\n");
}
