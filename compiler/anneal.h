/* Vertices on a mesh: little traffic x distance. */
#ifndef HMN_COMPILER_ANNEAL_H
#define HMN_COMPILER_ANNEAL_H

#include "core/base/arena.h"

#include <stdint.h>

/* An undirected graph in CSR form (each edge in both rows, none to itself) and the sites it may use. Vertices
 * 0 .. nfree-1 move; the others are fixed at site[v]. nsites >= nfree. Fixed sites are not among nsites: they are
 * the numbers from nsites up to nplaces-1. */
typedef struct {
    uint32_t nvertices, nfree, nsites, nplaces;
    const uint32_t *row, *to;
    const uint32_t *weight; /* at most ANNEAL_MAX_WEIGHT */
    const uint32_t *x, *y;  /* [nplaces] */
    /* Where distance is not |dx| + |dy|: the router of each place, and links from router to router. NULL: it is. */
    const uint32_t *node; /* [nplaces] */
    const uint16_t *hops; /* [nnodes * nnodes] */
    uint32_t nnodes;
} anneal_problem;

enum { ANNEAL_MAX_WEIGHT = 1 << 20 };

/* Distance of two places. */
uint32_t anneal_hops(const anneal_problem *p, uint32_t a, uint32_t b);

/* Sum over edges of weight x distance. */
uint64_t anneal_cost(const anneal_problem *p, const uint32_t *site);

/* Sites for the free vertices: the one most tied to those placed goes where it costs least. */
void anneal_greedy(const anneal_problem *p, uint32_t *site, hmn_arena *a);

/* Betters site[] in place, never makes it worse. Returns the cost. */
uint64_t anneal_improve(const anneal_problem *p, uint64_t seed, uint32_t *site, hmn_arena *a);

#endif
