/* The reference interpreter: state and the order of a step. Takes an elaborated graph, yields a network that steps
 * (core/sim.h). Within step t:
 *
 *   begin  1. spikes of step t - 1 reach their synapses, whose weights as they are now join the rings of arrivals at
 *             step t - 1 + delay;  2. u, v and spikes (equation 1);
 *   end    3. biases and traces (equation 2);  4. modulators (equation 6), astrocytes;  5. where an epoch ends, weights
 *          (equations 3 to 5, 7, 10, 11);  6. where a window ends, rates (equations 8, 9).
 *
 * A ring holds, for each neuron, the sum of weights that arrive in each of the next max_delay steps. Sums run in
 * order of projection and neuron, so that a run is the same everywhere. */
#include "core/reference/reference.h"

#include "core/base/bug.h"
#include "core/base/hash.h"
#include "core/base/rng.h"
#include "core/reference/state.h"

#include <math.h>
#include <string.h>

static hmn_reference *of(hmn_sim *s) { return (hmn_reference *)s; }

/* ---- 1. delivery ---- */

static void deliver_row(hmn_reference *r, const reference_projection *p, uint32_t i, double payload)
{
    if (p->rule)
        payload *= astrocyte_presynaptic(r, p->rule);
    const graph_population *post = &r->graph->population[p->g->post];
    const double *weight = p->weight ? p->weight : p->g->weight;
    for (uint32_t e = p->g->row[i]; e < p->g->row[i + 1]; e++) {
        double w = p->unit * weight[e];
        if (p->floor_to > 0)
            w = p->floor_to * floor(w / p->floor_to);
        bool mixed = p->g->receptor == RECEPTOR_MIXED && !r->neuron[post->first + p->g->target[e]].silent;
        bool inhibitory = p->g->receptor == RECEPTOR_INHIBITORY || (mixed && w < 0);
        size_t slot = (r->step + p->g->delay[e] - 1u) % r->slots;
        double *ring = inhibitory ? r->arrive_inh : r->arrive_exc;
        ring[slot * r->graph->nneurons + post->first + p->g->target[e]] += w * payload;
    }
    r->counts.synaptic_events += p->g->row[i + 1] - p->g->row[i];
}

static void deliver(hmn_reference *r)
{
    for (uint32_t k = 0; k < r->narrived; k++) {
        uint32_t population = graph_population_of(r->graph, r->arrived[k]);
        uint32_t i = r->arrived[k] - r->graph->population[population].first;
        const graph_population *from = &r->graph->population[population];
        bool graded = from->activation == ACT_RELU && !from->source;
        double payload = graded ? r->arrived_payload[r->arrived[k]] : 1;
        for (uint32_t f = r->fan_row[population]; f < r->fan_row[population + 1]; f++)
            deliver_row(r, &r->projection[r->fan[f]], i, payload);
    }
}

/* ---- sources and currents ---- */

static bool poisson_fires(const hmn_reference *r, const graph_poisson *p, uint32_t i)
{
    double scaled = floor(graph_at(p->p, i) * 0x1p32);
    uint32_t threshold = scaled >= 0x1p32 ? UINT32_MAX : (uint32_t)scaled;
    return rng_u32(r->graph->seed, RNG_POISSON, p->id, i, r->step) < threshold;
}

static void fire_sources(hmn_reference *r)
{
    const hmn_graph *g = r->graph;
    for (; r->given < g->spikes.count && g->spikes.step[r->given] <= r->step; r->given++)
        if (g->spikes.step[r->given] == r->step)
            r->fired[g->spikes.neuron[r->given]] = 1;
    for (uint32_t k = 0; k < g->npoisson; k++) {
        const graph_poisson *p = &g->poisson[k];
        for (uint32_t i = 0; i < p->count && r->step >= p->start && r->step < p->stop; i++)
            if (poisson_fires(r, p, i))
                r->fired[p->first + i] = 1;
    }
    for (uint32_t n = 0; n < g->nneurons; n++)
        r->fired[n] |= r->injected[n];
}

