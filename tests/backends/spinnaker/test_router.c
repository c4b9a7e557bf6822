#include "backends/spinnaker/router.h"

#include "tests/backends/spinnaker/machines.h"

/* A machine of one board with hand-made entries. */
typedef struct {
    trial_machine t;
    uint32_t *row;
    tcam_entry *entry;
    spin_tables tables;
    spin_router *router;
} bench;

static bench bench_new(void)
{
    bench b = {.t = machines_new(0, 0)};
    b.row = ARENA_NEW(b.t.arena, uint32_t, b.t.machine->nchips + 1);
    b.entry = ARENA_NEW(b.t.arena, tcam_entry, 16);
    b.tables = (spin_tables){b.row, b.entry};
    return b;
}

/* Chips in ascending order. */
static void put(bench *b, int32_t x, int32_t y, uint32_t key, uint32_t mask, uint32_t route)
{
    uint32_t chip = (uint32_t)spin_chip_at(b->t.machine, x, y), n = b->row[b->t.machine->nchips];
    b->entry[n] = (tcam_entry){key, mask, route, false};
    for (uint32_t c = chip; c < b->t.machine->nchips; c++)
        b->row[c + 1] = n + 1;
}

static spin_delivery follow(bench *b, int32_t x, int32_t y, uint32_t key)
{
    spin_router *r = spin_router_new(b->t.machine, &b->tables, b->t.arena);
    return spin_router_follow(r, spin_chip_at(b->t.machine, x, y), key);
}

START_TEST(a_packet_without_entry_goes_straight_on)
{
    bench b = bench_new();
    put(&b, 0, 0, 0x10, 0xfffffff0, tcam_link_bit(LINK_E) | tcam_core_bit(5));
    put(&b, 3, 0, 0x10, 0xfffffff0, tcam_core_bit(7) | tcam_core_bit(8));
    spin_delivery d = follow(&b, 0, 0, 0x12);
    ck_assert_uint_eq(d.nsites, 3);
    ck_assert_uint_eq(d.site[0], spin_site(spin_chip_at(b.t.machine, 0, 0), 5));
    ck_assert_uint_eq(d.site[2], spin_site(spin_chip_at(b.t.machine, 3, 0), 8));
    ck_assert_uint_eq(d.links, 3);
    ck_assert_uint_eq(d.unknown + d.broken + d.looped, 0);
    machines_free(&b.t);
}
END_TEST

START_TEST(a_core_whose_key_nobody_knows_loses_its_packet)
{
    bench b = bench_new();
    put(&b, 0, 0, 0x10, 0xfffffff0, tcam_core_bit(5));
    spin_delivery d = follow(&b, 0, 0, 0x20);
    ck_assert_uint_eq(d.nsites, 0);
    ck_assert_uint_eq(d.unknown, 1);
    machines_free(&b.t);
}
END_TEST

START_TEST(a_wrong_table_loses_packets_visibly)
{
    bench b = bench_new();
    put(&b, 0, 0, 0x10, 0xfffffff0, tcam_link_bit(LINK_E) | tcam_link_bit(LINK_W));
    put(&b, 4, 0, 0x18, 0xfffffff8, tcam_core_bit(7)); /* half of the keys */
    spin_delivery d = follow(&b, 0, 0, 0x1f);
    ck_assert_uint_eq(d.nsites, 1);
    ck_assert_uint_eq(d.broken, 1); /* West of (0, 0) there is nothing */
    d = follow(&b, 0, 0, 0x17);
    ck_assert_uint_eq(d.nsites, 0);
    ck_assert_uint_eq(d.broken, 2); /* East of (4, 0) neither */
    machines_free(&b.t);
}
END_TEST

