/* Contextual bandit (road map, phase 0): in each trial one of several contexts is shown, the network chooses an arm,
 * and is rewarded with a probability that depends on both. One arm a context is good, drawn at random.
 *
 *   stimulus   inputs of the context fire fast, distractors fire, the rest hardly; the arm whose output neurons fire
 *              most is the choice (ties and silence: drawn)
 *   delay      nothing
 *   feedback   task.reward = r - rbar, the prediction error of a critic; task.feedback = 1
 *   gap        nothing
 *
 * rbar is a moving average of r, one a context, one in all, or 0 (critic: context, all, none). Other signals, each used
 * if the network has a modulator that listens: task.novelty = exp(-n/15) in the stimulus, n times that the context was
 * seen before, and with `spurious` also 1 in steps drawn at random; task.uncertainty = 4 rbar (1 - rbar) in the
 * stimulus; task.arousal = 1 in the trials of the probe (section 7.4.3). In these the arm that pays is drawn anew each
 * trial, so that r says nothing of the choice, or all good arms move on (probe_shift). The world changes for good by
 * `reversal` (every so many trials the good arms move on by one) or by `drift` (one context in so many trials, at
 * random, gets another good arm).
 *
 * All draws are functions of seed, trial, step and neuron: the same world for every network and target. */
#include "models/tasks/bandit.h"

#include "core/base/rng.h"
#include "models/tasks/choice.h"
#include "models/tasks/signals.h"

#include <string.h>

enum { MAX_CONTEXTS = 64, MAX_TRIALS = 1000000, CURVE_POINTS = 60 };

typedef enum { CRITIC_CONTEXT, CRITIC_ALL, CRITIC_NONE } critic_kind;

/* Purposes of the draws, the first word of a key. */
enum { DRAW_INPUT = 100, DRAW_CONTEXT, DRAW_GOOD, DRAW_REWARD, DRAW_TIE, DRAW_SPURIOUS, DRAW_DRIFT, DRAW_SCRAMBLED };

typedef struct {
    uint32_t trial, context, arm, reward;
    bool optimal;
} outcome;

typedef struct {
    /* what was asked for */
    uint64_t seed;
    uint32_t contexts, arms, trials, group, stimulus, delay, feedback, gap, reversal, drift;
    uint32_t probe_from, probe_until, probe_shift; /* shift 0: scrambled */
    double on, off, distractor, good, bad, critic_rate, spurious;
    critic_kind critic;
    const task_population *input;
    task_signals signals;
    /* where it stands */
    uint32_t trial, at; /* at: step within the trial */
    uint32_t context, arm, reward;
    double error;
    uint32_t good_arm[MAX_CONTEXTS], seen[MAX_CONTEXTS];
    double expected[MAX_CONTEXTS]; /* rbar */
    choice output;                 /* by the spikes of the stimulus */
    /* what came of it */
    outcome *outcome; /* [trials] */
    double regret;
} bandit;

/* ---- opening ---- */

static bool read_counts(bandit *r, const task_setup *s, hmn_diag *d)
{
    const hmn_task *t = &task_bandit;
    bool ok = task_whole(t, s, "contexts", 1, MAX_CONTEXTS, &r->contexts, d);
    ok &= task_whole(t, s, "arms", 2, CHOICE_GROUPS, &r->arms, d);
    ok &= task_whole(t, s, "trials", 1, MAX_TRIALS, &r->trials, d);
    ok &= task_whole(t, s, "inputs_per_context", 1, 65536, &r->group, d);
    ok &= task_whole(t, s, "stimulus", 1, 100000, &r->stimulus, d);
    ok &= task_whole(t, s, "delay", 0, 100000, &r->delay, d);
    ok &= task_whole(t, s, "feedback", 1, 100000, &r->feedback, d);
    ok &= task_whole(t, s, "gap", 0, 100000, &r->gap, d);
    ok &= task_whole(t, s, "reversal", 0, MAX_TRIALS, &r->reversal, d);
    ok &= task_whole(t, s, "drift", 0, MAX_TRIALS, &r->drift, d);
    ok &= task_whole(t, s, "probe_from", 0, MAX_TRIALS, &r->probe_from, d);
    ok &= task_whole(t, s, "probe_until", 0, MAX_TRIALS, &r->probe_until, d);
    ok &= task_whole(t, s, "probe_shift", 0, CHOICE_GROUPS, &r->probe_shift, d);
    return ok;
}