/* What a current adds to its neuron i in this step. */
static double current_of(const hmn_reference *r, const graph_current *c, uint32_t i)
{
    double sum = graph_at(c->amplitude, i);
    if (c->frequency > 0)
        sum = sum * sin(2 * M_PI * (c->frequency * (r->step - c->start) + c->phase)) + c->offset;
    if (c->deviation > 0) {
        uint32_t bits[4];
        rng_block(r->graph->seed, RNG_CURRENT, c->id, c->first + i, r->step, bits);
        sum += c->deviation * sqrt(-2 * log((bits[0] + 1.0) * 0x1p-32)) * cos(2 * M_PI * bits[1] * 0x1p-32);
    }
    return sum;
}

static void apply_currents(hmn_reference *r)
{
    memset(r->current, 0, r->graph->nneurons * sizeof *r->current);
    for (uint32_t k = 0; k < r->graph->ncurrents; k++) {
        const graph_current *c = &r->graph->current[k];
        for (uint32_t i = 0; i < c->count && r->step >= c->start && r->step < c->stop; i++)
            r->current[c->first + i] += current_of(r, c, i);
    }
}

/* ---- sim ---- */

static void inject(hmn_sim *s, uint32_t neuron)
{
    hmn_reference *r = of(s);
    HMN_ASSERT(neuron < r->graph->nneurons);
    HMN_ASSERT(r->graph->population[graph_population_of(r->graph, neuron)].source);
    r->injected[neuron] = 1;
}

static void begin(hmn_sim *s)
{
    hmn_reference *r = of(s);
    HMN_ASSERT(!r->open);
    r->open = true;
    uint32_t n = r->graph->nneurons;
    size_t slot = (size_t)(r->step % r->slots) * n;
    memset(r->fired, 0, n);
    deliver(r);
    fire_sources(r);
    apply_currents(r);
    phase_close(r);
    neuron_step(r);
    memset(r->arrive_exc + slot, 0, n * sizeof *r->arrive_exc);
    memset(r->arrive_inh + slot, 0, n * sizeof *r->arrive_inh);
    r->nspikes = 0;
    for (uint32_t i = 0; i < n; i++)
        if (r->fired[i])
            r->spike[r->nspikes++] = i;
    r->counts.spikes += r->nspikes;
}

/* z_j of equations 2 and 11: what a graded spike carries, else 0 or 1. */
static void spikes_as_values(hmn_reference *r)
{
    const hmn_graph *g = r->graph;
    for (uint32_t k = 0; k < g->npopulations; k++) {
        const graph_population *p = &g->population[k];
        bool graded = p->activation == ACT_RELU && !p->source && p->model != MODEL_LOIHI_LIF;
        for (uint32_t n = p->first; n < p->first + p->size; n++)
            r->z[n] = r->fired[n] ? (graded ? r->payload[n] : 1) : 0;
    }
}

static void end(hmn_sim *s)
{
    hmn_reference *r = of(s);
    HMN_ASSERT(r->open);
    r->open = false;
    spikes_as_values(r);
    neuron_homeostasis(r);
    plasticity_traces(r);
    modulator_step(r);
    astrocyte_step(r);
    plasticity_epoch(r);
    if (r->trial_over && r->learning)
        meta_trial(r, r->score);
    r->trial_over = false;
    uint32_t *old = r->arrived;
    r->arrived = r->spike;
    r->narrived = r->nspikes;
    r->spike = old;
    double *payload = r->arrived_payload;
    r->arrived_payload = r->payload;
    r->payload = payload;
    r->nspikes = 0;
    memcpy(r->x, r->z, r->graph->nneurons * sizeof *r->x);
    memset(r->injected, 0, r->graph->nneurons);
    r->step++;
}

static const uint32_t *spikes(const hmn_sim *s, uint32_t *count)
{
    const hmn_reference *r = (const hmn_reference *)s;
    *count = r->nspikes;
    return r->spike;
}

