/* Checksums and digests: XXH64 (xxHash enters the project here and nowhere else). */
#ifndef HMN_BASE_HASH_H
#define HMN_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* XXH64 of `size` bytes, chained through `seed`. */
uint64_t hash64(const void *data, size_t size, uint64_t seed);

#endif
