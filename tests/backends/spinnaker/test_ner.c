#include "backends/spinnaker/ner.h"

#include "backends/spinnaker/tcam.h"
#include "tests/backends/spinnaker/machines.h"

/* The route is a tree of live links from the source, and it ends at the targets and nowhere else. */
static uint64_t check_source(const trial_machine *t, const spin_routes *r, uint32_t s)
{
    const spin_machine *m = t->machine;
    uint32_t *seen = ARENA_NEW(t->arena, uint32_t, m->nchips), *cores = ARENA_NEW(t->arena, uint32_t, m->nchips);
    uint64_t links = 0;
    for (uint32_t i = t->traffic.row[s]; i < t->traffic.row[s + 1]; i++)
        cores[spin_site_chip(t->traffic.target[i])] |= tcam_core_bit(spin_site_core(t->traffic.target[i]));
    for (uint32_t i = r->row[s]; i < r->row[s + 1]; i++) {
        int32_t c = r->chip[i];
        ck_assert_uint_eq(seen[c]++, 0);
        ck_assert_uint_ne(r->route[i], 0);
        ck_assert_uint_eq(r->route[i] >> TCAM_LINKS, cores[c] >> TCAM_LINKS);
        cores[c] = 0;
        if (i == r->row[s]) {
            ck_assert_int_eq(c, t->traffic.source[s].chip);
            ck_assert_int_eq(r->in[i], SPIN_NONE);
        } else { /* the chip before it is seen already and sends here */
            int32_t before = m->link[c][r->in[i]];
            ck_assert_int_ne(before, SPIN_NONE);
            uint32_t k = r->row[s];
            while (r->chip[k] != before)
                k++;
            ck_assert_uint_lt(k, i);
            ck_assert(r->route[k] & tcam_link_bit(spin_opposite((uint32_t)r->in[i])));
        }
        links += (uint64_t)__builtin_popcount(r->route[i] & 63);
    }
    for (uint32_t c = 0; c < m->nchips; c++)
        ck_assert_uint_eq(cores[c], 0);
    if (r->row[s + 1] > r->row[s])
        ck_assert_uint_eq(links, r->row[s + 1] - r->row[s] - 1);
    return links * t->traffic.source[s].weight;
}

static void check_machine(uint64_t seed, uint32_t faults, bool alike)
{
    trial_machine t = machines_new(seed, faults);
    machines_fill(&t, seed, alike);
    spin_routes r;
    if (spin_route(t.machine, &t.traffic, t.arena, &r, (hmn_span){0}, t.diag)) {
        uint64_t links = 0;
        for (uint32_t s = 0; s < t.traffic.nsources; s++)
            links += check_source(&t, &r, s);
        ck_assert_uint_eq(links, r.links);
    } else {
        ck_assert_uint_eq(diag_errors(t.diag), 1);
        ck_assert_msg(faults > 0, "a whole machine is connected");
    }
    machines_free(&t);
}

START_TEST(every_target_is_reached_once)
{
    for (uint64_t seed = 0; seed < 40; seed++)
        check_machine(seed, 0, seed & 4);
}
END_TEST

START_TEST(dead_links_and_chips_are_avoided)
{
    for (uint64_t seed = 0; seed < 120; seed++)
        check_machine(seed, seed % 4 == 3 ? 2 : 12 + (uint32_t)seed % 40, seed & 4);
}
END_TEST

START_TEST(a_lone_target_is_reached_by_a_shortest_way)
{
    trial_machine t = machines_new(1, 0);
    for (uint32_t k = 0; k < 60; k++) {
        uint32_t site = machines_site(&t, 5, 1, k);
        spin_source s = {(int32_t)machines_draw(5, 2, k, t.machine->nchips), 0, 1};
        uint32_t row[2] = {0, 1};
        spin_traffic one = {1, &s, row, &site};
        spin_routes r;
        ck_assert(spin_route(t.machine, &one, t.arena, &r, (hmn_span){0}, t.diag));
        ck_assert_uint_eq(r.links, spin_distance(t.machine, s.chip, spin_site_chip(site)));
    }
    machines_free(&t);
}
END_TEST

START_TEST(a_chip_that_is_cut_off_is_named)
{
    trial_machine t = machines_new(0, 0);
    spin_fault f[SPIN_LINKS];
    for (int32_t l = 0; l < SPIN_LINKS; l++)
        f[l] = (spin_fault){3, 3, l, 0};
    spin_shape shape = {1, 0, 0, f, SPIN_LINKS};
    const spin_machine *m = spin_machine_new(&shape, (hmn_span){0}, t.arena, t.diag);
    spin_source s = {0, 0, 1};
    uint32_t row[2] = {0, 1}, site = spin_site(spin_chip_at(m, 3, 3), 5);
    spin_traffic one = {1, &s, row, &site};
    spin_routes r;
    ck_assert(!spin_route(m, &one, t.arena, &r, (hmn_span){0}, t.diag));
    ck_assert_uint_eq(diag_errors(t.diag), 1);
    machines_free(&t);
}
END_TEST

SUITE("ner", every_target_is_reached_once, dead_links_and_chips_are_avoided, a_lone_target_is_reached_by_a_shortest_way,
      a_chip_that_is_cut_off_is_named)
