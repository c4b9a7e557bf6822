/* The task of the main job: learn to name handwritten digits from single presentations, online.
 *
 * A trial shows one image. Each pixel is a source that fires `level` times in the first `present` steps, evenly
 * spaced from an offset of its own. Then the `go` source ramps all output neurons up until one fires: the answer.
 * While learning, the `handicap` source of the label's neuron has inhibited it by the margin, so it answers first
 * only if it is ahead by that much. Two-phase rule, one broadcast scalar E (task.teacher):
 *
 *   another neuron answers (or several, or none)  E = -1 until the learning epoch of the answer ends, then in the
 *                                                 last epoch `teacher` makes the label's neuron fire, with E = +1
 *   the label's neuron answers alone              E = 0, nothing changes
 *
 * At step `reset_at` the `reset` source puts all membranes to their floor and from there to rest. All training images
 * are shown `passes` times in a fresh random order; after each pass the held-out ones are shown with learning off. */
#include "models/tasks/digits.h"

#include "core/base/rng.h"
#include "models/tasks/images.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_CLASSES = 64, MAX_PASSES = 1000, CURVE_POINTS = 50 };

typedef struct {
    uint32_t shown, correct, silent, ties;
} score;

typedef struct {
    /* what was asked for */
    uint64_t seed;
    image_split data;
    uint32_t passes;
    uint32_t present, levels, race_at, race_until, teach_at, reset_at, trial, epoch;
    const task_population *input, *output, *go, *teacher, *handicap, *reset;
    uint32_t modulator;
    const uint32_t *offset; /* [pixels] of the rate code, 0..present - 1 */
    /* where it stands */
    uint32_t *order; /* [ntrain] of this pass */
    uint32_t pass, image;
    bool testing, over;
    const uint8_t *pixel;
    uint32_t label, at; /* class shown; step within the trial */
    uint32_t answer;    /* first neuron to fire; MAX_CLASSES: none so far */
    bool wrong, several;
    uint32_t answered_at;
    /* what came of it */
    score block;              /* training images since the last point of the curve */
    score tested[MAX_PASSES]; /* after each pass */
    uint32_t npoints, since;
    double curve[2 * CURVE_POINTS]; /* images seen, share answered right with the handicap */
    double pass_curve[2 * MAX_PASSES];
    double confusion[MAX_CLASSES * (MAX_CLASSES + 1)]; /* of the last test: label, answer (last column: none) */
} digits;

/* Purposes of this task's draws. */
enum { DRAW_OFFSET, DRAW_SPLIT, DRAW_ORDER };

/* ---- opening ---- */

static bool refuse(hmn_diag *d, const char *what, uint32_t there, uint32_t asked)
{
    return images_refuse(&task_digits, d, what, there, asked);
}

static bool read_timing(digits *r, const task_setup *s, hmn_diag *d)
{
    const hmn_task *t = &task_digits;
    bool good = task_whole(t, s, "passes", 1, MAX_PASSES, &r->passes, d) &
                task_whole(t, s, "present", 1, 63, &r->present, d) & task_whole(t, s, "levels", 1, 255, &r->levels, d) &
                task_whole(t, s, "epoch", 1, 63, &r->epoch, d) & task_whole(t, s, "trial", 1, 10000, &r->trial, d);
    good = good && task_whole(t, s, "race_at", r->present, r->trial, &r->race_at, d) &&
           task_whole(t, s, "race_until", r->race_at, r->trial, &r->race_until, d) &&
           task_whole(t, s, "teach_at", r->race_until + 1, r->trial - 1, &r->teach_at, d) &&
           task_whole(t, s, "reset_at", r->teach_at + 1, r->trial - 1, &r->reset_at, d);
    if (good && r->trial % r->epoch != 0)
        return refuse(d, "steps of a trial, which must be whole epochs", r->trial, r->epoch);
    if (good && r->teach_at % r->epoch != 0)
        return refuse(d, "teach_at, which must begin an epoch", r->teach_at, r->epoch);
    if (good && r->levels > r->present)
        return refuse(d, "levels of a pixel, at most the steps of present", r->present, r->levels);
    return good;
}

static bool find_parts(digits *r, const task_setup *s, hmn_diag *d)
{
    const hmn_task *t = &task_digits;
    r->input = task_part(t, s, "input", true, d);
    r->output = task_part(t, s, "output", false, d);
    r->go = task_part(t, s, "go", true, d);
    r->teacher = task_part(t, s, "teacher", true, d);
    r->handicap = task_part(t, s, "handicap", true, d);
    r->reset = task_part(t, s, "reset", true, d);
    return r->input && r->output && r->go && r->teacher && r->handicap && r->reset &&
           task_modulator(t, s, "task.teacher", &r->modulator, d);
}

