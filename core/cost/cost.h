/* What operations cost on a chip: constants for the models of time and energy, with where they come from. A chip offers
 * one or more profiles; a machine description may override any number of a profile. Times are integers in picoseconds,
 * energies in femtojoules, so that sums are exact and the same on every machine. */
#ifndef HMN_COST_COST_H
#define HMN_COST_COST_H

#include <stdbool.h>
#include <stdint.h>

typedef enum {
#define COST(id, name, kind, unit, meaning) COST_##id,
#include "core/cost/cost.def"
    COST_COUNT
} cost_id;

/* A time and an energy of each; or a power that is drawn while something lasts. */
typedef enum { COST_OPERATION, COST_POWER } cost_kind;

typedef enum {
#define COST_SETTING(id, name, most, usual, meaning) SETTING_##id,
#include "core/cost/setting.def"
    SETTING_COUNT
} setting_id;

/* PUBLISHED: by those who built the chip, or fitted to it. CODE: a constant of published software for the chip.
 * COUNTED: instructions of open code, compiled for the chip and counted while it ran. CHOSEN: nothing public decides
 * it. */
typedef enum { COST_PUBLISHED, COST_CODE, COST_COUNTED, COST_CHOSEN } cost_status;

typedef struct {
    cost_id id;
    uint64_t ps, fj; /* fj of a power: fJ / s */
    cost_status status;
    const char *source;
} cost_entry;

/* Source of the rows of work.def in profiles. */
#define COST_WORK_SOURCE "a load, store, sum, shift or product a cycle, a division 40"

typedef struct {
    setting_id id;
    uint32_t value;
    cost_status status;
    const char *source;
} cost_setting;

/* Length of the barrier that ends a step, by tiles in use. */
typedef struct {
    uint32_t tiles;
    uint64_t ps;
    cost_status status;
    const char *source;
} cost_barrier;

typedef struct {
    const char *name, *summary;
    const cost_entry *entry;
    const cost_setting *setting;
    const cost_barrier *barrier; /* ascending tiles; none: a clock begins every step */
    uint32_t nentries, nsettings, nbarriers;
} cost_profile;

/* A profile laid out for use. */
typedef struct {
    const cost_profile *profile;
    uint64_t ps[COST_COUNT], fj[COST_COUNT];
    uint32_t setting[SETTING_COUNT];
} cost_table;

const char *cost_name(cost_id id);
const char *cost_unit(cost_id id);
const char *cost_meaning(cost_id id);
cost_kind cost_kind_of(cost_id id);
const char *setting_name(setting_id id);
const char *setting_meaning(setting_id id);
uint32_t setting_most(setting_id id);
const char *cost_status_name(cost_status s);
/* COST_COUNT, SETTING_COUNT when there is no such name. */
cost_id cost_find(const char *name);
setting_id setting_find(const char *name);

/* p NULL: nothing costs anything, settings have their usual values. */
cost_table cost_lay_out(const cost_profile *p);
uint64_t cost_barrier_ps(const cost_table *t, uint32_t tiles);

#endif
