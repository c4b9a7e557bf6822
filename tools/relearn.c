/* Where learning happens, restated. Takes a compiled network and the machine that booted its image, yields the learning
 * axons, compartments and synapses of each core as the documents speak of them, and steps them. The machine is asked
 * where synapses lie and by which number their draws are keyed, because both are layout; what they hold comes from the
 * quantised network. */
#include "tools/relearn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 4096 };

/* ---- what is not restated ---- */

static const char *uncovered(const source *s)
{
    const hmn_qnet *q = s->unit.qnet;
    const char *dialect = q->graph->net->target.dialect.s;
    if (strncmp(s->chip->name, "loihi", 5) != 0)
        return "another family of chips";
    if (dialect && strcmp(dialect, "chip") != 0)
        return "the learning of a dialect other than chip";
    for (uint32_t k = 0; k < q->nrules; k++) {
        const hmn_rule *r = &q->rule[k];
        if (r->held)
            return "third factors that host or neurons write";
        for (uint32_t i = 0; i < r->nproducts; i++)
            if (r->product[i].target == RULE_D && !r->second)
                return "delays that a rule moves";
    }
    for (uint32_t p = 0; p < q->graph->npopulations; p++)
        if (q->population[p].bias && q->graph->population[p].third)
            return "third factors that neurons write";
    return NULL;
}

/* ---- construction ---- */

static bool reads(const hmn_rule *r, rule_var v)
{
    bool some = r->attend.on && (v == RV_X2 || v == RV_Y2);
    for (uint32_t k = 0; k < r->nproducts; k++)
        for (uint32_t f = 0; f < r->product[k].nfactors; f++)
            some |= r->product[k].factor[f].var == v;
    return some;
}

/* Rules that meet agree about those traces which they read. */
static void take_settings(relearn_traces *o, const hmn_rule *r, bool pre)
{
    static const rule_var var[] = {RV_X1, RV_X2, RV_Y1, RV_Y2, RV_Y3};
    for (uint32_t k = 0; k < (pre ? 2u : 3u); k++) {
        uint32_t trace = pre ? k : RT_Y1 + k;
        if (!reads(r, var[trace]))
            continue;
        o->set |= 1u << k;
        o->impulse[k] = r->trace[trace].impulse_q8;
        o->keep[k] = r->trace[trace].decay_q12;
        o->counts = pre ? r->counts_channel : 0;
        o->one = r->counts_one;
        o->written = trace == RT_Y3 ? r->y3_channel : o->written;
    }
}

static uint32_t find(relearn_traces *list, uint32_t *n, uint32_t neuron, uint32_t place, uint32_t owner)
{
    for (uint32_t i = *n; i > 0; i--)
        if (list[i - 1].place == place)
            return i - 1;
    list[*n] = (relearn_traces){.neuron = neuron, .place = place, .owner = owner};
    return (*n)++;
}

/* The synapse of the graph that this one is: equal ones follow each other. */
static uint32_t edge_of(const relearn *r, const hmn_synapse *s, uint32_t pre, uint32_t post, uint8_t *taken)
{
    const graph_projection *p = &r->q->graph->projection[s->projection];
    uint32_t i = pre - r->q->graph->population[p->pre].first, j = post - r->q->graph->population[p->post].first;
    const int32_t delay = s->delay;
    for (uint32_t e = p->row[i]; e < p->row[i + 1]; e++)
        if (!taken[e] && p->target[e] == j && (r->q->projection[s->projection].delay[e] == delay || s->second)) {
            taken[e] = 1;
            return e;
        }
    return NET_NONE;
}

