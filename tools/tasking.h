/* Binds a task to a loaded network: the same for an image and for the reference. */
#ifndef HMN_TOOLS_TASKING_H
#define HMN_TOOLS_TASKING_H

#include "models/tasks/task.h"
#include "tools/layout.h"
#include "tools/outdir.h"
#include "tools/source.h"

/* Whether the task: block of a network that passed the check is one of a known task. False after a report. */
bool tasking_check(const source *s);

/* The task that the network names, "" when it names none. */
const char *tasking_name(const source *s);

/* Opens `task` with the settings in the network. path: of the network, relative paths begin beside it. False after a
 * report. */
bool tasking_open(task_loop *l, const hmn_task *task, const source *s, const layout *net, const char *path,
                  uint64_t seed);

/* The network's own task, for hmn run. loop->task stays NULL when it names none. False after a report. */
bool tasking_of_network(task_loop *l, const source *s, const layout *net, const char *path, uint64_t seed);

/* Tables of results as FOLDER/NAME.csv. */
bool tasking_tables(const task_results *r, outdir *dir, const char *folder, hmn_diag *d);

#endif
