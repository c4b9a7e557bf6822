/* The door to Random123. Takes a seed and a three-word coordinate, yields Philox4x32-10 bits.
 * The counter's first word is the stream (the purpose), so two purposes never share bits. */
#include "core/base/rng.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#pragma GCC diagnostic ignored "-Wunused-function"
#include <Random123/philox.h>
#pragma GCC diagnostic pop

void rng_block(uint64_t seed, rng_stream stream, uint32_t a, uint32_t b, uint32_t c, uint32_t out[4])
{
    philox4x32_ctr_t counter = {{(uint32_t)stream, a, b, c}};
    philox4x32_key_t key = {{(uint32_t)seed, (uint32_t)(seed >> 32)}};
    philox4x32_ctr_t bits = philox4x32(counter, key);
    for (int i = 0; i < 4; i++)
        out[i] = bits.v[i];
}

uint32_t rng_u32(uint64_t seed, rng_stream stream, uint32_t a, uint32_t b, uint32_t c)
{
    uint32_t bits[4];
    rng_block(seed, stream, a, b, c, bits);
    return bits[0];
}

uint32_t rng_even(uint64_t seed, rng_stream stream, uint32_t a, uint32_t b, uint32_t c, uint32_t n)
{
    const uint32_t golden = 0x9E3779B9; /* 2^32 (sqrt(5) - 1) / 2 */
    return rng_u32(seed, stream, a, b, c) + n * golden;
}

double rng_unit(uint64_t seed, rng_stream stream, uint32_t a, uint32_t b, uint32_t c)
{
    uint32_t bits[4];
    rng_block(seed, stream, a, b, c, bits);
    uint64_t mantissa = ((uint64_t)bits[0] << 21) ^ ((uint64_t)bits[1] >> 11);
    return (double)mantissa * 0x1p-53;
}

uint32_t rng_below(uint64_t seed, rng_stream stream, uint32_t a, uint32_t b, uint32_t c, uint32_t n)
{
    uint32_t bits[4];
    rng_block(seed, stream, a, b, c, bits);
    uint64_t draw = ((uint64_t)bits[0] << 32) | bits[1];
    return (uint32_t)(((unsigned __int128)draw * n) >> 64);
}
