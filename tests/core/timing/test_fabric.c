/* The machine with keys as a whole: an empty one against the closed form, random traffic without end or loss, and
 * results that do not depend on when they are computed. HMN_INJECTIONS=1000000 sends a million random packets. */
#include "tests/core/timing/torus.h"

#include "core/base/hash.h"
#include "core/base/rng.h"
#include "core/machine/run.h"
#include "tests/suite.h"

START_TEST(an_empty_machine_has_the_latency_of_the_closed_form)
{
    static const uint32_t sizes[][2] = {{12, 12}, {5, 3}, {2, 2}};
    fabric_shape s = torus_shape();
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        uint32_t w = sizes[k][0], h = sizes[k][1], farthest = 0;
        for (uint32_t to = 1; to < w * h * TORUS_CORES; to++) {
            hmn_arena *a = arena_new(0);
            torus t = torus_new(w, h, 1, a);
            int dx, dy;
            uint32_t links = torus_shortest(&t, 0, to / TORUS_CORES, &dx, &dy);
            t.payload = to % 2;
            torus_send(&t, 0, to, 7);
            fabric_result r = torus_run(&t, &s);
            ck_assert_uint_eq(r.delivered, 1);
            ck_assert_uint_eq(r.slowest_ps, fabric_latency(&s, links, t.payload));
            ck_assert_uint_eq(r.slowest_ps, t.payload ? 2 * 35 + 30 + links * 430 : 2 * 20 + 30 + links * 230);
            ck_assert_uint_eq(r.core[to].first_ps, 7 + r.slowest_ps);
            ck_assert_uint_eq(r.longest, links);
            ck_assert_uint_eq(r.slowest_to, to);
            farthest = links > farthest ? links : farthest;
            arena_free(a);
        }
        ck_assert_uint_eq(farthest, k == 0 ? 8 : k == 1 ? 2 : 1); /* 2 n / 3 for n x n */
    }
}
END_TEST

static uint32_t injections(void)
{
    const char *n = getenv("HMN_INJECTIONS");
    return n ? (uint32_t)strtoul(n, NULL, 10) : 20000;
}

/* Random pairs, a third of them to one core of few, from all cores as fast as they can. */
static torus storm(uint32_t n, uint32_t seed, hmn_arena *a)
{
    torus t = torus_new(8, 8, n, a);
    uint32_t each = (n + t.ncores - 1) / t.ncores;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t hot = rng_below(seed, RNG_CONNECT, 0, i, 0, 3) == 0;
        uint32_t to = hot ? rng_below(seed, RNG_CONNECT, 1, i, 0, 8) : rng_below(seed, RNG_CONNECT, 1, i, 0, t.ncores);
        torus_send(&t, i / each, to, rng_below(seed, RNG_CONNECT, 2, i, 0, 300));
    }
    return t;
}

/* Waits as short as this drop many packets: all come back, or are counted. */
START_TEST(nothing_stands_for_ever_and_nothing_vanishes)
{
    uint32_t n = injections();
    for (uint32_t k = 0; k < 3; k++) {
        fabric_shape s = torus_shape();
        s.wait_ps = k == 2 ? 2000 : 500;
        s.divert_ps = k == 1 ? 300 : 0;
        s.inputs = s.outputs = k == 1 ? 1 : 2;
        s.keep = k == 2 ? 5 : 4096;
        hmn_arena *a = arena_new(0);
        torus t = storm(n, k, a);
        fabric_result r = torus_run(&t, &s);
        uint64_t received = 0;
        for (uint32_t c = 0; c < t.ncores; c++)
            received += r.core[c].received;
        ck_assert_uint_eq(r.copies, n);
        ck_assert_uint_eq(r.delivered + r.lost, n);
        ck_assert_uint_eq(received, r.delivered);
        ck_assert_uint_gt(r.dropped, n / 100);
        ck_assert(r.lost > 0 || k < 2);
        ck_assert_uint_gt(r.reinjected, 0);
        ck_assert_uint_eq(r.diverted > 0, k == 1);
        ck_assert_uint_eq(r.dropped, r.reinjected + r.lost); /* each copy is a packet of its own here */
        arena_free(a);
    }
}
END_TEST

/* With patience and links that are not full, nothing is dropped. */
START_TEST(patient_routers_deliver_all_of_light_traffic)
{
    fabric_shape s = torus_shape();
    s.wait_ps = 3600000;
    hmn_arena *a = arena_new(0);
    torus t = torus_new(8, 8, 2560, a);
    for (uint32_t i = 0; i < 2560; i++)
        torus_send(&t, i / 10, rng_below(4, RNG_CONNECT, 0, i, 0, t.ncores),
                   4000 + rng_below(4, RNG_CONNECT, 1, i, 0, 4000));
    fabric_result r = torus_run(&t, &s);
    ck_assert_uint_eq(r.delivered, 2560);
    ck_assert_uint_eq(r.dropped, 0);
    ck_assert_uint_eq(r.lost, 0);
    arena_free(a);
}
END_TEST

typedef struct {
    uint64_t hash[4];
} hashes;

static void one_storm(void *context, uint32_t i)
{
    hashes *h = context;
    fabric_shape s = torus_shape();
    s.wait_ps = 500;
    hmn_arena *a = arena_new(0);
    torus t = storm(5000, 7, a);
    fabric_result r = torus_run(&t, &s);
    h->hash[i] = hash64(r.core, t.ncores * sizeof *r.core, hash64(r.link, 64 * WAY_LINKS * 4, r.slowest_ps));
    arena_free(a);
}

START_TEST(the_same_step_gives_the_same_bytes_on_any_thread)
{
    hashes one = {{0}}, many = {{0}};
    run_parallel(1, 4, one_storm, &one);
    run_parallel(4, 4, one_storm, &many);
    for (int i = 0; i < 4; i++) {
        ck_assert_uint_eq(one.hash[i], many.hash[i]);
        ck_assert_uint_eq(one.hash[i], one.hash[0]);
    }
}
END_TEST

SUITE("fabric", an_empty_machine_has_the_latency_of_the_closed_form, nothing_stands_for_ever_and_nothing_vanishes,
      patient_routers_deliver_all_of_light_traffic, the_same_step_gives_the_same_bytes_on_any_thread)
