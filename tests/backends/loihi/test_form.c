/* What synapses need of a format: bits, sign and widths, as narrow as they can be and no narrower. */
#include "tests/backends/loihi/fixture.h"

#include "backends/loihi/form.h"
#include "backends/loihi/weights.h"

typedef struct {
    double weight[4];
    const char *mode;
    int32_t bits, sign;
} narrowed;

static loihi_format format_of(const narrowed *n, int32_t compression)
{
    net_builder *b = build_open();
    build_population(b, "in", 2, MODEL_SOURCE);
    build_population(b, "out", 2, MODEL_LOIHI_LIF);
    net_projection *j = build_projection(b, "p", 0, 1, CONN_ALL_TO_ALL);
    j->weight = build_list(n->weight, 4);
    j->sign_mode.s = n->mode;
    j->receptor = !n->mode ? RECEPTOR_EXCITATORY : *n->mode == 'm' ? RECEPTOR_MIXED : RECEPTOR_INHIBITORY;
    j->delay = build_constant(4);
    ck_assert_msg(quantised(b), "%s", first_message(b));
    form_need need = {.reach = 100};
    for (uint32_t i = 0; i < 2; i++) {
        form_part row = form_pick(b->unit.qnet, 0, (form_row){2 * i, 2}, 0, NULL);
        form_add(b->unit.qnet, 0, &row, &need);
    }
    loihi_format f = form_format(b->unit.qnet, 0, 0, &need, compression);
    build_close(b);
    return f;
}

START_TEST(static_weights_take_the_bits_and_the_sign_they_need)
{
    static const narrowed list[] = {
        {{1, 2, 3, 4}, NULL, 8, SIGN_EXCITATORY},        {{128, 0, 128, 0}, NULL, 1, SIGN_EXCITATORY},
        {{192, 64, 0, 0}, NULL, 2, SIGN_EXCITATORY},     {{8, 16, 24, 248}, NULL, 5, SIGN_EXCITATORY},
        {{2, 4, 6, 8}, NULL, 8, SIGN_EXCITATORY},        {{4, 8, 8, 8}, NULL, 6, SIGN_EXCITATORY},
        {{0, 0, 0, 0}, NULL, 1, SIGN_EXCITATORY},        {{2, -4, 6, 8}, "mixed", 8, SIGN_MIXED},
        {{2, 4, 6, 8}, "mixed", 8, SIGN_MIXED},          {{-4, -8, -8, -8}, "mixed", 6, SIGN_INHIBITORY},
        {{64, -128, 0, 64}, "mixed", 3, SIGN_MIXED},     {{-256, 0, 0, -256}, "mixed", 1, SIGN_MIXED},
        {{32, 32, 32, 96}, "mixed", 3, SIGN_EXCITATORY}, {{-255, -1, 0, 0}, "inhibitory", 8, SIGN_INHIBITORY}};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        loihi_format f = format_of(&list[i], COMPRESSION_SPARSE);
        ck_assert_msg(f.weight_bits == list[i].bits && f.sign == list[i].sign, "case %zu: %d bits, sign %d", i,
                      f.weight_bits, f.sign);
        ck_assert_int_eq(f.delay_bits, 2);
        ck_assert_int_eq(f.index_bits, 7);
        for (int k = 0; k < 4; k++) {
            ck_assert_int_ge((int32_t)list[i].weight[k], loihi_weight_low(f.weight_bits, (qnet_sign)f.sign));
            ck_assert_int_le((int32_t)list[i].weight[k], loihi_weight_high(f.weight_bits, (qnet_sign)f.sign));
        }
    }
}
END_TEST

static bool holds(const loihi_format *f, int32_t w)
{
    return w >= loihi_weight_low(f->weight_bits, (qnet_sign)f->sign) &&
           w <= loihi_weight_high(f->weight_bits, (qnet_sign)f->sign) &&
           w % (1 << loihi_weight_shift(f->weight_bits, (qnet_sign)f->sign)) == 0;
}

START_TEST(a_joined_format_holds_what_both_hold)
{
    static const int32_t bits[] = {1, 2, 3, 4, 5, 6, 8};
    uint32_t joined = 0, apart = 0;
    for (uint32_t i = 0; i < 21 * 21; i++) {
        loihi_format a = {
            .weight_bits = bits[i % 7], .sign = 1 + (int32_t)(i / 7 % 3), .delay_bits = 3, .skip_bits = 2};
        loihi_format b = {
            .weight_bits = bits[i / 21 % 7], .sign = 1 + (int32_t)(i / 147), .tag_bits = 3, .run_bits = 4};
        loihi_format j;
        a.compression = b.compression = COMPRESSION_RUNS;
        if (!form_join(&a, &b, &j)) {
            ck_assert(a.sign != b.sign && (a.weight_bits == 8 || b.weight_bits == 8));
            apart++;
            continue;
        }
        joined++;
        ck_assert(j.delay_bits == 3 && j.tag_bits == 3 && j.skip_bits == 2 && j.run_bits == 4);
        for (int32_t w = -256; w < 256; w++)
            ck_assert_msg(holds(&j, w) || (!holds(&a, w) && !holds(&b, w)), "%d", w);
    }
    ck_assert_uint_gt(joined, 300);
    ck_assert_uint_gt(apart, 10);
}
END_TEST

START_TEST(formats_that_mean_different_things_are_not_joined)
{
    loihi_format a = {.weight_bits = 8, .sign = SIGN_EXCITATORY, .exponent = 1, .profile = 1, .w_max = 200}, out;
    ck_assert(form_join(&a, &a, &out) && form_same(&a, &out));
    loihi_format b[8];
    for (int i = 0; i < 8; i++)
        b[i] = a;
    b[0].exponent = 2;
    b[1].profile = 2;
    b[2].w_max = 199;
    b[3].w_min = -1;
    b[4].port = 1;
    b[5].group = 3;
    b[6].compression = COMPRESSION_DENSE;
    b[7].weight_bits = 5; /* the grid of learning */
    for (int i = 0; i < 8; i++)
        ck_assert_msg(!form_join(&a, &b[i], &out), "%d", i);
}
END_TEST

START_TEST(rows_are_cut_at_the_slice)
{
    net_builder *b = build_open();
    build_population(b, "in", 7, MODEL_SOURCE);
    build_population(b, "out", 40, MODEL_LOIHI_LIF);
    build_projection(b, "p", 0, 1, CONN_FIXED_PROBABILITY)->connector.p_connect = 0.4;
    ck_assert_msg(quantised(b), "%s", first_message(b));
    const graph_projection *j = &b->unit.graph->projection[0];
    for (uint32_t first = 0; first < 40; first++)
        for (uint32_t count = 1; first + count <= 40; count++)
            for (uint32_t i = 0; i < 7; i++) {
                hmn_slice s = {1, first, count, 0, 0};
                form_row r = form_range(b->unit.qnet, 0, i, &s);
                uint32_t n = 0;
                for (uint32_t e = j->row[i]; e < j->row[i + 1]; e++)
                    n += j->target[e] >= first && j->target[e] < first + count;
                ck_assert_uint_eq(r.count, n);
                ck_assert(n == 0 || (j->target[r.first] >= first && j->target[r.first + n - 1] < first + count));
            }
    build_close(b);
}
END_TEST

SUITE("form", static_weights_take_the_bits_and_the_sign_they_need, a_joined_format_holds_what_both_hold,
      formats_that_mean_different_things_are_not_joined, rows_are_cut_at_the_slice)
