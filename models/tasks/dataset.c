/* Reads labelled images. Takes file names, yields pixels and labels in the arena, or a report. The whole file is
 * decompressed into memory first, up to a limit, so a damaged or hostile file costs bounded memory; every count in
 * a header is held against the bytes that are there. IDX is described in the MNIST distribution: two zero bytes, a
 * type (8 = unsigned byte), the number of dimensions, each extent as a big-endian word, then the data.
 *
 * zlib enters the project here and nowhere else. */
#include "models/tasks/dataset.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

static const hmn_span nowhere = {0, 0, 0, 0};

typedef struct {
    const char *path;
    const uint8_t *byte;
    size_t size;
} contents;

static bool refuse(hmn_diag *d, const contents *c, const char *why)
{
    diag_report(d, DIAG_FILE_FORMAT, nowhere, "'%s' %s", c->path, why);
    return false;
}

/* The bytes of a plain or gzipped file; a zero byte follows them. */
static bool read_whole(const char *path, contents *out, hmn_arena *a, hmn_diag *d)
{
    *out = (contents){.path = path};
    errno = 0;
    gzFile f = gzopen(path, "rb");
    if (!f) {
        diag_report(d, DIAG_FILE_READ, nowhere, "'%s' cannot be opened: %s", path, strerror(errno ? errno : ENOMEM));
        return false;
    }
    uint8_t *text = NULL;
    size_t size = 0, cap = 0;
    int got;
    do {
        text = arena_grow(a, text, 1, size, size + (1 << 16) + 1, &cap);
        got = gzread(f, text + size, 1 << 16);
        size += got > 0 ? (size_t)got : 0;
    } while (got > 0 && size <= DATASET_MAX_BYTES);
    bool whole = got == 0 && gzclose_r(f) == Z_OK;
    if (got != 0)
        gzclose_r(f);
    *out = (contents){path, text, size};
    text[size] = 0;
    if (size > DATASET_MAX_BYTES)
        return refuse(d, out, "holds more than 256 MiB");
    return whole || refuse(d, out, "is damaged: it cannot be decompressed to its end");
}

/* ---- CSV ---- */

static bool refuse_line(hmn_diag *d, const contents *c, uint32_t line, const char *why)
{
    diag_report(d, DIAG_FILE_FORMAT, nowhere, "'%s' line %u %s", c->path, line, why);
    diag_cure(d, "a line is the pixels (0 to 255) and then the class (0 to 255), separated by commas");
    return false;
}

/* One line of numbers from *at; moves *at behind it. Counts them, and stores them where `out` is given. */
static bool csv_line(const contents *c, size_t *at, uint32_t line, uint8_t *out, uint32_t *count, hmn_diag *d)
{
    *count = 0;
    for (const uint8_t *p = c->byte + *at;;) {
        if (*p < '0' || *p > '9')
            return refuse_line(d, c, line, "holds something else than whole numbers");
        uint32_t v = 0;
        for (; *p >= '0' && *p <= '9' && v < 1000; p++)
            v = v * 10 + (uint32_t)(*p - '0');
        if (v > 255)
            return refuse_line(d, c, line, "holds a number above 255");
        if (out)
            out[*count] = (uint8_t)v;
        ++*count;
        if (*p == ',') {
            p++;
            continue;
        }
        p += *p == '\r';
        if (*p != '\n' && *p != 0)
            return refuse_line(d, c, line, "holds something else than whole numbers");
        *at = (size_t)(p - c->byte) + (*p == '\n');
        return true;
    }
}

static void find_extent(dataset *s)
{
    s->full = s->classes = 0;
    for (size_t i = 0; i < (size_t)s->count * s->pixels; i++)
        s->full = s->pixel[i] > s->full ? s->pixel[i] : s->full;
    for (uint32_t i = 0; i < s->count; i++)
        s->classes = s->label[i] >= s->classes ? s->label[i] + 1u : s->classes;
}

