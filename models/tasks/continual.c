/* Tasks one after another (curriculum.h), learned online by experts on the chip. The network has a number of experts:
 * populations input, output and the control sources are as many equal stretches, one an expert. An image goes to the
 * input of one expert; the others get nothing, so they neither fire nor learn. Who chooses it (`routing`): with
 * `inferred` the host's router (router.h) by prototypes and novelty, no task is told, not even in tests; with `cue`
 * the number of the task; with `single` it is always expert 0.
 *
 * A trial: the pixels with ink fire in step 0, the bright ones of them (`bright`) again in step 1. `go` ramps the
 * outputs until one fires: the answer. Then, while learning, the image may be shown once more from `replay` on, where
 * an epoch begins, and `kick` makes the neuron that answered fire again, because all others were silenced. `feedback`
 * decides what the broadcast E is in which epoch:
 *
 * - teacher: E = -1 for the neuron that answered wrongly; later E = +1 while `teacher` makes the label's
 *   neuron fire on a third showing. `handicap` has held the label back by the margin. A right answer changes nothing.
 * - reward: for the neuron that answered E = -1 when it was wrong, +1 when it was right but slow, 0 when it was right
 *   and fast, because fast answers are expected to be right. Nothing else is told.
 * - hebbian: no race; `teacher` makes the label's neuron fire with the image. E = +1 all the while.
 *
 * An expert that has learned `halve` images is told half as loudly, after as many more a quarter, and so on.
 *
 * With `cycle` all experts share one input, and the network's own phase gate opens one of them at a time (gate: both);
 * then a trial waits for the turn of its expert, and choosing an expert is choosing when to show the image.
 *
 * Other signals, each used if the network has a modulator that listens: task.feedback = 1 while E is not 0, and while
 * learning task.novelty = exp(-n/15), n images that the expert learned before, task.uncertainty = 4 p (1 - p), p a
 * moving average of right answers, and task.arousal = 1 after a wrong one.
 *
 * Ties and silence teach nothing. The last step of a trial fires `reset`: outputs to their floor and back to rest. */
#include "models/tasks/continual.h"

#include "models/tasks/curriculum.h"
#include "models/tasks/lessons.h"
#include "models/tasks/router.h"
#include "models/tasks/signals.h"

#include <math.h>
#include <string.h>

enum { MAX_CLASSES = 64, MAX_TASKS = 64, NONE = UINT32_MAX };
/* Steps from a spike of an output to the next beginning of a showing or of a reset; epochs of a
 * pause. */
enum { SETTLE = 2, TEACH = 4, HEBBIAN_TRIAL = 8, PAUSE = 3 };

#define RECENT 0.02 /* share by which the average of right answers moves an image */

typedef enum { ROUTE_INFERRED, ROUTE_CUE, ROUTE_SINGLE } route_kind;
typedef enum { FEED_TEACHER, FEED_REWARD, FEED_HEBBIAN } feed_kind;

typedef struct {
    curriculum c;
    route_kind route;
    feed_kind feed;
    uint32_t experts, race, epoch, ink_above, ink_pixels;
    uint32_t probe; /* held-out images of a task in tests but the last */
    uint32_t cycle; /* steps of a turn of the phase gate, 0: none; then all experts share one input */
    uint32_t fast, lag;
    uint32_t bright; /* an ink pixel above this fires again a step later [1/255], 255: none */
    uint32_t halve;  /* images of an expert after which its E is halved, and again, 0: never */
    uint32_t modulator;
    task_signals signals;
    const task_population *input, *output, *go, *kick, *teacher, *handicap, *reset;
    router *router;
    /* where it stands */
    bool testing, over;
    uint32_t done;        /* tasks learned */
    uint32_t task, image; /* shown now, of this task */
    uint8_t *pixel, *ink;
    uint32_t label, expert;
    uint32_t wait;                                 /* steps until the trial begins */
    uint32_t at, answer, answered_at, replay, end; /* steps of the trial; NONE: not yet */
    bool several, wrong;                           /* wrong: the last image that was to teach */
    double expected;                               /* share of right answers while learning */
    uint32_t learned[MAX_TASKS];                   /* images of each expert */
    /* what came of it */
    lessons lessons;
    uint32_t *sent; /* [tasks + tasks][experts] images of a task that an expert got: learning, then last test */
    uint32_t shown, silent, ties; /* held-out images of the last test */
    uint32_t taught, right;       /* training images; of them answered rightly (with the handicap) */
} continual;

