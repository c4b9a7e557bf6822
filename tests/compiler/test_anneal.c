/* Placement on a mesh: cost, greedy growth, and that annealing betters it. */
#include "compiler/anneal.h"
#include "core/base/rng.h"
#include "tests/suite.h"

#include <stdbool.h>
#include <string.h>

typedef struct {
    hmn_arena *arena;
    anneal_problem p;
    uint32_t *row, *to, *weight, *x, *y;
} mesh;

/* width x height tiles of one site, nfree vertices; edges come from `weigh`, 0 = none. */
static mesh build(uint32_t width, uint32_t height, uint32_t nfree, uint32_t (*weigh)(uint32_t, uint32_t, uint32_t))
{
    mesh m = {.arena = arena_new(0)};
    uint32_t n = width * height;
    m.x = ARENA_NEW(m.arena, uint32_t, n);
    m.y = ARENA_NEW(m.arena, uint32_t, n);
    for (uint32_t s = 0; s < n; s++) {
        m.x[s] = s % width;
        m.y[s] = s / width;
    }
    m.row = ARENA_NEW(m.arena, uint32_t, nfree + 1);
    m.to = ARENA_NEW(m.arena, uint32_t, (size_t)nfree * nfree);
    m.weight = ARENA_NEW(m.arena, uint32_t, (size_t)nfree * nfree);
    uint32_t e = 0;
    for (uint32_t v = 0; v < nfree; v++) {
        for (uint32_t u = 0; u < nfree; u++) {
            uint32_t w = u == v ? 0 : weigh(u < v ? u : v, u < v ? v : u, width);
            if (w) {
                m.to[e] = u;
                m.weight[e++] = w;
            }
        }
        m.row[v + 1] = e;
    }
    m.p = (anneal_problem){.nvertices = nfree,
                           .nfree = nfree,
                           .nsites = n,
                           .nplaces = n,
                           .row = m.row,
                           .to = m.to,
                           .weight = m.weight,
                           .x = m.x,
                           .y = m.y};
    return m;
}

static uint32_t grid_edge(uint32_t u, uint32_t v, uint32_t width)
{
    return v - u == width || (v - u == 1 && v % width != 0) ? 10 : 0;
}

static uint32_t random_edge(uint32_t u, uint32_t v, uint32_t width)
{
    (void)width;
    return rng_below(3, RNG_TASK, u, v, 0, 8) == 0 ? 1 + rng_below(3, RNG_TASK, u, v, 1, 1000) : 0;
}

static uint32_t *shuffled(const mesh *m, uint64_t seed)
{
    uint32_t *site = ARENA_NEW(m->arena, uint32_t, m->p.nsites);
    for (uint32_t s = 0; s < m->p.nsites; s++)
        site[s] = s;
    for (uint32_t s = m->p.nsites; s > 1; s--) {
        uint32_t k = rng_below(seed, RNG_TASK, s, 0, 0, s), old = site[k];
        site[k] = site[s - 1];
        site[s - 1] = old;
    }
    return site;
}

static bool one_each(const mesh *m, const uint32_t *site)
{
    bool *taken = ARENA_NEW(m->arena, bool, m->p.nplaces);
    for (uint32_t v = 0; v < m->p.nfree; v++) {
        if (site[v] >= m->p.nsites || taken[site[v]])
            return false;
        taken[site[v]] = true;
    }
    return true;
}

START_TEST(the_cost_is_weight_times_hops)
{
    mesh m = build(4, 4, 2, grid_edge);
    ck_assert_uint_eq(anneal_cost(&m.p, (uint32_t[]){0, 1}), 10);
    ck_assert_uint_eq(anneal_cost(&m.p, (uint32_t[]){0, 15}), 60);
    ck_assert_uint_eq(anneal_cost(&m.p, (uint32_t[]){3, 12}), 60);
    arena_free(m.arena);
}
END_TEST

START_TEST(greedy_puts_each_vertex_where_it_costs_least)
{
    mesh m = build(4, 4, 2, grid_edge);
    uint32_t site[2];
    anneal_greedy(&m.p, site, m.arena);
    ck_assert(one_each(&m, site));
    ck_assert_uint_eq(anneal_cost(&m.p, site), 10);
    arena_free(m.arena);
}
END_TEST

START_TEST(a_fixed_vertex_draws_its_partner)
{
    mesh m = build(5, 5, 2, grid_edge);
    m.p.nfree = 1; /* vertex 1 stays at place 24, which no free vertex may use */
    m.p.nsites = 24;
    uint32_t site[2] = {0, 24};
    anneal_greedy(&m.p, site, m.arena);
    ck_assert_uint_eq(site[1], 24);
    ck_assert_uint_eq(anneal_cost(&m.p, site), 10);
    arena_free(m.arena);
}
END_TEST

START_TEST(a_shuffled_grid_comes_back_nearly_whole)
{
    mesh m = build(8, 8, 64, grid_edge);
    uint32_t *site = shuffled(&m, 1);
    uint64_t before = anneal_cost(&m.p, site), ideal = 2 * 8 * 7 * 10, after = anneal_improve(&m.p, 1, site, m.arena);
    ck_assert(one_each(&m, site));
    ck_assert_uint_eq(after, anneal_cost(&m.p, site));
    ck_assert_uint_gt(before, 4 * ideal);
    ck_assert_uint_ge(after, ideal);
    ck_assert_uint_le(after, ideal * 3 / 2);
    arena_free(m.arena);
}
END_TEST

START_TEST(annealing_is_never_worse_than_its_start)
{
    for (uint64_t seed = 0; seed < 5; seed++) {
        mesh m = build(6, 6, 20 + 4 * (uint32_t)seed, random_edge);
        uint32_t *site = ARENA_NEW(m.arena, uint32_t, m.p.nvertices);
        anneal_greedy(&m.p, site, m.arena);
        ck_assert(one_each(&m, site));
        uint64_t greedy = anneal_cost(&m.p, site), ours = anneal_improve(&m.p, seed, site, m.arena);
        ck_assert(one_each(&m, site));
        ck_assert_uint_le(ours, greedy);
        uint64_t again = anneal_improve(&m.p, seed + 100, site, m.arena);
        ck_assert_uint_le(again, ours);
        arena_free(m.arena);
    }
}
END_TEST

START_TEST(the_same_seed_gives_the_same_places)
{
    mesh m = build(6, 6, 30, random_edge);
    uint32_t *a = shuffled(&m, 2), *b = shuffled(&m, 2);
    anneal_improve(&m.p, 7, a, m.arena);
    anneal_improve(&m.p, 7, b, m.arena);
    ck_assert_mem_eq(a, b, 30 * sizeof *a);
    arena_free(m.arena);
}
END_TEST

SUITE("anneal", the_cost_is_weight_times_hops, greedy_puts_each_vertex_where_it_costs_least,
      a_fixed_vertex_draws_its_partner, a_shuffled_grid_comes_back_nearly_whole,
      annealing_is_never_worse_than_its_start, the_same_seed_gives_the_same_places)
