/* hmn export --format CHIP: everything that loads an image onto a chip, in one folder. */
#ifndef HMN_TOOLS_EXPORT_CHIP_H
#define HMN_TOOLS_EXPORT_CHIP_H

#include "core/chip.h"
#include "tools/export_folder.h"
#include "tools/layout.h"

#define EXPORT_CHIP_FORMAT "hmn-deploy-1"

/* What chip->deploy writes, and beside it JSON of host and cores, neurons, weights, placement, routes; the manifest.
 * The chip must have deploy. False after a report. */
bool export_chip(export_folder *f, const hmn_image *m, const hmn_chip *chip);

#endif
