#include "core/isa/ulearn.h"

#include "core/base/rng.h"
#include "tests/suite.h"

#include <stdlib.h>
#include <string.h>

static uint32_t draw(uint32_t i, uint32_t k, uint32_t n) { return rng_below(7, RNG_TASK, i, k, 0, n); }

static hmn_rule random_rule(uint32_t seed)
{
    static const uint8_t dependency[] = {RV_X0, RV_Y0, RV_U};
    hmn_rule r;
    memset(&r, 0, sizeof r);
    uint32_t k = 0;
    r.nproducts = 1 + draw(seed, k++, RULE_MAX_PRODUCTS);
    r.rounds = draw(seed, k++, 2) != 0;
    r.attend.on = draw(seed, k++, 2) != 0;
    r.draw.on = draw(seed, k++, 2) != 0;
    if (r.attend.on)
        r.attend = (rule_attend){true, draw(seed, k, 2) != 0, (uint8_t)draw(seed, k + 1, 256),
                                 (uint16_t)draw(seed, k + 2, 65536)};
    k += 3;
    if (r.draw.on) {
        r.draw.table = (uint8_t)draw(seed, k++, 16);
        r.draw.shift = (uint8_t)draw(seed, k++, 16);
        r.draw.first = (uint16_t)draw(seed, k++, 65536);
    }
    r.attended = draw(seed, k++, 1u << 31) & ((uint32_t)((uint64_t)1 << r.nproducts) - 1);
    r.drawn = draw(seed, k++, 1u << 31) & ((uint32_t)((uint64_t)1 << r.nproducts) - 1);
    for (uint32_t i = 0; i < r.nproducts; i++) {
        rule_product *p = &r.product[i];
        p->target = (uint8_t)draw(seed, k++, RULE_TARGETS);
        p->dependency = dependency[draw(seed, k++, 3)];
        p->decimate = (uint8_t)draw(seed, k++, 16);
        p->mantissa = (int8_t)((int)draw(seed, k++, 16) - 8);
        p->exponent = (int8_t)((int)draw(seed, k++, 16) - 7);
        p->nfactors = (uint8_t)draw(seed, k++, RULE_MAX_FACTORS + 1);
        for (uint32_t f = 0; f < p->nfactors; f++) {
            p->factor[f].var = (uint8_t)draw(seed, k++, RV_COUNT);
            p->factor[f].sgn = draw(seed, k++, 2) != 0;
            p->factor[f].constant = (int16_t)((int)draw(seed, k++, 1024) - 512);
        }
    }
    return r;
}

START_TEST(decoding_gives_back_what_was_encoded)
{
    for (uint32_t seed = 0; seed < 2000; seed++) {
        hmn_rule r = random_rule(seed), back;
        memset(&back, 0, sizeof back);
        uint32_t word[ULEARN_MAX_WORDS], n = ulearn_length(&r);
        ck_assert(ulearn_encode(&r, word));
        ck_assert_uint_eq(ulearn_decode(word, n, &back), n);
        ck_assert_uint_eq(back.nproducts, r.nproducts);
        ck_assert_mem_eq(back.product, r.product, r.nproducts * sizeof r.product[0]);
        ck_assert(back.rounds == r.rounds && back.attended == r.attended && back.drawn == r.drawn);
        ck_assert_mem_eq(&back.attend, &r.attend, sizeof r.attend);
        ck_assert(back.draw.on == r.draw.on && back.draw.table == r.draw.table && back.draw.shift == r.draw.shift &&
                  back.draw.first == r.draw.first);
    }
}
END_TEST

