/* Ordered covering (Mundy, Heathcote and Garside, "On-chip order-exploiting routing table minimization for a multicast
 * supercomputer network", HPSR 2016), written from the paper. The table is kept sorted by generality, the number of
 * bits that an entry does not look at. Each round finds the merge that saves most: all entries of one route, less
 * those that must stay out. Out of a merge go
 *   - down-check: entries whose bits the merge must keep so that it does not catch an original entry of another route
 *     that stands below its place (the paper's aliases: here each original entry knows which entry holds it now);
 *   - up-check: entries that would sink below one that catches some of their keys.
 * It ends when no merge saves an entry, or after a bounded amount of work. */
#include "backends/spinnaker/tcam.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_TESTS = 400 * 1000 * 1000 };

typedef struct {
    tcam_table used;
    tcam_entry *e;    /* sorted by generality */
    uint32_t *holder; /* [used.count] index in e that holds each original entry */
    uint32_t n;
    uint64_t tests;
} covering;

typedef struct {
    uint32_t *member; /* indices in e, ascending */
    uint32_t n;
    uint32_t key, mask, place; /* of the merge; place: index before which it goes */
} merge;

static uint32_t generality(uint32_t mask) { return (uint32_t)__builtin_popcount(~mask); }

static int by_generality(const void *pa, const void *pb)
{
    const tcam_entry *a = pa, *b = pb;
    uint32_t ga = generality(a->mask), gb = generality(b->mask);
    return ga != gb ? (ga < gb ? -1 : 1) : a->key < b->key ? -1 : a->key > b->key;
}

static void measure(const covering *c, merge *m)
{
    m->key = c->e[m->member[0]].key;
    m->mask = c->e[m->member[0]].mask;
    for (uint32_t i = 1; i < m->n; i++)
        tcam_merge(&m->key, &m->mask, c->e[m->member[i]].key, c->e[m->member[i]].mask);
    uint32_t low = 0, high = c->n, g = generality(m->mask);
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (generality(c->e[middle].mask) <= g)
            low = middle + 1;
        else
            high = middle;
    }
    m->place = low;
}

/* Bits of which at least one must be looked at: those of the caught entry that can be told apart by fewest. Returns
 * false when nothing is caught; 0 bits: something is caught and cannot be told apart. */
static bool find_caught(covering *c, const merge *m, uint32_t route, uint32_t *bits, uint32_t *key)
{
    uint32_t fewest = 33;
    for (uint32_t i = 0; i < c->used.count; i++) {
        const tcam_entry *o = &c->used.entry[i];
        if (o->route == route || !tcam_intersect(m->key, m->mask, o->key, o->mask) || c->holder[i] < m->place)
            continue;
        uint32_t apart = o->mask & ~m->mask, n = (uint32_t)__builtin_popcount(apart);
        if (n < fewest) {
            fewest = n;
            *bits = apart;
            *key = o->key;
        }
    }
    c->tests += c->used.count;
    return fewest < 33;
}

/* Members that leave when the merge must have the opposite of `value` at `bit`. */
static bool leaves(const tcam_entry *e, uint32_t bit, uint32_t value)
{
    return !(e->mask & bit) || (e->key & bit) == (value & bit);
}

static void keep_apart(covering *c, merge *m, uint32_t bits, uint32_t value)
{
    uint32_t best = 0, least = UINT32_MAX;
    for (uint32_t b = bits; b; b &= b - 1) {
        uint32_t bit = b & -b, n = 0;
        for (uint32_t i = 0; i < m->n; i++)
            n += leaves(&c->e[m->member[i]], bit, value);
        c->tests += m->n;
        if (n <= least) {
            least = n;
            best = bit;
        }
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < m->n; i++)
        if (best && !leaves(&c->e[m->member[i]], best, value))
            m->member[kept++] = m->member[i];
    m->n = kept;
}

static void down_check(covering *c, merge *m, uint32_t route, uint32_t enough)
{
    uint32_t bits = 0, key = 0;
    while (m->n > enough) {
        measure(c, m);
        if (!find_caught(c, m, route, &bits, &key))
            return;
        keep_apart(c, m, bits, key);
    }
}

