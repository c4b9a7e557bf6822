/* Steps a restated network. Takes the chip's source spikes and what modulators are told, yields spikes, words of
 * neurons, weights. A step as SE1 and S60 order it: ring buffers, neurons, then traces and epochs' ends, then the
 * weights of this step's spikes into the ring buffers. */
#include "tools/respin.h"

#include "backends/spinnaker/arith.h"
#include "backends/spinnaker/program.h"
#include "core/base/rng.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { RECEPTORS = 3, RING_MOST = 65535, CHUNK = 512 };

/* ---- making ---- */

typedef struct {
    const qnet_population *p;
    const spin_model *model;
    uint32_t i;
} place;

static int32_t word_of(const void *context, int slot, const char *key)
{
    const place *at = context;
    int32_t k = spin_model_word(at->model, (spin_slot)slot, key);
    return k < 0 ? 0 : qnet_at(at->p->column[k], at->i);
}

static bool is_lif(const respin *r, uint32_t population)
{
    return r->q->graph->population[population].model == MODEL_LOIHI_LIF;
}

static void load_population(respin *r, uint32_t k)
{
    const graph_population *g = &r->q->graph->population[k];
    const qnet_population *p = &r->q->population[k];
    for (uint32_t i = 0; is_lif(r, k) && i < g->size; i++) {
        r->lif[g->first + i] = respin_lif_of(g, i);
        r->neuron[g->first + i].receptors = 2;
    }
    if (is_lif(r, k))
        return;
    spin_program program = spin_program_of(p->program);
    bool noisy = g->model == MODEL_CURR_EXP || g->model == MODEL_CURR_DELTA;
    for (uint32_t i = 0; i < g->size; i++) {
        place at = {p, program.model, i};
        respin_load(&r->neuron[g->first + i], &(respin_words){word_of, &at, program.model->name, program.substeps});
        r->noise[g->first + i] = noisy ? (int32_t)nearbyint(ldexp(graph_at(g->param[NP_NOISE], i), 15)) : 0;
    }
}

static void make_rules(respin *r, hmn_arena *a)
{
    const hmn_graph *g = r->q->graph;
    r->rule = ARENA_NEW(a, respin_rule *, g->nprojections);
    for (uint32_t k = 0; k < g->nprojections; k++)
        if (r->q->learning && spin_learning_of(r->q, k)->kind == SPIN_LEARN_HYBRID) {
            r->rule[k] = respin_rule_new(r->q, k, r->seed, a);
            r->plastic = true;
        }
    r->stdp = ARENA_NEW(a, respin_stdp *, g->nprojections);
    for (uint32_t k = 0; k < g->nprojections; k++) {
        if (!r->q->learning || spin_learning_of(r->q, k)->kind != SPIN_LEARN_STDP)
            continue;
        r->stdp[k] = respin_stdp_new(r->q, k, a);
        r->plastic = true;
    }
}

respin *respin_new(const source *s)
{
    const hmn_qnet *q = s->unit.qnet;
    const hmn_graph *g = q->graph;
    respin *r = ARENA_NEW(s->arena, respin, 1);
    *r = (respin){.q = q, .seed = s->unit.reseed ? *s->unit.reseed : g->seed, .slots = g->max_delay + 1};
    r->neuron_core = s->unit.mapping->neuron_core;
    r->neuron_local = s->unit.mapping->neuron_local;
    r->neuron = ARENA_NEW(s->arena, respin_neuron, g->nneurons);
    r->lif = ARENA_NEW(s->arena, respin_lif, g->nneurons);
    r->noise = ARENA_NEW(s->arena, int32_t, g->nneurons);
    r->ring = ARENA_NEW(s->arena, uint32_t, (size_t)r->slots * RECEPTORS * g->nneurons);
    r->fired = ARENA_NEW(s->arena, uint8_t, g->nneurons);
    r->arrived = ARENA_NEW(s->arena, uint8_t, g->nneurons);
    r->spike = ARENA_NEW(s->arena, uint32_t, g->nneurons);
    uint32_t cores = s->unit.mapping->ncores;
    r->kiss = ARENA_NEW(s->arena, respin_kiss, cores);
    for (uint32_t i = 0; i < cores; i++)
        r->kiss[i] = respin_kiss_start();
    for (uint32_t k = 0; k < g->npopulations; k++)
        if (!g->population[k].source)
            load_population(r, k);
    make_rules(r, s->arena);
    r->manager = relearn_manager_new(q, r->seed, s->arena);
    return r;
}

/* ---- the first half of a step ---- */

static uint32_t *sums(respin *r, uint32_t step, uint32_t type)
{
    return r->ring + ((size_t)(step % r->slots) * RECEPTORS + type) * r->q->graph->nneurons;
}

