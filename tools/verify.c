/* Runs chip and reference side by side. Takes a compiled network, yields a verification.
 *
 * The exact comparison needs no tolerance: the quantised network, restated in the chip's own integers, runs in the
 * reference on doubles that hold those integers exactly. Learning is off there because the chip rounds weights
 * stochastically. A task plays with each of the two by itself. The comparison with the network as written then has
 * learning on; where nothing is plastic one run of the chip serves both. */
#include "tools/verify.h"

#include "core/machine/machine.h"
#include "core/reference/reference.h"
#include "tools/tasking.h"
#include "tools/weights.h"

#include <math.h>
#include <string.h>

static uint32_t count_plastic(const hmn_graph *g)
{
    uint32_t n = 0;
    for (uint32_t k = 0; k < g->nprojections; k++)
        n += weights_plastic(g, k);
    return n;
}

/* The graph without learning rules. */
static hmn_graph *static_graph(const hmn_graph *g, hmn_arena *a)
{
    hmn_graph *copy = ARENA_NEW(a, hmn_graph, 1);
    *copy = *g;
    copy->projection = ARENA_NEW(a, graph_projection, g->nprojections);
    for (uint32_t k = 0; k < g->nprojections; k++) {
        copy->projection[k] = g->projection[k];
        copy->projection[k].rule = NET_NONE;
    }
    return copy;
}

/* One of two runs side by side: its own environment, its own log. */
typedef struct {
    hmn_sim *sim;
    task_loop loop; /* task NULL: none */
    bool frozen;    /* whatever the task says, nothing is learned */
    compare_log *log;
} runner;

static bool runner_new(runner *r, source *s, hmn_sim *sim, bool frozen, compare_log *log)
{
    *r = (runner){.sim = sim, .frozen = frozen, .log = log};
    const hmn_graph *g = s->unit.graph;
    return tasking_of_network(&r->loop, s, layout_of_graph(g, s->arena), s->unit.path, g->seed);
}

/* A step, its spikes written down; false: the task is over. */
static bool step(runner *r, hmn_arena *a)
{
    hmn_sim *s = r->sim;
    if (r->loop.task && !task_before(&r->loop, s))
        return false;
    uint32_t now = s->ops->step(s), count;
    s->ops->begin(s);
    const uint32_t *spike = s->ops->spikes(s, &count);
    compare_log_step(r->log, a, now, spike, count);
    if (r->loop.task)
        task_after(&r->loop, s);
    if (r->frozen)
        s->ops->learn(s, false);
    s->ops->end(s);
    return true;
}

static void compare_registers(verify_registers *out, const hmn_graph *g, const hmn_machine *m, const hmn_reference *r)
{
    for (uint32_t n = 0; n < g->nneurons && !out->differ; n++) {
        verify_registers now = {true,
                                machine_step(m) - 1,
                                n,
                                machine_read(m, n, VAR_U),
                                machine_read(m, n, VAR_V),
                                reference_u(r, n),
                                reference_v(r, n)};
        if (now.chip_u != now.reference_u || now.chip_v != now.reference_v)
            *out = now;
    }
}

static hmn_machine *boot(source *s)
{
    return machine_boot(s->image, s->chip, s->unit.threads, s->unit.reseed, s->diag);
}

static reference_options options_of(const source *s, bool grid)
{
    return (reference_options){grid, s->unit.mapping->neuron_core, s->unit.mapping->neuron_local,
                               weights_lsb(s->unit.qnet, s->arena)};
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
        g->current[i] = (graph_current){(uint32_t)image_get(rows, i, NEURON),
                                        1,
                                        {amount, 0},
                                        (uint32_t)image_get(rows, i, START),
                                        (uint32_t)image_get(rows, i, STOP)};
    }
}

/* Chip and quantised reference in step. False after a report. */
static bool run_exact(source *s, const hmn_graph *restated, verification *v, compare_log *chip, compare_log *quantised)
{
    hmn_graph *g = static_graph(restated, s->arena);
    take_currents(s->image, g, s->arena);
    hmn_reference *r = reference_new(g, options_of(s, true), s->arena, s->diag);
    hmn_machine *m = r ? boot(s) : NULL;
    runner one, two;
    bool good =
        m && runner_new(&one, s, machine_sim(m), true, chip) && runner_new(&two, s, reference_sim(r), true, quantised);
    uint32_t t = 0;
    for (; good && t < v->steps; t++) {
        if (!step(&one, s->arena) || !step(&two, s->arena))
            break;
        compare_registers(&v->registers, g, m, r);
    }
    v->steps = t;
    v->wraps = r ? reference_counters(r).wraps : 0;
    machine_free(m);
    return good;
}

/* ---- weights ---- */

