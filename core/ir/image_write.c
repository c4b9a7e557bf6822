/* Builds images. Takes rows of tables in any order of cores and tables, yields the bytes of image_layout.h:
 * the same rows give the same bytes. Rows are range-checked by their table's columns as they come in. */
#include "core/base/bug.h"
#include "core/base/hash.h"
#include "core/ir/image.h"
#include "core/ir/image_layout.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <fcntl.h>

typedef struct {
    uint64_t *words;
    size_t nwords, cap;
    uint32_t row_words;
    bool used;
} section;

struct image_writer {
    hmn_arena *arena;
    char chip[16];
    uint32_t ncores;
    uint64_t seed;
    section *section; /* [ncores * IMAGE_MAX_TABLES + HOST_TABLE_COUNT] */
    /* open-addressed set of string offsets, 0 = free slot (offset 0 is the empty string) */
    uint32_t *slot;
    size_t nslots, nstrings;
    char *text;
    size_t text_length, text_cap;
};

image_writer *image_writer_new(hmn_arena *a, const char *chip, uint32_t ncores, uint64_t seed)
{
    image_writer *w = ARENA_NEW(a, image_writer, 1);
    HMN_ASSERT(strlen(chip) < sizeof w->chip);
    w->arena = a;
    strcpy(w->chip, chip);
    w->ncores = ncores;
    w->seed = seed;
    w->section = ARENA_NEW(a, section, (size_t)ncores * IMAGE_MAX_TABLES + HOST_TABLE_COUNT);
    w->nslots = 64;
    w->slot = ARENA_NEW(a, uint32_t, w->nslots);
    w->text = arena_grow(a, NULL, 1, 0, 1, &w->text_cap);
    w->text_length = 1;
    return w;
}

static section *section_of(const image_writer *w, uint32_t table, uint32_t core)
{
    if (core == IMAGE_HOST)
        return &w->section[(size_t)w->ncores * IMAGE_MAX_TABLES + table];
    HMN_ASSERT(core < w->ncores && table < IMAGE_MAX_TABLES);
    return &w->section[(size_t)core * IMAGE_MAX_TABLES + table];
}

static uint64_t *append(image_writer *w, section *s, uint32_t row_words, uint64_t rows)
{
    HMN_ASSERT(!s->used || s->row_words == row_words);
    s->used = true;
    s->row_words = row_words;
    size_t need = s->nwords + row_words * rows;
    s->words = arena_grow(w->arena, s->words, sizeof *s->words, s->nwords, need, &s->cap);
    uint64_t *at = s->words + s->nwords;
    s->nwords = need;
    return at;
}

static uint32_t add(image_writer *w, const hmn_table *t, uint32_t table, uint32_t core, const int64_t *value)
{
    uint64_t row[SCHEMA_MAX_COLUMNS];
    HMN_ASSERT(t->ncolumns > 0);
    uint32_t bad = schema_pack(t, value, row);
    if (bad < t->ncolumns)
        return bad;
    uint32_t words = schema_row_words(t);
    memcpy(append(w, section_of(w, table, core), words, 1), row, words * sizeof *row);
    return bad;
}

uint32_t image_add_host(image_writer *w, host_table id, const int64_t *value)
{
    return add(w, image_host_table(id), (uint32_t)id, IMAGE_HOST, value);
}

uint32_t image_add(image_writer *w, const hmn_table *tables, uint32_t table, uint32_t core, const int64_t *value)
{
    return add(w, &tables[table], table, core, value);
}

uint64_t image_add_words(image_writer *w, uint32_t table, uint32_t core, const uint64_t *word, uint64_t count)
{
    section *s = section_of(w, table, core);
    uint64_t first = s->nwords;
    if (count)
        memcpy(append(w, s, 1, count), word, count * sizeof *word);
    return first;
}

static void replace_strings(image_writer *w, const uint64_t *word, uint64_t rows)
{
    w->text_length = rows * 8;
    w->text = arena_grow(w->arena, w->text, 1, 0, w->text_length, &w->text_cap);
    memcpy(w->text, word, w->text_length);
}

void image_add_rows(image_writer *w, uint32_t table, uint32_t core, uint32_t row_words, const uint64_t *word,
                    uint64_t rows)
{
    if (rows == 0)
        return;
    if (core == IMAGE_HOST && table == HOST_STRINGS)
        replace_strings(w, word, rows);
    else
        memcpy(append(w, section_of(w, table, core), row_words, rows), word, row_words * rows * sizeof *word);
}

uint64_t image_rows_so_far(const image_writer *w, uint32_t table, uint32_t core)
{
    const section *s = section_of(w, table, core);
    return s->used ? s->nwords / s->row_words : 0;
}

