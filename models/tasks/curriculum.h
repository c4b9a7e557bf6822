/* One set of images made into several tasks that come one after another.
 *
 *   permuted   all images in each; task k > 0 shuffles the pixels of all images alike, by a permutation of its own
 *   split      each has as many classes as the next: of 10 classes in 5 tasks 0 and 1, then 2 and 3, ... */
#ifndef HMN_MODELS_TASKS_CURRICULUM_H
#define HMN_MODELS_TASKS_CURRICULUM_H

#include "models/tasks/images.h"

typedef enum { CURRICULUM_PERMUTED, CURRICULUM_SPLIT } curriculum_kind;

typedef struct {
    curriculum_kind kind;
    image_split images;
    uint32_t tasks, classes, pixels;
    uint32_t *where; /* [tasks][pixels]: pixel p of task k is pixel where[k][p] of the image */
    uint32_t *train; /* images of all tasks, one task after another: indices into the sets */
    uint32_t *test;
    uint32_t *train_row, *test_row; /* [tasks + 1] */
    uint64_t seed;
    uint32_t purpose;
} curriculum;

enum { CURRICULUM_PURPOSES = 4 }; /* of RNG_TASK, from `purpose` on */

/* Reads settings data, n_train, n_test. False after a report. */
bool curriculum_open(curriculum *c, curriculum_kind kind, uint32_t tasks, const hmn_task *t, const task_setup *s,
                     uint32_t purpose, hmn_arena *a, hmn_diag *d);

/* The training images of a task in the order in which they are shown: c->train from c->train_row[task] on. */
void curriculum_shuffle(curriculum *c, uint32_t task);

/* Image number i of a task, its pixels in place; returns its class. */
uint32_t curriculum_image(const curriculum *c, uint32_t task, bool held_out, uint32_t i, uint8_t *pixel);

static inline uint32_t curriculum_count(const curriculum *c, uint32_t task, bool held_out)
{
    const uint32_t *row = held_out ? c->test_row : c->train_row;
    return row[task + 1] - row[task];
}

#endif
