/* The mesh of routers against closed forms and published behaviour. */
#include "core/timing/mesh.h"

#include "core/base/rng.h"

#include "tests/suite.h"

#include <string.h>

/* Wormhole routers with one queue an input, as BookSim2 has them with the configuration below: 8 x 8, one core each,
 * worms of 5 flits. A head takes a cycle to be routed; it and every flit then one to win the switch, one through it and
 * one through the link, and two cycles later the sender knows of the room. A cycle is 1000 ps. */
static mesh_shape wormhole(uint32_t buffer)
{
    return (mesh_shape){.width = 8,
                        .height = 8,
                        .locals = 1,
                        .flit_ps = 1000,
                        .hop_x_ps = 3000,
                        .hop_y_ps = 3000,
                        .local_ps = 3000,
                        .head_ps = 1000,
                        .credit_ps = 2000,
                        .buffer = buffer,
                        .flits = 5};
}

static uint32_t draw(uint32_t what, uint32_t core, uint32_t cycle, uint32_t below)
{
    return rng_below(11, RNG_CONNECT, what, core, cycle, below);
}

/* Uniform random traffic: in each cycle a core makes a message with probability load * capacity / flits. Capacity of
 * an 8 x 8 mesh: half its flits cross the middle, which 8 links each way carry: 0.5 flits a core and cycle. */
static mesh_message *uniform(const mesh_shape *s, double load, uint32_t cycles, hmn_arena *a, uint32_t *count)
{
    uint32_t cores = s->width * s->height * s->locals, n = 0;
    double p = load * 0.5 / s->flits;
    mesh_message *m = ARENA_NEW(a, mesh_message, (size_t)(cores * cycles * p * 1.2 + 1000));
    for (uint32_t core = 0; core < cores; core++)
        for (uint32_t cycle = 0; cycle < cycles; cycle++) {
            if (draw(0, core, cycle, 1u << 20) >= p * (1 << 20))
                continue;
            m[n++] = (mesh_message){.from = core, .to = draw(1, core, cycle, cores), .earliest = 1000ull * cycle};
        }
    *count = n;
    return m;
}

static double mean_latency(double load, uint32_t buffer, double *accepted)
{
    enum { CYCLES = 12000, WARM = 4000 };
    hmn_arena *a = arena_new(0);
    mesh_shape s = wormhole(buffer);
    uint32_t count, n = 0;
    double sum = 0;
    mesh_message *m = uniform(&s, load, CYCLES, a, &count);
    mesh_result r = mesh_run(&s, m, count, NULL, CYCLES * 1000ull, a);
    for (uint32_t i = 0; i < count; i++)
        if (m[i].received && m[i].earliest >= WARM * 1000ull) {
            sum += (double)(m[i].received - m[i].earliest) / 1000;
            n++;
        }
    *accepted = (double)r.delivered * s.flits / 64 / CYCLES / 0.5;
    arena_free(a);
    return sum / n;
}

START_TEST(an_empty_mesh_delays_a_message_by_its_hops_exactly)
{
    for (uint32_t flits = 1; flits <= 5; flits += 2) {
        mesh_shape s = {.width = 8,
                        .height = 4,
                        .locals = 4,
                        .chip_width = 4,
                        .flit_ps = 291,
                        .hop_x_ps = 4100,
                        .hop_y_ps = 6500,
                        .chip_ps = 9000,
                        .local_ps = 2100,
                        .credit_ps = 291,
                        .buffer = 16,
                        .flits = flits};
        for (uint32_t from = 0; from < 128; from += 3)
            for (uint32_t to = 0; to < 128; to += 7) {
                hmn_arena *a = arena_new(0);
                mesh_message m = {.from = from, .to = to, .gap = 1234, .work = 17};
                mesh_result r = mesh_run(&s, &m, 1, NULL, UINT64_MAX, a);
                int dx = abs((int)(from / 4 % 8) - (int)(to / 4 % 8)), dy = abs((int)(from / 32) - (int)(to / 32));
                int across = (from / 4 % 8 < 4) != (to / 4 % 8 < 4);
                uint64_t want = (uint64_t)(dx - across) * 4100 + (uint64_t)across * 9000 + (uint64_t)dy * 6500 + 2100 +
                                (flits - 1) * 291;
                ck_assert_uint_eq(m.sent, 1234);
                ck_assert_uint_eq(m.received - m.sent, want);
                ck_assert_uint_eq(mesh_latency(&s, from, to), want);
                ck_assert_uint_eq(r.end_ps, m.received + 17);
                ck_assert_int_eq((int)mesh_hops(&s, from, to), dx + dy);
                arena_free(a);
            }
    }
}
END_TEST

