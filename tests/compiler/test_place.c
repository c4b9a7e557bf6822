/* Logical cores on the mesh: sites are distinct, near what they talk to, and the sums are those of the placement. */
#include "tests/compiler/fake_chip.h"
#include "tests/suite.h"

#include <math.h>

static const hmn_limits grid = {
    .compartments = 10, .cores_per_chip = 16, .chips = 4, .mesh_width = 4, .mesh_height = 4, .cores_per_tile = 1};

static void compiled(fake_net *f)
{
    ck_assert(pass_partition(&f->unit));
    ck_assert(pass_place(&f->unit));
}

static uint32_t apart(const fake_net *f, uint32_t a, uint32_t b)
{
    const hmn_mapping *m = f->unit.mapping;
    return place_hops(limits_place(&f->limits, m->site[a]), limits_place(&f->limits, m->site[b]));
}

/* n populations of ten, each talking to the next with all its neurons. */
static fake_net *chain(uint32_t n)
{
    fake_net *f = fake_begin(grid);
    for (uint32_t k = 0; k < n; k++)
        fake_population(f, "p", 10, false);
    for (uint32_t k = 0; k + 1 < n; k++)
        fake_projection(f, "c", k, k + 1, 1, 1);
    return f;
}

START_TEST(every_core_gets_a_site_of_its_own)
{
    fake_net *f = chain(30);
    compiled(f);
    bool taken[32] = {false};
    ck_assert_uint_eq(f->unit.mapping->ncores, 30);
    for (uint32_t c = 0; c < 30; c++) {
        ck_assert_uint_lt(f->unit.mapping->site[c], 32);
        ck_assert(!taken[f->unit.mapping->site[c]]);
        taken[f->unit.mapping->site[c]] = true;
    }
    fake_end(f);
}
END_TEST

START_TEST(a_chain_is_laid_link_by_link)
{
    fake_net *f = chain(16);
    compiled(f);
    uint32_t hops = 0;
    for (uint32_t c = 0; c + 1 < 16; c++)
        hops += apart(f, c, c + 1);
    ck_assert_uint_eq(hops, 15);
    double spikes = 15 * 10 * 0.01; /* ten neurons at 10 Hz, one message each */
    ck_assert(fabs(f->unit.mapping->traffic_spikes - spikes) < 1e-9);
    ck_assert(fabs(f->unit.mapping->traffic_hops - spikes) < 1e-9);
    fake_end(f);
}
END_TEST

START_TEST(input_pulls_its_core_to_the_host)
{
    fake_net *f = fake_begin(grid);
    for (uint32_t k = 0; k < 12; k++)
        fake_population(f, "p", 10, false);
    uint32_t in = fake_population(f, "in", 50, true);
    for (uint32_t k = 0; k + 1 < 12; k++)
        fake_projection(f, "c", k, k + 1, 1, 1);
    fake_projection(f, "in_p", in, 7, 1, 1);
    uint32_t *step = ARENA_NEW(f->arena, uint32_t, 50 * 100), *neuron = ARENA_NEW(f->arena, uint32_t, 50 * 100);
    for (uint32_t i = 0; i < 5000; i++) {
        step[i] = i / 50;
        neuron[i] = f->population[in].first + i % 50;
    }
    f->graph.spikes = (graph_spikes){step, neuron, 5000}; /* every source in every step: 50 spikes a step */
    compiled(f);
    hmn_place p = limits_place(&f->limits, f->unit.mapping->site[7]);
    ck_assert_uint_eq(p.x + p.y, 0);
    ck_assert(fabs(f->unit.mapping->traffic_spikes - (50 + 11 * 10 * 0.01)) < 1e-9);
    fake_end(f);
}
END_TEST

START_TEST(no_placement_is_worse_than_cores_in_order)
{
    for (uint32_t stride = 2; stride < 8; stride++) {
        fake_net *f = fake_begin(grid);
        for (uint32_t k = 0; k < 14; k++)
            fake_population(f, "p", 10, false);
        for (uint32_t k = 0; k < 14; k++)
            fake_projection(f, "c", k, (k * stride + 3) % 14, stride, 1);
        compiled(f);
        const hmn_mapping *m = f->unit.mapping;
        double in_order = 0, ours = 0, spikes = 0;
        for (uint32_t k = 0; k < 14; k++) {
            const graph_projection *p = &f->projection[k];
            uint32_t from = m->neuron_core[f->population[p->pre].first],
                     to = m->neuron_core[f->population[p->post].first];
            double rate = 0;
            for (uint32_t i = 0; i < 10; i++)
                rate += p->row[i + 1] > p->row[i] && from != to ? 0.01 : 0;
            in_order += rate * place_hops(limits_place(&f->limits, from), limits_place(&f->limits, to));
            ours += rate * apart(f, from, to);
            spikes += rate;
        }
        ck_assert(ours <= in_order + 1e-9);
        ck_assert(fabs(ours - m->traffic_hops) < 1e-9);
        ck_assert(fabs(spikes - m->traffic_spikes) < 1e-9);
        fake_end(f);
    }
}
END_TEST

START_TEST(the_same_network_is_placed_the_same_way)
{
    fake_net *a = chain(25), *b = chain(25);
    compiled(a);
    compiled(b);
    ck_assert_mem_eq(a->unit.mapping->site, b->unit.mapping->site, 25 * sizeof(uint32_t));
    fake_end(a);
    fake_end(b);
}
END_TEST

SUITE("place", every_core_gets_a_site_of_its_own, a_chain_is_laid_link_by_link, input_pulls_its_core_to_the_host,
      no_placement_is_worse_than_cores_in_order, the_same_network_is_placed_the_same_way)
