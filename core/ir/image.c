/* Reads images. Takes a file or bytes, yields typed rows without copying: the file is mapped, the directory
 * is checked once (bounds, order, checksums), and every later access is an index into the mapping. The writer
 * is in image_write.c. A damaged file is refused with what is wrong and where, never trusted. */
#include "core/ir/image.h"

#include "core/base/bug.h"
#include "core/base/hash.h"
#include "core/ir/image_layout.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct hmn_image {
    hmn_arena *arena;
    const unsigned char *bytes;
    size_t size;
    bool mapped;
    const image_header *header;
    const image_entry *entry;
};

#define C(name, bits, is_signed, meaning) {name, bits, is_signed, meaning},
#define HOST_TABLE(id, name, meaning, ...) static const hmn_column columns_##id[] = {__VA_ARGS__};
#include "core/ir/image.def"
#undef C

static const hmn_table host_tables[] = {
#define HOST_RAW(id, name, meaning) {name, meaning, NULL, 0, false},
#define HOST_TABLE(id, name, meaning, ...)                                                                             \
    {name, meaning, columns_##id, sizeof columns_##id / sizeof *columns_##id, false},
#include "core/ir/image.def"
};

const hmn_table *image_host_table(host_table id)
{
    HMN_ASSERT(id < HOST_TABLE_COUNT);
    return &host_tables[id];
}

static bool corrupt(hmn_diag *d, const char *name, const char *what)
{
    diag_report(d, DIAG_IMAGE_CORRUPT, (hmn_span){0}, "'%s' is not a usable image: %s", name, what);
    diag_cure(d, "compile the network again with hmn compile");
    return false;
}

static bool check_header(const hmn_image *m, const char *name, hmn_diag *d)
{
    const image_header *h = m->header;
    if (m->size < sizeof *h || h->magic != IMAGE_MAGIC)
        return corrupt(d, name, "it does not begin like one");
    if (h->version != IMAGE_VERSION) {
        diag_report(d, DIAG_IMAGE_VERSION, (hmn_span){0}, "'%s' has image format %" PRIu32 ", this program reads %d",
                    name, h->version, (int)IMAGE_VERSION);
        return false;
    }
    if (h->file_bytes != m->size)
        return corrupt(d, name, "its length is not what its header says (cut short?)");
    if (h->header_bytes != sizeof *h || h->nsections > (m->size - sizeof *h) / sizeof(image_entry))
        return corrupt(d, name, "its directory does not fit the file");
    if (!memchr(h->chip, 0, sizeof h->chip))
        return corrupt(d, name, "its chip name is not terminated");
    uint64_t hash = hash64(m->bytes, offsetof(image_header, directory_hash), 0);
    if (hash64(m->entry, h->nsections * sizeof(image_entry), hash) != h->directory_hash)
        return corrupt(d, name, "the checksum of its directory is wrong");
    return true;
}

static bool check_entry(const hmn_image *m, uint32_t i, const char *name, hmn_diag *d)
{
    const image_entry *e = &m->entry[i], *before = i ? e - 1 : NULL;
    bool host = e->core == IMAGE_HOST;
    if (before && (before->core > e->core || (before->core == e->core && before->table >= e->table)))
        return corrupt(d, name, "its directory is not in order");
    if ((!host && e->core >= m->header->ncores) || e->table >= (host ? (uint32_t)HOST_TABLE_COUNT : IMAGE_MAX_TABLES))
        return corrupt(d, name, "a section belongs to no core or table");
    if (e->offset % IMAGE_ALIGN || e->offset > m->size || e->bytes > m->size - e->offset)
        return corrupt(d, name, "a section lies outside the file");
    if (e->row_words == 0 || e->bytes % 8 || e->rows > m->size || e->rows * e->row_words * 8 != e->bytes ||
        e->row_words > m->size || (host && e->row_words != schema_row_words(&host_tables[e->table])))
        return corrupt(d, name, "a section's rows do not fill its bytes");
    if (hash64(m->bytes + e->offset, e->bytes, 0) != e->hash)
        return corrupt(d, name, "the checksum of a section is wrong");
    return true;
}

static hmn_image *image_over(const void *bytes, size_t size, bool mapped, const char *name, hmn_diag *d)
{
    hmn_arena *arena = arena_new(0);
    hmn_image *m = ARENA_NEW(arena, hmn_image, 1);
    *m = (hmn_image){arena, bytes, size, mapped, bytes, NULL};
    m->entry = (const image_entry *)(m->bytes + sizeof(image_header));
    bool ok = check_header(m, name, d);
    for (uint32_t i = 0; ok && i < m->header->nsections; i++)
        ok = check_entry(m, i, name, d);
    if (ok)
        return m;
    image_close(m);
    return NULL;
}

hmn_image *image_from_memory(const void *bytes, size_t size, const char *name, hmn_diag *d)
{
    HMN_ASSERT((uintptr_t)bytes % 8 == 0);
    return image_over(bytes, size, false, name, d);
}

hmn_image *image_open(const char *path, hmn_diag *d)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat info;
    if (fd < 0 || fstat(fd, &info) != 0) {
        diag_report(d, DIAG_FILE_READ, (hmn_span){0}, "cannot read '%s': %s", path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    if (!S_ISREG(info.st_mode) || info.st_size < (off_t)sizeof(image_header)) {
        close(fd);
        corrupt(d, path, S_ISREG(info.st_mode) ? "it is too short" : "it is not a regular file");
        return NULL;
    }
    size_t size = (size_t)info.st_size;
    void *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (bytes == MAP_FAILED) {
        diag_report(d, DIAG_FILE_READ, (hmn_span){0}, "cannot map '%s': %s", path, strerror(errno));
        return NULL;
    }
    return image_over(bytes, size, true, path, d);
}

void image_close(hmn_image *m)
{
    if (!m)
        return;
    if (m->mapped) {
        void *bytes = (void *)(uintptr_t)m->bytes;
        munmap(bytes, m->size);
    }
    arena_free(m->arena);
}

const char *image_chip(const hmn_image *m) { return m->header->chip; }
uint32_t image_cores(const hmn_image *m) { return m->header->ncores; }
uint64_t image_seed(const hmn_image *m) { return m->header->seed; }
uint64_t image_hash(const hmn_image *m) { return m->header->directory_hash; }

size_t image_bytes(const hmn_image *m, const void **bytes)
{
    *bytes = m->bytes;
    return m->size;
}

static const image_entry *find(const hmn_image *m, uint32_t core, uint32_t table)
{
    uint32_t low = 0, high = m->header->nsections;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        const image_entry *e = &m->entry[mid];
        if (e->core == core && e->table == table)
            return e;
        if (e->core < core || (e->core == core && e->table < table))
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

static image_rows rows_of(const hmn_image *m, const hmn_table *t, uint32_t core, uint32_t table)
{
    const image_entry *e = find(m, core, table);
    if (!e || e->row_words != schema_row_words(t))
        return (image_rows){t, NULL, 0};
    return (image_rows){t, (const uint64_t *)(const void *)(m->bytes + e->offset), e->rows};
}

image_rows image_host(const hmn_image *m, host_table id)
{
    return rows_of(m, image_host_table(id), IMAGE_HOST, (uint32_t)id);
}

image_rows image_section(const hmn_image *m, const hmn_table *tables, uint32_t table, uint32_t core)
{
    return rows_of(m, &tables[table], core, table);
}

bool image_check_tables(const hmn_image *m, const hmn_table *tables, uint32_t ntables, hmn_diag *d)
{
    for (uint32_t i = 0; i < m->header->nsections; i++) {
        const image_entry *e = &m->entry[i];
        if (e->core == IMAGE_HOST || (e->table < ntables && e->row_words == schema_row_words(&tables[e->table])))
            continue;
        diag_report(d, DIAG_IMAGE_TABLE, (hmn_span){0},
                    "core %" PRIu32 " has a table %" PRIu32 " that chip '%s' does not know", e->core, e->table,
                    m->header->chip);
        return false;
    }
    return true;
}

int64_t image_get(image_rows r, uint64_t row, uint32_t column)
{
    HMN_ASSERT(row < r.rows);
    return schema_get(r.table, r.words + row * schema_row_words(r.table), column);
}

const char *image_string(const hmn_image *m, uint64_t offset)
{
    image_rows r = image_host(m, HOST_STRINGS);
    const char *text = (const char *)r.words;
    if (r.rows == 0 || offset >= r.rows * 8 || !memchr(text + offset, 0, r.rows * 8 - offset))
        return "";
    return text + offset;
}