/* ---- opening ---- */

static bool find_parts(continual *r, const task_setup *s, hmn_diag *d)
{
    const hmn_task *t = &task_continual;
    r->input = task_part(t, s, "input", true, d);
    r->output = task_part(t, s, "output", false, d);
    r->go = task_part(t, s, "go", true, d);
    r->kick = task_part(t, s, "kick", true, d);
    r->teacher = task_part(t, s, "teacher", true, d);
    r->handicap = task_part(t, s, "handicap", true, d);
    r->reset = task_part(t, s, "reset", true, d);
    return r->input && r->output && r->go && r->kick && r->teacher && r->handicap && r->reset &&
           task_modulator(t, s, "task.teacher", &r->modulator, d);
}

static bool sized(const task_population *p, uint32_t each, uint32_t experts, hmn_diag *d)
{
    if (p->size == each * experts)
        return true;
    diag_report(d, DIAG_VALUE_RANGE, (hmn_span){0, 0, 0, 0}, "task continual: population '%s' has %u neurons", p->name,
                p->size);
    diag_cure(d, "give it %u for each of the %u experts: %u", each, experts, each * experts);
    return false;
}

static bool check_sizes(const continual *r, hmn_diag *d)
{
    uint32_t n = r->experts, k = r->c.classes;
    if (k > MAX_CLASSES)
        return images_refuse(&task_continual, d, "classes", MAX_CLASSES, k);
    return sized(r->input, r->c.pixels, r->cycle ? 1 : n, d) & sized(r->output, k, n, d) & sized(r->go, 1, n, d) &
           sized(r->kick, 1, n, d) & sized(r->teacher, k, n, d) & sized(r->handicap, k, n, d) &
           sized(r->reset, 1, n, d);
}

static bool read_kinds(continual *r, curriculum_kind *kind, const task_setup *s, hmn_diag *d)
{
    static const char *const streams[] = {"permuted", "split", NULL};
    static const char *const routes[] = {"inferred", "cue", "single", NULL};
    static const char *const feeds[] = {"teacher", "reward", "hebbian", NULL};
    uint32_t stream = 0, route = 0, feed = 0;
    if (!(task_word(&task_continual, s, "stream", streams, &stream, d) &
          task_word(&task_continual, s, "routing", routes, &route, d) &
          task_word(&task_continual, s, "feedback", feeds, &feed, d)))
        return false;
    *kind = (curriculum_kind)stream;
    r->route = (route_kind)route;
    r->feed = (feed_kind)feed;
    return true;
}

/* Steps by which the last of an image reaches the outputs later than two. */
static uint32_t late(const continual *r) { return r->lag + (r->bright < 255); }

/* Epochs between two showings that teach. */
static uint32_t pause(const continual *r) { return r->bright < 255 ? PAUSE : 0; }

/* Every trial must fit into its expert's part of the turn. */
static bool check_cycle(const continual *r, hmn_diag *d)
{
    uint32_t longest = r->race + SETTLE + (5 + pause(r)) * r->epoch;
    if (r->cycle % r->epoch)
        return images_refuse(&task_continual, d, "steps of the cycle, which must be whole epochs", r->cycle, r->epoch);
    if (r->cycle == 0 || r->cycle / r->experts > longest)
        return true;
    return images_refuse(&task_continual, d, "steps of an expert's part of the cycle", r->cycle / r->experts,
                         longest + 1);
}

static bool check_lag(const continual *r, hmn_diag *d)
{
    if (r->lag && r->feed != FEED_HEBBIAN)
        return images_refuse(&task_continual, d, "steps of lag where an image is shown again to learn", 0, r->lag);
    if (late(r) + TEACH > r->epoch + 1) /* image and output must meet within an epoch */
        return images_refuse(&task_continual, d, "steps of an epoch, for an image that takes so long", r->epoch,
                             late(r) + TEACH - 1);
    return true;
}

