/* An image in parts, for deployment: a file for each core with the tables that are loaded onto it, and one for the
 * host with all else (host tables, and tables of cores that stay with the host). Together they are the image again.
 *
 *      0       8        12       16           32      36      40     48          56
 *     +-------+--------+--------+------------+-------+-------+------+-----------+---------+
 *     | magic | version| tables | chip, NUL  | core  | cores | seed | file      | XXH64   |   header, 64 bytes
 *     |       | u32    | u32    | 16 bytes   | u32   | u32   | u64  | bytes u64 |         |
 *     +-------+--------+--------+------------+-------+-------+------+-----------+---------+
 *     | table u32 | core u32 | offset u64 | rows u64 | bytes u64 | XXH64 u64 | words u32 | 0 |   48 bytes a table,
 *     +-----------+----------+------------+----------+-----------+-----------+-----------+---+   by (core, table)
 *     | rows of the first table, from a multiple of 64 bytes, padded with zeros, then the next ...
 *
 * magic "HMN-PRT", NUL. core: all ones in the host's part. The header's XXH64 is of its first 56 bytes and the
 * directory, a table's is of its rows. Rows are those of the image: ir/schema.h says how columns fill them. */
#ifndef HMN_IR_PART_H
#define HMN_IR_PART_H

#include "core/ir/image.h"

enum { PART_VERSION = 1 };

/* The part of a core, or with IMAGE_HOST that of the host. */
const void *part_make(const hmn_image *m, const hmn_table *tables, uint32_t ntables, uint32_t core, hmn_arena *a,
                      size_t *size);

typedef struct {
    const char *name;  /* for messages */
    const void *bytes; /* at a multiple of 8 */
    size_t size;
} part_file;

/* The image that the parts 0 .. nparts-2 of its cores and the last one, of the host, make. NULL after a report that
 * names the part. What the tables say is not judged: image_from_memory and the chip do that. */
const void *part_join(const part_file *part, uint32_t nparts, hmn_arena *a, size_t *size, hmn_diag *d);

/* A writer with what the part of the host holds, to which the tables of cores are to be added. NULL after a report. */
image_writer *part_begin(const part_file *host, hmn_arena *a, hmn_diag *d);
/* Which chip a part is for; NULL: it is no part. */
const char *part_chip(const part_file *p);

#endif
