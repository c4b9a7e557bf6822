/* Table minimisation by routes. A table in which all entries of one route stand together, route after route, is right
 * when the entries of each match all keys of that route and none of a later one: keys of earlier routes are caught
 * already, all others are of no concern. That is two-level logic minimisation (on-set: the route; off-set: the later
 * ones; all else don't-care) once for each route, with the order of the routes free to choose. Both are searched:
 *   - a cover, by growing each entry with its nearest neighbours while no off-set entry is touched, as espresso's
 *     expand step does (Brayton et al., 1984), then choosing few of the cubes so found, greedily, dropping what became
 *     superfluous and trying again after random removals;
 *   - the order, from the rarest route to the most frequent, improved by moving routes: the cost of a route depends on
 *     the set of later ones only, so a move re-evaluates those between its old place and its new one.
 * The work is bounded by counting tests, so the result is the same on any machine. */
#include "backends/spinnaker/tcam.h"

#include "core/base/rng.h"

#include <stdlib.h>
#include <string.h>

enum {
    ORDER_TESTS = 250 * 1000 * 1000, /* spent on the order of routes */
    COVER_TESTS = 250 * 1000 * 1000, /* on the covers, shared by the routes */
    GROWTHS = 6,                     /* random growths of each entry */
    SHAKES = 400                     /* tries to do with one cube less */
};

typedef struct {
    uint32_t key, mask;
} cube;

typedef struct {
    tcam_table t; /* sorted by route */
    uint32_t nroutes;
    const uint32_t *first;              /* [nroutes + 1] entries of each route */
    uint32_t *off_key, *off_mask, noff; /* dropped entries come first */
    uint32_t ndropped;
    cube *on;
    uint32_t non;
    bool *covered;
    uint32_t *left;       /* on-set entries that growth may still take in */
    uint32_t *trial_cost; /* [nroutes] of places, while a move is tried */
    uint64_t tests;
    hmn_arena *arena;
} minimiser;

static int by_route(const void *pa, const void *pb)
{
    const tcam_entry *a = pa, *b = pb;
    return a->route != b->route ? (a->route < b->route ? -1 : 1) : a->key < b->key ? -1 : a->key > b->key;
}

/* On-set: route order[place]; off-set: the routes after it, and what default routing is to take. */
static void set_up(minimiser *m, const uint32_t *order, uint32_t place)
{
    uint32_t r = order[place];
    m->non = 0;
    m->noff = m->ndropped;
    for (uint32_t i = m->first[r]; i < m->first[r + 1]; i++)
        m->on[m->non++] = (cube){m->t.entry[i].key, m->t.entry[i].mask};
    for (uint32_t p = place + 1; p < m->nroutes; p++)
        for (uint32_t i = m->first[order[p]]; i < m->first[order[p] + 1]; i++) {
            m->off_key[m->noff] = m->t.entry[i].key;
            m->off_mask[m->noff++] = m->t.entry[i].mask;
        }
    m->tests += m->noff + m->nroutes;
}

static bool touches(minimiser *m, cube c)
{
    enum { BLOCK = 64 };
    for (uint32_t i = 0; i < m->noff; i += BLOCK) {
        uint32_t end = i + BLOCK < m->noff ? i + BLOCK : m->noff, any = 0;
        for (uint32_t k = i; k < end; k++)
            any |= ((m->off_key[k] ^ c.key) & m->off_mask[k] & c.mask) == 0;
        m->tests += end - i;
        if (any)
            return true;
    }
    return false;
}

static bool contains(cube c, cube part) { return (part.mask & c.mask) == c.mask && (part.key & c.mask) == c.key; }

static cube join(cube a, cube b)
{
    tcam_merge(&a.key, &a.mask, b.key, b.mask);
    return a;
}

typedef enum { NEAREST, FIRST, RANDOM } growth;

/* Grows the cube over entries of `left` until none can join. salt: of random growth, which takes a neighbour at
 * random now and then. */
static cube grow(minimiser *m, cube c, uint32_t nleft, growth how, uint32_t salt)
{
    uint32_t draw = 0;
    while (nleft) {
        uint32_t best = 0, least = 99;
        if (how == RANDOM)
            draw = rng_u32(0, RNG_TABLES, salt, nleft, c.mask);
        for (uint32_t i = 0; i < nleft && !(how == FIRST && least < 99);) {
            cube j = join(c, m->on[m->left[i]]);
            uint32_t far = (uint32_t)__builtin_popcount(c.mask & ~j.mask);
            if (far == 0) {
                m->left[i] = m->left[--nleft];
                continue;
            }
            if (how == RANDOM && ((draw >> (i & 31)) & 1))
                far++;
            if (far < least) {
                least = far;
                best = i;
            }
            i++;
        }
        m->tests += nleft;
        if (nleft == 0)
            break;
        cube j = join(c, m->on[m->left[best]]);
        if (!touches(m, j))
            c = j;
        m->left[best] = m->left[--nleft];
    }
    return c;
}

