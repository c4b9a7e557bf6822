/* Multicast routing. Takes who sends to which cores, yields for every source the chips that its packets pass and what
 * each router does with them. All sources of a population share one tree where that costs little more than a tree
 * for each: over the chips of all their targets, with the sources' chips joined to it by shortest ways. A source's own
 * route is the part of the tree between it and its targets, entered at its chip. So routers treat the population alike
 * except for the side from which packets come, and entries merge. Costs are links crossed. */
#include "backends/spinnaker/ner.h"

#include "backends/spinnaker/tcam.h"
#include "core/base/bug.h"

#include <string.h>

enum { SHARE_PERCENT = 102 }; /* a shared tree may cost so much of separate ones */

typedef struct {
    const spin_machine *m;
    const spin_traffic *t;
    hmn_arena *arena;
    uint32_t *cores; /* [nchips] core bits of the present source's targets */
    int32_t *chips;  /* [nchips + 1] their chips */
    /* the walk through a tree from a source */
    int32_t *order, *in; /* [nchips] chips in the order of the walk; link by which each is entered */
    uint32_t *route;     /* [nchips] */
    /* the routes made so far */
    int32_t *out_chip, *out_in;
    uint32_t *out_route;
    size_t nout, chip_cap, in_cap, route_cap;
    int32_t missing;
} navigator;

/* Core bits and chips of a source's targets; returns how many chips. */
static uint32_t find_targets(navigator *n, uint32_t source)
{
    uint32_t count = 0;
    memset(n->cores, 0, n->m->nchips * sizeof *n->cores);
    for (uint32_t i = n->t->row[source]; i < n->t->row[source + 1]; i++) {
        int32_t chip = spin_site_chip(n->t->target[i]);
        if (!n->cores[chip])
            n->chips[count++] = chip;
        n->cores[chip] |= tcam_core_bit(spin_site_core(n->t->target[i]));
    }
    return count;
}

/* Walks the tree from the source's chip and finds what each router does; parts that lead to no target are left out.
 * Returns the links crossed; *chips: how many chips the walk visited. */
static uint32_t walk(navigator *n, const uint8_t *tree, int32_t from, uint32_t *chips)
{
    uint32_t count = 0, links = 0;
    n->order[count++] = from;
    n->in[from] = SPIN_NONE;
    for (uint32_t i = 0; i < count; i++) {
        int32_t c = n->order[i];
        n->route[c] = n->cores[c];
        for (uint32_t l = 0; l < SPIN_LINKS; l++)
            if ((tree[c] >> l & 1) && (int32_t)l != n->in[c]) {
                n->order[count] = n->m->link[c][l];
                n->in[n->order[count++]] = (int32_t)spin_opposite(l);
                HMN_ASSERT(count <= n->m->nchips); /* a tree visits no chip twice */
            }
    }
    for (uint32_t i = count; i-- > 1;) {
        int32_t c = n->order[i];
        if (!n->route[c])
            continue;
        n->route[n->m->link[c][n->in[c]]] |= tcam_link_bit(spin_opposite((uint32_t)n->in[c]));
        links++;
    }
    *chips = count;
    return links;
}

static void emit(navigator *n, uint32_t chips)
{
    n->out_chip = arena_grow(n->arena, n->out_chip, sizeof *n->out_chip, n->nout, n->nout + chips, &n->chip_cap);
    n->out_in = arena_grow(n->arena, n->out_in, sizeof *n->out_in, n->nout, n->nout + chips, &n->in_cap);
    n->out_route = arena_grow(n->arena, n->out_route, sizeof *n->out_route, n->nout, n->nout + chips, &n->route_cap);
    for (uint32_t i = 0; i < chips; i++) {
        int32_t c = n->order[i];
        if (!n->route[c])
            continue;
        n->out_chip[n->nout] = c;
        n->out_in[n->nout] = n->in[c];
        n->out_route[n->nout++] = n->route[c];
    }
    HMN_ASSERT(n->nout < UINT32_MAX);
}

/* ---- trees ---- */

/* The tree of one source alone. */
static bool own_tree(navigator *n, uint32_t source, uint8_t *tree, hmn_arena *a)
{
    uint32_t count = find_targets(n, source);
    int32_t *chips = ARENA_NEW(a, int32_t, count + 1);
    chips[0] = n->t->source[source].chip;
    uint32_t all = 1;
    for (uint32_t i = 0; i < count; i++)
        if (n->chips[i] != chips[0])
            chips[all++] = n->chips[i];
    memset(tree, 0, n->m->nchips);
    return spin_tree(n->m, chips, all, tree, &n->missing, a) != UINT32_MAX;
}

/* Joins the chips of the sources to the tree, each by a shortest way. */
static bool join_sources(navigator *n, uint32_t first, uint32_t end, uint8_t *tree, uint8_t *in)
{
    uint32_t count = 0;
    int32_t *back = n->in;
    for (uint32_t c = 0; c < n->m->nchips; c++) {
        back[c] = in[c] ? SPIN_LINKS : SPIN_NONE;
        if (in[c])
            n->order[count++] = (int32_t)c;
    }
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t l = 0; l < SPIN_LINKS; l++) {
            int32_t to = n->m->link[n->order[i]][l];
            if (to != SPIN_NONE && back[to] == SPIN_NONE) {
                back[to] = (int32_t)spin_opposite(l);
                n->order[count++] = to;
            }
        }
    for (uint32_t s = first; s < end; s++) {
        int32_t c = n->t->source[s].chip;
        if (n->t->row[s] == n->t->row[s + 1])
            continue;
        n->missing = c;
        if (back[c] == SPIN_NONE)
            return false;
        while (!in[c]) {
            in[c] = 1;
            tree[c] |= (uint8_t)(1u << back[c]);
            int32_t next = n->m->link[c][back[c]];
            tree[next] |= (uint8_t)(1u << spin_opposite((uint32_t)back[c]));
            c = next;
        }
    }
    return true;
}

