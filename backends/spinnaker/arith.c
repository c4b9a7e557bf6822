/* Division, exponential, root, sine and cosine of the SpiNNaker math library on integers (eq. S3, S10-S14). Takes and
 * yields registers; what a 32-bit register or a truncated 64-bit product loses, these lose too.
 *
 * Restated from spinn_common at 1e3a090c (src/stdfix-exp.c, sqrt.c, sincos.c, Apache-2.0; methods: J.-M. Muller,
 * Elementary Functions, 2nd ed., 2006), and checked against vectors recorded from the ARM code. The tables of sine
 * and exponential are what their comments say, to the last bit. */
#include "backends/spinnaker/arith.h"

#include <stdbool.h>

int32_t spin_div(int32_t a, int32_t b)
{
    uint64_t n = (uint64_t)(a < 0 ? -(int64_t)a : a) << 15, d = (uint64_t)(b < 0 ? -(int64_t)b : b);
    int64_t q = d ? (int64_t)(n / d) : 0;
    return fx_low32((a < 0) == (b < 0) ? q : -q);
}

/* All ones for what is divided by 0, which the compiler refuses. */
static uint64_t divide(uint64_t n, uint64_t d) { return d ? n / d : n ? UINT64_MAX : 0; }

int32_t spin_kdivk(int32_t a, int32_t b)
{
    return fx_low32((int64_t)divide((uint64_t)(int64_t)a << 15, (uint64_t)(int64_t)b));
}

int32_t spin_kdivui(int32_t a, uint32_t n) { return fx_low32((int64_t)divide((uint64_t)(int64_t)a, n)); }

/* ---- e^x ---- */

enum { EXP_LARGEST = 363408, EXP_SMALLEST = -340695, EXP_BELOW_ONE = 13 };

/* 2^32 e^k, k = -13 .. 12 */
static const uint64_t exp_whole[26] = {
    9708,           26389,          71733,          194991,          530041,         1440801,       3916503,
    10646160,       28939262,       78665070,       213833830,       581260615,      1580030169,    4294967296,
    11674931555,    31735754293,    86266724208,    234497268814,    637429664642,   1732713474316, 4710003551159,
    12803117065094, 34802480465680, 94602950235157, 257157480542844, 699026506411923};

/* 2^32 (1 - e^(-k/16)) */
static const uint32_t exp_sixteenth[16] = {0,          260218914,  504671961,  734314346,  950043403,  1152702096,
                                           1343082321, 1521927990, 1689937949, 1847768698, 1996036966, 2135322113,
                                           2266168400, 2389087112, 2504558555, 2613033936};

static uint32_t high(uint64_t x) { return (uint32_t)(x >> 32); }

/* x * y / 2^32; the lower product is rounded up from 2^31 - 1 on (sic). */
static uint64_t scale(uint64_t x, uint32_t y)
{
    uint64_t low = (uint64_t)(uint32_t)x * y;
    return high(low) + (uint64_t)((uint32_t)low >= INT32_MAX) + (uint64_t)high(x) * y;
}

/* 2^32 (1 - e^-x), x a u0.32 below 1/16. */
static uint32_t one_minus_exp(uint32_t x)
{
    uint32_t a = 4293434720u - high((uint64_t)2081624032u * x);
    return high((uint64_t)a * x) + 5294u;
}

/* 2^32 e^x, from the whole number above x downward. */
static uint64_t exp_3232(int32_t x)
{
    int32_t whole = (int32_t)fx_shr_rd(x, 15), fraction = x - whole * SPIN_ONE;
    if (fraction == 0)
        return exp_whole[EXP_BELOW_ONE + whole];
    uint32_t below = (uint32_t)(SPIN_ONE - fraction);
    uint64_t t = exp_whole[EXP_BELOW_ONE + whole + 1];
    t -= scale(t, exp_sixteenth[below >> 11]);
    return t - scale(t, one_minus_exp((below & 0x7ffu) << 17));
}

int32_t spin_exp(int32_t x)
{
    if (x > EXP_LARGEST)
        return INT32_MAX;
    return x < EXP_SMALLEST ? 0 : (int32_t)(exp_3232(x) >> 17);
}

uint32_t spin_exp_u032(int32_t x)
{
    if (x > EXP_LARGEST)
        return INT32_MAX;
    return x < EXP_SMALLEST ? 0 : (uint32_t)exp_3232(x);
}

