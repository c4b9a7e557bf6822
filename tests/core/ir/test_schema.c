/* Tests of bit layouts: what is packed comes back, what does not fit is named, columns do not disturb each other. */
#include "core/ir/schema.h"

#include "core/base/rng.h"
#include "tests/suite.h"

#include <string.h>

static const hmn_column columns[] = {
    {"base", 14, false, "first word"},   {"sign", 9, true, "weight"},       {"one", 1, false, "flag"},
    {"wide", 40, true, "fills word 0"},  {"whole", 64, false, "a word"},    {"next", 33, false, "half"},
    {"straddle", 32, true, "next word"}, {"tail", 63, false, "a long one"},
};
static const hmn_table table = {"test", "a table", columns, sizeof columns / sizeof *columns, true};

static void draw_row(uint32_t round, int64_t *value)
{
    for (uint32_t i = 0; i < table.ncolumns; i++) {
        uint32_t bits[4];
        rng_block(11, RNG_TASK, round, i, 0, bits);
        uint64_t v = (uint64_t)bits[0] << 32 | bits[1];
        const hmn_column *c = &columns[i];
        if (round % 3 == 0)
            value[i] = bits[2] & 1 ? schema_low(c) : schema_high(c);
        else if (c->bits == 64)
            value[i] = (int64_t)v;
        else
            value[i] = schema_low(c) + (int64_t)(v % ((uint64_t)1 << c->bits));
    }
}

START_TEST(packed_values_come_back)
{
    for (uint32_t round = 0; round < 3000; round++) {
        int64_t value[SCHEMA_MAX_COLUMNS];
        uint64_t row[8];
        draw_row(round, value);
        ck_assert_uint_eq(schema_pack(&table, value, row), table.ncolumns);
        for (uint32_t i = 0; i < table.ncolumns; i++)
            ck_assert_int_eq(schema_get(&table, row, i), value[i]);
    }
}
END_TEST

START_TEST(setting_one_column_leaves_the_others)
{
    for (uint32_t round = 0; round < 500; round++) {
        int64_t value[SCHEMA_MAX_COLUMNS], other[SCHEMA_MAX_COLUMNS];
        uint64_t row[8];
        draw_row(round, value);
        draw_row(round + 1, other);
        schema_pack(&table, value, row);
        uint32_t changed = round % table.ncolumns;
        schema_set(&table, row, changed, other[changed]);
        for (uint32_t i = 0; i < table.ncolumns; i++)
            ck_assert_int_eq(schema_get(&table, row, i), i == changed ? other[i] : value[i]);
    }
}
END_TEST

START_TEST(values_out_of_range_are_named)
{
    for (uint32_t i = 0; i < table.ncolumns; i++) {
        if (columns[i].bits >= 63)
            continue;
        int64_t value[SCHEMA_MAX_COLUMNS] = {0};
        uint64_t row[8];
        value[i] = schema_high(&columns[i]) + 1;
        ck_assert_uint_eq(schema_pack(&table, value, row), i);
        value[i] = schema_low(&columns[i]) - 1;
        ck_assert_uint_eq(schema_pack(&table, value, row), i);
    }
}
END_TEST

START_TEST(columns_never_straddle_a_word)
{
    ck_assert_uint_eq(schema_row_words(&table), 5);
    ck_assert_uint_eq(schema_row_bits(&table), 14 + 9 + 1 + 40 + 64 + 33 + 32 + 63);
    int64_t value[SCHEMA_MAX_COLUMNS] = {0};
    uint64_t row[8];
    value[6] = -1; /* "straddle" would begin at bit 33 of word 2: it starts word 3 */
    schema_pack(&table, value, row);
    ck_assert_uint_eq(row[2], 0);
    ck_assert_uint_eq(row[3], 0xffffffff);
}
END_TEST

START_TEST(limits_follow_from_bits_and_sign)
{
    hmn_column c = {"c", 1, false, ""};
    ck_assert_int_eq(schema_high(&c), 1);
    c.is_signed = true;
    ck_assert_int_eq(schema_low(&c), -1);
    ck_assert_int_eq(schema_high(&c), 0);
    c.bits = 64;
    ck_assert_int_eq(schema_low(&c), INT64_MIN);
    ck_assert_int_eq(schema_high(&c), INT64_MAX);
}
END_TEST

START_TEST(columns_are_found_by_name_and_raw_tables_are_one_word)
{
    ck_assert_uint_eq(schema_find(&table, "wide"), 3);
    ck_assert_uint_eq(schema_find(&table, "absent"), table.ncolumns);
    hmn_table raw = {"raw", "words", NULL, 0, true};
    ck_assert_uint_eq(schema_row_words(&raw), 1);
    ck_assert_uint_eq(schema_row_bits(&raw), 64);
}
END_TEST

SUITE("schema", packed_values_come_back, setting_one_column_leaves_the_others, values_out_of_range_are_named,
      columns_never_straddle_a_word, limits_follow_from_bits_and_sign,
      columns_are_found_by_name_and_raw_tables_are_one_word)
