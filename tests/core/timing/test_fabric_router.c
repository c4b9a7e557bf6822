/* Routers, links and monitors by themselves: rates of a link and of a router, waiting, going round the triangle, being
 * dropped, put back or lost. The numbers of the machine are those of its profile where a published figure is meant. */
#include "tests/core/timing/torus.h"

#include "backends/registry.h"
#include "tests/suite.h"

enum { PACKETS = 100 };

/* Packets from the four cores of chip 0 to the four of another. */
static torus stream(uint32_t to, uint32_t n, uint64_t gap, hmn_arena *a)
{
    torus t = torus_new(6, 6, n * TORUS_CORES, a);
    for (uint32_t c = 0; c < TORUS_CORES; c++)
        for (uint32_t i = 0; i < n; i++)
            torus_send(&t, c, to * TORUS_CORES + (c + i) % TORUS_CORES, gap);
    return t;
}

static uint64_t last_arrival(const torus *t, const fabric_result *r)
{
    uint64_t last = 0;
    for (uint32_t c = 0; c < t->ncores; c++)
        last = r->core[c].last_ps > last ? r->core[c].last_ps : last;
    return last;
}

START_TEST(a_full_link_carries_a_packet_each_link_time)
{
    for (uint32_t inputs = 1; inputs <= 3; inputs++) {
        hmn_arena *a = arena_new(0);
        fabric_shape s = torus_shape();
        s.inputs = inputs;
        torus t = stream(1, PACKETS, 0, a); /* chip 1 stands north of chip 0 */
        fabric_result r = torus_run(&t, &s);
        ck_assert_uint_eq(r.link[0 * WAY_LINKS + 2], PACKETS * TORUS_CORES);
        /* one that has no room for a second packet waits for the sender to learn that the first is gone */
        uint64_t each = inputs > 1 ? s.link_ps : s.link_ps + s.credit_ps;
        ck_assert_uint_eq(last_arrival(&t, &r),
                          fabric_latency(&s, 1, false) + (PACKETS * TORUS_CORES - 1) * each + s.take_ps + s.look_ps);
        ck_assert_uint_eq(r.dropped, 0);
        arena_free(a);
    }
}
END_TEST

START_TEST(a_router_passes_a_packet_a_cycle)
{
    hmn_arena *a = arena_new(0);
    fabric_shape s = torus_shape();
    s.enter_ps = 1; /* cores and their ways in are faster than the router */
    s.take_ps = 1;
    torus t = stream(0, PACKETS, 0, a);
    fabric_result r = torus_run(&t, &s);
    ck_assert_uint_eq(last_arrival(&t, &r),
                      fabric_latency(&s, 0, false) + (PACKETS * TORUS_CORES - 1) * s.cycle_ps + s.take_ps + s.look_ps);
    arena_free(a);
}
END_TEST

/* Core 4 (chip 1) takes so long over a packet that the third stands in chip 1's router, and all behind it. */
static fabric_result jam(fabric_shape s, uint32_t n, hmn_arena *a, torus *t)
{
    s.take_ps = 105000;
    *t = torus_new(6, 6, n, a);
    for (uint32_t i = 0; i < n; i++)
        torus_send(t, 0, TORUS_CORES, 0);
    return torus_run(t, &s);
}

START_TEST(a_packet_waits_as_long_as_the_router_says_and_comes_back)
{
    torus t;
    hmn_arena *a = arena_new(0);
    fabric_shape s = torus_shape();
    s.wait_ps = 3000;
    fabric_result r = jam(s, 3, a, &t);
    /* the third leaves the core 40 after the first, and is in front of a core that has no room until 105,300. It stands
     * 3,000, is dropped, and put back each time the monitor's timer ticks; that of 110,000 finds room */
    ck_assert_uint_eq(r.delivered, 3);
    ck_assert_uint_eq(r.dropped, 11);
    ck_assert_uint_eq(r.reinjected, 11);
    ck_assert_uint_eq(r.lost, 0);
    ck_assert_uint_eq(r.slowest_ps, 110000 + s.pass_ps + s.enter_ps - 40);
    s.wait_ps = 200000; /* patience */
    r = jam(s, 3, a, &t);
    ck_assert_uint_eq(r.delivered, 3);
    ck_assert_uint_eq(r.dropped, 0);
    ck_assert_uint_eq(r.slowest_ps, fabric_latency(&s, 1, false) + 105000 + s.enter_ps - 40);
    arena_free(a);
}
END_TEST

