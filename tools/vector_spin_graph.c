/* Reads a graph of a mapping vector. Takes a case, yields its machine, the parts of its populations and their keys, and
 * compares the keys with those of the file (key_allocation). Populations get their keys in the order in which they
 * first send, as PACMAN gives them. */
#include "tools/vector_spin_graph.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_POPULATIONS = 256, MAX_PARTS = 8192, MAX_ATOMS = 1 << 22, MAX_FAULTS = 4096 };

static int64_t member(const json_t *j, const char *key, int64_t most)
{
    const json_t *n = json_object_get(j, key);
    int64_t v = json_is_integer(n) ? json_integer_value(n) : 0;
    return v < 0 || v > most ? 0 : v;
}

/* ---- machine ---- */

static void add_faults(const json_t *list, bool links, spin_fault *fault, uint32_t *n)
{
    for (size_t i = 0; i < json_array_size(list) && *n < MAX_FAULTS; i++) {
        const json_t *row = json_array_get(list, i);
        fault[(*n)++] = (spin_fault){(int32_t)vector_spin_number(row, 0), (int32_t)vector_spin_number(row, 1),
                                     links ? (int32_t)vector_spin_number(row, 2) : SPIN_NONE, 0};
    }
}

static const char *read_machine(const json_t *j, hmn_arena *a, spin_graph *g)
{
    spin_fault *fault = ARENA_NEW(a, spin_fault, MAX_FAULTS);
    spin_shape shape = {(uint32_t)member(j, "n_boards", 1 << 12), (uint32_t)member(j, "width", 1 << 12),
                        (uint32_t)member(j, "height", 1 << 12), fault, 0};
    bool wraps = shape.width && shape.height && (shape.width % 12 == 0 || shape.height % 12 == 0);
    if (shape.width == 2 || wraps)
        shape.boards = 0; /* the size says all */
    add_faults(json_object_get(j, "down_links"), true, fault, &shape.nfaults);
    add_faults(json_object_get(j, "down_chips"), false, fault, &shape.nfaults);
    hmn_diag *d = diag_new();
    g->machine = spin_machine_new(&shape, (hmn_span){0}, a, d);
    const char *why = g->machine ? NULL : arena_printf(a, "the machine: %s", diag_get(d, 0)->text);
    diag_free(d);
    return why;
}

/* ---- populations ---- */

static uint32_t find(const spin_graph *g, const char *name, size_t length)
{
    for (uint32_t k = 0; name && k < g->npopulations; k++)
        if (strlen(g->name[k]) == length && strncmp(g->name[k], name, length) == 0)
            return k;
    return UINT32_MAX;
}

static const char *read_populations(const json_t *list, hmn_arena *a, spin_graph *g)
{
    uint32_t n = (uint32_t)json_array_size(list);
    if (n == 0 || n > MAX_POPULATIONS)
        return "'vertices' must have 1 to 256 members";
    g->npopulations = n;
    g->name = ARENA_NEW(a, const char *, n);
    g->parts = ARENA_NEW(a, uint32_t, n);
    g->atoms = ARENA_NEW(a, uint32_t, n);
    g->first = ARENA_NEW(a, uint32_t, n + 1);
    g->population = ARENA_NEW(a, uint32_t, MAX_PARTS);
    g->part = ARENA_NEW(a, uint32_t, MAX_PARTS);
    for (uint32_t k = 0; k < n; k++) {
        const json_t *v = json_array_get(list, k);
        uint32_t atoms = (uint32_t)member(v, "n_atoms", MAX_ATOMS),
                 most = (uint32_t)member(v, "max_atoms_per_core", MAX_ATOMS);
        uint32_t sdram = (uint32_t)member(v, "sdram_per_core", UINT32_MAX);
        g->name[k] = json_string_value(json_object_get(v, "name"));
        g->sdram = sdram > g->sdram ? sdram : g->sdram;
        if (!g->name[k] || !atoms || !most || g->nparts + (atoms + most - 1) / most > MAX_PARTS)
            return arena_printf(a, "vertex %" PRIu32 " lacks a name or atoms, or there are more than %d parts", k,
                                MAX_PARTS);
        g->parts[k] = (atoms + most - 1) / most;
        g->atoms[k] = atoms < most ? atoms : most;
        for (uint32_t i = 0; i < g->parts[k]; i++) {
            g->population[g->nparts] = k;
            g->part[g->nparts++] = i;
        }
        g->first[k + 1] = g->nparts;
    }
    return NULL;
}

