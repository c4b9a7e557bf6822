/* Labelled images: from a CSV of pixels and class, or from IDX files (the format of MNIST), plain or gzipped. */
#ifndef HMN_MODELS_TASKS_DATASET_H
#define HMN_MODELS_TASKS_DATASET_H

#include "core/base/arena.h"
#include "core/base/diag.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint32_t count, pixels; /* images; pixels of each */
    uint32_t classes;       /* greatest label + 1 */
    uint32_t full;          /* greatest pixel value */
    const uint8_t *pixel;   /* [count * pixels], row by row */
    const uint8_t *label;   /* [count] */
} dataset;

enum { DATASET_MAX_BYTES = 1 << 28 }; /* of a file after decompression */

/* Lines of comma-separated whole numbers 0..255, the last one the class. False after a report. */
bool dataset_read_csv(const char *path, dataset *out, hmn_arena *a, hmn_diag *d);

/* An IDX file of images and one of labels; NAME.gz is taken where NAME is absent. False after a report. */
bool dataset_read_idx(const char *images, const char *labels, dataset *out, hmn_arena *a, hmn_diag *d);

#endif
