/* A line of routers and populations that send to each other, for the tests of multicast placement. */
#ifndef HMN_TESTS_COMPILER_MULTICAST_BOARD_H
#define HMN_TESTS_COMPILER_MULTICAST_BOARD_H

#include "compiler/multicast_state.h"
#include "core/base/rng.h"
#include "tests/suite.h"

#include <stdbool.h>
#include <string.h>

/* Routers on a line, `cores` sites each; populations of vertices that send to populations. */
enum { NODES = 6, CORES = 4, SITES = NODES * CORES };

typedef struct {
    hmn_arena *a;
    anneal_problem p;
    multicast_groups g;
    uint32_t *site;
} board;

static inline board board_new(const uint32_t *sizes, uint32_t npopulations, const uint32_t (*edge)[2], uint32_t nedges)
{
    board b = {.a = arena_new(0)};
    uint32_t n = 0, *block = ARENA_NEW(b.a, uint32_t, SITES), *node = ARENA_NEW(b.a, uint32_t, SITES);
    uint32_t *x = ARENA_NEW(b.a, uint32_t, SITES), *y = ARENA_NEW(b.a, uint32_t, SITES);
    uint32_t *first = ARENA_NEW(b.a, uint32_t, npopulations + 1), *row = ARENA_NEW(b.a, uint32_t, SITES + 1);
    uint16_t *hops = ARENA_NEW(b.a, uint16_t, NODES * NODES);
    for (uint32_t k = 0; k < npopulations; k++) {
        for (uint32_t i = 0; i < sizes[k]; i++)
            block[n++] = k;
        first[k + 1] = n;
    }
    for (uint32_t s = 0; s < SITES; s++)
        node[s] = x[s] = s / CORES;
    for (uint32_t i = 0; i < NODES * NODES; i++)
        hops[i] = (uint16_t)(i / NODES > i % NODES ? i / NODES - i % NODES : i % NODES - i / NODES);
    b.p = (anneal_problem){.nvertices = n,
                           .nfree = n,
                           .nsites = SITES,
                           .nplaces = SITES,
                           .row = row,
                           .x = x,
                           .y = y,
                           .node = node,
                           .hops = hops,
                           .nnodes = NODES};
    uint32_t *from = ARENA_NEW(b.a, uint32_t, n), *weight = ARENA_NEW(b.a, uint32_t, n), nto = 0;
    uint32_t *to_row = ARENA_NEW(b.a, uint32_t, npopulations + 1), *to = ARENA_NEW(b.a, uint32_t, nedges * n);
    for (uint32_t v = 0; v < n; v++) {
        from[v] = v;
        weight[v] = 1;
    }
    for (uint32_t k = 0; k < npopulations; k++) {
        for (uint32_t e = 0; e < nedges; e++)
            for (uint32_t v = first[edge[e][1]]; edge[e][0] == k && v < first[edge[e][1] + 1]; v++)
                to[nto++] = v;
        to_row[k + 1] = nto;
    }
    b.g = (multicast_groups){npopulations, first, from, weight, to_row, to, block, npopulations};
    b.site = ARENA_NEW(b.a, uint32_t, n);
    return b;
}

static inline void board_shuffle(board *b, uint64_t seed)
{
    uint32_t all[SITES];
    for (uint32_t i = 0; i < SITES; i++)
        all[i] = i;
    for (uint32_t i = 0; i < b->p.nvertices; i++) {
        uint32_t k = i + rng_below(seed, RNG_TASK, i, 0, 0, SITES - i), s = all[k];
        all[k] = all[i];
        b->site[i] = all[i] = s;
    }
}

#endif
