/* Networks of SANA-FE (its YAML, as of commit 8951ab0) as networks of this project. */
#ifndef HMN_TOOLS_IMPORT_SANAFE_H
#define HMN_TOOLS_IMPORT_SANAFE_H

#include "core/base/arena.h"
#include "core/base/diag.h"
#include "tools/outdir.h"

/* Reads the network and, when it is not NULL, the architecture; writes network.yaml and its connection files into the
 * folder. False after a report. */
bool import_sanafe(const char *network, const char *architecture, outdir *dir, hmn_arena *a, hmn_diag *d);

#endif
