/* Random values from PyNN's distributions, as a function of what they are for. */
#ifndef HMN_COMPILER_DISTRIBUTION_H
#define HMN_COMPILER_DISTRIBUTION_H

#include "core/base/rng.h"
#include "core/ir/net.h"

/* The coordinate of one value. Draws c, c + 1, ... of the generator belong to it: leave room of 2^16. */
typedef struct {
    uint64_t seed;
    rng_stream stream;
    uint32_t a, b, c;
} draw_place;

enum { DRAW_ROOM = 1 << 16 };

/* A seed of its own for everything called `name`, so that adding or reordering others changes nothing. */
uint64_t distribution_seed(uint64_t seed, const char *kind, const char *name);

/* One value of the distribution at this coordinate. `v` must not be a LIST. */
double distribution_draw(const net_value *v, draw_place at);

#endif
