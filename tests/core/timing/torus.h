/* Machines of w x h chips, all links there, with packets from core to core by shortest ways; for tests of the machine
 * with keys. */
#ifndef HMN_TESTS_TORUS_H
#define HMN_TESTS_TORUS_H

#include "core/timing/fabric.h"

#include <string.h>

enum { TORUS_CORES = 4, TORUS_FIRST = 3 }; /* of a chip that are used, from virtual core 3 on */

typedef struct {
    hmn_arena *arena;
    uint32_t w, h, ncores, rows, leaves;
    hmn_ways ways;
    hmn_wires wires;
    way_node *node;
    way_leaf *leaf;
    way_tree *tree;
    uint32_t *tree_of, *row, *core, *axon;
    fabric_send *send;
    uint32_t nsends;
    fabric_work *work;
    const timing_load **load;
    timing_load *none;
    uint32_t room;
    bool payload; /* of the packets that are sent from now on */
} torus;

static const int torus_x[WAY_LINKS] = {1, 1, 0, -1, -1, 0}, torus_y[WAY_LINKS] = {0, 1, 1, 0, -1, -1};

static inline uint32_t torus_chip(const torus *t, int x, int y)
{
    return (uint32_t)((x + (int)t->w) % (int)t->w) * t->h + (uint32_t)((y + (int)t->h) % (int)t->h);
}

/* room: packets that the test sends; every one gets a row of its own. */
static inline torus torus_new(uint32_t w, uint32_t h, uint32_t room, hmn_arena *a)
{
    torus t = {.arena = a, .w = w, .h = h, .ncores = w * h * TORUS_CORES, .room = room};
    uint32_t *x = ARENA_NEW(a, uint32_t, w * h), *y = ARENA_NEW(a, uint32_t, w * h);
    uint32_t(*link)[WAY_LINKS] = (uint32_t(*)[WAY_LINKS])ARENA_NEW(a, uint32_t, w * h * WAY_LINKS);
    uint32_t *router = ARENA_NEW(a, uint32_t, t.ncores), *local = ARENA_NEW(a, uint32_t, t.ncores);
    for (uint32_t c = 0; c < w * h; c++) {
        x[c] = c / h;
        y[c] = c % h;
        for (uint32_t l = 0; l < WAY_LINKS; l++)
            link[c][l] = torus_chip(&t, (int)x[c] + torus_x[l], (int)y[c] + torus_y[l]);
    }
    for (uint32_t i = 0; i < t.ncores; i++) {
        router[i] = i / TORUS_CORES;
        local[i] = TORUS_FIRST + i % TORUS_CORES;
    }
    t.node = ARENA_NEW(a, way_node, (size_t)room * ((w + h) / 2 + 1));
    t.leaf = ARENA_NEW(a, way_leaf, room);
    t.tree = ARENA_NEW(a, way_tree, room);
    t.tree_of = ARENA_NEW(a, uint32_t, room);
    t.row = ARENA_NEW(a, uint32_t, room + 1);
    t.core = ARENA_NEW(a, uint32_t, room);
    t.axon = ARENA_NEW(a, uint32_t, room);
    t.send = ARENA_NEW(a, fabric_send, room);
    t.work = ARENA_NEW(a, fabric_work, t.ncores);
    t.none = ARENA_NEW(a, timing_load, 1);
    t.load = ARENA_NEW(a, const timing_load *, t.ncores);
    for (uint32_t i = 0; i < t.ncores; i++)
        t.load[i] = t.none;
    t.ways = (hmn_ways){.nrouters = w * h,
                        .width = w,
                        .height = h,
                        .x = x,
                        .y = y,
                        .link = (const uint32_t(*)[WAY_LINKS])link,
                        .monitor = 1,
                        .router = router,
                        .local = local,
                        .tree_of = t.tree_of,
                        .tree = t.tree,
                        .node = t.node,
                        .leaf = t.leaf};
    t.wires = (hmn_wires){.row = t.row, .core = t.core, .axon = t.axon};
    return t;
}