static void *open_run(const task_setup *s, hmn_arena *a, hmn_diag *d)
{
    const hmn_task *t = &task_continual;
    continual *r = ARENA_NEW(a, continual, 1);
    curriculum_kind kind = CURRICULUM_PERMUTED;
    uint32_t tasks;
    if (!(task_whole(t, s, "tasks", 1, MAX_TASKS, &tasks, d) & task_whole(t, s, "race", 1, 4096, &r->race, d) &
          task_whole(t, s, "epoch", TEACH, 63, &r->epoch, d) & task_whole(t, s, "ink", 0, 254, &r->ink_above, d) &
          task_whole(t, s, "experts", 1, MAX_TASKS, &r->experts, d) &
          task_whole(t, s, "ink_pixels", 0, 65536, &r->ink_pixels, d) &
          task_whole(t, s, "n_probe", 0, 1000000, &r->probe, d) & task_whole(t, s, "cycle", 0, 65536, &r->cycle, d) &
          task_whole(t, s, "fast", 0, 4096, &r->fast, d) & task_whole(t, s, "lag", 0, 1, &r->lag, d) &
          task_whole(t, s, "bright", 0, 255, &r->bright, d) & task_whole(t, s, "halve", 0, UINT32_MAX, &r->halve, d) &
          read_kinds(r, &kind, s, d) & find_parts(r, s, d)) ||
        !curriculum_open(&r->c, kind, tasks, t, s, 0, a, d) || !check_sizes(r, d) || !check_lag(r, d) ||
        !check_cycle(r, d))
        return NULL;
    if (r->route == ROUTE_CUE && r->experts < tasks) {
        images_refuse(t, d, "experts for the cue of each task", r->experts, tasks);
        return NULL;
    }
    r->signals = signals_find(s);
    r->expected = 0.5;
    r->router = router_new(r->c.pixels, r->experts, a);
    r->pixel = ARENA_NEW(a, uint8_t, r->c.pixels);
    r->ink = ARENA_NEW(a, uint8_t, r->c.pixels);
    r->sent = ARENA_NEW(a, uint32_t, 2 * (size_t)tasks * r->experts);
    lessons_begin(&r->lessons, tasks, a);
    r->testing = true;
    return r;
}

/* ---- the order of things: test, learn a task, test, learn the next, .. ---- */

static void begin_lesson(continual *r)
{
    r->testing = false;
    r->task = r->done;
    curriculum_shuffle(&r->c, r->task);
}

static void end_lesson(continual *r)
{
    r->done++;
    r->testing = true;
    r->task = 0;
    r->shown = r->silent = r->ties = 0;
    memset(r->sent + (size_t)r->c.tasks * r->experts, 0, sizeof *r->sent * r->c.tasks * r->experts);
}

/* Moves on by one image. */
static void move_on(continual *r)
{
    uint32_t all = curriculum_count(&r->c, r->task, r->testing);
    bool part = r->testing && r->done < r->c.tasks && r->probe && r->probe < all;
    if (++r->image < (part ? r->probe : all))
        return;
    r->image = 0;
    if (!r->testing)
        end_lesson(r);
    else if (++r->task == r->c.tasks) {
        r->over = r->done == r->c.tasks;
        if (!r->over)
            begin_lesson(r);
    }
}

/* The expert of the image at hand. */
static uint32_t choose(continual *r)
{
    switch (r->route) {
    case ROUTE_SINGLE: return 0;
    case ROUTE_CUE: return r->task;
    case ROUTE_INFERRED: return r->testing ? router_find(r->router, r->ink) : router_learn(r->router, r->ink);
    }
    return 0;
}

static uint32_t whole_epochs(const continual *r, uint32_t steps)
{
    return (steps + r->epoch - 1) / r->epoch * r->epoch;
}

/* Steps until an epoch begins in the turn of the expert. */
static uint32_t steps_until(const continual *r, uint32_t step)
{
    if (r->cycle == 0)
        return 0;
    uint32_t begins = whole_epochs(r, (r->expert * r->cycle + r->experts - 1) / r->experts), now = step % r->cycle;
    return begins >= now ? begins - now : begins + r->cycle - now;
}

