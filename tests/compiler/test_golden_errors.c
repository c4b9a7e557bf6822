/* Every tests/golden/errors/NAME.yaml is refused (or warned about) with exactly the text of NAME.err, and the cases
 * together show every class of message that the front end can give. HMN_UPDATE=1 writes the .err files. */
#include "tests/compiler/front.h"
#include "tests/suite.h"

#include <glob.h>
#include <stdio.h>
#include <unistd.h>

/* Classes of messages that only later passes or other commands report: chips, lost numbers, images. */
static bool elsewhere(hmn_diag_code c)
{
    bool file = c == DIAG_FILE_READ || c == DIAG_FILE_FORMAT;
    return c == DIAG_NET_SIGN || c == DIAG_RULE_TARGET || c == DIAG_RULE_LEFT_OUT ||
           (strcmp(diag_code_name(c) + 1, "0600") > 0 && !file);
}

static char *read_all(const char *path)
{
    FILE *f = fopen(path, "rb");
    char *text = calloc(1, 1 << 16);
    if (f) {
        size_t n = fread(text, 1, (1 << 16) - 1, f);
        text[n] = '\0';
        fclose(f);
    }
    return text;
}

static void write_all(const char *path, const char *text)
{
    FILE *f = fopen(path, "wb");
    ck_assert_ptr_nonnull(f);
    fputs(text, f);
    fclose(f);
}

static glob_t cases(void)
{
    glob_t g;
    ck_assert_int_eq(chdir(HMN_SOURCE_DIR "/tests/golden/errors"), 0);
    ck_assert_int_eq(glob("*.yaml", 0, NULL, &g), 0);
    return g;
}

START_TEST(each_case_says_exactly_what_is_expected)
{
    glob_t g = cases();
    for (size_t i = 0; i < g.gl_pathc; i++) {
        char expected[256];
        snprintf(expected, sizeof expected, "%.*s.err", (int)strlen(g.gl_pathv[i]) - 5, g.gl_pathv[i]);
        front f = front_file(g.gl_pathv[i]);
        if (getenv("HMN_UPDATE"))
            write_all(expected, f.said);
        char *want = read_all(expected);
        ck_assert_msg(*want, "%s is missing or empty", expected);
        ck_assert_msg(strcmp(f.said, want) == 0, "%s says\n%s\nexpected\n%s", g.gl_pathv[i], f.said, want);
        ck_assert_msg(f.ok == (diag_errors(f.u.diag) == 0), "%s: result and messages disagree", g.gl_pathv[i]);
        free(want);
        front_free(&f);
    }
    globfree(&g);
}
END_TEST

START_TEST(each_message_has_a_place)
{
    glob_t g = cases();
    for (size_t i = 0; i < g.gl_pathc; i++) {
        front f = front_file(g.gl_pathv[i]);
        for (uint32_t k = 0; k < diag_count(f.u.diag); k++)
            ck_assert_msg(diag_get(f.u.diag, k)->at.line > 0, "%s: '%s' has no place", g.gl_pathv[i],
                          diag_get(f.u.diag, k)->text);
        front_free(&f);
    }
    globfree(&g);
}
END_TEST

START_TEST(the_cases_show_every_class_of_message_of_the_front_end)
{
    bool seen[DIAG_CODE_COUNT] = {false};
    glob_t g = cases();
    for (size_t i = 0; i < g.gl_pathc; i++) {
        front f = front_file(g.gl_pathv[i]);
        for (uint32_t k = 0; k < diag_count(f.u.diag); k++)
            seen[diag_get(f.u.diag, k)->code] = true;
        front_free(&f);
    }
    globfree(&g);
    for (int c = 0; c < DIAG_CODE_COUNT; c++)
        ck_assert_msg(seen[c] || elsewhere((hmn_diag_code)c), "no case gives %s", diag_code_name((hmn_diag_code)c));
}
END_TEST

SUITE("golden_errors", each_case_says_exactly_what_is_expected, each_message_has_a_place,
      the_cases_show_every_class_of_message_of_the_front_end)
