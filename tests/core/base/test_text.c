/* Growing text: pieces follow one another whatever their lengths. */
#include "core/base/text.h"
#include "tests/suite.h"

#include <string.h>

START_TEST(pieces_follow_one_another_while_the_text_grows)
{
    hmn_arena *a = arena_new(0);
    hmn_text t = {.arena = a};
    size_t expected = 0;
    for (int i = 0; i < 500; i++) {
        text_add(&t, "%0*d|", i % 40 + 1, i % 7);
        expected += (size_t)(i % 40) + 2;
    }
    ck_assert_uint_eq(t.length, expected);
    ck_assert_uint_eq(strlen(t.s), expected);
    ck_assert(strncmp(t.s, "0|01|002|0003|", 14) == 0);
    ck_assert_str_eq(t.s + expected - 2, "2|"); /* 499 % 7 */
    arena_free(a);
}
END_TEST

START_TEST(an_empty_piece_makes_an_empty_string)
{
    hmn_arena *a = arena_new(0);
    hmn_text t = {.arena = a};
    text_add(&t, "%s", "");
    ck_assert_str_eq(t.s, "");
    ck_assert_uint_eq(t.length, 0);
    arena_free(a);
}
END_TEST

SUITE("text", pieces_follow_one_another_while_the_text_grows, an_empty_piece_makes_an_empty_string)
