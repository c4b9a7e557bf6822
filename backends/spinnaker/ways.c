/* Keeps the ways of packets. Takes what the emulated routers did with each packet (router.c), yields trees whose nodes
 * are routers and whose leaves are cores. All neurons of a core go the same way as a rule, so a tree that equals the
 * one before it is not stored again. */
#include "backends/spinnaker/ways.h"

#include <string.h>

enum { NOBODY = UINT32_MAX };

struct spin_ways {
    const spin_machine *machine;
    hmn_arena *arena;
    way_node *node;
    way_leaf *leaf;
    way_tree *tree;
    uint32_t *tree_of;
    uint32_t nnodes, nleaves, ntrees, nrows;
    size_t node_cap, leaf_cap, tree_cap, row_cap;
};

spin_ways *spin_ways_new(const spin_machine *m, hmn_arena *a)
{
    spin_ways *w = ARENA_NEW(a, spin_ways, 1);
    *w = (spin_ways){.machine = m, .arena = a};
    return w;
}

static void add_leaf(spin_ways *w, uint32_t core, uint32_t rank)
{
    w->leaf = arena_grow(w->arena, w->leaf, sizeof *w->leaf, w->nleaves, w->nleaves + 1, &w->leaf_cap);
    w->leaf[w->nleaves++] = (way_leaf){core, rank};
}

/* Number of the first of the ascending sites that is not below `site`. */
static uint32_t place_of(const spin_delivery *v, uint32_t site)
{
    uint32_t low = 0, high = v->nsites;
    while (low < high) {
        uint32_t mid = (low + high) / 2;
        if (v->site[mid] < site)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static void add_node(spin_ways *w, const spin_delivery *v, uint32_t k, way_tree at, const uint32_t *core,
                     const uint32_t *rank)
{
    const spin_hop *h = &v->hop[k];
    way_node *n = &w->node[at.node + k];
    memset(n, 0, sizeof *n);
    n->router = (uint32_t)h->chip;
    n->leaf = w->nleaves - at.leaf;
    if (k)
        w->node[at.node + h->from].next[h->link] = k;
    for (uint32_t cores = h->route >> TCAM_LINKS; cores; cores &= cores - 1) {
        uint32_t p = (uint32_t)__builtin_ctz(cores), site = spin_site(h->chip, p), s = place_of(v, site);
        if (p < w->machine->cores[h->chip] && s < v->nsites && v->site[s] == site && rank[s] != NOBODY)
            add_leaf(w, core[s], rank[s]);
    }
    n->nleaves = w->nleaves - at.leaf - n->leaf;
}

static bool same(const spin_ways *w, way_tree a, way_tree b)
{
    uint32_t leaves = b.leaf - a.leaf; /* b stands behind a */
    return a.nnodes == b.nnodes && leaves == w->nleaves - b.leaf &&
           memcmp(w->node + a.node, w->node + b.node, a.nnodes * sizeof *w->node) == 0 &&
           (leaves == 0 || memcmp(w->leaf + a.leaf, w->leaf + b.leaf, leaves * sizeof *w->leaf) == 0);
}

static void row(spin_ways *w, uint32_t tree)
{
    w->tree_of = arena_grow(w->arena, w->tree_of, sizeof *w->tree_of, w->nrows, w->nrows + 1, &w->row_cap);
    w->tree_of[w->nrows++] = tree;
}

void spin_ways_skip(spin_ways *w) { row(w, NOBODY); }

void spin_ways_add(spin_ways *w, const spin_delivery *v, const uint32_t *core, const uint32_t *rank)
{
    way_tree t = {w->nnodes, w->nleaves, v->nhops};
    if (v->nhops == 0) {
        row(w, NOBODY);
        return;
    }
    w->node = arena_grow(w->arena, w->node, sizeof *w->node, w->nnodes, w->nnodes + v->nhops, &w->node_cap);
    for (uint32_t k = 0; k < v->nhops; k++)
        add_node(w, v, k, t, core, rank);
    if (w->ntrees && same(w, w->tree[w->ntrees - 1], t)) {
        w->nleaves = t.leaf;
        row(w, w->ntrees - 1);
        return;
    }
    w->nnodes += v->nhops;
    w->tree = arena_grow(w->arena, w->tree, sizeof *w->tree, w->ntrees, w->ntrees + 1, &w->tree_cap);
    w->tree[w->ntrees] = t;
    row(w, w->ntrees++);
}

hmn_ways spin_ways_all(spin_ways *w, const uint32_t *site, uint32_t ncores)
{
    const spin_machine *m = w->machine;
    uint32_t *x = ARENA_NEW(w->arena, uint32_t, m->nchips), *y = ARENA_NEW(w->arena, uint32_t, m->nchips);
    uint32_t(*link)[WAY_LINKS] = (uint32_t(*)[WAY_LINKS])ARENA_NEW(w->arena, uint32_t, m->nchips * WAY_LINKS);
    uint32_t *router = ARENA_NEW(w->arena, uint32_t, ncores), *local = ARENA_NEW(w->arena, uint32_t, ncores);
    for (uint32_t c = 0; c < m->nchips; c++) {
        x[c] = (uint32_t)m->x[c];
        y[c] = (uint32_t)m->y[c];
        for (uint32_t l = 0; l < WAY_LINKS; l++)
            link[c][l] = m->link[c][l] == SPIN_NONE ? NOBODY : (uint32_t)m->link[c][l];
    }
    for (uint32_t c = 0; c < ncores; c++) {
        router[c] = (uint32_t)spin_site_chip(site[c]);
        local[c] = spin_site_core(site[c]);
    }
    return (hmn_ways){.nrouters = m->nchips,
                      .width = m->width,
                      .height = m->height,
                      .x = x,
                      .y = y,
                      .link = (const uint32_t(*)[WAY_LINKS])link,
                      .monitor = SPIN_MONITOR_CORE,
                      .router = router,
                      .local = local,
                      .tree_of = w->tree_of,
                      .tree = w->tree,
                      .node = w->node,
                      .leaf = w->leaf,
                      .ntrees = w->ntrees};
}
