/* Tests of the message collector: severities, places, limits, both ways of printing. */
#include "core/base/diag.h"

#include "tests/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What diag_print or diag_print_json writes. The caller frees it. */
static char *printed(const hmn_diag *d, bool json)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (json)
        diag_print_json(d, out);
    else
        diag_print(d, out, false);
    fclose(out);
    return text;
}

START_TEST(a_message_shows_place_line_caret_and_cure)
{
    hmn_diag *d = diag_new();
    const char *source = "hmn: 1\nsiez: 4\n";
    uint32_t file = diag_add_file(d, "net.yaml", source, strlen(source));
    diag_report(d, DIAG_KEY_UNKNOWN, (hmn_span){file, 2, 1, 4}, "unknown key '%s'", "siez");
    diag_cure(d, "did you mean '%s'?", "size");
    char *text = printed(d, false);
    ck_assert_ptr_nonnull(strstr(text, "net.yaml:2:1: error: unknown key 'siez'"));
    ck_assert_ptr_nonnull(strstr(text, "siez: 4"));
    ck_assert_ptr_nonnull(strstr(text, "^~~~"));
    ck_assert_ptr_nonnull(strstr(text, "help: did you mean 'size'?"));
    ck_assert_uint_eq(diag_errors(d), 1);
    ck_assert_uint_eq(diag_count(d), 1);
    ck_assert_int_eq(diag_get(d, 0)->code, DIAG_KEY_UNKNOWN);
    free(text);
    diag_free(d);
}
END_TEST

START_TEST(warnings_become_errors_on_request)
{
    hmn_diag *d = diag_new();
    hmn_span nowhere = {0, 0, 0, 0};
    diag_report(d, DIAG_NET_UNUSED, nowhere, "population 'a' is never used");
    ck_assert_uint_eq(diag_errors(d), 0);
    ck_assert_uint_eq(diag_warnings(d), 1);
    diag_werror(d, true);
    diag_report(d, DIAG_NET_UNUSED, nowhere, "population 'b' is never used");
    ck_assert_uint_eq(diag_errors(d), 1);
    diag_free(d);
}
END_TEST

START_TEST(at_most_twenty_errors_are_shown_and_none_is_forgotten)
{
    hmn_diag *d = diag_new();
    for (int i = 0; i < 1500; i++)
        diag_report(d, DIAG_VALUE_RANGE, (hmn_span){0, 0, 0, 0}, "value %d", i);
    ck_assert_uint_eq(diag_errors(d), 1500);
    char *text = printed(d, false);
    unsigned shown = 0;
    for (const char *p = text; (p = strstr(p, "error:")); p++)
        shown++;
    ck_assert_uint_eq(shown, DIAG_MAX_SHOWN);
    ck_assert_ptr_nonnull(strstr(text, "1480 more"));
    free(text);
    diag_free(d);
}
END_TEST

START_TEST(places_outside_the_text_are_harmless)
{
    hmn_diag *d = diag_new();
    uint32_t file = diag_add_file(d, "x", "\t\xff\x01", 3);
    diag_report(d, DIAG_YAML_SYNTAX, (hmn_span){file, 99, 1, 1}, "past the end");
    diag_report(d, DIAG_YAML_SYNTAX, (hmn_span){file, 1, 4000, 4000}, "far to the right");
    diag_report(d, DIAG_YAML_SYNTAX, (hmn_span){77, 1, 1, 1}, "no such file");
    char *text = printed(d, false);
    ck_assert_ptr_nonnull(strstr(text, "past the end"));
    ck_assert_ptr_nonnull(strstr(text, "far to the right"));
    ck_assert_ptr_null(strchr(text, '\x01'));
    free(text);
    diag_free(d);
}
END_TEST

START_TEST(json_escapes_quotes_and_control_characters)
{
    hmn_diag *d = diag_new();
    uint32_t file = diag_add_file(d, "a\"b", "x", 1);
    diag_report(d, DIAG_YAML_SYNTAX, (hmn_span){file, 1, 1, 1}, "tab\there \\ \"quoted\"");
    char *text = printed(d, true);
    ck_assert_ptr_nonnull(strstr(text, "\"file\":\"a\\\"b\""));
    ck_assert_ptr_nonnull(strstr(text, "tab\\u0009here \\\\ \\\"quoted\\\""));
    ck_assert_ptr_nonnull(strstr(text, "\"severity\":\"error\",\"code\":\"E0101\""));
    ck_assert_int_eq(text[strlen(text) - 1], '\n');
    free(text);
    diag_free(d);
}
END_TEST

START_TEST(codes_are_unique_and_explained)
{
    for (int i = 0; i < DIAG_CODE_COUNT; i++) {
        ck_assert_uint_eq(strlen(diag_code_name((hmn_diag_code)i)), 5);
        ck_assert_uint_gt(strlen(diag_code_meaning((hmn_diag_code)i)), 10);
        ck_assert_uint_gt(strlen(diag_code_cure((hmn_diag_code)i)), 5);
        for (int j = 0; j < i; j++)
            ck_assert_str_ne(diag_code_name((hmn_diag_code)i), diag_code_name((hmn_diag_code)j));
    }
}
END_TEST

SUITE("diag", a_message_shows_place_line_caret_and_cure, warnings_become_errors_on_request,
      at_most_twenty_errors_are_shown_and_none_is_forgotten, places_outside_the_text_are_harmless,
      json_escapes_quotes_and_control_characters, codes_are_unique_and_explained)
