/* Families of vectors for the tables and routes of SpiNNaker machines (tools/vector_family.c lists them). */
#ifndef HMN_TOOLS_VECTOR_SPIN_H
#define HMN_TOOLS_VECTOR_SPIN_H

#include "tools/vector_family.h"

#include "backends/spinnaker/tcam.h"

#include <stdint.h>

vector_check vector_spin_geometry, vector_spin_tcam, vector_spin_operation, vector_spin_neuron;
vector_check vector_spin_rtr, vector_spin_real, vector_spin_delay, vector_spin_current;
vector_check vector_spin_mapping;

/* A file of single operations (root key "ops") lists no cases: this makes one of each. The caller owns the array. */
json_t *vector_operations(const json_t *root);
bool vector_is_operation(const json_t *json);

/* Element k of a row as a whole number; -1 when there is none, or it is below 0 or above 2^32 - 1. */
static inline int64_t vector_spin_number(const json_t *row, size_t k)
{
    const json_t *n = json_array_get(row, k);
    int64_t v = json_is_integer(n) ? json_integer_value(n) : -1;
    return v < 0 || v > UINT32_MAX ? -1 : v;
}

/* Rows [key, mask, route, defaultable] as a table. NULL: the rows are sound and do not contradict each other; else what
 * is wrong with them. */
const char *vector_spin_table(const json_t *rows, hmn_arena *a, tcam_table *out);

/* Compresses the table and compares the result: it must deliver every key alike and have at most `bar` entries. */
const char *vector_spin_compress(tcam_table t, int64_t bar, hmn_arena *a);

/* What a graph of a mapping vector becomes here: PACMAN's route_link_traversals and packet_links, entries of all tables
 * before and after compression, and of the largest one after. */
typedef struct {
    uint32_t parts, basic, compressed, largest;
    uint64_t traversals, packet_links;
} spin_mapping_size;

/* NULL, or why it cannot be mapped. */
const char *vector_spin_map(const json_t *json, hmn_arena *a, spin_mapping_size *out);

/* The least number of an object; -1: it has none. */
int64_t vector_spin_least(const json_t *sizes);

#endif
