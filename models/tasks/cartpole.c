/* Cart-pole with place coding (road map, phase 2): the network balances a pole on a cart (cart.h) in the cart's own
 * time. Each push lasts a window, 20 steps of 1 ms: the cells of the box that the cart is in fire, and the group of
 * action neurons that fires most in the window is the push. An episode ends when the pole or the cart is too far out,
 * or after `limit` pushes; then come windows of silence.
 *
 * A critic, part of this program and not of the network, predicts V(box), the discounted return of a reward of -1 at
 * failure and 0 else, by TD(lambda). task.reward = the error of that prediction, d = r + discount V(next) - V(box),
 * from the last step of the push on for a window, so that a rule whose epochs are windows sees it once, with the traces
 * of the spikes that chose. This is the actor-critic of Barto, Sutton and Anderson (1983) with the actor on the chip.
 * Other signals, each used if the network has a modulator that listens, are told with it: task.feedback = 1,
 * task.novelty = exp(-n/15), n times that the cart was in the box before, task.uncertainty = 4 p (1 - p) with p =
 * -V(box) as a chance of failure, task.arousal = |task.reward|, which alone outlasts the silence after an episode.
 *
 * The first `episodes` are for learning. In the `tests` that follow learning is off; their mean number of pushes is the
 * score. The cart moves in double precision; what starts are drawn does not depend on the network. */
#include "models/tasks/cartpole.h"

#include "core/base/rng.h"
#include "models/tasks/cart.h"
#include "models/tasks/choice.h"
#include "models/tasks/signals.h"

#include <math.h>
#include <string.h>

enum { MAX_EPISODES = 1000000, CURVE_POINTS = 60, RUNNING = 100 };
enum { DRAW_START = 100, DRAW_TIE }; /* purposes, the first word of a key */

typedef struct {
    /* what was asked for */
    uint64_t seed;
    uint32_t episodes, tests, limit, window, gap, cells, period;
    double discount, lambda, rate, gain, solved;
    const task_population *place;
    task_signals signals;
    /* where it stands */
    uint32_t episode, at, pushes; /* at: step of the window */
    uint32_t silence;             /* windows of silence to come, once the episode is over */
    bool over;
    cart cart;
    choice action;
    double value[CART_BOXES], trace[CART_BOXES]; /* the critic's */
    uint32_t seen[CART_BOXES];
    /* what came of it */
    uint32_t *length; /* [episodes + tests] pushes */
} cartpole;

/* ---- opening ---- */

static bool read_settings(cartpole *r, const task_setup *s, hmn_diag *d)
{
    const hmn_task *t = &task_cartpole;
    bool ok = task_whole(t, s, "episodes", 0, MAX_EPISODES, &r->episodes, d);
    ok &= task_whole(t, s, "tests", 0, MAX_EPISODES, &r->tests, d);
    ok &= task_whole(t, s, "limit", 1, MAX_EPISODES, &r->limit, d);
    ok &= task_whole(t, s, "window", 1, 1000, &r->window, d);
    ok &= task_whole(t, s, "gap", 1, 1000, &r->gap, d);
    ok &= task_whole(t, s, "cells", 1, 64, &r->cells, d);
    ok &= task_whole(t, s, "period", 1, 1000, &r->period, d);
    ok &= task_real(t, s, "discount", 0, 1, &r->discount, d);
    ok &= task_real(t, s, "lambda", 0, 1, &r->lambda, d);
    ok &= task_real(t, s, "critic_rate", 0, 1, &r->rate, d);
    ok &= task_real(t, s, "gain", 0, 1000, &r->gain, d);
    ok &= task_real(t, s, "solved", 0, MAX_EPISODES, &r->solved, d);
    return ok && task_modulator(t, s, "task.reward", &r->signals.modulator[SIG_REWARD], d);
}

static bool fits(const cartpole *r, hmn_diag *d)
{
    if (r->place->size == CART_BOXES * r->cells)
        return true;
    diag_report(d, DIAG_VALUE_RANGE, (hmn_span){0, 0, 0, 0}, "task cartpole: %u boxes of %u cells need %u, %s has %u",
                CART_BOXES, r->cells, CART_BOXES * r->cells, r->place->name, r->place->size);
    diag_cure(d, "give %s %u neurons", r->place->name, CART_BOXES * r->cells);
    return false;
}

