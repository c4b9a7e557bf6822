/* Column descriptions of the core's tables, made from tables.def. */
#include "backends/loihi/tables.h"

#include <stddef.h>

/* clang-format off */
#define C(table, name, bits, is_signed, meaning) {#name, bits, is_signed, meaning},
#define TABLE(id, name, deployed, meaning, ...) static const hmn_column columns_##id[] = {__VA_ARGS__};
#include "backends/loihi/tables.def"

const hmn_table loihi_tables[LOIHI_TABLES] = {
#define RAW(id, name, deployed, meaning) {name, meaning, NULL, 0, deployed},
#define TABLE(id, name, deployed, meaning, ...) {name, meaning, columns_##id, LOIHI_##id##_COLUMNS, deployed},
#include "backends/loihi/tables.def"
};
/* clang-format on */

const uint8_t loihi_weight_bits[LOIHI_WEIGHT_CODES] = {0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16};
const uint8_t loihi_index_bits[LOIHI_WIDTH_CODES] = {0, 6, 7, 8, 9, 10, 11, 12};
static const uint8_t wide_index_bits[LOIHI_WIDTH_CODES] = {0, 6, 7, 8, 9, 10, 12, 13};
const uint8_t loihi_tag_bits[LOIHI_TAG_CODES] = {0, 3, 6, 9};

const uint8_t *loihi_index_widths(uint32_t compartments)
{
    return compartments > 4096 ? wide_index_bits : loihi_index_bits;
}

int32_t loihi_first_more(uint32_t compartments)
{
    int32_t more = 0;
    while (compartments > 1024u << more)
        more++;
    return more;
}

uint32_t loihi_width_code(const uint8_t *widths, uint32_t count, uint32_t bits)
{
    uint32_t code = 0;
    while (code < count && widths[code] < bits)
        code++;
    return code;
}
