/* Curves restated. Takes what docs/chips/loihi.md, section 7.6 says of lines and their rounding, yields the same
 * integers as the management processor and the extended ops, from tables that libm computes once a call's
 * neighbourhood: a line's ends are rounded powers and cosines, so nothing is shared with core/machine/curve.c. */
#include "tools/relearn_curve.h"

#include <math.h>

int64_t relearn_down(__int128 x, unsigned s)
{
    __int128 unit = (__int128)1 << s, whole = x / unit;
    return (int64_t)(x % unit < 0 ? whole - 1 : whole);
}

int64_t relearn_near(__int128 x, unsigned s)
{
    __int128 size = x < 0 ? -x : x, unit = (__int128)1 << s, whole = (2 * size + unit) / (2 * unit);
    return (int64_t)(x < 0 ? -whole : whole);
}

int64_t relearn_limit(__int128 x, int64_t low, int64_t high) { return x < low ? low : x > high ? high : (int64_t)x; }

int64_t relearn_chance(int64_t x, unsigned s, uint64_t draw)
{
    int64_t whole = relearn_down(x, s);
    uint64_t rest = (uint64_t)(x - (int64_t)((__int128)whole * ((__int128)1 << s)));
    return whole + (draw < rest);
}

int32_t relearn_cos(uint32_t phase)
{
    uint32_t place = phase / 65536, quarter = place / 16384, within = place % 16384;
    if (quarter % 2)
        within = 16384 - within;
    uint32_t line = within / 256, part = within % 256;
    int64_t low = llround(65536 * cos(M_PI * line / 128)),
            high = line < 64 ? llround(65536 * cos(M_PI * (line + 1) / 128)) : 0;
    int64_t c = low + relearn_near((__int128)(high - low) * part, 8);
    return (int32_t)(quarter == 1 || quarter == 2 ? -c : c);
}

/* 2^30 2^(-i / 64), i in 0..64 */
static uint64_t end_of_line(uint32_t i) { return (uint64_t)llround(ldexp(exp2(-(double)i / 64), 30)); }

uint32_t relearn_fall(uint64_t a)
{
    if (a / 65536 > 31)
        return 0;
    uint32_t line = (uint32_t)(a % 65536 / 1024), part = (uint32_t)(a % 1024);
    uint64_t high = end_of_line(line), low = end_of_line(line + 1);
    return (uint32_t)((high - (high - low) * part / 1024) >> (a / 65536));
}

uint64_t relearn_power(int64_t a)
{
    int64_t whole = relearn_down(a, 16), part = a - whole * 65536;
    if (whole >= 30)
        return (uint64_t)1 << 46;
    if (whole < -17)
        return 0;
    uint64_t mantissa = relearn_fall((uint64_t)(65536 - part)); /* 2^29 .. 2^30 */
    return whole >= 13 ? mantissa << (whole - 13) : mantissa >> (13 - whole);
}

int64_t relearn_octaves(uint64_t x)
{
    int64_t whole = 0;
    while (x >> whole > 1)
        whole++;
    uint64_t mantissa = whole <= 29 ? x << (29 - whole) : x >> (whole - 29); /* 2^29 .. 2^30 */
    uint32_t line = 0;
    while (line < 63 && end_of_line(63 - line) <= mantissa)
        line++;
    uint64_t low = end_of_line(64 - line), high = end_of_line(63 - line);
    return whole * 65536 + line * 1024 + (int64_t)(((mantissa - low) << 10) / (high - low));
}
