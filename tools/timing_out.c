/* Files of the timing model. Takes its steps as they come, yields timing/steps.csv, and from the totals
 * timing/cores.csv, timing/links.csv and the map of cores and links timing/heat.svg. Numbers are written from
 * integers, so files are the same bytes on every machine: times in ns with three digits, energies in pJ with three. */
#include "tools/timing_out.h"

#include "tools/heat.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static bool find_profile(timing_run *t, const char *name, const hmn_chip *chip)
{
    const chip_timing *c = chip->timing;
    for (uint32_t i = 0; i < c->nprofiles; i++)
        if (!name || strcmp(c->profile[i]->name, name) == 0) {
            t->costs = cost_lay_out(c->profile[i]);
            return true;
        }
    fprintf(stderr, "hmn: --costs %s: no such profile of %s, which has", name, chip->name);
    for (uint32_t i = 0; i < c->nprofiles; i++)
        fprintf(stderr, "%s %s", i ? "," : "", c->profile[i]->name);
    fputc('\n', stderr);
    return false;
}

static bool no_time_lines(const command_line *c)
{
    static const char *const options[] = {"trace", "vcd", "vcd-cores", "trace-steps", "costs"};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (command_value(c, options[i])) {
            fprintf(stderr, "hmn: --%s needs --timing fast or --timing cycle\n", options[i]);
            return false;
        }
    return true;
}

/* "0,3,17" */
static bool read_cores(timing_run *t, const char *text)
{
    for (const char *p = text; *p;) {
        char *end;
        unsigned long core = strtoul(p, &end, 10);
        if (end == p || core > UINT32_MAX || (*end && *end != ',') || t->vcd.ncores == VCD_MAX_CORES) {
            fprintf(stderr, "hmn: --vcd-cores %s: takes at most %d numbers of cores, as in 0,3\n", text, VCD_MAX_CORES);
            return false;
        }
        t->vcd.core[t->vcd.ncores++] = (uint32_t)core;
        p = *end ? end + 1 : end;
    }
    return true;
}

static bool time_lines(timing_run *t, const command_line *c)
{
    const char *steps = command_value(c, "trace-steps"), *cores = command_value(c, "vcd-cores");
    char rest;
    t->trace_path = command_value(c, "trace");
    t->vcd_path = command_value(c, "vcd");
    t->range = (timeline_range){0, 99};
    if (steps && (sscanf(steps, "%" SCNu32 ":%" SCNu32 "%c", &t->range.first, &t->range.last, &rest) != 2 ||
                  t->range.first > t->range.last)) {
        fprintf(stderr, "hmn: --trace-steps %s: takes FIRST:LAST, as in 100:199\n", steps);
        return false;
    }
    if (cores)
        return read_cores(t, cores);
    t->vcd.ncores = 1;
    return true;
}

bool timing_options_read(timing_run *t, const command_line *c, const hmn_chip *chip)
{
    static const char *const names[] = {"off", "fast", "cycle"};
    const char *mode = command_value(c, "timing"), *costs = command_value(c, "costs");
    size_t k = 0;
    while (mode && k < 3 && strcmp(mode, names[k]) != 0)
        k++;
    if (k == 3) {
        fprintf(stderr, "hmn: --timing %s: takes off, fast or cycle\n", mode);
        return false;
    }
    t->mode = (timing_mode)k;
    if (t->mode == TIMING_OFF)
        return no_time_lines(c);
    if (!chip || !chip->timing) {
        fprintf(stderr, "hmn: --timing %s: time and energy of %s are not modelled; --timing off works\n", mode,
                chip ? chip->name : "the reference");
        return false;
    }
    return find_profile(t, costs, chip) && time_lines(t, c);
}

/* 1234567 as "1234.567". */
static void milli(FILE *f, uint64_t v) { fprintf(f, ",%" PRIu64 ".%03u", v / 1000, (unsigned)(v % 1000)); }

static void core_number(FILE *f, uint32_t core)
{
    if (core == UINT32_MAX)
        fputs(",", f);
    else
        fprintf(f, ",%" PRIu32, core);
}

/* A row a core that has more to do than the tick lasts, or lost spikes: what takes how long. */
static void late_cores(timing_run *t, const timing_step *s, const timing_span *span)
{
    uint64_t tick = timing_tick(t->timing);
    for (uint32_t i = 0; i < t->ncores; i++) {
        uint64_t all = span[i].receive_ps > span[i].send_ps ? span[i].receive_ps : span[i].send_ps;
        if (all <= tick && !span[i].overflow)
            continue;
        fprintf(t->late, "%" PRIu32 ",%" PRIu32, s->step, i);
        milli(t->late, all);
        milli(t->late, all > tick ? all - tick : 0);
        milli(t->late, span[i].neuron_ps);
        milli(t->late, span[i].row_ps);
        milli(t->late, span[i].rule_ps);
        milli(t->late, span[i].memory_ps);
        fprintf(t->late, ",%" PRIu32 ",%" PRIu32 ",%" PRIu32 ",%s\n", span[i].received, span[i].queue, span[i].overflow,
                late_name(span[i].why));
    }
}