static void *open_run(const task_setup *s, hmn_arena *a, hmn_diag *d)
{
    cartpole *r = ARENA_NEW(a, cartpole, 1);
    r->seed = s->seed;
    bool ok = read_settings(r, s, d);
    const task_population *action = task_part(&task_cartpole, s, "action", false, d);
    r->place = task_part(&task_cartpole, s, "place", true, d);
    if (!ok || !r->place || !action || !fits(r, d) || !choice_open(&r->action, "cartpole", action, 2, d))
        return NULL;
    r->signals = signals_find(s);
    r->length = ARENA_NEW(a, uint32_t, r->episodes + r->tests);
    return r;
}

/* ---- the world ---- */

static double start_of(const cartpole *r, uint32_t k)
{
    return 0.1 * rng_unit(r->seed, RNG_TASK, DRAW_START, r->episode, k) - 0.05;
}

static bool reset_episode(void *run, hmn_sim *sim)
{
    cartpole *r = run;
    if (r->episode == r->episodes + r->tests)
        return false;
    sim->ops->learn(sim, r->episode < r->episodes);
    r->cart = (cart){start_of(r, 0), start_of(r, 1), start_of(r, 2), start_of(r, 3)};
    r->at = r->pushes = 0;
    r->over = false;
    choice_clear(&r->action);
    memset(r->trace, 0, sizeof r->trace);
    return true;
}

/* Cells of a box take turns within the period. */
static void observe(void *run, hmn_sim *sim)
{
    const cartpole *r = run;
    uint32_t box = cart_box(&r->cart);
    for (uint32_t c = 0; c < r->cells && !r->over; c++)
        if ((r->at + c * r->period / r->cells) % r->period == 0)
            sim->ops->inject(sim, r->place->first + box * r->cells + c);
}

/* The error of V at `box`, and TD(lambda) with replacing traces. */
static double learn_value(cartpole *r, uint32_t box, double reward, double next)
{
    double error = reward + r->discount * next - r->value[box];
    for (uint32_t b = 0; b < CART_BOXES; b++)
        r->trace[b] *= r->discount * r->lambda;
    r->trace[box] = 1;
    for (uint32_t b = 0; b < CART_BOXES && r->episode < r->episodes; b++)
        r->value[b] += r->rate * error * r->trace[b];
    return error;
}

/* Most errors are small, and a register has 8 bits: the gain spends them on those, failures are cut. */
static double signal_of(const cartpole *r, double error) { return fmax(-1, fmin(1, r->gain * error)); }

/* What is told of a push from `box`, from now on. */
static void tell(cartpole *r, hmn_sim *sim, uint32_t box, double reward)
{
    const task_signals *out = &r->signals;
    double risk = fmax(0, fmin(1, -r->value[box]));
    signals_send(out, sim, SIG_REWARD, reward);
    signals_send(out, sim, SIG_FEEDBACK, 1);
    signals_send(out, sim, SIG_NOVELTY, signals_novelty(r->seen[box]++));
    signals_send(out, sim, SIG_UNCERTAINTY, signals_uncertainty(risk));
    signals_send(out, sim, SIG_AROUSAL, fabs(reward));
}

static void hush(const cartpole *r, hmn_sim *sim)
{
    for (signal_kind k = SIG_REWARD; k < SIG_AROUSAL; k++)
        signals_send(&r->signals, sim, k, 0);
}

static void push(cartpole *r, hmn_sim *sim)
{
    uint32_t box = cart_box(&r->cart), number = r->episode * r->limit + r->pushes;
    cart_push(&r->cart, choice_most(&r->action, r->seed, DRAW_TIE, number) == 1);
    bool failed = cart_failed(&r->cart);
    double next = failed ? 0 : r->value[cart_box(&r->cart)];
    tell(r, sim, box, signal_of(r, learn_value(r, box, failed ? -1 : 0, next)));
    choice_clear(&r->action);
    r->pushes++;
    r->over = failed || r->pushes == r->limit;
    r->silence = r->gap;
}

/* True: the episode and its silence are over. */
static bool end_window(cartpole *r, hmn_sim *sim)
{
    if (!r->over) {
        push(r, sim);
        return false;
    }
    hush(r, sim);
    if (--r->silence)
        return false;
    r->length[r->episode++] = r->pushes;
    sim->ops->trial(sim, r->pushes / (double)r->limit);
    return true;
}