static void add_synapse(relearn *r, uint32_t core, const hmn_mapping *m, const hmn_machine *machine,
                        const hmn_synapse *s, uint8_t **taken)
{
    relearn_core *c = &r->core[core];
    const qnet_projection *p = &r->q->projection[s->projection];
    uint32_t pre = machine_source_at(machine, core, s->axon), post = machine_neuron_at(machine, core, s->compartment);
    uint32_t e = edge_of(r, s, pre, post, taken[s->projection]);
    if (e == NET_NONE)
        return;
    const graph_projection *g = &r->q->graph->projection[s->projection];
    uint32_t rule = p->bin_rule ? p->bin_rule[g->bin[e]] : p->rule;
    const hmn_rule *how = &r->q->rule[rule];
    relearn_synapse *out = &c->synapse[c->nsynapses++];
    *out = (relearn_synapse){.projection = s->projection, .edge = e, .rule = rule, .key = s->key, .w = p->weight[e]};
    out->d = how->second ? 0 : p->delay[e];
    out->axon = find(c->axon, &c->naxons, pre, s->axon, s->axon - m->first_plastic[core]);
    out->post = find(c->post, &c->nposts, post, s->compartment, 1u << 31 | s->compartment);
    take_settings(&c->axon[out->axon], how, true);
    take_settings(&c->post[out->post], how, false);
    c->epoch = how->epoch;
    c->even |= how->rounds;
}

static void fill_core(relearn *r, uint32_t core, const hmn_mapping *m, const hmn_machine *machine, uint8_t **taken,
                      hmn_arena *a)
{
    hmn_synapse *chunk = ARENA_NEW(a, hmn_synapse, CHUNK);
    uint64_t got, plastic = 0;
    relearn_core *c = &r->core[core];
    for (int pass = 0; pass < 2; pass++) {
        for (uint64_t at = 0; (got = machine_core_synapses(machine, core, at, chunk, CHUNK)) > 0; at += got)
            for (uint64_t i = 0; i < got; i++)
                if (r->q->projection[chunk[i].projection].rule != NET_NONE) {
                    plastic += pass == 0;
                    if (pass)
                        add_synapse(r, core, m, machine, &chunk[i], taken);
                }
        if (pass == 0) {
            c->synapse = ARENA_NEW(a, relearn_synapse, plastic);
            c->axon = ARENA_NEW(a, relearn_traces, plastic);
            c->post = ARENA_NEW(a, relearn_traces, plastic);
        }
    }
}

relearn *relearn_new(const source *s, const hmn_machine *m, const char **why)
{
    *why = uncovered(s);
    if (*why)
        return NULL;
    hmn_arena *a = s->arena;
    const hmn_qnet *q = s->unit.qnet;
    relearn *r = ARENA_NEW(a, relearn, 1);
    r->q = q;
    r->seed = s->unit.reseed ? *s->unit.reseed : q->graph->seed;
    r->ncores = s->unit.mapping->ncores;
    r->core = ARENA_NEW(a, relearn_core, r->ncores);
    r->fired = ARENA_NEW(a, uint8_t, q->graph->nneurons);
    r->arrived = ARENA_NEW(a, uint8_t, q->graph->nneurons);
    r->heard = ARENA_NEW(a, int32_t, q->nchannels);
    r->manager = relearn_manager_new(q, r->seed, a);
    uint8_t **taken = ARENA_NEW(a, uint8_t *, q->graph->nprojections);
    for (uint32_t k = 0; k < q->graph->nprojections; k++)
        taken[k] = ARENA_NEW(a, uint8_t, q->graph->projection[k].nsynapses);
    for (uint32_t c = 0; c < r->ncores; c++)
        fill_core(r, c, s->unit.mapping, m, taken, a);
    return r;
}

/* ---- a step ---- */

void relearn_modulate(relearn *r, uint32_t modulator, double value)
{
    relearn_manager_set(r->manager, modulator, value);
}

void relearn_trial(relearn *r, double score) { relearn_manager_trial(r->manager, score); }

