/* Column descriptions of the core's tables, made from core_tables.def, and the words of regions. A region is a raw
 * table of 64-bit words that hold two words of the chip each, the lower first, so that its bytes are those that lie in
 * SDRAM; how many words there are stands in the table of regions, because the last one may be half empty. */
#include "backends/spinnaker/core_tables.h"

#include <string.h>

/* clang-format off */
#define C(table, name, bits, is_signed, meaning) {#name, bits, is_signed, meaning},
#define TABLE(id, name, deployed, meaning, ...) static const hmn_column columns_##id[] = {__VA_ARGS__};
#include "backends/spinnaker/core_tables.def"

const hmn_table spin_core_tables[SPIN_TABLES] = {
#define REGION(id, name, number, meaning) {name, meaning, NULL, 0, true},
#define TABLE(id, name, deployed, meaning, ...) {name, meaning, columns_##id, SPIN_##id##_COLUMNS, deployed},
#include "backends/spinnaker/core_tables.def"
};

static const uint8_t numbers[SPIN_TABLES] = {
#define REGION(id, name, number, meaning) number,
#define TABLE(id, name, deployed, meaning, ...) 0,
#include "backends/spinnaker/core_tables.def"
};
/* clang-format on */

uint32_t spin_region_number(spin_core_table table) { return numbers[table]; }

const uint32_t *spin_region(const hmn_image *m, spin_core_table table, uint32_t core, uint32_t *nwords)
{
    image_rows index = image_section(m, spin_core_tables, SPIN_REGIONS, core),
               r = image_section(m, spin_core_tables, table, core);
    *nwords = 0;
    for (uint64_t i = 0; i < index.rows; i++)
        if (image_get(index, i, SPIN_REGIONS_region) == numbers[table])
            *nwords = (uint32_t)image_get(index, i, SPIN_REGIONS_words);
    if (((uint64_t)*nwords + 1) / 2 != r.rows)
        *nwords = 0;
    return (const uint32_t *)(const void *)r.words;
}

void spin_region_write(image_writer *w, spin_core_table table, uint32_t core, const uint32_t *word, uint32_t nwords,
                       hmn_arena *scratch)
{
    if (nwords == 0)
        return;
    uint32_t rows = (nwords + 1) / 2;
    uint64_t *padded = ARENA_NEW(scratch, uint64_t, rows);
    memcpy(padded, word, (size_t)nwords * sizeof *word);
    image_add(w, spin_core_tables, SPIN_REGIONS, core, (int64_t[]){numbers[table], nwords});
    image_add_words(w, (uint32_t)table, core, padded, rows);
}