/* S4: sums enter by type. */
static void enter(respin *r, uint32_t k)
{
    const graph_population *g = &r->q->graph->population[k];
    for (uint32_t i = g->first; i < g->first + g->size; i++)
        for (uint32_t type = 0; type < r->neuron[i].receptors; type++) {
            uint32_t *sum = &sums(r, r->step, type)[i];
            if (*sum)
                respin_input(&r->neuron[i], type, (int32_t)(*sum << r->q->population[k].shift[type]));
            *sum = 0;
        }
}

/* Currents of the host, and noise (SN1). */
static int32_t current_of(const respin *r, uint32_t k, uint32_t neuron)
{
    const hmn_graph *g = r->q->graph;
    bool raw = net_raw(g->population[k].model);
    int64_t sum = 0;
    for (uint32_t c = 0; c < g->ncurrents; c++) {
        const graph_current *from = &g->current[c];
        if (neuron < from->first || neuron >= from->first + from->count || r->step < from->start ||
            r->step >= from->stop)
            continue;
        double x = graph_at(from->amplitude, neuron - from->first);
        sum += (int64_t)nearbyint(raw ? x : ldexp(x, 15));
    }
    if (r->noise[neuron])
        sum += respin_mul(r->noise[neuron], spin_normal(rng_u32(r->seed, RNG_NEURON_NOISE, r->neuron_core[neuron],
                                                                r->neuron_local[neuron], r->step)));
    return (int32_t)(uint32_t)(uint64_t)sum;
}

/* SL1: a sum of either sign, and draws of L10 keyed by the core. */
static bool lif_fires(respin *r, uint32_t k, uint32_t i)
{
    uint32_t *up = &sums(r, r->step, 0)[i], *down = &sums(r, r->step, 1)[i];
    int64_t input = ((int64_t)*up << r->q->population[k].shift[0]) - ((int64_t)*down << r->q->population[k].shift[1]);
    int64_t draw =
        (int64_t)rng_below(r->seed, RNG_NEURON_NOISE, r->neuron_core[i], r->neuron_local[i], r->step, 255) - 127;
    *up = *down = 0;
    return respin_lif_tick(&r->lif[i], input + current_of(r, k, i), draw);
}

void respin_begin(respin *r, const uint32_t *spike, uint32_t count)
{
    const hmn_graph *g = r->q->graph;
    memset(r->fired, 0, g->nneurons);
    for (uint32_t i = 0; i < count; i++)
        r->fired[spike[i]] = g->population[graph_population_of(g, spike[i])].source;
    r->nspikes = 0;
    for (uint32_t k = 0; k < g->npopulations; k++) {
        const graph_population *p = &g->population[k];
        if (p->source)
            continue;
        if (!is_lif(r, k))
            enter(r, k);
        for (uint32_t i = p->first; i < p->first + p->size; i++) {
            r->fired[i] = is_lif(r, k)
                              ? lif_fires(r, k, i)
                              : (uint8_t)respin_tick(&r->neuron[i], current_of(r, k, i), &r->kiss[r->neuron_core[i]]);
            if (r->fired[i])
                r->spike[r->nspikes++] = i;
        }
    }
}

void respin_hear(respin *r, const uint32_t *spike, uint32_t count)
{
    memset(r->fired, 0, r->q->graph->nneurons);
    for (uint32_t i = 0; i < count; i++)
        r->fired[spike[i]] = 1;
}

/* ---- the second ---- */

static void learn(respin *r, bool learning)
{
    relearn_manager_step(r->manager, r->step, r->fired, learning);
    for (uint32_t k = 0; k < r->q->graph->nprojections; k++) {
        respin_heard heard = {{0}, 0};
        if (!r->rule[k])
            continue;
        const hybrid_settings *s = r->rule[k]->s;
        for (uint32_t b = 0; b < s->bins; b++)
            if (s->channel[b] != HYBRID_SILENT)
                heard.bin[b] = relearn_manager_channel(r->manager, s->channel[b]);
        uint32_t own = s->pairs_by ? s->pairs_by : s->counts_by;
        if (own)
            heard.astrocyte = relearn_manager_channel(r->manager, own - 1);
        respin_rule_step(r->rule[k], r->q->graph, r->step, r->arrived, r->fired, &heard, learning);
    }
}

