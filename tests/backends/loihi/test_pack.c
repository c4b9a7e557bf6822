#include "backends/loihi/pack.h"

#include "backends/loihi/tables.h"
#include "backends/loihi/weights.h"
#include "core/base/rng.h"
#include "tests/suite.h"

#include <string.h>

static uint32_t draw(uint32_t i, uint32_t k, uint32_t n) { return rng_below(11, RNG_TASK, i, k, 0, n); }

static loihi_format random_format(uint32_t seed)
{
    loihi_format f = {.weight_bits = loihi_weight_bits[1 + draw(seed, 0, 7)],
                      .index_bits = loihi_index_bits[1 + draw(seed, 1, 5)],
                      .delay_bits = (int32_t)draw(seed, 2, 7),
                      .tag_bits = loihi_tag_bits[draw(seed, 3, 4)],
                      .sign = (int32_t)(1 + draw(seed, 4, 3)),
                      .compression = draw(seed, 5, 2) ? COMPRESSION_DENSE : COMPRESSION_SPARSE};
    return f;
}

static int16_t random_weight(const loihi_format *f, uint32_t seed, uint32_t k)
{
    int32_t low = loihi_weight_low(f->weight_bits, (qnet_sign)f->sign);
    int32_t high = loihi_weight_high(f->weight_bits, (qnet_sign)f->sign);
    int32_t step = 1 << loihi_weight_shift(f->weight_bits, (qnet_sign)f->sign);
    return (int16_t)(low + step * (int32_t)draw(seed, k, (uint32_t)((high - low) / step) + 1));
}

static void random_block(const loihi_format *f, uint32_t seed, loihi_synapse *s, uint32_t n)
{
    bool dense = f->compression == COMPRESSION_DENSE;
    uint32_t first = draw(seed, 7, 1024 - n + 1);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t k = 10 + 4 * i;
        int32_t tag_top = f->tag_bits ? 1 << (f->tag_bits - 1) : 0;
        s[i].weight = random_weight(f, seed, k);
        s[i].delay = (uint8_t)draw(seed, k + 1, 1u << f->delay_bits);
        s[i].tag = (int16_t)(tag_top ? (int32_t)draw(seed, k + 2, 2 * (uint32_t)tag_top) - tag_top : 0);
        s[i].compartment = (uint16_t)(dense ? first + i : draw(seed, k + 3, 1u << f->index_bits));
    }
}

START_TEST(any_block_unpacks_to_what_was_packed)
{
    for (uint32_t seed = 0; seed < 3000; seed++) {
        loihi_format formats[3];
        for (uint32_t k = 0; k < 3; k++)
            formats[k] = random_format(3 * seed + k);
        uint32_t id = 1 + draw(seed, 5000, 3), n = 1 + draw(seed, 5001, PACK_BLOCK);
        loihi_synapse s[PACK_BLOCK];
        uint64_t word[PACK_BLOCK_WORDS];
        loihi_block b;
        memset(s, 0, sizeof s);
        random_block(&formats[id - 1], seed, s, n);
        uint32_t words = pack_block(&formats[id - 1], id, s, n, word);
        ck_assert_uint_eq(words, pack_words(&formats[id - 1], n));
        ck_assert_uint_le(words, PACK_BLOCK_WORDS);
        ck_assert(unpack_block(formats, 3, word, words, &b));
        ck_assert_uint_eq(b.format, id - 1);
        ck_assert_uint_eq(b.count, n);
        ck_assert_uint_eq(b.words, words);
        for (uint32_t i = 0; i < n; i++) {
            ck_assert_int_eq(b.synapse[i].weight, s[i].weight);
            ck_assert_uint_eq(b.synapse[i].delay, s[i].delay);
            ck_assert_int_eq(b.synapse[i].tag, s[i].tag);
            ck_assert_uint_eq(b.synapse[i].compartment, s[i].compartment);
        }
    }
}
END_TEST

START_TEST(a_block_costs_what_the_documents_say)
{
    loihi_format f = {.weight_bits = 8, .index_bits = 10, .sign = SIGN_MIXED, .compression = COMPRESSION_SPARSE};
    ck_assert_uint_eq(pack_words(&f, 64), 1216 / 64);
    f.compression = COMPRESSION_DENSE;
    ck_assert_uint_eq(pack_words(&f, 64), 576 / 64);
    ck_assert_uint_eq(pack_words(&f, 36), 320 / 64);
}
END_TEST

START_TEST(words_that_are_no_block_are_refused)
{
    loihi_format f = {.weight_bits = 8, .index_bits = 6, .sign = SIGN_MIXED, .compression = COMPRESSION_SPARSE};
    loihi_synapse s[2] = {{.compartment = 3, .weight = -256}, {.compartment = 9, .weight = 254}};
    uint64_t word[PACK_BLOCK_WORDS];
    loihi_block b;
    ck_assert_uint_eq(pack_block(&f, 1, s, 2, word), 1);
    ck_assert(unpack_block(&f, 1, word, 1, &b));
    ck_assert(!unpack_block(&f, 1, word, 0, &b));
    ck_assert(!unpack_block(&f, 0, word, 1, &b)); /* no such format */
    word[0] |= (uint64_t)1 << 63;                 /* padding is not zero */
    ck_assert(!unpack_block(&f, 1, word, 1, &b));
    word[0] = 0; /* format 0 */
    ck_assert(!unpack_block(&f, 1, word, 1, &b));
    word[0] = 1 | 63u << 4; /* 64 synapses do not fit one word */
    ck_assert(!unpack_block(&f, 1, word, 1, &b));
    f.compression = 1; /* kept free */
    pack_block(&f, 1, s, 2, word);
    ck_assert(!unpack_block(&f, 1, word, 1, &b));
}
END_TEST

SUITE("pack", any_block_unpacks_to_what_was_packed, a_block_costs_what_the_documents_say,
      words_that_are_no_block_are_refused)
