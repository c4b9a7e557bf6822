/* The bandit without a network: a scripted simulator chooses arms, and rewards, signals and counts are held against the
 * protocol. */
#include "models/tasks/bandit.h"

#include "tests/suite.h"

#include <math.h>
#include <string.h>

enum { ARMS = 4, INPUTS = 48, OUTPUT = 48, STEPS = 150, STIMULUS = 100, FEEDBACK = 32, LISTENERS = 5 };

static const char *const signals[] = {"task.uncertainty", "task.reward", "task.feedback", "task.novelty",
                                      "task.arousal"};
enum { UNCERTAINTY, REWARD, SHOWN, NOVELTY, AROUSAL };

/* Chooses arm (trial + shift) modulo 4 by letting one of its neurons fire twice, another arm once. */
typedef struct {
    hmn_sim sim;
    uint32_t step, trials, shift, spike[1], nspikes;
    uint64_t injected[INPUTS][2]; /* in the stimulus, out of it */
    double level[LISTENERS], score;
    double first_error[1000], first_novelty[1000], first_uncertainty[1000];
    uint32_t feedback_steps, pulses, arousal_steps;
} scripted;

static scripted *of(hmn_sim *s) { return (scripted *)(void *)s; }

static void inject(hmn_sim *s, uint32_t neuron)
{
    ck_assert_uint_lt(neuron, INPUTS);
    of(s)->injected[neuron][of(s)->step % STEPS >= STIMULUS]++;
}

static void begin(hmn_sim *s)
{
    scripted *f = of(s);
    uint32_t at = f->step % STEPS, arm = (f->trials + f->shift) % ARMS;
    f->nspikes = at == 10 || at == 20 || at == 30;
    f->spike[0] = OUTPUT + 2 * (at == 30 ? (arm + 1) % ARMS : arm) + (at == 20);
}

static void end(hmn_sim *s)
{
    scripted *f = of(s);
    uint32_t at = f->step % STEPS;
    if (at == 0) {
        f->first_novelty[f->trials] = f->level[NOVELTY];
        f->first_uncertainty[f->trials] = f->level[UNCERTAINTY];
    }
    f->pulses += at > STIMULUS && f->level[NOVELTY] == 1;
    f->arousal_steps += f->level[AROUSAL] == 1;
    bool feedback = at >= STIMULUS && at < STIMULUS + FEEDBACK;
    ck_assert_int_eq(f->level[SHOWN] == 1, feedback);
    ck_assert_int_eq(f->level[REWARD] != 0, feedback);
    if (at == STIMULUS)
        f->first_error[f->trials] = f->level[REWARD];
    f->step++;
}

static const uint32_t *spikes(const hmn_sim *s, uint32_t *count)
{
    const scripted *f = (const scripted *)(const void *)s;
    *count = f->nspikes;
    return f->spike;
}

static void modulate(hmn_sim *s, uint32_t k, double value)
{
    ck_assert_uint_lt(k, LISTENERS);
    of(s)->level[k] = value;
}

static void learn(hmn_sim *s, bool on) { (void)s, (void)on; }
static uint32_t step_of(const hmn_sim *s) { return ((const scripted *)(const void *)s)->step; }

static void trial(hmn_sim *s, double score)
{
    scripted *f = of(s);
    ck_assert_uint_eq(f->step % STEPS, STEPS - 1);
    f->score += score;
    f->trials++;
}

static const hmn_sim_ops ops = {inject, begin, end, spikes, modulate, learn, step_of, trial};
static const task_population populations[] = {{"input", 0, INPUTS, true}, {"output", OUTPUT, 8, false}};

typedef struct {
    hmn_arena *arena;
    hmn_diag *diag;
    task_given given[8];
    task_setup setup;
    task_loop loop;
    task_results results;
    const double *row; /* trial, context, arm, optimal, reward */
} bench;

static void set(bench *b, const char *key, const char *value)
{
    b->given[b->setup.ngiven++] = (task_given){key, value, {0, 0, 0, 0}};
}

static bench *set_up(const char *trials)
{
    bench *b = calloc(1, sizeof *b);
    b->arena = arena_new(0);
    b->diag = diag_new();
    b->setup = (task_setup){NULL, b->given, 0, populations, 2, signals, LISTENERS, 7};
    set(b, "trials", trials);
    return b;
}

static void tear_down(bench *b)
{
    diag_free(b->diag);
    arena_free(b->arena);
    free(b);
}