static bool read_shares(bandit *r, const task_setup *s, hmn_diag *d)
{
    const hmn_task *t = &task_bandit;
    static const char *const critics[] = {"context", "all", "none", NULL};
    uint32_t critic = 0;
    bool ok = task_real(t, s, "rate_on", 0, 1000, &r->on, d);
    ok &= task_real(t, s, "rate_off", 0, 1000, &r->off, d);
    ok &= task_real(t, s, "rate_distractor", 0, 1000, &r->distractor, d);
    ok &= task_real(t, s, "p_good", 0, 1, &r->good, d);
    ok &= task_real(t, s, "p_other", 0, 1, &r->bad, d);
    ok &= task_real(t, s, "critic_rate", 0, 1, &r->critic_rate, d);
    ok &= task_real(t, s, "spurious", 0, 1, &r->spurious, d);
    ok &= task_word(t, s, "critic", critics, &critic, d);
    r->critic = (critic_kind)critic;
    return ok;
}

static bool fits(const bandit *r, hmn_diag *d)
{
    if (r->input->size < r->contexts * r->group) {
        diag_report(d, DIAG_VALUE_RANGE, (hmn_span){0, 0, 0, 0},
                    "task bandit: %u contexts of %u inputs need %u, %s has %u", r->contexts, r->group,
                    r->contexts * r->group, r->input->name, r->input->size);
        diag_cure(d, "enlarge %s; what it has beyond are distractors", r->input->name);
        return false;
    }
    return true;
}

static void *open_run(const task_setup *s, hmn_arena *a, hmn_diag *d)
{
    bandit *r = ARENA_NEW(a, bandit, 1);
    r->seed = s->seed;
    bool ok = read_counts(r, s, d);
    ok &= read_shares(r, s, d);
    const task_population *output = task_part(&task_bandit, s, "output", false, d);
    r->input = task_part(&task_bandit, s, "input", true, d);
    ok &= task_modulator(&task_bandit, s, "task.reward", &r->signals.modulator[SIG_REWARD], d);
    if (!ok || !r->input || !output || !fits(r, d) || !choice_open(&r->output, "bandit", output, r->arms, d))
        return NULL;
    r->signals = signals_find(s);
    choice_draw(r->good_arm, r->contexts, r->arms, r->seed, DRAW_GOOD);
    for (uint32_t c = 0; c < r->contexts; c++)
        r->expected[c] = r->critic == CRITIC_NONE ? 0 : 0.5;
    r->outcome = ARENA_NEW(a, outcome, r->trials);
    return r;
}

/* ---- the world ---- */

static bool in_probe(const bandit *r) { return r->trial >= r->probe_from && r->trial < r->probe_until; }

static uint32_t best(const bandit *r)
{
    return (r->good_arm[r->context] + (in_probe(r) ? r->probe_shift : 0)) % r->arms;
}

static void change_world(bandit *r)
{
    if (r->reversal && r->trial && r->trial % r->reversal == 0)
        for (uint32_t c = 0; c < r->contexts; c++)
            r->good_arm[c] = (r->good_arm[c] + 1) % r->arms;
    if (r->drift && r->trial && r->trial % r->drift == 0) {
        uint32_t c = rng_below(r->seed, RNG_TASK, DRAW_DRIFT, r->trial, 0, r->contexts);
        uint32_t on = 1 + rng_below(r->seed, RNG_TASK, DRAW_DRIFT, r->trial, 1, r->arms - 1);
        r->good_arm[c] = (r->good_arm[c] + on) % r->arms;
    }
}

