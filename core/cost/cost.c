/* Cost tables. Takes the profile of a chip, yields arrays indexed by operation; what a profile does not list costs
 * nothing, and a setting that it does not list has its usual value. The barrier is read off a short table by the number
 * of tiles in use. */
#include "core/cost/cost.h"

#include <string.h>

static const struct {
    const char *name, *unit, *meaning;
    cost_kind kind;
} costs[COST_COUNT] = {
#define COST(id, name, kind, unit, meaning) {name, unit, meaning, COST_##kind},
#include "core/cost/cost.def"
};

static const struct {
    const char *name, *meaning;
    uint32_t most, usual; /* usual: where a profile does not list it */
} settings[SETTING_COUNT] = {
#define COST_SETTING(id, name, most, usual, meaning) {name, meaning, most, usual},
#include "core/cost/setting.def"
};

const char *cost_name(cost_id id) { return costs[id].name; }
const char *cost_unit(cost_id id) { return costs[id].unit; }
const char *cost_meaning(cost_id id) { return costs[id].meaning; }
cost_kind cost_kind_of(cost_id id) { return costs[id].kind; }
const char *setting_name(setting_id id) { return settings[id].name; }
const char *setting_meaning(setting_id id) { return settings[id].meaning; }
uint32_t setting_most(setting_id id) { return settings[id].most; }

const char *cost_status_name(cost_status s)
{
    static const char *const names[] = {"published", "code", "counted", "chosen"};
    return names[s];
}

cost_id cost_find(const char *name)
{
    uint32_t i = 0;
    while (i < COST_COUNT && strcmp(costs[i].name, name) != 0)
        i++;
    return (cost_id)i;
}

setting_id setting_find(const char *name)
{
    uint32_t i = 0;
    while (i < SETTING_COUNT && strcmp(settings[i].name, name) != 0)
        i++;
    return (setting_id)i;
}

cost_table cost_lay_out(const cost_profile *p)
{
    static const cost_profile none = {0};
    p = p ? p : &none;
    cost_table t = {.profile = p};
    for (uint32_t i = 0; i < p->nentries; i++) {
        t.ps[p->entry[i].id] = p->entry[i].ps;
        t.fj[p->entry[i].id] = p->entry[i].fj;
    }
    for (uint32_t i = 0; i < SETTING_COUNT; i++)
        t.setting[i] = settings[i].usual;
    for (uint32_t i = 0; i < p->nsettings; i++)
        t.setting[p->setting[i].id] = p->setting[i].value;
    return t;
}

uint64_t cost_barrier_ps(const cost_table *t, uint32_t tiles)
{
    const cost_barrier *b = t->profile->barrier;
    uint32_t k = 0, n = t->profile->nbarriers;
    if (n == 0)
        return 0;
    while (k + 1 < n && b[k + 1].tiles <= tiles)
        k++;
    if (t->setting[SETTING_STAIRS] || k + 1 == n || tiles <= b[k].tiles)
        return b[k].ps;
    uint64_t span = b[k + 1].tiles - b[k].tiles, rise = b[k + 1].ps - b[k].ps;
    return b[k].ps + (rise * (tiles - b[k].tiles) + span / 2) / span;
}