static bool check_sizes(const digits *r, hmn_diag *d)
{
    uint32_t classes =
        r->data.train_set.classes > r->data.test_set.classes ? r->data.train_set.classes : r->data.test_set.classes;
    if (classes > MAX_CLASSES)
        return refuse(d, "classes", MAX_CLASSES, classes);
    if (r->input->size != r->data.train_set.pixels)
        return refuse(d, "pixels of an image, one input neuron each", r->data.train_set.pixels, r->input->size);
    if (r->output->size < classes || r->output->size > MAX_CLASSES)
        return refuse(d, "classes, one output neuron each", classes, r->output->size);
    if (r->teacher->size != r->output->size || r->handicap->size != r->output->size)
        return refuse(d, "output neurons, one teacher and one handicap source each", r->output->size, r->teacher->size);
    return true;
}

static void *open_run(const task_setup *s, hmn_arena *a, hmn_diag *d)
{
    digits *r = ARENA_NEW(a, digits, 1);
    r->seed = s->seed;
    if (!(read_timing(r, s, d) & find_parts(r, s, d)) || !images_open(&r->data, &task_digits, s, DRAW_SPLIT, a, d) ||
        !check_sizes(r, d))
        return NULL;
    r->order = ARENA_NEW(a, uint32_t, r->data.ntrain);
    uint32_t *offset = ARENA_NEW(a, uint32_t, r->input->size);
    for (uint32_t i = 0; i < r->input->size; i++)
        offset[i] = rng_below(s->seed, RNG_TASK, DRAW_OFFSET, i, 0, r->present);
    r->offset = offset;
    return r;
}

/* ---- one trial ---- */

static void begin_pass(digits *r)
{
    r->testing = false;
    memcpy(r->order, r->data.train, r->data.ntrain * sizeof *r->order);
    images_shuffle(r->order, r->data.ntrain, r->seed, DRAW_ORDER, r->pass);
}

static void begin_test(digits *r)
{
    r->testing = true;
    memset(r->confusion, 0, sizeof r->confusion);
}

/* Moves on to the image to show; false when all passes are done. */
static bool next_image(digits *r)
{
    if (r->pass == r->passes)
        return false;
    if (r->image == 0 && !r->testing)
        begin_pass(r);
    const dataset *set = r->testing ? &r->data.test_set : &r->data.train_set;
    uint32_t index = r->testing ? r->data.test[r->image] : r->order[r->image];
    r->pixel = set->pixel + (size_t)index * set->pixels;
    r->label = set->label[index];
    return true;
}

static bool reset_trial(void *run, hmn_sim *sim)
{
    digits *r = run;
    if (!next_image(r))
        return false;
    if (r->image == 0)
        sim->ops->learn(sim, !r->testing);
    r->at = 0;
    r->answer = MAX_CLASSES;
    r->wrong = r->several = false;
    sim->ops->modulate(sim, r->modulator, 0);
    return true;
}

/* Does a pixel of `level` fire in step t of the code? Over all of `present` steps it fires `level` times. */
static bool pixel_fires(const digits *r, uint32_t level, uint32_t offset, uint32_t t)
{
    return ((t + 1) * level + offset) / r->present > (t * level + offset) / r->present;
}

static void show(const digits *r, hmn_sim *sim)
{
    for (uint32_t i = 0; i < r->input->size; i++) {
        uint32_t level = r->pixel[i] * r->levels / r->data.train_set.full;
        if (level && pixel_fires(r, level < r->levels ? level : r->levels, r->offset[i], r->at))
            sim->ops->inject(sim, r->input->first + i);
    }
}

static void observe(void *run, hmn_sim *sim)
{
    digits *r = run;
    bool answered = r->answer != MAX_CLASSES;
    if (r->at < r->present)
        show(r, sim);
    if (r->at == 0 && !r->testing)
        sim->ops->inject(sim, r->handicap->first + r->label);
    if (r->at >= r->race_at && r->at < r->race_until && !answered)
        sim->ops->inject(sim, r->go->first);
    if (r->at == r->teach_at && !r->testing) {
        r->wrong = r->wrong || !answered;
        sim->ops->modulate(sim, r->modulator, r->wrong ? 1 : 0);
        if (r->wrong)
            sim->ops->inject(sim, r->teacher->first + r->label);
    }
    if (r->at == r->reset_at)
        sim->ops->inject(sim, r->reset->first);
}

/* Takes the first output spikes of the trial as the answer. Of several at once the lowest counts. */
static void read_answer(digits *r, hmn_sim *sim)
{
    uint32_t n, first = r->output->first;
    const uint32_t *spike = sim->ops->spikes(sim, &n);
    uint32_t i = 0;
    while (i < n && spike[i] < first)
        i++;
    if (i == n || spike[i] >= first + r->output->size)
        return;
    r->answer = spike[i] - first;
    r->several = i + 1 < n && spike[i + 1] < first + r->output->size;
    r->answered_at = r->at;
    r->wrong = r->answer != r->label || r->several;
    if (!r->testing && r->wrong)
        sim->ops->modulate(sim, r->modulator, -1);
}

static void add(score *s, const digits *r)
{
    s->shown++;
    s->correct += r->answer == r->label;
    s->silent += r->answer == MAX_CLASSES;
    s->ties += r->several;
}

