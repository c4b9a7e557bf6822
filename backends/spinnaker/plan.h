/* What the whole machine must know of a network: keys and routing tables. */
#ifndef HMN_SPINNAKER_PLAN_H
#define HMN_SPINNAKER_PLAN_H

#include "backends/spinnaker/machine.h"
#include "backends/spinnaker/tables.h"

/* Core s has slice s of the mapping, and one slice only; relays and managers follow. */
typedef struct {
    spin_shape shape;
    const spin_machine *machine;
    const uint32_t *key, *mask; /* [cores] of a core's packets, colour and neuron 0 */
    spin_tables routers;        /* compressed */
    uint32_t entries;           /* of all tables before compression */
    uint64_t links;             /* spikes x links of the trees, spikes as counted neurons */
} spin_plan;

/* chip->plan. */
const void *spin_plan_make(const hmn_mapping *m, hmn_arena *a, hmn_diag *d);

#endif
