/* Parts of an image (drawing in part.h). Takes an image, yields the bytes of one core's part or the host's; takes all
 * parts, yields the image, byte for byte the one they were made from.
 *
 * Joining hands the sections to the image writer in the order in which an image holds them. Every header, offset
 * and checksum is checked before: the files come from outside. */
#include "core/ir/part.h"

#include "core/base/hash.h"
#include "core/ir/image_layout.h"

#include <inttypes.h>
#include <string.h>

#define PART_MAGIC 0x005452502D4E4D48ull /* "HMN-PRT\0" */

typedef struct {
    uint64_t magic;
    uint32_t version, ntables;
    char chip[16];
    uint32_t core, ncores;
    uint64_t seed, file_bytes, hash;
} part_header;

_Static_assert(sizeof(part_header) == 64, "the header is 64 bytes");

/* ---- making ---- */

typedef struct {
    image_entry *entry;
    const uint64_t **rows;
    uint32_t count;
    size_t bytes; /* of all sections, padded */
} selection;

static size_t aligned(size_t n) { return (n + IMAGE_ALIGN - 1) / IMAGE_ALIGN * IMAGE_ALIGN; }

static void take(selection *s, uint32_t table, uint32_t core, image_rows r)
{
    if (r.rows == 0)
        return;
    uint32_t words = schema_row_words(r.table);
    image_entry *e = &s->entry[s->count];
    *e = (image_entry){.table = table, .core = core, .rows = r.rows, .bytes = r.rows * words * 8, .row_words = words};
    e->hash = hash64(r.words, e->bytes, 0);
    s->rows[s->count++] = r.words;
    s->bytes += aligned(e->bytes);
}

static void take_core(selection *s, const hmn_image *m, const hmn_table *tables, uint32_t ntables, uint32_t core,
                      bool deployed)
{
    for (uint32_t t = 0; t < ntables; t++)
        if (tables[t].deployed == deployed)
            take(s, t, core, image_section(m, tables, t, core));
}

static selection select_tables(const hmn_image *m, const hmn_table *tables, uint32_t ntables, uint32_t core,
                               hmn_arena *a)
{
    bool host = core == IMAGE_HOST;
    size_t most = host ? (size_t)image_cores(m) * ntables + HOST_TABLE_COUNT : ntables;
    selection s = {ARENA_NEW(a, image_entry, most), ARENA_NEW(a, const uint64_t *, most), 0, 0};
    if (!host)
        take_core(&s, m, tables, ntables, core, true);
    for (uint32_t c = 0; host && c < image_cores(m); c++)
        take_core(&s, m, tables, ntables, c, false);
    for (uint32_t t = 0; host && t < HOST_TABLE_COUNT; t++)
        take(&s, t, IMAGE_HOST, image_host(m, (host_table)t));
    return s;
}

static uint64_t head_hash(const part_header *h)
{
    return hash64(h + 1, h->ntables * sizeof(image_entry), hash64(h, offsetof(part_header, hash), 0));
}

const void *part_make(const hmn_image *m, const hmn_table *tables, uint32_t ntables, uint32_t core, hmn_arena *a,
                      size_t *size)
{
    selection s = select_tables(m, tables, ntables, core, a);
    size_t at = aligned(sizeof(part_header) + s.count * sizeof(image_entry));
    *size = at + s.bytes;
    unsigned char *out = arena_alloc(a, *size, 64);
    part_header *h = (part_header *)(void *)out;
    *h = (part_header){.magic = PART_MAGIC,
                       .version = PART_VERSION,
                       .ntables = s.count,
                       .core = core,
                       .ncores = image_cores(m),
                       .seed = image_seed(m),
                       .file_bytes = *size};
    strncpy(h->chip, image_chip(m), sizeof h->chip - 1);
    for (uint32_t i = 0; i < s.count; i++) {
        s.entry[i].offset = at;
        memcpy(out + at, s.rows[i], s.entry[i].bytes);
        at += aligned(s.entry[i].bytes);
    }
    if (s.count)
        memcpy(h + 1, s.entry, s.count * sizeof *s.entry);
    h->hash = head_hash(h);
    return out;
}

/* ---- joining ---- */

static bool bad(hmn_diag *d, const part_file *p, const char *what)
{
    diag_report(d, DIAG_IMAGE_CORRUPT, (hmn_span){0}, "'%s' is not a usable part of an image: %s", p->name, what);
    diag_cure(d, "export the network again with hmn export");
    return false;
}

