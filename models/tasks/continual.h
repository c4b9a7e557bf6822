/* Several tasks with images, one after another, learned by experts on the chip. See docs/continual.md. */
#ifndef HMN_MODELS_TASKS_CONTINUAL_H
#define HMN_MODELS_TASKS_CONTINUAL_H

#include "models/tasks/task.h"

extern const hmn_task task_continual;

#endif
