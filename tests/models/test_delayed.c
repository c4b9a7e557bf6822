/* The maze without a network: a scripted simulator chooses arms by turns, and inputs, reward and signals are held
 * against the protocol. */
#include "models/tasks/delayed.h"

#include "tests/suite.h"

#include <math.h>
#include <string.h>

/* Four cues of 8 inputs, four arms of 5 places of 4; trials of 10 + 50 + 4 + 6 steps. */
enum { ARMS = 4, PLACES = 5, CUES = 32, INPUTS = 112, OUTPUT = 112, SHOWN = 10, DELAY = 50, TOLD = 4, STEPS = 70 };

typedef struct {
    hmn_sim sim;
    uint32_t step, trials, spike[1];
    uint64_t injected[INPUTS];
    double level[5], error[1000]; /* of signals; the error of each trial */
    double novelty[1000], uncertainty[1000];
} scripted;

static scripted *of(hmn_sim *s) { return (scripted *)(void *)s; }

static uint32_t arm_of(const scripted *f) { return f->trials % ARMS; }

/* Inputs fire always or never here: rates are 1000 Hz and 0. */
static void inject(hmn_sim *s, uint32_t neuron)
{
    scripted *f = of(s);
    uint32_t at = f->step % STEPS;
    ck_assert_uint_lt(neuron, INPUTS);
    ck_assert_uint_lt(at, SHOWN + DELAY);
    ck_assert_int_eq(neuron < CUES, at < SHOWN);
    if (neuron >= CUES) {
        uint32_t place = (neuron - CUES) / 4;
        ck_assert_uint_eq(place / PLACES, arm_of(f));
        ck_assert_uint_eq(place % PLACES, (at - SHOWN) / (DELAY / PLACES));
    }
    f->injected[neuron]++;
}

static void begin(hmn_sim *s) { of(s)->spike[0] = OUTPUT + 2 * arm_of(of(s)); }

static void end(hmn_sim *s)
{
    scripted *f = of(s);
    uint32_t at = f->step % STEPS;
    bool told = at >= SHOWN + DELAY && at < SHOWN + DELAY + TOLD;
    ck_assert_int_eq(f->level[0] != 0, told);
    ck_assert_int_eq(f->level[1] == 1, told);
    if (told)
        f->error[f->step / STEPS] = f->level[0];
    if (at == 0) {
        f->novelty[f->step / STEPS] = f->level[2];
        f->uncertainty[f->step / STEPS] = f->level[3];
    }
    ck_assert_int_eq(f->level[2] > 0, at < SHOWN);
    uint32_t known = f->step / STEPS + (at >= SHOWN + DELAY); /* trials whose error is known */
    ck_assert_double_eq(f->level[4], known ? fabs(f->error[known - 1]) : 0);
    f->step++;
}

static const uint32_t *spikes(const hmn_sim *s, uint32_t *count)
{
    const scripted *f = (const scripted *)(const void *)s;
    *count = f->step % STEPS == 3;
    return f->spike;
}

static void modulate(hmn_sim *s, uint32_t k, double value) { of(s)->level[k] = value; }
static void learn(hmn_sim *s, bool on) { (void)s, (void)on; }
static uint32_t step_of(const hmn_sim *s) { return ((const scripted *)(const void *)s)->step; }

static void trial(hmn_sim *s, double score)
{
    (void)score;
    ck_assert_uint_eq(of(s)->step % STEPS, STEPS - 1);
    of(s)->trials++;
}

static const hmn_sim_ops ops = {inject, begin, end, spikes, modulate, learn, step_of, trial};
static const task_population populations[] = {{"input", 0, INPUTS, true}, {"output", OUTPUT, 8, false}};
static const char *const signals[] = {"task.reward", "task.feedback", "task.novelty", "task.uncertainty",
                                      "task.arousal"};

typedef struct {
    hmn_arena *arena;
    hmn_diag *diag;
    task_loop loop;
    task_results results;
} bench;

static bool open_maze(bench *b, const char *places)
{
    static const char *const keys[] = {"trials", "cue",      "delay",      "feedback",
                                       "gap",    "rate_cue", "rate_place", "rate_off"};
    static const char *const values[] = {"400", "10", "50", "4", "6", "1000", "1000", "0"};
    task_given given[9];
    for (int k = 0; k < 8; k++)
        given[k] = (task_given){keys[k], values[k], {0, 0, 0, 0}};
    given[8] = (task_given){"places", places, {0, 0, 0, 0}};
    task_setup setup = {NULL, given, 9, populations, 2, signals, 5, 7};
    b->arena = arena_new(0);
    b->diag = diag_new();
    return task_open(&b->loop, &task_delayed, &setup, b->arena, b->diag);
}

static void close_maze(bench *b)
{
    diag_free(b->diag);
    arena_free(b->arena);
}

START_TEST(cue_corridor_and_reward_follow_the_protocol)
{
    bench b;
    static scripted f;
    f = (scripted){.sim = {&ops}};
    ck_assert(open_maze(&b, "5"));
    while (task_step(&b.loop, &f.sim))
        ck_assert_uint_le(f.step, 400 * STEPS);
    ck_assert_uint_eq(f.trials, 400);
    for (uint32_t i = 0; i < INPUTS; i++)
        ck_assert_uint_gt(f.injected[i], 0);
    task_delayed.results(b.loop.run, &b.results, b.arena);
    const double *row = b.results.table[1].value; /* trial, cue, arm, right, reward */
    double expected[4] = {0.5, 0.5, 0.5, 0.5};
    uint32_t right_arm[4] = {9, 9, 9, 9}, seen[4] = {0}, right = 0, tried[2] = {0}, paid[2] = {0};
    for (uint32_t t = 0; t < 400; t++, row += 5) {
        uint32_t cue = (uint32_t)row[1], arm = (uint32_t)row[2], good = row[3] == 1;
        ck_assert_uint_eq(arm, t % ARMS);
        ck_assert_double_eq_tol(f.novelty[t], exp(-(double)seen[cue]++ / 15), 1e-12);
        ck_assert_double_eq_tol(f.uncertainty[t], 4 * expected[cue] * (1 - expected[cue]), 1e-12);
        ck_assert_double_eq_tol(f.error[t], row[4] - expected[cue], 1e-12);
        expected[cue] += 0.05 * f.error[t];
        if (good) {
            ck_assert(right_arm[cue] == 9 || right_arm[cue] == arm);
            right_arm[cue] = arm;
        }
        right += good;
        tried[good]++;
        paid[good] += row[4] == 1;
    }
    ck_assert_uint_eq((1u << right_arm[0]) + (1u << right_arm[1]) + (1u << right_arm[2]) + (1u << right_arm[3]), 15);
    ck_assert_double_eq_tol(b.results.number[1].value, right / 400.0, 1e-12);
    ck_assert_double_eq_tol(paid[1] / (double)tried[1], 0.9, 4 * sqrt(0.09 / tried[1]));
    ck_assert_double_eq_tol(paid[0] / (double)tried[0], 0.1, 4 * sqrt(0.09 / tried[0]));
    close_maze(&b);
}
END_TEST

START_TEST(inputs_must_be_as_many_as_cues_and_places_need)
{
    bench b;
    ck_assert(!open_maze(&b, "4"));
    ck_assert_uint_eq(diag_errors(b.diag), 1);
    close_maze(&b);
}
END_TEST

SUITE("delayed", cue_corridor_and_reward_follow_the_protocol, inputs_must_be_as_many_as_cues_and_places_need)
