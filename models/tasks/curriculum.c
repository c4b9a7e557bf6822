/* Tasks in a row. Takes the images of a task's settings, yields for each task its images in order, their pixels in
 * place. Everything drawn is keyed by seed, so that any two learners of one seed see the same pixels in the same order:
 * the network on the chip (continual.c) and the baselines (tools/baselines). */
#include "models/tasks/curriculum.h"

#include <string.h>

/* Purposes, from c->purpose on. */
enum { DRAW_SPLIT, DRAW_PERMUTATION, DRAW_ORDER };

static bool belongs(const curriculum *c, uint32_t task, uint32_t label)
{
    return c->kind == CURRICULUM_PERMUTED || label / (c->classes / c->tasks) == task;
}

/* Lists images of one set task by task. */
static uint32_t *sort_out(const curriculum *c, const dataset *set, const uint32_t *index, uint32_t n, uint32_t *row,
                          hmn_arena *a)
{
    bool all = c->kind == CURRICULUM_PERMUTED;
    uint32_t *list = ARENA_NEW(a, uint32_t, (size_t)n * (all ? c->tasks : 1)), at = 0;
    for (uint32_t k = 0; k < c->tasks; k++) {
        for (uint32_t i = 0; i < n; i++)
            if (belongs(c, k, set->label[index[i]]))
                list[at++] = index[i];
        row[k + 1] = at;
    }
    return list;
}

static void permute(curriculum *c, hmn_arena *a)
{
    c->where = ARENA_NEW(a, uint32_t, (size_t)c->tasks * c->pixels);
    for (uint32_t k = 0; k < c->tasks; k++) {
        uint32_t *where = c->where + (size_t)k * c->pixels;
        for (uint32_t p = 0; p < c->pixels; p++)
            where[p] = p;
        if (k && c->kind == CURRICULUM_PERMUTED)
            images_shuffle(where, c->pixels, c->seed, c->purpose + DRAW_PERMUTATION, k);
    }
}

static bool none_empty(const curriculum *c, const hmn_task *t, hmn_diag *d)
{
    for (uint32_t k = 0; k < c->tasks; k++)
        if (curriculum_count(c, k, false) == 0 || curriculum_count(c, k, true) == 0)
            return images_refuse(t, d, "images of a task, to learn and held out", 0, 1);
    return true;
}

bool curriculum_open(curriculum *c, curriculum_kind kind, uint32_t tasks, const hmn_task *t, const task_setup *s,
                     uint32_t purpose, hmn_arena *a, hmn_diag *d)
{
    *c = (curriculum){.kind = kind, .tasks = tasks, .seed = s->seed, .purpose = purpose};
    if (!images_open(&c->images, t, s, purpose + DRAW_SPLIT, a, d))
        return false;
    const dataset *train = &c->images.train_set, *test = &c->images.test_set;
    c->pixels = train->pixels;
    c->classes = train->classes > test->classes ? train->classes : test->classes;
    if (kind == CURRICULUM_SPLIT && c->classes % tasks)
        return images_refuse(t, d, "classes, which must be a multiple of the tasks", c->classes, tasks);
    c->train_row = ARENA_NEW(a, uint32_t, tasks + 1);
    c->test_row = ARENA_NEW(a, uint32_t, tasks + 1);
    c->train = sort_out(c, train, c->images.train, c->images.ntrain, c->train_row, a);
    c->test = sort_out(c, test, c->images.test, c->images.ntest, c->test_row, a);
    permute(c, a);
    return none_empty(c, t, d);
}

void curriculum_shuffle(curriculum *c, uint32_t task)
{
    images_shuffle(c->train + c->train_row[task], curriculum_count(c, task, false), c->seed, c->purpose + DRAW_ORDER,
                   task);
}

uint32_t curriculum_image(const curriculum *c, uint32_t task, bool held_out, uint32_t i, uint8_t *pixel)
{
    const dataset *set = held_out ? &c->images.test_set : &c->images.train_set;
    uint32_t index = held_out ? c->test[c->test_row[task] + i] : c->train[c->train_row[task] + i];
    const uint8_t *image = set->pixel + (size_t)index * set->pixels;
    const uint32_t *where = c->where + (size_t)task * c->pixels;
    for (uint32_t p = 0; p < c->pixels; p++)
        pixel[p] = image[where[p]];
    return set->label[index];
}
