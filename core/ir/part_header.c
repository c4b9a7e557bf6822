/* C headers of cores. Takes tables, yields text: per table the number of rows and words a row, per column its word,
 * lowest bit, width and sign, then the rows as they are in the image. Needs <stdint.h> and C11; a table without rows
 * has no array, because C has none of length 0. */
#include "core/ir/part_header.h"

#include <ctype.h>
#include <inttypes.h>

/* NAME_TABLE in capitals, for macros. */
static const char *capitals(hmn_arena *a, const char *name, const char *rest)
{
    char *text = arena_printf(a, "%s_%s", name, rest);
    for (char *c = text; *c; c++)
        *c = (char)toupper((unsigned char)*c);
    return text;
}

static void add_columns(const hmn_table *t, const char *macro, hmn_text *out)
{
    for (uint32_t c = 0; c < t->ncolumns; c++) {
        uint32_t word, bit;
        schema_place(t, c, &word, &bit);
        const char *column = capitals(out->arena, macro, t->column[c].name);
        text_add(out, "#define %s_WORD %" PRIu32 " /* %s */\n", column, word, t->column[c].meaning);
        text_add(out, "#define %s_BIT %" PRIu32 "\n#define %s_BITS %d\n#define %s_SIGNED %d\n", column, bit, column,
                 t->column[c].bits, column, t->column[c].is_signed);
    }
}

static void add_rows(const hmn_table *t, const char *name, image_rows r, hmn_text *out)
{
    uint64_t words = r.rows * schema_row_words(t);
    if (words == 0)
        return;
    text_add(out, "static const uint64_t %s_%s[] = {", name, t->name);
    for (uint64_t i = 0; i < words; i++)
        text_add(out, "%s0x%016" PRIx64 "u,", i % 5 ? " " : "\n    ", r.words[i]);
    text_add(out, "\n};\n");
}

static void add_table(const hmn_table *t, const char *name, image_rows r, hmn_text *out)
{
    const char *macro = capitals(out->arena, name, t->name);
    text_add(out, "\n/* %s: %s */\n", t->name, t->meaning);
    text_add(out, "#define %s_ROWS %" PRIu64 "\n#define %s_ROW_WORDS %" PRIu32 "\n", macro, r.rows, macro,
             schema_row_words(t));
    add_columns(t, macro, out);
    add_rows(t, name, r, out);
}

void part_header_text(const hmn_image *m, const hmn_table *tables, uint32_t ntables, uint32_t core, const char *name,
                      hmn_text *out)
{
    const char *guard = capitals(out->arena, name, "H");
    text_add(out, "/* Tables of core %" PRIu32 " of %" PRIu32 " for the chip '%s'; image %016" PRIx64 ".\n", core,
             image_cores(m), image_chip(m), image_hash(m));
    text_add(out, " * A column is bits BIT .. BIT + BITS - 1 of word WORD of its row; signed: two's complement. */\n");
    text_add(out, "#ifndef %s\n#define %s\n\n#include <stdint.h>\n", guard, guard);
    for (uint32_t t = 0; t < ntables; t++)
        if (tables[t].deployed)
            add_table(&tables[t], name, image_section(m, tables, t, core), out);
    text_add(out, "\n#endif\n");
}