static scripted *run(bench *b, uint32_t shift)
{
    scripted *f = ARENA_NEW(b->arena, scripted, 1);
    *f = (scripted){.sim = {&ops}, .shift = shift};
    ck_assert(task_open(&b->loop, &task_bandit, &b->setup, b->arena, b->diag));
    while (task_step(&b->loop, &f->sim))
        ck_assert_uint_lt(f->step, 1000 * STEPS);
    task_bandit.results(b->loop.run, &b->results, b->arena);
    ck_assert_str_eq(b->results.table[1].name, "trials");
    ck_assert_uint_eq(b->results.table[1].rows, f->trials);
    b->row = b->results.table[1].value;
    return f;
}

enum { CONTEXT = 1, ARM, OPTIMAL, PAID };
static uint32_t cell(const bench *b, uint32_t t, int column) { return (uint32_t)b->row[5 * t + (uint32_t)column]; }

START_TEST(the_arm_that_fires_most_is_chosen_and_pays_by_chance)
{
    bench *b = set_up("800");
    scripted *f = run(b, 0);
    uint32_t good[4] = {9, 9, 9, 9}, won[2] = {0}, tried[2] = {0}, total = 0;
    ck_assert_uint_eq(f->trials, 800);
    for (uint32_t t = 0; t < 800; t++) {
        ck_assert_uint_eq(cell(b, t, ARM), t % ARMS);
        if (cell(b, t, OPTIMAL)) {
            uint32_t c = cell(b, t, CONTEXT);
            ck_assert(good[c] == 9 || good[c] == cell(b, t, ARM));
            good[c] = cell(b, t, ARM);
        }
        won[cell(b, t, OPTIMAL)] += cell(b, t, PAID);
        tried[cell(b, t, OPTIMAL)]++;
        total += cell(b, t, PAID);
    }
    ck_assert_uint_eq((1u << good[0]) + (1u << good[1]) + (1u << good[2]) + (1u << good[3]), 15); /* all different */
    ck_assert_double_eq_tol(won[1] / (double)tried[1], 0.9, 4 * sqrt(0.09 / tried[1]));
    ck_assert_double_eq_tol(won[0] / (double)tried[0], 0.1, 4 * sqrt(0.09 / tried[0]));
    ck_assert_double_eq(f->score, total);
    ck_assert_double_eq_tol(b->results.number[2].value, 0.8 * tried[0], 1e-9);
    ck_assert_double_eq_tol(b->results.number[1].value, tried[1] / 800.0, 1e-12);
    tear_down(b);
}
END_TEST

START_TEST(signals_are_those_of_the_protocol)
{
    bench *b = set_up("200");
    scripted *f = run(b, 1);
    double expected[4] = {0.5, 0.5, 0.5, 0.5};
    uint32_t seen[4] = {0};
    for (uint32_t t = 0; t < 200; t++) {
        uint32_t c = cell(b, t, CONTEXT);
        ck_assert_double_eq_tol(f->first_novelty[t], exp(-(double)seen[c]++ / 15), 1e-12);
        ck_assert_double_eq_tol(f->first_uncertainty[t], 4 * expected[c] * (1 - expected[c]), 1e-12);
        ck_assert_double_eq_tol(f->first_error[t], cell(b, t, PAID) - expected[c], 1e-12);
        expected[c] += 0.05 * f->first_error[t];
    }
    ck_assert_uint_eq(f->pulses + f->arousal_steps, 0);
    tear_down(b);
}
END_TEST

START_TEST(inputs_fire_at_their_rates)
{
    bench *b = set_up("400");
    scripted *f = run(b, 0);
    uint32_t shown[4] = {0};
    for (uint32_t t = 0; t < 400; t++)
        shown[cell(b, t, CONTEXT)]++;
    for (uint32_t i = 0; i < INPUTS; i++) {
        double on =
            i < 32 ? 0.1 * shown[i / 8] * STIMULUS + 0.0005 * (400 - shown[i / 8]) * STIMULUS : 0.05 * 400 * STIMULUS;
        ck_assert_double_eq_tol((double)f->injected[i][0], on, 5 * sqrt(on));
        ck_assert_uint_lt(f->injected[i][1], 40);
    }
    tear_down(b);
}
END_TEST

/* Share of optimal choices of each context and arm, by turns of all arms. */
static uint32_t good_arm(const bench *b, uint32_t context, uint32_t from, uint32_t until)
{
    for (uint32_t t = from; t < until; t++)
        if (cell(b, t, CONTEXT) == context && cell(b, t, OPTIMAL))
            return cell(b, t, ARM);
    return 99;
}

