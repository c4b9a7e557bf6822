/* The assembler against the disassembler: text -> word -> text and word -> text -> word. */
#include "core/isa/ulearn.h"

#include "core/base/rng.h"
#include "tests/suite.h"

#include <string.h>

static void there_and_back(uint32_t word)
{
    char text[64];
    uint32_t back = ~word;
    ulearn_word_text(word, text, sizeof text);
    if (!ulearn_word_parse(text, &back) || back != word) /* assertions are slow: one only where it fails */
        ck_abort_msg("0x%08x: \"%s\" became 0x%08x", word, text, back);
}

START_TEST(texts_become_the_words_they_came_from)
{
    static const char *const text[] = {"prod w x0 -3*2^-2 n=1",
                                       "prod d y0 k=3 7*2^8 n=0",
                                       "prod t u9 -8*2^-16 n=8 att draw",
                                       "fact x1",
                                       "fact (y3 - 512)",
                                       "fact sgn(w + 511)",
                                       "fact sgn(t)",
                                       "fact (-7)",
                                       "fact sgn(0)",
                                       "round",
                                       "att group=3 mean=1 gain=65535",
                                       "draw table=15 shift=9 first=32767",
                                       "?    0x00000000"};
    for (size_t k = 0; k < sizeof text / sizeof *text; k++) {
        uint32_t word;
        char again[64];
        ck_assert_msg(ulearn_word_parse(text[k], &word), "%s", text[k]);
        ulearn_word_text(word, again, sizeof again);
        ck_assert_str_eq(again, text[k]);
    }
    uint32_t a, b;
    ck_assert(ulearn_word_parse("prod w  x0 -3 *2^ -2 n= 1", &a) && ulearn_word_parse(text[0], &b));
    ck_assert_uint_eq(a, b); /* blanks do not count */
}
END_TEST

/* Every value of every field of each op, the others drawn; and words of no op. */
START_TEST(every_word_comes_back)
{
    for (uint32_t i = 0; i < 2000000; i++) {
        uint32_t w = rng_u32(3, RNG_TASK, i, 1, 0);
        static const uint32_t used[] = {0xFFFFFFFFu, 0x1FFFFFE0u, 0x2F8003FFu, 0x30000000u, 0x4FF8FFFFu, 0x5FF0FFFFu};
        uint32_t op = i % 6;
        there_and_back(op ? ((w & used[op] & 0x0FFFFFFFu) | op << 28) : w);
    }
}
END_TEST

START_TEST(all_factors_come_back)
{
    for (uint32_t var = 0; var < 16; var++)
        for (uint32_t sgn = 0; sgn < 2; sgn++)
            for (uint32_t constant = 0; constant < 1024; constant++)
                there_and_back(2u << 28 | var << 24 | sgn << 23 | constant);
}
END_TEST

START_TEST(what_is_no_word_is_refused)
{
    static const char *const text[] = {"",
                                       "prod",
                                       "prod w x0 9*2^0 n=0",
                                       "prod w x1 1*2^0 n=0",
                                       "prod w x0 1*2^16 n=0",
                                       "prod w x0 1*2^0 n=9",
                                       "prod q x0 1*2^0 n=0",
                                       "fact",
                                       "fact z",
                                       "fact x1 +",
                                       "fact (x1",
                                       "fact 7",
                                       "fact (x1 + 512)",
                                       "round 1",
                                       "att group=256 mean=0 gain=0",
                                       "draw table=16 shift=0 first=0",
                                       "prod w x0 1*2^0 n=0 again",
                                       "? 0x1ffffffff"};
    uint32_t word;
    for (size_t k = 0; k < sizeof text / sizeof *text; k++)
        ck_assert_msg(!ulearn_word_parse(text[k], &word), "\"%s\" is taken", text[k]);
}
END_TEST

SUITE("ulearn_asm", texts_become_the_words_they_came_from, every_word_comes_back, all_factors_come_back,
      what_is_no_word_is_refused)
