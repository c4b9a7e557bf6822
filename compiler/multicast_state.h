/* What a placement for multicast networks is made of, kept up to date as vertices move. */
#ifndef HMN_COMPILER_MULTICAST_STATE_H
#define HMN_COMPILER_MULTICAST_STATE_H

#include "compiler/multicast.h"

#include <stdbool.h>

typedef struct {
    const anneal_problem *p;
    const multicast_groups *g;
    uint32_t *site, *tenant;         /* tenant[site]: vertex, UINT32_MAX when free */
    uint32_t *receivers;             /* [ngroups * nnodes] at each router */
    uint64_t *senders;               /* [ngroups * nnodes] weight at each router */
    uint64_t *group;                 /* [ngroups] cost of each */
    uint64_t *weight, *sum;          /* [ngroups] of all senders; [nnodes] scratch */
    uint32_t *held;                  /* [nblocks * nnodes] vertices of a block at each router */
    uint32_t *list, *near;           /* [nnodes] scratch */
    const uint32_t *role_row, *role; /* [nvertices + 1]: group * 2 + 1 as a receiver, group * 2 as a sender */
    const uint32_t *role_weight;
    const uint32_t *node; /* [nnodes] routers that have sites, in the order of these */
    uint32_t nnodes;
    uint32_t *sites, *first_site; /* [p->nnodes] of each router */
    uint32_t *stamp, move;        /* [ngroups] last move that touched the group */
    uint32_t *touched, ntouched;  /* [ngroups] by this move */
    uint64_t *before;             /* [ngroups] their costs before it */
    uint64_t cost, together;      /* together: sum of squares of held */
    uint64_t work;
} multicast_state;

static inline uint32_t multicast_hops(const multicast_state *m, uint32_t a, uint32_t b)
{
    return m->p->hops[(size_t)a * m->p->nnodes + b];
}

multicast_state multicast_state_new(const anneal_problem *p, const multicast_groups *g, hmn_arena *a);

/* Takes over a placement and computes all costs. */
void multicast_load(multicast_state *m, const uint32_t *site);

/* Vertex v comes to (by = 1) or leaves (by = -1) a router. Costs of groups are not updated. */
void multicast_count(multicast_state *m, uint32_t v, uint32_t node, int32_t by);

/* The cost of a group as things stand. */
uint64_t multicast_group_cost(multicast_state *m, uint32_t g);

#endif
