/* Tests of tasks without a network: a scripted simulator answers, and what the digits task injects, modulates and
 * counts is held against the protocol of docs/digits.md. */
#include "models/tasks/task.h"

#include "core/base/rng.h"
#include "tests/suite.h"

#include <stdlib.h>
#include <string.h>

enum {
    PIXELS = 64,
    INPUT = 0,
    OUTPUT = 64,
    GO = 74,
    TEACHER = 75,
    HANDICAP = 85,
    RESET = 95,
    NEURONS = 96,
    TRIAL = 32
};

typedef enum { ANSWER_LABEL, ANSWER_NEXT, ANSWER_BOTH, ANSWER_NONE } script;

/* Fires output neurons two steps after the ramp began, by script: it peeks at the handicap to learn the label. */
typedef struct {
    hmn_sim sim;
    script script;
    uint32_t step, label, spike[2], nspikes, go_seen;
    bool learning;
    double level;
    uint32_t injected[NEURONS], in_step[TRIAL]; /* counts over the run; injections by step of the trial */
    uint32_t plus, minus;                       /* epochs that ended with E > 0, E < 0 */
    uint32_t test_trials, go_while_testing;
} scripted;

static void inject(hmn_sim *s, uint32_t neuron)
{
    scripted *f = (scripted *)s;
    ck_assert_uint_lt(neuron, NEURONS);
    ck_assert(neuron < OUTPUT || neuron >= GO);
    f->injected[neuron]++;
    f->in_step[f->step % TRIAL]++;
    if (neuron >= HANDICAP && neuron < RESET)
        f->label = neuron - HANDICAP;
    f->go_seen += neuron == GO;
}

static void begin(hmn_sim *s)
{
    scripted *f = (scripted *)s;
    f->nspikes = 0;
    if (f->step % TRIAL == 0)
        f->go_seen = 0;
    if (f->go_seen == 2 && f->script != ANSWER_NONE) {
        uint32_t next = (f->label + 1) % 10;
        if (f->script != ANSWER_NEXT)
            f->spike[f->nspikes++] = OUTPUT + f->label;
        if (f->script != ANSWER_LABEL)
            f->spike[f->nspikes++] = OUTPUT + next;
        if (f->nspikes == 2 && f->spike[0] > f->spike[1]) {
            uint32_t t = f->spike[0];
            f->spike[0] = f->spike[1];
            f->spike[1] = t;
        }
        f->go_seen = 100;
    }
}

static void end(hmn_sim *s)
{
    scripted *f = (scripted *)s;
    if (++f->step % 8 == 0 && f->learning) {
        f->plus += f->level > 0;
        f->minus += f->level < 0;
    }
}

static const uint32_t *spikes(const hmn_sim *s, uint32_t *count)
{
    const scripted *f = (const scripted *)s;
    *count = f->nspikes;
    return f->spike;
}

static void modulate(hmn_sim *s, uint32_t modulator, double value)
{
    ck_assert_uint_eq(modulator, 1);
    ((scripted *)s)->level = value;
}

static void learn(hmn_sim *s, bool on) { ((scripted *)s)->learning = on; }
static uint32_t step_of(const hmn_sim *s) { return ((const scripted *)s)->step; }

static void trial(hmn_sim *s, double score) { (void)s, (void)score; }

static const hmn_sim_ops ops = {inject, begin, end, spikes, modulate, learn, step_of, trial};

static const task_population populations[] = {
    {"input", INPUT, 64, true},     {"output", OUTPUT, 10, false},    {"go", GO, 1, true},
    {"teacher", TEACHER, 10, true}, {"handicap", HANDICAP, 10, true}, {"reset", RESET, 1, true}};
static const char *const signals[] = {"", "task.teacher"};

typedef struct {
    hmn_arena *arena;
    hmn_diag *diag;
    task_given given[8];
    task_setup setup;
    task_loop loop;
} bench;

static void set_up(bench *b)
{
    *b = (bench){.arena = arena_new(0), .diag = diag_new()};
    b->given[0] = (task_given){"data", "data/digits8x8.csv.gz", {0, 0, 0, 0}};
    b->given[1] = (task_given){"n_train", "30", {0, 0, 0, 0}};
    b->given[2] = (task_given){"n_test", "20", {0, 0, 0, 0}};
    b->setup = (task_setup){HMN_SOURCE_DIR "/models", b->given, 3, populations, 6, signals, 2, 5};
}

static bool opened(bench *b) { return task_open(&b->loop, task_find("digits"), &b->setup, b->arena, b->diag); }

static void tear_down(bench *b)
{
    diag_free(b->diag);
    arena_free(b->arena);
}

static scripted run(script how)
{
    bench b;
    set_up(&b);
    ck_assert(opened(&b));
    scripted f = {.sim = {&ops}, .script = how};
    while (task_step(&b.loop, &f.sim))
        ck_assert_uint_lt(f.step, 100 * TRIAL);
    ck_assert_uint_eq(f.step, 50 * TRIAL);
    tear_down(&b);
    return f;
}

static uint32_t sum(const uint32_t *v, uint32_t n)
{
    uint32_t s = 0;
    for (uint32_t i = 0; i < n; i++)
        s += v[i];
    return s;
}

START_TEST(right_answers_teach_nothing)
{
    scripted f = run(ANSWER_LABEL);
    ck_assert_uint_eq(f.plus, 0);
    ck_assert_uint_eq(f.minus, 0);
    ck_assert_uint_eq(sum(f.injected + TEACHER, 10), 0);
    ck_assert_uint_eq(sum(f.injected + HANDICAP, 10), 30);
    ck_assert_uint_eq(f.injected[RESET], 50);
}
END_TEST