START_TEST(reversals_move_all_good_arms_on)
{
    bench *b = set_up("400");
    set(b, "reversal", "200");
    run(b, 0);
    for (uint32_t c = 0; c < 4; c++)
        ck_assert_uint_eq(good_arm(b, c, 200, 400), (good_arm(b, c, 0, 200) + 1) % ARMS);
    tear_down(b);
}
END_TEST

START_TEST(drift_changes_one_context_at_a_time)
{
    bench *b = set_up("400");
    set(b, "drift", "200");
    run(b, 0);
    uint32_t changed = 0;
    for (uint32_t c = 0; c < 4; c++)
        changed += good_arm(b, c, 200, 400) != good_arm(b, c, 0, 200);
    ck_assert_uint_eq(changed, 1);
    tear_down(b);
}
END_TEST

START_TEST(a_probe_scrambles_rewards_or_moves_arms)
{
    bench *b = set_up("900");
    set(b, "probe_from", "0");
    set(b, "probe_until", "800");
    scripted *f = run(b, 0);
    uint32_t won[2] = {0}, tried[2] = {0};
    for (uint32_t t = 0; t < 800; t++) {
        won[cell(b, t, OPTIMAL)] += cell(b, t, PAID);
        tried[cell(b, t, OPTIMAL)]++;
    }
    for (int k = 0; k < 2; k++) /* whatever one chooses: 0.9 / 4 + 0.1 * 3 / 4 */
        ck_assert_double_eq_tol(won[k] / (double)tried[k], 0.3, 4 * sqrt(0.21 / tried[k]));
    ck_assert_uint_eq(f->arousal_steps, 800 * STEPS);
    tear_down(b);
    b = set_up("400");
    set(b, "probe_from", "200");
    set(b, "probe_until", "400");
    set(b, "probe_shift", "1");
    run(b, 0);
    for (uint32_t c = 0; c < 4; c++)
        ck_assert_uint_eq(good_arm(b, c, 200, 400), (good_arm(b, c, 0, 200) + 1) % ARMS);
    tear_down(b);
}
END_TEST

START_TEST(spurious_novelty_comes_at_its_rate)
{
    bench *b = set_up("200");
    set(b, "spurious", "0.02");
    scripted *f = run(b, 0);
    ck_assert_double_eq_tol(f->pulses, 0.02 * 200 * 49, 4 * sqrt(0.02 * 200 * 49));
    tear_down(b);
}
END_TEST

START_TEST(the_same_seed_makes_the_same_world)
{
    bench *a = set_up("50"), *b = set_up("50"), *c = set_up("50");
    c->setup.seed = 8;
    run(a, 0), run(b, 2), run(c, 0);
    uint32_t differ = 0;
    for (uint32_t t = 0; t < 50; t++) {
        ck_assert_uint_eq(cell(a, t, CONTEXT), cell(b, t, CONTEXT));
        differ += cell(a, t, CONTEXT) != cell(c, t, CONTEXT);
    }
    ck_assert_uint_gt(differ, 10);
    tear_down(a), tear_down(b), tear_down(c);
}
END_TEST

static void refused(const char *key, const char *value, const char *words)
{
    bench *b = set_up("10");
    set(b, key, value);
    ck_assert(!task_open(&b->loop, &task_bandit, &b->setup, b->arena, b->diag));
    ck_assert_msg(strstr(diag_get(b->diag, 0)->text, words) != NULL, "%s", diag_get(b->diag, 0)->text);
    ck_assert_ptr_nonnull(diag_get(b->diag, 0)->cure);
    tear_down(b);
}

START_TEST(settings_out_of_range_are_refused)
{
    refused("p_good", "1.5", "p_good is '1.5'");
    refused("critic", "some", "critic is 'some'");
    refused("contexts", "7", "need 56");
    refused("arms", "3", "8 neurons of output for 3 choices");
    refused("paths", "3", "no setting 'paths'");
}
END_TEST

SUITE("bandit", the_arm_that_fires_most_is_chosen_and_pays_by_chance, signals_are_those_of_the_protocol,
      inputs_fire_at_their_rates, reversals_move_all_good_arms_on, drift_changes_one_context_at_a_time,
      a_probe_scrambles_rewards_or_moves_arms, spurious_novelty_comes_at_its_rate, the_same_seed_makes_the_same_world,
      settings_out_of_range_are_refused)
