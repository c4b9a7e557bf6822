/* What operations cost on a chip: constants for the models of time and energy, with where they come from. A chip offers
 * one or more profiles; a machine description may override any number of a profile. Times are integers in picoseconds,
 * energies in femtojoules, so that sums are exact and the same on every machine. */
#ifndef HMN_COST_COST_H
#define HMN_COST_COST_H

#include <stdbool.h>
#include <stdint.h>

typedef enum {
#define COST(id, name, unit, meaning) COST_##id,
#include "core/cost/cost.def"
    COST_COUNT
} cost_id;

/* PUBLISHED: by those who built the chip, or fitted to it. CODE: a constant of published software for the chip. COUNTED:
 * instructions of open code, compiled for the chip and counted while it ran. CHOSEN: nothing public decides it. */
typedef enum { COST_PUBLISHED, COST_CODE, COST_COUNTED, COST_CHOSEN } cost_status;

typedef struct {
    cost_id id;
    uint64_t ps, fj;
    cost_status status;
    const char *source;
} cost_entry;

/* Length of the barrier that ends a step, by tiles in use. */
typedef struct {
    uint32_t tiles;
    uint64_t ps;
} cost_barrier;

typedef struct {
    const char *name, *summary;
    const cost_entry *entry;
    uint32_t nentries;
    const cost_barrier *barrier; /* ascending tiles */
    uint32_t nbarriers;
    bool barrier_steps; /* the value of the last row that is not beyond; else straight lines between rows */
    uint32_t buffer;    /* flits that an input of a router, or of a core, holds */
    uint32_t flits;     /* of a spike message */
} cost_profile;

/* A profile laid out for use, with what a machine description overrode. */
typedef struct {
    const cost_profile *profile;
    uint64_t ps[COST_COUNT], fj[COST_COUNT];
    bool changed[COST_COUNT];
    uint32_t buffer, flits;
} cost_table;

const char *cost_name(cost_id id);
const char *cost_unit(cost_id id);
const char *cost_meaning(cost_id id);
/* COST_COUNT when there is no such name. */
cost_id cost_find(const char *name);

cost_table cost_lay_out(const cost_profile *p);
uint64_t cost_barrier_ps(const cost_profile *p, uint32_t tiles);

#endif
