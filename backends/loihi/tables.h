/* The tables of a core by name: enumerators made from tables.def. */
#ifndef HMN_BACKENDS_LOIHI_TABLES_H
#define HMN_BACKENDS_LOIHI_TABLES_H

#include "core/ir/schema.h"

typedef enum {
#define RAW(id, name, deployed, meaning) LOIHI_##id,
#define TABLE(id, name, deployed, meaning, ...) LOIHI_##id,
#include "backends/loihi/tables.def"
    LOIHI_TABLES
} loihi_table;

/* Columns: LOIHI_TABLE_column, and LOIHI_TABLE_COLUMNS of them. */
#define C(table, name, bits, is_signed, meaning) LOIHI_##table##_##name,
#define TABLE(id, name, deployed, meaning, ...) enum { __VA_ARGS__ LOIHI_##id##_COLUMNS };
#include "backends/loihi/tables.def"

/* Program columns of a quantised population follow those of the compartment table. */
#define LOIHI_PROGRAM(column) (LOIHI_COMPARTMENTS_COLUMNS + LOIHI_PROGRAMS_##column)
/* Those of joins that belong to a neuron follow them; where its dendrites stand is known on the core. */
#define LOIHI_JOINED(column) (LOIHI_COMPARTMENTS_COLUMNS + LOIHI_PROGRAMS_COLUMNS + LOIHI_JOINS_##column)
_Static_assert(LOIHI_JOINED(sends_u) < SCHEMA_MAX_COLUMNS, "columns of a population");

extern const hmn_table loihi_tables[LOIHI_TABLES];

/* Codes of field widths in the format table (eq. L20). */
enum { LOIHI_WIDTH_CODES = 8, LOIHI_TAG_CODES = 4, LOIHI_WEIGHT_CODES = 16 };
extern const uint8_t loihi_weight_bits[LOIHI_WEIGHT_CODES]; /* those above 8: described machines only (eq. L23) */
extern const uint8_t loihi_index_bits[LOIHI_WIDTH_CODES];
extern const uint8_t loihi_tag_bits[LOIHI_TAG_CODES];

/* Widths of compartment indices on a chip whose cores have so many compartments, and bits beyond 10
 * that it takes to name any of them. */
const uint8_t *loihi_index_widths(uint32_t compartments);
int32_t loihi_first_more(uint32_t compartments);

/* Least code whose width is at least `bits`; `count` when there is none. */
uint32_t loihi_width_code(const uint8_t *widths, uint32_t count, uint32_t bits);

#endif
