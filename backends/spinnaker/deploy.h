/* chip->deploy: the files of docs/export-spinnaker.md. */
#ifndef HMN_SPINNAKER_DEPLOY_H
#define HMN_SPINNAKER_DEPLOY_H

#include "core/chip.h"

bool spin_deploy(const hmn_image *m, const hmn_chip *chip, hmn_files *out, hmn_arena *scratch, hmn_diag *d);

extern const char spin_deploy_status[];

/* chip->place: coordinates of the chip on its machine. */
hmn_place spin_place(const hmn_image *m, uint32_t site);

#endif
