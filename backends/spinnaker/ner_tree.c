/* A short tree over a few chips of the mesh. Takes the machine and the chips, yields the links. Two ways to grow are
 * tried, each with several orders of the links, and the tree with fewest links is kept:
 *   - NER (Navaridas et al. 2015): chips by distance from the first, each joined to the nearest chip in the tree by the
 *     shortest vector, longest dimension first; where a link is dead, by a search instead;
 *   - always the chip nearest to the tree is joined by a shortest live path (Takahashi and Matsuyama, 1980).
 * What grows is a set of chips, so there are no cycles by construction: the tree is the breadth-first one inside the
 * set. Chips that are not asked for and without which the set stays in one piece are taken out again. */
#include "backends/spinnaker/ner.h"

#include "core/base/bug.h"

#include <string.h>

enum { TRIES = 12, FEW_TRIES = 2, MUCH = 40000 };

typedef struct {
    const spin_machine *m;
    const int32_t *chip;
    uint32_t n;
    uint8_t *wanted, *in, *best; /* [nchips] */
    uint8_t *core;               /* [nchips] the set from which growth starts; never thinned out */
    int32_t *queue, *parent;     /* [nchips] parent: link that leads back */
    int32_t *order;              /* [n] */
    uint32_t first_link;         /* links are tried from this one on */
} grower;

static uint32_t turn(const grower *g, uint32_t k) { return (g->first_link + k) % SPIN_LINKS; }

/* Breadth-first from all chips of the set until one satisfies `stop` (wanted and outside, or exactly `goal`). */
static int32_t search(grower *g, int32_t goal)
{
    uint32_t n = 0;
    for (uint32_t c = 0; c < g->m->nchips; c++) {
        g->parent[c] = g->in[c] ? SPIN_LINKS : SPIN_NONE;
        if (g->in[c])
            g->queue[n++] = (int32_t)c;
    }
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < SPIN_LINKS; k++) {
            uint32_t l = turn(g, k);
            int32_t to = g->m->link[g->queue[i]][l];
            if (to == SPIN_NONE || g->parent[to] != SPIN_NONE)
                continue;
            g->parent[to] = (int32_t)spin_opposite(l);
            if (goal == SPIN_NONE ? g->wanted[to] : to == goal)
                return to;
            g->queue[n++] = to;
        }
    return SPIN_NONE;
}

static void take_path(grower *g, int32_t chip)
{
    while (!g->in[chip]) {
        g->in[chip] = 1;
        chip = g->m->link[chip][g->parent[chip]];
    }
}

/* ---- the two ways to grow ---- */

static void begin(grower *g)
{
    memcpy(g->in, g->core, g->m->nchips);
    g->in[g->chip[0]] = 1;
}

static bool grow_nearest(grower *g, int32_t *missing)
{
    begin(g);
    for (;;) {
        int32_t next = search(g, SPIN_NONE);
        if (next == SPIN_NONE)
            break;
        take_path(g, next);
    }
    for (uint32_t i = 0; i < g->n; i++)
        if (!g->in[g->chip[i]]) {
            *missing = g->chip[i];
            return false;
        }
    return true;
}

static void sort_by_distance(grower *g)
{
    for (uint32_t i = 0; i < g->n; i++) {
        int32_t c = g->chip[i];
        uint32_t far = spin_distance(g->m, g->chip[0], c), k = i;
        for (; k && spin_distance(g->m, g->chip[0], g->order[k - 1]) > far; k--)
            g->order[k] = g->order[k - 1];
        g->order[k] = c;
    }
}

/* Along the vector from `from`; false where a link is dead. Only what follows the last chip in the set is new. */
static bool take_vector(grower *g, int32_t from, int32_t to, uint8_t *link)
{
    uint32_t n = spin_longest_first(spin_vector_between(g->m, from, to), link), inside = 0;
    int32_t at = from;
    for (uint32_t i = 0; i < n; i++) {
        at = g->m->link[at][link[i]];
        if (at == SPIN_NONE)
            return false;
        inside = g->in[at] ? i + 1 : inside;
    }
    at = from;
    for (uint32_t i = 0; i < n; i++) {
        at = g->m->link[at][link[i]];
        g->in[at] |= i >= inside;
    }
    return true;
}

static int32_t nearest_in(const grower *g, int32_t to)
{
    int32_t best = SPIN_NONE;
    uint32_t least = UINT32_MAX;
    for (uint32_t c = 0; c < g->m->nchips; c++)
        if (g->in[c] && spin_distance(g->m, (int32_t)c, to) < least) {
            least = spin_distance(g->m, (int32_t)c, to);
            best = (int32_t)c;
        }
    return best;
}

static void grow_ner(grower *g, uint8_t *link)
{
    begin(g);
    sort_by_distance(g);
    for (uint32_t i = 0; i < g->n; i++) {
        int32_t to = g->order[i];
        if (g->in[to] || take_vector(g, nearest_in(g, to), to, link))
            continue;
        search(g, to);
        take_path(g, to);
    }
}

/* ---- from a set to a tree ---- */

/* Goes on from numbers i .. n-1 of the queue to all chips of `set` that are not reached yet, without `without`.
 * parent[] says how. Returns how many are in the queue then. */
