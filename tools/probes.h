/* What probes record, into probes/NAME.npy: a row a sample, a column for each neuron, synapse or modulator. */
#ifndef HMN_TOOLS_PROBES_H
#define HMN_TOOLS_PROBES_H

#include "tools/record.h"

typedef struct probe_set probe_set;

/* Opens a file for every probe but those of spikes. With errors reported, some of them may be open. */
probe_set *probes_open(const record_subject *s, outdir *dir, hmn_arena *a, hmn_diag *d);
void probes_sample(probe_set *p, uint32_t step); /* those whose turn it is */
bool probes_close(probe_set *p, hmn_diag *d);    /* false after a report */

#endif
