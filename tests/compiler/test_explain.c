/* The text made from the table of keys: docs/language.md is what the program writes, every key can be explained. */
#include "compiler/explain.h"

#include "compiler/keys.h"
#include "tests/suite.h"

#include <stdio.h>
#include <string.h>

static char *explained(const char *key, bool *found)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    *found = explain_key(out, key);
    fclose(out);
    return text;
}

START_TEST(every_key_and_parameter_is_explained)
{
    bool found;
    for (const key_context *const *c = keys_contexts(); *c; c++)
        for (const key_def *k = (*c)->key; k->name; k++) {
            char *text = explained(k->name, &found);
            ck_assert_msg(found && strstr(text, k->meaning), "%s is not explained", k->name);
            free(text);
        }
    for (int i = 0; i < NP_COUNT; i++) {
        char *text = explained(keys_params[i].key, &found);
        ck_assert_msg(found && strstr(text, keys_params[i].meaning), "%s is not explained", keys_params[i].key);
        free(text);
    }
}
END_TEST

START_TEST(a_context_narrows_the_answer)
{
    bool found;
    char *text = explained("stimulus.rate", &found);
    ck_assert(found && strstr(text, "stimuli.NAME") && !strstr(text, "populations.NAME"));
    free(text);
}
END_TEST

START_TEST(a_misspelt_key_gets_a_suggestion)
{
    bool found;
    char *text = explained("p_conect", &found);
    ck_assert(!found);
    ck_assert_ptr_nonnull(strstr(text, "did you mean 'p_connect'"));
    free(text);
}
END_TEST

START_TEST(words_of_choices_are_explained)
{
    bool found;
    char *text = explained("fixed_probability", &found);
    ck_assert(found && strstr(text, "probability p_connect"));
    free(text);
}
END_TEST

START_TEST(the_language_page_is_the_generated_one)
{
    char *text = NULL, *page;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size), *f = fopen(HMN_SOURCE_DIR "/docs/language.md", "rb");
    explain_language(out);
    fclose(out);
    ck_assert_ptr_nonnull(f);
    page = calloc(1, size + 2);
    size_t got = fread(page, 1, size + 1, f);
    fclose(f);
    ck_assert_msg(got == size && memcmp(page, text, size) == 0,
                  "docs/language.md differs from the table of keys: write it again with HMN_UPDATE=1");
    free(page);
    free(text);
}
END_TEST

/* With HMN_UPDATE set the page is written before it is compared. */
START_TEST(the_language_page_can_be_written)
{
    if (!getenv("HMN_UPDATE"))
        return;
    FILE *f = fopen(HMN_SOURCE_DIR "/docs/language.md", "wb");
    ck_assert_ptr_nonnull(f);
    explain_language(f);
    fclose(f);
}
END_TEST

SUITE("explain", the_language_page_can_be_written, the_language_page_is_the_generated_one,
      every_key_and_parameter_is_explained, a_context_narrows_the_answer, a_misspelt_key_gets_a_suggestion,
      words_of_choices_are_explained)
