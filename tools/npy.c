/* NumPy's array files. Takes rows, yields "\x93NUMPY" 1.0 files with a header of fixed length, so that the shape can
 * be filled in at the end; reads back headers of any layout by looking for the three keys that the format has
 * ('descr', 'fortran_order', 'shape'). Format: NumPy Enhancement Proposal 1. */
#include "tools/npy.h"

#include "core/base/bug.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { HEADER = 128, PREAMBLE = 10, MAX_HEADER = 65535 };

static const char magic[] = "\x93NUMPY\x01";

struct npy_writer {
    FILE *file;
    const char *path;
    npy_type type;
    uint32_t columns;
    uint64_t rows;
    int error; /* errno of the first failure */
};

static size_t element_size(npy_type t) { return t == NPY_F64 ? 8 : 4; }

static const char *descr(npy_type t)
{
    switch (t) {
    case NPY_U32: return "<u4";
    case NPY_I32: return "<i4";
    case NPY_F64: return "<f8";
    }
    return "";
}

static void note_error(npy_writer *w)
{
    if (!w->error)
        w->error = errno ? errno : EIO;
}

static void write_header(npy_writer *w)
{
    char text[HEADER];
    memset(text, ' ', sizeof text);
    memcpy(text, magic, 7);
    text[7] = 0;
    text[8] = (char)(HEADER - PREAMBLE);
    text[9] = 0;
    int n = snprintf(text + PREAMBLE, HEADER - PREAMBLE,
                     "{'descr': '%s', 'fortran_order': False, 'shape': (%" PRIu64 ", %" PRIu32 "), }", descr(w->type),
                     w->rows, w->columns);
    text[PREAMBLE + n] = ' ';
    text[HEADER - 1] = '\n';
    if (fwrite(text, 1, sizeof text, w->file) != sizeof text)
        note_error(w);
}

npy_writer *npy_create(const char *path, npy_type type, uint32_t columns, hmn_arena *a, hmn_diag *d)
{
    FILE *file = fopen(path, "wb");
    if (!file) {
        diag_report(d, DIAG_FILE_WRITE, (hmn_span){0}, "cannot create '%s': %s", path, strerror(errno));
        return NULL;
    }
    npy_writer *w = ARENA_NEW(a, npy_writer, 1);
    *w = (npy_writer){file, arena_copy_text(a, path, strlen(path)), type, columns, 0, 0};
    write_header(w);
    return w;
}

void npy_rows(npy_writer *w, const void *rows, uint64_t count)
{
    size_t n = (size_t)count * w->columns;
    if (n && fwrite(rows, element_size(w->type), n, w->file) != n)
        note_error(w);
    w->rows += count;
}

bool npy_close(npy_writer *w, hmn_diag *d)
{
    if (fseek(w->file, 0, SEEK_SET) != 0)
        note_error(w);
    write_header(w);
    if (fclose(w->file) != 0)
        note_error(w);
    if (w->error)
        diag_report(d, DIAG_FILE_WRITE, (hmn_span){0}, "cannot write '%s': %s", w->path, strerror(w->error));
    return w->error == 0;
}

/* ---- reading ---- */

typedef struct {
    char kind; /* i u f b */
    unsigned bytes;
    bool fortran;
    uint32_t dimensions;
    uint64_t shape[2];
} npy_header;

static bool malformed(hmn_diag *d, const char *path, const char *what)
{
    diag_report(d, DIAG_FILE_FORMAT, (hmn_span){0}, "'%s' is not an array that can be read: %s", path, what);
    diag_cure(d, "save it with numpy.save, integers or floats, one or two dimensions");
    return false;
}

/* Where the value of a quoted key starts, or NULL. */
static const char *value_of(const char *header, const char *key)
{
    const char *at = strstr(header, key);
    if (!at)
        return NULL;
    at += strlen(key);
    while (*at == ' ' || *at == ':')
        at++;
    return at;
}

static bool parse_shape(const char *at, npy_header *h)
{
    if (*at++ != '(')
        return false;
    for (h->dimensions = 0; h->dimensions < 2;) {
        while (*at == ' ')
            at++;
        if (*at == ')')
            break;
        if (!isdigit((unsigned char)*at))
            return false;
        char *end;
        errno = 0;
        h->shape[h->dimensions++] = strtoull(at, &end, 10);
        if (errno)
            return false;
        at = end;
        while (*at == ' ')
            at++;
        if (*at != ',')
            break;
        at++;
    }
    while (*at == ' ')
        at++;
    return *at == ')' && h->dimensions > 0;
}

