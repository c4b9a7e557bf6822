/* What all tasks share: the list, settings with their checks, and the loop. Takes the settings of a network's task:
 * block as text, yields numbers, populations and modulators, or reports that name the setting, its range and what
 * there is. */
#include "models/tasks/task.h"

#include "core/base/bug.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const hmn_span nowhere = {0, 0, 0, 0};

#define TASK(name) extern const hmn_task task_##name;
#include "models/tasks/tasks.def"
#undef TASK

#define TASK(name) &task_##name,
static const hmn_task *const tasks[] = {
#include "models/tasks/tasks.def"
};
#undef TASK

const hmn_task *const *task_list(uint32_t *count)
{
    *count = (uint32_t)(sizeof tasks / sizeof *tasks);
    return tasks;
}

const hmn_task *task_find(const char *name)
{
    for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++)
        if (strcmp(tasks[i]->name, name) == 0)
            return tasks[i];
    return NULL;
}

/* ---- settings ---- */

static const task_setting *find_setting(const hmn_task *t, const char *key)
{
    const task_setting *k = t->setting;
    while (k->key && strcmp(k->key, key) != 0)
        k++;
    return k->key ? k : NULL;
}

static const task_given *given(const task_setup *s, const char *key)
{
    for (uint32_t i = s->ngiven; i-- > 0;)
        if (strcmp(s->given[i].key, key) == 0)
            return &s->given[i];
    return NULL;
}

static hmn_span place(const task_setup *s, const char *key)
{
    const task_given *g = given(s, key);
    return g ? g->at : nowhere;
}

bool task_check(const hmn_task *t, const task_setup *s, hmn_arena *a, hmn_diag *d)
{
    uint32_t before = diag_errors(d);
    const char *known = "";
    for (const task_setting *k = t->setting; k->key; k++)
        known = arena_printf(a, "%s%s%s", known, *known ? ", " : "", k->key);
    for (uint32_t i = 0; i < s->ngiven; i++)
        if (strcmp(s->given[i].key, "type") != 0 && !find_setting(t, s->given[i].key)) {
            diag_report(d, DIAG_KEY_UNKNOWN, s->given[i].at, "task %s has no setting '%s'", t->name, s->given[i].key);
            diag_cure(d, "its settings are %s", known);
        }
    for (const task_setting *k = t->setting; k->key; k++)
        if (!k->fallback && !given(s, k->key)) {
            diag_report(d, DIAG_KEY_MISSING, nowhere, "task %s needs the setting '%s'", t->name, k->key);
            diag_cure(d, "add to task: %s: %s", k->key, k->meaning);
        }
    return diag_errors(d) == before;
}

const char *task_text(const hmn_task *t, const task_setup *s, const char *key)
{
    const task_setting *k = find_setting(t, key);
    HMN_ASSERT(k != NULL);
    const task_given *g = given(s, key);
    return g ? g->value : k->fallback;
}

/* A setting as a number; false when it is none or lies outside. */
static bool number_of(const hmn_task *t, const task_setup *s, const char *key, double low, double high, double *out)
{
    const char *text = task_text(t, s, key);
    char *end = NULL;
    errno = 0;
    *out = text ? strtod(text, &end) : 0;
    return text && end != text && !*end && !errno && *out >= low && *out <= high;
}

static void refuse_setting(const hmn_task *t, const task_setup *s, const char *key, hmn_diag *d)
{
    const char *text = task_text(t, s, key);
    diag_report(d, DIAG_VALUE_RANGE, place(s, key), "task %s: %s is '%s'", t->name, key, text ? text : "");
}

bool task_whole(const hmn_task *t, const task_setup *s, const char *key, uint32_t low, uint32_t high, uint32_t *out,
                hmn_diag *d)
{
    double v;
    if (!number_of(t, s, key, low, high, &v) || v != (double)(uint32_t)v) {
        refuse_setting(t, s, key, d);
        diag_cure(d, "give a whole number from %u to %u: %s", low, high, find_setting(t, key)->meaning);
        return false;
    }
    *out = (uint32_t)v;
    return true;
}

bool task_real(const hmn_task *t, const task_setup *s, const char *key, double low, double high, double *out,
               hmn_diag *d)
{
    if (number_of(t, s, key, low, high, out))
        return true;
    refuse_setting(t, s, key, d);
    diag_cure(d, "give a number from %g to %g: %s", low, high, find_setting(t, key)->meaning);
    return false;
}

bool task_word(const hmn_task *t, const task_setup *s, const char *key, const char *const *words, uint32_t *out,
               hmn_diag *d)
{
    const char *text = task_text(t, s, key);
    for (*out = 0; text && words[*out]; ++*out)
        if (strcmp(words[*out], text) == 0)
            return true;
    refuse_setting(t, s, key, d);
    diag_cure(d, "%s", find_setting(t, key)->meaning);
    return false;
}

const task_population *task_part(const hmn_task *t, const task_setup *s, const char *key, bool source, hmn_diag *d)
{
    const char *name = task_text(t, s, key);
    for (uint32_t i = 0; name && i < s->npopulations; i++) {
        const task_population *p = &s->population[i];
        if (strcmp(p->name, name) != 0)
            continue;
        if (!source || p->source)
            return p;
        diag_report(d, DIAG_NET_CONFLICT, place(s, key), "task %s: population '%s' (%s) is not a source", t->name, name,
                    key);
        diag_cure(d, "give it the model spike_source");
        return NULL;
    }
    diag_report(d, DIAG_NAME_UNKNOWN, place(s, key), "task %s: there is no population '%s' (%s)", t->name,
                name ? name : "", key);
    diag_cure(d, "name one of the network's populations: %s", find_setting(t, key)->meaning);
    return NULL;
}

uint32_t task_listener(const task_setup *s, const char *signal)
{
    for (uint32_t k = 0; k < s->nmodulators; k++)
        if (strcmp(s->signal[k], signal) == 0)
            return k;
    return TASK_NO_SIGNAL;
}

bool task_modulator(const hmn_task *t, const task_setup *s, const char *signal, uint32_t *out, hmn_diag *d)
{
    *out = task_listener(s, signal);
    if (*out != TASK_NO_SIGNAL)
        return true;
    diag_report(d, DIAG_NAME_UNKNOWN, nowhere, "task %s: no modulator is fed by %s", t->name, signal);
    diag_cure(d, "add to neuromodulators one with source: {signal: %s}", signal);
    return false;
}

const char *task_path(const task_setup *s, const char *text, hmn_arena *a)
{
    if (text[0] == '/' || !s->folder)
        return text;
    const char *beside = arena_printf(a, "%s/%s", s->folder, text);
    return access(beside, F_OK) == 0 || access(text, F_OK) != 0 ? beside : text;
}

/* ---- loop ---- */

bool task_open(task_loop *l, const hmn_task *task, const task_setup *s, hmn_arena *a, hmn_diag *d)
{
    *l = (task_loop){.task = task};
    if (task_check(task, s, a, d))
        l->run = task->open(s, a, d);
    return l->run != NULL;
}

bool task_before(task_loop *l, hmn_sim *sim)
{
    if (!l->in_trial && !l->task->reset(l->run, sim))
        return false;
    l->in_trial = true;
    l->task->observe(l->run, sim);
    return true;
}

void task_after(task_loop *l, hmn_sim *sim)
{
    if (l->task->act(l->run, sim))
        l->in_trial = false;
}

bool task_step(task_loop *l, hmn_sim *sim)
{
    if (!task_before(l, sim))
        return false;
    sim->ops->begin(sim);
    task_after(l, sim);
    sim->ops->end(sim);
    return true;
}
