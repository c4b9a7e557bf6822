/* A core's tables as a C header, for programs that load them: constants for sizes, places of columns, and the rows. */
#ifndef HMN_IR_PART_HEADER_H
#define HMN_IR_PART_HEADER_H

#include "core/base/text.h"
#include "core/ir/image.h"

/* `name` begins every identifier, e.g. "core_000"; only deployed tables are written. */
void part_header_text(const hmn_image *m, const hmn_table *tables, uint32_t ntables, uint32_t core, const char *name,
                      hmn_text *out);

#endif
