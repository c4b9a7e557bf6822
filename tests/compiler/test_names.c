/* The map of names and the nearest word. */
#include "compiler/names.h"

#include "tests/suite.h"

#include <string.h>

START_TEST(names_are_found_again_among_many)
{
    hmn_arena *a = arena_new(0);
    names n = names_new(a);
    ck_assert_uint_eq(names_find(&n, "x"), NAMES_NONE);
    for (uint32_t i = 0; i < 5000; i++)
        ck_assert(names_add(&n, arena_printf(a, "name%u", i), i));
    for (uint32_t i = 0; i < 5000; i++)
        ck_assert_uint_eq(names_find(&n, arena_printf(a, "name%u", i)), i);
    ck_assert(!names_add(&n, "name7", 9));
    ck_assert_uint_eq(names_find(&n, "name7"), 7);
    names_set(&n, "name7", 9);
    ck_assert_uint_eq(names_find(&n, "name7"), 9);
    ck_assert_uint_eq(names_find(&n, "name5000"), NAMES_NONE);
    arena_free(a);
}
END_TEST

static const char *nearest(const char *word, const char *list)
{
    suggestion s = suggest_start(word);
    static const char *const words[] = {"tau_fast", "tau_slow", "A_plus", "weight", "p_connect"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        suggest_offer(&s, words[i], words[i]);
    suggest_offer_list(&s, list, "the alias");
    return s.best ? s.best : "";
}

START_TEST(a_slip_of_the_finger_is_recognised)
{
    ck_assert_str_eq(nearest("tau_fsat", ""), "tau_fast"); /* two neighbours swapped */
    ck_assert_str_eq(nearest("tau_fst", ""), "tau_fast");
    ck_assert_str_eq(nearest("weigth", ""), "weight");
    ck_assert_str_eq(nearest("taufast", ""), "tau_fast");
    ck_assert_str_eq(nearest("a_PLUS", ""), "A_plus");
    ck_assert_str_eq(nearest("pconnect", ""), "p_connect");
}
END_TEST

START_TEST(what_is_not_alike_is_not_suggested)
{
    ck_assert_str_eq(nearest("banana", ""), "");
    ck_assert_str_eq(nearest("", ""), "");
    ck_assert_str_eq(nearest("q", ""), "");
}
END_TEST

START_TEST(aliases_lead_to_their_key)
{
    ck_assert_str_eq(nearest("indegree", "N indegree =outdegree"), "the alias");
    ck_assert_str_eq(nearest("outdegre", "N indegree =outdegree"), "the alias");
}
END_TEST

START_TEST(very_long_words_are_left_alone)
{
    char word[5000];
    memset(word, 'a', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    ck_assert_str_eq(nearest(word, word), "");
}
END_TEST

SUITE("names", names_are_found_again_among_many, a_slip_of_the_finger_is_recognised, what_is_not_alike_is_not_suggested,
      aliases_lead_to_their_key, very_long_words_are_left_alone)
