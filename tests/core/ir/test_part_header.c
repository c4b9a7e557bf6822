/* C headers of cores: a C compiler takes them without a warning, and a program that follows the constants reads the
 * values of the image. */
#include "core/ir/part_header.h"
#include "tests/core/ir/parts.h"
#include "tests/tools/program.h"

static const char reader[] =
    "#include \"core_001.h\"\n"
    "#include <inttypes.h>\n"
    "#include <stdio.h>\n"
    "int main(void)\n{\n"
    "    for (int r = 0; r < CORE_001_CELLS_ROWS; r++) {\n"
    "        const uint64_t *row = core_001_cells + r * CORE_001_CELLS_ROW_WORDS;\n"
    "        uint64_t a = row[CORE_001_CELLS_A_WORD] >> CORE_001_CELLS_A_BIT & ((1u << CORE_001_CELLS_A_BITS) - 1);\n"
    "        uint64_t b = row[CORE_001_CELLS_B_WORD] << (64 - CORE_001_CELLS_B_BIT - CORE_001_CELLS_B_BITS);\n"
    "        uint64_t c = row[CORE_001_CELLS_C_WORD] << (64 - CORE_001_CELLS_C_BIT - CORE_001_CELLS_C_BITS);\n"
    "        printf(\"%d %d %\" PRId64 \"\\n\", (int)a, (int)((int64_t)b >> (64 - CORE_001_CELLS_B_BITS)),\n"
    "               (int64_t)c >> (64 - CORE_001_CELLS_C_BITS));\n"
    "    }\n"
    "    return CORE_001_RAW_ROWS + 2 * !CORE_001_CELLS_B_SIGNED + 4 * CORE_001_CELLS_A_SIGNED;\n}\n";

START_TEST(a_program_reads_the_values_back)
{
    hmn_arena *a = arena_new(0);
    hmn_diag *d = diag_new();
    hmn_image *m = parts_image(a, 1, d);
    hmn_text t = {.arena = a};
    part_header_text(m, parts_tables, PARTS_TABLES, 1, "core_001", &t);
    program_enter();
    program_write("core_001.h", t.s);
    program_write("reader.c", reader);
    program_result *r = program_run("cc -std=c11 -Wall -Wextra -Werror -pedantic reader.c -o reader && ./reader");
    ck_assert_msg(r->status == 0, "%s", r->err);
    ck_assert_str_eq(r->out, "0 0 0\n1 -1 1000000007\n2 -2 2000000014\n3 -3 3000000021\n4 -4 4000000028\n");
    ck_assert_ptr_null(strstr(t.s, "origins")); /* stays with the host */
    program_leave();
    image_close(m);
    diag_free(d);
    arena_free(a);
}
END_TEST

SUITE("part_header", a_program_reads_the_values_back)
