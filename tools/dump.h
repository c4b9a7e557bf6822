/* A representation as text, after the pass that made it: hmn compile --dump PASS. */
#ifndef HMN_TOOLS_DUMP_H
#define HMN_TOOLS_DUMP_H

#include "tools/source.h"

/* `pass` has run on s->unit. */
void dump_after(const source *s, const char *pass, FILE *out);

#endif
