/* Replays the reference on the chip. Takes a compiled network, yields how far the weights agree along the way.
 *
 * The reference runs as it would alone: with its stimuli, its task, its own neurons. In each step its spikes are made
 * those of the chip (machine_replay) and whatever the task tells modulators is told to both. So both learn from the
 * same spikes and signals, and the weights may be compared at any time: here after each of `samples` equal stretches.
 * Sums are kept in doubles about the first weights, so that nothing cancels. */
#include "tools/replay.h"

#include "tools/tasking.h"
#include "tools/weights.h"

#include <math.h>

typedef struct {
    hmn_sim sim; /* first */
    hmn_sim *reference, *chip;
    hmn_machine *machine;
    relearn *engine;
    respin *spin;
    bool on, trial_over;
    double score;
} follower;

static follower *of(hmn_sim *s) { return (follower *)(void *)s; }
static const follower *of_const(const hmn_sim *s) { return (const follower *)(const void *)s; }

static void inject(hmn_sim *s, uint32_t neuron) { of(s)->reference->ops->inject(of(s)->reference, neuron); }

static void begin(hmn_sim *s)
{
    follower *f = of(s);
    uint32_t n;
    f->reference->ops->begin(f->reference);
    const uint32_t *spike = f->reference->ops->spikes(f->reference, &n);
    static const uint32_t none[1] = {0};
    machine_replay(f->machine, n ? spike : none, n);
    f->chip->ops->begin(f->chip);
}

static struct relearn_manager *manager_of(follower *f)
{
    return f->engine ? f->engine->manager : f->spin ? f->spin->manager : NULL;
}

static void end(hmn_sim *s)
{
    uint32_t n;
    follower *f = of(s);
    const uint32_t *spike = f->reference->ops->spikes(f->reference, &n);
    struct relearn_manager *manager = manager_of(f);
    if (f->engine)
        relearn_end(f->engine, spike, n, f->on);
    if (f->spin) {
        respin_hear(f->spin, spike, n);
        respin_end(f->spin, f->on);
    }
    if (manager && f->trial_over && f->on)
        relearn_manager_trial(manager, f->score);
    f->trial_over = false;
    of(s)->reference->ops->end(of(s)->reference);
    of(s)->chip->ops->end(of(s)->chip);
}

static const uint32_t *spikes(const hmn_sim *s, uint32_t *count)
{
    return of_const(s)->reference->ops->spikes(of_const(s)->reference, count);
}

static void modulate(hmn_sim *s, uint32_t k, double value)
{
    of(s)->reference->ops->modulate(of(s)->reference, k, value);
    of(s)->chip->ops->modulate(of(s)->chip, k, value);
    if (manager_of(of(s)))
        relearn_manager_set(manager_of(of(s)), k, value);
}

static void learn(hmn_sim *s, bool on)
{
    of(s)->reference->ops->learn(of(s)->reference, on);
    of(s)->chip->ops->learn(of(s)->chip, on);
    of(s)->on = on;
}

static uint32_t step_of(const hmn_sim *s) { return of_const(s)->reference->ops->step(of_const(s)->reference); }

static void trial(hmn_sim *s, double score)
{
    of(s)->reference->ops->trial(of(s)->reference, score);
    of(s)->chip->ops->trial(of(s)->chip, score);
    of(s)->trial_over = true;
    of(s)->score = score;
}

static const hmn_sim_ops ops = {inject, begin, end, spikes, modulate, learn, step_of, trial};

hmn_sim *replay_sim(hmn_reference *r, hmn_machine *m, hmn_arena *a)
{
    follower *f = ARENA_NEW(a, follower, 1);
    *f = (follower){{&ops}, reference_sim(r), machine_sim(m), m, NULL, NULL, true, false, 0};
    return &f->sim;
}

/* ---- sums over samples ---- */

static void add(replay_moments *m, double x, double y)
{
    m->n++;
    m->x += x;
    m->y += y;
    m->xx += x * x;
    m->yy += y * y;
    m->xy += x * y;
}

static double correlation(const replay_moments *m)
{
    if (m->n == 0)
        return 1;
    double xx = m->xx - m->x * m->x / m->n, yy = m->yy - m->y * m->y / m->n, xy = m->xy - m->x * m->y / m->n;
    if (xx <= 0 || yy <= 0)
        return xx <= 0 && yy <= 0;
    return xy / sqrt(xx * yy);
}

void replay_sample(const source *s, const hmn_machine *m, const hmn_reference *r, replay_projection *p, replay_sums *t)
{
    hmn_arena *scratch = arena_new(0);
    const weight_pairs w = weights_pair(s, m, r, p->projection, scratch);
    t->last = (replay_moments){0};
    p->bias = p->change_rms = t->last_squares = 0;
    p->synapses = w.synapses;
    p->unmatched = w.unmatched;
    for (uint64_t k = 0; k < w.count; k++) {
        double x = w.chip[k], y = w.reference[k], error = x - y;
        add(&t->weight, x, y);
        add(&t->change, x - w.start[k], y - w.start[k]);
        add(&t->last, x, y);
        t->squares += error * error;
        t->last_squares += error * error;
        t->most = fmax(t->most, fabs(error));
        p->bias += error / (double)w.count;
        p->change_rms += (y - w.start[k]) * (y - w.start[k]) / (double)w.count;
    }
    p->change_rms = sqrt(p->change_rms);
    arena_free(scratch);
}

