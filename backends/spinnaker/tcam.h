/* Routing tables of a SpiNNaker chip. The router compares a packet's key with all entries at once and takes the
 * first that matches; a packet that none matches leaves opposite to where it came in. docs/chips/spinnaker.md,
 * eq. SC1 ... */
#ifndef HMN_SPINNAKER_TCAM_H
#define HMN_SPINNAKER_TCAM_H

#include "core/base/arena.h"

#include <stdbool.h>
#include <stdint.h>

/* Entries of a router's memory: 1,024, of which SCAMP keeps one. */
enum { TCAM_ENTRIES = 1023, TCAM_LINKS = 6 };

/* Matches key k when (k & mask) == key. route: bits 0..5 links, bit 6 + p virtual core p.
 *
 *   31     24 23                     6 5         0
 *  +---------+------------------------+-----------+
 *  |    0    |   cores 17 .. 0        | links 5..0|
 *  +---------+------------------------+-----------+                                                          */
typedef struct {
    uint32_t key, mask, route;
    bool defaultable; /* every packet that it matches would go the same way without it */
} tcam_entry;

typedef struct {
    const tcam_entry *entry;
    uint32_t count;
} tcam_table;

static inline uint32_t tcam_core_bit(uint32_t core) { return (uint32_t)1 << (TCAM_LINKS + core); }
static inline uint32_t tcam_link_bit(uint32_t link) { return (uint32_t)1 << link; }

/* Is there a key that both match? */
static inline bool tcam_intersect(uint32_t key_a, uint32_t mask_a, uint32_t key_b, uint32_t mask_b)
{
    return ((key_a ^ key_b) & mask_a & mask_b) == 0;
}

/* The smallest (key, mask) that matches all that either matches (eq. SC2). */
static inline void tcam_merge(uint32_t *key, uint32_t *mask, uint32_t other_key, uint32_t other_mask)
{
    *mask &= other_mask & ~(*key ^ other_key);
    *key &= *mask;
}

/* Index of the first entry that matches, -1: none. */
int32_t tcam_lookup(tcam_table t, uint32_t key);

/* Do all keys that `before` matches find the same route in `after`? Keys that it does not match are of no concern.
 * No entry of `before` may intersect another of a different route. Default routing counts as equal for defaultable
 * entries. Returns the index of the first entry of `before` that does not, -1: all do. */
int32_t tcam_differs(tcam_table before, tcam_table after);

/* Index of the first entry that intersects a later one of a different route, -1: order does not matter. */
int32_t tcam_overlap(tcam_table t);

/* A table of the same meaning with as few entries as a bounded search finds: pair merging, ordered covering and
 * minimisation by routes are all tried and the smallest is kept (equal ones: in that order). Order of `t` does not
 * matter; tcam_overlap(t) must be -1. The result is checked by tcam_differs. */
tcam_table tcam_compress(tcam_table t, hmn_arena *a);

/* The three by themselves. pair: the ordered pair merging of the host software. */
tcam_table tcam_pair(tcam_table t, hmn_arena *a);
tcam_table tcam_ordered_covering(tcam_table t, hmn_arena *a);
tcam_table tcam_minimise(tcam_table t, hmn_arena *a);

/* Without the entries that default routing makes superfluous: defaultable, and no later entry matches a key of
 * `used` that they match. */
tcam_table tcam_drop_defaults(tcam_table t, tcam_table used, hmn_arena *a);

#endif
