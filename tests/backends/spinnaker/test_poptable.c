/* The population table: words by the drawing, searches against a walk over all entries, damaged regions. */
#include "backends/spinnaker/poptable.h"

#include "core/base/rng.h"
#include "tests/suite.h"

static uint32_t draw(uint32_t i, uint32_t k, uint32_t n) { return rng_below(13, RNG_TASK, i, k, 0, n); }

START_TEST(words_stand_where_the_drawing_says)
{
    const poptable_entry e = {.key = 0x10000,
                              .mask = 0xffff0000,
                              .start = 1,
                              .count = 2,
                              .colour_bits = 4,
                              .core_mask = 3,
                              .core_shift = 12,
                              .neurons = 100};
    const poptable_block b[] = {{7, 256}, {POPTABLE_NO_ADDRESS, 1}, {0x123456, 12}};
    const uint32_t want[] = {1,
                             3,
                             0x10000,
                             0xffff0000,
                             2u << 16 | 4u << 13 | 1,
                             12u << 16 | 3,
                             4u << 16 | 100,
                             7u << 8 | 255,
                             0xffffff00,
                             0x1234560b};
    uint32_t got[10];
    ck_assert_uint_eq(poptable_words(1, 3), 10);
    poptable_write(got, &e, 1, b, 3);
    ck_assert_mem_eq(got, want, sizeof want);
    poptable_search s;
    poptable_row row;
    poptable_counters c = {0};
    /* neuron 5 of core 2 in colour 9: the first block is not there */
    ck_assert(poptable_first(got, 0x1000, 0x10000 | 2u << 12 | 5u << 4 | 9, &s, &row, &c));
    ck_assert(s.colour == 9 && s.colour_mask == 15 && s.neuron == 205);
    ck_assert_uint_eq(row.bytes, 60);
    ck_assert_uint_eq(row.address, 0x1000 + 0x1234560 + 205 * 60);
    ck_assert(!poptable_next(got, 0x1000, &s, &row));
    ck_assert(c.missed == 0 && c.ghosts == 0);
    ck_assert(!poptable_first(got, 0x1000, 0x20000, &s, &row, &c));
    ck_assert(c.missed == 1 && c.ghosts == 0);
}
END_TEST

START_TEST(every_key_of_an_entry_is_found_and_no_other)
{
    uint32_t hits = 0, ghosts = 0;
    for (uint32_t i = 0; i < 200; i++) {
        uint32_t region[512], nentries = 1 + draw(i, 0, 20), k = 1, key = 0, nblocks = 0;
        poptable_entry e[20];
        poptable_block b[80];
        for (uint32_t j = 0; j < nentries; j++) {
            uint32_t bits = 3 + draw(i, k++, 6);
            key = ((key >> bits) + 1 + draw(i, k++, 3)) << bits;
            e[j] = (poptable_entry){.key = key,
                                    .mask = ~((1u << bits) - 1),
                                    .start = nblocks,
                                    .count = draw(i, k, 4),
                                    .colour_bits = draw(i, k + 1, 3),
                                    .neurons = 4};
            k += 2;
            for (uint32_t n = 0; n < e[j].count; n++)
                b[nblocks++] = (poptable_block){draw(i, k, 2) ? draw(i, k + 1, 100) : POPTABLE_NO_ADDRESS, 1 + j},
                k += 2;
            key += 1u << bits;
        }
        poptable_write(region, e, nentries, b, nblocks);
        ck_assert(poptable_check(region, poptable_words(nentries, nblocks)));
        for (uint32_t spike = 0; spike < key + 16; spike++) {
            const poptable_entry *found = NULL;
            for (uint32_t j = 0; j < nentries; j++)
                if ((spike & e[j].mask) == e[j].key)
                    found = &e[j];
            poptable_search s;
            poptable_row row;
            poptable_counters c = {0};
            bool more = poptable_first(region, 64, spike, &s, &row, &c);
            ck_assert_uint_eq(c.missed, found == NULL);
            for (uint32_t n = 0; found && n < found->count; n++) {
                const poptable_block *block = &b[found->start + n];
                if (block->address == POPTABLE_NO_ADDRESS)
                    continue;
                uint32_t neuron = (spike & ~found->mask) >> found->colour_bits;
                ck_assert(more);
                ck_assert_uint_eq(row.bytes, 4 * (block->row_length + 3));
                ck_assert_uint_eq(row.address, 64 + 16 * block->address + neuron * row.bytes);
                hits++;
                more = poptable_next(region, 64, &s, &row);
            }
            ck_assert(!more);
            ghosts += c.ghosts;
        }
    }
    ck_assert(hits > 1000 && ghosts > 100);
}
END_TEST

START_TEST(a_damaged_region_is_refused)
{
    const poptable_entry e = {.key = 0, .mask = 0xfffffff0, .start = 0, .count = 2, .neurons = 4};
    const poptable_block b[] = {{0, 1}, {4, 1}};
    uint32_t region[9];
    poptable_write(region, &e, 1, b, 2);
    ck_assert(poptable_check(region, 9));
    ck_assert(!poptable_check(region, 8) && !poptable_check(region, 1));
    region[4] = 3u << 16; /* three addresses of two */
    ck_assert(!poptable_check(region, 9));
    region[4] = 2u << 16;
    region[5] = 32u << 16; /* a shift by all bits */
    ck_assert(!poptable_check(region, 9));
    region[5] = 0;
    region[0] = UINT32_MAX;
    ck_assert(!poptable_check(region, 9));
    region[0] = 1;
    region[1] = UINT32_MAX;
    ck_assert(!poptable_check(region, 9));
}
END_TEST

SUITE("poptable", words_stand_where_the_drawing_says, every_key_of_an_entry_is_found_and_no_other,
      a_damaged_region_is_refused)
