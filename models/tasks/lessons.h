/* What is kept of a run through several tasks, and what follows from it. Row 0 is before the first task, row k after
 * the k-th; columns are tasks. Used by the network on the chip and by the baselines alike. */
#ifndef HMN_MODELS_TASKS_LESSONS_H
#define HMN_MODELS_TASKS_LESSONS_H

#include "core/base/arena.h"
#include "models/tasks/task.h"

#include <stdint.h>

typedef struct {
    uint32_t tasks;
    uint32_t *right, *shown;           /* [tasks + 1][tasks] held-out images named rightly, and in all */
    uint32_t *last_right, *last_shown; /* [tasks] the same of the last test, which may show more images */
} lessons;

typedef struct {
    double final_average; /* accuracy over all tasks after the last */
    double current;       /* accuracy of each task just after it was learned, mean */
    double forgetting;    /* best accuracy a task ever had before the last was learned, less the final one; mean */
    double backward;      /* final less just learned, mean; all but the last task */
    double forward;       /* accuracy just before a task is learned less that before any was; mean, all but the first */
} lessons_summary;

void lessons_begin(lessons *l, uint32_t tasks, hmn_arena *a);
/* more: an image of the last test that no other test shows; counts for the final average only. */
void lessons_add(lessons *l, uint32_t row, uint32_t task, bool right, bool more);
lessons_summary lessons_sum_up(const lessons *l);
/* The matrix with a heading: after, task_1 .. */
task_table lessons_table(const lessons *l, hmn_arena *a);

#endif
