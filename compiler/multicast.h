/* Placement where one packet serves many cores: what counts is the tree of links that it takes, not the sum of its
 * ways. */
#ifndef HMN_COMPILER_MULTICAST_H
#define HMN_COMPILER_MULTICAST_H

#include "compiler/anneal.h"

/* Groups of vertices that send to common vertices, e.g. the cores of a population and all cores that one of them
 * reaches. Vertices and sites as in anneal_problem, which must have a table of hops. */
typedef struct {
    uint32_t ngroups;
    const uint32_t *from_row, *from; /* [ngroups + 1] into from: the senders */
    const uint32_t *weight;          /* of each sender */
    const uint32_t *to_row, *to;     /* [ngroups + 1] into to: the receivers, each once */
    const uint32_t *block;           /* [nvertices] those with one number are best kept together, e.g. a population */
    uint32_t nblocks;
} multicast_groups;

/* Sum over senders of weight x links: a spanning tree over the routers of the group's receivers, by hops, and the way
 * from the sender to the nearest of them; and, for the routing tables, the same once more with a tree that senders
 * outside enter in one place and share. */
uint64_t multicast_cost(const anneal_problem *p, const multicast_groups *g, const uint32_t *site);

/* Betters site[] in place, never makes it worse. Returns the cost. */
uint64_t multicast_improve(const anneal_problem *p, const multicast_groups *g, uint64_t seed, uint32_t *site,
                           hmn_arena *a);

#endif
