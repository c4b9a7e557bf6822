/* Baselines of the task continual: perceptrons learned by back-propagation on the same images in the same order with
 * the same permutations (models/tasks/curriculum.h), so that seed S here and `hmn task continual --seed S` see the
 * same.
 *
 *   bench_continual [--method naive|ewc|masked] [--rate R] [--lambda L] [--hidden N] [--batch B] [--seed S] [--seeds N]
 *                   [--stream permuted|split] [--tasks T] [--data FILE_OR_FOLDER] [--n-train N] [--n-test N] [--probe
 * N]
 *
 *   naive    stochastic gradient descent, one pass over each task
 *   ewc      the same with elastic weight consolidation (Kirkpatrick et al., PNAS 2017): after each task the diagonal
 *            of the Fisher information F over 2,000 of its images is added up, and lambda/2 F (w - w*)^2 holds weights
 *            back. That pull is taken implicitly, w <- (w - rate g + rate lambda sum F w*) / (1 + rate lambda sum F),
 *            so that no lambda makes it unstable
 *   masked   each task has a part of the hidden units of its own, N a part: experts that are told the task
 *
 * Prints a line a seed: method,rate,lambda,hidden,batch,seed,final_average,current,forgetting,backward,forward. */
#include "models/tasks/continual.h"
#include "models/tasks/curriculum.h"
#include "models/tasks/lessons.h"
#include "tools/perceptron.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FISHER_IMAGES = 2000, MOST_GIVEN = 8 };

typedef enum { NAIVE, EWC, MASKED } method_kind;

typedef struct {
    method_kind method;
    double rate, lambda;
    uint32_t hidden, batch, tasks, probe, seeds;
    uint64_t seed;
    curriculum_kind stream;
    task_given given[MOST_GIVEN];
    uint32_t ngiven;
} options;

typedef struct {
    const options *o;
    curriculum c;
    perceptron *p;
    lessons lessons;
    double *fisher, *anchored; /* sum of F; sum of F w* */
    uint8_t *pixel;
    double *x;
} learner;

static uint32_t image(learner *l, uint32_t task, bool held_out, uint32_t i)
{
    uint32_t label = curriculum_image(&l->c, task, held_out, i, l->pixel);
    for (uint32_t k = 0; k < l->c.pixels; k++)
        l->x[k] = l->pixel[k] / (double)l->c.images.train_set.full;
    return label;
}

static void mask(learner *l, uint32_t task)
{
    if (l->o->method == MASKED)
        perceptron_mask(l->p, task, l->c.tasks);
}

static void descend(learner *l, uint32_t images)
{
    double step = l->o->rate / images, pull = l->o->rate * l->o->lambda, *w = l->p->w[0];
    const double *g = l->p->gradient;
    uint32_t n = l->p->parameters;
    if (l->fisher)
        for (uint32_t k = 0; k < n; k++)
            w[k] = (w[k] - step * g[k] + pull * l->anchored[k]) / (1 + pull * l->fisher[k]);
    else
        for (uint32_t k = 0; k < n; k++)
            w[k] -= step * g[k];
    perceptron_clear(l->p);
}

/* Adds the diagonal of the Fisher information of a task, from the gradients of its own labels. */
static void consolidate(learner *l, uint32_t task)
{
    uint32_t n = curriculum_count(&l->c, task, false), parameters = l->p->parameters;
    n = n < FISHER_IMAGES ? n : FISHER_IMAGES;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t label = image(l, task, false, i);
        perceptron_learn(l->p, l->x, label);
        for (uint32_t k = 0; k < parameters; k++) {
            double f = l->p->gradient[k] * l->p->gradient[k] / n;
            l->fisher[k] += f;
            l->anchored[k] += f * l->p->w[0][k];
        }
        perceptron_clear(l->p);
    }
}

static void learn(learner *l, uint32_t task)
{
    uint32_t n = curriculum_count(&l->c, task, false), waiting = 0;
    curriculum_shuffle(&l->c, task);
    mask(l, task);
    perceptron_clear(l->p);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t label = image(l, task, false, i);
        perceptron_learn(l->p, l->x, label);
        if (++waiting == l->o->batch || i + 1 == n) {
            descend(l, waiting);
            waiting = 0;
        }
    }
    if (l->o->method == EWC && task + 1 < l->c.tasks)
        consolidate(l, task);
}

static void test(learner *l, uint32_t row)
{
    for (uint32_t task = 0; task < l->c.tasks; task++) {
        uint32_t n = curriculum_count(&l->c, task, true), probe = l->o->probe;
        mask(l, task);
        for (uint32_t i = 0; i < (row < l->c.tasks && probe && probe < n ? probe : n); i++) {
            uint32_t label = image(l, task, true, i);
            lessons_add(&l->lessons, row, task, perceptron_answer(l->p, l->x) == label, probe && i >= probe);
        }
    }
}

