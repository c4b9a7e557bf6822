/* A network, chip or reference, that plays its task and whose spikes are written down; for the parts of hmn verify. */
#ifndef HMN_TOOLS_VERIFY_RUNNER_H
#define HMN_TOOLS_VERIFY_RUNNER_H

#include "core/machine/machine.h"
#include "core/reference/reference.h"
#include "tools/tasking.h"
#include "tools/verify.h"

/* One of two runs side by side: its own environment, its own log. */
typedef struct {
    hmn_sim *sim;
    task_loop loop; /* task NULL: none */
    bool frozen;    /* whatever the task says, nothing is learned */
    compare_log *log;
} verify_side;

bool runner_new(verify_side *r, source *s, hmn_sim *sim, bool frozen, compare_log *log);

/* A step, its spikes written down; false: the task is over. */
bool runner_step(verify_side *r, hmn_arena *a);

hmn_machine *runner_boot(source *s);
reference_options runner_options(const source *s, bool grid);
hmn_graph *runner_static_graph(const hmn_graph *g,
                               hmn_arena *a); /* the graph without learning rules, but for what their spikes count */

/* verify_exact.c: chip and restated network in step, learning too where it is restated. False after a report. */
bool verify_exact(source *s, const hmn_graph *restated, verification *v, compare_log *chip, compare_log *quantised);
/* verify_spin.c: the same on target spinnaker, where v->restated tells whether there was a comparison. */
bool verify_spin(source *s, verification *v, compare_log *chip, compare_log *restated);

#endif