static void on_step(void *context, const timing_step *s, const timing_span *span)
{
    timing_run *t = context;
    if (t->trace.out)
        trace_step(&t->trace, s, span);
    if (t->vcd.out)
        vcd_step(&t->vcd, s, span);
    if (t->late && (s->late || s->overflow))
        late_cores(t, s, span);
    if (!t->steps)
        return;
    fprintf(t->steps, "%" PRIu32, s->step);
    milli(t->steps, s->ps);
    milli(t->steps, s->work_ps);
    milli(t->steps, s->learn_ps);
    milli(t->steps, s->manager_ps);
    milli(t->steps, s->barrier_ps);
    for (uint32_t k = 0; k < ENERGY_COUNT; k++)
        milli(t->steps, s->fj[k]);
    fprintf(t->steps, ",%" PRIu64, s->messages);
    core_number(t->steps, s->busiest);
    milli(t->steps, s->busiest_ps);
    fprintf(t->steps, ",%" PRIu32, s->longest_hops);
    core_number(t->steps, s->slowest_from);
    core_number(t->steps, s->slowest_to);
    milli(t->steps, s->slowest_ps);
    fprintf(t->steps, ",%" PRIu32, s->link_flits);
    milli(t->steps, s->blocked_ps);
    if (timing_tick(t->timing))
        fprintf(t->steps, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64, s->late, s->dropped,
                s->reinjected, s->lost, s->overflow);
    fputc('\n', t->steps);
}

static FILE *open_csv(outdir *dir, const char *name, hmn_diag *d)
{
    const char *path = outdir_file(dir, name, d);
    FILE *f = fopen(path, "w");
    if (!f)
        diag_report(d, DIAG_FILE_WRITE, (hmn_span){0}, "cannot write '%s': %s", path, strerror(errno));
    return f;
}

static bool close_csv(FILE *f, const char *name, hmn_diag *d)
{
    bool ok = !ferror(f);
    ok &= fclose(f) == 0;
    if (!ok)
        diag_report(d, DIAG_FILE_WRITE, (hmn_span){0}, "cannot write '%s': %s", name, strerror(errno));
    return ok;
}

/* Time lines are written under a temporary name, which closing them makes final. */
static FILE *open_line(const char *path, hmn_arena *a, hmn_diag *d)
{
    FILE *f = fopen(arena_printf(a, "%s.tmp", path), "w");
    if (!f)
        diag_report(d, DIAG_FILE_WRITE, (hmn_span){0}, "cannot write '%s': %s", path, strerror(errno));
    return f;
}

static bool close_line(FILE *f, const char *path, hmn_diag *d)
{
    hmn_arena *a = arena_new(0);
    const char *temporary = arena_printf(a, "%s.tmp", path);
    bool ok = !ferror(f);
    ok &= fclose(f) == 0;
    ok = ok && rename(temporary, path) == 0;
    if (!ok) {
        diag_report(d, DIAG_FILE_WRITE, (hmn_span){0}, "cannot write '%s': %s", path, strerror(errno));
        remove(temporary);
    }
    arena_free(a);
    return ok;
}

static bool open_time_lines(timing_run *t, const hmn_machine *m, const hmn_image *image, const hmn_chip *chip,
                            hmn_arena *a, hmn_diag *d)
{
    for (uint32_t i = 0; t->vcd_path && i < t->vcd.ncores; i++)
        if (t->vcd.core[i] >= machine_cores(m)) {
            fprintf(stderr,
                    "hmn: --vcd-cores names core %" PRIu32 ", the image has %" PRIu32
                    " cores; hmn inspect lists them\n",
                    t->vcd.core[i], machine_cores(m));
            return false;
        }
    if (t->trace_path) {
        FILE *f = open_line(t->trace_path, a, d);
        if (!f)
            return false;
        trace_begin(&t->trace, f, t->range, image, chip, a);
    }
    if (t->vcd_path) {
        FILE *f = open_line(t->vcd_path, a, d);
        if (!f)
            return false;
        vcd_begin(&t->vcd, f, t->range, m, a);
    }
    return true;
}

static bool close_time_lines(timing_run *t, hmn_diag *d)
{
    bool ok = true;
    if (t->trace.out) {
        trace_end(&t->trace);
        ok &= close_line(t->trace.out, t->trace_path, d);
    }
    if (t->vcd.out) {
        vcd_end(&t->vcd);
        ok &= close_line(t->vcd.out, t->vcd_path, d);
    }
    t->trace.out = t->vcd.out = NULL;
    return ok;
}

void timing_run_after_begin(timing_run *t)
{
    if (!t->timing)
        return;
    timing_begin(t->timing);
    if (t->vcd.out)
        vcd_fired(&t->vcd);
}

void timing_run_after_end(timing_run *t)
{
    if (!t->timing)
        return;
    if (t->vcd.out)
        vcd_keep(&t->vcd); /* before the model may tell of this step */
    timing_end(t->timing);
}

