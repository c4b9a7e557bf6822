#include "backends/spinnaker/geometry.h"

#include "core/base/rng.h"
#include "tests/suite.h"

#include <string.h>

static hmn_arena *arena;
static hmn_diag *diag;

static const spin_machine *machine(uint32_t boards, uint32_t width, uint32_t height)
{
    arena = arena ? arena : arena_new(0);
    diag = diag ? diag : diag_new();
    spin_shape s = {boards, width, height, NULL, 0};
    return spin_machine_new(&s, (hmn_span){0}, arena, diag);
}

/* Breadth-first distance over the links: the oracle of the closed form. */
static void flood(const spin_machine *m, int32_t from, uint32_t *steps)
{
    int32_t *queue = ARENA_NEW(arena, int32_t, m->nchips);
    memset(steps, 0xff, m->nchips * sizeof *steps);
    uint32_t n = 0;
    steps[from] = 0;
    queue[n++] = from;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t l = 0; l < SPIN_LINKS; l++) {
            int32_t to = m->link[queue[i]][l];
            if (to != SPIN_NONE && steps[to] == UINT32_MAX) {
                steps[to] = steps[queue[i]] + 1;
                queue[n++] = to;
            }
        }
}

START_TEST(boards_have_the_documented_chips)
{
    ck_assert_uint_eq(machine(1, 0, 0)->nchips, 48);
    ck_assert_uint_eq(machine(3, 0, 0)->nchips, 144);
    ck_assert_uint_eq(machine(6, 0, 0)->nchips, 288);
    ck_assert_uint_eq(machine(0, 2, 2)->nchips, 4);
    ck_assert_uint_eq(machine(0, 12, 12)->nchips, 144);
    ck_assert_uint_eq(machine(0, 24, 12)->nchips, 288);
    const spin_machine *m = machine(1, 0, 0);
    uint32_t cores = 0;
    for (uint32_t c = 0; c < m->nchips; c++)
        cores += m->cores[c];
    ck_assert_uint_eq(cores, 48 * 18 - 8);
    ck_assert_uint_eq(spin_usable_cores(m, SPIN_RESERVED), 48 * 15 - 8);
    ck_assert_int_eq(spin_chip_at(m, 5, 0), SPIN_NONE);
    ck_assert_int_eq(spin_chip_at(m, 0, 4), SPIN_NONE);
}
END_TEST

START_TEST(links_lead_back)
{
    static const uint32_t shape[][3] = {{1, 0, 0}, {3, 0, 0}, {0, 2, 2}, {0, 12, 12}, {0, 24, 16}, {0, 16, 24}};
    for (size_t i = 0; i < sizeof shape / sizeof *shape; i++) {
        const spin_machine *m = machine(shape[i][0], shape[i][1], shape[i][2]);
        for (int32_t c = 0; c < (int32_t)m->nchips; c++)
            for (uint32_t l = 0; l < SPIN_LINKS; l++)
                if (m->link[c][l] != SPIN_NONE)
                    ck_assert_int_eq(m->link[m->link[c][l]][spin_opposite(l)], c);
    }
}
END_TEST

START_TEST(every_chip_of_a_torus_has_six_links)
{
    const spin_machine *m = machine(0, 24, 12);
    for (uint32_t c = 0; c < m->nchips; c++)
        for (uint32_t l = 0; l < SPIN_LINKS; l++)
            ck_assert_int_ne(m->link[c][l], SPIN_NONE);
}
END_TEST

START_TEST(distance_on_a_torus_is_that_of_a_search)
{
    const spin_machine *m = machine(0, 12, 24);
    uint32_t *steps = ARENA_NEW(arena, uint32_t, m->nchips);
    for (int32_t c = 0; c < (int32_t)m->nchips; c += 7) {
        flood(m, c, steps);
        for (int32_t to = 0; to < (int32_t)m->nchips; to++)
            ck_assert_uint_eq(spin_distance(m, c, to), steps[to]);
    }
}
END_TEST