/* S41, S66: what a spike of presynaptic neuron i adds. */
static void deliver(respin *r, uint32_t k, uint32_t i, uint32_t times)
{
    const graph_projection *j = &r->q->graph->projection[k];
    const qnet_projection *p = &r->q->projection[k];
    uint32_t first = r->q->graph->population[j->post].first;
    for (uint32_t e = j->row[i]; e < j->row[i + 1]; e++) {
        uint32_t neuron = first + j->target[e], last = r->neuron[neuron].receptors - 1, type;
        uint32_t size = (uint32_t)(p->weight[e] < 0 ? -p->weight[e] : p->weight[e]);
        bool down = p->weight[e] < 0 || j->receptor == RECEPTOR_INHIBITORY;
        type = down ? last : j->receptor == RECEPTOR_EXCITATORY2 ? 1 : 0;
        if (r->rule[k])
            size = respin_rule_adds(r->rule[k], e, &type);
        if (r->stdp[k])
            size = r->stdp[k]->weight[e];
        uint32_t *sum = &sums(r, r->step + j->delay[e], type)[neuron];
        for (uint32_t n = 0; n < times; n++)
            *sum = *sum + size < RING_MOST ? *sum + size : RING_MOST;
    }
}

/* SN2 */
static void adapt(respin *r)
{
    for (uint32_t n = 0; n < r->q->graph->nneurons; n++) {
        int32_t bias;
        if (relearn_manager_bias(r->manager, n, &bias))
            r->neuron[n].offset = bias;
    }
}

/* S51: what neurons did, before the rows of this step's spikes. */
static void remember(respin *r)
{
    const hmn_graph *g = r->q->graph;
    for (uint32_t k = 0; k < g->nprojections; k++) {
        const graph_population *post = &g->population[g->projection[k].post];
        for (uint32_t i = 0; r->stdp[k] && i < post->size; i++)
            for (uint32_t n = 0; n < r->fired[post->first + i]; n++)
                respin_stdp_fired(r->stdp[k], i, r->step);
    }
}

/* Rewards of a spike of presynaptic neuron i reach the histories of all rules onto their neurons. */
static void reward(respin *r, uint32_t k, uint32_t i)
{
    const graph_projection *j = &r->q->graph->projection[k];
    int sign = j->receptor == RECEPTOR_REWARD ? 1 : -1;
    for (uint32_t e = j->row[i]; e < j->row[i + 1]; e++)
        for (uint32_t n = 0; n < r->q->graph->nprojections; n++)
            if (r->stdp[n] && r->q->graph->projection[n].post == j->post)
                respin_stdp_reward(r->stdp[n], j->target[e], r->step, sign * r->q->projection[k].weight[e]);
}

/* The rows of one spike. */
static void serve(respin *r, uint32_t population, uint32_t i, bool learning)
{
    const hmn_graph *g = r->q->graph;
    for (uint32_t k = 0; k < g->nprojections; k++) {
        if (g->projection[k].pre != population)
            continue;
        if (net_rewards(g->projection[k].receptor)) {
            reward(r, k, i);
            continue;
        }
        if (r->stdp[k])
            respin_stdp_spike(r->stdp[k], i, r->step, learning);
        deliver(r, k, i, 1);
    }
}

void respin_end(respin *r, bool learning)
{
    const hmn_graph *g = r->q->graph;
    learn(r, learning);
    if (learning && (r->step + 1) % QNET_BIAS_EPOCH == 0)
        adapt(r);
    remember(r);
    for (uint32_t p = 0; p < g->npopulations; p++) /* in the order of keys */
        for (uint32_t i = 0; i < g->population[p].size; i++)
            for (uint32_t n = 0; n < r->fired[g->population[p].first + i]; n++)
                serve(r, p, i, learning);
    uint8_t *old = r->arrived;
    r->arrived = r->fired;
    r->fired = old;
    r->step++;
}

/* ---- comparing ---- */

static bool same_word(const respin *r, const hmn_machine *m, uint32_t neuron, const char *key, int32_t want,
                      respin_word *out)
{
    const hmn_graph *g = r->q->graph;
    const spin_model *model = spin_program_of(r->q->population[graph_population_of(g, neuron)].program).model;
    int32_t k = spin_model_state_word(model, key);
    if (k < 0)
        return true;
    int32_t chip = machine_read(m, neuron, (hmn_variable)(VAR_WORD + k));
    if (chip == want)
        return true;
    *out = (respin_word){.neuron = neuron, .chip = chip, .restated = want};
    snprintf(out->what, sizeof out->what, "%s", key);
    return false;
}

static bool same_synapses(const respin *r, const hmn_machine *m, uint32_t neuron, respin_word *out)
{
    static const char *const value[] = {"exc_value", "exc2_value", "inh_value"},
                             *const line[] = {"exc_lin", "", "inh_lin"}, *const rise[] = {"exc_exp", "", "inh_exp"};
    const respin_neuron *n = &r->neuron[neuron];
    for (uint32_t k = 0; k < n->receptors; k++) {
        uint32_t name = n->receptors == 3 ? k : 2 * k;
        if (!same_word(r, m, neuron, n->alpha ? line[name] : value[name], n->synapse[k].x, out) ||
            (n->alpha && !same_word(r, m, neuron, rise[name], n->synapse[k].e, out)))
            return false;
    }
    return true;
}

