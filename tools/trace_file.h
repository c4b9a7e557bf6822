/* A time line of a timed run for Perfetto and chrome://tracing. */
#ifndef HMN_TOOLS_TRACE_FILE_H
#define HMN_TOOLS_TRACE_FILE_H

#include "core/timing/timing.h"

#include <stdio.h>

/* Which steps are written: first..last, both included. */
typedef struct {
    uint32_t first, last;
} timeline_range;

/* Trace events in JSON: a process a chip, a thread a core, and slices: send (and update), receive, learn, barrier. */
typedef struct {
    FILE *out;
    timeline_range range;
    uint32_t ncores;
    uint32_t *chip; /* [ncores] */
    uint64_t now_ps;
    bool any;
} trace_file;

void trace_begin(trace_file *t, FILE *out, timeline_range range, const hmn_image *image, const hmn_chip *chip,
                 hmn_arena *a);
void trace_step(trace_file *t, const timing_step *s, const timing_span *span);
void trace_end(trace_file *t);

#endif
