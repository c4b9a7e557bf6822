/* Measures of learning one task after another. Takes counts of right answers, yields the accuracy matrix R and what is
 * usually told of it: R_kj is the accuracy on task j after learning task k (Lopez-Paz and Ranzato, NeurIPS 2017, for
 * transfer; Chaudhry et al., ECCV 2018, for forgetting). */
#include "models/tasks/lessons.h"

void lessons_begin(lessons *l, uint32_t tasks, hmn_arena *a)
{
    l->tasks = tasks;
    l->right = ARENA_NEW(a, uint32_t, (size_t)(tasks + 1) * tasks);
    l->shown = ARENA_NEW(a, uint32_t, (size_t)(tasks + 1) * tasks);
    l->last_right = ARENA_NEW(a, uint32_t, tasks);
    l->last_shown = ARENA_NEW(a, uint32_t, tasks);
}

void lessons_add(lessons *l, uint32_t row, uint32_t task, bool right, bool more)
{
    if (row == l->tasks) {
        l->last_shown[task]++;
        l->last_right[task] += right;
    }
    if (more)
        return;
    l->shown[row * l->tasks + task]++;
    l->right[row * l->tasks + task] += right;
}

static double share(const lessons *l, uint32_t row, uint32_t task)
{
    uint32_t n = l->shown[row * l->tasks + task];
    return n ? (double)l->right[row * l->tasks + task] / n : 0;
}

static double last_share(const lessons *l, uint32_t task)
{
    return l->last_shown[task] ? (double)l->last_right[task] / l->last_shown[task] : 0;
}

/* The best a task was after it was learned and before the last one was. */
static double best(const lessons *l, uint32_t task)
{
    double most = 0;
    for (uint32_t row = task + 1; row < l->tasks; row++)
        most = share(l, row, task) > most ? share(l, row, task) : most;
    return most;
}

lessons_summary lessons_sum_up(const lessons *l)
{
    lessons_summary s = {0, 0, 0, 0, 0};
    uint32_t n = l->tasks;
    for (uint32_t j = 0; j < n; j++) {
        s.final_average += last_share(l, j) / n;
        s.current += share(l, j + 1, j) / n;
        if (j + 1 < n) {
            s.forgetting += (best(l, j) - share(l, n, j)) / (n - 1);
            s.backward += (share(l, n, j) - share(l, j + 1, j)) / (n - 1);
        }
        if (j)
            s.forward += (share(l, j, j) - share(l, 0, j)) / (n - 1);
    }
    return s;
}

task_table lessons_table(const lessons *l, hmn_arena *a)
{
    uint32_t columns = l->tasks + 1;
    const char **name = ARENA_NEW(a, const char *, columns);
    double *value = ARENA_NEW(a, double, (size_t)columns *columns);
    name[0] = "after";
    for (uint32_t j = 0; j < l->tasks; j++)
        name[j + 1] = arena_printf(a, "task_%u", j + 1);
    for (uint32_t row = 0; row <= l->tasks; row++) {
        value[row * columns] = row;
        for (uint32_t j = 0; j < l->tasks; j++)
            value[row * columns + j + 1] = share(l, row, j);
    }
    return (task_table){"accuracy", name, value, l->tasks + 1, columns};
}
