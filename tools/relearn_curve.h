/* The curves of docs/chips/loihi.md, section 7.5, restated for tools/relearn.h: tables are computed, not copied. */
#ifndef HMN_TOOLS_RELEARN_CURVE_H
#define HMN_TOOLS_RELEARN_CURVE_H

#include <stdint.h>

/* Integers of the documents: floor(x / 2^s), and to nearest with halves away from zero. */
int64_t relearn_down(__int128 x, unsigned s);
int64_t relearn_near(__int128 x, unsigned s);
int64_t relearn_limit(__int128 x, int64_t low, int64_t high);

/* floor(x / 2^s), one more when draw < x mod 2^s. */
int64_t relearn_chance(int64_t x, unsigned s, uint64_t draw);

int32_t relearn_cos(uint32_t phase); /* 65536 cos of a phase in turns of 2^32 */
uint32_t relearn_fall(uint64_t a);   /* 2^30 2^-a, a in 1/65536 */
uint64_t relearn_power(int64_t a);   /* 2^16 2^a */
int64_t relearn_octaves(uint64_t x); /* 65536 log2 x, x >= 1 */

#endif