START_TEST(words_that_decode_encode_to_themselves)
{
    uint32_t decoded = 0;
    for (uint32_t i = 0; i < 400000; i++) {
        uint32_t w = rng_u32(3, RNG_TASK, i, 0, 0);
        w = (w & 0x0FFFFF80u & ~0x780u) | 1u << 28; /* a product without factors: most field values */
        hmn_rule r;
        memset(&r, 0, sizeof r);
        if (ulearn_decode(&w, 1, &r) != 1)
            continue;
        uint32_t again;
        ck_assert(ulearn_encode(&r, &again));
        ck_assert_uint_eq(again, w);
        decoded++;
    }
    ck_assert_uint_gt(decoded, 100000);
}
END_TEST

/* As many words as ULEARN_WORDS says, ten million without it. Each becomes text, and they are decoded as programs. */
START_TEST(random_words_never_crash_the_disassembler)
{
    const char *asked = getenv("ULEARN_WORDS");
    uint32_t words = asked ? (uint32_t)strtoul(asked, NULL, 10) : 10000000, known = 0, word[64];
    for (uint32_t i = 0; i < words; i += 64) {
        for (uint32_t k = 0; k < 64; k += 4)
            rng_block(11, RNG_TASK, i, k, 0, &word[k]);
        for (uint32_t k = 0; k < 64; k++) {
            char text[40];
            if (k % 2) /* half of them begin like a word of the program */
                word[k] = (word[k] & 0x0FFFFFFFu) | (1 + k / 2 % 5) << 28;
            memset(text, 'x', sizeof text);
            ulearn_word_text(word[k], text, sizeof text);
            if (!memchr(text, 0, sizeof text)) /* assertions are slow: one only where it fails */
                ck_abort_msg("0x%08x has no end", word[k]);
            known += strncmp(text, "prod ", 5) == 0 || strncmp(text, "fact ", 5) == 0;
        }
        hmn_rule r;
        uint32_t good = ulearn_decode(word, 64, &r);
        if (good > 64 || r.nproducts > RULE_MAX_PRODUCTS)
            ck_abort_msg("64 words decode to %u words, %u products", good, r.nproducts);
    }
    ck_assert_uint_gt(known, 100);
}
END_TEST

START_TEST(values_beyond_a_field_are_refused)
{
    uint32_t word[ULEARN_MAX_WORDS];
    hmn_rule r = random_rule(1);
    r.nproducts = 1;
    r.product[0].mantissa = 8;
    ck_assert(!ulearn_encode(&r, word));
    r.product[0].mantissa = 7;
    r.product[0].nfactors = 1;
    r.product[0].factor[0] = (rule_factor){RV_X1, false, 512};
    ck_assert(!ulearn_encode(&r, word));
    r.product[0].factor[0].constant = 511;
    ck_assert(ulearn_encode(&r, word));
    r.product[0].dependency = RV_X1;
    ck_assert(!ulearn_encode(&r, word));
}
END_TEST

START_TEST(a_cut_or_damaged_program_is_found)
{
    hmn_rule r, back;
    memset(&r, 0, sizeof r);
    r.nproducts = 1;
    r.product[0] = (rule_product){RULE_W, RV_X0, 0, 1, 0, 2, {{RV_X1, false, 0}, {RV_R1, false, 0}}};
    uint32_t word[3];
    ck_assert(ulearn_encode(&r, word));
    ck_assert_uint_eq(ulearn_decode(word, 2, &back), 1);
    ck_assert_uint_eq(ulearn_decode(word, 3, &back), 3);
    word[2] |= 1u << 15; /* a bit that belongs to no field */
    ck_assert_uint_eq(ulearn_decode(word, 3, &back), 2);
    word[0] = 0;
    ck_assert_uint_eq(ulearn_decode(word, 3, &back), 0);
}
END_TEST