void relearn_end(relearn *r, const uint32_t *spike, uint32_t count, bool learning)
{
    memset(r->fired, 0, r->q->graph->nneurons);
    for (uint32_t i = 0; i < count; i++)
        r->fired[spike[i]] = 1;
    for (uint32_t k = 0; k < r->q->nchannels; k++)
        r->heard[k] = relearn_manager_channel(r->manager, k);
    relearn_manager_step(r->manager, r->step, r->fired, learning);
    for (uint32_t c = 0; c < r->ncores; c++)
        if (r->core[c].epoch)
            relearn_core_step(r, c, learning);
    uint8_t *old = r->arrived;
    r->arrived = r->fired;
    r->fired = old;
    r->step++;
}

bool relearn_bias(const relearn *r, uint32_t neuron, int32_t *bias)
{
    return relearn_manager_bias(r->manager, neuron, bias);
}

int32_t relearn_channel(const relearn *r, uint32_t channel) { return relearn_manager_channel(r->manager, channel); }

/* ---- comparison ---- */

static bool same(relearn_difference *d, const relearn *r, const char *what, uint32_t pre, uint32_t post, int64_t chip,
                 int64_t restated)
{
    d->compared++;
    if (chip == restated || d->differ)
        return chip == restated;
    d->differ = true;
    d->step = r->step - 1;
    snprintf(d->what, sizeof d->what, "%s", what);
    d->pre = pre;
    d->post = post;
    d->chip = chip;
    d->restated = restated;
    return false;
}

static void compare_traces(const relearn *r, const hmn_machine *m, uint32_t core, relearn_difference *d)
{
    static const char *const name[] = {"x1", "x2", "y1", "y2", "y3"};
    const relearn_core *c = &r->core[core];
    for (uint32_t i = 0; i < c->naxons; i++)
        for (uint32_t k = 0; k < 2; k++)
            same(d, r, name[k], c->axon[i].neuron, UINT32_MAX,
                 machine_core_read(m, core, (hmn_variable)(VAR_X1 + k), c->axon[i].place), c->axon[i].value[k]);
    for (uint32_t i = 0; i < c->nposts; i++)
        for (uint32_t k = 0; k < 3; k++)
            same(d, r, name[2 + k], UINT32_MAX, c->post[i].neuron,
                 machine_core_read(m, core, (hmn_variable)(VAR_Y1 + k), c->post[i].place), c->post[i].value[k]);
}

static void compare_synapses(const relearn *r, const hmn_machine *m, uint32_t core, hmn_synapse *chunk,
                             relearn_difference *d)
{
    const relearn_core *c = &r->core[core];
    uint32_t n = 0;
    uint64_t got;
    for (uint64_t at = 0; (got = machine_core_synapses(m, core, at, chunk, CHUNK)) > 0; at += got)
        for (uint64_t i = 0; i < got && n < c->nsynapses; i++) {
            if (r->q->projection[chunk[i].projection].rule == NET_NONE)
                continue;
            const relearn_synapse *s = &c->synapse[n++];
            uint32_t pre = c->axon[s->axon].neuron, post = c->post[s->post].neuron;
            bool second = r->q->rule[s->rule].second;
            same(d, r, "weight", pre, post, chunk[i].weight, s->w);
            same(d, r, "tag", pre, post, chunk[i].tag, s->t);
            same(d, r, second ? "second tag" : "delay", pre, post, second ? chunk[i].second : chunk[i].delay, s->d);
        }
}

void relearn_compare(const relearn *r, const hmn_machine *m, hmn_arena *scratch, relearn_difference *d)
{
    hmn_synapse *chunk = ARENA_NEW(scratch, hmn_synapse, CHUNK);
    for (uint32_t k = 0; k < r->q->nchannels; k++)
        same(d, r, "register r1", k, UINT32_MAX, machine_channel(m, k), relearn_channel(r, k));
    for (uint32_t c = 0; c < r->ncores; c++) {
        if (r->core[c].epoch == 0 || r->step % r->core[c].epoch != 0)
            continue;
        compare_traces(r, m, c, d);
        compare_synapses(r, m, c, chunk, d);
    }
}