START_TEST(wrong_answers_are_punished_once_and_taught_once)
{
    scripted f = run(ANSWER_NEXT);
    ck_assert_uint_eq(f.minus, 30);
    ck_assert_uint_eq(f.plus, 30);
    ck_assert_uint_eq(sum(f.injected + TEACHER, 10), 30);
    for (uint32_t c = 0; c < 10; c++)
        ck_assert_uint_eq(f.injected[TEACHER + c], f.injected[HANDICAP + c]);
}
END_TEST

START_TEST(a_tie_counts_as_wrong)
{
    scripted f = run(ANSWER_BOTH);
    ck_assert_uint_eq(f.minus, 30);
    ck_assert_uint_eq(f.plus, 30);
}
END_TEST

START_TEST(silence_is_taught_without_punishment)
{
    scripted f = run(ANSWER_NONE);
    ck_assert_uint_eq(f.minus, 0);
    ck_assert_uint_eq(f.plus, 30);
    ck_assert_uint_eq(f.injected[GO], 50 * 15);
}
END_TEST

START_TEST(pixels_fire_as_often_as_they_are_bright)
{
    scripted f = run(ANSWER_NONE);
    for (uint32_t t = 8; t < TRIAL; t++)
        ck_assert_uint_le(f.in_step[t], 50);       /* nothing but go, teacher, reset */
    ck_assert_uint_gt(sum(f.in_step, 8), 50 * 64); /* about 64 pixels x 0.3 x 8 */
    ck_assert_uint_lt(sum(f.in_step, 8), 50 * 64 * 4);
    for (uint32_t i = 0; i < 64; i++)
        ck_assert_uint_le(f.injected[i], 50 * 8);
}
END_TEST

static double result(const bench *b, const char *name)
{
    task_results r;
    b->loop.task->results(b->loop.run, &r, b->arena);
    for (uint32_t i = 0; i < r.nnumbers; i++)
        if (strcmp(r.number[i].name, name) == 0)
            return r.number[i].value;
    ck_abort_msg("no result %s", name);
    return 0;
}

START_TEST(results_count_held_out_answers)
{
    bench b;
    set_up(&b);
    ck_assert(opened(&b));
    scripted f = {.sim = {&ops}, .script = ANSWER_NONE};
    while (task_step(&b.loop, &f.sim))
        ;
    ck_assert_double_eq(result(&b, "accuracy"), 0);
    ck_assert_double_eq(result(&b, "no_answer"), 1);
    ck_assert_double_eq(result(&b, "held_out"), 20);
    task_results r;
    b.loop.task->results(b.loop.run, &r, b.arena);
    double total = 0;
    for (uint32_t i = 0; i < 10 * 11; i++)
        total += r.table[2].value[i];
    ck_assert_double_eq(total, 20);
    ck_assert(!f.learning); /* the last thing it did was to test */
    tear_down(&b);
}
END_TEST

static void refused(const char *key, const char *value, const char *says)
{
    bench b;
    set_up(&b);
    b.given[b.setup.ngiven++] = (task_given){key, value, {0, 0, 0, 0}};
    ck_assert_msg(!opened(&b), "accepted %s: %s", key, value);
    ck_assert_uint_ge(diag_errors(b.diag), 1);
    ck_assert_msg(strstr(diag_get(b.diag, 0)->text, says) != NULL, "%s", diag_get(b.diag, 0)->text);
    tear_down(&b);
}

START_TEST(bad_settings_are_refused)
{
    refused("colour", "red", "no setting 'colour'");
    refused("n_test", "1797", "n_test");
    refused("n_train", "-1", "n_train");
    refused("n_train", "2.5", "n_train");
    refused("passes", "many", "passes");
    refused("passes", "", "passes");
    refused("trial", "33", "whole epochs");
    refused("teach_at", "25", "begin an epoch");
    refused("levels", "9", "levels");
    refused("input", "output", "not a source");
    refused("output", "outputs", "no population 'outputs'");
    refused("data", "no/such.csv", "no/such.csv");
}
END_TEST

START_TEST(a_missing_modulator_or_setting_is_named)
{
    bench b;
    set_up(&b);
    b.setup.nmodulators = 1;
    ck_assert(!opened(&b));
    ck_assert_ptr_nonnull(strstr(diag_get(b.diag, 0)->text, "task.teacher"));
    tear_down(&b);
    set_up(&b);
    b.setup.given = b.given + 1;
    b.setup.ngiven = 2;
    ck_assert(!opened(&b));
    ck_assert_ptr_nonnull(strstr(diag_get(b.diag, 0)->text, "needs the setting 'data'"));
    tear_down(&b);
}
END_TEST

START_TEST(sizes_must_match_the_images)
{
    bench b;
    set_up(&b);
    task_population p[6];
    memcpy(p, populations, sizeof p);
    p[0].size = 63;
    b.setup.population = p;
    ck_assert(!opened(&b));
    ck_assert_ptr_nonnull(strstr(diag_get(b.diag, 0)->text, "pixels of an image"));
    tear_down(&b);
}
END_TEST

START_TEST(every_task_is_found_by_name)
{
    uint32_t n;
    const hmn_task *const *t = task_list(&n);
    ck_assert_uint_ge(n, 1);
    for (uint32_t i = 0; i < n; i++)
        ck_assert_ptr_eq(task_find(t[i]->name), t[i]);
    ck_assert_ptr_null(task_find("no_such_task"));
}
END_TEST

SUITE("task", right_answers_teach_nothing, wrong_answers_are_punished_once_and_taught_once, a_tie_counts_as_wrong,
      silence_is_taught_without_punishment, pixels_fire_as_often_as_they_are_bright, results_count_held_out_answers,
      bad_settings_are_refused, a_missing_modulator_or_setting_is_named, sizes_must_match_the_images,
      every_task_is_found_by_name)