/* The tree that sources first .. end-1 share. */
static bool shared_tree(navigator *n, uint32_t first, uint32_t end, uint8_t *tree, hmn_arena *a)
{
    uint8_t *in = ARENA_NEW(a, uint8_t, n->m->nchips);
    int32_t *chips = ARENA_NEW(a, int32_t, n->m->nchips);
    uint32_t count = 0;
    for (uint32_t s = first; s < end; s++)
        for (uint32_t i = n->t->row[s]; i < n->t->row[s + 1]; i++) {
            int32_t c = spin_site_chip(n->t->target[i]);
            if (!in[c]) {
                in[c] = 1;
                chips[count++] = c;
            }
        }
    memset(tree, 0, n->m->nchips);
    if (count == 0)
        return true;
    if (spin_tree(n->m, chips, count, tree, &n->missing, a) == UINT32_MAX)
        return false;
    for (uint32_t c = 0; c < n->m->nchips; c++)
        in[c] |= tree[c] != 0;
    return join_sources(n, first, end, tree, in);
}

static bool same_route(const spin_traffic *t, uint32_t a, uint32_t b)
{
    uint32_t n = t->row[a + 1] - t->row[a];
    return t->source[a].chip == t->source[b].chip && n == t->row[b + 1] - t->row[b] &&
           (n == 0 || memcmp(t->target + t->row[a], t->target + t->row[b], n * sizeof *t->target) == 0);
}

/* ---- one population ---- */

typedef struct {
    uint64_t shared, separate; /* weight x links */
} cost;

/* Each source's own tree in trees[s - first]; equal neighbours have the same one. */
static bool separate_trees(navigator *n, uint32_t first, uint32_t end, uint8_t **trees, cost *c, hmn_arena *a)
{
    uint32_t links = 0, chips;
    for (uint32_t s = first; s < end; s++) {
        if (s > first && same_route(n->t, s - 1, s)) {
            trees[s - first] = trees[s - first - 1];
        } else {
            trees[s - first] = ARENA_NEW(a, uint8_t, n->m->nchips);
            if (!own_tree(n, s, trees[s - first], a))
                return false;
            links = walk(n, trees[s - first], n->t->source[s].chip, &chips);
        }
        c->separate += (uint64_t)n->t->source[s].weight * links;
    }
    return true;
}

static void shared_cost(navigator *n, uint32_t first, uint32_t end, const uint8_t *tree, cost *c)
{
    uint32_t chips;
    for (uint32_t s = first; s < end; s++)
        if (find_targets(n, s))
            c->shared += (uint64_t)n->t->source[s].weight * walk(n, tree, n->t->source[s].chip, &chips);
}

static bool route_population(navigator *n, uint32_t first, uint32_t end, uint32_t *row, uint64_t *links)
{
    hmn_arena *a = arena_new(0);
    uint8_t *tree = ARENA_NEW(a, uint8_t, n->m->nchips), **trees = ARENA_NEW(a, uint8_t *, end - first);
    cost c = {0, 0};
    bool ok = shared_tree(n, first, end, tree, a) && separate_trees(n, first, end, trees, &c, a);
    if (ok) {
        shared_cost(n, first, end, tree, &c);
        bool share = c.shared <= c.separate + c.separate / 100 * (SHARE_PERCENT - 100);
        *links += share ? c.shared : c.separate;
        for (uint32_t s = first; s < end; s++) {
            uint32_t chips;
            if (find_targets(n, s)) {
                walk(n, share ? tree : trees[s - first], n->t->source[s].chip, &chips);
                emit(n, chips);
            }
            row[s + 1] = (uint32_t)n->nout;
        }
    }
    arena_free(a);
    return ok;
}

bool spin_route(const spin_machine *m, const spin_traffic *t, hmn_arena *a, spin_routes *out, hmn_span at, hmn_diag *d)
{
    hmn_arena *scratch = arena_new(0);
    navigator n = {.m = m, .t = t, .arena = a};
    n.cores = ARENA_NEW(scratch, uint32_t, m->nchips);
    n.chips = ARENA_NEW(scratch, int32_t, m->nchips + 1);
    n.order = ARENA_NEW(scratch, int32_t, m->nchips + 1);
    n.in = ARENA_NEW(scratch, int32_t, m->nchips);
    n.route = ARENA_NEW(scratch, uint32_t, m->nchips);
    uint32_t *row = ARENA_NEW(a, uint32_t, t->nsources + 1);
    uint64_t links = 0;
    bool ok = true;
    for (uint32_t first = 0, end; first < t->nsources && ok; first = end) {
        for (end = first + 1; end < t->nsources && t->source[end].population == t->source[first].population; end++)
            ;
        ok = route_population(&n, first, end, row, &links);
    }
    if (!ok) {
        diag_report(d, DIAG_FIT_CORES, at, "chip (%d, %d) cannot be reached: dead links cut it off", m->x[n.missing],
                    m->y[n.missing]);
        diag_cure(d, "name it as a dead chip, so that nothing is placed there");
    }
    *out = (spin_routes){row, n.out_chip, n.out_route, n.out_in, links};
    arena_free(scratch);
    return ok;
}
