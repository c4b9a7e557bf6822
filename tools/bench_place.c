/* Placement against SCOTCH (the one door to it; built with -DHMN_WITH_SCOTCH=ON). Takes nothing, prints for random
 * graphs with planted clusters the traffic x hops of four placements: vertices shuffled, grown greedily, annealed
 * from the greedy start (what `hmn compile` does) and mapped by SCOTCH onto the same mesh; beside them the placement
 * that the graph was planted with. Every tile takes equally many vertices. SCOTCH may exceed a tile's room by its
 * balance tolerance; its fullest tile is printed. Graphs: each vertex has a home tile; an edge leads to its own tile
 * (60 %), to a tile beside it (30 %) or anywhere (10 %), with a weight of 1 to 100. */
#include "compiler/anneal.h"
#include "core/base/rng.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <scotch.h>

typedef struct {
    uint32_t a, b, weight;
} edge;

typedef struct {
    const char *name;
    uint32_t width, height, room, edges; /* room: vertices a tile; edges a vertex */
} plan;

static const plan plans[] = {
    {"64 on 8x8", 8, 8, 1, 6},
    {"512 on 8x16, 4 a tile", 8, 16, 4, 8},
    {"512 on 32x4, 4 a tile", 32, 4, 4, 8},
    {"2048 on 8x8, 32 a tile", 8, 8, 32, 8},
    {"2048 on 32x64", 32, 64, 1, 6},
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static uint32_t draw(uint64_t seed, uint32_t a, uint32_t b, uint32_t n)
{
    return rng_below(seed, RNG_TASK, a, b, 0, n);
}

static uint32_t step_aside(uint32_t at, uint32_t size, uint32_t d) { return (at + size + d - 1) % size; }

/* Home tile of the other end. */
static uint32_t other_tile(const plan *p, uint64_t seed, uint32_t tile, uint32_t a, uint32_t k)
{
    uint32_t chance = draw(seed, a, 8 * k, 10), n = p->width * p->height;
    if (chance < 6 && p->room > 1)
        return tile;
    if (chance < 9) {
        uint32_t x = tile % p->width, y = tile / p->width, d = draw(seed, a, 8 * k + 1, 4);
        x = d < 2 ? step_aside(x, p->width, 2 * d) : x;
        y = d >= 2 ? step_aside(y, p->height, 2 * (d - 2)) : y;
        return y * p->width + x;
    }
    return draw(seed, a, 8 * k + 2, n);
}

static int by_ends(const void *left, const void *right)
{
    const edge *l = left, *r = right;
    if (l->a != r->a)
        return l->a < r->a ? -1 : 1;
    return l->b < r->b ? -1 : l->b > r->b;
}

/* The graph with its vertices numbered at random; home[v] is the site it was planted on. */
static anneal_problem plant(const plan *p, uint64_t seed, uint32_t *home, hmn_arena *a)
{
    uint32_t n = p->width * p->height * p->room, kept = 0;
    edge *list = ARENA_NEW(a, edge, 2 * (size_t)n * p->edges);
    uint32_t *vertex = ARENA_NEW(a, uint32_t, n);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t k = draw(seed, i, 7, i + 1);
        vertex[i] = vertex[k];
        vertex[k] = i;
    }
    for (uint32_t s = 0; s < n; s++)
        home[vertex[s]] = s;
    uint32_t m = 0;
    for (uint32_t s = 0; s < n; s++)
        for (uint32_t k = 0; k < p->edges; k++) {
            uint32_t tile = other_tile(p, seed, s / p->room, s, k),
                     t = tile * p->room + draw(seed, s, 8 * k + 3, p->room);
            uint32_t weight = 1 + draw(seed, s, 8 * k + 4, 100);
            if (t == s)
                continue;
            list[m++] = (edge){vertex[s], vertex[t], weight};
            list[m++] = (edge){vertex[t], vertex[s], weight};
        }
    qsort(list, m, sizeof *list, by_ends);
    uint32_t *row = ARENA_NEW(a, uint32_t, n + 1), *to = ARENA_NEW(a, uint32_t, m), *w = ARENA_NEW(a, uint32_t, m);
    uint32_t *x = ARENA_NEW(a, uint32_t, n), *y = ARENA_NEW(a, uint32_t, n);
    for (uint32_t i = 0; i < m; i++) {
        if (i && by_ends(&list[i - 1], &list[i]) == 0) {
            w[kept - 1] += list[i].weight;
            continue;
        }
        to[kept] = list[i].b;
        w[kept++] = list[i].weight;
        row[list[i].a + 1] = kept;
    }
    for (uint32_t v = 0; v < n; v++)
        row[v + 1] = row[v + 1] < row[v] ? row[v] : row[v + 1];
    for (uint32_t s = 0; s < n; s++) {
        x[s] = s / p->room % p->width;
        y[s] = s / p->room / p->width;
    }
    return (anneal_problem){n, n, n, n, row, to, w, x, y};
}