static void modulate(hmn_sim *s, uint32_t modulator, double value)
{
    hmn_reference *r = of(s);
    HMN_ASSERT(modulator < r->graph->net->nmodulators);
    if (!isnan(value))
        r->modulator[modulator].input = value;
}

static void learn(hmn_sim *s, bool on) { of(s)->learning = on; }

static void trial(hmn_sim *s, double score)
{
    of(s)->score = score;
    of(s)->trial_over = true;
}

static uint32_t step(const hmn_sim *s) { return ((const hmn_reference *)s)->step; }

static const hmn_sim_ops ops = {inject, begin, end, spikes, modulate, learn, step, trial};

/* ---- construction ---- */

/* What one spike adds through a synapse of weight 1, see core/ir/graph.h on restated graphs. */
static void prepare_units(hmn_reference *r)
{
    const hmn_graph *g = r->graph;
    for (uint32_t k = 0; k < g->nprojections; k++) {
        reference_projection *p = &r->projection[k];
        p->g = &g->projection[k];
        p->unit = 1;
        if (g->restated || g->population[p->g->post].model != MODEL_LOIHI_LIF)
            continue;
        const net_num *given = k < g->net->nprojections ? &g->net->projection[k].weight_exp : NULL;
        int exponent = given && given->given ? (int)given->v : 0;
        p->unit = ldexp(1, 6 + exponent);
        p->floor_to = r->options.grid && exponent < 0 ? 64 : 0;
    }
}

static void prepare_fan(hmn_reference *r, hmn_arena *a)
{
    const hmn_graph *g = r->graph;
    uint32_t *row = ARENA_NEW(a, uint32_t, g->npopulations + 1), *fan = ARENA_NEW(a, uint32_t, g->nprojections);
    uint32_t n = 0;
    for (uint32_t p = 0; p < g->npopulations; p++) {
        row[p] = n;
        for (uint32_t k = 0; k < g->nprojections; k++)
            if (g->projection[k].pre == p)
                fan[n++] = k;
    }
    row[g->npopulations] = n;
    r->fan_row = row;
    r->fan = fan;
}

static bool receptors_known(const hmn_graph *g, hmn_diag *d)
{
    bool ok = true;
    for (uint32_t k = 0; k < g->nprojections; k++) {
        if (!net_rewards(g->projection[k].receptor))
            continue;
        diag_report(d, DIAG_RULE_TARGET, g->projection[k].at,
                    "projection %s delivers reward by spikes, which the reference does not compute",
                    g->projection[k].name);
        diag_cure(d, "use neuromodulators and a rule of type hmn, or target spinnaker");
        ok = false;
    }
    return ok;
}

enum { RING_LIMIT = 1 << 28 }; /* cells of the rings: 4 GiB in all */

static bool rings_fit(const hmn_graph *g, hmn_diag *d)
{
    uint64_t cells = (uint64_t)g->nneurons * (g->max_delay ? g->max_delay : 1);
    if (cells <= RING_LIMIT)
        return true;
    diag_report(d, DIAG_NET_SIZE, g->net->name.at,
                "the reference needs a cell for each neuron and step of delay: %llu cells, at most %d",
                (unsigned long long)cells, RING_LIMIT);
    diag_cure(d, "shorten the longest delay (%u steps) or use fewer neurons (%u)", g->max_delay, g->nneurons);
    return false;
}

static bool stimuli_known(const hmn_graph *g, hmn_diag *d)
{
    bool ok = true;
    for (uint32_t i = 0; i < g->net->nstimuli; i++) {
        const net_stimulus *s = &g->net->stimulus[i];
        if (!s->select.s)
            continue;
        diag_report(d, DIAG_RULE_TARGET, s->select.at, "stimulus %s: the reference has no task that selects neurons",
                    s->name.s);
        diag_cure(d, "remove select; tasks drive their input populations themselves");
        ok = false;
    }
    return ok;
}

