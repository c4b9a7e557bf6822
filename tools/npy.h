/* Arrays as .npy files (NumPy format 1.0), little-endian, C order. The writer grows row by row and puts the
 * number of rows into the header when it closes; the reader takes any integer or float array of at most two
 * dimensions. */
#ifndef HMN_TOOLS_NPY_H
#define HMN_TOOLS_NPY_H

#include "core/base/arena.h"
#include "core/base/diag.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum { NPY_U32, NPY_I32, NPY_F64 } npy_type;

typedef struct npy_writer npy_writer;

/* Rows of `columns` elements (0 is allowed: shape (n, 0)). NULL after a report. */
npy_writer *npy_create(const char *path, npy_type type, uint32_t columns, hmn_arena *a, hmn_diag *d);
/* `count` rows of the type's elements. Failures are remembered and reported by npy_close. */
void npy_rows(npy_writer *w, const void *rows, uint64_t count);
/* Finishes header and file; false after a report. Call exactly once. */
bool npy_close(npy_writer *w, hmn_diag *d);

typedef struct {
    uint64_t rows, columns; /* one dimension: columns == 1 */
    uint32_t dimensions;
    bool integers;
    const double *value;  /* [rows * columns] when !integers */
    const int64_t *whole; /* [rows * columns] when integers */
} npy_array;

/* NULL after a report. */
const npy_array *npy_read(const char *path, hmn_arena *a, hmn_diag *d);

#endif
