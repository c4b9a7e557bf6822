/* What sPyNNaker's programs read beside the regions of the network (docs/export-spinnaker.md): the emulator has no use
 * for it, a board does. */
#ifndef HMN_SPINNAKER_SYSTEM_H
#define HMN_SPINNAKER_SYSTEM_H

#include "backends/spinnaker/core.h"
#include "backends/spinnaker/dse.h"

/* Numbers of regions, of neuron programs; a relay has SYSTEM_CONTROL and SYSTEM_RELAY_PROVENANCE. */
enum {
    SYSTEM_CONTROL = 0,
    SYSTEM_RELAY_PROVENANCE = 2,
    SYSTEM_WHAT_TO_RECORD = 9,
    SYSTEM_PROVENANCE = 10,
    SYSTEM_PROFILER = 11,
    SYSTEM_FILTERS = 14,
    SYSTEM_RECORDING = 15,
    SYSTEM_INITIAL = 16
};

/* Variables that a neuron program can record, and its channels: v, two inputs, spikes; packets of each step. */
enum { SYSTEM_VARIABLES = 3, SYSTEM_BITS = 1, SYSTEM_CHANNELS = 5 };

/* The program that a core runs, without ".aplx"; NULL: commit f905ce88 builds none. */
const char *spin_binary(const spin_rom *r, hmn_arena *a);

/* Adds the regions that a core's program reads. */
void spin_system_regions(const hmn_image *m, uint32_t core, const spin_rom *r, const char *binary,
                         dse_region region[DSE_REGIONS], hmn_arena *a);

#endif
