/* The image: every table of every core in one file (.hmn), mapped rather than parsed.
 *
 *   header (64 bytes) | section directory (48 bytes each) | sections, 64-byte aligned
 *
 * Little-endian. A section is the rows of one table of one core (or of the host: IMAGE_HOST). Tables are
 * described by hmn_table; host tables by ir/image.def, chip tables by the chip. Each section and the
 * directory carry an XXH64. An image in memory is the same bytes as the file. */
#ifndef HMN_IR_IMAGE_H
#define HMN_IR_IMAGE_H

#include "core/base/arena.h"
#include "core/base/diag.h"
#include "core/ir/schema.h"

#include <stddef.h>
#include <stdint.h>

#define IMAGE_HOST UINT32_MAX

enum { IMAGE_VERSION = 1 };

/* Host tables, common to all chips. */
typedef enum {
#define HOST_RAW(id, name, meaning) HOST_##id,
#define HOST_TABLE(id, name, meaning, ...) HOST_##id,
#include "core/ir/image.def"
    HOST_TABLE_COUNT
} host_table;

const hmn_table *image_host_table(host_table id);

/* A table's rows in an image. rows == 0 when absent. */
typedef struct {
    const hmn_table *table; /* NULL until the caller knows the chip (see image_section) */
    const uint64_t *words;
    uint64_t rows;
} image_rows;

typedef struct hmn_image hmn_image;

/* ---- reading ---- */
/* Maps `path`, checks magic, version, bounds and every checksum. NULL after a report. Close with image_close. */
hmn_image *image_open(const char *path, hmn_diag *d);
/* Takes ownership of nothing: `bytes` must outlive the image. `name` is for messages. */
hmn_image *image_from_memory(const void *bytes, size_t size, const char *name, hmn_diag *d);
void image_close(hmn_image *m);

/* Checks that every section of a core belongs to one of the chip's tables and has its row size. */
bool image_check_tables(const hmn_image *m, const hmn_table *tables, uint32_t ntables, hmn_diag *d);

const char *image_chip(const hmn_image *m);
uint32_t image_cores(const hmn_image *m);
uint64_t image_seed(const hmn_image *m);
uint64_t image_hash(const hmn_image *m); /* of the whole contents */
size_t image_bytes(const hmn_image *m, const void **bytes);

/* Rows of a host table, and of chip table number `table` of a core. */
image_rows image_host(const hmn_image *m, host_table id);
image_rows image_section(const hmn_image *m, const hmn_table *tables, uint32_t table, uint32_t core);

static inline const uint64_t *image_row(image_rows r, uint32_t words, uint64_t index)
{
    return r.words + index * words;
}
int64_t image_get(image_rows r, uint64_t row, uint32_t column);

/* NUL-terminated string at `offset` of the string table; "" when out of range. */
const char *image_string(const hmn_image *m, uint64_t offset);

/* ---- writing ---- */
typedef struct image_writer image_writer;

image_writer *image_writer_new(hmn_arena *a, const char *chip, uint32_t ncores, uint64_t seed);
/* Appends a row to a host table or to table number `table` of a core. Returns the index of the first column
 * that does not hold its value (nothing is appended then), or ncolumns. */
uint32_t image_add_host(image_writer *w, host_table id, const int64_t *value);
uint32_t image_add(image_writer *w, const hmn_table *tables, uint32_t table, uint32_t core, const int64_t *value);
/* Appends raw 64-bit words to a raw table. Returns the row index of the first. */
uint64_t image_add_words(image_writer *w, uint32_t table, uint32_t core, const uint64_t *word, uint64_t count);
/* Appends `rows` packed rows of `row_words` words as another image held them, whatever the table; for strings of the
 * host this replaces all that image_add_string gave. */
void image_add_rows(image_writer *w, uint32_t table, uint32_t core, uint32_t row_words, const uint64_t *word,
                    uint64_t rows);
uint64_t image_rows_so_far(const image_writer *w, uint32_t table, uint32_t core);
/* Interns a string, returns its offset. */
uint64_t image_add_string(image_writer *w, const char *text);
/* Lays everything out. The bytes live in the arena. */
const void *image_finish(image_writer *w, size_t *size);

/* Writes bytes to a temporary name beside `path`, syncs and renames. */
bool image_save(const void *bytes, size_t size, const char *path, hmn_diag *d);

#endif