static void rehash(image_writer *w)
{
    uint32_t *old = w->slot;
    size_t n = w->nslots;
    w->nslots *= 2;
    w->slot = ARENA_NEW(w->arena, uint32_t, w->nslots);
    for (size_t i = 0; i < n; i++) {
        if (!old[i])
            continue;
        const char *text = w->text + old[i];
        size_t at = hash64(text, strlen(text), 0) & (w->nslots - 1);
        while (w->slot[at])
            at = (at + 1) & (w->nslots - 1);
        w->slot[at] = old[i];
    }
}

uint64_t image_add_string(image_writer *w, const char *text)
{
    size_t length = text ? strlen(text) : 0;
    if (length == 0)
        return 0;
    if (w->nstrings * 2 >= w->nslots)
        rehash(w);
    size_t at = hash64(text, length, 0) & (w->nslots - 1);
    for (; w->slot[at]; at = (at + 1) & (w->nslots - 1))
        if (strcmp(w->text + w->slot[at], text) == 0)
            return w->slot[at];
    w->text = arena_grow(w->arena, w->text, 1, w->text_length, w->text_length + length + 1, &w->text_cap);
    memcpy(w->text + w->text_length, text, length + 1);
    w->slot[at] = (uint32_t)w->text_length;
    w->text_length += length + 1;
    w->nstrings++;
    return w->slot[at];
}

static void store_strings(image_writer *w)
{
    section *s = section_of(w, HOST_STRINGS, IMAGE_HOST);
    size_t words = (w->text_length + 7) / 8;
    s->nwords = 0;
    memcpy(append(w, s, 1, words), w->text, w->text_length);
}

static size_t aligned(size_t n) { return (n + IMAGE_ALIGN - 1) / IMAGE_ALIGN * IMAGE_ALIGN; }

const void *image_finish(image_writer *w, size_t *size)
{
    store_strings(w);
    size_t total = (size_t)w->ncores * IMAGE_MAX_TABLES + HOST_TABLE_COUNT, used = 0, bytes = 0;
    for (size_t i = 0; i < total; i++) {
        used += w->section[i].used;
        bytes += aligned(w->section[i].nwords * 8);
    }
    size_t at = aligned(sizeof(image_header) + used * sizeof(image_entry));
    unsigned char *out = arena_alloc(w->arena, at + bytes, 64);
    image_header *h = (image_header *)(void *)out;
    image_entry *e = (image_entry *)(void *)(out + sizeof *h);
    *h = (image_header){.magic = IMAGE_MAGIC,
                        .version = IMAGE_VERSION,
                        .header_bytes = sizeof *h,
                        .ncores = w->ncores,
                        .nsections = (uint32_t)used,
                        .seed = w->seed,
                        .file_bytes = at + bytes};
    memcpy(h->chip, w->chip, sizeof h->chip);
    for (size_t i = 0; i < total; i++) {
        const section *s = &w->section[i];
        if (!s->used)
            continue;
        bool host = i >= (size_t)w->ncores * IMAGE_MAX_TABLES;
        size_t n = s->nwords * 8;
        memcpy(out + at, s->words, n);
        *e++ =
            (image_entry){.table = (uint32_t)(host ? i - (size_t)w->ncores * IMAGE_MAX_TABLES : i % IMAGE_MAX_TABLES),
                          .core = host ? IMAGE_HOST : (uint32_t)(i / IMAGE_MAX_TABLES),
                          .offset = at,
                          .rows = s->nwords / s->row_words,
                          .bytes = n,
                          .hash = hash64(out + at, n, 0),
                          .row_words = s->row_words};
        at += aligned(n);
    }
    uint64_t hash = hash64(h, offsetof(image_header, directory_hash), 0);
    h->directory_hash = hash64(out + sizeof *h, used * sizeof(image_entry), hash);
    *size = at;
    return out;
}

static bool write_all(int fd, const unsigned char *bytes, size_t size)
{
    while (size) {
        ssize_t n = write(fd, bytes, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes += n;
        size -= (size_t)n;
    }
    return true;
}

bool image_save(const void *bytes, size_t size, const char *path, hmn_diag *d)
{
    hmn_arena *scratch = arena_new(0);
    char *temporary = arena_printf(scratch, "%s.%ld.tmp", path, (long)getpid());
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    bool ok = fd >= 0 && write_all(fd, bytes, size) && fsync(fd) == 0;
    int error = errno;
    if (fd >= 0 && close(fd) != 0 && ok) {
        ok = false;
        error = errno;
    }
    if (ok && rename(temporary, path) != 0) {
        ok = false;
        error = errno;
    }
    if (!ok) {
        diag_report(d, DIAG_FILE_WRITE, (hmn_span){0}, "cannot write '%s': %s", path, strerror(error));
        if (fd >= 0)
            unlink(temporary);
    }
    arena_free(scratch);
    return ok;
}
