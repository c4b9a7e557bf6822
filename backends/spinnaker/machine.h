/* The machine that a network asks for, and where its cores may go. */
#ifndef HMN_SPINNAKER_MACHINE_H
#define HMN_SPINNAKER_MACHINE_H

#include "backends/spinnaker/geometry.h"
#include "core/chip.h"

/* target.chips: up to 4 a SpiNN-3 board, up to 48 a SpiNN-5 board, more as many boards as it takes. Not given: one
 * SpiNN-5 board. Its faults are those of target.dead_chips, dead_links and dead_cores. */
spin_shape spin_shape_for(const hmn_net *net, hmn_arena *a);
spin_fault spin_fault_of(const net_fault *f);

/* chip->sites: chips nearest to chip (0, 0) first, target.chips of them at most. */
bool spin_sites(const hmn_net *net, hmn_arena *a, hmn_sites *out, hmn_diag *d);

#endif
