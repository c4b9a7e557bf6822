/* Delayed reward in a maze (road map, phase 2): a cue at the junction tells which arm holds the reward, the network
 * chooses an arm, walks down its corridor, and learns at the end whether it was right. One trial:
 *
 *   cue        inputs of the cue fire fast; the arm whose output neurons fire most is the choice (ties, silence: drawn)
 *   corridor   `delay` steps: the place cells of the chosen arm fire, one place after the other
 *   end        task.reward = r - rbar, rbar a moving average of r for each cue; task.feedback = 1
 *   gap        nothing
 *
 * Inputs, in this order: those of the cues, then those of the places, arm by arm. With two arms this is a T-maze. The
 * right arm pays with p_right, others with p_wrong. What matters is how long a synapse remembers that it took part:
 * when the reward comes, other synapses were the last to fire. Other signals, each used if the network has a modulator
 * that listens: while the cue is shown task.novelty = exp(-n/15), n times that it was shown before, and
 * task.uncertainty = 4 rbar (1 - rbar); at all times task.arousal = |r - rbar| of the last end, surprise that lasts
 * until the next.
 *
 * All draws are functions of seed, trial, step and neuron: the same world for every network and target. */
#include "models/tasks/delayed.h"

#include "core/base/rng.h"
#include "models/tasks/choice.h"
#include "models/tasks/signals.h"

#include <math.h>
#include <string.h>

enum { MAX_CUES = 64, MAX_TRIALS = 1000000, MAX_STEPS = 100000, CURVE_POINTS = 60 };
enum { DRAW_INPUT = 100, DRAW_CUE, DRAW_RIGHT, DRAW_REWARD, DRAW_TIE }; /* purposes, the first word of a key */

typedef struct {
    uint32_t cue, arm, reward;
    bool right;
} outcome;

typedef struct {
    /* what was asked for */
    uint64_t seed;
    uint32_t cues, arms, trials, per_cue, places, per_place, shown, delay, feedback, gap;
    double on, off, walking, p_right, p_wrong, rate;
    const task_population *input;
    task_signals signals;
    /* where it stands */
    uint32_t trial, at; /* at: step of the trial */
    uint32_t cue, arm, reward;
    double error;
    uint32_t right_arm[MAX_CUES], seen[MAX_CUES];
    double expected[MAX_CUES]; /* rbar */
    choice output;
    /* what came of it */
    outcome *outcome; /* [trials] */
} maze;

/* ---- opening ---- */

static bool read_settings(maze *r, const task_setup *s, hmn_diag *d)
{
    const hmn_task *t = &task_delayed;
    bool ok = task_whole(t, s, "cues", 1, MAX_CUES, &r->cues, d);
    ok &= task_whole(t, s, "arms", 2, CHOICE_GROUPS, &r->arms, d);
    ok &= task_whole(t, s, "trials", 1, MAX_TRIALS, &r->trials, d);
    ok &= task_whole(t, s, "inputs_per_cue", 1, 1024, &r->per_cue, d);
    ok &= task_whole(t, s, "places", 0, 1024, &r->places, d);
    ok &= task_whole(t, s, "inputs_per_place", 1, 1024, &r->per_place, d);
    ok &= task_whole(t, s, "cue", 1, MAX_STEPS, &r->shown, d);
    ok &= task_whole(t, s, "delay", 0, MAX_STEPS, &r->delay, d);
    ok &= task_whole(t, s, "feedback", 1, MAX_STEPS, &r->feedback, d);
    ok &= task_whole(t, s, "gap", 0, MAX_STEPS, &r->gap, d);
    ok &= task_real(t, s, "rate_cue", 0, 1000, &r->on, d);
    ok &= task_real(t, s, "rate_place", 0, 1000, &r->walking, d);
    ok &= task_real(t, s, "rate_off", 0, 1000, &r->off, d);
    ok &= task_real(t, s, "p_right", 0, 1, &r->p_right, d);
    ok &= task_real(t, s, "p_wrong", 0, 1, &r->p_wrong, d);
    ok &= task_real(t, s, "critic_rate", 0, 1, &r->rate, d);
    return ok && task_modulator(t, s, "task.reward", &r->signals.modulator[SIG_REWARD], d);
}