static double share(uint32_t part, uint32_t of) { return of ? (double)part / of : 0; }

/* A point of the learning curve every so many training images. */
static void extend_curve(digits *r)
{
    uint64_t all = (uint64_t)r->data.ntrain * r->passes, seen = (uint64_t)r->pass * r->data.ntrain + r->image + 1;
    if (seen * CURVE_POINTS / all == r->npoints && seen != all)
        return;
    if (r->npoints == CURVE_POINTS)
        return;
    r->curve[2 * r->npoints] = (double)seen;
    r->curve[2 * r->npoints + 1] = share(r->block.correct, r->block.shown);
    r->npoints++;
    r->block = (score){0};
}

static void end_pass(digits *r)
{
    const score *s = &r->tested[r->pass];
    r->pass_curve[2 * r->pass] = (r->pass + 1.0) * r->data.ntrain;
    r->pass_curve[2 * r->pass + 1] = share(s->correct, s->shown);
    r->pass++;
}

static void end_trial(digits *r)
{
    if (r->testing) {
        add(&r->tested[r->pass], r);
        uint32_t column = r->answer == MAX_CLASSES ? r->output->size : r->answer;
        r->confusion[r->label * (r->output->size + 1) + column]++;
        if (++r->image < r->data.ntest)
            return;
        end_pass(r);
        r->testing = false;
    } else {
        add(&r->block, r);
        extend_curve(r);
        if (++r->image < r->data.ntrain)
            return;
        begin_test(r);
    }
    r->image = 0;
}

static bool act(void *run, hmn_sim *sim)
{
    digits *r = run;
    if (r->answer == MAX_CLASSES && r->at < r->teach_at)
        read_answer(r, sim);
    else if (!r->testing && r->answer != MAX_CLASSES && r->at < r->teach_at && r->at % r->epoch == 0 &&
             r->at / r->epoch > r->answered_at / r->epoch)
        sim->ops->modulate(sim, r->modulator, 0); /* the epoch of the answer has ended */
    if (++r->at < r->trial)
        return false;
    end_trial(r);
    return true;
}

/* ---- results ---- */

static void results(const void *run, task_results *out, hmn_arena *a)
{
    static const char *const curve_columns[] = {"images", "accuracy"};
    const digits *r = run;
    score last = r->pass ? r->tested[r->pass - 1] : (score){0};
    uint32_t n = r->output->size;
    const task_number numbers[] = {{"accuracy", share(last.correct, last.shown)},
                                   {"held_out", last.shown},
                                   {"no_answer", share(last.silent, last.shown)},
                                   {"several_at_once", share(last.ties, last.shown)},
                                   {"trained_on", r->data.ntrain},
                                   {"passes", r->pass},
                                   {"steps_per_image", r->trial}};
    const task_table tables[] = {{"curve_training", curve_columns, r->curve, r->npoints, 2},
                                 {"curve_held_out", curve_columns, r->pass_curve, r->pass, 2},
                                 {"confusion", NULL, r->confusion, n, n + 1}};
    task_number *number = ARENA_NEW(a, task_number, sizeof numbers / sizeof *numbers);
    task_table *table = ARENA_NEW(a, task_table, sizeof tables / sizeof *tables);
    memcpy(number, numbers, sizeof numbers);
    memcpy(table, tables, sizeof tables);
    *out = (task_results){number, sizeof numbers / sizeof *numbers, table, sizeof tables / sizeof *tables};
}

static const task_setting settings[] = {
    {"data", NULL, "a CSV file (pixels, class) or a folder of IDX files"},
    {"n_train", "0", "training images, 0: all that are not held out"},
    {"n_test", "360", "held-out images"},
    {"passes", "1", "how often the training images are shown"},
    {"present", "8", "steps in which an image is shown"},
    {"levels", "8", "spikes of a full pixel, at most present"},
    {"race_at", "8", "first step of the ramp that lets the outputs race"},
    {"race_until", "23", "step after its last; its spikes arrive a step later, before teach_at"},
    {"teach_at", "24", "step in which the teacher acts; begins an epoch"},
    {"reset_at", "28", "step in which the reset source fires"},
    {"trial", "32", "steps of a trial, whole learning epochs"},
    {"epoch", "8", "steps of a learning epoch, as in the rule"},
    {"input", "input", "population of pixels"},
    {"output", "output", "population that answers"},
    {"go", "go", "source of the ramp"},
    {"teacher", "teacher", "sources that make an output neuron fire"},
    {"handicap", "handicap", "sources that hold an output neuron back by the margin"},
    {"reset", "reset", "source that resets all membranes"},
    {NULL, NULL, NULL},
};

const hmn_task task_digits = {
    .name = "digits",
    .summary = "name handwritten digits, learned online by a three-factor rule with a teacher",
    .network = "digits.yaml",
    .setting = settings,
    .open = open_run,
    .reset = reset_trial,
    .observe = observe,
    .act = act,
    .results = results,
};
