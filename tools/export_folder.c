/* Exported folders. Each file is written whole, its size and XXH64 kept for the manifest; the manifest's last member is
 * the XXH64 of the text before it, so that it is protected, too. */
#include "tools/export_folder.h"

#include "core/base/hash.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool fail(export_folder *f, const char *what, const char *name)
{
    diag_report(f->diag, DIAG_FILE_WRITE, (hmn_span){0}, "cannot %s '%s': %s", what, name, strerror(errno));
    return false;
}

static void enter(export_folder *f, const char *name, const void *bytes, size_t size)
{
    f->entry = arena_grow(f->arena, f->entry, sizeof *f->entry, f->nentries, f->nentries + 1, &f->entry_cap);
    f->entry[f->nentries++] =
        (export_entry){arena_copy_text(f->arena, name, strlen(name)), size, hash64(bytes, size, 0)};
}

static bool save(export_folder *f, const char *name, const void *bytes, size_t size)
{
    const char *path = outdir_file(f->dir, name, f->diag);
    FILE *file = fopen(path, "wb");
    bool ok = file && fwrite(bytes, 1, size, file) == size;
    if (file)
        ok &= fclose(file) == 0;
    return ok || fail(f, "write", path);
}

static bool write_file(hmn_files *port, const char *name, const void *bytes, size_t size)
{
    export_folder *f = (export_folder *)(void *)port;
    if (!save(f, name, bytes, size))
        return false;
    enter(f, name, bytes, size);
    return true;
}

static void omit_file(hmn_files *port, const char *name, const char *why)
{
    export_folder *f = (export_folder *)(void *)port;
    f->omission =
        arena_grow(f->arena, f->omission, sizeof *f->omission, f->nomissions, f->nomissions + 1, &f->omission_cap);
    f->omission[f->nomissions++] =
        (export_omission){arena_copy_text(f->arena, name, strlen(name)), arena_copy_text(f->arena, why, strlen(why))};
}

void export_begin(export_folder *f, outdir *dir, hmn_arena *a, hmn_diag *d)
{
    *f = (export_folder){.port = {write_file, omit_file}, .dir = dir, .arena = a, .diag = d};
}

bool export_json_file(export_folder *f, const char *name, bool (*fill)(void *context, json_out *j), void *context)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (!stream)
        return fail(f, "make", name);
    json_out j;
    json_put_begin(&j, stream);
    json_put_object(&j, NULL);
    bool ok = fill(context, &j);
    json_put_close(&j);
    json_put_end(&j);
    if (fclose(stream) != 0)
        ok = fail(f, "make", name);
    ok = ok && write_file(&f->port, name, text, size);
    free(text);
    return ok;
}

npy_writer *export_npy(export_folder *f, const char *name, npy_type type, uint32_t columns)
{
    return npy_create(outdir_file(f->dir, name, f->diag), type, columns, f->arena, f->diag);
}

bool export_npy_end(export_folder *f, const char *name, npy_writer *w)
{
    return npy_close(w, f->diag) && export_enter(f, name);
}

bool export_enter(export_folder *f, const char *name)
{
    const char *path = outdir_file(f->dir, name, f->diag);
    FILE *file = fopen(path, "rb");
    struct stat st;
    if (!file || fstat(fileno(file), &st) != 0) {
        if (file)
            fclose(file);
        return fail(f, "read", path);
    }
    hmn_arena *scratch = arena_new(0);
    size_t size = (size_t)st.st_size;
    void *bytes = arena_alloc(scratch, size, 64);
    bool ok = fread(bytes, 1, size, file) == size;
    fclose(file);
    if (ok)
        enter(f, name, bytes, size);
    arena_free(scratch);
    return ok || fail(f, "read", path);
}

/* ---- manifest ---- */

static void put_files(const export_folder *f, json_out *j)
{
    json_put_array(j, "files");
    for (size_t i = 0; i < f->nentries; i++) {
        json_put_object(j, NULL);
        json_put_text(j, "file", f->entry[i].name);
        json_put_natural(j, "bytes", f->entry[i].bytes);
        json_put_hex(j, "xxh64", f->entry[i].hash);
        json_put_close(j);
    }
    json_put_close(j);
    json_put_array(j, "not_written");
    for (size_t i = 0; i < f->nomissions; i++) {
        json_put_object(j, NULL);
        json_put_text(j, "file", f->omission[i].name);
        json_put_text(j, "why", f->omission[i].why);
        json_put_close(j);
    }
    json_put_close(j);
}

static void put_facts(const hmn_image *m, const char *format, const char *status, json_out *j)
{
    image_rows network = image_host(m, HOST_NETWORK);
    json_put_text(j, "format", format);
    json_put_text(j, "program", "hmn " HMN_VERSION);
    json_put_text(j, "target", image_chip(m));
    json_put_text(j, "network", network.rows ? image_string(m, (uint64_t)image_get(network, 0, 0)) : "");
    json_put_natural(j, "cores", image_cores(m));
    json_put_natural(j, "seed", image_seed(m));
    json_put_hex(j, "image_hash", image_hash(m));
    json_put_text(j, "status", status);
}

bool export_end(export_folder *f, const hmn_image *m, const char *format, const char *status)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (!stream)
        return fail(f, "make", "manifest.json");
    json_out j;
    json_put_begin(&j, stream);
    json_put_object(&j, NULL);
    put_facts(m, format, status, &j);
    put_files(f, &j);
    fflush(stream);
    fprintf(stream, EXPORT_TAIL, (unsigned long long)hash64(text, size, 0));
    bool ok = (fclose(stream) == 0 || fail(f, "make", "manifest.json")) && save(f, "manifest.json", text, size);
    free(text);
    return ok;
}