hmn_reference *reference_new(const hmn_graph *g, reference_options options, hmn_arena *a, hmn_diag *d)
{
    if (!receptors_known(g, d) || !rings_fit(g, d) || !stimuli_known(g, d))
        return NULL;
    size_t n = g->nneurons;
    hmn_reference *r = ARENA_NEW(a, hmn_reference, 1);
    *r = (hmn_reference){.sim = {&ops}, .graph = g, .options = options, .learning = true};
    r->slots = g->max_delay ? g->max_delay : 1;
    r->v = ARENA_NEW(a, double, n);
    r->u_exc = ARENA_NEW(a, double, n);
    r->u_inh = ARENA_NEW(a, double, n);
    r->risen = ARENA_NEW(a, double, n);
    r->payload = ARENA_NEW(a, double, n);
    r->arrived_payload = ARENA_NEW(a, double, n);
    r->held = ARENA_NEW(a, uint32_t, n);
    r->arrive_exc = ARENA_NEW(a, double, n * r->slots);
    r->arrive_inh = ARENA_NEW(a, double, n * r->slots);
    r->current = ARENA_NEW(a, double, n);
    r->fired = ARENA_NEW(a, uint8_t, n);
    r->x = ARENA_NEW(a, double, n);
    r->z = ARENA_NEW(a, double, n);
    r->injected = ARENA_NEW(a, uint8_t, n);
    r->spike = ARENA_NEW(a, uint32_t, n);
    r->arrived = ARENA_NEW(a, uint32_t, n);
    r->projection = ARENA_NEW(a, reference_projection, g->nprojections);
    prepare_units(r);
    prepare_fan(r, a);
    r->astrocyte = ARENA_NEW(a, reference_astrocyte, g->net->nastrocytes);
    bool good = neuron_prepare(r, a, d);
    good &= plasticity_prepare(r, a, d);
    good &= phase_prepare(r, a, d);
    good &= meta_prepare(r, a, d);
    modulator_prepare(r, a);
    return good ? r : NULL;
}

/* ---- reading ---- */

hmn_sim *reference_sim(hmn_reference *r) { return &r->sim; }
double reference_v(const hmn_reference *r, uint32_t neuron) { return r->v[neuron]; }
double reference_u(const hmn_reference *r, uint32_t neuron)
{
    return r->u_exc[neuron] + (r->neuron[neuron].silent ? 0 : r->u_inh[neuron]);
}
double reference_modulator(const hmn_reference *r, uint32_t modulator) { return modulator_level(r, modulator); }
reference_counts reference_counters(const hmn_reference *r) { return r->counts; }

const double *reference_weights(const hmn_reference *r, uint32_t projection)
{
    const reference_projection *p = &r->projection[projection];
    return p->weight ? p->weight : p->g->weight;
}

double reference_moved(const hmn_reference *r, uint32_t projection)
{
    const reference_projection *p = &r->projection[projection];
    return p->g->nsynapses ? p->moved / (double)p->g->nsynapses : 0;
}

double reference_move(const hmn_reference *r, uint32_t projection)
{
    const reference_projection *p = &r->projection[projection];
    return p->moves > 0 ? p->moved / p->moves : 0;
}

double reference_eligibility(const hmn_reference *r, uint32_t projection, uint64_t synapse)
{
    const reference_projection *p = &r->projection[projection];
    return p->rule && !p->text ? p->psi_fast[synapse] + (p->psi_slow ? p->psi_slow[synapse] : 0) : 0;
}

reference_terms reference_look(const hmn_reference *r, uint32_t projection, uint32_t pre, uint32_t synapse)
{
    const reference_projection *p = &r->projection[projection];
    if (p->text)
        return (reference_terms){.x_bar = text_trace(p, RT_X1, pre),
                                 .y_bar = text_trace(p, RT_Y1, p->g->target[synapse]),
                                 .factor = p->m,
                                 .alpha = 1,
                                 .change = p->change[synapse]};
    return (reference_terms){p->x_bar[pre],
                             p->y_bar[p->g->target[synapse]],
                             p->psi_fast[synapse],
                             p->psi_slow ? p->psi_slow[synapse] : 0,
                             p->eligibility[synapse],
                             p->m * (p->gate ? p->gate[p->g->bin[synapse]] : 1),
                             p->attention ? p->attention->alpha[synapse] : 1,
                             p->change[synapse]};
}