static bool same_registers(const respin *r, const hmn_machine *m, uint32_t neuron, respin_word *out)
{
    const int32_t chip[] = {machine_read(m, neuron, VAR_U), machine_read(m, neuron, VAR_V)};
    const int64_t want[] = {r->lif[neuron].u, r->lif[neuron].v};
    int which = chip[0] == want[0];
    if (chip[0] == want[0] && chip[1] == want[1])
        return true;
    *out = (respin_word){.neuron = neuron, .chip = chip[which], .restated = (int32_t)want[which]};
    snprintf(out->what, sizeof out->what, "%s", which ? "v" : "u");
    return false;
}

bool respin_compare_neurons(const respin *r, const hmn_machine *m, respin_word *out)
{
    const hmn_graph *g = r->q->graph;
    for (uint32_t i = 0; i < g->nneurons; i++) {
        const respin_neuron *n = &r->neuron[i];
        uint32_t population = graph_population_of(g, i);
        if (g->population[population].source)
            continue;
        if (is_lif(r, population) && !same_registers(r, m, i, out))
            return false;
        if (is_lif(r, population))
            continue;
        if (!same_word(r, m, i, n->izhikevich ? "V" : "V_membrane", n->v, out) ||
            (n->izhikevich && !same_word(r, m, i, "U", n->u, out)) || !same_word(r, m, i, "I_offset", n->offset, out) ||
            !same_synapses(r, m, i, out) || (n->calcium && !same_word(r, m, i, "i_ca2", n->calcium_now, out)))
            return false;
    }
    return true;
}

static void hold(relearn_difference *d, const char *what, uint32_t pre, uint32_t post, int64_t chip, int64_t restated)
{
    d->compared++;
    if (chip == restated || d->differ)
        return;
    uint64_t compared = d->compared;
    *d = (relearn_difference){true, d->step, "", pre, post, chip, restated, compared};
    snprintf(d->what, sizeof d->what, "%s", what);
}

/* The next synapse of a pair that has not been met; several may join the same neurons. */
static uint64_t edge_of(const graph_projection *j, uint32_t pre, uint32_t post, bool *met)
{
    for (uint32_t e = j->row[pre]; e < j->row[pre + 1]; e++)
        if (j->target[e] == post && !met[e]) {
            met[e] = true;
            return e;
        }
    return UINT64_MAX;
}

void respin_compare_learning(const respin *r, const hmn_machine *m, hmn_arena *scratch, relearn_difference *d)
{
    const hmn_graph *g = r->q->graph;
    hmn_synapse *chunk = ARENA_NEW(scratch, hmn_synapse, CHUNK);
    bool **met = ARENA_NEW(scratch, bool *, g->nprojections);
    for (uint32_t k = 0; k < g->nprojections; k++)
        met[k] = r->rule[k] || r->stdp[k] ? ARENA_NEW(scratch, bool, g->projection[k].nsynapses) : NULL;
    uint64_t got;
    d->step = d->differ ? d->step : r->step - 1;
    for (uint32_t k = 0; k < r->q->nchannels; k++)
        hold(d, "register r1", k, UINT32_MAX, machine_channel(m, k), relearn_manager_channel(r->manager, k));
    for (uint32_t core = 0; core < machine_cores(m); core++)
        for (uint64_t at = 0; (got = machine_core_synapses(m, core, at, chunk, CHUNK)) > 0; at += got)
            for (uint64_t i = 0; i < got; i++) {
                const respin_rule *rule = r->rule[chunk[i].projection];
                const respin_stdp *stdp = r->stdp[chunk[i].projection];
                const graph_projection *j = &g->projection[chunk[i].projection];
                if (!rule && !stdp)
                    continue;
                uint32_t pre = machine_source_at(m, core, chunk[i].axon),
                         post = machine_neuron_at(m, core, chunk[i].compartment);
                uint64_t e = edge_of(j, pre - g->population[j->pre].first, post - g->population[j->post].first,
                                     met[chunk[i].projection]);
                if (stdp) {
                    hold(d, "weight", pre, post, chunk[i].weight < 0 ? -chunk[i].weight : chunk[i].weight,
                         e == UINT64_MAX ? INT64_MAX : stdp->weight[e]);
                    continue;
                }
                hold(d, "weight", pre, post, chunk[i].weight, e == UINT64_MAX ? INT64_MAX : rule->weight[e]);
                if (e == UINT64_MAX)
                    continue;
                hold(d, "psi_fast", pre, post, chunk[i].tag, rule->psi[e][0]);
                hold(d, "psi_slow", pre, post, chunk[i].second, rule->psi[e][1]);
            }
}