static bool reset_trial(void *run, hmn_sim *sim)
{
    bandit *r = run;
    if (r->trial == r->trials)
        return false;
    (void)sim;
    change_world(r);
    r->at = 0;
    r->context = rng_below(r->seed, RNG_TASK, DRAW_CONTEXT, r->trial, 0, r->contexts);
    choice_clear(&r->output);
    return true;
}

static double rate_of(const bandit *r, uint32_t i)
{
    if (r->at >= r->stimulus)
        return r->off;
    if (i >= r->contexts * r->group)
        return r->distractor;
    return i / r->group == r->context ? r->on : r->off;
}

static void observe(void *run, hmn_sim *sim)
{
    const bandit *r = run;
    for (uint32_t i = 0; i < r->input->size; i++)
        if (rng_unit(r->seed, RNG_TASK, DRAW_INPUT, i, sim->ops->step(sim)) < 1e-3 * rate_of(r, i))
            sim->ops->inject(sim, r->input->first + i);
}

/* ---- reward ---- */

static void reward(bandit *r)
{
    bool scrambled = in_probe(r) && r->probe_shift == 0, good = r->arm == best(r);
    bool pays = scrambled ? r->arm == rng_below(r->seed, RNG_TASK, DRAW_SCRAMBLED, r->trial, 0, r->arms) : good;
    double chance = pays ? r->good : r->bad;
    uint32_t c = r->critic == CRITIC_CONTEXT ? r->context : 0;
    r->reward = rng_unit(r->seed, RNG_TASK, DRAW_REWARD, r->trial, 0) < chance;
    r->error = r->reward - r->expected[c];
    if (r->critic != CRITIC_NONE)
        r->expected[c] += r->critic_rate * r->error;
    if (!scrambled)
        r->regret += r->good - chance;
    r->outcome[r->trial] = (outcome){r->trial, r->context, r->arm, r->reward, good};
}

/* ---- signals ---- */

static void send_all(const bandit *r, hmn_sim *sim)
{
    uint32_t begin = r->stimulus + r->delay, step = sim->ops->step(sim);
    bool shown = r->at < r->stimulus, feedback = r->at >= begin && r->at < begin + r->feedback;
    double known = r->expected[r->critic == CRITIC_CONTEXT ? r->context : 0];
    const task_signals *out = &r->signals;
    bool pulse = r->spurious > 0 && rng_unit(r->seed, RNG_TASK, DRAW_SPURIOUS, step, 0) < r->spurious;
    signals_send(out, sim, SIG_REWARD, feedback ? r->error : 0);
    signals_send(out, sim, SIG_FEEDBACK, feedback);
    signals_send(out, sim, SIG_NOVELTY, pulse ? 1 : shown ? signals_novelty(r->seen[r->context]) : 0);
    signals_send(out, sim, SIG_UNCERTAINTY, shown ? signals_uncertainty(known) : 0);
    signals_send(out, sim, SIG_AROUSAL, in_probe(r));
}

static bool act(void *run, hmn_sim *sim)
{
    bandit *r = run;
    if (r->at < r->stimulus)
        choice_count(&r->output, sim);
    if (r->at + 1 == r->stimulus)
        r->arm = choice_most(&r->output, r->seed, DRAW_TIE, r->trial);
    if (r->at == r->stimulus + r->delay)
        reward(r);
    send_all(r, sim);
    if (++r->at < r->stimulus + r->delay + r->feedback + r->gap)
        return false;
    sim->ops->trial(sim, r->reward);
    r->seen[r->context]++;
    r->trial++;
    return true;
}

/* ---- results ---- */

/* Share of optimal choices in trials from .. until - 1; 0 when there are none. */
static double share(const bandit *r, uint32_t from, uint32_t until)
{
    uint32_t good = 0;
    until = until < r->trial ? until : r->trial;
    for (uint32_t k = from; k < until; k++)
        good += r->outcome[k].optimal;
    return from < until ? good / (double)(until - from) : 0;
}