/* Pixels that fire: those above a level, or the brightest ones, so that dim and bright images fire alike. */
static void draw_ink(continual *r)
{
    uint32_t count[256] = {0}, level = 255, n = 0;
    for (uint32_t p = 0; p < r->c.pixels; p++)
        count[r->pixel[p]]++;
    for (n = count[255]; level > 1 && n < r->ink_pixels; n += count[level])
        level--;
    if (r->ink_pixels == 0)
        level = r->ink_above * r->c.images.train_set.full / 255 + 1;
    for (uint32_t p = 0; p < r->c.pixels; p++)
        r->ink[p] = r->pixel[p] >= level;
}

/* E from now on. */
static void teach(const continual *r, hmn_sim *sim, double level)
{
    sim->ops->modulate(sim, r->modulator, level);
    signals_send(&r->signals, sim, SIG_FEEDBACK, level != 0);
}

/* What teaches, the fainter the more the expert has learned. */
static double faint(const continual *r, double level)
{
    return ldexp(level, r->halve ? -(int)(r->learned[r->expert] / r->halve) : 0);
}

static void tell(const continual *r, hmn_sim *sim)
{
    const task_signals *out = &r->signals;
    bool learns = !r->testing;
    teach(r, sim, learns && r->feed == FEED_HEBBIAN);
    signals_send(out, sim, SIG_NOVELTY, learns ? signals_novelty(r->learned[r->expert]) : 0);
    signals_send(out, sim, SIG_UNCERTAINTY, learns ? signals_uncertainty(r->expected) : 0);
    signals_send(out, sim, SIG_AROUSAL, learns && r->wrong);
}

static bool reset_trial(void *run, hmn_sim *sim)
{
    continual *r = run;
    if (r->over)
        return false;
    if (r->image == 0)
        sim->ops->learn(sim, !r->testing);
    r->label = curriculum_image(&r->c, r->task, r->testing, r->image, r->pixel);
    draw_ink(r);
    r->expert = choose(r);
    r->sent[(r->testing ? r->c.tasks + r->task : r->task) * r->experts + r->expert]++;
    r->wait = steps_until(r, sim->ops->step(sim));
    r->at = 0;
    r->answer = r->answered_at = r->replay = r->end = NONE;
    r->several = false;
    if (!r->testing && r->feed == FEED_HEBBIAN)
        r->end = whole_epochs(r, HEBBIAN_TRIAL + late(r));
    tell(r, sim);
    return true;
}

/* ---- one trial ---- */

static void fire(const continual *r, hmn_sim *sim, const task_population *p, uint32_t each, uint32_t i)
{
    sim->ops->inject(sim, p->first + r->expert * each + i);
}

/* The image, in step 0 of a showing all its ink, in step 1 what is bright of it. */
static void show(const continual *r, hmn_sim *sim, uint32_t step)
{
    uint32_t first = r->input->first + (r->cycle ? 0 : r->expert * r->c.pixels);
    uint32_t above = step ? r->bright * r->c.images.train_set.full / 255 : 0;
    if (step > (r->bright < 255))
        return;
    for (uint32_t p = 0; p < r->c.pixels; p++)
        if (r->ink[p] && r->pixel[p] > above)
            sim->ops->inject(sim, first + p);
}

/* The image again; the neuron that answered fires with it. With a teacher once more, at once, or when bright pixels
 * fire twice after a pause in which traces of the image fade; before that all are hushed, also the neuron that
 * answered. */
static void replay(continual *r, hmn_sim *sim)
{
    uint32_t t = r->at - r->replay, again = (1 + pause(r)) * r->epoch;
    show(r, sim, t);
    if (t == 0)
        teach(r, sim, faint(r, r->answer == r->label ? 1 : -1));
    if (t == 1 + late(r))
        fire(r, sim, r->kick, 1, 0);
    if (t == r->epoch)
        teach(r, sim, 0);
    if (r->feed != FEED_TEACHER || t < r->epoch)
        return;
    show(r, sim, t - again);
    if (t == (pause(r) ? again - 2 : again))
        fire(r, sim, r->reset, 1, 0);
    if (t == again)
        teach(r, sim, faint(r, 1));
    if (t == again + 1 + late(r))
        fire(r, sim, r->teacher, r->c.classes, r->label);
    if (t == again + r->epoch)
        teach(r, sim, 0);
}

