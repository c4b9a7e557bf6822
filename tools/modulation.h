/* What modulates learning, a line a trial: rates that meta-learning moves, shares of attention over modulators,
 * astrocytes. For the results of tasks. */
#ifndef HMN_TOOLS_MODULATION_H
#define HMN_TOOLS_MODULATION_H

#include "models/tasks/task.h"
#include "tools/record.h"

typedef struct modulation modulation;

/* image: of a machine. */
modulation *modulation_begin(const record_subject *s, const hmn_image *image, hmn_arena *a);
void modulation_step(modulation *m, bool trial_over); /* after end */
/* Columns trial, eta_local, eta_global, gamma_NAME, A_NAME, M_NAME; no rows where a network has nothing of it. With
 * several rules names begin with the rule's or attention's number. */
task_table modulation_table(const modulation *m);

#endif
