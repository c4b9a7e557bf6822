/* The tables of a core by name: enumerators made from core_tables.def, and words of regions. */
#ifndef HMN_SPINNAKER_CORE_TABLES_H
#define HMN_SPINNAKER_CORE_TABLES_H

#include "core/base/arena.h"
#include "core/ir/image.h"
#include "core/ir/schema.h"

typedef enum {
#define REGION(id, name, number, meaning) SPIN_##id,
#define TABLE(id, name, deployed, meaning, ...) SPIN_##id,
#include "backends/spinnaker/core_tables.def"
    SPIN_TABLES
} spin_core_table;

/* Columns: SPIN_TABLE_column, and SPIN_TABLE_COLUMNS of them. */
#define C(table, name, bits, is_signed, meaning) SPIN_##table##_##name,
#define TABLE(id, name, deployed, meaning, ...) enum { __VA_ARGS__ SPIN_##id##_COLUMNS };
#include "backends/spinnaker/core_tables.def"

extern const hmn_table spin_core_tables[SPIN_TABLES];

/* Number of the region on the chip; 0: the table is no region. */
uint32_t spin_region_number(spin_core_table table);

/* Words of a region in an image; *nwords 0 when it is absent. */
const uint32_t *spin_region(const hmn_image *m, spin_core_table table, uint32_t core, uint32_t *nwords);

/* Writes a region; nothing when it has no words. */
void spin_region_write(image_writer *w, spin_core_table table, uint32_t core, const uint32_t *word, uint32_t nwords,
                       hmn_arena *scratch);

#endif