/* Links of the shortest way that goes dx, dy. */
static inline uint32_t torus_links(int dx, int dy)
{
    uint32_t ax = (uint32_t)(dx < 0 ? -dx : dx), ay = (uint32_t)(dy < 0 ? -dy : dy);
    return (dx < 0) == (dy < 0) ? (ax > ay ? ax : ay) : ax + ay;
}

/* Of the ways round, the shortest. */
static inline uint32_t torus_shortest(const torus *t, uint32_t from, uint32_t to, int *dx, int *dy)
{
    uint32_t best = UINT32_MAX;
    for (int i = -1; i <= 1; i++)
        for (int j = -1; j <= 1; j++) {
            int x = (int)(to / t->h) - (int)(from / t->h) + i * (int)t->w;
            int y = (int)(to % t->h) - (int)(from % t->h) + j * (int)t->h;
            if (torus_links(x, y) < best) {
                best = torus_links(x, y);
                *dx = x;
                *dy = y;
            }
        }
    return best;
}

/* A packet from a core to a core, `gap` after the one before; cores in ascending order. Returns its row. */
static inline uint32_t torus_send(torus *t, uint32_t from, uint32_t to, uint64_t gap)
{
    int dx = 0, dy = 0;
    uint32_t row = t->rows++, first = row ? t->tree[row - 1].node + t->tree[row - 1].nnodes : 0;
    uint32_t n = torus_shortest(t, from / TORUS_CORES, to / TORUS_CORES, &dx, &dy), chip = from / TORUS_CORES;
    for (uint32_t k = 0; k <= n; k++) {
        t->node[first + k] = (way_node){.router = chip};
        if (k == n)
            break;
        uint32_t l = 0; /* a diagonal while both parts have the same sign, then what is left */
        if (dx && dy && (dx < 0) == (dy < 0))
            l = dx > 0 ? 1 : 4;
        else if (dx)
            l = dx > 0 ? 0 : 3;
        else
            l = dy > 0 ? 2 : 5;
        dx -= torus_x[l];
        dy -= torus_y[l];
        t->node[first + k].next[l] = k + 1;
        chip = t->ways.link[chip][l];
    }
    t->node[first + n].nleaves = 1;
    t->leaf[row] = (way_leaf){to, 0};
    t->tree[row] = (way_tree){first, row, n + 1};
    t->tree_of[row] = row;
    t->row[row] = row;
    t->row[row + 1] = row + 1;
    t->core[row] = to;
    t->axon[row] = 0;
    t->send[t->nsends++] = (fabric_send){from, row, 1, t->payload, gap};
    return row;
}

static inline fabric_result torus_run(torus *t, const fabric_shape *s)
{
    const fabric_step step = {.shape = s,
                              .ways = &t->ways,
                              .wires = &t->wires,
                              .load = t->load,
                              .ncores = t->ncores,
                              .send = t->send,
                              .nsends = t->nsends,
                              .work = t->work};
    return fabric_run(&step, t->arena);
}

/* A machine in round numbers; nobody is blocked for long. */
static inline fabric_shape torus_shape(void)
{
    return (fabric_shape){.enter_ps = 20,
                          .long_enter_ps = 35,
                          .cycle_ps = 10,
                          .pass_ps = 30,
                          .link_ps = 200,
                          .long_link_ps = 400,
                          .credit_ps = 20,
                          .wait_ps = UINT64_MAX,
                          .dump_ps = 500,
                          .again_ps = 400,
                          .poll_ps = 10000,
                          .inputs = 2,
                          .outputs = 2,
                          .keep = 4096,
                          .take_ps = 5,
                          .look_ps = 1,
                          .spikes = 100000,
                          .outbox = 17,
                          .inbox = 2,
                          .tick_ps = UINT64_MAX};
}

#endif
