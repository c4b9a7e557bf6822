/* The emulated routers: where a packet goes by the tables of all chips. docs/chips/spinnaker.md, eq. SC1, SC3. */
#ifndef HMN_SPINNAKER_ROUTER_H
#define HMN_SPINNAKER_ROUTER_H

#include "backends/spinnaker/tables.h"

/* A copy at a router: where it came from and where its own copies go. */
typedef struct {
    int32_t chip;
    uint32_t from, link; /* hop before it, by number, and its link; the first: 0, 0 */
    uint32_t route;
} spin_hop;

/* What became of one packet and its copies. */
typedef struct {
    const spin_hop *hop; /* routers that it passed, in the order in which they were followed */
    uint32_t nhops;
    uint32_t *site; /* cores that received a copy, ascending, as often as they did */
    uint32_t nsites;
    uint32_t links;   /* links crossed, by all copies */
    uint32_t unknown; /* copies dropped: from a core, and no entry matches */
    uint32_t broken;  /* to a link or core that is not there */
    uint32_t looped;  /* on a way that leads back into itself, or into more copies than there are places */
} spin_delivery;

typedef struct spin_router spin_router;

/* Tables and machine must outlive it. */
spin_router *spin_router_new(const spin_machine *m, const spin_tables *t, hmn_arena *a);

/* Follows one packet; the result is valid until the next call. */
spin_delivery spin_router_follow(spin_router *r, int32_t chip, uint32_t key);

#endif
