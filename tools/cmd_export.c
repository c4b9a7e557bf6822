/* hmn export: an image as deployment files. Format json: a file a core, one for the host, and a manifest with
 * the size and XXH64 of each. The folder appears whole or not at all. */
#include "core/base/hash.h"
#include "tools/outdir.h"
#include "tools/source.h"
#include "tools/tables.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    source s;
    outdir dir;
    json_out manifest;
} export_state;

/* Writes one file of the folder and its line of the manifest. */
static bool write_file(export_state *e, const char *name, const char *text, size_t size)
{
    const char *path = outdir_file(&e->dir, name, e->s.diag);
    FILE *f = fopen(path, "wb");
    bool ok = f && fwrite(text, 1, size, f) == size;
    if (f)
        ok &= fclose(f) == 0;
    if (!ok) {
        diag_report(e->s.diag, DIAG_FILE_WRITE, (hmn_span){0}, "cannot write '%s': %s", path, strerror(errno));
        return false;
    }
    json_put_object(&e->manifest, NULL);
    json_put_text(&e->manifest, "file", name);
    json_put_natural(&e->manifest, "bytes", size);
    json_put_hex(&e->manifest, "xxh64", hash64(text, size, 0));
    json_put_close(&e->manifest);
    return true;
}

/* The host's tables (core < 0) or those of a core as one JSON file. */
static bool export_part(export_state *e, int64_t core)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    if (!f) {
        diag_report(e->s.diag, DIAG_FILE_WRITE, (hmn_span){0}, "out of memory");
        return false;
    }
    json_out j;
    json_put_begin(&j, f);
    json_put_object(&j, NULL);
    bool ok = true;
    if (core < 0)
        tables_host_json(e->s.image, &j);
    else
        ok = tables_core_json(e->s.image, e->s.chip, (uint32_t)core, true, &j, e->s.diag);
    json_put_close(&j);
    json_put_end(&j);
    ok &= fclose(f) == 0;
    const char *name = core < 0 ? "host.json" : arena_printf(e->s.arena, "core-%04" PRId64 ".json", core);
    ok = ok && write_file(e, name, text, size);
    free(text);
    return ok;
}

static bool export_json(export_state *e)
{
    const hmn_image *m = e->s.image;
    FILE *f = fopen(outdir_file(&e->dir, "manifest.json", e->s.diag), "w");
    bool ok = f != NULL;
    if (f) {
        json_out *j = &e->manifest;
        json_put_begin(j, f);
        json_put_object(j, NULL);
        json_put_text(j, "format", "hmn-json-1");
        json_put_text(j, "target", image_chip(m));
        json_put_natural(j, "cores", image_cores(m));
        json_put_natural(j, "seed", image_seed(m));
        json_put_hex(j, "image_hash", image_hash(m));
        json_put_array(j, "files");
        for (int64_t core = -1; core < image_cores(m) && ok; core++)
            ok = export_part(e, core);
        json_put_close(j);
        json_put_close(j);
        json_put_end(j);
        bool written = !ferror(f);
        written &= fclose(f) == 0;
        if (ok && written)
            return true;
        ok &= written;
    }
    if (!ok && !diag_errors(e->s.diag))
        diag_report(e->s.diag, DIAG_FILE_WRITE, (hmn_span){0}, "cannot write the manifest: %s", strerror(errno));
    return false;
}

static bool list(const command_line *c)
{
    if (!command_flag(c, "list"))
        return false;
    puts("json  the tables of the host and of each core as JSON, a manifest with sizes and XXH64 checksums");
    return true;
}

static bool usable(const command_line *c)
{
    const char *format = command_value(c, "format");
    if (c->noperands == 0 || !format || !command_value(c, "output"))
        fputs("hmn: export needs an image, --format FORMAT and -o DIR; hmn export --list names the formats\n", stderr);
    else if (strcmp(format, "json") != 0)
        fprintf(stderr, "hmn: no export format '%s'; there is json\n", format);
    else
        return true;
    return false;
}

static void say(const export_state *e, const command_line *c)
{
    json_out j;
    if (command_flag(c, "json")) {
        json_put_begin(&j, stdout);
        json_put_object(&j, NULL);
        json_put_text(&j, "folder", e->dir.path);
        json_put_natural(&j, "cores", image_cores(e->s.image));
        json_put_close(&j);
        json_put_end(&j);
    } else if (!command_flag(c, "quiet")) {
        printf("%s: %" PRIu32 " cores\n", e->dir.path, image_cores(e->s.image));
    }
}

static int run(const command_line *c)
{
    if (list(c))
        return EXIT_OK;
    if (!usable(c))
        return EXIT_USAGE;
    export_state e = {0};
    const char *out = command_value(c, "output");
    source_begin(&e.s, c);
    if (source_load(&e.s, c->operand[0], NULL) && e.s.image &&
        outdir_begin(&e.dir, out, "manifest.json", e.s.arena, e.s.diag) && export_json(&e) &&
        outdir_commit(&e.dir, e.s.diag))
        say(&e, c);
    if (e.s.reference) {
        fputs("hmn: the reference has no tables; choose a chip\n", stderr);
        e.s.status = EXIT_USAGE;
    }
    outdir_abandon(&e.dir);
    return source_end(&e.s);
}

static const command_option options[] = {
    {"format", 'f', "FORMAT", "form of the files; --list names them"},
    {"output", 'o', "DIR", "folder to write; replaced only if it is empty or an earlier export"},
    {"list", 'l', NULL, "lists the formats"},
    {"target", 't', "TARGET", "compiles a network for this chip first (default: the network's target.chip)"},
    {NULL, 0, NULL, NULL},
};

const command command_export = {
    .name = "export",
    .summary = "writes an image as deployment files",
    .synopsis = "OUT.hmn|NET.yaml --format FORMAT -o DIR | --list",
    .description =
        "Writes the tables of an image in a form that other programs load onto hardware. Only tables that a chip "
        "holds are written for each core; what the host needs is in a file of its own.\n\n"
        "Format json writes manifest.json (target, seed, hash of the image; size and XXH64 of every file), "
        "host.json, and core-NNNN.json for each logical core: tables with columns and rows, packed words in "
        "hexadecimal, and the synapses decoded.\n\n"
        "The folder appears when everything is written, or not at all. An existing folder is replaced only when it "
        "is empty or holds a manifest.json.",
    .examples = "hmn export net.hmn --format json -o deploy\n"
                "hmn export --list",
    .option = options,
    .max_operands = 1,
    .run = run,
};
