/* Opens what a command works on. Takes a path and the command line, yields a unit run through the compiler, or an
 * image with its chip. The target is --target, else the network's target.chip, else the first chip there is;
 * so the front end runs without a chip first and goes on from where it stood. Errors that a place in the YAML text
 * caused are the input's (1) even when a file named there is missing; those without a place are of files (4). */
#include "tools/source.h"

#include "backends/registry.h"
#include "core/base/bug.h"
#include "core/describe.h"
#include "tools/deployed.h"
#include "tools/tasking.h"

#include <errno.h>
#include <string.h>

enum { STDIN_LIMIT = 64 << 20 };

void source_begin(source *s, const command_line *c)
{
    *s = (source){.line = c, .arena = arena_new(0), .diag = diag_new(), .status = EXIT_OK};
    diag_werror(s->diag, command_flag(c, "werror"));
    diag_strict(s->diag, command_flag(c, "strict"));
}

bool source_is_image(const char *path)
{
    size_t n = strlen(path);
    return deployed_is(path) || (n > 4 && strcmp(path + n - 4, ".hmn") == 0);
}

/* "loihi, spinnaker and reference" for messages. */
static const char *target_names(hmn_arena *a)
{
    uint32_t n;
    const hmn_chip *const *chip = registry_chips(&n);
    const char *text = "";
    for (uint32_t i = 0; i < n; i++)
        text = arena_printf(a, "%s%s%s", text, i ? ", " : "", chip[i]->name);
    return arena_printf(a, "%s and reference", text);
}

/* --target names a chip or the reference; false after a usage error. */
static bool read_target(source *s)
{
    const char *name = command_value(s->line, "target");
    if (!name)
        return true;
    s->reference = strcmp(name, "reference") == 0;
    s->chip = registry_find(name);
    if (s->reference || s->chip)
        return true;
    fprintf(stderr, "hmn: no target '%s'; there are %s\n", name, target_names(s->arena));
    s->status = EXIT_USAGE;
    return false;
}

static bool load_image(source *s, const char *path)
{
    if (s->reference) {
        diag_report(s->diag, DIAG_TARGET_UNKNOWN, (hmn_span){0},
                    "the reference runs the network in real units, '%s' holds a chip's integers only", path);
        diag_cure(s->diag, "give the YAML file that it was compiled from");
        return false;
    }
    if (command_value(s->line, "ablate")) {
        diag_report(s->diag, DIAG_TARGET_UNKNOWN, (hmn_span){0}, "'%s' is compiled: its terms are fixed", path);
        diag_cure(s->diag, "use --ablate with the YAML file that it was compiled from");
        return false;
    }
    const hmn_chip *wanted = s->chip;
    s->image = deployed_is(path) ? deployed_open(path, s->arena, s->diag) : image_open(path, s->diag);
    if (!s->image)
        return false;
    s->chip = registry_find(image_chip(s->image));
    if (!s->chip)
        diag_report(s->diag, DIAG_TARGET_UNKNOWN, (hmn_span){0}, "'%s' is for the chip '%s', which is not known here",
                    path, image_chip(s->image));
    else if (wanted && wanted != s->chip) {
        diag_report(s->diag, DIAG_TARGET_UNKNOWN, (hmn_span){0}, "'%s' is an image for %s, not for %s", path,
                    s->chip->name, wanted->name);
        diag_cure(s->diag, "compile the network for %s", wanted->name);
    } else
        return (s->chip = describe_of_image(s->chip, s->image, s->arena, s->diag)) != NULL;
    return false;
}

/* Standard input as text; NULL after a report. */
static const char *read_stdin(source *s, size_t *length)
{
    char *text = NULL;
    size_t cap = 0;
    *length = 0;
    do {
        text = arena_grow(s->arena, text, 1, *length, *length + 65536, &cap);
        *length += fread(text + *length, 1, cap - *length, stdin);
    } while (!feof(stdin) && !ferror(stdin) && *length < STDIN_LIMIT);
    if (feof(stdin))
        return text;
    diag_report(s->diag, DIAG_FILE_READ, (hmn_span){0}, "cannot read standard input: %s",
                ferror(stdin) ? strerror(errno) : "it is longer than 64 MiB");
    return NULL;
}

