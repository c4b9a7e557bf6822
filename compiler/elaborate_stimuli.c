/* Input known before the run. Takes stimuli and source populations, yields one sorted list of spikes without
 * repetitions, Poisson processes with a probability per step, and currents. Spikes need sources: a stimulus that
 * aims at neurons and has a weight gets a source population "stim.NAME" of its own, joined one to one. The
 * samples of a data set become Poisson processes, one a sample. */
#include "compiler/elaborate.h"

#include "core/base/bug.h"

#include <math.h>
#include <stdlib.h>

enum { MAX_SAMPLE_VALUES = 1 << 24 };

typedef struct {
    uint64_t *key; /* step << 32 | neuron */
    size_t count, cap;
    hmn_arena *scratch;
} spike_list;

static bool spiking(const net_stimulus *s) { return s->type != STIM_CURRENT; }

static bool is_source(const hmn_net *net, uint32_t population)
{
    neuron_model m = net->population[population].model;
    return m == MODEL_SOURCE || m == MODEL_SOURCE_ARRAY || m == MODEL_SOURCE_POISSON;
}

static bool implicit(const hmn_net *net, const net_stimulus *s)
{
    return spiking(s) && s->weight.given && s->target.i != NET_NONE && !is_source(net, s->target.i);
}

uint32_t elaborate_implicit_sources(const hmn_net *net)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < net->nstimuli; i++)
        n += implicit(net, &net->stimulus[i]);
    return n;
}

static const char *model_name(const hmn_net *net, uint32_t population)
{
    static const char *const names[] = {
#define NEURON_MODEL(id, name, bit, source, weight, meaning) name,
#include "core/ir/neuron.def"
    };
    return names[net->population[population].model];
}

/* A source population as large as the target, and a one-to-one projection with a delay of one step. */
static uint32_t add_source(const elaboration *e, const net_stimulus *s)
{
    hmn_graph *g = e->graph;
    uint32_t size = g->population[s->target.i].size, index = g->npopulations++;
    graph_population *p = &g->population[index];
    graph_projection *j = &g->projection[g->nprojections++];
    *p = (graph_population){.name = arena_printf(e->arena, "stim.%s", s->name.s),
                            .at = s->name.at,
                            .first = g->nneurons,
                            .size = size,
                            .model = MODEL_SOURCE,
                            .source = true};
    double *zero = ARENA_NEW(e->arena, double, 1), *weight = ARENA_NEW(e->arena, double, size);
    for (uint32_t k = 0; k < NP_COUNT; k++)
        p->param[k] = (graph_param){zero, 0};
    p->init_v = p->init_u = (graph_param){zero, 0};
    uint32_t *row = ARENA_NEW(e->arena, uint32_t, size + 1), *target = ARENA_NEW(e->arena, uint32_t, size);
    uint16_t *delay = ARENA_NEW(e->arena, uint16_t, size);
    for (uint32_t i = 0; i < size; i++) {
        row[i + 1] = i + 1;
        target[i] = i;
        weight[i] = s->weight.v;
        delay[i] = 1;
    }
    *j = (graph_projection){.name = p->name, .at = s->name.at, .pre = index, .post = s->target.i, .rule = NET_NONE};
    j->receptor = s->weight.v < 0 ? RECEPTOR_INHIBITORY : RECEPTOR_EXCITATORY;
    j->nsynapses = size;
    j->row = row;
    j->target = target;
    j->weight = weight;
    j->delay = delay;
    j->w_min = -INFINITY;
    j->w_max = INFINITY;
    g->nneurons += size;
    g->nsynapses += size;
    return index;
}

/* The population whose neurons the stimulus makes fire; NET_NONE after a report. */
static uint32_t source_of(const elaboration *e, const net_stimulus *s)
{
    if (is_source(e->net, s->target.i))
        return s->target.i;
    if (s->weight.given)
        return add_source(e, s);
    const char *name = e->net->population[s->target.i].name.s;
    diag_report(e->diag, DIAG_NET_CONNECT, s->target.at, "stimulus %s makes spikes, but %s is a population of %s",
                s->name.s, name, model_name(e->net, s->target.i));
    diag_cure(e->diag, "give the stimulus a weight, or aim it at a spike_source population with a projection to %s",
              name);
    return NET_NONE;
}

static void add_spikes(const elaboration *e, spike_list *list, uint32_t population, const uint32_t *step,
                       const uint32_t *neuron, uint32_t n, hmn_span at, const char *what)
{
    const graph_population *p = &e->graph->population[population];
    list->key = arena_grow(list->scratch, list->key, sizeof *list->key, list->count, list->count + n, &list->cap);
    for (uint32_t k = 0; k < n; k++) {
        if (neuron[k] >= p->size) {
            diag_report(e->diag, DIAG_VALUE_RANGE, at, "%s: spike %u names neuron %u, but %s has %u neurons", what, k,
                        neuron[k], p->name, p->size);
            diag_cure(e->diag, "neurons of %s run from 0 to %u", p->name, p->size - 1);
            return;
        }
        list->key[list->count++] = (uint64_t)step[k] << 32 | (p->first + neuron[k]);
    }
}

