/* Cores by themselves, against sums that can be written down: the loop, packets that interrupt it, rows that are
 * fetched while others are added, memory that cores share, buffers that are full. */
#include "tests/core/timing/torus.h"

#include "tests/suite.h"

/* Slow enough that everything of the network is small beside it. */
static fabric_shape slow(void)
{
    fabric_shape s = torus_shape();
    s.take_ps = 1000;
    s.look_ps = 10000;
    s.dma_ps = 2000;
    s.word_ps = 100;
    s.dense_ps = 500;
    return s;
}

/* n packets from core 0 to core 1 of the same chip, all sent before the first is looked up. */
static torus burst(uint32_t n, const timing_load *l, hmn_arena *a)
{
    torus t = torus_new(2, 2, n, a);
    for (uint32_t i = 0; i < n; i++)
        torus_send(&t, 0, 1, 0);
    t.load[1] = l;
    return t;
}

START_TEST(a_loop_takes_what_its_neurons_take)
{
    hmn_arena *a = arena_new(0);
    fabric_shape s = slow();
    torus t = torus_new(2, 2, 2, a);
    t.work[0] = (fabric_work){.timer_ps = 300, .tail_ps = 50};
    torus_send(&t, 0, 1, 1000);
    torus_send(&t, 0, 1, 2000);
    fabric_result r = torus_run(&t, &s);
    ck_assert_uint_eq(r.core[0].loop_ps, 300 + 1000 + 2000 + 50);
    ck_assert_uint_eq(r.core[0].loop_busy, 3350);
    ck_assert_uint_eq(r.core[1].first_ps, 1300 + fabric_latency(&s, 0, false));
    ck_assert_uint_eq(r.core[1].take_busy, 2 * s.take_ps);
    ck_assert_uint_eq(r.core[1].row_busy, 2 * s.look_ps);
    ck_assert_uint_eq(r.end_ps, r.core[1].last_ps);
    arena_free(a);
}
END_TEST

/* The sum of eq. SX8: the first row is looked up and fetched by itself, then the longer of fetching the next row and
 * adding this one, after the look-up of the next; the last is added by itself. */
START_TEST(a_row_is_fetched_while_the_one_before_is_added)
{
    for (uint32_t words = 10; words <= 1000; words *= 10) {
        hmn_arena *a = arena_new(0);
        const timing_load l = {.words = words, .dense = 100};
        fabric_shape s = slow();
        torus t = burst(5, &l, a);
        fabric_result r = torus_run(&t, &s);
        uint64_t fetch = s.dma_ps + words * s.word_ps, add = 100 * s.dense_ps, start = fabric_latency(&s, 0, false);
        uint64_t longer = fetch > add ? fetch : add;
        /* four more packets interrupt the first look-up */
        ck_assert_uint_eq(r.core[1].last_ps, start + 5 * s.take_ps + 5 * s.look_ps + fetch + 4 * longer + add);
        ck_assert_uint_eq(r.core[1].row_busy, 5 * (s.look_ps + add));
        ck_assert_uint_eq(r.core[1].memory_ps, fetch + 4 * (longer - add));
        ck_assert_uint_eq(r.core[1].most, 4);
        arena_free(a);
    }
}
END_TEST

START_TEST(rows_hold_up_the_loop)
{
    hmn_arena *a = arena_new(0);
    const timing_load l = {.words = 10, .dense = 100};
    fabric_shape s = slow();
    torus t = burst(1, &l, a);
    t.work[1] = (fabric_work){.timer_ps = 100, .tail_ps = 500000};
    fabric_result r = torus_run(&t, &s);
    ck_assert_uint_eq(r.core[1].loop_ps, 500100 + s.take_ps + s.look_ps + 100 * s.dense_ps);
    ck_assert_uint_eq(r.core[1].memory_ps, 0); /* there is the loop to go on with */
    ck_assert_uint_lt(r.core[1].last_ps, 100000);
    arena_free(a);
}
END_TEST

START_TEST(cores_of_a_chip_share_its_memory)
{
    hmn_arena *a = arena_new(0);
    const timing_load l = {.words = 1000, .dense = 1};
    fabric_shape s = slow();
    for (uint32_t cores = 1; cores <= 3; cores++) {
        torus t = torus_new(2, 2, 3, a);
        for (uint32_t c = 0; c < cores; c++) {
            torus_send(&t, 0, 1 + c, 0);
            t.load[1 + c] = &l;
        }
        fabric_result r = torus_run(&t, &s);
        uint64_t first = fabric_latency(&s, 0, false) + s.take_ps + s.look_ps + s.dma_ps;
        ck_assert_uint_eq(r.core[cores].last_ps, first + cores * 1000 * s.word_ps + s.dense_ps);
        torus elsewhere = torus_new(2, 2, 3, a); /* on chips of their own they do not */
        for (uint32_t c = 0; c < cores; c++) {
            torus_send(&elsewhere, 0, c * TORUS_CORES + 1, 0);
            elsewhere.load[c * TORUS_CORES + 1] = &l;
        }
        r = torus_run(&elsewhere, &s);
        ck_assert_uint_lt(r.end_ps, first + 1000 * s.word_ps + s.dense_ps + 1000);
    }
    arena_free(a);
}
END_TEST

