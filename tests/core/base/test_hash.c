/* Tests of the checksum against published XXH64 values and of its sensitivity. */
#include "core/base/hash.h"

#include "tests/suite.h"

#include <string.h>

START_TEST(values_are_the_published_xxh64_ones)
{
    ck_assert_uint_eq(hash64("", 0, 0), 0xef46db3751d8e999u);
    ck_assert_uint_eq(hash64("a", 1, 0), 0xd24ec4f1a98c6e5bu);
    ck_assert_uint_eq(hash64("abc", 3, 0), 0x44bc2cf5ad770999u);
}
END_TEST

START_TEST(every_bit_and_the_seed_matter)
{
    unsigned char bytes[100] = {0};
    uint64_t base = hash64(bytes, sizeof bytes, 0);
    for (size_t i = 0; i < sizeof bytes * 8; i++) {
        bytes[i / 8] ^= (unsigned char)(1u << i % 8);
        ck_assert_uint_ne(hash64(bytes, sizeof bytes, 0), base);
        bytes[i / 8] ^= (unsigned char)(1u << i % 8);
    }
    ck_assert_uint_eq(hash64(bytes, sizeof bytes, 0), base);
    ck_assert_uint_ne(hash64(bytes, sizeof bytes, 1), base);
    ck_assert_uint_ne(hash64(bytes, sizeof bytes - 1, 0), base);
}
END_TEST

SUITE("hash", values_are_the_published_xxh64_ones, every_bit_and_the_seed_matter)
