/* Numbers in a data file: rows and columns. */
#ifndef HMN_COMPILER_TABLE_H
#define HMN_COMPILER_TABLE_H

#include "core/base/arena.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    const double *v; /* [rows][columns] */
    uint32_t rows, columns;
} table;

typedef enum { TABLE_OK, TABLE_UNREADABLE, TABLE_MALFORMED } table_status;

/* Text (numbers separated by commas, semicolons or blanks, '#' starts a comment; all rows of one length) or .npy
 * (version 1 to 3, two-dimensional, integers or floats, little-endian, C order), at most 2^28 bytes.
 * On failure *problem says why. */
table_status table_read(hmn_arena *a, const char *path, table *out, const char **problem);

#endif
