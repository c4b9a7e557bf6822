/* Choices by spike counts. Takes the spikes of a population step by step, yields the group that fired most; ties, and
 * silence is one, are drawn. */
#include "models/tasks/choice.h"

#include "core/base/rng.h"

#include <string.h>

bool choice_open(choice *c, const char *task, const task_population *from, uint32_t groups, hmn_diag *d)
{
    *c = (choice){.from = from, .groups = groups};
    if (from->size % groups == 0)
        return true;
    diag_report(d, DIAG_VALUE_RANGE, (hmn_span){0, 0, 0, 0}, "task %s: %u neurons of %s for %u choices", task,
                from->size, from->name, groups);
    diag_cure(d, "give %s a multiple of %u neurons", from->name, groups);
    return false;
}

void choice_clear(choice *c) { memset(c->count, 0, sizeof c->count); }

void choice_count(choice *c, hmn_sim *sim)
{
    uint32_t n, each = c->from->size / c->groups;
    const uint32_t *spike = sim->ops->spikes(sim, &n);
    for (uint32_t k = 0; k < n; k++)
        if (spike[k] >= c->from->first && spike[k] < c->from->first + c->from->size)
            c->count[(spike[k] - c->from->first) / each]++;
}

uint32_t choice_most(const choice *c, uint64_t seed, uint32_t purpose, uint32_t number)
{
    uint32_t most = 0, among[CHOICE_GROUPS], n = 0;
    for (uint32_t g = 0; g < c->groups; g++)
        most = c->count[g] > most ? c->count[g] : most;
    for (uint32_t g = 0; g < c->groups; g++)
        if (c->count[g] == most)
            among[n++] = g;
    return among[rng_below(seed, RNG_TASK, purpose, number, 0, n)];
}

void choice_draw(uint32_t *good, uint32_t n, uint32_t groups, uint64_t seed, uint32_t purpose)
{
    uint32_t order[CHOICE_GROUPS];
    for (uint32_t k = 0; k < n; k++) {
        uint32_t i = k % groups;
        for (uint32_t g = 0; i == 0 && g < groups; g++)
            order[g] = g;
        uint32_t j = i + rng_below(seed, RNG_TASK, purpose, k, 0, groups - i), drawn = order[j];
        order[j] = order[i];
        good[k] = order[i] = drawn;
    }
}
