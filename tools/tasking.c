/* Binds tasks to networks. Takes an image's host tables, or the net of the reference, yields a task's setup: names of
 * populations, signals of modulators, settings as text, and the folder in which relative paths begin. */
#include "tools/tasking.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *host_text(const hmn_image *m, host_table id, uint64_t row, const char *column)
{
    uint32_t c = schema_find(image_host_table(id), column);
    return image_string(m, (uint64_t)image_get(image_host(m, id), row, c));
}

const char *tasking_name(const source *s)
{
    if (s->reference)
        return s->unit.net->task.s ? s->unit.net->task.s : "";
    return image_host(s->image, HOST_NETWORK).rows ? host_text(s->image, HOST_NETWORK, 0, "task") : "";
}

/* From the network's text when it was read, else from the image. */
static void settings_of(task_setup *t, const source *s)
{
    const hmn_net *net = s->unit.net;
    uint64_t n = net ? net->ntask_settings : image_host(s->image, HOST_SETTINGS).rows;
    task_given *given = ARENA_NEW(s->arena, task_given, n);
    for (uint32_t i = 0; i < n; i++) {
        if (net)
            given[i] = (task_given){net->task_setting[i].key, net->task_setting[i].value, net->task_setting[i].at};
        else
            given[i] = (task_given){host_text(s->image, HOST_SETTINGS, i, "key"),
                                    host_text(s->image, HOST_SETTINGS, i, "value"),
                                    {0, 0, 0, 0}};
    }
    t->given = given;
    t->ngiven = (uint32_t)n;
}

static void signals_of(task_setup *t, const source *s)
{
    t->nmodulators = s->reference ? s->unit.net->nmodulators : (uint32_t)image_host(s->image, HOST_MODULATORS).rows;
    const char **signal = ARENA_NEW(s->arena, const char *, t->nmodulators);
    for (uint32_t i = 0; i < t->nmodulators; i++) {
        const char *name =
            s->reference ? s->unit.net->modulator[i].signal.s : host_text(s->image, HOST_MODULATORS, i, "signal");
        signal[i] = name ? name : "";
    }
    t->signal = signal;
}

static void populations_of(task_setup *t, const layout *net, hmn_arena *a)
{
    task_population *p = ARENA_NEW(a, task_population, net->npopulations);
    for (uint32_t i = 0; i < net->npopulations; i++)
        p[i] = (task_population){net->population[i].name, net->population[i].first, net->population[i].size,
                                 net->population[i].source};
    t->population = p;
    t->npopulations = net->npopulations;
}

bool tasking_open(task_loop *l, const hmn_task *task, const source *s, const layout *net, const char *path,
                  uint64_t seed)
{
    const char *slash = strrchr(path, '/');
    task_setup t = {.folder = slash ? arena_copy_text(s->arena, path, (size_t)(slash - path)) : NULL, .seed = seed};
    settings_of(&t, s);
    signals_of(&t, s);
    populations_of(&t, net, s->arena);
    return task_open(l, task, &t, s->arena, s->diag);
}

/* The task of this name; NULL after a report. */
static const hmn_task *known_task(const source *s, const char *name)
{
    const hmn_task *task = task_find(name);
    if (task)
        return task;
    uint32_t n;
    const hmn_task *const *all = task_list(&n);
    const char *known = "";
    for (uint32_t i = 0; i < n; i++)
        known = arena_printf(s->arena, "%s%s%s", known, i ? ", " : "", all[i]->name);
    diag_report(s->diag, DIAG_NAME_UNKNOWN, s->unit.net ? s->unit.net->task.at : (hmn_span){0, 0, 0, 0},
                "there is no task '%s'", name);
    diag_cure(s->diag, "there are: %s", known);
    return NULL;
}

bool tasking_check(const source *s)
{
    if (!s->unit.net->task.s)
        return true;
    const hmn_task *task = known_task(s, s->unit.net->task.s);
    task_setup t = {.seed = 0};
    settings_of(&t, s);
    return task && task_check(task, &t, s->arena, s->diag);
}

bool tasking_of_network(task_loop *l, const source *s, const layout *net, const char *path, uint64_t seed)
{
    const char *name = tasking_name(s);
    *l = (task_loop){0};
    if (!*name)
        return true;
    const hmn_task *task = known_task(s, name);
    return task && tasking_open(l, task, s, net, path, seed);
}

static void write_table(const task_table *t, FILE *f)
{
    for (uint32_t c = 0; t->column && c < t->columns; c++)
        fprintf(f, "%s%s", t->column[c], c + 1 < t->columns ? "," : "\n");
    for (uint32_t r = 0; r < t->rows; r++)
        for (uint32_t c = 0; c < t->columns; c++)
            fprintf(f, "%.10g%s", t->value[(size_t)r * t->columns + c], c + 1 < t->columns ? "," : "\n");
}

bool tasking_tables(const task_results *r, outdir *dir, const char *folder, hmn_diag *d)
{
    for (uint32_t i = 0; i < r->ntables; i++) {
        const char *path = outdir_file(dir, arena_printf(dir->arena, "%s%s.csv", folder, r->table[i].name), d);
        FILE *f = fopen(path, "w");
        bool good = f != NULL;
        if (f) {
            write_table(&r->table[i], f);
            good = !ferror(f);
            good &= fclose(f) == 0;
        }
        if (!good) {
            diag_report(d, DIAG_FILE_WRITE, (hmn_span){0, 0, 0, 0}, "cannot write '%s': %s", path, strerror(errno));
            return false;
        }
    }
    return true;
}