START_TEST(a_core_that_is_not_there_receives_nothing)
{
    bench b = bench_new();
    put(&b, 1, 1, 0x10, 0xfffffff0, tcam_core_bit(16) | tcam_core_bit(17)); /* this chip has 17 cores */
    spin_delivery d = follow(&b, 1, 1, 0x10);
    ck_assert_uint_eq(d.nsites, 1);
    ck_assert_uint_eq(d.broken, 1);
    machines_free(&b.t);
}
END_TEST

START_TEST(a_loop_ends_and_is_counted)
{
    bench b = bench_new();
    put(&b, 0, 0, 0, 0, tcam_link_bit(LINK_E));
    put(&b, 1, 0, 0, 0, tcam_link_bit(LINK_N) | tcam_core_bit(9));
    put(&b, 1, 1, 0, 0, tcam_link_bit(LINK_SW));
    spin_delivery d = follow(&b, 0, 0, 0x10);
    ck_assert_uint_eq(d.nsites, 1);
    ck_assert_uint_eq(d.looped, 1);
    ck_assert_uint_eq(d.links, 4);
    machines_free(&b.t);
}
END_TEST

START_TEST(a_storm_of_copies_ends)
{
    bench b = bench_new();
    spin_tables every = {ARENA_NEW(b.t.arena, uint32_t, b.t.machine->nchips + 1), b.entry};
    uint32_t *row = ARENA_NEW(b.t.arena, uint32_t, b.t.machine->nchips + 1);
    tcam_entry *e = ARENA_NEW(b.t.arena, tcam_entry, b.t.machine->nchips);
    for (uint32_t c = 0; c < b.t.machine->nchips; c++) {
        e[c] = (tcam_entry){0, 0, 63, false};
        row[c + 1] = c + 1;
    }
    every = (spin_tables){row, e};
    spin_router *r = spin_router_new(b.t.machine, &every, b.t.arena);
    spin_delivery d = spin_router_follow(r, 0, 5);
    ck_assert_uint_gt(d.looped, 0);
    machines_free(&b.t);
}
END_TEST

/* From routes through tables and compression to arrivals: exactly the targets, over exactly the links of the route. */
START_TEST(packets_arrive_at_their_targets_by_compressed_tables)
{
    for (uint64_t seed = 0; seed < 60; seed++) {
        trial_machine t = machines_new(seed, 5);
        machines_fill(&t, seed, seed & 1);
        spin_routes routes;
        spin_tables merged, tables;
        if (spin_route(t.machine, &t.traffic, t.arena, &routes, (hmn_span){0}, t.diag)) {
            spin_tables_build(t.machine, &t.traffic, &routes, &t.senders, true, t.arena, &merged);
            ck_assert(spin_tables_compress(t.machine, &merged, t.arena, &tables, (hmn_span){0}, t.diag));
            spin_router *r = spin_router_new(t.machine, &tables, t.arena);
            for (uint32_t s = 0; s < t.traffic.nsources; s++) {
                uint32_t first = t.traffic.row[s], n = t.traffic.row[s + 1] - first;
                uint32_t key = spin_part_key(t.senders.zone[t.traffic.source[s].population], t.senders.part[s]);
                if (n == 0)
                    continue;
                spin_delivery d = spin_router_follow(r, t.traffic.source[s].chip, key + 99);
                ck_assert_uint_eq(d.unknown + d.broken + d.looped, 0);
                ck_assert_uint_eq(d.nsites, n);
                ck_assert_int_eq(memcmp(d.site, t.traffic.target + first, n * sizeof *d.site), 0);
                ck_assert_uint_eq(d.links, routes.row[s + 1] - routes.row[s] - 1);
            }
        }
        machines_free(&t);
    }
}
END_TEST

SUITE("router", a_packet_without_entry_goes_straight_on, a_core_whose_key_nobody_knows_loses_its_packet,
      a_wrong_table_loses_packets_visibly, a_core_that_is_not_there_receives_nothing, a_loop_ends_and_is_counted,
      a_storm_of_copies_ends, packets_arrive_at_their_targets_by_compressed_tables)
