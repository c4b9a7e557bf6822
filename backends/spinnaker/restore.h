/* chip->restore: the image from what spin_deploy wrote (docs/export-spinnaker.md). */
#ifndef HMN_SPINNAKER_RESTORE_H
#define HMN_SPINNAKER_RESTORE_H

#include "core/chip.h"

bool spin_restore(const hmn_image *host, hmn_folder *files, image_writer *w, hmn_arena *scratch, hmn_diag *d);

/* Region manager_program of a management core, made when it is deployed: the host tables that make up the program of a
 * management core, as words. */
enum { SPIN_MANAGER_PROGRAM = 26 };
uint32_t *spin_manager_program(const hmn_image *m, uint32_t *nwords, hmn_arena *a);

#endif
