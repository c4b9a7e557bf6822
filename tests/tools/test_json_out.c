/* The JSON writer: what it writes is read back by an independent parser. */
#include "tools/json_out.h"
#include "tests/suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static char *text;
static size_t size;

static FILE *begin(json_out *j)
{
    FILE *f = open_memstream(&text, &size);
    json_put_begin(j, f);
    return f;
}

START_TEST(layout_is_stable)
{
    json_out j;
    FILE *f = begin(&j);
    json_put_object(&j, NULL);
    json_put_text(&j, "name", "x");
    json_put_array(&j, "rows");
    json_put_row(&j, NULL);
    json_put_integer(&j, NULL, -1);
    json_put_natural(&j, NULL, UINT64_MAX);
    json_put_close(&j);
    json_put_close(&j);
    json_put_object(&j, "empty");
    json_put_close(&j);
    json_put_bool(&j, "yes", true);
    json_put_hex(&j, "hash", 255);
    json_put_text(&j, "nothing", NULL);
    json_put_close(&j);
    json_put_end(&j);
    fclose(f);
    ck_assert_str_eq(text,
                     "{\n  \"name\": \"x\",\n  \"rows\": [\n    [-1, 18446744073709551615]\n  ],\n  \"empty\": {},\n"
                     "  \"yes\": true,\n  \"hash\": \"00000000000000ff\",\n  \"nothing\": null\n}\n");
    free(text);
}
END_TEST

START_TEST(doubles_survive_and_what_is_not_finite_is_null)
{
    static const double values[] = {0.1, 1e300, -5e-324, 1.0 / 3, 123456789.123456789};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        json_out j;
        FILE *f = begin(&j);
        json_put_real(&j, NULL, values[i]);
        fclose(f);
        ck_assert(strtod(text, NULL) == values[i]);
        free(text);
    }
    json_out j;
    FILE *f = begin(&j);
    json_put_row(&j, NULL);
    json_put_real(&j, NULL, NAN);
    json_put_real(&j, NULL, -INFINITY);
    json_put_close(&j);
    fclose(f);
    ck_assert_str_eq(text, "[null, null]");
    free(text);
}
END_TEST

START_TEST(any_bytes_become_valid_text)
{
    json_out j;
    FILE *f = begin(&j);
    json_put_text(&j, NULL, "a\"\\\n\x01\x7f \xc3\xa9 \xff\xc0\x80 \xed\xa0\x80 \xe2\x82");
    fclose(f);
    ck_assert_str_eq(text, "\"a\\\"\\\\\\u000a\\u0001\\u007f \xc3\xa9 \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD "
                           "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD \xEF\xBF\xBD\xEF\xBF\xBD\"");
    free(text);
}
END_TEST

SUITE("json_out", layout_is_stable, doubles_survive_and_what_is_not_finite_is_null, any_bytes_become_valid_text)