static void observe(void *run, hmn_sim *sim)
{
    continual *r = run;
    if (r->wait)
        return;
    bool learns = !r->testing, hebbian = learns && r->feed == FEED_HEBBIAN;
    show(r, sim, r->at);
    if (r->at == 0 && learns && r->feed == FEED_TEACHER)
        fire(r, sim, r->handicap, r->c.classes, r->label);
    if (hebbian && r->at == 1 + late(r))
        fire(r, sim, r->teacher, r->c.classes, r->label);
    if (!hebbian && r->answer == NONE && r->at < r->race)
        fire(r, sim, r->go, 1, 0);
    if (r->replay != NONE && r->at >= r->replay)
        replay(r, sim);
    if (r->at + 1 == r->end)
        fire(r, sim, r->reset, 1, 0);
}

/* Takes the first output spikes of the expert as the answer. Of several at once the lowest counts. */
static void read_answer(continual *r, hmn_sim *sim)
{
    uint32_t n, first = r->output->first + r->expert * r->c.classes, i = 0;
    const uint32_t *spike = sim->ops->spikes(sim, &n);
    while (i < n && spike[i] < first)
        i++;
    if (i == n || spike[i] >= first + r->c.classes)
        return;
    r->answer = spike[i] - first;
    r->several = i + 1 < n && spike[i + 1] < first + r->c.classes;
    r->answered_at = r->at;
}

/* What follows an answer, or silence. */
static void decide(continual *r)
{
    bool answered = r->answer != NONE, right = r->answer == r->label;
    bool expected = right && (r->feed == FEED_TEACHER || r->at < r->fast);
    bool taught = answered && !r->several && !expected;
    uint32_t settled = r->at + SETTLE;
    if (!r->testing && taught) {
        r->replay = whole_epochs(r, settled);
        r->end = r->replay + (r->feed == FEED_TEACHER ? 3 + pause(r) : 2) * r->epoch;
    } else
        r->end = whole_epochs(r, settled + 1);
}

static void end_trial(continual *r, hmn_sim *sim)
{
    bool right = r->answer == r->label;
    if (r->testing) {
        lessons_add(&r->lessons, r->done, r->task, right, r->probe && r->image >= r->probe);
        r->shown++;
        r->silent += r->answer == NONE;
        r->ties += r->several;
    } else {
        r->taught++;
        r->right += right;
        r->learned[r->expert]++;
        r->wrong = r->answer != NONE && !right;
        r->expected += r->answer == NONE ? 0 : RECENT * (right - r->expected);
        sim->ops->trial(sim, right);
    }
    move_on(r);
}

static bool act(void *run, hmn_sim *sim)
{
    continual *r = run;
    if (r->wait) {
        r->wait--;
        return false;
    }
    if (r->end == NONE) {
        read_answer(r, sim);
        if (r->answer != NONE || r->at > r->race)
            decide(r);
    }
    if (++r->at != r->end)
        return false;
    end_trial(r, sim);
    return true;
}

/* ---- results ---- */

/* Share of the last test's images that went to the expert that learned most of their task. */
static double routed_rightly(const continual *r)
{
    uint64_t good = 0, all = 0;
    for (uint32_t k = 0; k < r->c.tasks; k++) {
        const uint32_t *learned = r->sent + (size_t)k * r->experts, *tested = learned + (size_t)r->c.tasks * r->experts;
        uint32_t own = 0;
        for (uint32_t e = 1; e < r->experts; e++)
            own = learned[e] > learned[own] ? e : own;
        for (uint32_t e = 0; e < r->experts; e++)
            all += tested[e];
        good += tested[own];
    }
    return all ? (double)good / (double)all : 0;
}

