/* The exact comparison. Takes the chip and its network restated in the chip's own integers, which the reference runs on
 * doubles that hold them exactly, steps both and names the first spike, register, trace, tag or weight that differs.
 *
 * Where learning is restated too (tools/relearn.h) the two learn each by itself, from their own spikes: after each step
 * the restated weights and biases become those of the reference. Else learning is off in both. */
#include "tools/verify_runner.h"

#include "core/base/bug.h"
#include "tools/relearn.h"

#include <math.h>
#include <string.h>

/* The reference and the restated learning as one network. */
typedef struct {
    hmn_sim sim; /* first */
    hmn_reference *reference;
    relearn *learning;
    double **weight; /* [nprojections] what the reference delivers; NULL: static */
    bool on, trial_over;
    double score;
} pupil;

static pupil *of(hmn_sim *s) { return (pupil *)(void *)s; }
static hmn_sim *under(hmn_sim *s) { return reference_sim(of(s)->reference); }

static void inject(hmn_sim *s, uint32_t neuron) { under(s)->ops->inject(under(s), neuron); }
static void begin(hmn_sim *s) { under(s)->ops->begin(under(s)); }

/* L7: what one spike adds through a weight. */
static double effective(const qnet_projection *p, int32_t w)
{
    const double most = (1 << 21) - 64;
    return fmin(fmax(64 * floor(ldexp(w, p->weight_exp)), -most), most);
}

/* L55: of a spike fired in the step that is done; halves away from zero. */
static double counted(const relearn *r, const hmn_rule *rule, double w)
{
    if (!rule->counts_channel)
        return w;
    int32_t count = relearn_channel(r, rule->counts_channel - 1u);
    return round(ldexp(w * fmax(count, 0), -rule->counts_one));
}

static void hand_over(pupil *p)
{
    const relearn *r = p->learning;
    for (uint32_t c = 0; c < r->ncores; c++)
        for (uint32_t i = 0; r->core[c].epoch && i < r->core[c].nsynapses; i++) {
            const relearn_synapse *s = &r->core[c].synapse[i];
            double w = effective(&r->q->projection[s->projection], s->w);
            p->weight[s->projection][s->edge] = counted(r, &r->q->rule[s->rule], w);
        }
    for (uint32_t n = 0; r->step % QNET_BIAS_EPOCH == 0 && n < r->q->graph->nneurons; n++) {
        int32_t bias;
        if (relearn_bias(r, n, &bias))
            reference_set_bias(p->reference, n, bias);
    }
}

static void end(hmn_sim *s)
{
    pupil *p = of(s);
    uint32_t count;
    const uint32_t *spike = under(s)->ops->spikes(under(s), &count);
    relearn_end(p->learning, spike, count, p->on);
    under(s)->ops->end(under(s));
    hand_over(p);
    if (p->trial_over && p->on)
        relearn_trial(p->learning, p->score);
    p->trial_over = false;
}

static const uint32_t *spikes(const hmn_sim *s, uint32_t *count)
{
    const hmn_sim *r = reference_sim(((const pupil *)(const void *)s)->reference);
    return r->ops->spikes(r, count);
}

static void modulate(hmn_sim *s, uint32_t k, double value) { relearn_modulate(of(s)->learning, k, value); }
static void learn(hmn_sim *s, bool on) { of(s)->on = on; }

static uint32_t step_of(const hmn_sim *s)
{
    const hmn_sim *r = reference_sim(((const pupil *)(const void *)s)->reference);
    return r->ops->step(r);
}

static void trial(hmn_sim *s, double score)
{
    of(s)->trial_over = true;
    of(s)->score = score;
}

static const hmn_sim_ops ops = {inject, begin, end, spikes, modulate, learn, step_of, trial};

