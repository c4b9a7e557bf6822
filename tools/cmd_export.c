/* hmn export: an image as deployment files. Format json: a file a core, one for the host. A chip's own format: all that
 * loads the image onto it (export_chip.c). Each with a manifest that has the size and XXH64 of every file; the folder
 * appears whole or not at all. */
#include "backends/registry.h"
#include "tools/export_chip.h"
#include "tools/source.h"
#include "tools/tables.h"

#include <inttypes.h>
#include <string.h>

typedef struct {
    source s;
    outdir dir;
    export_folder folder;
    uint32_t core; /* of the file being filled */
} export_state;

/* ---- format json ---- */

static bool fill_host(void *context, json_out *j)
{
    const export_state *e = context;
    tables_host_json(e->s.image, j);
    return true;
}

static bool fill_core(void *context, json_out *j)
{
    const export_state *e = context;
    return tables_core_json(e->s.image, e->s.chip, e->core, true, j, e->s.diag);
}

static bool export_json(export_state *e)
{
    bool ok = export_json_file(&e->folder, "host.json", fill_host, e);
    for (e->core = 0; ok && e->core < image_cores(e->s.image); e->core++)
        ok = export_json_file(&e->folder, arena_printf(e->s.arena, "core-%04" PRIu32 ".json", e->core), fill_core, e);
    return ok && export_end(&e->folder, e->s.image, "hmn-json-1", "Tables for other programs to read.");
}

/* ---- formats ---- */

static const char json_summary[] = "the tables of the host and of each core as JSON";
static const char chip_summary[] = "what loads an image onto this chip: binary tables, C headers, JSON, microcode, "
                                   "weights, placement, routes; hmn run takes the folder";

/* The chip whose deployment the format is, or NULL. */
static const hmn_chip *chip_of(const char *format)
{
    const hmn_chip *chip = registry_find(format);
    return chip && chip->deploy ? chip : NULL;
}

static void each_format(void (*say)(FILE *out, const char *name, const char *summary), FILE *out)
{
    uint32_t n;
    const hmn_chip *const *chip = registry_chips(&n);
    say(out, "json", json_summary);
    for (uint32_t i = 0; i < n; i++)
        if (chip[i]->deploy)
            say(out, chip[i]->name, chip_summary);
}

static void say_line(FILE *out, const char *name, const char *summary) { fprintf(out, "%-9s  %s\n", name, summary); }
static void say_name(FILE *out, const char *name, const char *summary)
{
    (void)summary;
    fprintf(out, " %s", name);
}

static bool usable(const command_line *c)
{
    const char *format = command_value(c, "format");
    if (c->noperands == 0 || !format || !command_value(c, "output")) {
        fputs("hmn: export needs an image, --format FORMAT and -o DIR; hmn export --list names the formats\n", stderr);
        return false;
    }
    if (strcmp(format, "json") == 0 || chip_of(format))
        return true;
    fprintf(stderr, "hmn: no export format '%s'; there are", format);
    each_format(say_name, stderr);
    fputc('\n', stderr);
    return false;
}

/* What is asked for that cannot be had of this image. */
static bool possible(export_state *e, const char *path)
{
    const hmn_chip *chip = chip_of(command_value(e->s.line, "format"));
    if (chip && chip != e->s.chip)
        fprintf(stderr, "hmn: --format %s writes images for %s; this one is for %s\n", chip->name, chip->name,
                e->s.chip->name);
    else if (source_is_image(path) && command_value(e->s.line, "seed"))
        fputs("hmn: the seed of an image was set when it was compiled; export the YAML network with --seed\n", stderr);
    else
        return true;
    e->s.status = EXIT_USAGE;
    return false;
}

static bool export_all(export_state *e, const char *path)
{
    const hmn_chip *chip = chip_of(command_value(e->s.line, "format"));
    if (!possible(e, path) ||
        !outdir_begin(&e->dir, command_value(e->s.line, "output"), "manifest.json", e->s.arena, e->s.diag))
        return false;
    export_begin(&e->folder, &e->dir, e->s.arena, e->s.diag);
    return (chip ? export_chip(&e->folder, e->s.image, chip) : export_json(e)) && outdir_commit(&e->dir, e->s.diag);
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
    if (command_flag(c, "list")) {
        each_format(say_line, stdout);
        return EXIT_OK;
    }
    if (!usable(c))
        return EXIT_USAGE;
    export_state e = {0};
    source_begin(&e.s, c);
    if (source_load(&e.s, c->operand[0], NULL) && e.s.image && export_all(&e, c->operand[0]))
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
    .synopsis = "OUT.hmn|NET.yaml|DIR --format FORMAT -o DIR | --list",
    .description =
        "Writes the tables of an image in a form that other programs load onto hardware. Only tables that a chip "
        "holds are written for each core; what the host needs is in a file of its own.\n\n"
        "Every format writes manifest.json: target, seed, hash of the image, and size and XXH64 of every file; its own "
        "checksum ends it.\n\n"
        "Format json writes host.json, and core-NNNN.json for each logical core: tables with columns and rows, packed "
        "words in hexadecimal, and the synapses decoded.\n\n"
        "The format of a chip, loihi or loihi2, writes\n\n"
        "  core_NNN.bin .json .h   tables of a core: binary, JSON, C arrays\n"
        "  host.bin host.json      all that stays with the host\n"
        "  microcode.txt           learning rules of each core as text and disassembled\n"
        "  weights/PROJECTION.npy  rows (pre, post, weight, delay)\n"
        "  neurons/POPULATION.npy  a row a neuron, the columns of the table compartments\n"
        "  placement.json          where each population is\n"
        "  routes.npy routes.json  rows (neuron, from core, from compartment, to core, axon); how many from core to "
        "core\n"
        "  deploy_lava.py          builds and runs the network in Lava, where Lava can express it; else the manifest "
        "says what prevents it\n\n"
        "hmn run, inspect and graph take this folder in place of an image: every checksum is verified, then the image "
        "is put together from core_NNN.bin and host.bin. docs/export-loihi.md draws the files.\n\n"
        "Format spinnaker writes the same parts and views, and for the machine's own tools core_X_Y_P.dse (a core's "
        "SDRAM), rtr_X_Y.bin (a router's table), load.ybug, cores.json, and PACMAN's JSON files. "
        "docs/export-spinnaker.md draws them.\n\n"
        "The folder appears when everything is written, or not at all. An existing folder is replaced only when it "
        "is empty or holds a manifest.json.",
    .examples = "hmn export net.hmn --format loihi -o deploy && hmn run deploy\n"
                "hmn export net.hmn --format json -o tables\n"
                "hmn export --list",
    .option = options,
    .max_operands = 1,
    .run = run,
};
