/* chip->lower and chip->check. */
#ifndef HMN_BACKENDS_LOIHI_LOWER_H
#define HMN_BACKENDS_LOIHI_LOWER_H

#include "core/chip.h"

extern const hmn_limits loihi_limits, loihi_most;

bool loihi_lower(const hmn_mapping *m, uint32_t core, image_writer *out, hmn_arena *scratch, hmn_diag *d);
bool loihi_check(const hmn_core_view *v, hmn_diag *d);

#endif