/* ---- square root ----
 * Newton's iteration for R = 1/sqrt(X), X in [1, 2) as u1.31, kept as r with R = 1 - r/2:
 * r' = r + Z - Z r/2 with Z = X R^2 - 1. Three rounds with r in 32 bits, two in 64. */

enum { ROOT_HALF = 0xb504f334 }; /* 2^32 sqrt(1/2) */

/* x * y / 2^32, the lower product rounded to nearest. */
static uint64_t times(uint64_t x, uint32_t y)
{
    uint64_t low = (uint64_t)(uint32_t)x * y;
    return high(low) + (low >> 31 & 1) + (uint64_t)high(x) * y;
}

static uint64_t root_step32(uint32_t x, uint32_t r)
{
    uint64_t xr = ((uint64_t)x << 32) - ((uint64_t)x * r >> 1);
    uint64_t z = xr - times(xr, r >> 1) - ((uint64_t)1 << 63);
    bool negative = z >> 63;
    z = negative ? 0 - z : z;
    z -= times(z, r >> 1);
    z = negative ? 0 - z : z;
    return (z << 1) + ((uint64_t)r << 32);
}

/* X R in u1.63. */
static uint64_t root_xr(uint32_t x, uint64_t r) { return ((uint64_t)x << 32) - (times(r, x) >> 1); }

/* x - x r/2; the carry of the low product is dropped but for its rounding bit, as the original does. */
static uint64_t root_xlr(uint64_t x, uint64_t r)
{
    r >>= 1;
    uint64_t low = (uint64_t)(uint32_t)x * (uint32_t)r;
    uint64_t mid = (uint64_t)high(x) * (uint32_t)r + (low >> 31 & 1);
    uint64_t mid2 = (uint64_t)(uint32_t)x * high(r) + (uint32_t)mid;
    return x - (high(mid) + (uint64_t)high(mid2) + (mid2 >> 31 & 1) + (uint64_t)high(x) * high(r));
}

static uint64_t root_step64(uint32_t x, uint64_t r)
{
    uint64_t z = root_xlr(root_xr(x, r), r) - ((uint64_t)1 << 63);
    bool negative = z >> 63;
    z = negative ? 0 - z : z;
    z -= times(z, (uint32_t)(r >> 33)) + high(times(z, (uint32_t)(r >> 1)));
    z = negative ? 0 - z : z;
    return (z << 1) + r;
}

static unsigned leading_zeros(uint32_t x)
{
    unsigned n = 0;
    for (; !(x & 0x80000000u); x <<= 1)
        n++;
    return n;
}

int32_t spin_sqrt(int32_t x)
{
    if (x <= 0 || x == SPIN_ONE)
        return x < 0 ? 0 : x;
    unsigned n = leading_zeros((uint32_t)x); /* 1 .. 31 */
    uint32_t u131 = (uint32_t)x << n;
    uint64_t r = root_step32(u131, (u131 & 0x7fffffffu) >> 1);
    r = root_step32(u131, high(r));
    r = root_step32(u131, high(r));
    r = root_step64(u131, r);
    r = root_step64(u131, r);
    uint64_t root = root_xr(u131, r) >> (8 + n / 2);
    return (int32_t)high(n & 1 ? times(root, (uint32_t)ROOT_HALF) : root);
}

/* ---- sine and cosine ----
 * x = octant * pi/4 + y by Cody and Waite; y = k/16 + z with |z| <= 1/32; the sum formulas with
 * sin z = z and 1 - cos z = z^2/2. Values are s0.31. */

/* 2^31 sin(k/16), down */
static const int32_t sine[16] = {0,          134130364,  267736951,  400298032,  531295957,  660219183,
                                 786564267,  909837834,  1029558505, 1145258771, 1256486826, 1362808327,
                                 1463808091, 1559091715, 1648287120, 1731045999};

/* 2^31 (cos(k/16) - 1), down */
static const int32_t cosine_less_one[16] = {0,          -4192939,   -16755382,  -37638274,  -66760066,  -104007040,
                                            -149233746, -202263575, -262889447, -330874618, -405953610, -487833239,
                                            -576193767, -670690148, -770953377, -876591926};

static int32_t upper(int32_t x) { return (int32_t)fx_shr_rd(x, 16); }