static bool act(void *run, hmn_sim *sim)
{
    cartpole *r = run;
    if (!r->over)
        choice_count(&r->action, sim);
    if (++r->at < r->window)
        return false;
    r->at = 0;
    return end_window(r, sim);
}

/* ---- results ---- */

/* Mean pushes of episodes from .. until - 1; 0 when there are none. */
static double mean(const cartpole *r, uint32_t from, uint32_t until)
{
    double sum = 0;
    until = until < r->episode ? until : r->episode;
    for (uint32_t k = from; k < until; k++)
        sum += r->length[k];
    return from < until ? sum / (until - from) : 0;
}

/* Learning episodes after which the last 100 of them had a mean of `solved` pushes; 0: never. */
static double solved_after(const cartpole *r)
{
    uint32_t n = r->episode < r->episodes ? r->episode : r->episodes;
    double sum = 0;
    for (uint32_t k = 0; k < n; k++) {
        sum += r->length[k];
        sum -= k < RUNNING ? 0 : r->length[k - RUNNING];
        if (k + 1 >= RUNNING && sum >= RUNNING * r->solved)
            return k + 1;
    }
    return 0;
}

static task_table curve(const cartpole *r, hmn_arena *a)
{
    static const char *const columns[] = {"episode", "pushes"};
    uint32_t block = r->episodes > CURVE_POINTS ? (r->episodes + CURVE_POINTS - 1) / CURVE_POINTS : 1, n = 0;
    double *value = ARENA_NEW(a, double, 2 * (size_t)(r->episodes / block + 1));
    for (uint32_t from = 0; from + block <= r->episodes && from + block <= r->episode; from += block, n++)
        memcpy(value + (size_t)n * 2, (double[]){from + block, mean(r, from, from + block)}, 2 * sizeof *value);
    return (task_table){"curve", columns, value, n, 2};
}

static task_table episodes(const cartpole *r, hmn_arena *a)
{
    static const char *const columns[] = {"episode", "learning", "pushes"};
    double *value = ARENA_NEW(a, double, 3 * (size_t)r->episode);
    for (uint32_t k = 0; k < r->episode; k++)
        memcpy(value + (size_t)k * 3, (double[]){k, k < r->episodes, r->length[k]}, 3 * sizeof *value);
    return (task_table){"episodes", columns, value, r->episode, 3};
}

static void results(const void *run, task_results *out, hmn_arena *a)
{
    const cartpole *r = run;
    uint32_t last = r->episodes > RUNNING ? r->episodes - RUNNING : 0;
    const task_number numbers[] = {{"pushes", mean(r, r->episodes, r->episodes + r->tests)},
                                   {"pushes_last_100_learning", mean(r, last, r->episodes)},
                                   {"solved_after", solved_after(r)}};
    task_number *number = ARENA_NEW(a, task_number, 3);
    task_table *table = ARENA_NEW(a, task_table, 2);
    memcpy(number, numbers, sizeof numbers);
    table[0] = curve(r, a);
    table[1] = episodes(r, a);
    *out = (task_results){number, 3, table, 2};
}

static const task_setting settings[] = {
    {"episodes", "300", "episodes for learning"},
    {"tests", "100", "episodes after them, with learning off"},
    {"limit", "200", "pushes after which an episode ends"},
    {"window", "20", "steps of a push"},
    {"gap", "10", "windows of silence after an episode"},
    {"cells", "1", "place cells a box"},
    {"period", "5", "steps between two spikes of a cell whose box the cart is in"},
    {"discount", "0.97", "of the return that the critic predicts, a push"},
    {"lambda", "0.6", "of the critic's traces, a push"},
    {"critic_rate", "0.2", "share of its error by which the critic moves"},
    {"gain", "1", "task.reward a unit of error, cut at -1 and 1"},
    {"solved", "195", "mean pushes of 100 learning episodes that count as solved"},
    {"place", "place", "population of place cells, box after box"},
    {"action", "action", "population that chooses, left then right"},
    {NULL, NULL, NULL},
};

const hmn_task task_cartpole = {
    .name = "cartpole",
    .summary = "balance a pole on a cart by pushes to the left and right",
    .network = "cartpole.yaml",
    .setting = settings,
    .open = open_run,
    .reset = reset_episode,
    .observe = observe,
    .act = act,
    .results = results,
};
