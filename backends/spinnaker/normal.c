/* The standard normal quantile of the SpiNNaker math library (eq. S15). Takes a uniform 32-bit word, of which the
 * upper half is p - 1/2; yields an s1615.
 *
 * The 31 values nearest to 0 and 1 stand in a table; five polynomials of the fourth degree cover the tails, one for
 * each halving of the distance to 1; five more, of x^2, the middle. Numbers and order of rounding restated from
 * spinn_common at 1e3a090c (src/normal.c, Apache-2.0, D. Lester), checked against vectors of the ARM code. */
#include "backends/spinnaker/arith.h"

enum { HALF = 32768, EDGE = 31, TAILS = 5 };

/* s1615 quantiles of 1 - k / 2^16, k = 0 .. 31; that of k = 0 is set to 7. */
static const int32_t edge[EDGE + 1] = {229376, 136628, 131359, 128187, 125892, 124086, 122593, 121318,
                                       120204, 119213, 118321, 117508, 116762, 116072, 115430, 114830,
                                       114265, 113733, 113229, 112751, 112295, 111860, 111444, 111045,
                                       110662, 110294, 109939, 109596, 109265, 108945, 108635, 108334};

/* Highest power first. */
static const int32_t tail[TAILS][5] = {
    {489693536, -966086639, 1048652819, -1202555181, 638185482},
    {510971994, -1008958387, 1097593202, -1269255408, 208850025},
    {535062308, -1057614622, 1153468280, -1347876992, 1901851228},
    {562587223, -1113360216, 1217886707, -1442344496, 1417447081},
    {594357355, -1177895230, 1292890733, -1558625637, 896662126},
};
static const int32_t tail_lead[TAILS] = {98304, 98304, 65536, 65536, 65536}; /* s1615 */

static const int32_t middle[TAILS][5] = {
    {1364524482, 4157352, 893590920, 482307216, -56131990},
    {1594011413, 34197350, 980366094, 540913971, 14157698},
    {2059946197, 130876674, 1126841309, 628910107, -391651081},
    {669410721, 151375990, 657881394, 208981697, -111730420},
    {135763632, 134215538, 347443147, -134393924, 14235314},
};
static const int32_t middle_lead[TAILS] = {16, 14, 13, 11, 10}; /* quarters */
static const int32_t middle_offset[TAILS] = {7200, 6272, 4608, 2048, 0}, middle_factor[TAILS] = {32, 16, 8, 6, 6};

/* ARM's SMULW and SMLAW: x is s0.16. */
static int32_t mul16(int32_t x, int32_t half) { return (int32_t)fx_shr_rd((int64_t)x * fx_wrap(half, 15), 16); }

static int32_t horner(const int32_t *a, int32_t x)
{
    int32_t r = a[0];
    for (uint32_t i = 1; i < 5; i++)
        r = fx_low32((int64_t)mul16(r, x) + a[i]);
    return r;
}

/* left in [32, 1023]: half the distance to 1 is 2^-(16 - k) or more. */
static int32_t tail_of(int32_t left, uint32_t zeros)
{
    int32_t x = fx_low32(fx_shl(left - (1 << (14 - zeros)), zeros + 1)), r = horner(tail[9 - zeros], x);
    int64_t rounded = fx_shl(fx_shr_rd(r, 15) + (fx_shr_rd(r, 14) & 1), 15);
    return tail_lead[9 - zeros] + (int32_t)fx_shr_rd(fx_low32(rounded), 16);
}

static int32_t middle_of(int32_t p, uint32_t zeros)
{
    uint32_t k = 4 - zeros;
    int32_t z = (int32_t)fx_shr_rd((int64_t)p * p, 17);
    z = (z - middle_offset[k]) * middle_factor[k] * 2;
    int32_t r = (int32_t)fx_shr_rd(fx_low32(horner(middle[k], z) + fx_shl(z, 14)), 16) + middle_lead[k] * 8192;
    return mul16(r, p);
}

int32_t spin_normal(uint32_t uniform)
{
    int32_t x = (int32_t)fx_wrap(uniform >> 16, 15), p = x < 0 ? -x : x, left = HALF - p, r;
    uint32_t zeros = 0; /* of left, read as a 15-bit number */
    while (left && !(left << zeros & HALF / 2) && zeros < 15)
        zeros++;
    /* At 0 exactly left is 2^15, which has one zero fewer than none: the original counts from it. */
    if (left <= EDGE)
        r = edge[left];
    else if (left < HALF && zeros > 4)
        r = tail_of(left, zeros);
    else
        r = left == HALF ? 0 : middle_of(p, zeros);
    return x < 0 ? -r : r;
}
