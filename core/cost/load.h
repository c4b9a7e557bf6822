/* What a chip tells the models of time and energy beside its costs: what an arriving spike makes a core do. */
#ifndef HMN_COST_LOAD_H
#define HMN_COST_LOAD_H

#include "core/cost/cost.h"

typedef struct {
    uint32_t words;                 /* of synapse memory read */
    uint32_t dense, sparse, shared; /* synaptic events by form */
    uint32_t plastic;               /* of the dense ones, those that learn as they are read */
    uint32_t back;                  /* words written back */
    bool taken;                     /* the packet costs an interrupt alone */
} timing_load;

/* Which costs the program of a core has, where a chip runs several. */
typedef struct {
    cost_id update; /* of a compartment with input or state */
    cost_id visit;  /* of a synapse that learns */
} timing_program;

typedef struct {
    const cost_profile *const *profile; /* the first is the default */
    uint32_t nprofiles;
    timing_load (*load)(const void *rom, uint32_t axon);
    timing_program (*program)(const void *rom); /* NULL: COST_ACTIVE, COST_LEARN */
    bool clocked; /* the chip works in real time, step by step of a clock; else a barrier ends a step */
} chip_timing;

#endif