/* Returns whether a member left. Its place is that of the merge before any does, as in the paper. */
static bool up_check(covering *c, merge *m)
{
    uint32_t kept = 0, place = m->place;
    for (uint32_t i = 0; i < m->n; i++) {
        const tcam_entry *e = &c->e[m->member[i]];
        bool sinks = false;
        for (uint32_t k = m->member[i] + 1; k < place && !sinks; k++)
            sinks = c->e[k].route != e->route && tcam_intersect(e->key, e->mask, c->e[k].key, c->e[k].mask);
        c->tests += place;
        if (!sinks)
            m->member[kept++] = m->member[i];
    }
    bool changed = kept < m->n;
    m->n = kept;
    return changed;
}

/* All entries of the route of entry `first`, from there on, less what must stay out. A valid merge has more than
 * `enough` members. */
static void refine(covering *c, merge *m, uint32_t first, uint32_t enough)
{
    uint32_t route = c->e[first].route;
    m->n = 0;
    for (uint32_t i = first; i < c->n; i++)
        if (c->e[i].route == route)
            m->member[m->n++] = i;
    bool changed = true;
    while (changed && m->n > enough) {
        down_check(c, m, route, enough);
        if (m->n <= enough)
            return;
        changed = up_check(c, m);
    }
    if (m->n > enough)
        measure(c, m);
}

static bool find_best(covering *c, merge *best, merge *trial, bool *seen)
{
    memset(seen, 0, c->n * sizeof *seen);
    best->n = 1;
    for (uint32_t i = 0; i < c->n && c->tests < MOST_TESTS; i++) {
        if (seen[i])
            continue;
        for (uint32_t k = i; k < c->n; k++)
            seen[k] |= c->e[k].route == c->e[i].route;
        refine(c, trial, i, best->n);
        if (trial->n > best->n) {
            merge swap = *best;
            *best = *trial;
            *trial = swap;
        }
    }
    return best->n > 1;
}

/* Members out, the merge in at its place. */
static void apply(covering *c, const merge *m, uint32_t *now, tcam_entry *next)
{
    tcam_entry made = c->e[m->member[0]];
    made.key = m->key;
    made.mask = m->mask;
    uint32_t n = 0, member = 0, place = UINT32_MAX;
    for (uint32_t i = 0; i <= c->n; i++) {
        if (i == m->place)
            place = n++;
        if (i == c->n)
            break;
        if (member < m->n && m->member[member] == i) {
            made.defaultable &= c->e[i].defaultable;
            member++;
            now[i] = UINT32_MAX;
        } else {
            next[n] = c->e[i];
            now[i] = n++;
        }
    }
    next[place] = made;
    for (uint32_t i = 0; i < c->used.count; i++)
        c->holder[i] = now[c->holder[i]] == UINT32_MAX ? place : now[c->holder[i]];
    memcpy(c->e, next, n * sizeof *next);
    c->n = n;
}

tcam_table tcam_ordered_covering(tcam_table t, hmn_arena *a)
{
    uint32_t n = t.count;
    tcam_entry *e = ARENA_NEW(a, tcam_entry, n), *used = ARENA_NEW(a, tcam_entry, n),
               *next = ARENA_NEW(a, tcam_entry, n);
    covering c = {.used = {used, n}, .e = e, .holder = ARENA_NEW(a, uint32_t, n), .n = n};
    if (n) {
        memcpy(e, t.entry, n * sizeof *e);
        qsort(e, n, sizeof *e, by_generality);
        memcpy(used, e, n * sizeof *e);
    }
    for (uint32_t i = 0; i < n; i++)
        c.holder[i] = i;
    merge best = {.member = ARENA_NEW(a, uint32_t, n)}, trial = {.member = ARENA_NEW(a, uint32_t, n)};
    bool *seen = ARENA_NEW(a, bool, n);
    uint32_t *now = ARENA_NEW(a, uint32_t, n);
    while (find_best(&c, &best, &trial, seen))
        apply(&c, &best, now, next);
    return (tcam_table){c.e, c.n};
}
