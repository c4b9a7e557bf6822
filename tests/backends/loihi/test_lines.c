/* Numbers of lines: axons in order, their atoms side by side, nothing beyond. */
#include "tests/backends/loihi/limits.h"

#include "backends/loihi/core.h"
#include "backends/loihi/lines.h"

/* 30 sources with rows of several lengths. */
static net_builder *some(const char *axons)
{
    net_builder *b = build_open();
    build_population(b, "in", 30, MODEL_SOURCE);
    build_population(b, "cell", 60, MODEL_LOIHI_LIF);
    net_projection *j = build_projection(b, "p", 0, 1, CONN_FIXED_PROBABILITY);
    j->connector.p_connect = 0.2;
    j->weight = build_dist(DIST_UNIFORM_INT, 1, 255, 0, 0);
    b->net.target.axons.s = axons;
    ck_assert_msg(compiled(b), "%s", first_message(b));
    return b;
}

START_TEST(each_atom_is_a_line_and_there_are_no_others)
{
    static const char *const kinds[] = {NULL, "population"};
    for (int k = 0; k < 2; k++) {
        net_builder *b = some(kinds[k]);
        one_core *c = core_open(b);
        line_finder f = lines_open(c->image, b->unit.arena);
        image_rows axons = image_section(c->image, loihi_tables, LOIHI_AXONS, 0);
        uint32_t next = 0;
        ck_assert(k ? axons.rows < 20 : axons.rows == 30);
        for (uint32_t a = 0; a < axons.rows; a++) {
            uint32_t atoms = (uint32_t)image_get(axons, a, LOIHI_AXONS_atoms) + 1;
            for (uint32_t i = 0; i < atoms; i++, next++) {
                ck_assert_uint_eq(lines_find(&f, 0, a, i), next);
                ck_assert_uint_eq(loihi_line(c->rom, a, i), next);
            }
            ck_assert_uint_eq(lines_find(&f, 0, a, atoms), UINT32_MAX);
            ck_assert_uint_eq(loihi_line(c->rom, a, atoms), UINT32_MAX);
        }
        ck_assert_uint_eq(next, 30);
        ck_assert_uint_eq(loihi_line(c->rom, (uint32_t)axons.rows, 0), UINT32_MAX);
        ck_assert_uint_eq(lines_find(&f, 0, (uint32_t)axons.rows, 0), UINT32_MAX);
        ck_assert_uint_eq(lines_find(&f, 1, 0, 0), UINT32_MAX);
        core_close(c);
        build_close(b);
    }
}
END_TEST

SUITE("lines", each_atom_is_a_line_and_there_are_no_others)
