/* Cosine and softmax of the management processor. Takes phases and logits, yields shares of 65536. Method: tables of
 * 65 entries, straight lines between them, one division a softmax. The largest errors, over all arguments
 * (tests/core/machine/test_curve.c): cosine 1.0e-4, softmax 2.5e-5. */
#include "core/machine/curve.h"

#include "core/base/fx.h"

/* 65536 cos(i pi / 128): a quarter turn. */
static const int32_t quarter[65] = {65536, 65516, 65457, 65358, 65220, 65043, 64827, 64571, 64277, 63944, 63572,
                                    63162, 62714, 62228, 61705, 61145, 60547, 59914, 59244, 58538, 57798, 57022,
                                    56212, 55368, 54491, 53581, 52639, 51665, 50660, 49624, 48559, 47464, 46341,
                                    45190, 44011, 42806, 41576, 40320, 39040, 37736, 36410, 35062, 33692, 32303,
                                    30893, 29466, 28020, 26558, 25080, 23586, 22078, 20557, 19024, 17479, 15924,
                                    14359, 12785, 11204, 9616,  8022,  6424,  4821,  3216,  1608,  0};

/* 2^30 2^(-i / 64) */
static const uint32_t power[65] = {
    1073741824, 1062175491, 1050733751, 1039415261, 1028218693, 1017142735, 1006186087, 995347464, 984625594, 974019220,
    963527098,  953147997,  942880699,  932724001,  922676710,  912737649,  902905651,  893179563, 883558244, 874040567,
    864625413,  855311680,  846098274,  836984114,  827968132,  819049271,  810226483,  801498734, 792865000, 784324269,
    775875538,  767517817,  759250125,  751071493,  742980960,  734977579,  727060411,  719228525, 711481005, 703816941,
    696235434,  688735596,  681316545,  673977412,  666717336,  659535466,  652430958,  645402981, 638450708, 631573326,
    624770026,  618040012,  611382493,  604796689,  598281827,  591837143,  585461881,  579155293, 572916640, 566745190,
    560640218,  554601009,  548626854,  542717053,  536870912};

int32_t curve_cos(uint32_t phase)
{
    uint32_t p = phase >> 16, turn = p >> 14, x = p & 0x3fff;
    if (turn & 1)
        x = 0x4000 - x;
    int32_t fraction = (int32_t)(x & 255), at = quarter[x >> 8];
    int32_t next = x >> 8 < 64 ? quarter[(x >> 8) + 1] : 0;
    int32_t c = at + (int32_t)fx_shr_rn((int64_t)(next - at) * fraction, 8);
    return turn == 1 || turn == 2 ? -c : c;
}

uint32_t curve_exp2(uint64_t a)
{
    uint64_t whole = a >> 16;
    if (whole > 31)
        return 0;
    uint32_t index = (uint32_t)(a >> 10) & 63, fraction = (uint32_t)a & 1023;
    uint32_t drop = (uint32_t)((uint64_t)(power[index] - power[index + 1]) * fraction >> 10);
    return (power[index] - drop) >> whole;
}

void curve_softmax(const int64_t *logit, uint32_t n, uint32_t *share)
{
    int64_t top = logit[0];
    uint64_t sum = 0;
    for (uint32_t k = 1; k < n; k++)
        top = logit[k] > top ? logit[k] : top;
    for (uint32_t k = 0; k < n; k++)
        sum += share[k] = curve_exp2((uint64_t)(top - logit[k]));
    uint64_t inverse = ((uint64_t)1 << 62) / sum; /* sum >= 2^30, so inverse <= 2^32 */
    for (uint32_t k = 0; k < n; k++)
        share[k] = (uint32_t)fx_shr_rn((int64_t)(share[k] * inverse), 46);
}

uint64_t curve_power(int64_t a)
{
    enum { MOST = 30 };
    if (a >= MOST * 65536)
        return (uint64_t)1 << (16 + MOST);
    int64_t whole = fx_shr_rd(a, 16);
    if (whole < -17)
        return 0;
    uint64_t part = curve_exp2((uint64_t)(65536 - (a & 65535))); /* 2^29 2^fraction */
    return whole >= 13 ? part << (whole - 13) : part >> (13 - whole);
}

/* Leading zeros give the whole part; the line of `power` that holds what is left is found by halving. */
int32_t curve_log2(uint64_t x)
{
    int32_t whole = 63 - __builtin_clzll(x);
    uint32_t left = (uint32_t)((x << (63 - whole)) >> 34), line = 0; /* 2^30 2^fraction, halved: power runs downward */
    for (uint32_t step = 32; step; step /= 2)
        if (power[64 - (line + step)] <= left)
            line += step;
    uint32_t low = power[64 - line], high = power[63 - line];
    int32_t within = (int32_t)(((uint64_t)(left - low) << 10) / (high - low));
    return whole * 65536 + (int32_t)line * 1024 + within;
}

uint32_t curve_root(uint64_t x)
{
    uint64_t root = 0;
    for (uint64_t bit = (uint64_t)1 << 31; bit; bit >>= 1)
        if ((root + bit) * (root + bit) <= x)
            root += bit;
    return (uint32_t)root;
}
