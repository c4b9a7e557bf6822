/* Cost tables. Takes the profile of a chip, yields arrays indexed by operation; what a profile does not list costs
 * nothing. The barrier is read off a short table by the number of tiles in use. */
#include "core/cost/cost.h"

#include <string.h>

static const struct {
    const char *name, *unit, *meaning;
} costs[COST_COUNT] = {
#define COST(id, name, unit, meaning) {name, unit, meaning},
#include "core/cost/cost.def"
};

const char *cost_name(cost_id id) { return costs[id].name; }
const char *cost_unit(cost_id id) { return costs[id].unit; }
const char *cost_meaning(cost_id id) { return costs[id].meaning; }

cost_id cost_find(const char *name)
{
    uint32_t i = 0;
    while (i < COST_COUNT && strcmp(costs[i].name, name) != 0)
        i++;
    return (cost_id)i;
}

cost_table cost_lay_out(const cost_profile *p)
{
    cost_table t = {.profile = p, .buffer = p->buffer, .flits = p->flits};
    for (uint32_t i = 0; i < p->nentries; i++) {
        t.ps[p->entry[i].id] = p->entry[i].ps;
        t.fj[p->entry[i].id] = p->entry[i].fj;
    }
    return t;
}

uint64_t cost_barrier_ps(const cost_profile *p, uint32_t tiles)
{
    const cost_barrier *b = p->barrier;
    uint32_t k = 0;
    if (p->nbarriers == 0)
        return 0;
    while (k + 1 < p->nbarriers && b[k + 1].tiles <= tiles)
        k++;
    if (p->barrier_steps || k + 1 == p->nbarriers || tiles <= b[k].tiles)
        return b[k].ps;
    uint64_t span = b[k + 1].tiles - b[k].tiles, rise = b[k + 1].ps - b[k].ps;
    return b[k].ps + (rise * (tiles - b[k].tiles) + span / 2) / span;
}
