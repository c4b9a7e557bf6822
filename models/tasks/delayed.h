/* A maze whose reward comes long after the choice. */
#ifndef HMN_MODELS_TASKS_DELAYED_H
#define HMN_MODELS_TASKS_DELAYED_H

#include "models/tasks/task.h"

extern const hmn_task task_delayed;

#endif
