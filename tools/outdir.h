/* A folder of results that appears whole or not at all: written under a temporary name beside the final one,
 * then renamed. */
#ifndef HMN_TOOLS_OUTDIR_H
#define HMN_TOOLS_OUTDIR_H

#include "core/base/arena.h"
#include "core/base/diag.h"

#include <stdbool.h>

typedef struct {
    const char *path;      /* where it will be */
    const char *temporary; /* where it is written */
    hmn_arena *arena;
} outdir;

/* Creates the temporary folder, and the folders it lies in. An existing `path` must be empty or hold the file `mark`,
 * which says that it is an earlier result of ours and may be replaced. False after a report. */
bool outdir_begin(outdir *o, const char *path, const char *mark, hmn_arena *a, hmn_diag *d);
/* Path of a file in it; folders on the way are created. */
const char *outdir_file(outdir *o, const char *name, hmn_diag *d);
/* Moves it into place. False after a report; the temporary folder is gone either way. */
bool outdir_commit(outdir *o, hmn_diag *d);
void outdir_abandon(outdir *o);

#endif
