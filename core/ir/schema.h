/* What a table is: named columns of given bit widths. From one description come packing, range check,
 * dump, JSON and the documentation. A row is a whole number of 64-bit words, little-endian in a file;
 * columns fill words from bit 0 upward and never straddle a word. */
#ifndef HMN_IR_SCHEMA_H
#define HMN_IR_SCHEMA_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    const char *name;
    uint8_t bits;        /* 1..64 */
    bool is_signed;      /* two's complement */
    const char *meaning; /* with unit */
} hmn_column;

typedef struct {
    const char *name;
    const char *meaning;
    const hmn_column *column;
    uint32_t ncolumns; /* 0: rows are raw 64-bit words with an encoding of their own */
    bool deployed;     /* false: host-side knowledge (names, origins), not loaded onto a chip */
} hmn_table;

enum { SCHEMA_MAX_COLUMNS = 32 };

/* 64-bit words of a row (1 for raw tables). */
uint32_t schema_row_words(const hmn_table *t);

/* Bits a row of the table uses, without padding. */
uint32_t schema_row_bits(const hmn_table *t);

int64_t schema_low(const hmn_column *c);
int64_t schema_high(const hmn_column *c);
static inline bool schema_holds(const hmn_column *c, int64_t v) { return v >= schema_low(c) && v <= schema_high(c); }

/* Index of the first column whose value does not fit, or ncolumns when the row was packed. */
uint32_t schema_pack(const hmn_table *t, const int64_t *value, uint64_t *row);

int64_t schema_get(const hmn_table *t, const uint64_t *row, uint32_t column);
void schema_set(const hmn_table *t, uint64_t *row, uint32_t column, int64_t value);

/* Where a column is in its row: the word, and its lowest bit there. */
void schema_place(const hmn_table *t, uint32_t column, uint32_t *word, uint32_t *bit);

/* Column by name, ncolumns when absent. */
uint32_t schema_find(const hmn_table *t, const char *name);

#endif
