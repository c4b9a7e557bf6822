/* MD5 against the test suite of RFC 1321, where a text is one block, and a name that upstream's tools hash. */
#include "core/base/md5.h"
#include "tests/suite.h"

START_TEST(short_texts_have_the_digests_of_the_rfc)
{
    ck_assert_uint_eq(md5_head(""), 0xd41d8cd9);
    ck_assert_uint_eq(md5_head("a"), 0x0cc175b9);
    ck_assert_uint_eq(md5_head("abc"), 0x90015098);
    ck_assert_uint_eq(md5_head("message digest"), 0xf96b697d);
    ck_assert_uint_eq(md5_head("abcdefghijklmnopqrstuvwxyz"), 0xc3fcd3d7);
}
END_TEST

SUITE("md5", short_texts_have_the_digests_of_the_rfc)