static bool fill_unit(source *s, const char *path)
{
    hmn_unit *u = &s->unit;
    *u = (hmn_unit){.path = path, .arena = s->arena, .diag = s->diag};
    uint64_t threads = 0, seed = 0;
    command_number(s->line, "threads", 0, 4096, &threads);
    u->threads = (uint32_t)threads;
    if (command_value(s->line, "seed")) {
        command_number(s->line, "seed", 0, UINT64_MAX, &seed);
        uint64_t *reseed = ARENA_NEW(s->arena, uint64_t, 1);
        *reseed = seed;
        u->reseed = reseed;
    }
    u->ablate = command_value(s->line, "ablate");
    u->rates = s->rates;
    const command_set *given = command_sets(s->line, s->arena, &u->nset);
    unit_set *set = ARENA_NEW(s->arena, unit_set, u->nset);
    for (uint32_t i = 0; i < u->nset; i++)
        set[i] = (unit_set){given[i].name, given[i].value};
    u->set = set;
    if (strcmp(path, "-") == 0)
        u->text = read_stdin(s, &u->text_length);
    return strcmp(path, "-") != 0 || u->text;
}

/* The chip that the network itself names, once it is checked. */
static bool chip_of_network(source *s)
{
    const net_str *name = &s->unit.net->target.chip;
    uint32_t n;
    s->chip = name->s ? registry_find(name->s) : registry_chips(&n)[0];
    if (s->chip)
        return true;
    diag_report(s->diag, DIAG_TARGET_UNKNOWN, name->at, "no target '%s'; there are %s", name->s,
                target_names(s->arena));
    return false;
}

/* Whether pass `last` comes after pass `name`. */
static bool goes_past(const char *last, const char *name)
{
    for (const pipeline_pass *p = pipeline_passes(); last && p->name; p++) {
        if (strcmp(p->name, last) == 0)
            return false;
        if (strcmp(p->name, name) == 0)
            return true;
    }
    return true;
}

static bool compile(source *s, const char *path, const char *last)
{
    if (!fill_unit(s, path))
        return false;
    if (!pipeline_run(&s->unit, last && !goes_past(last, "check") ? last : "check", s->seconds))
        return false;
    if (s->unit.net && !tasking_check(s))
        return false;
    if (s->reference || !goes_past(last, "elaborate"))
        return pipeline_run(&s->unit, last ? last : "elaborate", s->seconds);
    if (!s->chip && !chip_of_network(s))
        return false;
    s->unit.chip = s->chip;
    if (!pipeline_run(&s->unit, last, s->seconds))
        return false;
    s->chip = s->unit.chip; /* as the network describes it */
    if (!s->unit.image)
        return true;
    s->image = image_from_memory(s->unit.image, s->unit.image_size, path, s->diag);
    return s->image != NULL;
}

bool source_load(source *s, const char *path, const char *last)
{
    if (!read_target(s))
        return false;
    return source_is_image(path) ? load_image(s, path) : compile(s, path, last);
}

static int status_of(const hmn_message *m)
{
    const char *name = diag_code_name(m->code); /* E0601: the hundreds are the class */
    if (name[2] == '6')
        return EXIT_FIT;
    bool file = name[2] == '8' || name[2] == '9';
    return file && m->at.line == 0 && m->code != DIAG_TARGET_UNKNOWN ? EXIT_IO : EXIT_INPUT;
}

int source_status(const hmn_diag *d)
{
    for (uint32_t i = 0; i < diag_count(d); i++)
        if (diag_get(d, i)->severity == DIAG_ERROR)
            return status_of(diag_get(d, i));
    return diag_errors(d) ? EXIT_INPUT : EXIT_OK;
}

void source_print(const hmn_diag *d, const command_line *c)
{
    const char *form = command_value(c, "diagnostics");
    if (command_flag(c, "quiet") && diag_errors(d) == 0)
        return;
    if (form && strcmp(form, "json") == 0)
        diag_print_json(d, stderr);
    else
        diag_print(d, stderr, command_colour(c, stderr));
}

int source_end(source *s)
{
    source_print(s->diag, s->line);
    int status = source_status(s->diag);
    status = status != EXIT_OK ? status : s->status;
    if (s->image)
        image_close(s->image);
    diag_free(s->diag);
    arena_free(s->arena);
    return status;
}
