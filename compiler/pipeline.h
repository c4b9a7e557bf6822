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

/* Runs passes up to and including `last` (NULL: all). `seconds`, when not NULL, receives each pass's time. */
bool pipeline_run(hmn_unit *u, const char *last, double *seconds);

#endif
