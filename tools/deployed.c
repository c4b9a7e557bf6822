/* Reads a deployment folder. Takes manifest.json and the files it lists, yields the image. The manifest ends with its
 * own checksum and has size and XXH64 of every other file, so whatever is missing, cut, grown or altered is found
 * before anything is used; then the parts are joined, or the chip makes the image of what would be loaded
 * (chip->restore), and the whole must have the hash of the image exported. */
#include "tools/deployed.h"

#include "backends/registry.h"
#include "core/base/hash.h"
#include "core/ir/part.h"
#include "tools/export_chip.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MANIFEST_LIMIT = 64 << 20 };

typedef struct {
    const char *folder;
    json_t *manifest;
    hmn_arena *arena;
    hmn_diag *diag;
} deployed;

typedef struct {
    const void *bytes;
    size_t size;
} mapping;

bool deployed_is(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

__attribute__((format(printf, 3, 4))) static bool bad(deployed *p, const char *name, const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    diag_report(p->diag, DIAG_IMAGE_CORRUPT, (hmn_span){0}, "'%s/%s' %s", p->folder, name, text);
    diag_cure(p->diag, "export the network again with hmn export");
    return false;
}

/* ---- files ---- */

static bool map_file(deployed *p, const char *name, mapping *out)
{
    const char *path = arena_printf(p->arena, "%s/%s", p->folder, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) {
        diag_report(p->diag, DIAG_FILE_READ, (hmn_span){0}, "cannot read '%s': %s", path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return false;
    }
    *out = (mapping){NULL, (size_t)st.st_size};
    void *bytes = S_ISREG(st.st_mode) && st.st_size ? mmap(NULL, out->size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
    close(fd);
    if (!S_ISREG(st.st_mode))
        return bad(p, name, "is not a regular file");
    if (bytes == MAP_FAILED) {
        diag_report(p->diag, DIAG_FILE_READ, (hmn_span){0}, "cannot map '%s': %s", path, strerror(errno));
        return false;
    }
    out->bytes = bytes;
    return true;
}

static void unmap(mapping m)
{
    if (m.bytes)
        munmap((void *)(uintptr_t)m.bytes, m.size);
}

/* ---- manifest ---- */

static bool check_tail(deployed *p, mapping m)
{
    char tail[EXPORT_TAIL_LENGTH + 1];
    if (m.size < EXPORT_TAIL_LENGTH || m.size > MANIFEST_LIMIT)
        return bad(p, "manifest.json", "does not end with its checksum");
    size_t head = m.size - EXPORT_TAIL_LENGTH;
    snprintf(tail, sizeof tail, EXPORT_TAIL, (unsigned long long)hash64(m.bytes, head, 0));
    return memcmp((const char *)m.bytes + head, tail, EXPORT_TAIL_LENGTH) == 0 ||
           bad(p, "manifest.json", "does not match its checksum: it was altered or cut short");
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static bool check_format(deployed *p)
{
    const char *format = text_of(p->manifest, "format");
    if (strcmp(format, EXPORT_CHIP_FORMAT) == 0)
        return true;
    diag_report(p->diag, DIAG_IMAGE_VERSION, (hmn_span){0},
                "'%s' has the format '%s'; this program runs folders of format '%s'", p->folder, format,
                EXPORT_CHIP_FORMAT);
    diag_cure(p->diag, "export the network with --format and the name of a chip");
    return false;
}

static bool read_manifest(deployed *p)
{
    mapping m;
    if (!map_file(p, "manifest.json", &m)) {
        diag_cure(p->diag, "a folder to run is one written by hmn export --format loihi");
        return false;
    }
    bool ok = check_tail(p, m);
    json_error_t error;
    if (ok)
        p->manifest = json_loadb(m.bytes, m.size, JSON_REJECT_DUPLICATES, &error);
    unmap(m);
    if (ok && !p->manifest)
        return bad(p, "manifest.json", "is not JSON: line %d: %s", error.line, error.text);
    return ok && check_format(p);
}

/* A file of the folder: no way out of it. */
static bool inside(const char *name) { return *name && *name != '/' && !strstr(name, ".."); }

/* Size and checksum; with `out` a copy of the bytes. */
static bool check_file(deployed *p, const json_t *entry, part_file *out)
{
    const char *name = text_of(entry, "file");
    char hash[17];
    mapping m;
    if (!inside(name))
        return bad(p, "manifest.json", "lists the file '%s', which is not in the folder", name);
    if (!map_file(p, name, &m))
        return false;
    json_int_t size = json_integer_value(json_object_get(entry, "bytes"));
    snprintf(hash, sizeof hash, "%016" PRIx64, hash64(m.bytes, m.size, 0));
    bool ok = (size >= 0 && (uint64_t)size == m.size) ||
              bad(p, name, "has %zu bytes, not the %" PRIu64 " of the manifest", m.size, (uint64_t)size);
    ok = ok &&
         (strcmp(hash, text_of(entry, "xxh64")) == 0 || bad(p, name, "does not have the checksum of the manifest"));
    if (ok && out) {
        void *bytes = arena_alloc(p->arena, m.size, 64);
        if (m.size)
            memcpy(bytes, m.bytes, m.size);
        *out = (part_file){arena_printf(p->arena, "%s/%s", p->folder, name), bytes, m.size};
    }
    unmap(m);
    return ok;
}

/* Number of the part that the file is: the core, or ncores for the host; UINT32_MAX: none. */
static uint32_t part_of(deployed *p, const char *name, uint32_t ncores)
{
    if (strcmp(name, "host.bin") == 0)
        return ncores;
    unsigned long core = strncmp(name, "core_", 5) == 0 ? strtoul(name + 5, NULL, 10) : ULONG_MAX;
    if (core >= ncores || strcmp(name, arena_printf(p->arena, "core_%03lu.bin", core)) != 0)
        return UINT32_MAX;
    return (uint32_t)core;
}

static bool check_files(deployed *p, uint32_t ncores, part_file *part)
{
    const json_t *files = json_object_get(p->manifest, "files"), *entry;
    size_t i;
    json_array_foreach(files, i, entry)
    {
        uint32_t number = part_of(p, text_of(entry, "file"), ncores);
        if (!check_file(p, entry, number == UINT32_MAX ? NULL : &part[number]))
            return false;
    }
    return part[ncores].bytes || bad(p, "manifest.json", "does not list host.bin");
}

static bool whole(deployed *p, uint32_t ncores, const part_file *part)
{
    for (uint32_t k = 0; k <= ncores; k++)
        if (!part[k].bytes)
            return bad(p, "manifest.json", "does not list %s",
                       k < ncores ? arena_printf(p->arena, "core_%03" PRIu32 ".bin", k) : "host.bin");
    return true;
}

/* ---- image ---- */

/* A file that the manifest lists, once more. */
typedef struct {
    hmn_folder port; /* first */
    deployed *p;
} listed;

static const void *read_listed(hmn_folder *f, const char *name, size_t *size)
{
    deployed *p = ((listed *)(void *)f)->p;
    const json_t *files = json_object_get(p->manifest, "files"), *entry;
    size_t i;
    json_array_foreach(files, i, entry)
    {
        part_file file;
        if (strcmp(text_of(entry, "file"), name) == 0 && check_file(p, entry, &file)) {
            *size = file.size;
            return file.bytes;
        }
    }
    return NULL;
}

/* What loads the machine makes the image again. */
static const void *restore(deployed *p, const hmn_chip *chip, const part_file *host, size_t *size)
{
    image_writer *w = part_begin(host, p->arena, p->diag), *whole = part_begin(host, p->arena, p->diag);
    const void *bytes = w && whole ? image_finish(w, size) : NULL;
    hmn_image *m = bytes ? image_from_memory(bytes, *size, p->folder, p->diag) : NULL;
    listed files = {{read_listed}, p};
    bool ok = m && image_check_tables(m, chip->tables, chip->ntables, p->diag) &&
              chip->restore(m, &files.port, whole, p->arena, p->diag);
    image_close(m);
    return ok ? image_finish(whole, size) : NULL;
}

static hmn_image *join(deployed *p, uint32_t ncores, const part_file *part)
{
    size_t size;
    char hash[17];
    const char *name = part_chip(&part[ncores]);
    const hmn_chip *chip = name ? registry_find(name) : NULL;
    const void *bytes = chip && chip->restore    ? restore(p, chip, &part[ncores], &size)
                        : whole(p, ncores, part) ? part_join(part, ncores + 1, p->arena, &size, p->diag)
                                                 : NULL;
    hmn_image *m = bytes ? image_from_memory(bytes, size, p->folder, p->diag) : NULL;
    if (!m)
        return NULL;
    snprintf(hash, sizeof hash, "%016" PRIx64, image_hash(m));
    if (strcmp(hash, text_of(p->manifest, "image_hash")) == 0)
        return m;
    bad(p, "manifest.json", "names another image than its parts make");
    image_close(m);
    return NULL;
}

static hmn_image *open_parts(deployed *p)
{
    json_int_t ncores = json_integer_value(json_object_get(p->manifest, "cores"));
    if (ncores < 0 || (size_t)ncores > json_array_size(json_object_get(p->manifest, "files"))) {
        bad(p, "manifest.json", "lists fewer files than cores");
        return NULL;
    }
    part_file *part = ARENA_NEW(p->arena, part_file, ncores + 1);
    return check_files(p, (uint32_t)ncores, part) ? join(p, (uint32_t)ncores, part) : NULL;
}

hmn_image *deployed_open(const char *folder, hmn_arena *a, hmn_diag *d)
{
    deployed p = {folder, NULL, a, d};
    hmn_image *m = read_manifest(&p) ? open_parts(&p) : NULL;
    json_decref(p.manifest);
    return m;
}
