/* Runs chip and reference side by side. Takes a compiled network, yields a verification.
 *
 * The exact comparison (verify_exact.c) needs no tolerance. A task plays with each of the two by itself. The comparison
 * with the network as written then has learning on; where nothing is plastic one run of the chip serves both. */
#include "tools/verify.h"

#include "tools/verify_runner.h"
#include "tools/weights.h"

#include <math.h>

static uint32_t count_plastic(const hmn_graph *g)
{
    uint32_t n = 0;
    for (uint32_t k = 0; k < g->nprojections; k++)
        n += weights_plastic(g, k);
    return n;
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
    const hmn_graph *g = v->frozen ? runner_static_graph(s->unit.graph, s->arena) : s->unit.graph;
    hmn_reference *r = reference_new(g, runner_options(s, false), s->arena, s->diag);
    hmn_machine *m = r && again ? runner_boot(s) : NULL;
    verify_side one, two;
    bool good = r && (m || !again) && (!m || runner_new(&one, s, machine_sim(m), v->frozen, chip)) &&
                runner_new(&two, s, reference_sim(r), v->frozen, real);
    uint32_t t = 0;
    for (; good && t < v->steps; t++)
        if ((m && !runner_step(&one, s->arena)) || !runner_step(&two, s->arena))
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
    v->exact = !v->registers.differ && !v->learned.differ;
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

/* Models that the reference does not compute are compared exactly only. */
static bool reference_can(source *s, verification *v)
{
    hmn_diag *aside = diag_new();
    bool can = reference_new(s->unit.graph, runner_options(s, false), s->arena, aside) != NULL;
    if (!can && diag_count(aside))
        v->unreal = arena_printf(s->arena, "%s", diag_get(aside, 0)->text);
    diag_free(aside);
    return can;
}

bool verify_run(source *s, uint32_t steps, bool frozen, const verify_bounds *bounds, verification *out)
{
    const hmn_graph *g = s->unit.graph;
    bool plastic = count_plastic(g) > 0;
    *out = (verification){
        .steps = steps,
        .frozen = frozen || !plastic,
        .plain = frozen,
    };
    /* rules of spinnaker are restated by a program of its own, not by the reference */
    bool whole = s->chip->restate && !(s->chip->learn && plastic);
    const hmn_graph *restated = whole ? s->chip->restate(s->unit.qnet, s->arena) : NULL;
    out->restated = restated != NULL;
    compare_log still = {0}, quantised = {0}, chip = {0}, real = {0};
    if (out->restated && !verify_exact(s, restated, out, &still, &quantised))
        return false;
    if (!out->restated && s->chip->learn && !verify_spin(s, out, &still, &quantised))
        return false;
    bool again = !out->restated || !out->frozen || out->relearned;
    out->real = !out->restated || reference_can(s, out);
    if (out->real && !run_real(s, out, again, &chip, &real))
        return false;
    again &= out->real;
    out->npopulations = g->npopulations;
    out->population = ARENA_NEW(s->arena, verify_population, g->npopulations);
    compare_trains exact_chip = compare_sort(&still, g->nneurons, s->arena);
    compare_trains exact_reference = compare_sort(&quantised, g->nneurons, s->arena);
    compare_trains real_chip = again ? compare_sort(&chip, g->nneurons, s->arena) : exact_chip;
    compare_trains real_reference = out->real ? compare_sort(&real, g->nneurons, s->arena) : exact_reference;
    for (uint32_t k = 0; k < g->npopulations; k++) {
        const graph_population *p = &g->population[k];
        out->population[k] =
            (verify_population){p, compare_population(exact_chip, exact_reference, p->first, p->size),
                                compare_population(real_chip, real_reference, p->first, p->size), false};
    }
    judge(out, bounds);
    return true;
}
