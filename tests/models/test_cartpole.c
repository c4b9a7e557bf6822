/* The cart without a network: a scripted simulator pushes, and cells, signals and counts are held against the protocol
 * and against a cart and a critic of the test's own. */
#include "models/tasks/cartpole.h"

#include "models/tasks/cart.h"
#include "tests/suite.h"

#include <math.h>
#include <string.h>

enum { WINDOW = 20, GAP = 3, LEARNING = 6, TESTS = 2 };

typedef enum { PUSH_RIGHT, PUSH_WELL } script;

typedef struct {
    hmn_sim sim;
    script script;
    uint32_t step, spike[1], silent, episodes, box, boxes_seen;
    bool learning[LEARNING + TESTS], on;
    double level, least, last_level[LEARNING + TESTS];
} scripted;

static scripted *of(hmn_sim *s) { return (scripted *)(void *)s; }

static void inject(hmn_sim *s, uint32_t neuron)
{
    scripted *f = of(s);
    ck_assert_uint_lt(neuron, CART_BOXES);
    ck_assert_uint_eq(f->step % 5, 0);
    ck_assert(f->step % WINDOW == 0 || neuron == f->box); /* the box of the window */
    f->boxes_seen += neuron != f->box;
    f->box = neuron;
    f->silent = 0;
}

static void begin(hmn_sim *s)
{
    scripted *f = of(s);
    uint32_t angle = f->box / 3 % 6, spin = f->box % 3;
    bool right = f->script == PUSH_RIGHT || (spin == 1 ? angle > 2 : spin == 2);
    f->spike[0] = right ? CART_BOXES + 4 : CART_BOXES;
    f->silent++;
}

static void end(hmn_sim *s)
{
    scripted *f = of(s);
    f->least = f->level < f->least ? f->level : f->least;
    if (f->silent == WINDOW - 15) /* the first step after the window in which the episode ended */
        f->last_level[f->episodes] = f->level;
    f->step++;
}

static const uint32_t *spikes(const hmn_sim *s, uint32_t *count)
{
    *count = 1;
    return ((const scripted *)(const void *)s)->spike;
}

static void modulate(hmn_sim *s, uint32_t k, double value)
{
    ck_assert_uint_eq(k, 0);
    ck_assert_double_le(fabs(value), 1);
    ck_assert_uint_eq(of(s)->step % WINDOW, WINDOW - 1);
    of(s)->level = value;
}

static void learn(hmn_sim *s, bool on) { of(s)->learning[of(s)->episodes] = on; }
static uint32_t step_of(const hmn_sim *s) { return ((const scripted *)(const void *)s)->step; }

static void trial(hmn_sim *s, double score)
{
    scripted *f = of(s);
    ck_assert_double_le(score, 1);
    ck_assert_uint_eq(f->silent, GAP * WINDOW + WINDOW - 15); /* the last cell fires in step 15 of its window */
    ck_assert_double_eq(f->level, 0);
    f->episodes++;
}

static const hmn_sim_ops ops = {inject, begin, end, spikes, modulate, learn, step_of, trial};
static const char *const signals[] = {"task.reward"};

typedef struct {
    hmn_arena *arena;
    hmn_diag *diag;
    task_population population[2];
    task_loop loop;
    task_results results;
} bench;

static bool open_cart(bench *b, uint32_t cells)
{
    b->population[0] = (task_population){"place", 0, cells, true};
    b->population[1] = (task_population){"action", CART_BOXES, 8, false};
    task_given given[] = {{"episodes", "6", {0, 0, 0, 0}}, {"tests", "2", {0, 0, 0, 0}}, {"gap", "3", {0, 0, 0, 0}}};
    task_setup setup = {NULL, given, 3, b->population, 2, signals, 1, 7};
    b->arena = arena_new(0);
    b->diag = diag_new();
    return task_open(&b->loop, &task_cartpole, &setup, b->arena, b->diag);
}

static void close_cart(bench *b)
{
    diag_free(b->diag);
    arena_free(b->arena);
}

static void play(bench *b, scripted *f, script s)
{
    *f = (scripted){.sim = {&ops}, .script = s};
    ck_assert(open_cart(b, CART_BOXES));
    while (task_step(&b->loop, &f->sim))
        ck_assert_uint_lt(f->step, 200 * WINDOW * (LEARNING + TESTS) * 2);
    task_cartpole.results(b->loop.run, &b->results, b->arena);
}

START_TEST(a_cart_pushed_one_way_fails_and_the_critic_learns_to_expect_it)
{
    bench b;
    scripted f;
    play(&b, &f, PUSH_RIGHT);
    ck_assert_uint_eq(f.episodes, LEARNING + TESTS);
    ck_assert_double_ge(b.results.number[0].value, 8);
    ck_assert_double_le(b.results.number[0].value, 11);
    ck_assert_double_eq_tol(f.last_level[0], -1, 1e-12); /* nothing was expected */
    for (int k = 1; k < LEARNING; k++)
        ck_assert_double_gt(f.last_level[k], f.last_level[k - 1]);
    close_cart(&b);
}
END_TEST

START_TEST(a_cart_pushed_well_stays_up_to_the_limit_without_a_failure)
{
    bench b;
    scripted f;
    play(&b, &f, PUSH_WELL);
    ck_assert_double_gt(b.results.number[0].value, 100);
    ck_assert_double_gt(f.least, -1);
    ck_assert_uint_gt(f.boxes_seen, 200);
    close_cart(&b);
}
END_TEST

START_TEST(learning_is_off_in_the_tests_alone)
{
    bench b;
    scripted f;
    play(&b, &f, PUSH_RIGHT);
    for (int k = 0; k < LEARNING + TESTS; k++)
        ck_assert_int_eq(f.learning[k], k < LEARNING);
    const double *row = b.results.table[1].value; /* episode, learning, pushes */
    double sum = row[3 * LEARNING + 2] + row[3 * LEARNING + 5];
    ck_assert_double_eq_tol(b.results.number[0].value, sum / 2, 1e-12);
    close_cart(&b);
}
END_TEST

START_TEST(place_cells_must_be_as_many_as_boxes)
{
    bench b;
    ck_assert(!open_cart(&b, 161));
    ck_assert_uint_eq(diag_errors(b.diag), 1);
    close_cart(&b);
}
END_TEST

SUITE("cartpole", a_cart_pushed_one_way_fails_and_the_critic_learns_to_expect_it,
      a_cart_pushed_well_stays_up_to_the_limit_without_a_failure, learning_is_off_in_the_tests_alone,
      place_cells_must_be_as_many_as_boxes)
