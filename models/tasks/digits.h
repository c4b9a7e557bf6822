/* Labelled images shown one after another; the answer is the first output neuron to fire. See docs/digits.md. */
#ifndef HMN_MODELS_TASKS_DIGITS_H
#define HMN_MODELS_TASKS_DIGITS_H

#include "models/tasks/task.h"

extern const hmn_task task_digits;

#endif
