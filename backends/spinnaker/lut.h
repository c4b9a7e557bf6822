/* Tables of exponential decay, s4.11 (eq. S50), as they stand in a region:
 *
 *   word 0  |31 shift 16|15 size 0|       then `size` values of 16 bits, two a word, low half first */
#ifndef HMN_BACKENDS_SPINNAKER_LUT_H
#define HMN_BACKENDS_SPINNAKER_LUT_H

#include <stdbool.h>
#include <stdint.h>

enum { LUT_FRACTION = 11, LUT_ONE = 1 << LUT_FRACTION };

/* at: first word of the values, from the start of the region. */
typedef struct {
    uint32_t at, size, shift;
} lut;

/* exp(-t / tau), 0 past the end. t: steps, unsigned: a time before the present is far in the future. */
static inline int32_t lut_at(const uint32_t *region, const lut *l, uint32_t t)
{
    uint32_t i = t >> l->shift;
    return i < l->size ? (int16_t)(region[l->at + i / 2] >> (16 * (i % 2)) & 0xffff) : 0;
}

/* Values of a table as the host tools choose it: until exp falls below 1 / 2048, an even number. tau, dt: same unit. */
uint32_t lut_size(double dt, double tau, uint32_t shift);
uint32_t lut_words(uint32_t size);
/* Writes the table; yields the word after it. */
uint32_t *lut_write(uint32_t *at, double dt, double tau, uint32_t shift);
/* Reads the table whose head is region[*at] and moves *at behind it; false when it reaches past nwords. */
bool lut_read(const uint32_t *region, uint32_t nwords, uint32_t *at, lut *out);

#endif