/* Weights of their own for the projections that learn. */
static double **own_weights(hmn_graph *g, const hmn_qnet *q, hmn_arena *a)
{
    double **weight = ARENA_NEW(a, double *, g->nprojections);
    for (uint32_t k = 0; k < g->nprojections; k++) {
        uint64_t n = g->projection[k].nsynapses;
        if (q->projection[k].rule == NET_NONE)
            continue;
        weight[k] = ARENA_NEW(a, double, n);
        if (n)
            memcpy(weight[k], g->projection[k].weight, n * sizeof *weight[k]);
        g->projection[k].weight = weight[k];
    }
    return weight;
}

/* ---- both in step ---- */

static void compare_registers(verify_registers *out, const hmn_graph *g, const hmn_machine *m, const hmn_reference *r)
{
    for (uint32_t n = 0; n < g->nneurons && !out->differ; n++) {
        verify_registers now = {.differ = true,
                                .step = machine_step(m) - 1,
                                .neuron = n,
                                .chip_u = machine_read(m, n, VAR_U),
                                .chip_v = machine_read(m, n, VAR_V),
                                .reference_u = reference_u(r, n),
                                .reference_v = reference_v(r, n)};
        if (now.chip_u != now.reference_u || now.chip_v != now.reference_v)
            *out = now;
    }
}

/* The host's currents as the image has them: integers for the accumulator, a row a neuron and interval. */
static void take_currents(const hmn_image *image, hmn_graph *g, hmn_arena *a)
{
    enum { NEURON, AMOUNT, START, STOP };
    image_rows rows = image_host(image, HOST_CURRENTS);
    g->current = ARENA_NEW(a, graph_current, rows.rows);
    g->ncurrents = (uint32_t)rows.rows;
    for (uint32_t i = 0; i < g->ncurrents; i++) {
        double *amount = ARENA_NEW(a, double, 1);
        *amount = (double)image_get(rows, i, AMOUNT);
        g->current[i] = (graph_current){.first = (uint32_t)image_get(rows, i, NEURON),
                                        .count = 1,
                                        .amplitude = {amount, 0},
                                        .start = (uint32_t)image_get(rows, i, START),
                                        .stop = (uint32_t)image_get(rows, i, STOP)};
    }
}

static bool learns(const hmn_qnet *q)
{
    bool some = false;
    for (uint32_t k = 0; k < q->graph->nprojections; k++)
        some |= q->projection[k].rule != NET_NONE;
    for (uint32_t k = 0; k < q->graph->npopulations; k++)
        some |= q->population[k].bias != NULL;
    return some;
}

static bool counts_spikes(const hmn_qnet *q)
{
    bool some = false;
    for (uint32_t k = 0; k < q->nrules; k++)
        some |= q->rule[k].counts_channel != 0;
    return some;
}

bool verify_exact(source *s, const hmn_graph *restated, verification *v, compare_log *chip, compare_log *quantised)
{
    hmn_graph *g = runner_static_graph(restated, s->arena);
    take_currents(s->image, g, s->arena);
    double **weight = own_weights(g, s->unit.qnet, s->arena);
    hmn_reference *r = reference_new(g, runner_options(s, true), s->arena, s->diag);
    hmn_machine *m = r ? runner_boot(s) : NULL;
    if (!m)
        return false;
    bool wanted = !v->plain && learns(s->unit.qnet);
    bool own = wanted || counts_spikes(s->unit.qnet); /* spikes count a register, learning or not */
    pupil p = {{&ops}, r, own ? relearn_new(s, m, &v->unlearned) : NULL, weight, true, false, 0};
    v->relearned = wanted && p.learning;
    verify_side one, two;
    bool good = runner_new(&one, s, machine_sim(m), !v->relearned, chip) &&
                runner_new(&two, s, p.learning ? &p.sim : reference_sim(r), !v->relearned, quantised);
    uint32_t t = 0;
    for (; good && t < v->steps; t++) {
        if (!runner_step(&one, s->arena) || !runner_step(&two, s->arena))
            break;
        compare_registers(&v->registers, g, m, r);
        hmn_arena *scratch = arena_new(0);
        if (v->relearned)
            relearn_compare(p.learning, m, scratch, &v->learned);
        arena_free(scratch);
    }
    v->steps = t;
    v->wraps = reference_counters(r).wraps;
    machine_free(m);
    return good;
}
