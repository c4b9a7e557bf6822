/* Writes what a run does: spikes of every population, probes, final weights. */
#ifndef HMN_TOOLS_RECORD_H
#define HMN_TOOLS_RECORD_H

#include "core/machine/machine.h"
#include "core/reference/reference.h"
#include "tools/layout.h"
#include "tools/outdir.h"

/* What is running: exactly one of machine and reference. */
typedef struct {
    const layout *net;
    hmn_sim *sim;
    const hmn_machine *machine;
    const hmn_reference *reference;
    const hmn_graph *graph; /* of the reference */
} record_subject;

typedef struct recorder recorder;

/* Opens all files in `dir`. NULL after a report (also when a probe asks for what the target cannot tell). */
recorder *record_begin(const record_subject *s, outdir *dir, hmn_arena *a, hmn_diag *d);
void record_spikes(recorder *r, const uint32_t *neuron, uint32_t count, uint32_t step); /* after begin */
void record_probes(recorder *r, uint32_t step);                                         /* after end   */
/* Writes the weights and closes all files. False after a report. */
bool record_end(recorder *r, hmn_diag *d);
/* Closes all files as they are: the run came to nothing. */
void record_abandon(recorder *r, hmn_diag *d);

/* The final weights alone, as FOLDER/PROJECTION.npy. False after a report. */
bool record_weights(const record_subject *s, outdir *dir, const char *folder, hmn_arena *a, hmn_diag *d);

#endif
