/* net -> graph. Takes the network as written, yields every neuron with its parameters, every synapse with weight
 * and delay, and the input known before the run. Random values are functions of (seed, name, element), never of
 * order, so permuting keys of the YAML or adding a projection leaves the rest as it was.
 *
 * Here: populations, and the order of the parts. Projections are in elaborate_synapses.c, connectors in
 * connect.c, stimuli in elaborate_stimuli.c. */
#include "compiler/elaborate.h"

#include "compiler/unit.h"
#include "core/base/bug.h"

#include <math.h>

/* Bytes that a neuron costs while compiling when all its parameters are drawn: 8 each here, 4 each quantised,
 * and its place on a core. No model has more than 40. */
enum { BYTES_PER_NEURON = 16 * 40 };

typedef struct {
    const char *key;
    net_dim dim;
    double low, high;
    uint32_t models;
} param_facts;

static const param_facts params[] = {
#define NEURON_PARAM(id, key, dim, def, low, high, models, meaning) {key, NET_##dim, low, high, models},
#include "core/ir/neuron.def"
};

typedef struct {
    uint32_t bit;
    bool source;
    const char *name;
} model_facts;

static const model_facts models[] = {
#define NEURON_MODEL(id, name, bit, source, weight, meaning) {bit, source, name},
#include "core/ir/neuron.def"
};

uint32_t elaborate_steps(double ms, double dt)
{
    double steps = round(ms / dt);
    return steps >= (double)UINT32_MAX ? UINT32_MAX : steps > 0 ? (uint32_t)steps : 0;
}

void elaborate_not_finite(const elaboration *e, const net_value *v, const char *what)
{
    diag_report(e->diag, DIAG_VALUE_RANGE, v->at, "%s has a value beyond the range of numbers", what);
    diag_cure(e->diag, "use a narrower distribution, or clip it: normal_clipped with low and high");
}

graph_param elaborate_values(const elaboration *e, const net_value *v, uint32_t n, draw_place at, const char *what)
{
    bool one = v->dist == DIST_CONSTANT;
    double *values = ARENA_NEW(e->arena, double, one ? 1 : n);
    if (one) {
        values[0] = v->p[0];
    } else if (v->dist != DIST_LIST) {
        for (uint32_t i = 0; i < n; i++) {
            at.a = i;
            values[i] = distribution_draw(v, at);
        }
    } else if (v->nlist == n) {
        for (uint32_t i = 0; i < n; i++)
            values[i] = v->list[i];
    } else {
        diag_report(e->diag, DIAG_VALUE_LENGTH, v->at, "%s has %u values for %u neurons", what, v->nlist, n);
        diag_cure(e->diag, "give %u values, one for all, or a distribution", n);
    }
    for (uint32_t i = 0; i < (one ? 1 : n); i++)
        if (!isfinite(values[i])) {
            elaborate_not_finite(e, v, what);
            break;
        }
    return (graph_param){values, one ? 0 : 1};
}

/* A drawn or listed value may leave the parameter's range although its distribution is well-formed. */
static void check_range(const elaboration *e, const net_population *p, neuron_param which, graph_param values)
{
    const param_facts *f = &params[which];
    double *v = (double *)values.v;
    for (uint32_t i = 0; i < (values.stride ? p->size : 1); i++) {
        if (f->dim == NET_INTEGER)
            v[i] = round(v[i]);
        if (v[i] >= f->low && v[i] <= f->high)
            continue;
        diag_report(e->diag, DIAG_VALUE_RANGE, p->param[which].at, "%s of neuron %u of %s is %g, outside %g to %g",
                    f->key, i, p->name.s, v[i], f->low, f->high);
        diag_cure(e->diag, "a normal_clipped distribution keeps values inside [low, high]");
        return;
    }
}

static bool izhikevich(const net_population *p)
{
    return p->model == MODEL_IZHIKEVICH || p->model == MODEL_IZHIKEVICH_COND;
}

static graph_param initial_v(const elaboration *e, const net_population *p, const graph_population *g, draw_place at)
{
    if (p->init_v.given)
        return elaborate_values(e, &p->init_v, p->size, at, "initial v");
    if (params[NP_V_REST].models >> p->model & 1)
        return g->param[NP_V_REST];
    net_value v = {.dist = DIST_CONSTANT, .p = {izhikevich(p) ? -70 : 0}}; /* as PyNN's Izhikevich */
    return elaborate_values(e, &v, p->size, at, "initial v");
}