static uint32_t list_uncovered(minimiser *m)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < m->non; i++)
        if (!m->covered[i])
            m->left[n++] = i;
    return n;
}

static void mark(minimiser *m, cube c)
{
    for (uint32_t i = 0; i < m->non; i++)
        m->covered[i] |= contains(c, m->on[i]);
}

/* A quick cover: each entry not yet covered is grown over the others not yet covered. */
static uint32_t quick_cover(minimiser *m, cube *out)
{
    uint32_t n = 0;
    memset(m->covered, 0, m->non * sizeof *m->covered);
    for (uint32_t i = 0; i < m->non; i++) {
        if (m->covered[i])
            continue;
        cube c = grow(m, m->on[i], list_uncovered(m), NEAREST, 0);
        mark(m, c);
        out[n++] = c;
    }
    return n;
}

/* ---- the order of routes ---- */

static uint32_t quick_cost(minimiser *m, const uint32_t *order, uint32_t place, cube *scratch)
{
    set_up(m, order, place);
    return m->noff ? quick_cover(m, scratch) : 1;
}

static void rarest_first(const minimiser *m, uint32_t *order)
{
    for (uint32_t i = 0; i < m->nroutes; i++) {
        uint32_t k = i, size = m->first[i + 1] - m->first[i];
        for (; k && m->first[order[k - 1] + 1] - m->first[order[k - 1]] > size; k--)
            order[k] = order[k - 1];
        order[k] = i;
    }
}

static void move_route(uint32_t *order, uint32_t from, uint32_t to)
{
    uint32_t r = order[from];
    for (; from < to; from++)
        order[from] = order[from + 1];
    for (; from > to; from--)
        order[from] = order[from - 1];
    order[to] = r;
}

/* Moves a route elsewhere when that makes the places between cheaper together. */
static bool try_move(minimiser *m, uint32_t *order, uint32_t *cost, uint32_t from, uint32_t to, cube *scratch)
{
    uint32_t low = from < to ? from : to, high = from < to ? to : from, before = 0, after = 0;
    uint32_t *now = m->trial_cost;
    for (uint32_t p = low; p <= high; p++)
        before += cost[p];
    move_route(order, from, to);
    for (uint32_t p = high + 1; p-- > low && after < before;)
        after += now[p] = quick_cost(m, order, p, scratch);
    if (after >= before) {
        move_route(order, to, from);
        return false;
    }
    memcpy(cost + low, now + low, (high - low + 1) * sizeof *cost);
    return true;
}

/* Neighbours are exchanged while that helps, then routes moved further and further. */
static void find_order(minimiser *m, uint32_t *order, cube *scratch)
{
    rarest_first(m, order);
    uint32_t *cost = ARENA_NEW(m->arena, uint32_t, m->nroutes);
    m->trial_cost = ARENA_NEW(m->arena, uint32_t, m->nroutes);
    for (uint32_t p = 0; p < m->nroutes; p++)
        cost[p] = quick_cost(m, order, p, scratch);
    for (uint32_t far = 1; far < m->nroutes && m->tests < ORDER_TESTS;) {
        bool better = false;
        for (uint32_t p = m->nroutes; p-- > 0 && m->tests < ORDER_TESTS;) {
            better |= p >= far && try_move(m, order, cost, p, p - far, scratch);
            better |= far > 1 && p + far < m->nroutes && try_move(m, order, cost, p, p + far, scratch);
        }
        far = better ? 1 : far + 1;
    }
}

/* ---- covers with few cubes ---- */

typedef struct {
    cube *c;
    uint64_t *holds; /* [n * words] bit i: entry i of the on-set */
    uint32_t n, words;
    uint32_t *hits; /* [non] how many chosen cubes hold it */
} pool;

static const uint64_t *holds(const pool *p, uint32_t i) { return p->holds + (size_t)i * p->words; }

