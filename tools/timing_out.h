/* The model of time and energy beside a run: what --timing asks for, and the files it writes. */
#ifndef HMN_TOOLS_TIMING_OUT_H
#define HMN_TOOLS_TIMING_OUT_H

#include "core/base/diag.h"
#include "core/timing/timing.h"
#include "tools/cli.h"
#include "tools/outdir.h"
#include "tools/vcd_file.h"

#include <stdio.h>

typedef struct {
    timing_mode mode;
    cost_table costs;
    hmn_timing *timing; /* NULL: off */
    FILE *steps, *late; /* timing/steps.csv and late.csv; NULL: not written */
    uint32_t ncores;
    /* time lines: --trace, --vcd; out NULL: not written */
    const char *trace_path, *vcd_path;
    timeline_range range;
    trace_file trace;
    vcd_file vcd;
} timing_run;

/* Reads --timing, --costs, --trace, --vcd, --vcd-cores and --trace-steps. False after a message: wrong usage. */
bool timing_options_read(timing_run *t, const command_line *c, const hmn_chip *chip);

/* Begins to watch. dir NULL: nothing is written. False after a report, or after a message of wrong usage. */
bool timing_run_begin(timing_run *t, const hmn_machine *m, const hmn_image *image, const hmn_chip *chip,
                      uint32_t threads, outdir *dir, hmn_arena *a, hmn_diag *d);

void timing_run_after_begin(timing_run *t); /* of every step */
void timing_run_after_end(timing_run *t);

/* Sums up and writes the time lines and timing/cores.csv, links.csv and
 * heat.svg. False after a report. */
bool timing_run_end(timing_run *t, const hmn_image *image, const hmn_chip *chip, outdir *dir, hmn_diag *d);
void timing_run_abandon(timing_run *t); /* closes what is open; time lines are removed */

#endif