static graph_param initial_u(const elaboration *e, const net_population *p, draw_place at)
{
    net_value u = {.dist = DIST_CONSTANT, .p = {izhikevich(p) ? -14 : 0}};
    return elaborate_values(e, p->init_u.given ? &p->init_u : &u, p->size, at, "initial u");
}

/* Numbers of the draws of a population. They never change, so that a network keeps its values: parameters that came
 * later count on after those of the initial state. */
enum { DRAW_INITIAL_V = 28, DRAW_INITIAL_U };

static uint32_t draw_number(uint32_t param) { return param < DRAW_INITIAL_V ? param : param + 2; }

static bool writes_third(const net_population *p)
{
    bool any = false;
    for (int k = 0; k < NET_THIRD_FACTORS; k++)
        any |= p->third[k].of != THIRD_UNWRITTEN;
    return any;
}

static void population(const elaboration *e, const net_population *p, graph_population *g)
{
    draw_place at = {distribution_seed(e->graph->seed, "population", p->name.s), RNG_PARAM, 0, 0, 0};
    *g = (graph_population){.name = p->name.s,
                            .at = p->name.at,
                            .first = e->graph->nneurons,
                            .size = p->size,
                            .model = p->model,
                            .source = models[p->model].source,
                            .activation = p->activation,
                            .reset = p->reset,
                            .third = writes_third(p) ? p->third : NULL,
                            .join = p->join,
                            .sends = p->sends,
                            .is_dendrite = p->dendrite_of.i != NET_NONE};
    for (uint32_t k = 0; k < NP_COUNT; k++) {
        bool takes = params[k].models >> models[p->model].bit & 1;
        net_value absent = {.dist = DIST_CONSTANT};
        at.b = draw_number(k);
        g->param[k] = elaborate_values(e, takes ? &p->param[k] : &absent, p->size, at, params[k].key);
        if (takes)
            check_range(e, p, (neuron_param)k, g->param[k]);
    }
    at.b = DRAW_INITIAL_V;
    g->init_v = initial_v(e, p, g, at);
    at.b = DRAW_INITIAL_U;
    g->init_u = initial_u(e, p, at);
}

/* Dendrites stand in the order of the file. */
static void join_dendrites(const elaboration *e)
{
    for (uint32_t i = 0; i < e->net->npopulations; i++) {
        uint32_t parent = e->net->population[i].dendrite_of.i;
        if (parent == NET_NONE)
            continue;
        graph_population *p = &e->graph->population[parent];
        HMN_ASSERT(p->ndendrites < NET_MAX_DENDRITES);
        p->dendrite[p->ndendrites++] = i;
    }
}

static bool populations(const elaboration *e)
{
    uint64_t neurons = 0;
    for (uint32_t i = 0; i < e->net->npopulations; i++) {
        const net_population *p = &e->net->population[i];
        neurons += p->size;
        if (p->size == 0)
            diag_report(e->diag, DIAG_NET_EMPTY, p->name.at, "population %s has no neurons", p->name.s);
    }
    double most = fmin(UINT32_MAX / 2, floor(elaborate_memory() / BYTES_PER_NEURON));
    if ((double)neurons > most) {
        diag_report(e->diag, DIAG_NET_SIZE, e->net->population[0].name.at,
                    "%llu neurons in all; the memory of this machine is enough for %.0f", (unsigned long long)neurons,
                    most);
        diag_cure(e->diag, "make the populations smaller");
    }
    if (diag_errors(e->diag))
        return false;
    for (uint32_t i = 0; i < e->net->npopulations; i++) {
        population(e, &e->net->population[i], &e->graph->population[i]);
        e->graph->nneurons += e->net->population[i].size;
    }
    join_dendrites(e);
    return !diag_errors(e->diag);
}

bool pass_elaborate(hmn_unit *u)
{
    const hmn_net *net = u->net;
    hmn_graph *g = ARENA_NEW(u->arena, hmn_graph, 1);
    uint32_t implicit = elaborate_implicit_sources(net);
    elaboration e = {net, g, u->arena, u->diag};
    g->net = net;
    g->dt = net->dt;
    g->seed = u->reseed ? *u->reseed : net->seed;
    g->npopulations = net->npopulations;
    g->nprojections = net->nprojections;
    g->population = ARENA_NEW(u->arena, graph_population, net->npopulations + implicit);
    g->projection = ARENA_NEW(u->arena, graph_projection, net->nprojections + implicit);
    g->max_delay = 1;
    if (!populations(&e) || !elaborate_budget(&e))
        return false;
    bool ok = true;
    for (uint32_t i = 0; i < net->nprojections; i++)
        ok &= elaborate_projection(&e, i);
    ok &= elaborate_stimuli(&e);
    u->graph = g;
    return ok;
}
