/* Blocks of regions: what is made can be read at the address it is for, and damage shows. */
#include "backends/spinnaker/dse.h"
#include "tests/suite.h"

#include <string.h>

static const uint32_t one[] = {1, 2, 0xffffffff}, two[] = {7};

static dse_block block(hmn_arena *a)
{
    dse_region region[DSE_REGIONS] = {{0}};
    region[1] = (dse_region){one, 3};
    region[6] = (dse_region){two, 1};
    return dse_make(region, 0x60800040, a);
}

START_TEST(a_block_has_magic_version_addresses_and_sums)
{
    hmn_arena *a = arena_new(0);
    dse_block b = block(a);
    ck_assert_uint_eq(b.nwords, 2 + 32 * 3 + 4);
    ck_assert_uint_eq(b.word[0], 0xad130ad6);
    ck_assert_uint_eq(b.word[1], 0x00010000);
    ck_assert_uint_eq(b.word[5], 0x60800040 + 392);
    ck_assert_uint_eq(b.word[6], 2);
    ck_assert_uint_eq(b.word[7], 3);
    ck_assert_uint_eq(b.word[20], 0x60800040 + 392 + 12);
    ck_assert_uint_eq(b.naddresses, 2);
    ck_assert_uint_eq(b.address[0], 5);
    ck_assert_uint_eq(b.address[1], 20);
    arena_free(a);
}
END_TEST

START_TEST(a_block_reads_back_after_it_was_moved)
{
    hmn_arena *a = arena_new(0);
    dse_block b = block(a);
    uint32_t *word = (uint32_t *)(uintptr_t)b.word;
    dse_region out[DSE_REGIONS];
    for (uint32_t k = 0; k < b.naddresses; k++)
        word[b.address[k]] += 0x1000;
    ck_assert(dse_read(word, b.nwords, 0x60801040, out));
    ck_assert_uint_eq(out[1].nwords, 3);
    ck_assert_int_eq(memcmp(out[1].word, one, sizeof one), 0);
    ck_assert_uint_eq(out[6].word[0], 7);
    ck_assert_uint_eq(out[0].nwords, 0);
    arena_free(a);
}
END_TEST

START_TEST(a_damaged_block_is_refused)
{
    hmn_arena *a = arena_new(0);
    dse_block b = block(a);
    uint32_t *word = (uint32_t *)(uintptr_t)b.word;
    dse_region out[DSE_REGIONS];
    ck_assert(!dse_read(word, b.nwords - 1, 0x60800040, out));
    ck_assert(!dse_read(word, b.nwords, 0x60900040, out));
    word[b.nwords - 1]++;
    ck_assert(!dse_read(word, b.nwords, 0x60800040, out));
    word[0] = 0;
    ck_assert(!dse_read(word, b.nwords, 0x60800040, out));
    arena_free(a);
}
END_TEST

SUITE("dse", a_block_has_magic_version_addresses_and_sums, a_block_reads_back_after_it_was_moved,
      a_damaged_block_is_refused)