START_TEST(a_stream_is_as_fast_as_the_slowest_of_sender_link_and_receiver)
{
    enum { N = 400 };
    static const uint64_t gap[] = {50, 400, 50}, work[] = {0, 100, 900}, each[] = {291, 400, 900};
    for (int k = 0; k < 3; k++) {
        hmn_arena *a = arena_new(0);
        mesh_shape s = {.width = 3,
                        .height = 1,
                        .locals = 1,
                        .flit_ps = 291,
                        .hop_x_ps = 4100,
                        .hop_y_ps = 1,
                        .local_ps = 2100,
                        .credit_ps = 291,
                        .buffer = 16,
                        .flits = 1};
        mesh_message *m = ARENA_NEW(a, mesh_message, N);
        for (uint32_t i = 0; i < N; i++)
            m[i] = (mesh_message){.from = 0, .to = 2, .gap = gap[k], .work = work[k]};
        mesh_result r = mesh_run(&s, m, N, NULL, UINT64_MAX, a);
        ck_assert_uint_eq(r.delivered, N);
        ck_assert_uint_eq(m[N - 1].received - m[N - 101].received, 100 * each[k]);
        if (k == 2)
            ck_assert_uint_gt(r.blocked_ps[0], 0); /* the receiver holds the sender up through the mesh */
        else
            ck_assert_uint_eq(r.blocked_ps[0], 0);
        arena_free(a);
    }
}
END_TEST

START_TEST(networks_side_by_side_carry_more_and_delay_alike)
{
    enum { N = 400 };
    for (uint32_t networks = 1; networks <= 3; networks++)
        for (uint32_t flits = 1; flits <= 4; flits += 3) {
            hmn_arena *a = arena_new(0);
            mesh_shape s = {.width = 3,
                            .height = 2,
                            .locals = 1,
                            .networks = networks,
                            .flit_ps = 600,
                            .hop_x_ps = 4100,
                            .hop_y_ps = 6500,
                            .local_ps = 2100,
                            .credit_ps = 600,
                            .buffer = 32,
                            .flits = flits};
            mesh_message *m = ARENA_NEW(a, mesh_message, 2 * N);
            for (uint32_t i = 0; i < 2 * N; i++) /* two senders share the link into the last tile */
                m[i] = (mesh_message){.from = i / N, .to = 5, .gap = i % N ? 10 : 10 + 20000 * (i / N)};
            mesh_result r = mesh_run(&s, m, 2 * N, NULL, UINT64_MAX, a);
            ck_assert_uint_eq(r.delivered, 2 * N);
            ck_assert_uint_eq(m[0].received - m[0].sent, mesh_latency(&s, 0, 5));
            ck_assert_uint_eq(r.link_flits[2 * MESH_DIRECTIONS + MESH_NORTH], 2 * N * flits); /* of all networks */
            /* while both send, the link gives each half of what its networks carry */
            double each = (double)(m[N - 1].received - m[N - 101].received) / 100;
            ck_assert_double_eq_tol(each, 2.0 * flits * 600 / networks, 0.1 * flits * 600);
            arena_free(a);
        }
}
END_TEST

START_TEST(a_core_begins_with_its_first_work)
{
    hmn_arena *a = arena_new(0);
    mesh_shape s = {.width = 2,
                    .height = 1,
                    .locals = 1,
                    .flit_ps = 1,
                    .hop_x_ps = 10,
                    .hop_y_ps = 1,
                    .local_ps = 5,
                    .credit_ps = 1,
                    .buffer = 4,
                    .flits = 1};
    mesh_message m = {.from = 0, .to = 1, .work = 7};
    uint64_t first[2] = {30, 100};
    mesh_result r = mesh_run(&s, &m, 1, first, UINT64_MAX, a);
    ck_assert_uint_eq(m.received, 15);
    ck_assert_uint_eq(r.receive_ps[0], 30);
    ck_assert_uint_eq(r.receive_ps[1], 107);
    arena_free(a);
}
END_TEST

