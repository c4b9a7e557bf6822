/* chip->usage. Cores of source populations count neurons alone. What depends on how other populations are cut is taken
 * at its largest: one block of rows for each source core that 256 neurons fill. */
#ifndef HMN_SPINNAKER_USAGE_H
#define HMN_SPINNAKER_USAGE_H

#include "core/chip.h"

void spin_usage(const hmn_qnet *q, const hmn_slice *slice, uint32_t nslices, hmn_usage *out);

#endif
