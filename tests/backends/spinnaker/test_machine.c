/* Which machine target.chips means, and the order of its cores. */
#include "backends/spinnaker/machine.h"

#include "tests/suite.h"

static hmn_net net_of(double chips) { return (hmn_net){.target.chips = {chips, chips > 0, {0, 1, 1, 1}}}; }

START_TEST(chips_choose_the_smallest_machine_that_has_them)
{
    const struct {
        double chips;
        uint32_t boards, width;
    } want[] = {{0, 1, 0}, {1, 0, 2}, {4, 0, 2}, {5, 1, 0}, {48, 1, 0}, {49, 2, 0}, {144, 3, 0}};
    hmn_arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        hmn_net net = net_of(want[i].chips);
        spin_shape s = spin_shape_for(&net, a);
        ck_assert_uint_eq(s.boards, want[i].boards);
        ck_assert_uint_eq(s.width, want[i].width);
    }
    arena_free(a);
}
END_TEST

START_TEST(what_is_dead_is_not_there)
{
    static const net_fault fault[] = {
        {FAULT_CHIP, 1, 1, 0, {0, 1, 1, 1}}, {FAULT_LINK, 0, 0, 2, {0, 1, 1, 1}}, {FAULT_CORES, 0, 1, 5, {0, 1, 1, 1}}};
    hmn_arena *a = arena_new(0);
    hmn_diag *d = diag_new();
    hmn_net net = net_of(48), whole = net_of(48);
    hmn_sites s, w;
    net.target.fault = fault;
    net.target.nfaults = 3;
    ck_assert(spin_sites(&net, a, &s, d) && spin_sites(&whole, a, &w, d));
    ck_assert_uint_eq(s.nnodes, w.nnodes - 1);
    ck_assert_uint_eq(s.count, w.count - 14 - 5); /* chip (1, 1) has 17 cores, of which three are kept */
    spin_shape shape = spin_shape_for(&net, a);
    const spin_machine *m = spin_machine_new(&shape, (hmn_span){0}, a, d);
    ck_assert_int_eq(spin_chip_at(m, 1, 1), SPIN_NONE);
    ck_assert_int_eq(m->link[spin_chip_at(m, 0, 0)][LINK_N], SPIN_NONE);
    ck_assert_int_eq(m->link[spin_chip_at(m, 0, 1)][LINK_S], SPIN_NONE);
    net.target.fault = &(net_fault){FAULT_CHIP, 7, 0, 0, {0, 1, 1, 1}};
    net.target.nfaults = 1;
    ck_assert(!spin_sites(&net, a, &s, d)); /* a board of 48 chips has no chip (7, 0) */
    diag_free(d);
    arena_free(a);
}
END_TEST

START_TEST(near_chips_come_first_and_kept_cores_never)
{
    hmn_arena *a = arena_new(0);
    hmn_diag *d = diag_new();
    hmn_net net = net_of(0);
    hmn_sites s;
    ck_assert(spin_sites(&net, a, &s, d));
    ck_assert_uint_eq(s.count, 47 * 15 + 15 - 8); /* 8 chips of a board have 17 cores */
    ck_assert_uint_eq(s.nnodes, 48);
    for (uint32_t k = 0; k < s.count; k++) {
        ck_assert_uint_ge(spin_site_core(s.site[k]), SPIN_RESERVED);
        ck_assert_uint_eq((uint32_t)spin_site_chip(s.site[k]), s.node[k]);
        ck_assert(k == 0 || s.hops[s.node[k - 1]] <= s.hops[s.node[k]]);
    }
    net = net_of(3);
    ck_assert(spin_sites(&net, a, &s, d));
    ck_assert_uint_eq(s.count, 3 * 15);
    diag_free(d);
    arena_free(a);
}
END_TEST

SUITE("machine", chips_choose_the_smallest_machine_that_has_them, what_is_dead_is_not_there,
      near_chips_come_first_and_kept_cores_never)
