#include "backends/loihi/pack.h"

#include "backends/loihi/tables.h"
#include "backends/loihi/weights.h"
#include "core/base/rng.h"
#include "tests/suite.h"

#include <stdlib.h>
#include <string.h>

static uint32_t draw(uint32_t i, uint32_t k, uint32_t n) { return rng_below(11, RNG_TASK, i, k, 0, n); }

static loihi_format random_format(uint32_t seed)
{
    static const int32_t compression[] = {COMPRESSION_SPARSE, COMPRESSION_RUNS, COMPRESSION_DENSE};
    loihi_format f = {.weight_bits = loihi_weight_bits[1 + draw(seed, 0, 7)],
                      .index_bits = loihi_index_bits[1 + draw(seed, 1, 5)],
                      .delay_bits = (int32_t)draw(seed, 2, 7),
                      .tag_bits = loihi_tag_bits[draw(seed, 3, 4)],
                      .skip_bits = (int32_t)draw(seed, 6, PACK_SKIP_MOST + 1),
                      .run_bits = (int32_t)draw(seed, 8, PACK_RUN_MOST + 1),
                      .sign = (int32_t)(1 + draw(seed, 4, 3)),
                      .first_more = 2,
                      .compression = compression[draw(seed, 5, 3)]};
    return f;
}

static int16_t random_weight(const loihi_format *f, uint32_t seed, uint32_t k)
{
    int32_t low = loihi_weight_low(f->weight_bits, (qnet_sign)f->sign);
    int32_t high = loihi_weight_high(f->weight_bits, (qnet_sign)f->sign);
    int32_t step = 1 << loihi_weight_shift(f->weight_bits, (qnet_sign)f->sign);
    return (int16_t)(low + step * (int32_t)draw(seed, k, (uint32_t)((high - low) / step) + 1));
}

/* n synapses of a row: any compartments when sparse, otherwise ascending with gaps now and then. */
static void random_row(const loihi_format *f, uint32_t seed, loihi_synapse *s, uint32_t n)
{
    bool sparse = f->compression == COMPRESSION_SPARSE;
    uint32_t at = draw(seed, 7, 200), often = 1 + draw(seed, 9, 12), wide = 1 + draw(seed, 10, 12);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t k = 20 + 6 * i;
        int32_t tag_top = f->tag_bits ? 1 << (f->tag_bits - 1) : 0;
        at += 1 + (draw(seed, k + 4, often) == 0 ? draw(seed, k + 5, wide) : 0);
        s[i].weight = random_weight(f, seed, k);
        s[i].delay = (uint8_t)draw(seed, k + 1, 1u << f->delay_bits);
        s[i].tag = (int16_t)(tag_top ? (int32_t)draw(seed, k + 2, 2 * (uint32_t)tag_top) - tag_top : 0);
        s[i].compartment = (uint16_t)(sparse ? draw(seed, k + 3, 1u << f->index_bits) : at);
    }
}

static void expect_same(const loihi_block *b, const loihi_synapse *s, uint32_t n)
{
    ck_assert_uint_eq(b->count, n);
    for (uint32_t i = 0; i < n; i++)
        if (b->synapse[i].weight != s[i].weight || b->synapse[i].delay != s[i].delay || b->synapse[i].tag != s[i].tag ||
            b->synapse[i].compartment != s[i].compartment)
            ck_abort_msg("synapse %u of %u", i, n);
}

/* Rows of up to 150 synapses, block after block. */
START_TEST(any_row_unpacks_to_what_was_packed)
{
    enum { MOST = 150 };
    uint32_t several = 0, runs = 0;
    for (uint32_t seed = 0; seed < 3000; seed++) {
        loihi_format formats[3];
        for (uint32_t k = 0; k < 3; k++)
            formats[k] = random_format(3 * seed + k);
        uint32_t id = 1 + draw(seed, 5000, 3), n = 1 + draw(seed, 5001, MOST), blocks = 0;
        const loihi_format *f = &formats[id - 1];
        loihi_synapse s[MOST];
        uint32_t target[MOST];
        memset(s, 0, sizeof s);
        random_row(f, seed, s, n);
        for (uint32_t i = 0; i < n; i++)
            target[i] = s[i].compartment;
        for (uint32_t at = 0; at < n; blocks++) {
            uint64_t word[PACK_BLOCK_WORDS];
            uint32_t words, take = pack_take(f, target + at, n - at, &words);
            loihi_block b;
            ck_assert_uint_ge(take, 1);
            ck_assert_uint_eq(pack_block(f, id, s + at, take, word), words);
            ck_assert_uint_le(words, PACK_BLOCK_WORDS);
            ck_assert(unpack_block(formats, 3, word, words, &b));
            ck_assert_uint_eq(b.format, id - 1);
            ck_assert_uint_eq(b.words, words);
            expect_same(&b, s + at, take);
            ck_assert(words == 1 || !unpack_block(formats, 3, word, words - 1, &b)); /* cut off */
            at += take;
        }
        several += f->compression == COMPRESSION_RUNS && blocks > 1;
        runs += f->compression == COMPRESSION_RUNS && blocks == 1;
    }
    ck_assert_uint_gt(several, 200);
    ck_assert_uint_gt(runs, 100);
}
END_TEST

