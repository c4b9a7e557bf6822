/* Ordered pair merging, the host software's default method, as it describes it: routes from the rarest to the most
 * frequent; within one, the first entry is merged with the first other that can be, until none can; a merge is
 * allowed when it matches no key of a route that comes later. Of equally frequent routes the one met first comes
 * last. Two entries of one route merge into what SC2 says; the last route always becomes a single entry. */
#include "backends/spinnaker/tcam.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    uint32_t route, count, first; /* index of the first entry that has it */
} frequency;

static int by_route(const void *pa, const void *pb)
{
    const frequency *a = pa, *b = pb;
    return a->route != b->route ? (a->route < b->route ? -1 : 1) : a->first < b->first ? -1 : a->first > b->first;
}

/* The order of the buckets. */
static int rarest_first(const void *pa, const void *pb)
{
    const frequency *a = pa, *b = pb;
    return a->count != b->count ? (a->count < b->count ? -1 : 1) : a->first > b->first ? -1 : a->first < b->first;
}

static frequency *count_routes(tcam_table t, hmn_arena *a, uint32_t *count)
{
    frequency *f = ARENA_NEW(a, frequency, t.count);
    for (uint32_t i = 0; i < t.count; i++)
        f[i] = (frequency){t.entry[i].route, 1, i};
    qsort(f, t.count, sizeof *f, by_route);
    uint32_t n = 0;
    for (uint32_t i = 0; i < t.count; i++) {
        if (n && f[n - 1].route == f[i].route)
            f[n - 1].count++;
        else
            f[n++] = f[i];
    }
    qsort(f, n, sizeof *f, rarest_first);
    *count = n;
    return f;
}

/* Merges entry `right` into `left` when that catches none of the `later` entries. */
static bool try_merge(tcam_entry *left, const tcam_entry *right, const tcam_entry *later, uint32_t nlater)
{
    tcam_entry e = *left;
    tcam_merge(&e.key, &e.mask, right->key, right->mask);
    e.defaultable = left->defaultable && right->defaultable;
    for (uint32_t k = 0; k < nlater; k++)
        if (tcam_intersect(e.key, e.mask, later[k].key, later[k].mask))
            return false;
    *left = e;
    return true;
}

/* The bucket's entries merged in place; a freed place is filled from the end. Returns how many are left. */
static uint32_t merge_bucket(tcam_entry *e, uint32_t n, const tcam_entry *later, uint32_t nlater)
{
    for (uint32_t left = 0; left < n; left++)
        for (uint32_t i = left + 1; i < n;) {
            if (try_merge(&e[left], &e[i], later, nlater)) {
                e[i] = e[--n];
                i = left + 1;
            } else {
                i++;
            }
        }
    return n;
}

tcam_table tcam_pair(tcam_table t, hmn_arena *a)
{
    uint32_t nroutes, n = 0, written = 0;
    frequency *f = count_routes(t, a, &nroutes);
    tcam_entry *e = ARENA_NEW(a, tcam_entry, t.count), *out = ARENA_NEW(a, tcam_entry, t.count);
    for (uint32_t k = 0; k < nroutes; k++)
        for (uint32_t i = f[k].first; i < t.count; i++)
            if (t.entry[i].route == f[k].route)
                e[n++] = t.entry[i];
    for (uint32_t k = 0, first = 0; k < nroutes; first += f[k++].count) {
        uint32_t end = first + f[k].count, left = merge_bucket(e + first, f[k].count, e + end, n - end);
        memcpy(out + written, e + first, left * sizeof *out);
        written += left;
    }
    return (tcam_table){out, written};
}