static uint32_t spread_from(grower *g, const uint8_t *set, int32_t without, uint32_t i, uint32_t n)
{
    for (; i < n; i++)
        for (uint32_t k = 0; k < SPIN_LINKS; k++) {
            uint32_t l = turn(g, k);
            int32_t to = g->m->link[g->queue[i]][l];
            if (to == SPIN_NONE || to == without || !set[to] || g->parent[to] != SPIN_NONE)
                continue;
            g->parent[to] = (int32_t)spin_opposite(l);
            g->queue[n++] = to;
        }
    return n;
}

static uint32_t spread(grower *g, const uint8_t *set, int32_t without, uint32_t n)
{
    return spread_from(g, set, without, 0, n);
}

/* How many chips of the set are reached from the first without `without`; the core first, within itself. */
static uint32_t reach(grower *g, int32_t without)
{
    for (uint32_t c = 0; c < g->m->nchips; c++)
        g->parent[c] = SPIN_NONE;
    g->parent[g->chip[0]] = SPIN_LINKS;
    g->queue[0] = g->chip[0];
    return spread(g, g->in, without, spread(g, g->core, without, 1));
}

static uint32_t size_of(const grower *g)
{
    uint32_t n = 0;
    for (uint32_t c = 0; c < g->m->nchips; c++)
        n += g->in[c];
    return n;
}

static uint32_t thin_out(grower *g)
{
    uint32_t size = size_of(g);
    for (uint32_t c = 0; c < g->m->nchips; c++)
        if (g->in[c] && !g->wanted[c] && !g->core[c] && reach(g, (int32_t)c) == size - 1) {
            g->in[c] = 0;
            size--;
        }
    return size;
}

static void keep(grower *g, uint32_t *least)
{
    uint32_t size = thin_out(g);
    if (size < *least) {
        *least = size;
        memcpy(g->best, g->in, g->m->nchips);
    }
}

/* The tree inside the set, in parent[]: the core first; then each piece outside it from one link out of the core, so
 * that what leads there leaves the core once. Returns how many chips it has. */
static uint32_t lay_tree(grower *g)
{
    for (uint32_t c = 0; c < g->m->nchips; c++)
        g->parent[c] = SPIN_NONE;
    g->parent[g->chip[0]] = SPIN_LINKS;
    g->queue[0] = g->chip[0];
    uint32_t core = spread(g, g->core, SPIN_NONE, 1), n = core;
    for (uint32_t i = 0; i < core; i++)
        for (uint32_t l = 0; l < SPIN_LINKS; l++) {
            int32_t to = g->m->link[g->queue[i]][l];
            if (to == SPIN_NONE || !g->in[to] || g->parent[to] != SPIN_NONE)
                continue;
            g->parent[to] = (int32_t)spin_opposite(l);
            g->queue[n] = to;
            n = spread_from(g, g->in, SPIN_NONE, n, n + 1);
        }
    return n;
}

/* The best set that holds the core and the first n chips, in `in`. Returns its size, UINT32_MAX: there is none. */
static uint32_t best_set(grower *g, uint32_t n, uint8_t *link, int32_t *missing)
{
    uint32_t least = UINT32_MAX, need = 0, tries = (uint64_t)n * g->m->nchips > MUCH ? FEW_TRIES : TRIES;
    g->n = n;
    for (uint32_t i = 0; i < n; i++)
        g->wanted[g->chip[i]] = 1;
    for (uint32_t c = 0; c < g->m->nchips; c++)
        need += g->wanted[c] || g->core[c];
    for (uint32_t k = 0; k < tries && least > need; k++) {
        g->first_link = k / 2;
        if (k % 2 == 0 && !grow_nearest(g, missing))
            return UINT32_MAX;
        if (k % 2 == 1)
            grow_ner(g, link);
        keep(g, &least);
    }
    memcpy(g->in, g->best, g->m->nchips);
    return least;
}

uint32_t spin_tree(const spin_machine *m, const int32_t *chip, uint32_t n, uint32_t together, uint8_t *found,
                   int32_t *missing, hmn_arena *scratch)
{
    grower g = {.m = m, .chip = chip};
    g.wanted = ARENA_NEW(scratch, uint8_t, m->nchips);
    g.in = ARENA_NEW(scratch, uint8_t, m->nchips);
    g.best = ARENA_NEW(scratch, uint8_t, m->nchips);
    g.core = ARENA_NEW(scratch, uint8_t, m->nchips);
    g.queue = ARENA_NEW(scratch, int32_t, m->nchips);
    g.parent = ARENA_NEW(scratch, int32_t, m->nchips);
    g.order = ARENA_NEW(scratch, int32_t, n);
    uint8_t *link = ARENA_NEW(scratch, uint8_t, m->width + m->height + 1);
    if (together > 1) {
        if (best_set(&g, together, link, missing) == UINT32_MAX)
            return UINT32_MAX;
        memcpy(g.core, g.in, m->nchips);
    }
    uint32_t size = best_set(&g, n, link, missing);
    if (size == UINT32_MAX)
        return UINT32_MAX;
    HMN_ASSERT((together ? lay_tree(&g) : reach(&g, SPIN_NONE)) == size);
    for (uint32_t c = 0; c < m->nchips; c++)
        if (g.in[c] && g.parent[c] != SPIN_LINKS) {
            found[c] |= (uint8_t)(1u << g.parent[c]);
            found[m->link[c][g.parent[c]]] |= (uint8_t)(1u << spin_opposite((uint32_t)g.parent[c]));
        }
    return size - 1;
}
