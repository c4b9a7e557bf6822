/* Rows of the lowering report as text and JSON. */
#include "tools/lowering.h"

#include "tests/suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const lowering_row rows[] = {{"projection in_out", "equation 5", "", NULL, VERDICT_QUANTISED, 16, 0,
                                     LOWERING_MEASURED, 0.25, 0.125, 0.5, NAN, 40, 0, 1.5, 0.02, 12},
                                    {"projection in_out", "equation 2, x", "spikes", NULL, VERDICT_QUANTISED, 7, 0,
                                     LOWERING_NONE, NAN, NAN, NAN, NAN, 0, 0, 0, 0, 0},
                                    {"projection in_out", "attention", "", "use target loihi2", VERDICT_REFUSED, 0, 0,
                                     LOWERING_NONE, NAN, NAN, NAN, NAN, 0, 0, 0, 0, 0}};

static const char *text_of(const lowering_row *r, uint32_t n)
{
    static char text[4096];
    FILE *f = fmemopen(text, sizeof text, "w");
    lowering_text(r, n, f);
    fclose(f);
    return text;
}

START_TEST(text_has_a_line_a_row)
{
    const char *text = text_of(rows, 3);
    ck_assert_ptr_nonnull(strstr(text, "projection in_out  equation 5"));
    ck_assert_ptr_nonnull(strstr(text, "0.25       0.125  measured "));
    ck_assert_ptr_nonnull(strstr(text, "2 % of the decisions fell otherwise"));
    ck_assert_ptr_null(strstr(strstr(text, "equation 2, x"), "otherwise"));
    ck_assert_ptr_nonnull(strstr(strstr(text, "attention"), "refused"));
    ck_assert_ptr_nonnull(strstr(text, "; use target loihi2"));
}
END_TEST

START_TEST(text_says_how_to_measure_what_is_not_measured)
{
    const char *text = text_of(rows + 1, 1);
    ck_assert_ptr_nonnull(strstr(text, "not measured"));
    ck_assert_ptr_nonnull(strstr(text, "hmn verify --report FILE measures them"));
    text = text_of(rows, 1);
    ck_assert_ptr_null(strstr(text, "hmn verify"));
}
END_TEST

START_TEST(json_has_an_object_a_row)
{
    char *text;
    size_t length;
    json_out j;
    FILE *f = open_memstream(&text, &length);
    json_put_begin(&j, f);
    json_put_object(&j, NULL);
    lowering_json(rows, 3, &j);
    json_put_close(&j);
    json_put_end(&j);
    fclose(f);
    ck_assert_ptr_nonnull(strstr(text, "\"weight_lsb\": 1.5"));
    ck_assert_ptr_nonnull(strstr(text, "\"decisions_differ\": 0.02"));
    ck_assert_ptr_nonnull(strstr(text, "\"unit\": \"spikes\""));
    ck_assert_ptr_nonnull(strstr(text, "\"cycles_per_epoch\": 12"));
    ck_assert_ptr_nonnull(strstr(text, "\"errors_are\": \"measured\",\n      \"max_error\": 0.25"));
    ck_assert_ptr_nonnull(strstr(text, "\"errors_are\": \"not measured; run hmn verify --report FILE\",\n"
                                       "      \"max_error\": null"));
    ck_assert_ptr_nonnull(strstr(text, "\"verdict\": \"refused\""));
    free(text);
}
END_TEST

SUITE("lowering_out", text_has_a_line_a_row, text_says_how_to_measure_what_is_not_measured, json_has_an_object_a_row)
