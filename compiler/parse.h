/* One YAML text to a tree, without its includes. Internal to the parse pass. */
#ifndef HMN_COMPILER_PARSE_H
#define HMN_COMPILER_PARSE_H

#include "compiler/doc.h"
#include "core/base/arena.h"

#include <stddef.h>

enum { PARSE_MAX_DEPTH = 64, PARSE_MAX_NODES = 8 << 20, PARSE_MAX_EXPANDED = 16 << 20 };

/* The root node, or NULL after a report. `nodes` counts the nodes made so far by this compilation.
 * The texts of the tree lie in the arena. */
const doc_node *parse_text(hmn_arena *a, hmn_diag *d, const char *name, const char *text, size_t length,
                           uint32_t *nodes);

#endif
