/* hmn sweep: one network over values of its parameters. Takes a network and lists of values, compiles and runs every
 * combination with a model of time and energy, yields a table and a plot. A combination that does not fit or is refused
 * stands in the table with the reason; the sweep goes on. Parameters may stand anywhere in the network, in
 * target.machine and target.costs too, so machines are explored the same way as networks. */
#include "tools/interrupt.h"
#include "tools/outdir.h"
#include "tools/source.h"
#include "tools/sweep_plot.h"
#include "tools/timing_out.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_NAMES = 4, MAX_VALUES = 64, MAX_POINTS = 4096 };

typedef struct {
    const char *name, *value[MAX_VALUES];
    uint32_t count;
} axis;

typedef struct {
    const command_line *line;
    hmn_arena *arena;
    axis axis[MAX_NAMES];
    uint32_t naxes, npoints;
    sweep_point *point;
    FILE *csv;
    uint64_t steps;
} sweep;

static bool add_axis(sweep *s, const char *text)
{
    const char *equals = strchr(text, '=');
    if (!equals || equals == text || s->naxes == MAX_NAMES) {
        fprintf(stderr, "hmn: --over %s: takes NAME=VALUE,VALUE,... at most %d times\n", text, MAX_NAMES);
        return false;
    }
    axis *a = &s->axis[s->naxes++];
    a->name = arena_copy_text(s->arena, text, (size_t)(equals - text));
    for (const char *p = equals + 1; *p;) {
        size_t n = strcspn(p, ",");
        if (n == 0 || a->count == MAX_VALUES) {
            fprintf(stderr, "hmn: --over %s: takes 1 to %d values between commas\n", text, MAX_VALUES);
            return false;
        }
        a->value[a->count++] = arena_copy_text(s->arena, p, n);
        p += n + (p[n] == ',');
    }
    s->npoints *= a->count;
    return s->npoints > 0 && s->npoints <= MAX_POINTS;
}

static bool read_axes(sweep *s)
{
    s->npoints = 1;
    for (uint32_t i = 0; i < s->line->noptions; i++)
        if (strcmp(s->line->option[i].name, "over") == 0 && !add_axis(s, s->line->option[i].value))
            return false;
    if (s->naxes == 0)
        fputs("hmn: say what to vary with --over NAME=VALUE,VALUE,...\n", stderr);
    return s->naxes > 0;
}

/* Combination `index` as a command line: what was given, and a --set for each axis. The first axis changes slowest. */
static command_line line_of(const sweep *s, uint32_t index, const char **value)
{
    command_set *option = ARENA_NEW(s->arena, command_set, s->line->noptions + s->naxes + 1);
    memcpy(option, s->line->option, s->line->noptions * sizeof *option);
    command_line c = *s->line;
    c.option = option;
    for (uint32_t k = s->naxes; k-- > 0;) {
        const axis *a = &s->axis[k];
        value[k] = a->value[index % a->count];
        index /= a->count;
        option[c.noptions++] = (command_set){"set", arena_printf(s->arena, "%s=%s", a->name, value[k])};
    }
    if (!command_value(&c, "timing"))
        option[c.noptions++] = (command_set){"timing", "fast"};
    return c;
}

static const char *first_error(const hmn_diag *d)
{
    for (uint32_t i = 0; i < diag_count(d); i++)
        if (diag_get(d, i)->severity == DIAG_ERROR)
            return diag_get(d, i)->text;
    return "it was refused";
}

/* In quotes; quotes doubled. */
static void csv_text(FILE *f, const char *text)
{
    fputc('"', f);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', f);
        fputc(*text, f);
    }
    fputc('"', f);
}

