/* What the readers of SANA-FE's files share: networks (sanafe_read.c) and architectures (sanafe_arch.c). */
#ifndef HMN_TOOLS_SANAFE_PARTS_H
#define HMN_TOOLS_SANAFE_PARTS_H

#include "compiler/doc.h"
#include "tools/sanafe_read.h"

typedef struct {
    sanafe_net *net;
    hmn_arena *arena;
    hmn_diag *diag;
} sanafe_reader;

/* Each returns false, or NULL, after a report. */
bool sanafe_fail(const sanafe_reader *r, hmn_span at, const char *text, const char *cure);
const doc_node *sanafe_load(const sanafe_reader *r, const char *path);
bool sanafe_number(const sanafe_reader *r, const doc_node *n, const char *what, double *out);
bool sanafe_whole(const sanafe_reader *r, const doc_node *n, const char *what, double low, double high, double *out);

#endif