START_TEST(a_million_random_messages_all_arrive)
{
    enum { ROUNDS = 10, N = 100000, CORES = 128 };
    mesh_shape s = {.width = 8,
                    .height = 4,
                    .locals = 4,
                    .flit_ps = 291,
                    .hop_x_ps = 4100,
                    .hop_y_ps = 6500,
                    .local_ps = 2100,
                    .credit_ps = 291,
                    .buffer = 2,
                    .flits = 1};
    for (uint32_t round = 0; round < ROUNDS; round++) {
        hmn_arena *a = arena_new(0);
        s.flits = 1 + round % 3; /* worms longer than the buffers, as long, or half as long */
        s.networks = 1 + round % 2;
        mesh_message *m = ARENA_NEW(a, mesh_message, N);
        for (uint32_t i = 0; i < N; i++) /* half of them to one core: the mesh stays full */
            m[i] = (mesh_message){.from = i / (N / CORES + 1),
                                  .to = i % 2 ? draw(2, i, round, CORES) : 61,
                                  .gap = draw(3, i, round, 300),
                                  .work = draw(4, i, round, 700)};
        mesh_result r = mesh_run(&s, m, N, NULL, UINT64_MAX, a);
        ck_assert_uint_eq(r.delivered, N);
        for (uint32_t i = 0; i < N; i++)
            ck_assert_uint_ge(m[i].received - m[i].sent, mesh_latency(&s, m[i].from, m[i].to));
        arena_free(a);
    }
}
END_TEST

START_TEST(messages_between_two_cores_keep_their_order)
{
    enum { N = 20000 };
    hmn_arena *a = arena_new(0);
    mesh_shape s = {.width = 4,
                    .height = 4,
                    .locals = 2,
                    .flit_ps = 10,
                    .hop_x_ps = 40,
                    .hop_y_ps = 65,
                    .local_ps = 20,
                    .credit_ps = 10,
                    .buffer = 3,
                    .flits = 2};
    mesh_message *m = ARENA_NEW(a, mesh_message, N);
    for (uint32_t i = 0; i < N; i++)
        m[i] = (mesh_message){.from = i / (N / 32), .to = draw(5, i, 0, 32), .work = 15};
    mesh_run(&s, m, N, NULL, UINT64_MAX, a);
    uint64_t last[32][32] = {{0}};
    for (uint32_t i = 0; i < N; i++) {
        ck_assert_uint_gt(m[i].received, last[m[i].from][m[i].to]);
        last[m[i].from][m[i].to] = m[i].received;
    }
    arena_free(a);
}
END_TEST

/* BookSim2 (github.com/booksim/booksim2, 28f43299; Jiang et al., ISPASS 2013), run with
 *   topology = mesh; k = 8; n = 2; routing_function = dor; num_vcs = 1; wait_for_tail_credit = 0; vc_allocator = islip;
 *   sw_allocator = islip; credit_delay = 1; routing_delay = 1; vc_alloc_delay = 1; sw_alloc_delay = 1; speculative = 1;
 *   st_final_delay = 1; traffic = uniform; packet_size = 5; injection_rate_uses_flits = 1; sample_period = 5000
 * Mean latency [cycles] of packets at loads in flits a core and cycle, and the load at which it is twice that of an
 * empty network, 62.3, in flits a core and cycle; capacity is 0.5. */
typedef struct {
    double load, latency;
} sample;

static const struct {
    uint32_t buffer;
    double saturation;
    sample at[4];
} booksim[] = {{8, 0.2405, {{0.10, 33.28}, {0.15, 35.45}, {0.18, 37.86}, {0.20, 40.38}}},
               {16, 0.2915, {{0.10, 33.23}, {0.15, 35.01}, {0.20, 38.57}, {0.25, 44.97}}}};

enum { EDGE = 2 }; /* cycles from the source and to the sink there, which are part of no router here */

START_TEST(wormhole_routers_delay_and_saturate_as_booksim_s_do)
{
    double accepted, idle = mean_latency(0.01 / 0.5, 8, &accepted);
    ck_assert_double_eq_tol(idle + EDGE, 31.15, 0.5);
    for (int k = 0; k < 2; k++) {
        for (int i = 0; i < 4; i++) {
            double is = mean_latency(booksim[k].at[i].load / 0.5, booksim[k].buffer, &accepted) + EDGE;
            ck_assert_double_eq_tol(is, booksim[k].at[i].latency, 0.05 * booksim[k].at[i].latency);
        }
        double load = booksim[k].saturation / 0.5;
        ck_assert_double_lt(mean_latency(load * 0.95, booksim[k].buffer, &accepted), 2 * idle);
        ck_assert_double_eq_tol(accepted, load * 0.95, 0.01);
        ck_assert_double_gt(mean_latency(load * 1.05, booksim[k].buffer, &accepted), 2 * idle);
    }
}
END_TEST

SUITE("mesh", an_empty_mesh_delays_a_message_by_its_hops_exactly,
      a_stream_is_as_fast_as_the_slowest_of_sender_link_and_receiver, networks_side_by_side_carry_more_and_delay_alike,
      a_core_begins_with_its_first_work, a_million_random_messages_all_arrive,
      messages_between_two_cores_keep_their_order, wormhole_routers_delay_and_saturate_as_booksim_s_do)