START_TEST(rows_that_learn_are_written_back_and_take_their_share)
{
    hmn_arena *a = arena_new(0);
    const timing_load l = {.words = 100, .dense = 10, .plastic = 10, .back = 400};
    fabric_shape s = slow();
    torus t = burst(3, &l, a);
    t.work[1] = (fabric_work){.learn_ps = 100001, .plastic = 30};
    fabric_result r = torus_run(&t, &s);
    ck_assert_uint_eq(r.core[1].row_busy, 3 * (s.look_ps + 10 * s.dense_ps) + 100001);
    /* the third row is asked for behind the write of the first */
    uint64_t first = fabric_latency(&s, 0, false) + 3 * s.take_ps + s.look_ps + s.dma_ps + 100 * s.word_ps;
    uint64_t write = first + s.look_ps + 10 * s.dense_ps + 33333 + s.dma_ps + 400 * s.word_ps;
    ck_assert_uint_eq(r.core[1].last_ps, write + s.dma_ps + 100 * s.word_ps + 10 * s.dense_ps + 33334);
    t.load[1] = t.none;
    r = torus_run(&t, &s); /* rows without synapses that learn: nothing is learned in them */
    ck_assert_uint_eq(r.core[1].row_busy, 3 * s.look_ps);
    arena_free(a);
}
END_TEST

START_TEST(a_full_buffer_drops_spikes_and_says_so)
{
    hmn_arena *a = arena_new(0);
    const timing_load l = {.words = 10, .dense = 100};
    fabric_shape s = slow();
    s.spikes = 4;
    torus t = burst(20, &l, a);
    fabric_result r = torus_run(&t, &s);
    ck_assert_uint_eq(r.core[1].received, 20);
    ck_assert_uint_gt(r.core[1].overflow, 5);
    ck_assert_uint_eq(r.core[1].most, 4);
    ck_assert_uint_eq(r.core[1].row_busy, (20 - r.core[1].overflow) * (s.look_ps + 100 * s.dense_ps));
    t.send[0].times = 5; /* spikes of one packet count each */
    t.nsends = 1;
    r = torus_run(&t, &s);
    ck_assert_uint_eq(r.core[1].received, 1);
    ck_assert_uint_eq(r.core[1].overflow, 1);
    arena_free(a);
}
END_TEST

START_TEST(a_full_outbox_holds_up_the_loop)
{
    hmn_arena *a = arena_new(0);
    fabric_shape s = torus_shape();
    s.outbox = 3;
    s.link_ps = 1000;
    torus t = torus_new(6, 6, 40, a);
    for (uint32_t i = 0; i < 40; i++)
        torus_send(&t, 0, TORUS_CORES, 1);
    fabric_result r = torus_run(&t, &s);
    ck_assert_uint_eq(r.delivered, 40);
    ck_assert_uint_gt(r.core[0].blocked_ps, 20 * s.link_ps);
    ck_assert_uint_eq(r.core[0].loop_busy, 40);
    ck_assert_uint_eq(r.core[0].loop_ps, 40 + r.core[0].blocked_ps);
    arena_free(a);
}
END_TEST

START_TEST(what_waits_when_the_tick_is_over_is_told)
{
    hmn_arena *a = arena_new(0);
    const timing_load l = {.words = 10, .dense = 100};
    fabric_shape s = slow();
    s.tick_ps = 100000;
    torus t = burst(9, &l, a);
    fabric_result r = torus_run(&t, &s);
    ck_assert_uint_gt(r.core[1].last_ps, s.tick_ps);
    ck_assert_uint_ge(r.core[1].queue, 6); /* a row takes 60 ns; one is added, one is fetched */
    ck_assert_uint_le(r.core[1].queue, 7);
    arena_free(a);
}
END_TEST

SUITE("fabric_core", a_loop_takes_what_its_neurons_take, a_row_is_fetched_while_the_one_before_is_added,
      rows_hold_up_the_loop, cores_of_a_chip_share_its_memory, rows_that_learn_are_written_back_and_take_their_share,
      a_full_buffer_drops_spikes_and_says_so, a_full_outbox_holds_up_the_loop, what_waits_when_the_tick_is_over_is_told)