bool dataset_read_csv(const char *path, dataset *out, hmn_arena *a, hmn_diag *d)
{
    contents c;
    if (!read_whole(path, &c, a, d))
        return false;
    uint32_t columns = 0, n, rows = 0;
    size_t at = 0;
    if (c.size == 0)
        return refuse(d, &c, "is empty");
    if (!csv_line(&c, &at, 1, NULL, &columns, d))
        return false;
    if (columns < 2)
        return refuse_line(d, &c, 1, "holds no pixels");
    size_t most = c.size / (2 * (size_t)columns - 1) + 1; /* a number and its separator take two bytes at least */
    uint8_t *pixel = ARENA_NEW(a, uint8_t, most * (columns - 1)), *label = ARENA_NEW(a, uint8_t, most);
    uint8_t *row = ARENA_NEW(a, uint8_t, c.size / 2 + 1);
    for (at = 0; at < c.size; rows++) {
        if (!csv_line(&c, &at, rows + 1, row, &n, d))
            return false;
        if (n != columns)
            return refuse_line(d, &c, rows + 1, "is not as long as the first");
        memcpy(pixel + (size_t)rows * (columns - 1), row, columns - 1);
        label[rows] = row[columns - 1];
    }
    *out = (dataset){.count = rows, .pixels = columns - 1, .pixel = pixel, .label = label};
    find_extent(out);
    return true;
}

/* ---- IDX ---- */

static uint32_t big_endian(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Checks an IDX header: items in the file and bytes of each. Returns the data, NULL after a report. */
static const uint8_t *idx_data(const contents *c, uint32_t *items, uint64_t *item_bytes, hmn_diag *d)
{
    uint32_t dimensions = c->size >= 4 ? c->byte[3] : 0;
    if (c->size < 4 || c->byte[0] || c->byte[1] || c->byte[2] != 8 || dimensions < 1 || dimensions > 3 ||
        c->size < 4 + 4 * (size_t)dimensions) {
        refuse(d, c, "is not an IDX file of bytes in one to three dimensions");
        return NULL;
    }
    *items = big_endian(c->byte + 4);
    *item_bytes = 1;
    for (uint32_t i = 1; i < dimensions; i++) {
        *item_bytes *= big_endian(c->byte + 4 + 4 * i);
        if (*item_bytes == 0 || *item_bytes > DATASET_MAX_BYTES) {
            refuse(d, c, "states an impossible size");
            return NULL;
        }
    }
    size_t header = 4 + 4 * (size_t)dimensions;
    if (*items == 0 || *items > (c->size - header) / *item_bytes || *items * *item_bytes != c->size - header) {
        refuse(d, c, "does not hold as many bytes as its header states");
        return NULL;
    }
    return c->byte + header;
}

static const char *plain_or_gz(const char *path, hmn_arena *a)
{
    const char *packed = arena_printf(a, "%s.gz", path);
    return access(path, R_OK) != 0 && access(packed, R_OK) == 0 ? packed : path;
}

bool dataset_read_idx(const char *images, const char *labels, dataset *out, hmn_arena *a, hmn_diag *d)
{
    contents ci, cl;
    if (!read_whole(plain_or_gz(images, a), &ci, a, d) || !read_whole(plain_or_gz(labels, a), &cl, a, d))
        return false;
    uint32_t count, nlabels;
    uint64_t pixels, label_bytes;
    const uint8_t *pixel = idx_data(&ci, &count, &pixels, d);
    const uint8_t *label = idx_data(&cl, &nlabels, &label_bytes, d);
    if (!pixel || !label)
        return false;
    if (label_bytes != 1 || nlabels != count)
        return refuse(d, &cl, "does not hold one label for each image");
    *out = (dataset){.count = count, .pixels = (uint32_t)pixels, .pixel = pixel, .label = label};
    find_extent(out);
    return true;
}