static bool one_seed(const options *o, uint64_t seed)
{
    static const char *const names[] = {"naive", "ewc", "masked"};
    hmn_arena *a = arena_new(0);
    hmn_diag *d = diag_new();
    learner l = {.o = o};
    task_setup s = {.given = o->given, .ngiven = o->ngiven, .seed = seed};
    bool good = curriculum_open(&l.c, o->stream, o->tasks, &task_continual, &s, 0, a, d);
    if (good) {
        uint32_t hidden = o->method == MASKED ? o->hidden * o->tasks : o->hidden;
        const uint32_t size[] = {l.c.pixels, hidden, hidden, l.c.classes};
        l.p = perceptron_new(size, seed, a);
        l.pixel = ARENA_NEW(a, uint8_t, l.c.pixels);
        l.x = ARENA_NEW(a, double, l.c.pixels);
        if (o->method == EWC) {
            l.fisher = ARENA_NEW(a, double, l.p->parameters);
            l.anchored = ARENA_NEW(a, double, l.p->parameters);
        }
        lessons_begin(&l.lessons, o->tasks, a);
        test(&l, 0);
        for (uint32_t task = 0; task < o->tasks; task++) {
            learn(&l, task);
            test(&l, task + 1);
        }
        lessons_summary m = lessons_sum_up(&l.lessons);
        printf("%s,%g,%g,%u,%u,%llu,%.4f,%.4f,%.4f,%.4f,%.4f\n", names[o->method], o->rate, o->lambda, o->hidden,
               o->batch, (unsigned long long)seed, m.final_average, m.current, m.forgetting, m.backward, m.forward);
        fflush(stdout);
    } else
        diag_print(d, stderr, false);
    diag_free(d);
    arena_free(a);
    return good;
}

/* ---- options ---- */

static bool word(const char *text, const char *const *words, uint32_t n, uint32_t *out)
{
    for (*out = 0; *out < n; ++*out)
        if (strcmp(words[*out], text) == 0)
            return true;
    return false;
}

static bool give(options *o, const char *key, const char *value)
{
    if (o->ngiven == MOST_GIVEN)
        return false;
    o->given[o->ngiven++] = (task_given){key, value, {0, 0, 0, 0}};
    return true;
}

static bool option(options *o, const char *key, const char *value)
{
    static const char *const methods[] = {"naive", "ewc", "masked"}, *const streams[] = {"permuted", "split"};
    uint32_t which, number = (uint32_t)strtoul(value, NULL, 10);
    if (strcmp(key, "--method") == 0 && word(value, methods, 3, &which))
        o->method = (method_kind)which;
    else if (strcmp(key, "--stream") == 0 && word(value, streams, 2, &which))
        o->stream = (curriculum_kind)which;
    else if (strcmp(key, "--rate") == 0)
        o->rate = strtod(value, NULL);
    else if (strcmp(key, "--lambda") == 0)
        o->lambda = strtod(value, NULL);
    else if (strcmp(key, "--hidden") == 0)
        o->hidden = number;
    else if (strcmp(key, "--batch") == 0)
        o->batch = number;
    else if (strcmp(key, "--seed") == 0)
        o->seed = number;
    else if (strcmp(key, "--seeds") == 0)
        o->seeds = number;
    else if (strcmp(key, "--tasks") == 0)
        o->tasks = number;
    else if (strcmp(key, "--probe") == 0)
        o->probe = number;
    else if (strcmp(key, "--data") == 0)
        return give(o, "data", value);
    else if (strcmp(key, "--n-train") == 0)
        return give(o, "n_train", value);
    else if (strcmp(key, "--n-test") == 0)
        return give(o, "n_test", value);
    else
        return false;
    return true;
}

int main(int argc, char **argv)
{
    options o = {.rate = 0.1, .hidden = 256, .batch = 32, .tasks = 5, .probe = 1000, .seed = 1, .seeds = 1};
    give(&o, "data", "data/mnist");
    give(&o, "n_test", "10000");
    for (int i = 1; i < argc; i += 2)
        if (i + 1 == argc || !option(&o, argv[i], argv[i + 1])) {
            fprintf(stderr,
                    "bench_continual: cannot use '%s'; the first lines of tools/bench_continual.c list options\n",
                    argv[i]);
            return 2;
        }
    if (o.batch == 0 || o.hidden == 0 || o.tasks == 0)
        return 2;
    for (uint32_t k = 0; k < o.seeds; k++)
        if (!one_seed(&o, o.seed + k))
            return 1;
    return 0;
}
