/* The machine and the routing tables that an image holds. */
#ifndef HMN_SPINNAKER_WIRE_H
#define HMN_SPINNAKER_WIRE_H

#include "backends/spinnaker/router.h"
#include "core/ir/image.h"

/* NULL after a report. */
const spin_machine *spin_read_machine(const hmn_image *m, hmn_arena *a, hmn_diag *d);

/* False after a report: out of order, or more than `most` entries on a chip. */
bool spin_read_routers(const hmn_image *m, const spin_machine *machine, uint32_t most, hmn_arena *a, spin_tables *out,
                       hmn_diag *d);

#endif
