/* Rows: the words written are those of the drawing, what is written is read back, and rows that say more than there is
 * are refused. */
#include "backends/spinnaker/row.h"

#include "core/base/rng.h"
#include "tests/suite.h"

static uint32_t draw(uint32_t i, uint32_t k, uint32_t n) { return rng_below(11, RNG_TASK, i, k, 0, n); }

START_TEST(bits_count_as_the_host_tools_do)
{
    ck_assert_uint_eq(row_bits_for(0), 0);
    ck_assert_uint_eq(row_bits_for(1), 1);
    ck_assert_uint_eq(row_bits_for(2), 1);
    ck_assert_uint_eq(row_bits_for(3), 2);
    ck_assert_uint_eq(row_bits_for(256), 8);
    ck_assert_uint_eq(row_bits_for(257), 9);
    ck_assert_uint_eq(row_bits_for(UINT32_MAX), 32);
}
END_TEST

START_TEST(fields_stand_where_the_drawing_says)
{
    const row_format f = {8, 1, 4};
    ck_assert_uint_eq(row_control(&f, 0x5a, 1, 3), 3u << 9 | 1u << 8 | 0x5a);
    ck_assert_uint_eq(row_control(&f, 0, 0, 16), 0); /* the largest delay is written as 0 */
    uint32_t word = 0xbeefu << 16 | row_control(&f, 7, 1, 15);
    ck_assert(row_weight(word) == 0xbeef && row_index(&f, word) == 7 && row_type(&f, word) == 1);
    ck_assert(row_delay(&f, word) == 15 && row_type_index(&f, word) == (1u << 8 | 7));
    const row_format none = {0, 0, 0};
    ck_assert(row_index(&none, word) == 0 && row_type(&none, word) == 0 && row_delay(&none, word) == 0);
}
END_TEST

START_TEST(a_row_is_written_word_by_word)
{
    const uint32_t plastic[] = {1000, 2000}, fixed[] = {0x12340003}, control[] = {0x11, 0x22, 0x33};
    const row_parts narrow = {plastic, fixed, control, 2, 1, 3, false};
    const uint32_t want[] = {2, 1000, 2000, 1, 3, 0x12340003, 0x00220011, 0x00000033};
    uint32_t got[8] = {0};
    ck_assert_uint_eq(row_words(&narrow), 8);
    ck_assert_ptr_eq(row_write(got, &narrow), got + 8);
    ck_assert_mem_eq(got, want, sizeof want);
    const row_parts wide = {plastic, NULL, control, 1, 0, 3, true};
    const uint32_t want_wide[] = {1, 1000, 0, 3, 0x11, 0x22, 0x33};
    ck_assert_uint_eq(row_words(&wide), 7);
    ck_assert_ptr_eq(row_write(got, &wide), got + 7);
    ck_assert_mem_eq(got, want_wide, sizeof want_wide);
}
END_TEST

START_TEST(what_is_written_is_read_back)
{
    for (uint32_t i = 0; i < 500; i++) {
        uint32_t plastic[8], fixed[8], control[8], row[64], n = 0;
        for (uint32_t k = 0; k < 8; k++) {
            plastic[k] = draw(i, n++, UINT32_MAX);
            fixed[k] = draw(i, n++, UINT32_MAX);
            control[k] = draw(i, n++, 0x10000);
        }
        row_parts p = {plastic, fixed, control, draw(i, n, 9), draw(i, n + 1, 9), draw(i, n + 2, 9), false};
        n += 3;
        p.wide = draw(i, n++, 2);
        uint32_t words = (uint32_t)(row_write(row, &p) - row);
        ck_assert_uint_eq(words, row_words(&p));
        row_view v;
        ck_assert(row_read(row, words, p.wide, &v));
        ck_assert(v.nplastic == p.nplastic && v.nfixed == p.nfixed && v.ncontrols == p.ncontrols);
        for (uint32_t k = 0; k < p.nplastic; k++)
            ck_assert_uint_eq(v.plastic[k], plastic[k]);
        for (uint32_t k = 0; k < p.nfixed; k++)
            ck_assert_uint_eq(v.fixed[k], fixed[k]);
        for (uint32_t k = 0; k < p.ncontrols; k++)
            ck_assert_uint_eq(p.wide ? v.control[k] : row_half(v.control, k), control[k]);
        ck_assert(!row_read(row, words - 1, p.wide, &v));
    }
}
END_TEST

START_TEST(counts_that_reach_past_the_end_are_refused)
{
    row_view v;
    uint32_t row[8] = {0, 0, 0};
    ck_assert(row_read(row, 3, false, &v));
    ck_assert(!row_read(row, 2, false, &v));
    row[0] = UINT32_MAX;
    ck_assert(!row_read(row, 8, false, &v));
    row[0] = 5;
    row[6] = UINT32_MAX;
    ck_assert(!row_read(row, 8, false, &v));
    row[0] = 0;
    row[1] = 0;
    row[2] = UINT32_MAX;
    ck_assert(!row_read(row, 8, false, &v));
    ck_assert(!row_read(row, 8, true, &v));
}
END_TEST

SUITE("row", bits_count_as_the_host_tools_do, fields_stand_where_the_drawing_says, a_row_is_written_word_by_word,
      what_is_written_is_read_back, counts_that_reach_past_the_end_are_refused)
