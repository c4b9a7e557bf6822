/* Tasks: environments that close the loop around a network, on a chip or on the reference alike.
 *
 *   task_loop l = ...; while (task_before(&l, sim)) { begin; read spikes; task_after(&l, sim); end; }
 *
 * A task sees populations and modulators by name, injects spikes of source populations, reads spikes and sets
 * modulators; it cannot reach weights. tasks.def lists all tasks. */
#ifndef HMN_MODELS_TASKS_TASK_H
#define HMN_MODELS_TASKS_TASK_H

#include "core/base/arena.h"
#include "core/base/diag.h"
#include "core/sim.h"

#include <stdbool.h>
#include <stdint.h>

/* A key of the network's task: block. fallback NULL: must be given. */
typedef struct {
    const char *key, *fallback, *meaning;
} task_setting;

typedef struct {
    const char *key, *value;
    hmn_span at; /* of the value, when the network's text is at hand */
} task_given;

typedef struct {
    const char *name;
    uint32_t first, size; /* global neuron indices */
    bool source;
} task_population;

/* What a task is opened with. */
typedef struct {
    const char *folder; /* where relative paths begin, else the current folder */
    const task_given *given;
    uint32_t ngiven;
    const task_population *population;
    uint32_t npopulations;
    const char *const *signal; /* of each modulator, "task.NAME"; "" when it has none */
    uint32_t nmodulators;
    uint64_t seed;
} task_setup;

typedef struct {
    const char *name;
    double value;
} task_number;

/* A table of results; columns NULL: a square matrix of counts without a heading. */
typedef struct {
    const char *name;
    const char *const *column;
    const double *value; /* [rows * columns] */
    uint32_t rows, columns;
} task_table;

/* number[0] is the score: what is averaged over seeds. */
typedef struct {
    const task_number *number;
    uint32_t nnumbers;
    const task_table *table;
    uint32_t ntables;
} task_results;

typedef struct {
    const char *name, *summary;
    const char *network;         /* file in models/ that it is run with by default */
    const task_setting *setting; /* ends with key NULL */
    /* State of one run, in the arena; NULL after a report. */
    void *(*open)(const task_setup *s, hmn_arena *a, hmn_diag *d);
    bool (*reset)(void *run, hmn_sim *sim);   /* begins the next trial; false: the task is over */
    void (*observe)(void *run, hmn_sim *sim); /* before the step: input spikes */
    bool (*act)(void *run, hmn_sim *sim);     /* after the neurons: reads spikes, sets modulators; true: trial over */
    void (*results)(const void *run, task_results *out, hmn_arena *a);
} hmn_task;

const hmn_task *const *task_list(uint32_t *count);
const hmn_task *task_find(const char *name); /* NULL: none */

/* Whether all settings given are the task's and none is missing. False after a report. */
bool task_check(const hmn_task *t, const task_setup *s, hmn_arena *a, hmn_diag *d);

typedef struct {
    const hmn_task *task;
    void *run;
    bool in_trial;
} task_loop;

/* Opens a run. False after a report. */
bool task_open(task_loop *l, const hmn_task *task, const task_setup *s, hmn_arena *a, hmn_diag *d);
bool task_before(task_loop *l, hmn_sim *sim); /* false: the task is over, do not step */
void task_after(task_loop *l, hmn_sim *sim);
bool task_step(task_loop *l, hmn_sim *sim); /* a whole step; false: the task is over */

/* ---- for tasks ---- */
/* A given setting, else its fallback; NULL when there is neither. */
const char *task_text(const hmn_task *t, const task_setup *s, const char *key);
/* The same as a whole number in low..high. False after a report. */
bool task_whole(const hmn_task *t, const task_setup *s, const char *key, uint32_t low, uint32_t high, uint32_t *out,
                hmn_diag *d);
/* The same as a real number. */
bool task_real(const hmn_task *t, const task_setup *s, const char *key, double low, double high, double *out,
               hmn_diag *d);
/* The same as one of the words, which end with NULL: its number. */
bool task_word(const hmn_task *t, const task_setup *s, const char *key, const char *const *words, uint32_t *out,
               hmn_diag *d);
/* A population named by a setting; source: must be one whose spikes come from outside. NULL after a report. */
const task_population *task_part(const hmn_task *t, const task_setup *s, const char *key, bool source, hmn_diag *d);
/* The modulator fed by `signal`. False after a report. */
bool task_modulator(const hmn_task *t, const task_setup *s, const char *signal, uint32_t *out, hmn_diag *d);
/* The modulator fed by `signal`, TASK_NO_SIGNAL when there is none: for signals that a network may do without. */
enum { TASK_NO_SIGNAL = UINT32_MAX };
uint32_t task_listener(const task_setup *s, const char *signal);
/* A path of a setting: absolute, or found in the network's folder, or in the current one. */
const char *task_path(const task_setup *s, const char *text, hmn_arena *a);

#endif
