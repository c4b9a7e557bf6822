/* A time line of a timed run for GTKWave. */
#ifndef HMN_TOOLS_VCD_FILE_H
#define HMN_TOOLS_VCD_FILE_H

#include "tools/trace_file.h"

/* VCD: of chosen cores a wire for each activity, and u, v and a spike wire of every compartment. Registers are kept
 * after each step until the model has timed it, so at most timing's own batch of steps. */
enum { VCD_MAX_CORES = 32 };

typedef struct {
    FILE *out;
    timeline_range range;
    const hmn_machine *machine;
    hmn_arena *arena;
    uint32_t core[VCD_MAX_CORES], ncores;
    uint32_t values;        /* registers of a step: u, v, fired of each compartment, core by core */
    int32_t *kept, *before; /* [nkept * values]; [values] as last written */
    uint32_t nkept, room;
    uint64_t now_ps, last_ps; /* begin of the step; time that was written last */
    bool any;                 /* a time was written */
} vcd_file;

void vcd_begin(vcd_file *v, FILE *out, timeline_range range, const hmn_machine *m, hmn_arena *a);
void vcd_fired(vcd_file *v); /* between begin and end of every step */
void vcd_keep(vcd_file *v);  /* after its end */
void vcd_step(vcd_file *v, const timing_step *s, const timing_span *span);
void vcd_end(vcd_file *v);

#endif