START_TEST(the_longest_dimension_comes_first_and_arrives)
{
    const spin_machine *m = machine(0, 24, 16);
    for (uint32_t k = 0; k < 500; k++) {
        int32_t from = (int32_t)rng_below(1, RNG_TASK, k, 0, 0, m->nchips);
        int32_t to = (int32_t)rng_below(1, RNG_TASK, k, 1, 0, m->nchips);
        uint8_t link[64];
        uint32_t n = spin_longest_first(spin_vector_between(m, from, to), link);
        ck_assert_uint_eq(n, spin_distance(m, from, to));
        int32_t x = m->x[from], y = m->y[from];
        uint32_t turns = 0;
        for (uint32_t i = 0; i < n; i++) {
            spin_step(m, &x, &y, link[i]);
            turns += i > 0 && link[i] != link[i - 1];
        }
        ck_assert_int_eq(x, m->x[to]);
        ck_assert_int_eq(y, m->y[to]);
        ck_assert_uint_le(turns, 1);
    }
}
END_TEST

START_TEST(faults_take_chips_cores_and_links_away)
{
    machine(1, 0, 0);
    static const spin_fault fault[] = {{3, 3, SPIN_NONE, 0}, {4, 4, SPIN_NONE, 2}, {0, 0, LINK_NE, 0}};
    spin_shape s = {1, 0, 0, fault, 3};
    const spin_machine *m = spin_machine_new(&s, (hmn_span){0}, arena, diag);
    ck_assert_uint_eq(m->nchips, 47);
    ck_assert_int_eq(spin_chip_at(m, 3, 3), SPIN_NONE);
    ck_assert_uint_eq(m->cores[spin_chip_at(m, 4, 4)], 16);
    ck_assert_int_eq(m->link[spin_chip_at(m, 0, 0)][LINK_NE], SPIN_NONE);
    ck_assert_int_eq(m->link[spin_chip_at(m, 1, 1)][LINK_SW], SPIN_NONE);
    ck_assert_int_eq(m->link[spin_chip_at(m, 2, 2)][LINK_NE], SPIN_NONE);
    uint32_t site = spin_site(spin_chip_at(m, 4, 4), 15);
    ck_assert(spin_usable(m, site, SPIN_RESERVED));
    ck_assert(!spin_usable(m, site + 1, SPIN_RESERVED));
    ck_assert(!spin_usable(m, spin_site(0, 2), SPIN_RESERVED));
}
END_TEST

START_TEST(machines_that_do_not_exist_are_refused)
{
    hmn_diag *d = diag_new();
    hmn_arena *a = arena_new(0);
    static const spin_fault outside = {9, 0, SPIN_NONE, 0};
    static const spin_shape wrong[] = {{0, 5, 5, NULL, 0},    {0, 0, 12, NULL, 0},     {0, 4, 16, NULL, 0},
                                       {0, 600, 12, NULL, 0}, {100000, 0, 0, NULL, 0}, {1, 0, 0, &outside, 1}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        ck_assert_ptr_null(spin_machine_new(&wrong[i], (hmn_span){0}, a, d));
        ck_assert_uint_eq(diag_errors(d), i + 1);
    }
    arena_free(a);
    diag_free(d);
}
END_TEST

START_TEST(chips_know_their_place_on_the_board)
{
    const spin_machine *m = machine(0, 24, 12);
    for (int32_t c = 0; c < (int32_t)m->nchips; c++) {
        int32_t x, y;
        spin_on_board(m, c, &x, &y);
        ck_assert_int_eq(spin_chip_at(m, m->x[m->ethernet[c]] + x, m->y[m->ethernet[c]] + y), c);
    }
}
END_TEST

SUITE("geometry", boards_have_the_documented_chips, links_lead_back, every_chip_of_a_torus_has_six_links,
      distance_on_a_torus_is_that_of_a_search, the_longest_dimension_comes_first_and_arrives,
      faults_take_chips_cores_and_links_away, machines_that_do_not_exist_are_refused,
      chips_know_their_place_on_the_board)
