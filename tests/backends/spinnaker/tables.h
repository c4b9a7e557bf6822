/* Random routing tables whose entries do not overlap, and look-ups one by one. */
#ifndef HMN_TESTS_SPINNAKER_TABLES_H
#define HMN_TESTS_SPINNAKER_TABLES_H

#include "backends/spinnaker/tcam.h"
#include "core/base/rng.h"
#include "tests/suite.h"

/* n entries over keys below n * 128, each a block of 1..64 keys at a multiple of its size; a quarter of them
 * lie elsewhere, so that there are gaps. Half of those to a single link are defaultable. */
static inline tcam_table tables_random(uint64_t seed, uint32_t n, uint32_t nroutes, hmn_arena *a)
{
    tcam_entry *e = ARENA_NEW(a, tcam_entry, n);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t r[4];
        rng_block(seed, RNG_TASK, i, nroutes, 0, r);
        uint32_t size = (uint32_t)1 << r[0] % 7, place = i + (r[1] % 4 == 0 ? n : 0), route = r[2] % nroutes;
        bool link = route < TCAM_LINKS;
        e[i] = (tcam_entry){place * 64 + (r[3] % (64 / size)) * size, ~(size - 1),
                            link ? tcam_link_bit(route) : tcam_core_bit(route % 18) | tcam_link_bit(route % 6),
                            link && r[3] >> 31};
    }
    return (tcam_table){e, n};
}

/* Every key of every entry finds its route: by look-ups, not by sets. */
static inline void tables_alike(tcam_table before, tcam_table after)
{
    for (uint32_t i = 0; i < before.count; i++)
        for (uint32_t k = 0; k <= ~before.entry[i].mask; k++) {
            int32_t at = tcam_lookup(after, before.entry[i].key + k);
            if (at < 0)
                ck_assert(before.entry[i].defaultable);
            else
                ck_assert_uint_eq(after.entry[at].route, before.entry[i].route);
        }
}

static inline void tables_try(tcam_table (*compress)(tcam_table, hmn_arena *), uint32_t most)
{
    for (uint64_t seed = 0; seed < 60; seed++) {
        hmn_arena *a = arena_new(0);
        uint32_t n = rng_below(seed, RNG_TASK, 1, 0, 0, most), routes = 1 + rng_below(seed, RNG_TASK, 2, 0, 0, 20);
        tcam_table t = tables_random(seed, n, routes, a), c = compress(t, a);
        ck_assert_uint_le(c.count, t.count);
        ck_assert_int_eq(tcam_differs(t, c), -1);
        tables_alike(t, c);
        arena_free(a);
    }
}

#endif
