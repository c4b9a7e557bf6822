/* Pictures from DOT text: the one door to Graphviz. */
#ifndef HMN_TOOLS_DOT_H
#define HMN_TOOLS_DOT_H

#include "core/base/diag.h"

#include <stdbool.h>
#include <stddef.h>

/* Writes `text` to `path` by its ending: .dot and .gv as it is; .svg, .pdf, .png drawn by the program `dot`.
 * The file appears whole or not at all. False after a report. */
bool dot_write(const char *text, size_t length, const char *path, hmn_diag *d);

/* Is the ending of `path` one that dot_write knows? */
bool dot_knows(const char *path);

#endif