START_TEST(a_rule_is_held_against_the_engine)
{
    const ulearn_legal legal = {1u << RV_X1 | 1u << RV_C, 2, 2, -8, 7, -7, 8, 0};
    const char *why = NULL;
    hmn_rule r;
    memset(&r, 0, sizeof r);
    r.nproducts = 2;
    for (int i = 0; i < 2; i++)
        r.product[i] = (rule_product){RULE_W, RV_X0, 0, 1, 0, 1, {{RV_X1, false, 0}}};
    ck_assert_uint_eq(ulearn_check(&r, &legal, &why), 2);
    r.product[1].factor[0].var = RV_R0;
    ck_assert_uint_eq(ulearn_check(&r, &legal, &why), 1);
    ck_assert_ptr_nonnull(why);
    r.product[1].factor[0] = (rule_factor){RV_X1, true, 0};
    ck_assert_uint_eq(ulearn_check(&r, &legal, &why), 1);
    r.product[1].factor[0].sgn = false;
    r.product[0].nfactors = 3;
    ck_assert_uint_eq(ulearn_check(&r, &legal, &why), 0);
    r.product[0].nfactors = 1;
    r.nproducts = 3;
    r.product[2] = r.product[0];
    ck_assert_uint_eq(ulearn_check(&r, &legal, &why), 2);
}
END_TEST

START_TEST(ops_that_an_engine_lacks_are_refused)
{
    ulearn_legal legal = {~0u, 32, 8, -8, 7, -7, 8, 1u << ULEARN_PRODUCT | 1u << ULEARN_FACTOR};
    const char *why = NULL;
    for (uint32_t op = ULEARN_ROUND; op <= ULEARN_DRAW; op++) {
        hmn_rule r;
        memset(&r, 0, sizeof r);
        r.nproducts = 1;
        r.rounds = op == ULEARN_ROUND;
        r.attend.on = op == ULEARN_ATTEND;
        r.draw.on = op == ULEARN_DRAW;
        ck_assert_uint_eq(ulearn_check(&r, &legal, &why), 0);
        ck_assert_ptr_nonnull(why);
        legal.legal_ops |= 1u << op;
        ck_assert_uint_eq(ulearn_check(&r, &legal, &why), 1);
        r.attend.on = r.draw.on = false;
        r.attended = op == ULEARN_ATTEND;
        r.drawn = op == ULEARN_DRAW;
        ck_assert_uint_eq(ulearn_check(&r, &legal, &why), op == ULEARN_ROUND);
    }
    hmn_rule r;
    memset(&r, 0, sizeof r);
    r.nproducts = 1;
    r.product[0] = (rule_product){RULE_W, RV_U, 0, 1, -16, 0, {{0}}};
    ck_assert_uint_eq(ulearn_check(&r, &legal, &why), 0); /* so small an exponent goes with round only */
    r.rounds = true;
    ck_assert_uint_eq(ulearn_check(&r, &legal, &why), 1);
}
END_TEST

START_TEST(text_says_what_a_word_means)
{
    hmn_rule r;
    memset(&r, 0, sizeof r);
    r.nproducts = 1;
    r.product[0] = (rule_product){RULE_T, RV_U, 3, -3, -2, 2, {{RV_X1, false, -5}, {RV_W, true, 0}}};
    uint32_t word[3];
    char text[128];
    ck_assert(ulearn_encode(&r, word));
    ulearn_word_text(word[0], text, sizeof text);
    ck_assert_str_eq(text, "prod t u3 -3*2^-2 n=2");
    ulearn_word_text(word[1], text, sizeof text);
    ck_assert_str_eq(text, "fact (x1 - 5)");
    ulearn_product_text(&r.product[0], text, sizeof text);
    ck_assert_str_eq(text, "dt += -3*2^-2 * u3 * (x1 - 5) * sgn(w)");
    ulearn_word_text(0xFFFFFFFFu, text, sizeof text);
    ck_assert_str_eq(text, "?    0xffffffff");
}
END_TEST

SUITE("ulearn", decoding_gives_back_what_was_encoded, words_that_decode_encode_to_themselves,
      random_words_never_crash_the_disassembler, values_beyond_a_field_are_refused, a_cut_or_damaged_program_is_found,
      a_rule_is_held_against_the_engine, ops_that_an_engine_lacks_are_refused, text_says_what_a_word_means)
