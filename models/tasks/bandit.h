/* Contextual bandit: contexts, arms, random rewards, several modulators. */
#ifndef HMN_MODELS_TASKS_BANDIT_H
#define HMN_MODELS_TASKS_BANDIT_H

#include "models/tasks/task.h"

extern const hmn_task task_bandit;

#endif
