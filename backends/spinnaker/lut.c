/* Making and reading decay tables. Takes a time constant, yields the words that the host tools would write (sPyNNaker's
 * get_exp_lut_array, commit f905ce88): the size is rounded up to an even number, the values down, so that a trace never
 * grows; the last values may be 0 and lie past the point where exp passes 1 / 2048. */
#include "backends/spinnaker/lut.h"

#include <math.h>

enum { MAX_SHIFT = 31 };

uint32_t lut_size(double dt, double tau, uint32_t shift)
{
    double length = log(LUT_ONE) / (dt / tau) / (double)(1u << shift);
    return (uint32_t)ceil(length / 2) * 2;
}

uint32_t lut_words(uint32_t size) { return 1 + size / 2; }

uint32_t *lut_write(uint32_t *at, double dt, double tau, uint32_t shift)
{
    uint32_t size = lut_size(dt, tau, shift);
    *at++ = size | shift << 16;
    for (uint32_t i = 0; i < size; i++) {
        uint32_t value = (uint32_t)floor(exp((double)i * (double)(1u << shift) * -(dt / tau)) * LUT_ONE);
        at[i / 2] = i % 2 ? at[i / 2] | value << 16 : value;
    }
    return at + size / 2;
}

bool lut_read(const uint32_t *region, uint32_t nwords, uint32_t *at, lut *out)
{
    if (*at >= nwords)
        return false;
    uint32_t size = region[*at] & 0xffff, shift = region[*at] >> 16, words = size / 2 + size % 2;
    if (shift > MAX_SHIFT || words > nwords - *at - 1)
        return false;
    *out = (lut){*at + 1, size, shift};
    *at += 1 + words;
    return true;
}