double reference_rate(const hmn_reference *r, uint32_t rule, uint32_t which) { return r->rates[rule].eta[which]; }
double reference_bias(const hmn_reference *r, uint32_t neuron) { return r->bias[neuron]; }
void reference_set_bias(hmn_reference *r, uint32_t neuron, double bias) { r->bias[neuron] = bias; }
double reference_astrocyte_level(const hmn_reference *r, uint32_t k) { return r->astrocyte[k].level; }
double reference_astrocyte_effect(const hmn_reference *r, uint32_t k) { return r->astrocyte[k].effect; }

void reference_shares(const hmn_reference *r, uint32_t rule, double *gamma)
{
    modulator_attention(r, &r->graph->net->rule[rule], gamma);
}

/* State of the terms that a network may lack: nothing is added where it does. */
static uint64_t terms_digest(const hmn_reference *r, uint64_t h)
{
    const hmn_net *net = r->graph->net;
    for (uint32_t k = 0; k < r->graph->nprojections; k++) {
        const reference_projection *p = &r->projection[k];
        if (!p->attention)
            continue;
        h = hash64(p->attention->h, r->graph->population[p->g->pre].size * p->attention->d * sizeof(double), h);
        h = hash64(p->attention->c, r->graph->population[p->g->post].size * p->attention->d * sizeof(double), h);
    }
    for (uint32_t k = 0; k < net->nrules; k++) {
        const reference_rates *s = &r->rates[k];
        const double learned[] = {s->u[0],    s->u[1],      s->eta[0], s->eta[1], s->score, s->loss[0],
                                  s->loss[1], s->mean_loss, s->trials, s->n,      s->window};
        if (s->n)
            h = hash64(learned, sizeof learned, h);
    }
    for (uint32_t k = 0; k < net->nrules; k++)
        if (net->rule[k].type == RULE_HMN && net->rule[k].enabled && net->rule[k].astrocyte.i != NET_NONE)
            h = hash64(&r->astrocyte[net->rule[k].astrocyte.i].level, sizeof(double), h);
    return h;
}

uint64_t reference_digest(const hmn_reference *r)
{
    size_t n = r->graph->nneurons;
    uint64_t h = hash64(&r->step, sizeof r->step, 0);
    h = hash64(r->v, n * sizeof *r->v, h);
    h = hash64(r->u_exc, n * sizeof *r->u_exc, h);
    h = hash64(r->u_inh, n * sizeof *r->u_inh, h);
    h = hash64(r->risen, n * sizeof *r->risen, h);
    h = hash64(r->arrived_payload, n * sizeof *r->arrived_payload, h);
    h = hash64(r->held, n * sizeof *r->held, h);
    h = hash64(r->arrive_exc, n * r->slots * sizeof *r->arrive_exc, h);
    h = hash64(r->arrive_inh, n * r->slots * sizeof *r->arrive_inh, h);
    h = hash64(r->bias, n * sizeof *r->bias, h);
    h = hash64(r->x, n * sizeof *r->x, h);
    for (uint32_t k = 0; k < r->graph->nprojections; k++) {
        const reference_projection *p = &r->projection[k];
        if (!p->rule)
            continue;
        h = hash64(p->weight, p->g->nsynapses * sizeof *p->weight, h);
        if (p->text) {
            h = hash64(p->text->tag, p->g->nsynapses * sizeof(double), h);
            continue;
        }
        h = hash64(p->psi_fast, p->g->nsynapses * sizeof *p->psi_fast, h);
        if (p->psi_slow)
            h = hash64(p->psi_slow, p->g->nsynapses * sizeof *p->psi_slow, h);
    }
    for (uint32_t k = 0; k < r->graph->net->nmodulators; k++) {
        const double state[] = {r->modulator[k].input, r->modulator[k].average, r->modulator[k].baseline};
        h = hash64(state, sizeof state, h);
    }
    return terms_digest(r, h);
}
