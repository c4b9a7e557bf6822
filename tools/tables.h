/* An image's tables as text and as JSON: hmn inspect, hmn compile --dump emit, hmn export. */
#ifndef HMN_TOOLS_TABLES_H
#define HMN_TOOLS_TABLES_H

#include "core/chip.h"
#include "tools/json_out.h"

enum { TABLES_ALL_CORES = -1 };

/* Everything of the image, or of one core without the host's tables. False after a report: a core whose tables break
 * the chip's limits is printed, but its synapses are not decoded. */
bool tables_text(const hmn_image *m, const hmn_chip *chip, int64_t core, FILE *out, hmn_diag *d);
bool tables_json(const hmn_image *m, const hmn_chip *chip, int64_t core, FILE *out, hmn_diag *d);

/* The pieces, for files of their own. */
void tables_host_json(const hmn_image *m, json_out *j);
bool tables_core_json(const hmn_image *m, const hmn_chip *chip, uint32_t core, bool deployed_only, json_out *j,
                      hmn_diag *d);

#endif
