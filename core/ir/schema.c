/* Bit layout of tables. Takes column descriptions and values, yields rows of 64-bit words. Columns are laid
 * from bit 0 of word 0 upward; one that would straddle a word starts the next. */
#include "core/ir/schema.h"

#include "core/base/bug.h"

#include <string.h>

uint32_t schema_row_words(const hmn_table *t)
{
    if (t->ncolumns == 0)
        return 1;
    uint32_t word = 0, bit = 0;
    for (uint32_t i = 0; i < t->ncolumns; i++) {
        if (bit + t->column[i].bits > 64) {
            word++;
            bit = 0;
        }
        bit += t->column[i].bits;
    }
    return word + 1;
}

uint32_t schema_row_bits(const hmn_table *t)
{
    uint32_t bits = 0;
    for (uint32_t i = 0; i < t->ncolumns; i++)
        bits += t->column[i].bits;
    return t->ncolumns ? bits : 64;
}

int64_t schema_low(const hmn_column *c)
{
    if (!c->is_signed)
        return 0;
    return c->bits == 64 ? INT64_MIN : -((int64_t)1 << (c->bits - 1));
}

int64_t schema_high(const hmn_column *c)
{
    if (c->bits >= 63)
        return INT64_MAX;
    return c->is_signed ? ((int64_t)1 << (c->bits - 1)) - 1 : ((int64_t)1 << c->bits) - 1;
}

static bool raw_double(const hmn_column *c) { return c->bits == 64 && !c->is_signed; }

void schema_place(const hmn_table *t, uint32_t column, uint32_t *word, uint32_t *bit)
{
    *word = *bit = 0;
    for (uint32_t i = 0;; i++) {
        if (*bit + t->column[i].bits > 64) {
            ++*word;
            *bit = 0;
        }
        if (i == column)
            return;
        *bit += t->column[i].bits;
    }
}

static uint64_t low_mask(uint32_t bits) { return bits == 64 ? ~(uint64_t)0 : ((uint64_t)1 << bits) - 1; }

uint32_t schema_pack(const hmn_table *t, const int64_t *value, uint64_t *row)
{
    HMN_ASSERT(t->ncolumns <= SCHEMA_MAX_COLUMNS);
    for (uint32_t i = 0; i < t->ncolumns; i++)
        if (!raw_double(&t->column[i]) && !schema_holds(&t->column[i], value[i]))
            return i;
    memset(row, 0, schema_row_words(t) * sizeof *row);
    uint32_t word = 0, bit = 0;
    for (uint32_t i = 0; i < t->ncolumns; i++) {
        uint32_t bits = t->column[i].bits;
        if (bit + bits > 64) {
            word++;
            bit = 0;
        }
        row[word] |= ((uint64_t)value[i] & low_mask(bits)) << bit;
        bit += bits;
    }
    return t->ncolumns;
}

int64_t schema_get(const hmn_table *t, const uint64_t *row, uint32_t column)
{
    uint32_t word, bit, bits = t->column[column].bits;
    schema_place(t, column, &word, &bit);
    uint64_t v = row[word] >> bit & low_mask(bits);
    if (t->column[column].is_signed && bits < 64 && v >> (bits - 1) & 1)
        v |= ~low_mask(bits);
    return (int64_t)v;
}

void schema_set(const hmn_table *t, uint64_t *row, uint32_t column, int64_t value)
{
    HMN_ASSERT(raw_double(&t->column[column]) || schema_holds(&t->column[column], value));
    uint32_t word, bit, bits = t->column[column].bits;
    schema_place(t, column, &word, &bit);
    row[word] = (row[word] & ~(low_mask(bits) << bit)) | ((uint64_t)value & low_mask(bits)) << bit;
}

uint32_t schema_find(const hmn_table *t, const char *name)
{
    uint32_t i = 0;
    while (i < t->ncolumns && strcmp(t->column[i].name, name) != 0)
        i++;
    return i;
}
