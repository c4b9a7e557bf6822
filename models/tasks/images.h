/* Images of a task: the set its settings name, cut into what is learned and what is held out. */
#ifndef HMN_MODELS_TASKS_IMAGES_H
#define HMN_MODELS_TASKS_IMAGES_H

#include "models/tasks/dataset.h"
#include "models/tasks/task.h"

typedef struct {
    dataset train_set, test_set;
    const uint32_t *train, *test; /* indices into the sets */
    uint32_t ntrain, ntest;
} image_split;

/* Reads settings data, n_test and n_train. One file: shuffled by the seed with draws of `purpose`, the last n_test are
 * held out. A folder of IDX files: the first n_train and n_test of each. False after a report. */
bool images_open(image_split *out, const hmn_task *t, const task_setup *s, uint32_t purpose, hmn_arena *a, hmn_diag *d);

/* A list in an order drawn for (purpose, round). */
void images_shuffle(uint32_t *list, uint32_t n, uint64_t seed, uint32_t purpose, uint32_t round);

/* Reports that there are `there` of what, where `asked` were asked for; false. */
bool images_refuse(const hmn_task *t, hmn_diag *d, const char *what, uint32_t there, uint32_t asked);

#endif