static void row(sweep *s, const sweep_point *p, const source *src, hmn_machine *m, const timing_step *t)
{
    for (uint32_t k = 0; k < s->naxes; k++)
        fprintf(s->csv, "%s,", p->value[k]);
    fprintf(s->csv, "%d,", p->fits);
    if (!p->fits) {
        fputs(",,,,,,,", s->csv);
        csv_text(s->csv, first_error(src->diag));
        fputc('\n', s->csv);
        return;
    }
    double joules = 0;
    for (uint32_t k = 0; k < ENERGY_COUNT; k++)
        joules += 1e-15 * (double)t->fj[k];
    hmn_counters c = machine_counters(m);
    fprintf(s->csv, "%" PRIu32 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%.9g,%.9g,%.9g,\n", p->cores, machine_spikes(m),
            c.synaptic_events, t->messages, 1e-12 * (double)t->ps, p->us_a_step, joules);
}

static void step_all(sweep *s, const source *src, hmn_machine *m, timing_run *t, sweep_point *p)
{
    hmn_sim *sim = machine_sim(m);
    uint64_t steps = s->steps ? s->steps : (uint64_t)image_get(image_host(src->image, HOST_NETWORK), 0, 3);
    uint64_t done = 0;
    for (; done < steps && !interrupt_seen(); done++) {
        sim->ops->begin(sim);
        timing_run_after_begin(t);
        sim->ops->end(sim);
        timing_run_after_end(t);
    }
    timing_run_end(t, src->image, src->chip, NULL, src->diag);
    timing_step all = timing_total(t->timing);
    double fj = 0;
    for (uint32_t k = 0; k < ENERGY_COUNT; k++)
        fj += (double)all.fj[k];
    p->us_a_step = done ? 1e-6 * (double)all.ps / (double)done : 0;
    p->nj_a_step = done ? 1e-6 * fj / (double)done : 0;
}

/* False: the command line itself is wrong, and so would every other point be. */
static bool one_point(sweep *s, uint32_t index)
{
    sweep_point *p = &s->point[index];
    const char **value = ARENA_NEW(s->arena, const char *, s->naxes);
    command_line line = line_of(s, index, value);
    char *end;
    p->value = value;
    p->x = strtod(value[0], &end);
    p->x = end == value[0] ? NAN : p->x;
    source src;
    timing_run t = {0};
    hmn_machine *m = NULL;
    bool usage = false;
    source_begin(&src, &line);
    if (source_load(&src, s->line->operand[0], NULL) && !src.reference) {
        uint64_t threads = 0;
        usage = !timing_options_read(&t, &line, src.chip) || t.mode == TIMING_OFF ||
                !command_number(&line, "threads", 0, 4096, &threads);
        m = usage ? NULL : machine_boot(src.image, src.chip, (uint32_t)threads, NULL, src.diag);
        p->fits = m && timing_run_begin(&t, m, src.image, src.chip, (uint32_t)threads, NULL, src.arena, src.diag);
    }
    usage |= src.status == EXIT_USAGE || src.reference;
    if (p->fits) {
        p->cores = image_cores(src.image);
        step_all(s, &src, m, &t, p);
    }
    timing_step all = p->fits ? timing_total(t.timing) : (timing_step){0};
    if (!usage)
        row(s, p, &src, m, &all);
    machine_free(m);
    image_close(src.image);
    diag_free(src.diag);
    arena_free(src.arena);
    return !usage;
}

static void print_table(const sweep *s)
{
    for (uint32_t k = 0; k < s->naxes; k++)
        printf("%-14s", s->axis[k].name);
    printf("%8s%14s%14s\n", "cores", "us a step", "nJ a step");
    for (uint32_t i = 0; i < s->npoints; i++) {
        const sweep_point *p = &s->point[i];
        for (uint32_t k = 0; k < s->naxes; k++)
            printf("%-14s", p->value[k]);
        if (p->fits)
            printf("%8" PRIu32 "%14.4g%14.4g\n", p->cores, p->us_a_step, p->nj_a_step);
        else
            puts("  does not fit");
    }
}

static void write_header(const sweep *s)
{
    for (uint32_t k = 0; k < s->naxes; k++)
        fprintf(s->csv, "%s,", s->axis[k].name);
    fputs("fits,cores,spikes,synaptic_events,messages,time_s,us_a_step,energy_j,problem\n", s->csv);
}