static void compare_weights(source *s, const hmn_machine *m, const hmn_reference *r, verify_projection *p)
{
    const weight_pairs w = weights_pair(s, m, r, p->projection, s->arena);
    double change = 0;
    for (uint64_t k = 0; k < w.count; k++) {
        change += (w.reference[k] - w.start[k]) * (w.reference[k] - w.start[k]);
        p->mean_chip += w.chip[k] / (double)w.count;
        p->mean_reference += w.reference[k] / (double)w.count;
    }
    p->synapses = w.synapses;
    p->unmatched = w.unmatched;
    p->way = reference_moved(r, p->projection);
    p->change_rms = w.count ? sqrt(change / (double)w.count) : 0;
    p->weight = compare_values(w.chip, w.reference, w.count);
}

static void compare_projections(source *s, verification *v, const hmn_machine *m, const hmn_reference *r)
{
    const hmn_graph *g = s->unit.graph;
    v->projection = ARENA_NEW(s->arena, verify_projection, g->nprojections);
    for (uint32_t k = 0; k < g->nprojections; k++) {
        if (!weights_plastic(g, k))
            continue;
        verify_projection *p = &v->projection[v->nprojections++];
        *p = (verify_projection){.projection = k, .name = g->projection[k].name};
        p->lsb = fabs(s->unit.qnet->projection[k].w_lsb);
        compare_weights(s, m, r, p);
    }
}

/* ---- the network as written ---- */

/* Fills `chip` too unless it has been run already. False after a report. */
static bool run_real(source *s, verification *v, bool again, compare_log *chip, compare_log *real)
{
    const hmn_graph *g = v->frozen ? static_graph(s->unit.graph, s->arena) : s->unit.graph;
    hmn_reference *r = reference_new(g, options_of(s, false), s->arena, s->diag);
    hmn_machine *m = r && again ? boot(s) : NULL;
    runner one, two;
    bool good = r && (m || !again) && (!m || runner_new(&one, s, machine_sim(m), v->frozen, chip)) &&
                runner_new(&two, s, reference_sim(r), v->frozen, real);
    uint32_t t = 0;
    for (; good && t < v->steps; t++)
        if ((m && !step(&one, s->arena)) || !step(&two, s->arena))
            break;
    if (good)
        v->steps = t;
    if (good && m && !v->frozen)
        compare_projections(s, v, m, r);
    machine_free(m);
    return good;
}

/* ---- verdicts ---- */

static bool rates_agree(const compare_spikes *c, double share)
{
    double a = (double)c->a, b = (double)c->b;
    return fabs(a - b) <= share * b + 3 * sqrt(fmax(a, b));
}

static void judge(verification *v, const verify_bounds *bounds)
{
    v->exact = !v->registers.differ;
    v->within = true;
    for (uint32_t k = 0; k < v->npopulations; k++) {
        verify_population *p = &v->population[k];
        v->exact &= !p->exact.differs;
        p->within = rates_agree(&p->real, bounds->rate) && compare_coincidence(&p->real, 2) >= bounds->coincidence;
        v->within &= p->within;
    }
    for (uint32_t k = 0; k < v->nprojections; k++) {
        verify_projection *p = &v->projection[k];
        double chance = p->lsb + sqrt(p->lsb * p->way);
        p->within = p->unmatched == 0 && p->weight.rms <= bounds->weight * p->change_rms + chance;
        v->within &= p->within;
    }
}

bool verify_run(source *s, uint32_t steps, bool frozen, const verify_bounds *bounds, verification *out)
{
    const hmn_graph *g = s->unit.graph;
    bool plastic = count_plastic(g) > 0;
    *out = (verification){
        .steps = steps,
        .frozen = frozen || !plastic,
    };
    const hmn_graph *restated = s->chip->restate ? s->chip->restate(s->unit.qnet, s->arena) : NULL;
    out->restated = restated != NULL;
    compare_log still = {0}, quantised = {0}, chip = {0}, real = {0};
    if (out->restated && !run_exact(s, restated, out, &still, &quantised))
        return false;
    bool again = !out->restated || !out->frozen;
    if (!run_real(s, out, again, &chip, &real))
        return false;
    out->npopulations = g->npopulations;
    out->population = ARENA_NEW(s->arena, verify_population, g->npopulations);
    compare_trains exact_chip = compare_sort(&still, g->nneurons, s->arena);
    compare_trains exact_reference = compare_sort(&quantised, g->nneurons, s->arena);
    compare_trains real_chip = again ? compare_sort(&chip, g->nneurons, s->arena) : exact_chip;
    compare_trains real_reference = compare_sort(&real, g->nneurons, s->arena);
    for (uint32_t k = 0; k < g->npopulations; k++) {
        const graph_population *p = &g->population[k];
        out->population[k] =
            (verify_population){p, compare_population(exact_chip, exact_reference, p->first, p->size),
                                compare_population(real_chip, real_reference, p->first, p->size), false};
    }
    judge(out, bounds);
    return true;
}