/* Row k: images of task k to each expert, while learning; below them, in the last test. */
static task_table routing_table(const continual *r, hmn_arena *a)
{
    const char **name = ARENA_NEW(a, const char *, r->experts);
    double *value = ARENA_NEW(a, double, 2 * (size_t)r->c.tasks * r->experts);
    for (uint32_t e = 0; e < r->experts; e++)
        name[e] = arena_printf(a, "expert_%u", e + 1);
    for (size_t i = 0; i < 2 * (size_t)r->c.tasks * r->experts; i++)
        value[i] = r->sent[i];
    return (task_table){"routing", name, value, 2 * r->c.tasks, r->experts};
}

static void results(const void *run, task_results *out, hmn_arena *a)
{
    const continual *r = run;
    lessons_summary s = lessons_sum_up(&r->lessons);
    double tested = r->shown ? r->shown : 1, taught = r->taught ? r->taught : 1;
    const task_number numbers[] = {{"final_average", s.final_average},
                                   {"current", s.current},
                                   {"forgetting", s.forgetting},
                                   {"backward_transfer", s.backward},
                                   {"forward_transfer", s.forward},
                                   {"routed_rightly", routed_rightly(r)},
                                   {"experts_used", r->route == ROUTE_INFERRED ? r->router->used : r->experts},
                                   {"no_answer", r->silent / tested},
                                   {"several_at_once", r->ties / tested},
                                   {"right_while_learning", r->right / taught},
                                   {"tasks", r->done},
                                   {"trained_on", r->c.images.ntrain},
                                   {"held_out", r->c.images.ntest}};
    task_number *number = ARENA_NEW(a, task_number, sizeof numbers / sizeof *numbers);
    task_table *table = ARENA_NEW(a, task_table, 2);
    memcpy(number, numbers, sizeof numbers);
    table[0] = lessons_table(&r->lessons, a);
    table[1] = routing_table(r, a);
    *out = (task_results){number, sizeof numbers / sizeof *numbers, table, 2};
}

static const task_setting settings[] = {
    {"data", NULL, "a CSV file (pixels, class) or a folder of IDX files"},
    {"stream", "permuted",
     "permuted: each task shuffles the pixels in a way of its own; split: each has classes of its own"},
    {"tasks", "5", "tasks, one after another"},
    {"n_train", "0", "training images, 0: all that are not held out"},
    {"n_test", "360", "held-out images"},
    {"n_probe", "0", "held-out images of a task in every test but the last, 0: all"},
    {"routing", "inferred", "inferred: the host finds the expert; cue: the task is told; single: expert 0"},
    {"experts", "5", "experts of the network"},
    {"feedback", "teacher",
     "teacher: the label is told; reward: right or wrong; hebbian: the label fires with the image"},
    {"fast", "0",
     "an answer before this step is expected to be right: no reward is a surprise then (feedback: reward)"},
    {"ink", "63", "a pixel fires when it is above this [1/255 of the full level]"},
    {"bright", "255", "a pixel with ink above this fires again a step later [1/255], 255: none does"},
    {"halve", "0", "images of an expert after which it is told half as loudly, and again, 0: never"},
    {"ink_pixels", "0", "instead: so many of the brightest pixels are ink, 0: those above the level"},
    {"lag", "0", "steps by which an image takes longer than two to reach the outputs (feedback: hebbian)"},
    {"race", "96", "steps in which the outputs are ramped up at most"},
    {"epoch", "4", "steps of a learning epoch, as in the rule"},
    {"cycle", "0", "steps of a turn of the network's phase gate, 0: an input for each expert"},
    {"input", "input", "population of pixels, a stretch for each expert"},
    {"output", "output", "population that answers"},
    {"go", "go", "source of the ramp"},
    {"kick", "kick", "source that makes the neuron fire that is not silenced"},
    {"teacher", "teacher", "sources that make an output neuron fire"},
    {"handicap", "handicap", "sources that hold an output neuron back by the margin"},
    {"reset", "reset", "source that resets the outputs"},
    {NULL, NULL, NULL},
};

const hmn_task task_continual = {
    .name = "continual",
    .summary = "learn several tasks with images one after another, without being told which it is",
    .network = "continual/permuted.yaml",
    .setting = settings,
    .open = open_run,
    .reset = reset_trial,
    .observe = observe,
    .act = act,
    .results = results,
};
