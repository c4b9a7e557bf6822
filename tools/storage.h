/* Synapse memory by projection: hmn compile --report, hmn inspect. */
#ifndef HMN_TOOLS_STORAGE_H
#define HMN_TOOLS_STORAGE_H

#include "core/chip.h"
#include "tools/json_out.h"

/* Of all cores. Nothing is printed when the chip does not say. */
void storage_text(const hmn_image *m, const hmn_chip *chip, FILE *out);
void storage_json(const hmn_image *m, const hmn_chip *chip, json_out *j);

#endif
