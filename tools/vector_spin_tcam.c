/* Compresses routing tables and compares with what PACMAN made of them. Takes a case with its entries and the sizes of
 * PACMAN's compressors, yields a difference when a key is delivered otherwise or the table is longer than the shortest
 * of theirs. The look-ups here share nothing with the comparison that compression checks itself by: keys are looked
 * up one by one, all of a small entry, the ends and some in between of a large one. */
#include "tools/vector_spin.h"

#include "core/base/rng.h"

#include <inttypes.h>

enum { MAX_ENTRIES = 1 << 14, KEYS = 64 };

const char *vector_spin_table(const json_t *rows, hmn_arena *a, tcam_table *out)
{
    uint32_t n = (uint32_t)json_array_size(rows);
    if (!json_is_array(rows) || json_array_size(rows) > MAX_ENTRIES)
        return "'entries' must be an array of at most 16384 rows [key, mask, route, defaultable]";
    tcam_entry *e = ARENA_NEW(a, tcam_entry, n);
    for (uint32_t i = 0; i < n; i++) {
        int64_t v[4];
        for (size_t k = 0; k < 4; k++)
            v[k] = vector_spin_number(json_array_get(rows, i), k);
        if (v[0] < 0 || v[1] < 0 || v[2] < 0 || v[3] < 0 || v[3] > 1 || (v[0] & ~v[1]))
            return arena_printf(a, "entry %" PRIu32 " is not [key, mask, route, 0 or 1] with a key within its mask", i);
        e[i] = (tcam_entry){(uint32_t)v[0], (uint32_t)v[1], (uint32_t)v[2], v[3] == 1};
    }
    *out = (tcam_table){e, n};
    int32_t odd = tcam_overlap(*out);
    return odd < 0 ? NULL : arena_printf(a, "entry %" PRId32 " overlaps one of another route", odd);
}

/* The bits of `number` spread over those that the mask leaves open. */
static uint32_t open_key(const tcam_entry *e, uint32_t number)
{
    uint32_t key = e->key;
    for (uint32_t open = ~e->mask; open; open &= open - 1, number >>= 1)
        key |= number & 1 ? open & -open : 0;
    return key;
}

static bool alike(const tcam_entry *e, tcam_table after, uint32_t key)
{
    int32_t i = tcam_lookup(after, key);
    return i < 0 ? e->defaultable : after.entry[i].route == e->route;
}

static const char *look_up(tcam_table before, tcam_table after, hmn_arena *a)
{
    for (uint32_t i = 0; i < before.count; i++) {
        const tcam_entry *e = &before.entry[i];
        for (uint32_t k = 0; k < KEYS; k++) {
            uint32_t number = __builtin_popcount(~e->mask) <= 6 ? k
                              : k == 0                          ? 0
                              : k == 1                          ? UINT32_MAX
                                                                : rng_u32(1, RNG_TABLES, i, k, 0);
            if (!alike(e, after, open_key(e, number)))
                return arena_printf(a, "key 0x%08" PRIx32 " of entry %" PRIu32 " goes another way", open_key(e, number),
                                    i);
        }
    }
    return NULL;
}

const char *vector_spin_compress(tcam_table t, int64_t bar, hmn_arena *a)
{
    tcam_table c = tcam_compress(t, a);
    int32_t odd = tcam_differs(t, c);
    if (odd >= 0)
        return arena_printf(a, "keys of entry %" PRId32 " go another way", odd);
    const char *why = look_up(t, c, a);
    if (!why && bar >= 0 && c.count > bar)
        why = arena_printf(a, "%" PRIu32 " entries become %" PRIu32 ", want at most %" PRId64, t.count, c.count, bar);
    return why;
}

int64_t vector_spin_least(const json_t *sizes)
{
    int64_t least = -1;
    for (void *at = json_object_iter((json_t *)(uintptr_t)sizes); at;
         at = json_object_iter_next((json_t *)(uintptr_t)sizes, at)) {
        const json_t *n = json_object_iter_value(at);
        if (json_is_integer(n) && (least < 0 || json_integer_value(n) < least))
            least = json_integer_value(n);
    }
    return least;
}

const char *vector_spin_tcam(const json_t *root, const json_t *json, hmn_arena *a)
{
    (void)root;
    tcam_table t;
    const char *why = vector_spin_table(json_object_get(json, "entries"), a, &t);
    int64_t bar = vector_spin_least(json_object_get(json, "pacman_sizes"));
    if (why)
        return why;
    return bar < 0 ? "'pacman_sizes' says no size to compare with" : vector_spin_compress(t, bar, a);
}
