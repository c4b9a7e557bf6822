/* What tasks share in which a population chooses: its neurons are groups of equal size, one a choice. */
#ifndef HMN_MODELS_TASKS_CHOICE_H
#define HMN_MODELS_TASKS_CHOICE_H

#include "models/tasks/task.h"

enum { CHOICE_GROUPS = 64 };

typedef struct {
    const task_population *from;
    uint32_t groups;
    uint32_t count[CHOICE_GROUPS]; /* spikes of each */
} choice;

/* False after a report: the population cannot be cut into as many groups. */
bool choice_open(choice *c, const char *task, const task_population *from, uint32_t groups, hmn_diag *d);
void choice_clear(choice *c);
void choice_count(choice *c, hmn_sim *sim); /* the spikes of this step */
/* The group with most spikes; among equals one is drawn by (purpose, number). */
uint32_t choice_most(const choice *c, uint64_t seed, uint32_t purpose, uint32_t number);

/* good[0 .. n-1] below groups, drawn so that all occur equally often as far as that goes: a group that is never good
 * would be pushed to fire by homeostasis alone. */
void choice_draw(uint32_t *good, uint32_t n, uint32_t groups, uint64_t seed, uint32_t purpose);

#endif