static task_table curve(const bandit *r, hmn_arena *a)
{
    static const char *const columns[] = {"trial", "optimal", "reward"};
    uint32_t block = r->trials > CURVE_POINTS ? (r->trials + CURVE_POINTS - 1) / CURVE_POINTS : 1, n = 0;
    double *value = ARENA_NEW(a, double, 3 * (size_t)(r->trial / block + 1));
    for (uint32_t from = 0; from + block <= r->trial; from += block, n++) {
        double won = 0;
        for (uint32_t k = from; k < from + block; k++)
            won += r->outcome[k].reward / (double)block;
        memcpy(value + (size_t)n * 3, (double[]){from + block, share(r, from, from + block), won}, 3 * sizeof *value);
    }
    return (task_table){"curve", columns, value, n, 3};
}

static task_table trials(const bandit *r, hmn_arena *a)
{
    static const char *const columns[] = {"trial", "context", "arm", "optimal", "reward"};
    double *value = ARENA_NEW(a, double, 5 * (size_t)r->trial);
    for (uint32_t k = 0; k < r->trial; k++) {
        const outcome *o = &r->outcome[k];
        memcpy(value + (size_t)k * 5, (double[]){o->trial, o->context, o->arm, o->optimal, o->reward},
               5 * sizeof *value);
    }
    return (task_table){"trials", columns, value, r->trial, 5};
}

static void results(const void *run, task_results *out, hmn_arena *a)
{
    enum { LAST = 100, AFTER = 50 };
    const bandit *r = run;
    uint32_t until = r->probe_until < r->trial ? r->probe_until : r->trial;
    uint32_t late = until > r->probe_from + LAST ? until - LAST : r->probe_from;
    const task_number numbers[] = {{"optimal_last_100", share(r, r->trial > LAST ? r->trial - LAST : 0, r->trial)},
                                   {"optimal_all", share(r, 0, r->trial)},
                                   {"regret", r->regret},
                                   {"optimal_late_in_probe", share(r, late, until)},
                                   {"optimal_after_probe", share(r, r->probe_until, r->probe_until + AFTER)}};
    uint32_t n = r->probe_until ? 5 : 3;
    task_number *number = ARENA_NEW(a, task_number, n);
    task_table *table = ARENA_NEW(a, task_table, 2);
    memcpy(number, numbers, n * sizeof *number);
    table[0] = curve(r, a);
    table[1] = trials(r, a);
    *out = (task_results){number, n, table, 2};
}

static const task_setting settings[] = {
    {"contexts", "4", "number of contexts"},
    {"arms", "4", "number of arms"},
    {"trials", "600", "trials of a run"},
    {"inputs_per_context", "8", "input neurons that stand for a context; those beyond are distractors"},
    {"stimulus", "100", "steps that a context is shown"},
    {"delay", "0", "steps from the stimulus to the feedback"},
    {"feedback", "32", "steps of feedback"},
    {"gap", "18", "steps after it"},
    {"rate_on", "100", "spikes a second (of 1000 steps) of the context's inputs"},
    {"rate_off", "0.5", "of all others, and out of the stimulus"},
    {"rate_distractor", "50", "of distractors in the stimulus"},
    {"p_good", "0.9", "chance of reward on the good arm"},
    {"p_other", "0.1", "on the others"},
    {"critic", "context", "whose mean reward is subtracted: context, all, none"},
    {"critic_rate", "0.05", "share by which that mean moves a trial"},
    {"spurious", "0", "chance a step of task.novelty = 1 without a cause"},
    {"reversal", "0", "trials after which all good arms move on by one, 0: never"},
    {"drift", "0", "trials after which a random context gets another good arm, 0: never"},
    {"probe_from", "0", "first trial of sustained arousal"},
    {"probe_until", "0", "trial after the last, 0: no probe"},
    {"probe_shift", "0", "by how much all good arms move on during it, 0: the arm that pays is drawn anew each trial"},
    {"input", "input", "population of inputs"},
    {"output", "output", "population that chooses, an arm after the other"},
    {NULL, NULL, NULL},
};

const hmn_task task_bandit = {
    .name = "bandit",
    .summary = "choose the arm that pays in each context, rewarded at random",
    .network = "bandit.yaml",
    .setting = settings,
    .open = open_run,
    .reset = reset_trial,
    .observe = observe,
    .act = act,
    .results = results,
};