/* SCOTCH's mapping, as the cost of putting each vertex on the tile it chose. */
static uint64_t scotch(const anneal_problem *g, const plan *p, uint32_t *fullest, hmn_arena *a)
{
    uint32_t n = g->nvertices, m = g->row[n], tiles = p->width * p->height;
    SCOTCH_Num *row = ARENA_NEW(a, SCOTCH_Num, n + 1), *to = ARENA_NEW(a, SCOTCH_Num, m);
    SCOTCH_Num *weight = ARENA_NEW(a, SCOTCH_Num, m), *part = ARENA_NEW(a, SCOTCH_Num, n);
    for (uint32_t v = 0; v <= n; v++)
        row[v] = (SCOTCH_Num)g->row[v];
    for (uint32_t e = 0; e < m; e++) {
        to[e] = (SCOTCH_Num)g->to[e];
        weight[e] = (SCOTCH_Num)g->weight[e];
    }
    SCOTCH_Graph graph;
    SCOTCH_Arch arch;
    SCOTCH_Strat strategy;
    SCOTCH_graphInit(&graph);
    SCOTCH_archInit(&arch);
    SCOTCH_stratInit(&strategy);
    SCOTCH_randomReset();
    bool ok = SCOTCH_graphBuild(&graph, 0, (SCOTCH_Num)n, row, NULL, NULL, NULL, (SCOTCH_Num)m, to, weight) == 0 &&
              SCOTCH_archMesh2(&arch, (SCOTCH_Num)p->width, (SCOTCH_Num)p->height) == 0 &&
              SCOTCH_stratGraphMapBuild(&strategy, SCOTCH_STRATQUALITY, (SCOTCH_Num)tiles, 0.01) == 0 &&
              SCOTCH_graphMap(&graph, &arch, &strategy, part) == 0;
    if (!ok) {
        fputs("bench_place: SCOTCH failed\n", stderr);
        exit(1);
    }
    uint32_t *site = ARENA_NEW(a, uint32_t, n), *load = ARENA_NEW(a, uint32_t, tiles);
    *fullest = 0;
    for (uint32_t v = 0; v < n; v++) {
        /* archMesh2 numbers its domains along the first dimension first */
        uint32_t tile = (uint32_t)part[v];
        site[v] = tile * p->room;
        *fullest = ++load[tile] > *fullest ? load[tile] : *fullest;
    }
    SCOTCH_stratExit(&strategy);
    SCOTCH_archExit(&arch);
    SCOTCH_graphExit(&graph);
    return anneal_cost(g, site);
}

static void bench(const plan *p, uint64_t seed)
{
    hmn_arena *a = arena_new(0);
    uint32_t n = p->width * p->height * p->room, fullest;
    uint32_t *home = ARENA_NEW(a, uint32_t, n), *site = ARENA_NEW(a, uint32_t, n), *order = ARENA_NEW(a, uint32_t, n);
    anneal_problem g = plant(p, seed, home, a);
    for (uint32_t v = 0; v < n; v++)
        order[v] = v;
    double t0 = now();
    anneal_greedy(&g, site, a);
    double t1 = now();
    uint64_t greedy = anneal_cost(&g, site), ours = anneal_improve(&g, seed, site, a);
    double t2 = now();
    uint64_t theirs = scotch(&g, p, &fullest, a);
    double t3 = now();
    printf("%-24s %4" PRIu64 " %10" PRIu64 " %10" PRIu64 " %10" PRIu64 " %10" PRIu64 " %10" PRIu64
           "  %6.3f  %5.2f %5.2f %5.2f  %u of %u\n",
           p->name, seed, anneal_cost(&g, order), greedy, ours, theirs, anneal_cost(&g, home),
           (double)ours / (double)theirs, t1 - t0, t2 - t1, t3 - t2, fullest, p->room);
    arena_free(a);
}

int main(void)
{
    puts("traffic x hops                seed   shuffled     greedy       ours     SCOTCH    planted  ours/SCOTCH  "
         "seconds: greedy, ours, SCOTCH; SCOTCH's fullest tile");
    for (size_t k = 0; k < sizeof plans / sizeof *plans; k++)
        for (uint64_t seed = 1; seed <= 3; seed++)
            bench(&plans[k], seed);
    return 0;
}