/* Also in which order populations first send. */
static const char *read_edges(const json_t *list, hmn_arena *a, spin_graph *g, uint32_t *order, uint32_t *senders)
{
    uint32_t n = g->npopulations;
    bool *sends = ARENA_NEW(a, bool, n);
    g->edge = ARENA_NEW(a, bool, n *n);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *from = json_string_value(json_array_get(json_array_get(list, i), 0)),
                   *to = json_string_value(json_array_get(json_array_get(list, i), 1));
        uint32_t p = find(g, from, from ? strlen(from) : 0), q = find(g, to, to ? strlen(to) : 0);
        if (p == UINT32_MAX || q == UINT32_MAX)
            return arena_printf(a, "edge %zu names a vertex that is not there", i);
        g->edge[p * n + q] = true;
        if (!sends[p])
            order[(*senders)++] = p;
        sends[p] = true;
    }
    return NULL;
}

/* ---- keys ---- */

static const char *allocate(spin_graph *g, const uint32_t *order, uint32_t n, hmn_arena *a)
{
    spin_key_need *need = ARENA_NEW(a, spin_key_need, n);
    spin_key_zone *zone = ARENA_NEW(a, spin_key_zone, n);
    hmn_diag *d = diag_new();
    g->zone = ARENA_NEW(a, spin_key_zone, g->npopulations);
    for (uint32_t i = 0; i < n; i++)
        need[i] = (spin_key_need){g->parts[order[i]], g->atoms[order[i]]};
    const char *why =
        spin_keys_allocate(need, n, zone, (hmn_span){0}, d) ? NULL : arena_printf(a, "%s", diag_get(d, 0)->text);
    for (uint32_t i = 0; i < n; i++)
        g->zone[order[i]] = zone[i];
    diag_free(d);
    return why;
}

/* Rows ["name(first:last)", key, mask] of parts and ["name", key, mask] of populations. */
static const char *check_keys(const spin_graph *g, const json_t *list, hmn_arena *a)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *row = json_array_get(list, i);
        const char *label = json_string_value(json_array_get(row, 0)), *open = label ? strrchr(label, '(') : NULL;
        uint32_t k = find(g, label, open ? (size_t)(open - label) : label ? strlen(label) : 0);
        if (k == UINT32_MAX)
            return arena_printf(a, "key %zu belongs to no vertex", i);
        uint32_t part = open ? (uint32_t)strtoul(open + 1, NULL, 10) / g->atoms[k] : 0;
        uint32_t key = spin_part_key(g->zone[k], part), mask = open ? spin_part_mask(g->zone[k]) : g->zone[k].mask;
        if (key != vector_spin_number(row, 1) || mask != vector_spin_number(row, 2))
            return arena_printf(a, "%s has key 0x%08" PRIx32 ", mask 0x%08" PRIx32, label, key, mask);
    }
    return NULL;
}

const char *spin_graph_read(const json_t *json, hmn_arena *a, spin_graph *out)
{
    memset(out, 0, sizeof *out);
    uint32_t *order = ARENA_NEW(a, uint32_t, MAX_POPULATIONS), senders = 0;
    const char *why = read_machine(json_object_get(json, "machine"), a, out);
    why = why ? why : read_populations(json_object_get(json, "vertices"), a, out);
    why = why ? why : read_edges(json_object_get(json, "edges"), a, out, order, &senders);
    why = why ? why : allocate(out, order, senders, a);
    return why ? why : check_keys(out, json_object_get(json_object_get(json, "pacman"), "key_allocation"), a);
}
