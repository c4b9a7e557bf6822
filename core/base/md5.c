/* MD5 of one block (RFC 1321, section 3). Takes a text of at most 55 bytes, yields the first word of its digest. The
 * sines of the algorithm's table are computed: floor(2^32 |sin(i + 1)|) is the same for any rounding of them. */
#include "core/base/md5.h"

#include "core/base/bug.h"

#include <math.h>
#include <string.h>

enum { BLOCK = 64, MOST = 55, ROUNDS = 64 };

static uint32_t rotate(uint32_t x, uint32_t n) { return x << n | x >> (32 - n); }

static uint32_t mix(uint32_t round, uint32_t b, uint32_t c, uint32_t d)
{
    switch (round) {
    case 0: return (b & c) | (~b & d);
    case 1: return (d & b) | (~d & c);
    case 2: return b ^ c ^ d;
    case 3: return c ^ (b | ~d);
    }
    HMN_BUG("MD5 has four rounds");
}

static uint32_t word_at(const uint8_t *block, uint32_t k)
{
    const uint8_t *p = block + (size_t)4 * k;
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

uint32_t md5_head(const char *text)
{
    static const uint8_t turn[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    static const uint8_t factor[4] = {1, 5, 3, 7}, term[4] = {0, 1, 5, 0};
    const uint32_t start[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
    uint8_t block[BLOCK] = {0};
    size_t n = strlen(text);
    HMN_ASSERT(n <= MOST);
    memcpy(block, text, n);
    block[n] = 0x80;
    block[56] = (uint8_t)(8 * n);
    block[57] = (uint8_t)(8 * n >> 8);
    uint32_t a = start[0], b = start[1], c = start[2], d = start[3];
    for (uint32_t i = 0; i < ROUNDS; i++) {
        uint32_t round = i / 16, k = (factor[round] * i + term[round]) % 16;
        uint32_t sine = (uint32_t)floor(ldexp(fabs(sin(i + 1)), 32));
        uint32_t sum = a + mix(round, b, c, d) + word_at(block, k) + sine;
        a = d;
        d = c;
        c = b;
        b += rotate(sum, turn[round][i % 4]);
    }
    a += start[0];
    return a << 24 | (a & 0xff00) << 8 | (a >> 8 & 0xff00) | a >> 24;
}
