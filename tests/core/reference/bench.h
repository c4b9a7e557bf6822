/* Small graphs built by hand for tests of the reference. Everything lives in the bench's arena. */
#ifndef HMN_TESTS_BENCH_H
#define HMN_TESTS_BENCH_H

#include "core/reference/reference.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BENCH_MAX = 8 };

typedef struct {
    hmn_graph g;
    hmn_net net;
    hmn_arena *a;
    hmn_diag *d;
    graph_population population[BENCH_MAX];
    graph_projection projection[BENCH_MAX];
    graph_poisson poisson[BENCH_MAX];
    graph_current current[BENCH_MAX];
    net_projection written[BENCH_MAX];
    net_rule rule[BENCH_MAX];
    net_modulator modulator[BENCH_MAX];
    net_oscillation oscillation[BENCH_MAX];
} bench;

/* One synapse: local indices, weight in the graph's units, delay in steps. */
typedef struct {
    uint32_t pre, post;
    double weight;
    uint16_t delay;
} bench_synapse;

static inline bench *bench_new(double dt)
{
    bench *b = calloc(1, sizeof *b);
    b->a = arena_new(0);
    b->d = diag_new();
    b->net.dt = b->g.dt = dt;
    b->net.name = (net_str){"bench", {0}};
    b->net.projection = b->written;
    b->net.rule = b->rule;
    b->net.modulator = b->modulator;
    b->net.oscillation = b->oscillation;
    b->g.net = &b->net;
    b->g.seed = 1;
    b->g.population = b->population;
    b->g.projection = b->projection;
    b->g.poisson = b->poisson;
    b->g.current = b->current;
    b->g.max_delay = 1;
    return b;
}

static inline void bench_free(bench *b)
{
    arena_free(b->a);
    diag_free(b->d);
    free(b);
}

static inline graph_param bench_value(bench *b, double value)
{
    double *v = ARENA_NEW(b->a, double, 1);
    *v = value;
    return (graph_param){v, 0};
}

static inline graph_population *bench_population(bench *b, neuron_model model, uint32_t size)
{
    static const double defaults[NP_COUNT] = {
#define NEURON_PARAM(id, key, dim, def, low, high, models, meaning) [NP_##id] = def,
#include "core/ir/neuron.def"
    };
    uint32_t k = b->g.npopulations++;
    graph_population *p = &b->population[k];
    *p = (graph_population){.name = "cells", .first = b->g.nneurons, .size = size, .model = model};
    p->at = (hmn_span){0, k + 1, 1, 1};
    p->source = model == MODEL_SOURCE || model == MODEL_SOURCE_ARRAY || model == MODEL_SOURCE_POISSON;
    for (uint32_t i = 0; i < NP_COUNT; i++)
        p->param[i] = bench_value(b, defaults[i]);
    p->init_v = bench_value(b, model == MODEL_LOIHI_LIF ? 0 : defaults[NP_V_REST]);
    p->init_u = bench_value(b, 0);
    b->g.nneurons += size;
    return p;
}

static inline void bench_set(bench *b, graph_population *p, neuron_param k, double value)
{
    p->param[k] = bench_value(b, value);
}

/* Synapses must be sorted by (pre, post). */
static inline graph_projection *bench_project(bench *b, const graph_population *pre, const graph_population *post,
                                              const bench_synapse *synapse, uint32_t n)
{
    graph_projection *p = &b->projection[b->g.nprojections++];
    uint32_t *row = ARENA_NEW(b->a, uint32_t, pre->size + 1), *target = ARENA_NEW(b->a, uint32_t, n);
    double *weight = ARENA_NEW(b->a, double, n);
    uint16_t *delay = ARENA_NEW(b->a, uint16_t, n);
    for (uint32_t e = 0; e < n; e++) {
        row[synapse[e].pre + 1]++;
        target[e] = synapse[e].post;
        weight[e] = synapse[e].weight;
        delay[e] = synapse[e].delay;
        if (delay[e] > b->g.max_delay)
            b->g.max_delay = delay[e];
    }
    for (uint32_t i = 0; i < pre->size; i++)
        row[i + 1] += row[i];
    *p = (graph_projection){.name = "synapses",
                            .pre = (uint32_t)(pre - b->population),
                            .post = (uint32_t)(post - b->population),
                            .receptor = RECEPTOR_MIXED,
                            .rule = NET_NONE,
                            .nsynapses = n,
                            .row = row,
                            .target = target,
                            .weight = weight,
                            .delay = delay,
                            .w_min = -1e300,
                            .w_max = 1e300};
    b->g.nsynapses += n;
    b->net.nprojections = b->g.nprojections;
    return p;
}

static inline void bench_current(bench *b, const graph_population *p, double amplitude, uint32_t start, uint32_t stop)
{
    b->current[b->g.ncurrents++] = (graph_current){
        .first = p->first, .count = p->size, .amplitude = bench_value(b, amplitude), .start = start, .stop = stop};
}

/* An hmn rule with plain traces and nothing else. */
static inline net_rule *bench_rule(bench *b, net_rule_type type)
{
    net_rule *r = &b->rule[b->net.nrules++];
    *r = (net_rule){.name = {"rule", {0, 77, 3, 4}}, .type = type, .enabled = true, .astrocyte = {NET_NONE, {0}}};
    r->traces.a_plus.v = r->traces.a_minus.v = r->traces.k_fast.v = r->traces.k_slow.v = 1;
    r->traces.tau_plus.v = r->traces.tau_minus.v = 20;
    r->epoch.v = 1;
    return r;
}

static inline hmn_reference *bench_start(bench *b)
{
    hmn_reference *r = reference_new(&b->g, (reference_options){.grid = true}, b->a, b->d);
    if (!r)
        diag_print(b->d, stderr, false);
    return r;
}

/* One step; `fire`, when not NET_NONE, is a source that fires in it. Returns whether `watch` fired. */
static inline bool bench_step(hmn_reference *r, uint32_t fire, uint32_t watch)
{
    hmn_sim *s = reference_sim(r);
    if (fire != NET_NONE)
        s->ops->inject(s, fire);
    s->ops->begin(s);
    uint32_t count;
    const uint32_t *spike = s->ops->spikes(s, &count);
    bool fired = false;
    for (uint32_t i = 0; i < count; i++)
        fired |= spike[i] == watch;
    s->ops->end(s);
    return fired;
}

#endif
