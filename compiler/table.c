/* Takes the path of a data file, yields its numbers as doubles. The first bytes tell .npy from text. NumPy's format
 * is that of numpy.lib.format: magic, version, header length, a Python dictionary in text, then the array. Nothing in
 * the file is trusted: sizes are held against the bytes there are before memory is asked for. */
#include "compiler/table.h"

#include "compiler/units.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_BYTES = 1 << 28 };

static const char *read_file(hmn_arena *a, const char *path, char **bytes, size_t *size)
{
    struct stat st;
    FILE *f = fopen(path, "rb");
    if (!f)
        return strerror(errno);
    const char *problem = NULL;
    if (fstat(fileno(f), &st) != 0 || !S_ISREG(st.st_mode))
        problem = "it is not a regular file";
    else if (st.st_size > MAX_BYTES)
        problem = "it is larger than 256 MB";
    else {
        *size = (size_t)st.st_size;
        *bytes = arena_alloc(a, *size + 1, 8);
        if (fread(*bytes, 1, *size, f) != *size)
            problem = "it cannot be read to its end";
    }
    fclose(f);
    return problem;
}

/* ---- .npy ---- */

static uint64_t little(const char *p, unsigned bytes)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < bytes; i++)
        v |= (uint64_t)(unsigned char)p[i] << (8 * i);
    return v;
}

static double element(const char *p, char kind, unsigned size)
{
    uint64_t bits = little(p, size);
    if (kind == 'u' || kind == 'b')
        return (double)bits;
    if (kind == 'i') {
        uint64_t sign = (uint64_t)1 << (8 * size - 1);
        return (double)(int64_t)((bits ^ sign) - sign);
    }
    if (size == 4) {
        uint32_t word = (uint32_t)bits;
        float f;
        memcpy(&f, &word, sizeof f);
        return (double)f;
    }
    double d;
    memcpy(&d, &bits, sizeof d);
    return d;
}

static const char *after(const char *header, const char *key)
{
    const char *p = strstr(header, key);
    p = p ? strchr(p + strlen(key), ':') : NULL;
    return p ? p + 1 + strspn(p + 1, " ") : NULL;
}

static bool read_type(const char *text, char *kind, unsigned *size)
{
    if (!text || (*text != '\'' && *text != '"') || !strchr("<|=", text[1]) || !strchr("uifb", text[2]))
        return false;
    *kind = text[2];
    *size = (unsigned)strtoul(text + 3, NULL, 10);
    return *kind == 'f' ? *size == 4 || *size == 8 : *size == 1 || *size == 2 || *size == 4 || *size == 8;
}

static const char *read_npy(hmn_arena *a, const char *bytes, size_t size, table *out)
{
    size_t start = 10, length;
    if (size < 12 || bytes[6] < 1 || bytes[6] > 3)
        return "its .npy version is not known";
    length = (size_t)little(bytes + 8, bytes[6] == 1 ? 2 : 4);
    start = bytes[6] == 1 ? 10 : 12;
    if (length > size - start)
        return "its .npy header is cut off";
    const char *header = arena_copy_text(a, bytes + start, length), *shape = after(header, "'shape'");
    const char *order = after(header, "'fortran_order'");
    char kind = 0;
    unsigned width = 0;
    if (!read_type(after(header, "'descr'"), &kind, &width))
        return "its .npy element type is not a little-endian integer or float";
    if (!order || strncmp(order, "False", 5) != 0)
        return "its .npy array is in Fortran order";
    char *end = NULL;
    if (!shape || *shape != '(')
        return "its .npy header has no shape";
    unsigned long rows = strtoul(shape + 1, &end, 10), columns = 0;
    if (end && *end == ',' && isdigit((unsigned char)end[1 + strspn(end + 1, " ")]))
        columns = strtoul(end + 1, &end, 10);
    if (columns == 0 || !end || *end != ')')
        return "its .npy array is not two-dimensional";
    size_t room = (size - start - length) / width;
    if (columns > room || rows > room / columns)
        return "its .npy array is cut off";
    double *v = ARENA_NEW(a, double, rows *columns);
    for (size_t i = 0; i < rows * columns; i++)
        v[i] = element(bytes + start + length + i * width, kind, width);
    *out = (table){v, (uint32_t)rows, (uint32_t)columns};
    return NULL;
}

/* ---- text ---- */

typedef struct {
    double *v;
    size_t count, room;
} numbers;

static bool separator(char c) { return c == ' ' || c == '\t' || c == ',' || c == ';' || c == '\r'; }

/* The numbers of one line; false when something else stands there. */
static bool read_line(hmn_arena *a, const char *p, const char *end, numbers *n)
{
    while (p < end && *p != '#') {
        double v;
        if (separator(*p)) {
            p++;
            continue;
        }
        size_t used = number_scan(p, (size_t)(end - p), &v);
        if (used == 0 || (p + used < end && !separator(p[used]) && p[used] != '#'))
            return false;
        n->v = arena_grow(a, n->v, sizeof *n->v, n->count, n->count + 1, &n->room);
        n->v[n->count++] = v;
        p += used;
    }
    return true;
}

static const char *read_text(hmn_arena *a, const char *bytes, size_t size, table *out)
{
    numbers n = {0};
    uint32_t line = 0;
    for (const char *p = bytes, *end = bytes + size, *stop; p < end; p = stop + 1) {
        stop = memchr(p, '\n', (size_t)(end - p));
        stop = stop ? stop : end;
        size_t before = n.count;
        line++;
        if (!read_line(a, p, stop, &n))
            return arena_printf(a, "its line %u holds something that is not a number", line);
        uint32_t columns = (uint32_t)(n.count - before);
        if (columns && out->columns && columns != out->columns)
            return arena_printf(a, "its line %u has %u numbers, the lines above have %u", line, columns, out->columns);
        if (columns) {
            out->columns = columns;
            out->rows++;
        }
    }
    out->v = n.v;
    return NULL;
}

table_status table_read(hmn_arena *a, const char *path, table *out, const char **problem)
{
    char *bytes = NULL;
    size_t size = 0;
    *out = (table){0};
    *problem = read_file(a, path, &bytes, &size);
    if (*problem)
        return TABLE_UNREADABLE;
    bool npy = size >= 6 && memcmp(bytes, "\x93NUMPY", 6) == 0;
    *problem = npy ? read_npy(a, bytes, size, out) : read_text(a, bytes, size, out);
    return *problem ? TABLE_MALFORMED : TABLE_OK;
}