static bool fits(const maze *r, hmn_diag *d)
{
    uint32_t need = r->cues * r->per_cue + r->arms * r->places * r->per_place;
    if (r->input->size == need)
        return true;
    diag_report(d, DIAG_VALUE_RANGE, (hmn_span){0, 0, 0, 0},
                "task delayed: %u cues of %u inputs and %u arms of %u places of %u need %u, %s has %u", r->cues,
                r->per_cue, r->arms, r->places, r->per_place, need, r->input->name, r->input->size);
    diag_cure(d, "give %s %u neurons", r->input->name, need);
    return false;
}

static void *open_run(const task_setup *s, hmn_arena *a, hmn_diag *d)
{
    maze *r = ARENA_NEW(a, maze, 1);
    r->seed = s->seed;
    bool ok = read_settings(r, s, d);
    const task_population *output = task_part(&task_delayed, s, "output", false, d);
    r->input = task_part(&task_delayed, s, "input", true, d);
    if (!ok || !r->input || !output || !fits(r, d) || !choice_open(&r->output, "delayed", output, r->arms, d))
        return NULL;
    r->signals = signals_find(s);
    choice_draw(r->right_arm, r->cues, r->arms, r->seed, DRAW_RIGHT);
    for (uint32_t c = 0; c < r->cues; c++)
        r->expected[c] = 0.5;
    r->outcome = ARENA_NEW(a, outcome, r->trials);
    return r;
}

/* ---- the world ---- */

static bool reset_trial(void *run, hmn_sim *sim)
{
    maze *r = run;
    (void)sim;
    if (r->trial == r->trials)
        return false;
    r->at = 0;
    r->cue = rng_below(r->seed, RNG_TASK, DRAW_CUE, r->trial, 0, r->cues);
    choice_clear(&r->output);
    return true;
}

/* Which inputs fire fast: first and number, and their rate. */
static uint32_t active(const maze *r, uint32_t *first, double *rate)
{
    uint32_t walked = r->at - r->shown;
    *first = r->cue * r->per_cue;
    *rate = r->on;
    if (r->at < r->shown)
        return r->per_cue;
    *first = r->cues * r->per_cue;
    *rate = r->walking;
    if (walked >= r->delay || !r->places)
        return 0;
    *first += (r->arm * r->places + walked * r->places / r->delay) * r->per_place;
    return r->per_place;
}

static void observe(void *run, hmn_sim *sim)
{
    const maze *r = run;
    uint32_t first;
    double rate;
    uint32_t n = active(r, &first, &rate);
    for (uint32_t i = 0; i < r->input->size; i++) {
        double hz = i >= first && i < first + n ? rate : r->off;
        if (rng_unit(r->seed, RNG_TASK, DRAW_INPUT, i, sim->ops->step(sim)) < 1e-3 * hz)
            sim->ops->inject(sim, r->input->first + i);
    }
}

static void reward(maze *r)
{
    bool right = r->arm == r->right_arm[r->cue];
    r->reward = rng_unit(r->seed, RNG_TASK, DRAW_REWARD, r->trial, 0) < (right ? r->p_right : r->p_wrong);
    r->error = r->reward - r->expected[r->cue];
    r->expected[r->cue] += r->rate * r->error;
    r->outcome[r->trial] = (outcome){r->cue, r->arm, r->reward, right};
}

static void send_all(const maze *r, hmn_sim *sim)
{
    uint32_t end = r->shown + r->delay;
    const task_signals *out = &r->signals;
    bool told = r->at >= end && r->at < end + r->feedback, shown = r->at < r->shown;
    signals_send(out, sim, SIG_REWARD, told ? r->error : 0);
    signals_send(out, sim, SIG_FEEDBACK, told);
    signals_send(out, sim, SIG_NOVELTY, shown ? signals_novelty(r->seen[r->cue]) : 0);
    signals_send(out, sim, SIG_UNCERTAINTY, shown ? signals_uncertainty(r->expected[r->cue]) : 0);
    signals_send(out, sim, SIG_AROUSAL, fabs(r->error));
}

