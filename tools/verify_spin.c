/* The exact comparison on target spinnaker. Takes the chip and its network restated in integers (tools/respin.h), steps
 * both and names the first spike, word, weight, eligibility or register that differs. The restated one is fed with what
 * comes from outside: spikes of sources, signals of the task, trials' scores; all else it finds by itself. */
#include "tools/respin.h"
#include "tools/verify_runner.h"

#include <string.h>

typedef struct {
    hmn_sim sim; /* first */
    hmn_sim *chip;
    respin *restated;
    compare_log *log;
    hmn_arena *arena;
    bool on, trial_over;
    double score;
} pair;

static pair *of(hmn_sim *s) { return (pair *)(void *)s; }
static const pair *of_const(const hmn_sim *s) { return (const pair *)(const void *)s; }

static void inject(hmn_sim *s, uint32_t neuron) { of(s)->chip->ops->inject(of(s)->chip, neuron); }

static void begin(hmn_sim *s)
{
    pair *p = of(s);
    uint32_t count, n = 0, neurons = p->restated->q->graph->nneurons;
    p->chip->ops->begin(p->chip);
    const uint32_t *spike = p->chip->ops->spikes(p->chip, &count);
    respin_begin(p->restated, spike, count);
    hmn_arena *scratch = arena_new(0);
    uint32_t *fired = ARENA_NEW(scratch, uint32_t, neurons);
    for (uint32_t i = 0; i < neurons; i++)
        if (p->restated->fired[i])
            fired[n++] = i;
    compare_log_step(p->log, p->arena, p->restated->step, fired, n);
    arena_free(scratch);
}

static void end(hmn_sim *s)
{
    pair *p = of(s);
    respin_end(p->restated, p->on);
    p->chip->ops->end(p->chip);
    if (p->trial_over && p->on)
        relearn_manager_trial(p->restated->manager, p->score);
    p->trial_over = false;
}

static const uint32_t *spikes(const hmn_sim *s, uint32_t *count)
{
    return of_const(s)->chip->ops->spikes(of_const(s)->chip, count);
}

static void modulate(hmn_sim *s, uint32_t k, double value)
{
    of(s)->chip->ops->modulate(of(s)->chip, k, value);
    relearn_manager_set(of(s)->restated->manager, k, value);
}

static void learn(hmn_sim *s, bool on)
{
    of(s)->on = on;
    of(s)->chip->ops->learn(of(s)->chip, on);
}

static uint32_t step_of(const hmn_sim *s) { return of_const(s)->chip->ops->step(of_const(s)->chip); }

static void trial(hmn_sim *s, double score)
{
    of(s)->trial_over = true;
    of(s)->score = score;
    of(s)->chip->ops->trial(of(s)->chip, score);
}

static const hmn_sim_ops ops = {inject, begin, end, spikes, modulate, learn, step_of, trial};

enum { SOMETIMES = 8 }; /* programs of sPyNNaker have no epoch */

/* Whether some rule's epoch ended in the step that is done. */
static bool epoch_ended(const respin *r)
{
    for (uint32_t k = 0; k < r->q->graph->nprojections; k++)
        if ((r->rule[k] && r->step % r->rule[k]->s->epoch == 0) || (r->stdp[k] && r->step % SOMETIMES == 0))
            return true;
    return false;
}

static void compare(const respin *r, const hmn_machine *m, verification *v)
{
    respin_word w;
    if (!v->registers.differ && !respin_compare_neurons(r, m, &w)) {
        v->registers = (verify_registers){.differ = true, .step = r->step - 1, .neuron = w.neuron};
        memcpy(v->registers.word, w.what, sizeof v->registers.word);
        v->registers.chip_v = w.chip;
        v->registers.reference_v = w.restated;
    }
    if (!v->relearned || !epoch_ended(r))
        return;
    hmn_arena *scratch = arena_new(0);
    respin_compare_learning(r, m, scratch, &v->learned);
    arena_free(scratch);
}

bool verify_spin(source *s, verification *v, compare_log *chip, compare_log *restated)
{
    respin *r = respin_new(s);
    hmn_machine *m = runner_boot(s);
    if (!m)
        return false;
    v->restated = true;
    v->relearned = !v->plain && r->plastic;
    pair p = {{&ops}, machine_sim(m), r, restated, s->arena, true, false, 0};
    verify_side side;
    bool good = runner_new(&side, s, &p.sim, !v->relearned && r->plastic, chip);
    uint32_t t = 0;
    for (; good && t < v->steps && runner_step(&side, s->arena); t++)
        compare(r, m, v);
    v->steps = t;
    machine_free(m);
    return good;
}
