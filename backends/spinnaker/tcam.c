/* Look-up, comparison and compression of routing tables. Compression takes a table whose entries do not contradict
 * each other and yields a shorter one in which order matters: keys that no source sends may match anything, so entries
 * of one route are merged wherever that catches no key of another (Mundy, Heathcote and Garside, HPSR 2016). Several
 * methods run and the shortest result is kept. Comparison is exact and works on sets of keys, not on keys: what an
 * entry catches is cut out of the set, the remainder goes on to the entries below. */
#include "backends/spinnaker/tcam.h"

#include "core/base/bug.h"

#include <string.h>

int32_t tcam_lookup(tcam_table t, uint32_t key)
{
    for (uint32_t i = 0; i < t.count; i++)
        if ((key & t.entry[i].mask) == t.entry[i].key)
            return (int32_t)i;
    return -1;
}

/* Do all keys of the set, of which no entry before `from` catches any, reach the route of `e`? */
static bool same(const tcam_entry *e, uint32_t key, uint32_t mask, tcam_table after, uint32_t from)
{
    for (uint32_t i = from; i < after.count; i++) {
        const tcam_entry *c = &after.entry[i];
        if (!tcam_intersect(key, mask, c->key, c->mask))
            continue;
        if (c->route != e->route)
            return false;
        for (uint32_t open = c->mask & ~mask; open; open &= open - 1) {
            uint32_t bit = open & -open;
            mask |= bit;
            key |= c->key & bit;
            if (!same(e, key ^ bit, mask, after, i + 1))
                return false;
        }
        return true; /* what is left, c catches */
    }
    return e->defaultable;
}

int32_t tcam_differs(tcam_table before, tcam_table after)
{
    for (uint32_t i = 0; i < before.count; i++)
        if (!same(&before.entry[i], before.entry[i].key, before.entry[i].mask, after, 0))
            return (int32_t)i;
    return -1;
}

int32_t tcam_overlap(tcam_table t)
{
    for (uint32_t i = 0; i < t.count; i++)
        for (uint32_t k = i + 1; k < t.count; k++)
            if (t.entry[i].route != t.entry[k].route &&
                tcam_intersect(t.entry[i].key, t.entry[i].mask, t.entry[k].key, t.entry[k].mask))
                return (int32_t)i;
    return -1;
}

/* May entry i go? Each key of `used` that it catches first must be defaultable and be caught by no later entry. */
static bool superfluous(const tcam_entry *entry, uint32_t count, uint32_t i, tcam_table used)
{
    const tcam_entry *e = &entry[i];
    if (!e->defaultable)
        return false;
    for (uint32_t u = 0; u < used.count; u++) {
        if (!tcam_intersect(e->key, e->mask, used.entry[u].key, used.entry[u].mask))
            continue;
        if (used.entry[u].route == e->route && !used.entry[u].defaultable)
            return false;
        for (uint32_t k = i + 1; used.entry[u].route == e->route && k < count; k++)
            if (tcam_intersect(entry[k].key, entry[k].mask, used.entry[u].key, used.entry[u].mask))
                return false;
    }
    return true;
}

tcam_table tcam_drop_defaults(tcam_table t, tcam_table used, hmn_arena *a)
{
    tcam_entry *entry = ARENA_NEW(a, tcam_entry, t.count);
    uint32_t n = t.count;
    if (n)
        memcpy(entry, t.entry, n * sizeof *entry);
    for (uint32_t i = n; i-- > 0;)
        if (superfluous(entry, n, i, used)) {
            memmove(&entry[i], &entry[i + 1], (n - i - 1) * sizeof *entry);
            n--;
        }
    return (tcam_table){entry, n};
}

tcam_table tcam_compress(tcam_table t, hmn_arena *a)
{
    static tcam_table (*const method[])(tcam_table, hmn_arena *) = {tcam_pair, tcam_ordered_covering, tcam_minimise};
    tcam_table best = t;
    for (size_t i = 0; i < sizeof method / sizeof *method && best.count > 1; i++) {
        tcam_table c = tcam_drop_defaults(method[i](t, a), t, a);
        if (c.count < best.count)
            best = c;
    }
    if (best.count == 1)
        best = tcam_drop_defaults(best, t, a);
    HMN_ASSERT(tcam_differs(t, best) < 0);
    return best;
}
