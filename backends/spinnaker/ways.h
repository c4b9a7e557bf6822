/* The ways of packets as trees of routers, for models of time (hmn_ways). */
#ifndef HMN_SPINNAKER_WAYS_H
#define HMN_SPINNAKER_WAYS_H

#include "backends/spinnaker/router.h"
#include "core/chip.h"

typedef struct spin_ways spin_ways;

spin_ways *spin_ways_new(const spin_machine *m, hmn_arena *a);

/* The next compartment's packet. core, rank: [v->nsites] what takes the copy at each site; rank all ones: nothing. */
void spin_ways_add(spin_ways *w, const spin_delivery *v, const uint32_t *core, const uint32_t *rank);

/* The next compartment sends no packets. */
void spin_ways_skip(spin_ways *w);

/* site: [ncores]. */
hmn_ways spin_ways_all(spin_ways *w, const uint32_t *site, uint32_t ncores);

#endif