bool timing_run_begin(timing_run *t, const hmn_machine *m, const hmn_image *image, const hmn_chip *chip,
                      uint32_t threads, outdir *dir, hmn_arena *a, hmn_diag *d)
{
    if (t->mode == TIMING_OFF)
        return true;
    if (dir) {
        t->steps = open_csv(dir, "timing/steps.csv", d);
        if (!t->steps)
            return false;
        fputs("step,time_ns,work_ns,learn_ns,manager_ns,barrier_ns", t->steps);
        for (uint32_t k = 0; k < ENERGY_COUNT; k++)
            fprintf(t->steps, ",%s_pj", energy_name((energy_cause)k));
        fputs(",messages,busiest_core,busiest_ns,longest_hops,slowest_from,slowest_to,slowest_ns,link_flits,blocked_ns",
              t->steps);
        fputs(chip->timing->clocked ? ",late,dropped,reinjected,lost,overflow\n" : "\n", t->steps);
    }
    if (!open_time_lines(t, m, image, chip, a, d))
        return false;
    t->ncores = machine_cores(m);
    if (dir && chip->timing->clocked) {
        t->late = open_csv(dir, "timing/late.csv", d);
        if (!t->late)
            return false;
        fputs("step,core,work_ns,over_ns,neurons_ns,rows_ns,learning_ns,memory_ns,spikes_in,queue,overflow,why\n",
              t->late);
    }
    timing_options o = {t->mode, &t->costs, threads, on_step, t};
    t->timing = timing_new(m, image, chip, o, a);
    return true;
}

static bool write_cores(const timing_run *t, const hmn_image *image, const hmn_chip *chip, outdir *dir, hmn_diag *d)
{
    FILE *f = open_csv(dir, "timing/cores.csv", d);
    if (!f)
        return false;
    uint32_t n;
    const timing_core *core = timing_cores(t->timing, &n);
    image_rows sites = image_host(image, HOST_SITES);
    fputs("core,site,chip,x,y,send_ns,receive_ns,learn_ns,blocked_ns,sent,received,energy_pj\n", f);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t site = i < sites.rows ? (uint32_t)image_get(sites, i, 0) : i;
        hmn_place p = chip->place ? chip->place(image, site) : limits_place(chip->limits, site);
        fprintf(f, "%" PRIu32 ",%" PRIu32 ",%" PRIu32 ",%" PRIu32 ",%" PRIu32, i, site, p.chip, p.x, p.y);
        milli(f, core[i].send_ps);
        milli(f, core[i].receive_ps);
        milli(f, core[i].learn_ps);
        milli(f, core[i].blocked_ps);
        fprintf(f, ",%" PRIu64 ",%" PRIu64, core[i].sent, core[i].received);
        milli(f, core[i].fj);
        fputc('\n', f);
    }
    return close_csv(f, "timing/cores.csv", d);
}

static bool write_links(const timing_run *t, outdir *dir, hmn_diag *d)
{
    FILE *f = open_csv(dir, "timing/links.csv", d);
    if (!f)
        return false;
    uint32_t n, width;
    const timing_link *link = timing_links(t->timing, &n);
    timing_tiles(t->timing, &width);
    fputs("from_x,from_y,to_x,to_y,flits\n", f);
    for (uint32_t i = 0; i < n; i++)
        fprintf(f, "%" PRIu32 ",%" PRIu32 ",%" PRIu32 ",%" PRIu32 ",%" PRIu64 "\n", link[i].from % width,
                link[i].from / width, link[i].to % width, link[i].to / width, link[i].flits);
    return close_csv(f, "timing/links.csv", d);
}

bool timing_run_end(timing_run *t, const hmn_image *image, const hmn_chip *chip, outdir *dir, hmn_diag *d)
{
    if (!t->timing)
        return true;
    timing_finish(t->timing);
    if (!close_time_lines(t, d))
        return false;
    if (!dir)
        return true;
    FILE *steps = t->steps;
    t->steps = NULL;
    FILE *late = t->late;
    t->late = NULL;
    if (late && !close_csv(late, "timing/late.csv", d))
        return false;
    if (!close_csv(steps, "timing/steps.csv", d) || !write_cores(t, image, chip, dir, d) || !write_links(t, dir, d))
        return false;
    FILE *f = open_csv(dir, "timing/heat.svg", d);
    if (!f)
        return false;
    heat_map(t->timing, image, chip, f);
    return close_csv(f, "timing/heat.svg", d);
}

static void drop_line(FILE *f, const char *path)
{
    if (!f)
        return;
    hmn_arena *a = arena_new(0);
    fclose(f);
    remove(arena_printf(a, "%s.tmp", path));
    arena_free(a);
}

void timing_run_abandon(timing_run *t)
{
    if (t->steps)
        fclose(t->steps);
    if (t->late)
        fclose(t->late);
    t->late = NULL;
    drop_line(t->trace.out, t->trace_path);
    drop_line(t->vcd.out, t->vcd_path);
    t->steps = t->trace.out = t->vcd.out = NULL;
}
