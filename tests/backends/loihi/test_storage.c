/* What synapse memory is said to hold, against the tables. */
#include "tests/backends/loihi/fixture.h"

#include "backends/loihi/tables.h"

START_TEST(words_and_synapses_add_up_to_the_table)
{
    net_builder *b = build_open();
    build_population(b, "in", 30, MODEL_SOURCE);
    build_population(b, "cell", 200, MODEL_LOIHI_LIF);
    build_projection(b, "all", 0, 1, CONN_ALL_TO_ALL)->weight = build_constant(100);
    net_projection *j = build_projection(b, "some", 1, 1, CONN_FIXED_PROBABILITY);
    j->connector.p_connect = 0.1;
    j->weight = build_constant(32);
    j->delay = build_constant(4);
    j->weight_exp = build_num(1);
    ck_assert_msg(quantised(b) && pass_learn(&b->unit) && emitted(b), "%s", first_message(b));
    hmn_image *m = image_from_memory(b->unit.image, b->unit.image_size, "test", b->unit.diag);
    hmn_core_view v = {m, loihi(), 0, image_seed(m)};
    hmn_storage s[16], none[1];
    uint32_t n = loihi()->storage(&v, s, 16);
    ck_assert_uint_ge(n, 2);
    ck_assert_uint_eq(loihi()->storage(&v, none, 0), n);
    uint64_t words = 0, synapses[2] = {0, 0};
    for (uint32_t i = 0; i < n; i++) {
        ck_assert_uint_lt(s[i].projection, 2);
        ck_assert(i == 0 || s[i].projection >= s[i - 1].projection);
        words += s[i].words;
        synapses[s[i].projection] += s[i].synapses;
    }
    ck_assert_uint_eq(words, image_section(m, loihi_tables, LOIHI_SYNAPSES, 0).rows);
    ck_assert_uint_eq(synapses[0], 6000);
    ck_assert_uint_eq(synapses[1], b->unit.graph->projection[1].nsynapses);
    ck_assert_str_eq(s[0].form, "dense");
    ck_assert_str_eq(s[0].widths, "weight 6 excitatory 2^0"); /* 100 = 25 * 2^2 */
    ck_assert_uint_eq(s[0].words, 3 * 7 + 2);                 /* 20 + 64 * 6 and 20 + 8 * 6 bits, for all thirty */
    ck_assert_uint_eq(s[0].shared, 5800);
    bool runs = false;
    for (uint32_t i = 1; i < n; i++)
        runs |= strcmp(s[i].form, "run-length") == 0 && strstr(s[i].widths, "weight 3 excitatory 2^1, delay 2, skip ");
    ck_assert(runs);
    image_close(m);
    build_close(b);
}
END_TEST

SUITE("storage", words_and_synapses_add_up_to_the_table)