START_TEST(a_full_register_loses_what_is_dropped)
{
    torus t;
    hmn_arena *a = arena_new(0);
    fabric_shape s = torus_shape();
    s.wait_ps = 300;
    s.dump_ps = 1000000; /* the monitor sleeps */
    fabric_result r = jam(s, 10, a, &t);
    ck_assert_uint_eq(r.copies, 10);
    ck_assert_uint_gt(r.lost, 2);
    ck_assert_uint_eq(r.delivered + r.lost, 10);
    ck_assert_uint_eq(r.reinjected, 1);
    s.dump_ps = 10;
    s.keep = 1;
    r = jam(s, 10, a, &t);
    ck_assert_uint_gt(r.lost, 2);
    ck_assert_uint_eq(r.delivered + r.lost, 10);
    ck_assert_uint_eq(r.dropped, r.lost + r.reinjected);
    arena_free(a);
}
END_TEST

/* The link from chip 0 to its northern neighbour is full; with time to divert, packets go north-east and west. */
START_TEST(what_stands_goes_round_the_triangle)
{
    for (uint32_t link = 0; link < WAY_LINKS; link++) {
        hmn_arena *a = arena_new(0);
        fabric_shape s = torus_shape();
        s.wait_ps = 50;
        s.divert_ps = 1000000;
        torus t = torus_new(6, 6, PACKETS, a);
        uint32_t to = t.ways.link[0][link], lower = (link + 5) % 6, via = t.ways.link[0][lower];
        for (uint32_t i = 0; i < PACKETS; i++)
            torus_send(&t, 0, to * TORUS_CORES + i % TORUS_CORES, 0);
        fabric_result r = torus_run(&t, &s);
        uint32_t direct = r.link[link], round = r.link[lower];
        ck_assert_uint_eq(r.delivered, PACKETS);
        ck_assert_uint_eq(r.dropped, 0);
        ck_assert_uint_gt(round, PACKETS / 4);
        ck_assert_uint_eq(direct + round, PACKETS);
        ck_assert_uint_eq(r.diverted, round);
        ck_assert_uint_eq(r.link[via * WAY_LINKS + (link + 1) % 6], round);
        ck_assert_uint_eq(r.longest, 2);
        arena_free(a);
    }
}
END_TEST

/* docs/chips/spinnaker-network.md, the table of what is known: with the profile of the chip. */
START_TEST(published_figures_come_out)
{
    hmn_arena *a = arena_new(0);
    cost_table c = cost_lay_out(registry_find("spinnaker")->timing->profile[0]);
    fabric_shape s = fabric_shape_of(&c, 1000000000);
    s.take_ps = s.look_ps = 1; /* cores that keep up */
    torus t = stream(1, 1000, 0, a);
    fabric_result r = torus_run(&t, &s);
    uint64_t first = fabric_latency(&s, 1, false) + 2, packets = 1000 * TORUS_CORES;
    double rate = 1e12 * (double)(packets - 1) / (double)(last_arrival(&t, &r) - first);
    ck_assert_double_eq_tol(rate, 50e6 / 11, 1); /* AN7: 10 symbols and an end of packet at 50 M/s */
    s.enter_ps = 1;
    t = stream(0, 1000, 0, a);
    r = torus_run(&t, &s);
    rate = 1e12 * (double)(packets - 1) / (double)(last_arrival(&t, &r) - fabric_latency(&s, 0, false) - 2);
    ck_assert_double_eq_tol(rate, 400e6 / 3, 1);             /* DS 10.1: a packet a cycle; the clock is 400 MHz / 3 */
    ck_assert_uint_eq(s.wait_ps, (15 + 16 - 1) * 16 * 7500); /* DS 10.11: M 15, E 4 */
    ck_assert_uint_eq(s.link_ps, 11 * 20000);
    arena_free(a);
}
END_TEST

/* The third packet for a core that is busy for long is in the register when it has stood for wait_ps, not before. */
START_TEST(a_packet_stands_exactly_as_long_as_the_router_waits)
{
    for (uint64_t wait = 1000; wait <= 9000; wait += 800) {
        torus t;
        hmn_arena *a = arena_new(0);
        fabric_shape s = torus_shape();
        s.wait_ps = wait;
        s.dump_ps = 0;
        s.poll_ps = 1; /* the monitor is awake all the time */
        s.again_ps = 1;
        s.link_ps = s.pass_ps = s.cycle_ps = s.enter_ps = 1;
        fabric_result r = jam(s, 3, a, &t);
        /* each time it is put back a moment later and stands again */
        ck_assert_uint_eq(r.dropped, 105000 / (wait + 2));
        arena_free(a);
    }
}
END_TEST

SUITE("fabric_router", published_figures_come_out, a_packet_stands_exactly_as_long_as_the_router_waits,
      a_full_link_carries_a_packet_each_link_time, a_router_passes_a_packet_a_cycle,
      a_packet_waits_as_long_as_the_router_says_and_comes_back, a_full_register_loses_what_is_dropped,
      what_stands_goes_round_the_triangle)