static int ascending(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void finish_spikes(const elaboration *e, spike_list *list)
{
    if (list->count == 0)
        return;
    qsort(list->key, list->count, sizeof *list->key, ascending);
    uint32_t *step = ARENA_NEW(e->arena, uint32_t, list->count), *neuron = ARENA_NEW(e->arena, uint32_t, list->count);
    uint64_t n = 0;
    for (size_t k = 0; k < list->count; k++) {
        if (k && list->key[k] == list->key[k - 1])
            continue;
        step[n] = (uint32_t)(list->key[k] >> 32);
        neuron[n++] = (uint32_t)list->key[k];
    }
    e->graph->spikes = (graph_spikes){step, neuron, n};
}

/* An interval in ms -> steps [start, stop). No duration: until the end. */
static void interval(double start, double duration, double dt, uint32_t out[2])
{
    out[0] = elaborate_steps(start, dt);
    out[1] = elaborate_steps(start + duration, dt);
}

/* Rates in Hz -> the probability of a spike in a step of dt ms. */
static graph_param probability(const elaboration *e, graph_param rate, uint32_t n)
{
    double *p = ARENA_NEW(e->arena, double, n);
    for (uint32_t i = 0; i < (rate.stride ? n : 1); i++)
        p[i] = -expm1(-graph_at(rate, i) * e->graph->dt * 1e-3);
    return (graph_param){p, rate.stride};
}

static uint32_t short_id(const char *kind, const char *name) { return (uint32_t)distribution_seed(0, kind, name); }

static void add_poisson(const elaboration *e, graph_poisson p) { e->graph->poisson[e->graph->npoisson++] = p; }

static double given_or(net_num n, double otherwise) { return n.given ? n.v : otherwise; }

static bool rates_ok(const elaboration *e, const net_stimulus *s, graph_param rate, uint32_t n)
{
    for (uint32_t i = 0; i < (rate.stride ? n : 1); i++)
        if (!(graph_at(rate, i) >= 0 && isfinite(graph_at(rate, i)))) {
            diag_report(e->diag, DIAG_VALUE_RANGE, s->rate.at, "the rate of neuron %u of stimulus %s is %g Hz", i,
                        s->name.s, graph_at(rate, i));
            diag_cure(e->diag, "rates are 0 Hz or more; normal_clipped keeps drawn ones inside [low, high]");
            return false;
        }
    return true;
}

static bool samples_ok(const elaboration *e, const net_stimulus *s, const graph_population *p)
{
    uint64_t values = (uint64_t)s->nsamples * p->size;
    if (s->rate.dist != DIST_CONSTANT) {
        diag_report(e->diag, DIAG_VALUE_TYPE, s->rate.at, "stimulus %s: the rate of a data set is one number",
                    s->name.s);
        diag_cure(e->diag, "give the rate of the largest value; the samples give each neuron its share");
    } else if (values > MAX_SAMPLE_VALUES) {
        diag_report(e->diag, DIAG_NET_SIZE, s->path.at,
                    "stimulus %s shows %llu values, at most %u can be listed in advance", s->name.s,
                    (unsigned long long)values, (unsigned)MAX_SAMPLE_VALUES);
        diag_cure(e->diag, "present fewer samples, or let a task present them");
    } else if (s->present.v < e->graph->dt) {
        diag_report(e->diag, DIAG_VALUE_RANGE, s->present.at,
                    "stimulus %s shows each sample for %g ms, less than a step of %g ms", s->name.s, s->present.v,
                    e->graph->dt);
        diag_cure(e->diag, "present each sample for one step or more");
    } else {
        return true;
    }
    return false;
}

/* A data set: sample k is shown during [start + k (present + pause), + present), each neuron firing at the rate times
 * its value over the largest value of all. */
static void show_samples(const elaboration *e, const net_stimulus *s, const graph_population *p)
{
    double start = given_or(s->start, 0), end = start + given_or(s->duration, INFINITY), largest = 0;
    uint32_t id = short_id("stimulus", s->name.s);
    if (!samples_ok(e, s, p))
        return;
    for (uint32_t k = 0; k < s->nsamples; k++)
        for (uint32_t i = 0; i < p->size; i++)
            largest = fmax(largest, s->sample[(size_t)k * s->ncolumns + i]);
    for (uint32_t k = 0; k < s->nsamples && largest > 0; k++) {
        double from = start + k * (s->present.v + s->pause.v), *rate = ARENA_NEW(e->arena, double, p->size);
        uint32_t steps[2];
        if (from >= end)
            break;
        for (uint32_t i = 0; i < p->size; i++)
            rate[i] = s->rate.p[0] * s->sample[(size_t)k * s->ncolumns + i] / largest;
        interval(from, fmin(s->present.v, end - from), e->graph->dt, steps);
        add_poisson(e, (graph_poisson){id, p->first, p->size, probability(e, (graph_param){rate, 1}, p->size), steps[0],
                                       steps[1]});
    }
}

static void stimulus(const elaboration *e, const net_stimulus *s, spike_list *list)
{
    draw_place at = {distribution_seed(e->graph->seed, "stimulus", s->name.s), RNG_PARAM, 0, 0, 0};
    uint32_t steps[2];
    interval(given_or(s->start, 0), given_or(s->duration, INFINITY), e->graph->dt, steps);
    if (s->target.i == NET_NONE)
        return;
    if (s->type == STIM_CURRENT) {
        const graph_population *p = &e->graph->population[s->target.i];
        if (p->source) {
            diag_report(e->diag, DIAG_NET_CONNECT, s->target.at, "%s is a spike source and takes no current", p->name);
            diag_cure(e->diag, "aim currents at populations of neurons");
            return;
        }
        graph_param amplitude = elaborate_values(e, &s->amplitude, p->size, at, "amplitude");
        bool alternates = s->frequency.given && s->frequency.v > 0;
        e->graph->current[e->graph->ncurrents++] =
            (graph_current){.first = p->first,
                            .count = p->size,
                            .amplitude = amplitude,
                            .start = steps[0],
                            .stop = steps[1],
                            .frequency = alternates ? s->frequency.v * e->graph->dt * 1e-3 : 0,
                            .phase = alternates ? s->phase.v / (2 * M_PI) : 0,
                            .offset = alternates ? s->offset.v : 0,
                            .deviation = s->deviation.v,
                            .id = (uint32_t)(s - e->net->stimulus)};
        return;
    }
    uint32_t source = source_of(e, s);
    if (source == NET_NONE)
        return;
    const graph_population *p = &e->graph->population[source];
    if (s->type == STIM_POISSON) {
        graph_param rate = elaborate_values(e, &s->rate, p->size, at, "rate");
        if (rates_ok(e, s, rate, p->size))
            add_poisson(e, (graph_poisson){short_id("stimulus", s->name.s), p->first, p->size,
                                           probability(e, rate, p->size), steps[0], steps[1]});
        return;
    }
    if (s->type == STIM_DATASET)
        show_samples(e, s, p);
    else
        add_spikes(e, list, source, s->step, s->neuron, s->nspikes, s->name.at, s->name.s);
}

/* Populations that fire by themselves. Start and duration may differ by neuron: one process for each interval. */
static void source_population(const elaboration *e, uint32_t index, spike_list *list)
{
    const net_population *p = &e->net->population[index];
    const graph_population *g = &e->graph->population[index];
    if (p->model == MODEL_SOURCE_ARRAY)
        add_spikes(e, list, index, p->spike_time, p->spike_neuron, p->nspikes, p->name.at, p->name.s);
    if (p->model != MODEL_SOURCE_POISSON)
        return;
    graph_param start = g->param[NP_START], duration = g->param[NP_DURATION];
    graph_param chance = probability(e, g->param[NP_RATE], g->size);
    for (uint32_t i = 0; i < g->size;) {
        uint32_t n = 1, steps[2];
        while (i + n < g->size && graph_at(start, i + n) == graph_at(start, i) &&
               graph_at(duration, i + n) == graph_at(duration, i))
            n++;
        interval(graph_at(start, i), graph_at(duration, i), e->graph->dt, steps);
        add_poisson(e, (graph_poisson){short_id("population", p->name.s) + i,
                                       g->first + i,
                                       n,
                                       {chance.v + (size_t)i * chance.stride, chance.stride},
                                       steps[0],
                                       steps[1]});
        i += n;
    }
}

static uint32_t most_poisson(const elaboration *e)
{
    uint64_t n = e->net->nstimuli;
    for (uint32_t i = 0; i < e->net->nstimuli; i++)
        n += e->net->stimulus[i].nsamples;
    for (uint32_t i = 0; i < e->net->npopulations; i++) {
        const graph_population *p = &e->graph->population[i];
        bool varied = p->param[NP_START].stride || p->param[NP_DURATION].stride;
        n += p->model == MODEL_SOURCE_POISSON ? (varied ? p->size : 1) : 0;
    }
    return (uint32_t)n;
}

bool elaborate_stimuli(const elaboration *e)
{
    uint32_t before = diag_errors(e->diag);
    spike_list list = {NULL, 0, 0, arena_new(0)};
    e->graph->poisson = ARENA_NEW(e->arena, graph_poisson, most_poisson(e));
    e->graph->current = ARENA_NEW(e->arena, graph_current, e->net->nstimuli);
    for (uint32_t i = 0; i < e->net->npopulations; i++)
        source_population(e, i, &list);
    for (uint32_t i = 0; i < e->net->nstimuli; i++)
        stimulus(e, &e->net->stimulus[i], &list);
    finish_spikes(e, &list);
    arena_free(list.scratch);
    return diag_errors(e->diag) == before;
}