/* Random words through every kind of format: refused, or a block within the room whose synapses its widths can hold. */
START_TEST(random_words_are_refused_or_a_block)
{
    enum { ROOM = PACK_BLOCK_WORDS + 2 };
    uint32_t blocks = 0;
    for (uint32_t seed = 0; seed < 60000; seed++) {
        loihi_format f = random_format(seed);
        uint32_t room = 1 + draw(seed, 6000, ROOM);
        uint64_t *word = calloc(room, sizeof *word); /* exactly so long, for the address sanitizer */
        for (uint32_t i = 0; i < 1 + draw(seed, 6001, room); i++)
            word[i] = (uint64_t)draw(seed, 6002 + 2 * i, UINT32_MAX) << 32 | draw(seed, 6003 + 2 * i, UINT32_MAX);
        word[0] = (word[0] & ~(uint64_t)15) | draw(seed, 7000, 3);
        loihi_block b;
        if (unpack_block(&f, 1, word, room, &b)) {
            blocks++;
            ck_assert_uint_le(b.words, room);
            for (uint32_t i = 0; i < b.count; i++)
                if (b.synapse[i].delay >= 1u << f.delay_bits)
                    ck_abort_msg("delay %u in %d bits", b.synapse[i].delay, f.delay_bits);
        }
        free(word);
    }
    ck_assert_uint_gt(blocks, 100);
}
END_TEST

/* Words of the first block of compartments 0, 1, ... n - 1 but those in `without`, -1 ends the list. */
static uint32_t words_of(const loihi_format *f, uint32_t n, const int *without, uint32_t *take)
{
    uint32_t target[256], k = 0, words;
    for (uint32_t i = 0; i < n; i++) {
        bool there = true;
        for (const int *w = without; *w >= 0; w++)
            there &= (uint32_t)*w != i;
        if (there)
            target[k++] = i;
    }
    *take = pack_take(f, target, k, &words);
    return words;
}

START_TEST(a_block_costs_what_the_documents_say)
{
    static const int none[] = {-1}, two[] = {10, 20, -1};
    loihi_format f = {.weight_bits = 8, .index_bits = 10, .sign = SIGN_MIXED, .compression = COMPRESSION_SPARSE};
    uint32_t take;
    ck_assert_uint_eq(words_of(&f, 64, none, &take), 1216 / 64);
    f.compression = COMPRESSION_DENSE;
    ck_assert_uint_eq(words_of(&f, 64, none, &take), 576 / 64);
    ck_assert_uint_eq(words_of(&f, 36, none, &take), 320 / 64);
    ck_assert_uint_eq(words_of(&f, 36, two, &take), 2); /* 10 entries */
    ck_assert_uint_eq(take, 10);
    f.compression = COMPRESSION_RUNS; /* 20 + 34 entries of 8, 3 lengths of 4, 2 skips of 1 */
    f.run_bits = 4;
    f.skip_bits = 1;
    ck_assert_uint_eq(words_of(&f, 36, two, &take), (20 + 34 * 8 + 3 * 4 + 2 * 1 + 63) / 64);
    ck_assert_uint_eq(take, 34);
    f.skip_bits = 0; /* no gap can be said */
    ck_assert_uint_eq(words_of(&f, 36, two, &take), 2);
    ck_assert_uint_eq(take, 10);
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
    f.compression = 2; /* kept free */
    pack_block(&f, 1, s, 2, word);
    ck_assert(!unpack_block(&f, 1, word, 1, &b));
    f.compression = COMPRESSION_RUNS; /* a run longer than the block */
    f.run_bits = 3;
    pack_block(&f, 1, s, 2, word);
    ck_assert(unpack_block(&f, 1, word, 1, &b));
    word[0] |= (uint64_t)7 << 20;
    ck_assert(!unpack_block(&f, 1, word, 1, &b));
}
END_TEST

SUITE("pack", any_row_unpacks_to_what_was_packed, random_words_are_refused_or_a_block,
      a_block_costs_what_the_documents_say, words_that_are_no_block_are_refused)