static bool parse_header(const char *text, npy_header *h, const char *path, hmn_diag *d)
{
    const char *type = value_of(text, "'descr'"), *order = value_of(text, "'fortran_order'"),
               *shape = value_of(text, "'shape'");
    if (!type || !order || !shape)
        return malformed(d, path, "its header lacks descr, fortran_order or shape");
    if (type[0] != '\'' || !strchr("<|", type[1]) || !type[1] || !type[2] || !strchr("iufb", type[2]))
        return malformed(d, path, "its elements are not little-endian numbers");
    h->kind = type[2];
    h->bytes = (unsigned)strtoul(type + 3, NULL, 10);
    bool known = h->kind == 'f'
                     ? h->bytes == 4 || h->bytes == 8
                     : h->bytes == 1 || (h->kind != 'b' && (h->bytes == 2 || h->bytes == 4 || h->bytes == 8));
    if (!known)
        return malformed(d, path, "its elements have a width that is not supported");
    h->fortran = strncmp(order, "True", 4) == 0;
    if (!parse_shape(shape, h))
        return malformed(d, path, "it does not have one or two dimensions");
    if (h->dimensions == 1)
        h->shape[1] = 1;
    if (h->fortran && h->shape[0] > 1 && h->shape[1] > 1)
        return malformed(d, path, "it is in Fortran order");
    return true;
}

static int64_t whole(const unsigned char *p, const npy_header *h)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < h->bytes; i++)
        v |= (uint64_t)p[i] << (8 * i);
    unsigned unused = 64 - 8 * h->bytes;
    if (h->kind == 'i' && unused)
        return (int64_t)(v << unused) >> unused;
    return v > INT64_MAX && h->kind != 'i' ? INT64_MAX : (int64_t)v;
}

static double real(const unsigned char *p, const npy_header *h)
{
    float f;
    double v;
    if (h->bytes == 4)
        memcpy(&f, p, sizeof f);
    else
        memcpy(&v, p, sizeof v);
    return h->bytes == 4 ? (double)f : v;
}

static void convert(const unsigned char *data, const npy_header *h, npy_array *out, hmn_arena *a)
{
    size_t n = (size_t)(h->shape[0] * h->shape[1]);
    double *value = h->kind == 'f' ? ARENA_NEW(a, double, n) : NULL;
    int64_t *integer = h->kind == 'f' ? NULL : ARENA_NEW(a, int64_t, n);
    for (size_t i = 0; i < n; i++) {
        if (value)
            value[i] = real(data + i * h->bytes, h);
        else
            integer[i] = whole(data + i * h->bytes, h);
    }
    *out = (npy_array){h->shape[0], h->shape[1], h->dimensions, h->kind != 'f', value, integer};
}

/* The whole file, because its length must be known to be right before anything is believed. */
static unsigned char *slurp(const char *path, size_t *size, hmn_arena *a, hmn_diag *d)
{
    FILE *f = fopen(path, "rb");
    struct stat st;
    unsigned char *bytes = NULL;
    if (f && fstat(fileno(f), &st) == 0 && S_ISREG(st.st_mode)) {
        *size = (size_t)st.st_size;
        bytes = arena_alloc(a, *size + 1, 8);
        if (fread(bytes, 1, *size, f) != *size)
            bytes = NULL;
    } else if (f) {
        errno = EINVAL;
    }
    if (!bytes)
        diag_report(d, DIAG_FILE_READ, (hmn_span){0}, "cannot read '%s': %s", path, strerror(errno));
    if (f)
        fclose(f);
    return bytes;
}

const npy_array *npy_read(const char *path, hmn_arena *a, hmn_diag *d)
{
    size_t size, length, preamble = PREAMBLE;
    unsigned char *b = slurp(path, &size, a, d);
    if (!b)
        return NULL;
    if (size < PREAMBLE + 2 || memcmp(b, magic, 6) != 0 || b[6] < 1 || b[6] > 3) {
        malformed(d, path, "it does not begin like one");
        return NULL;
    }
    length = b[8] | (size_t)b[9] << 8;
    if (b[6] > 1) {
        length |= (size_t)b[10] << 16 | (size_t)b[11] << 24;
        preamble += 2;
    }
    if (length > MAX_HEADER || length > size - preamble) {
        malformed(d, path, "its header is cut short");
        return NULL;
    }
    char *text = arena_copy_text(a, (char *)b + preamble, length);
    npy_header h = {0};
    if (!parse_header(text, &h, path, d))
        return NULL;
    size_t bytes = size - preamble - length;
    if ((h.shape[1] && h.shape[0] > bytes / h.shape[1] / h.bytes) || h.shape[0] * h.shape[1] * h.bytes != bytes) {
        malformed(d, path, "its length is not what its shape says");
        return NULL;
    }
    npy_array *out = ARENA_NEW(a, npy_array, 1);
    convert(b + preamble + length, &h, out, a);
    return out;
}
