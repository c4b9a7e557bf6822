/* Rows of terms as text and JSON. */
#include "tools/terms.h"

#include "tests/suite.h"

#include <stdlib.h>
#include <string.h>

static const term_row rows[] = {{"in_out", "equation 5: p", "", "quantised", 16, 40, 0.25, 0.125, 1.5, 12, 0.02},
                                {"in_out", "equation 2, x", "spikes", "quantised", 7, 3, 2, 1, 0, 0, 0}};

START_TEST(text_has_a_line_a_row)
{
    char *text;
    size_t length;
    FILE *f = open_memstream(&text, &length);
    terms_text(rows, 2, f);
    fclose(f);
    ck_assert_ptr_nonnull(strstr(text, "in_out      equation 5: p"));
    ck_assert_ptr_nonnull(strstr(text, "2 % of the decisions fell otherwise"));
    ck_assert_ptr_null(strstr(strstr(text, "equation 2, x"), "otherwise"));
    free(text);
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
    terms_json(rows, 2, &j);
    json_put_close(&j);
    json_put_end(&j);
    fclose(f);
    ck_assert_ptr_nonnull(strstr(text, "\"weight_lsb\": 1.5"));
    ck_assert_ptr_nonnull(strstr(text, "\"decisions_differ\": 0.02"));
    ck_assert_ptr_nonnull(strstr(text, "\"unit\": \"spikes\""));
    free(text);
}
END_TEST

SUITE("terms_out", text_has_a_line_a_row, json_has_an_object_a_row)
