/* Families of vectors for the tables and routes of SpiNNaker machines (tools/vector_family.c lists them). */
#ifndef HMN_TOOLS_VECTOR_SPIN_H
#define HMN_TOOLS_VECTOR_SPIN_H

#include "tools/vector_family.h"

#include <stdint.h>

vector_check vector_spin_geometry;

/* Element k of a row as a whole number; -1 when there is none, or it is below 0 or above 2^32 - 1. */
static inline int64_t vector_spin_number(const json_t *row, size_t k)
{
    const json_t *n = json_array_get(row, k);
    int64_t v = json_is_integer(n) ? json_integer_value(n) : -1;
    return v < 0 || v > UINT32_MAX ? -1 : v;
}

#endif