static bool act(void *run, hmn_sim *sim)
{
    maze *r = run;
    uint32_t end = r->shown + r->delay;
    if (r->at < r->shown)
        choice_count(&r->output, sim);
    if (r->at + 1 == r->shown)
        r->arm = choice_most(&r->output, r->seed, DRAW_TIE, r->trial);
    if (r->at == end)
        reward(r);
    send_all(r, sim);
    if (++r->at < end + r->feedback + r->gap)
        return false;
    sim->ops->trial(sim, r->reward);
    r->seen[r->cue]++;
    r->trial++;
    return true;
}

/* ---- results ---- */

/* Share of right choices in trials from .. until - 1; 0 when there are none. */
static double share(const maze *r, uint32_t from, uint32_t until)
{
    uint32_t right = 0;
    until = until < r->trial ? until : r->trial;
    for (uint32_t k = from; k < until; k++)
        right += r->outcome[k].right;
    return from < until ? right / (double)(until - from) : 0;
}

static task_table curve(const maze *r, hmn_arena *a)
{
    static const char *const columns[] = {"trial", "right"};
    uint32_t block = r->trials > CURVE_POINTS ? (r->trials + CURVE_POINTS - 1) / CURVE_POINTS : 1, n = 0;
    double *value = ARENA_NEW(a, double, 2 * (size_t)(r->trial / block + 1));
    for (uint32_t from = 0; from + block <= r->trial; from += block, n++)
        memcpy(value + (size_t)n * 2, (double[]){from + block, share(r, from, from + block)}, 2 * sizeof *value);
    return (task_table){"curve", columns, value, n, 2};
}

static task_table trials(const maze *r, hmn_arena *a)
{
    static const char *const columns[] = {"trial", "cue", "arm", "right", "reward"};
    double *value = ARENA_NEW(a, double, 5 * (size_t)r->trial);
    for (uint32_t k = 0; k < r->trial; k++) {
        const outcome *o = &r->outcome[k];
        memcpy(value + (size_t)k * 5, (double[]){k, o->cue, o->arm, o->right, o->reward}, 5 * sizeof *value);
    }
    return (task_table){"trials", columns, value, r->trial, 5};
}

static void results(const void *run, task_results *out, hmn_arena *a)
{
    enum { LAST = 100 };
    const maze *r = run;
    const task_number numbers[] = {{"right_last_100", share(r, r->trial > LAST ? r->trial - LAST : 0, r->trial)},
                                   {"right_all", share(r, 0, r->trial)}};
    task_number *number = ARENA_NEW(a, task_number, 2);
    task_table *table = ARENA_NEW(a, task_table, 2);
    memcpy(number, numbers, sizeof numbers);
    table[0] = curve(r, a);
    table[1] = trials(r, a);
    *out = (task_results){number, 2, table, 2};
}

static const task_setting settings[] = {
    {"cues", "4", "number of cues"},
    {"arms", "4", "number of arms"},
    {"trials", "400", "trials of a run"},
    {"inputs_per_cue", "8", "input neurons that stand for a cue"},
    {"places", "5", "places in the corridor of each arm"},
    {"inputs_per_place", "4", "input neurons that stand for a place"},
    {"cue", "100", "steps that the cue is shown"},
    {"delay", "500", "steps from its end to the reward"},
    {"feedback", "32", "steps of reward"},
    {"gap", "18", "steps after it"},
    {"rate_cue", "100", "spikes a second (of 1000 steps) of the cue's inputs"},
    {"rate_place", "20", "of the inputs of the place walked through"},
    {"rate_off", "0.5", "of all others"},
    {"p_right", "0.9", "chance of reward in the right arm"},
    {"p_wrong", "0.1", "in the others"},
    {"critic_rate", "0.05", "share by which the mean reward of a cue moves a trial"},
    {"input", "input", "population of inputs: cues, then places"},
    {"output", "output", "population that chooses, an arm after the other"},
    {NULL, NULL, NULL},
};

const hmn_task task_delayed = {
    .name = "delayed",
    .summary = "choose an arm of a maze by a cue; the reward comes at its end",
    .network = "delayed.yaml",
    .setting = settings,
    .open = open_run,
    .reset = reset_trial,
    .observe = observe,
    .act = act,
    .results = results,
};