static bool write_plot(const sweep *s, outdir *dir, hmn_diag *d)
{
    const char *name[MAX_NAMES], *path = outdir_file(dir, "sweep.svg", d);
    FILE *f = fopen(path, "w");
    for (uint32_t k = 0; k < s->naxes; k++)
        name[k] = s->axis[k].name;
    if (f)
        sweep_plot(name, s->naxes, s->point, s->npoints, f);
    bool ok = f && !ferror(f);
    ok &= f && fclose(f) == 0;
    if (!ok)
        diag_report(d, DIAG_FILE_WRITE, (hmn_span){0}, "cannot write '%s': %s", path, strerror(errno));
    return ok;
}

static int sweep_all(sweep *s, outdir *dir, hmn_diag *d)
{
    const char *path = outdir_file(dir, "sweep.csv", d);
    s->csv = fopen(path, "w");
    if (!s->csv) {
        diag_report(d, DIAG_FILE_WRITE, (hmn_span){0}, "cannot write '%s': %s", path, strerror(errno));
        return EXIT_IO;
    }
    bool ok = true;
    write_header(s);
    for (uint32_t i = 0; ok && i < s->npoints && !interrupt_seen(); i++)
        ok = one_point(s, i);
    bool written = !ferror(s->csv);
    written &= fclose(s->csv) == 0;
    if (!ok)
        return EXIT_USAGE;
    if (interrupt_seen()) {
        fputs("hmn: interrupted; nothing was written\n", stderr);
        return EXIT_INTERRUPTED;
    }
    if (!written)
        diag_report(d, DIAG_FILE_WRITE, (hmn_span){0}, "cannot write '%s'", path);
    return written && write_plot(s, dir, d) && outdir_commit(dir, d) ? EXIT_OK : EXIT_IO;
}

static int run(const command_line *c)
{
    sweep s = {.line = c, .arena = arena_new(0)};
    hmn_diag *d = diag_new();
    outdir dir = {0};
    int status = EXIT_USAGE;
    const char *out = command_value(c, "out");
    if (!out)
        fputs("hmn: say where to write with --out DIR\n", stderr);
    else if (read_axes(&s) && command_number(c, "steps", 1, UINT32_MAX - 1, &s.steps)) {
        status = EXIT_IO;
        s.point = ARENA_NEW(s.arena, sweep_point, s.npoints);
        interrupt_catch();
        if (outdir_begin(&dir, out, "sweep.csv", s.arena, d))
            status = sweep_all(&s, &dir, d);
        if (status == EXIT_OK && !command_flag(c, "quiet"))
            print_table(&s);
        if (status != EXIT_OK)
            outdir_abandon(&dir);
        source_print(d, c);
    }
    diag_free(d);
    arena_free(s.arena);
    return status;
}

static const command_option options[] = {
    {"over", 0, "NAME=V,V,...", "values of a parameter of the network; may be repeated, every combination is run"},
    {"target", 't', "TARGET", "chip to emulate (default: the network's target.chip)"},
    {"steps", 'n', "N", "steps of every run (default: the network's run.duration)"},
    {"timing", 0, "fast|cycle", "model of time and energy (default fast)"},
    {"costs", 0, "PROFILE", "what operations cost, as for hmn run"},
    {"out", 'o', "DIR", "folder to write sweep.csv and sweep.svg into; replaced only if empty or an earlier sweep"},
    {NULL, 0, NULL, NULL},
};

const command command_sweep = {
    .name = "sweep",
    .summary = "runs a network over values of its parameters",
    .synopsis = "--over NAME=V,V,... [OPTION ...] -o DIR NET.yaml",
    .description =
        "Compiles and runs the network once for each combination of values, with a model of time and energy, and "
        "writes a table (sweep.csv) and a plot (sweep.svg) of time, energy and cores. Parameters are those of the "
        "network's parameters: block and may stand anywhere in it, also in target.machine and target.costs "
        "(docs/timing.md), so sizes of meshes, memories and costs are explored like anything else. What does not fit "
        "stands in the table with the reason.",
    .examples = "hmn sweep models/basics/machine.yaml --over per_core=25,50,100,200 --over tiles=2,4,8 -o out/sweep",
    .option = options,
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