static void add(minimiser *m, pool *p, cube c)
{
    for (uint32_t i = 0; i < p->n; i++)
        if (p->c[i].key == c.key && p->c[i].mask == c.mask)
            return;
    uint64_t *h = p->holds + (size_t)p->n * p->words;
    memset(h, 0, p->words * sizeof *h);
    for (uint32_t i = 0; i < m->non; i++)
        h[i / 64] |= (uint64_t)contains(c, m->on[i]) << (i % 64);
    p->c[p->n++] = c;
}

static void fill_pool(minimiser *m, pool *p, const cube *quick, uint32_t nquick, uint64_t enough)
{
    for (uint32_t i = 0; i < nquick; i++)
        add(m, p, quick[i]);
    for (uint32_t g = 0; g < 2 + GROWTHS; g++)
        for (uint32_t i = 0; i < m->non && m->tests < enough; i++) {
            for (uint32_t k = 0; k < m->non; k++)
                m->left[k] = k;
            add(m, p, grow(m, m->on[i], m->non, g == 0 ? NEAREST : g == 1 ? FIRST : RANDOM, g * 65536 + i));
        }
}

/* Entries that no chosen cube holds. */
static void list_open(const minimiser *m, const pool *p, uint64_t *open)
{
    memset(open, 0, p->words * sizeof *open);
    for (uint32_t i = 0; i < m->non; i++)
        open[i / 64] |= (uint64_t)(p->hits[i] == 0) << (i % 64);
}

static void count_hits(const minimiser *m, pool *p, uint32_t c, uint32_t by)
{
    for (uint32_t i = 0; i < m->non; i++)
        p->hits[i] += (holds(p, c)[i / 64] >> (i % 64) & 1) ? by : 0;
}

/* The cube that holds most of what is open; ties by a random order. UINT32_MAX: nothing is open. */
static uint32_t most_open(minimiser *m, const pool *p, const uint64_t *open, uint32_t salt)
{
    uint32_t best = UINT32_MAX, most = 0, start = p->n ? salt % p->n : 0;
    for (uint32_t i = 0; i < p->n; i++) {
        uint32_t c = start + i < p->n ? start + i : start + i - p->n, n = 0;
        for (uint32_t w = 0; w < p->words; w++)
            n += (uint32_t)__builtin_popcountll(holds(p, c)[w] & open[w]);
        if (n > most) {
            most = n;
            best = c;
        }
    }
    m->tests += (uint64_t)p->n * p->words;
    return best;
}

/* Chooses cubes until all entries are held, then drops those that others make superfluous. Returns how many. */
static uint32_t complete(minimiser *m, pool *p, uint32_t *chosen, uint32_t n, uint64_t *open, uint32_t salt)
{
    for (;;) {
        list_open(m, p, open);
        uint32_t c = most_open(m, p, open, salt);
        if (c == UINT32_MAX)
            break;
        count_hits(m, p, c, 1);
        chosen[n++] = c;
    }
    for (uint32_t i = 0; i < n;) {
        bool needed = false;
        for (uint32_t k = 0; k < m->non && !needed; k++)
            needed = (holds(p, chosen[i])[k / 64] >> (k % 64) & 1) && p->hits[k] == 1;
        if (needed) {
            i++;
        } else {
            count_hits(m, p, chosen[i], UINT32_MAX); /* minus one */
            chosen[i] = chosen[--n];
        }
    }
    return n;
}

/* Takes a few cubes out at random and completes the cover again; keeps what is not longer. */
static uint32_t shake(minimiser *m, pool *p, uint32_t *chosen, uint32_t n, uint64_t enough)
{
    uint64_t *open = ARENA_NEW(m->arena, uint64_t, p->words);
    uint32_t *trial = ARENA_NEW(m->arena, uint32_t, m->non + 1), *hits = ARENA_NEW(m->arena, uint32_t, m->non);
    for (uint32_t k = 0; k < SHAKES && n > 1 && m->tests < enough; k++) {
        uint32_t left = n, draw[4];
        rng_block(0, RNG_TABLES, UINT32_MAX, k, n, draw);
        memcpy(trial, chosen, n * sizeof *trial);
        memcpy(hits, p->hits, m->non * sizeof *hits);
        for (uint32_t out = 2 + draw[0] % 4; out-- > 0 && left > 0;) {
            uint32_t at = (draw[1] = draw[1] * 1664525u + 1013904223u) % left;
            count_hits(m, p, trial[at], UINT32_MAX);
            trial[at] = trial[--left];
        }
        left = complete(m, p, trial, left, open, draw[2]);
        if (left <= n) {
            n = left;
            memcpy(chosen, trial, n * sizeof *chosen);
        } else {
            memcpy(p->hits, hits, m->non * sizeof *hits);
        }
    }
    return n;
}

