#include "tools/weights.h"

#include "tests/suite.h"

START_TEST(weights_of_both_sides_stand_side_by_side)
{
    static const command_set option[] = {{"target", "loihi"}, {"quiet", NULL}};
    static const command_line line = {.option = option, .noptions = 2};
    source s;
    source_begin(&s, &line);
    ck_assert(source_load(&s, HMN_SOURCE_DIR "/models/basics/gated.yaml", NULL));
    hmn_reference *r = reference_new(s.unit.graph, (reference_options){.grid = false}, s.arena, s.diag);
    hmn_machine *m = machine_boot(s.image, s.chip, 1, NULL, s.diag);
    ck_assert(r && m);
    ck_assert(weights_plastic(s.unit.graph, 0));
    weight_pairs w = weights_pair(&s, m, r, 0, s.arena);
    ck_assert_uint_eq(w.count, 128);
    ck_assert_uint_eq(w.synapses, 128);
    ck_assert_uint_eq(w.unmatched, 0);
    double lsb = s.unit.qnet->projection[0].w_lsb;
    for (uint64_t k = 0; k < w.count; k++) {
        ck_assert_double_eq(w.reference[k], w.start[k]);
        ck_assert_double_le(w.chip[k] - w.reference[k], lsb / 2 * 1.001);
        ck_assert_double_le(w.reference[k] - w.chip[k], lsb / 2 * 1.001);
    }
    machine_free(m);
    ck_assert_int_eq(source_end(&s), EXIT_OK);
}
END_TEST

SUITE("weights", weights_of_both_sides_stand_side_by_side)
