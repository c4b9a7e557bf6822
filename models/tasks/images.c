/* What tasks with images share. Takes a task's settings, yields the images it learns from and those held out. A single
 * CSV file is cut by the seed; MNIST's own cut into two files is used as it is. */
#include "models/tasks/images.h"

#include "core/base/rng.h"

#include <string.h>

static const hmn_span nowhere = {0, 0, 0, 0};

void images_shuffle(uint32_t *list, uint32_t n, uint64_t seed, uint32_t purpose, uint32_t round)
{
    for (uint32_t i = n; i > 1; i--) {
        uint32_t j = rng_below(seed, RNG_TASK, purpose, round, i, i), t = list[i - 1];
        list[i - 1] = list[j];
        list[j] = t;
    }
}

bool images_refuse(const hmn_task *t, hmn_diag *d, const char *what, uint32_t there, uint32_t asked)
{
    diag_report(d, DIAG_VALUE_RANGE, nowhere, "task %s: %s: there are %u, asked for %u", t->name, what, there, asked);
    return false;
}

static bool read_data(image_split *o, const hmn_task *t, const task_setup *s, hmn_arena *a, hmn_diag *d)
{
    const char *path = task_path(s, task_text(t, s, "data"), a);
    size_t n = strlen(path);
    if ((n > 4 && strcmp(path + n - 4, ".csv") == 0) || (n > 7 && strcmp(path + n - 7, ".csv.gz") == 0)) {
        bool good = dataset_read_csv(path, &o->train_set, a, d);
        o->test_set = o->train_set;
        return good;
    }
    return dataset_read_idx(arena_printf(a, "%s/train-images-idx3-ubyte", path),
                            arena_printf(a, "%s/train-labels-idx1-ubyte", path), &o->train_set, a, d) &&
           dataset_read_idx(arena_printf(a, "%s/t10k-images-idx3-ubyte", path),
                            arena_printf(a, "%s/t10k-labels-idx1-ubyte", path), &o->test_set, a, d);
}

bool images_open(image_split *o, const hmn_task *t, const task_setup *s, uint32_t purpose, hmn_arena *a, hmn_diag *d)
{
    if (!read_data(o, t, s, a, d))
        return false;
    bool one = o->train_set.pixel == o->test_set.pixel;
    uint32_t have = o->train_set.count, held = one ? have : o->test_set.count;
    if (!task_whole(t, s, "n_test", 1, held - (one && held > 1), &o->ntest, d))
        return false;
    uint32_t most = one ? have - o->ntest : have;
    if (!task_whole(t, s, "n_train", 0, most, &o->ntrain, d))
        return false;
    if (o->ntrain == 0)
        o->ntrain = most;
    uint32_t longer = have > held ? have : held, *index = ARENA_NEW(a, uint32_t, longer);
    for (uint32_t i = 0; i < longer; i++)
        index[i] = i;
    if (one)
        images_shuffle(index, have, s->seed, purpose, 0);
    o->train = index;
    o->test = one ? index + have - o->ntest : index;
    if (o->train_set.full == 0)
        return images_refuse(t, d, "grey levels of the training images above black", 0, 1);
    if (o->train_set.pixels != o->test_set.pixels)
        return images_refuse(t, d, "pixels of a test image", o->test_set.pixels, o->train_set.pixels);
    return true;
}
