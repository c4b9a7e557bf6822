/* Runs vector files: each case becomes a network, is compiled, booted from its image and stepped, and every spike and
 * register is compared. */
#ifndef HMN_TOOLS_CONFORMANCE_H
#define HMN_TOOLS_CONFORMANCE_H

#include "core/base/diag.h"
#include "tools/json_out.h"

#include <stdint.h>
#include <stdio.h>

typedef struct {
    uint64_t passed, failed;
    const char *emit; /* folder for the networks as YAML; NULL: not written */
    FILE *out;        /* a line a failure; NULL: none */
    json_out *json;   /* an array, an object a failure; NULL: none */
} conformance;

/* All cases of a file. What is wrong with the file itself is reported; a case that cannot be run has failed. */
void conformance_file(conformance *c, const char *path, hmn_diag *d);

#endif
