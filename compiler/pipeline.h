/* Runs the compiler. */
#ifndef HMN_COMPILER_PIPELINE_H
#define HMN_COMPILER_PIPELINE_H

#include "compiler/unit.h"

typedef struct {
    const char *name;
    bool (*run)(hmn_unit *u);
    uint32_t needs, makes;
    const char *meaning;
} pipeline_pass;

/* The passes in order; ends with name == NULL. */
const pipeline_pass *pipeline_passes(void);

/* Runs the passes that the unit has not been through yet, up to and including `last` (NULL: all). `seconds`, when
 * not NULL, receives the time of each pass that ran. */
bool pipeline_run(hmn_unit *u, const char *last, double *seconds);

#endif
