/* The door to xxHash, used header-only: takes bytes, yields 64 bits that are the same on any machine. */
#include "core/base/hash.h"

#define XXH_INLINE_ALL
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wswitch-enum"
#include <xxhash.h>
#pragma GCC diagnostic pop

uint64_t hash64(const void *data, size_t size, uint64_t seed) { return XXH64(data, size, seed); }