/* ARM's SMULW: 32 by 16 bits, the upper 32 of 48. */
static int32_t mul16(int32_t x, int32_t half) { return (int32_t)fx_shr_rd((int64_t)x * half, 16); }

static int32_t low_half(int32_t x) { return (int32_t)fx_wrap(x, 15); }

/* x / 2^s, rounded to nearest, halves upward; what rounds to 2^(31-s) becomes negative, for the original shifts it
 * back into the register. */
static int32_t nearest(int32_t x, unsigned s)
{
    return (int32_t)fx_wrap(fx_shr_rd(x, s) + (fx_shr_rd(x, s - 1) & 1), 31 - s);
}

/* y in [0, pi/4) as s0.31 and the octant of x. Holds to |x| = 15700 rad; beyond, the quotient may be one off. */
static int32_t reduce(int32_t x, uint32_t *octant)
{
    enum { OCTANTS = 7358, OCTANTS_S1615 = 189364951, DOZEN_S1318 = 2470649, EIGHTH_S427 = 105414357 };
    int32_t n = (int32_t)fx_shr_rd(mul16(x, 20861), 13);
    *octant = (uint32_t)n & 7u;
    for (; n < 0; n += OCTANTS)
        x = fx_low32((int64_t)x + OCTANTS_S1615);
    for (; n >= OCTANTS; n -= OCTANTS)
        x = fx_low32((int64_t)x - OCTANTS_S1615);
    int32_t dozens = (int32_t)fx_shr_rd(mul16(n, 21845), 2);
    n = mul16(-786432, low_half(dozens)) + n;
    x = fx_low32(fx_shl(x, 3) - (int64_t)DOZEN_S1318 * dozens);
    x = fx_low32(fx_shl(x, 9) - (int64_t)EIGHTH_S427 * n);
    if (x < 0) {
        x += EIGHTH_S427;
        *octant = (*octant + 7) % 8;
    }
    return fx_low32(fx_shl(x, 4));
}

/* sin y and 1 - cos y */
static void sine_of(int32_t y, int32_t *s, int32_t *one_less_c)
{
    int32_t whole = nearest(y, 27), z = fx_low32(fx_shl((int64_t)y - fx_shl(whole, 27), 5));
    uint32_t k = (uint32_t)whole & 15u; /* past the table the original reads on; see reduce */
    int32_t c = (int32_t)fx_shr_rd((int64_t)upper(z) * upper(z), 10);
    int32_t sin_z = mul16(cosine_less_one[k], upper((int32_t)fx_shr_rd(z, 4)));
    *s = sine[k] + mul16(sine[k], upper(fx_low32(-fx_shl(c, 1)))) + (int32_t)fx_shr_rd(z, 5) + sin_z;
    *one_less_c = c - cosine_less_one[k] + mul16(cosine_less_one[k], upper(fx_low32(fx_shl(c, 1)))) +
                  mul16(sine[k], upper((int32_t)fx_shr_rd(z, 4)));
}

/* sin of octant * pi/4 + y as an s1615. */
static int32_t sine_in(uint32_t octant, int32_t y)
{
    enum { ROOT_HALF_S031 = 1518500250 };
    int32_t s, c;
    sine_of(y, &s, &c);
    if (octant % 2) {
        s = (int32_t)fx_shr_rd((int64_t)s * ROOT_HALF_S031, 31);
        c = ROOT_HALF_S031 - (int32_t)fx_shr_rd((int64_t)c * ROOT_HALF_S031, 31);
    }
    switch (octant) {
    case 0: return nearest(s, 16);
    case 1: return nearest(fx_low32((int64_t)c + s), 16);
    case 2: return SPIN_ONE - nearest(c, 16);
    case 3: return nearest(c - s, 16);
    case 4: return nearest(-s, 16);
    case 5: return nearest(fx_low32(-((int64_t)c + s)), 16);
    case 6: return nearest(c, 16) - SPIN_ONE;
    default: return nearest(s - c, 16);
    }
}

int32_t spin_sin(int32_t x)
{
    uint32_t octant;
    int32_t y = reduce(x, &octant);
    return sine_in(octant, y);
}

int32_t spin_cos(int32_t x)
{
    uint32_t octant;
    int32_t y = reduce(x, &octant);
    return sine_in((octant + 2) % 8, y);
}