static bool check_header(const part_file *p, hmn_diag *d)
{
    const part_header *h = p->bytes;
    if (p->size < sizeof *h || h->magic != PART_MAGIC)
        return bad(d, p, "it does not begin like one");
    if (h->version != PART_VERSION) {
        diag_report(d, DIAG_IMAGE_VERSION, (hmn_span){0}, "'%s' has part format %" PRIu32 ", this program reads %d",
                    p->name, h->version, (int)PART_VERSION);
        return false;
    }
    if (h->file_bytes != p->size)
        return bad(d, p, "its length is not what its header says");
    if (h->ntables > (p->size - sizeof *h) / sizeof(image_entry))
        return bad(d, p, "its directory does not fit the file");
    if (!memchr(h->chip, 0, sizeof h->chip))
        return bad(d, p, "its chip name is not terminated");
    return head_hash(h) == h->hash || bad(d, p, "the checksum of its directory is wrong");
}

static bool belongs(const part_header *h, const image_entry *e)
{
    if (e->core == IMAGE_HOST)
        return h->core == IMAGE_HOST && e->table < HOST_TABLE_COUNT &&
               e->row_words == schema_row_words(image_host_table((host_table)e->table));
    return e->core < h->ncores && e->table < IMAGE_MAX_TABLES && (h->core == e->core || h->core == IMAGE_HOST);
}

static bool check_entries(const part_file *p, hmn_diag *d)
{
    const part_header *h = p->bytes;
    const image_entry *e = (const image_entry *)(const void *)(h + 1);
    for (uint32_t i = 0; i < h->ntables; i++, e++) {
        if (!belongs(h, e))
            return bad(d, p, "a table belongs to no core");
        if (i && (e[-1].core > e->core || (e[-1].core == e->core && e[-1].table >= e->table)))
            return bad(d, p, "its directory is not in order");
        if (e->offset % IMAGE_ALIGN || e->offset > p->size || e->bytes > p->size - e->offset)
            return bad(d, p, "a table lies outside the file");
        if (e->row_words == 0 || e->row_words > SCHEMA_MAX_COLUMNS || e->rows > p->size ||
            e->rows * e->row_words * 8 != e->bytes)
            return bad(d, p, "a table's rows do not fill its bytes");
        if (hash64((const char *)p->bytes + e->offset, e->bytes, 0) != e->hash)
            return bad(d, p, "the checksum of a table is wrong");
    }
    return true;
}

/* Part i of n is core i's, the last one the host's, and all are of one image. */
static bool check_place(const part_file *part, uint32_t i, uint32_t n, hmn_diag *d)
{
    const part_header *h = part[i].bytes, *first = part[0].bytes;
    if (h->ncores != n - 1)
        return bad(d, &part[i], "its image has another number of cores");
    if (h->core != (i + 1 < n ? i : IMAGE_HOST))
        return bad(d, &part[i], "it is the part of another core");
    if (h->seed != first->seed || strcmp(h->chip, first->chip) != 0)
        return bad(d, &part[i], "it is of another image than the others");
    return true;
}

/* A table of a core is either in its own part or in the host's. */
static bool add_tables(image_writer *w, const part_file *p, hmn_diag *d)
{
    const part_header *h = p->bytes;
    const image_entry *e = (const image_entry *)(const void *)(h + 1);
    for (uint32_t i = 0; i < h->ntables; i++, e++) {
        if (e->core != IMAGE_HOST && image_rows_so_far(w, e->table, e->core))
            return bad(d, p, "a table is in the part of its core, too");
        image_add_rows(w, e->table, e->core, e->row_words,
                       (const uint64_t *)(const void *)((const char *)p->bytes + e->offset), e->rows);
    }
    return true;
}

const void *part_join(const part_file *part, uint32_t nparts, hmn_arena *a, size_t *size, hmn_diag *d)
{
    for (uint32_t i = 0; i < nparts; i++)
        if (!check_header(&part[i], d) || !check_entries(&part[i], d) || !check_place(part, i, nparts, d))
            return NULL;
    const part_header *h = part[0].bytes;
    image_writer *w = image_writer_new(a, h->chip, nparts - 1, h->seed);
    for (uint32_t i = 0; i < nparts; i++)
        if (!add_tables(w, &part[i], d))
            return NULL;
    return image_finish(w, size);
}

image_writer *part_begin(const part_file *host, hmn_arena *a, hmn_diag *d)
{
    const part_header *h = host->bytes;
    if (!check_header(host, d) || !check_entries(host, d))
        return NULL;
    if (h->core != IMAGE_HOST || h->ncores > host->size) {
        bad(d, host, "it is not the part of the host");
        return NULL;
    }
    image_writer *w = image_writer_new(a, h->chip, h->ncores, h->seed);
    return add_tables(w, host, d) ? w : NULL;
}

const char *part_chip(const part_file *p)
{
    const part_header *h = p->bytes;
    bool ours = p->size >= sizeof *h && h->magic == PART_MAGIC && memchr(h->chip, 0, sizeof h->chip);
    return ours ? h->chip : NULL;
}
