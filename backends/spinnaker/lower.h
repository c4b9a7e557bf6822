/* chip->lower. */
#ifndef HMN_SPINNAKER_LOWER_H
#define HMN_SPINNAKER_LOWER_H

#include "core/chip.h"

bool spin_lower(const hmn_mapping *m, uint32_t core, image_writer *out, hmn_arena *scratch, hmn_diag *d);

/* Currents that the host asks for, as region CURRENT_SOURCES; NULL and *nwords 0 when none reaches the slice. */
uint32_t *spin_lower_currents(const hmn_qnet *q, const hmn_slice *s, uint32_t *nwords, hmn_arena *scratch, hmn_diag *d);

#endif