void replay_conclude(const hmn_reference *r, replay_projection *p, const replay_sums *t)
{
    p->correlation = correlation(&t->weight);
    p->change_correlation = correlation(&t->change);
    p->slope = t->change.yy > 0 ? t->change.xy / t->change.yy : 1;
    p->final_correlation = correlation(&t->last);
    p->max = t->most;
    p->rms = t->weight.n > 0 ? sqrt(t->squares / t->weight.n) : 0;
    p->move = reference_move(r, p->projection);
}

static void list_projections(const source *s, replay_result *out)
{
    const hmn_graph *g = s->unit.graph;
    out->projection = ARENA_NEW(s->arena, replay_projection, g->nprojections);
    for (uint32_t k = 0; k < g->nprojections; k++)
        if (weights_plastic(g, k))
            out->projection[out->nprojections++] = (replay_projection){
                .projection = k, .name = g->projection[k].name, .lsb = fabs(s->unit.qnet->projection[k].w_lsb)};
}

static bool one_step(task_loop *loop, hmn_sim *sim)
{
    if (loop->task && !task_before(loop, sim))
        return false;
    sim->ops->begin(sim);
    if (loop->task)
        task_after(loop, sim);
    sim->ops->end(sim);
    return true;
}

/* Where an epoch of some rule has just ended, so that nothing waits for a sweep. */
static bool compare_restated(const terms_of *t, hmn_arena *scratch, relearn_difference *out)
{
    bool over = t->engine != NULL;
    for (uint32_t k = 0; t->spin && k < t->q->graph->nprojections; k++)
        over |= t->spin->stdp[k] || (t->spin->rule[k] && t->spin->step % t->spin->rule[k]->s->epoch == 0);
    if (over && t->engine)
        relearn_compare(t->engine, t->machine, scratch, out);
    else if (over)
        respin_compare_learning(t->spin, t->machine, scratch, out);
    return over;
}

/* Sees to it that the two are compared once a sample, as soon as they can be. */
static bool compare_when_due(const terms_of *t, bool due, relearn_difference *out)
{
    hmn_arena *scratch = arena_new(0);
    bool done = due && compare_restated(t, scratch, out);
    arena_free(scratch);
    return due && !done;
}

/* The chip's learning restated, by whichever of the two programs has its family. */
static void restate(source *s, terms_of *t, const char **why)
{
    *why = NULL;
    if (!s->chip->learn) {
        t->engine = relearn_new(s, t->machine, why);
        return;
    }
    t->spin = respin_new(s);
}

static term_measures *measures(source *s, const term_errors *each, const replay_result *r, const replay_sums *t)
{
    term_measures *m = terms_end(each, s->arena);
    for (uint32_t k = 0; k < r->nprojections; k++) {
        const replay_projection *p = &r->projection[k];
        double end = t[k].last.n > 0 ? sqrt(t[k].last_squares / t[k].last.n) / p->lsb : 0;
        m->term[p->projection][TERM_WEIGHT] = (term_error){(uint64_t)t[k].weight.n, p->max, p->rms, end, 0};
    }
    m->untold = r->unlearned;
    return m;
}

bool replay_run(source *s, uint32_t steps, uint32_t samples, replay_result *out)
{
    const hmn_graph *g = s->unit.graph;
    *out = (replay_result){0};
    list_projections(s, out);
    replay_sums *t = ARENA_NEW(s->arena, replay_sums, out->nprojections);
    hmn_reference *r =
        reference_new(g,
                      (reference_options){false, s->unit.mapping->neuron_core, s->unit.mapping->neuron_local,
                                          weights_lsb(s->unit.qnet, s->arena)},
                      s->arena, s->diag);
    hmn_machine *m = r ? machine_boot(s->image, s->chip, s->unit.threads, s->unit.reseed, s->diag) : NULL;
    if (!m)
        return false;
    terms_of all = {s->unit.qnet, m, r, NULL, NULL};
    restate(s, &all, &out->unlearned);
    term_errors *each = terms_new(&all, s->arena);
    hmn_sim *both = replay_sim(r, m, s->arena);
    of(both)->engine = all.engine;
    of(both)->spin = all.spin;
    task_loop loop;
    bool good = tasking_of_network(&loop, s, layout_of_graph(g, s->arena), s->unit.path, g->seed), due = false;
    uint32_t every = steps / samples ? steps / samples : 1, n = 0;
    while (good && n < steps && one_step(&loop, both)) {
        n++;
        terms_step(each, of(both)->on);
        bool sample = n % every == 0 || n == steps;
        due = compare_when_due(&all, due || sample, &out->learned);
        out->samples += sample;
        for (uint32_t k = 0; sample && k < out->nprojections; k++)
            replay_sample(s, m, r, &out->projection[k], &t[k]);
    }
    out->steps = n;
    for (uint32_t k = 0; k < out->nprojections; k++)
        replay_conclude(r, &out->projection[k], &t[k]);
    out->term = measures(s, each, out, t);
    machine_free(m);
    return good;
}
