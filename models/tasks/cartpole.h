/* A pole balanced on a cart by pushes to the left and right. */
#ifndef HMN_MODELS_TASKS_CARTPOLE_H
#define HMN_MODELS_TASKS_CARTPOLE_H

#include "models/tasks/task.h"

extern const hmn_task task_cartpole;

#endif