static uint32_t best_cover(minimiser *m, cube *out, uint64_t budget)
{
    uint32_t n = quick_cover(m, out);
    if (n <= 1)
        return n;
    uint32_t room = n + m->non * (2 + GROWTHS), words = (m->non + 63) / 64;
    pool p = {ARENA_NEW(m->arena, cube, room), ARENA_NEW(m->arena, uint64_t, (size_t)room * words), 0, words,
              ARENA_NEW(m->arena, uint32_t, m->non)};
    uint64_t start = m->tests;
    fill_pool(m, &p, out, n, start + budget / 2);
    uint32_t *chosen = ARENA_NEW(m->arena, uint32_t, m->non + n);
    uint64_t *open = ARENA_NEW(m->arena, uint64_t, words);
    uint32_t found = complete(m, &p, chosen, 0, open, 0);
    found = shake(m, &p, chosen, found, start + budget);
    if (found >= n)
        return n;
    for (uint32_t i = 0; i < found; i++)
        out[i] = p.c[chosen[i]];
    return found;
}

/* ---- the table ---- */

/* The entry of a cube is defaultable when all entries that it holds are. */
static tcam_entry entry_of(const minimiser *m, cube c, uint32_t route)
{
    tcam_entry e = {c.key, c.mask, m->t.entry[m->first[route]].route, true};
    for (uint32_t i = m->first[route]; i < m->first[route + 1]; i++)
        if (contains(c, (cube){m->t.entry[i].key, m->t.entry[i].mask}))
            e.defaultable &= m->t.entry[i].defaultable;
    return e;
}

/* Entries by route; with `drop` those that default routing would take go to the off-set of all others. */
static void sort_routes(minimiser *m, tcam_table t, bool drop)
{
    tcam_entry *e = ARENA_NEW(m->arena, tcam_entry, t.count);
    uint32_t *first = ARENA_NEW(m->arena, uint32_t, t.count + 1), n = 0;
    for (uint32_t i = 0; i < t.count; i++) {
        if (drop && t.entry[i].defaultable) {
            m->off_key[m->ndropped] = t.entry[i].key;
            m->off_mask[m->ndropped++] = t.entry[i].mask;
        } else {
            e[n++] = t.entry[i];
        }
    }
    qsort(e, n, sizeof *e, by_route);
    for (uint32_t i = 0; i < n; i++)
        if (i == 0 || e[i].route != e[i - 1].route)
            first[m->nroutes++] = i;
    first[m->nroutes] = n;
    m->t = (tcam_table){e, n};
    m->first = first;
}

static tcam_table minimise(tcam_table t, bool drop, hmn_arena *a)
{
    hmn_arena *scratch = arena_new(0);
    uint32_t n = t.count, written = 0;
    minimiser m = {.arena = scratch,
                   .off_key = ARENA_NEW(scratch, uint32_t, n),
                   .off_mask = ARENA_NEW(scratch, uint32_t, n),
                   .on = ARENA_NEW(scratch, cube, n),
                   .covered = ARENA_NEW(scratch, bool, n),
                   .left = ARENA_NEW(scratch, uint32_t, n)};
    sort_routes(&m, t, drop);
    cube *cover = ARENA_NEW(scratch, cube, n);
    uint32_t *order = ARENA_NEW(scratch, uint32_t, m.nroutes);
    find_order(&m, order, cover);
    tcam_entry *out = ARENA_NEW(a, tcam_entry, n);
    for (uint32_t p = 0; p < m.nroutes; p++) {
        set_up(&m, order, p);
        uint32_t found = best_cover(&m, cover, (uint64_t)COVER_TESTS * m.non / n);
        for (uint32_t i = 0; i < found; i++)
            out[written++] = entry_of(&m, cover[i], order[p]);
    }
    arena_free(scratch);
    return (tcam_table){out, written};
}

tcam_table tcam_minimise(tcam_table t, hmn_arena *a)
{
    bool any = false;
    for (uint32_t i = 0; i < t.count; i++)
        any |= t.entry[i].defaultable;
    tcam_table kept = tcam_drop_defaults(minimise(t, false, a), t, a);
    if (!any)
        return kept;
    tcam_table dropped = minimise(t, true, a);
    return dropped.count < kept.count ? dropped : kept;
}
