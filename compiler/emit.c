/* Writes the image. Takes the routed mapping, yields the bytes of all tables: each core's by the chip (chip->lower),
 * the host's (core/ir/image.def) here. A value that its column cannot hold is reported at the YAML line it comes
 * from. Real numbers become the integers of the host tables here:
 *
 *   Poisson threshold  floor(p 2^32), saturated: fires when a 32-bit draw is below it
 *   keep               round(65536 exp(-dt/tau))
 *   turns              a frequency or phase as the part of a turn, modulo 1, in units of 2^-32
 *   current I [nA]     register steps of u. The host adds to the input accumulator, which u sums with decay
 *                      d = exp(-dt/tau_syn); so a current that is to stand at A from `start` to `stop` is A in its
 * first step, A (1 - d) in the others, and -A d at `stop`. Raw models take their integer every step. */
#include "compiler/unit.h"

#include "core/base/bug.h"
#include "core/ir/image.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const hmn_mapping *m;
    const hmn_qnet *q;
    const hmn_graph *g;
    const hmn_net *net;
    const hmn_limits *limits;
    image_writer *w;
    hmn_diag *diag;
    bool failed;
} emitter;

static void add(emitter *e, host_table id, hmn_span at, const int64_t *value)
{
    uint32_t bad = image_add_host(e->w, id, value);
    const hmn_table *t = image_host_table(id);
    if (bad == t->ncolumns)
        return;
    diag_report(e->diag, DIAG_FIT_VALUE, at, "'%s' of the image's table '%s' holds %lld to %lld, this needs %lld",
                t->column[bad].name, t->name, (long long)schema_low(&t->column[bad]),
                (long long)schema_high(&t->column[bad]), (long long)value[bad]);
    e->failed = true;
}

static int64_t text(emitter *e, const char *s) { return (int64_t)image_add_string(e->w, s ? s : ""); }

static int64_t bits(double v)
{
    int64_t b;
    memcpy(&b, &v, sizeof b);
    return b;
}

/* Nearest integer of any double; far outside every column's range when it is outside int64. */
static int64_t nearest(double v)
{
    if (isnan(v))
        return INT64_MAX;
    return v >= 9e18 ? INT64_MAX : v <= -9e18 ? INT64_MIN : (int64_t)llround(v);
}

static int64_t q16(double v) { return nearest(v * 65536.0); }

static int64_t keep(const emitter *e, double tau) { return tau > 0 ? nearest(65536.0 * exp(-e->g->dt / tau)) : 0; }

static const hmn_span nowhere = {0, 0, 0, 0};

static void network(emitter *e)
{
    const hmn_net *n = e->net;
    int64_t row[] = {
        text(e, n->name.s),       e->g->nneurons,     nearest(e->g->dt * 1e6), nearest(n->duration.v / e->g->dt),
        (int64_t)e->g->nsynapses, text(e, n->task.s), e->g->max_delay};
    add(e, HOST_NETWORK, n->duration.at.line ? n->duration.at : n->name.at, row);
}

static void populations(emitter *e)
{
    for (uint32_t k = 0; k < e->g->npopulations; k++) {
        const graph_population *p = &e->g->population[k];
        const qnet_population *q = &e->q->population[k];
        int64_t row[] = {text(e, p->name), p->first,       p->size,         p->model,
                         p->source,        bits(q->v_lsb), bits(q->v_zero), bits(q->u_lsb)};
        add(e, HOST_POPULATIONS, p->at, row);
    }
    for (uint32_t i = 0; i < e->g->nneurons; i++) {
        int64_t row[] = {e->m->neuron_core[i], e->m->neuron_local[i]};
        add(e, HOST_NEURONS, nowhere, row);
    }
}

static void projections(emitter *e)
{
    for (uint32_t k = 0; k < e->g->nprojections; k++) {
        const graph_projection *p = &e->g->projection[k];
        int64_t row[] = {text(e, p->name),
                         p->pre,
                         p->post,
                         (int64_t)p->nsynapses,
                         e->q->projection[k].rule != NET_NONE,
                         bits(e->q->projection[k].w_lsb)};
        add(e, HOST_PROJECTIONS, p->at, row);
    }
}

static void axons(emitter *e)
{
    const hmn_mapping *m = e->m;
    for (uint32_t c = 0; c < m->ncores; c++) {
        add(e, HOST_SITES, nowhere, (int64_t[]){m->site[c]});
        for (uint32_t k = m->axon_row[c]; k < m->axon_row[c + 1]; k++)
            add(e, HOST_AXONS, nowhere, (int64_t[]){c, m->axon_source[k]});
    }
}

/* Of sources only: neurons send by their core's own tables. */
static void routes(emitter *e)
{
    const hmn_mapping *m = e->m;
    for (uint32_t i = 0; i < e->g->nneurons; i++)
        for (uint32_t k = m->out_row[i]; m->neuron_core[i] == NET_NONE && k < m->out_row[i + 1]; k++) {
            uint32_t core = m->out_core[k], axon, atom = map_entry(m, core, m->out_axon[k], &axon);
            add(e, HOST_ROUTES, nowhere, (int64_t[]){i, core, axon, atom});
        }
}

static int64_t threshold(double p)
{
    return p <= 0 ? 0 : p >= 1 ? UINT32_MAX : (int64_t)fmin(floor(p * 4294967296.0), UINT32_MAX);
}

static void sources(emitter *e)
{
    const graph_spikes *s = &e->g->spikes;
    for (uint64_t i = 0; i < s->count; i++)
        add(e, HOST_SPIKES, nowhere, (int64_t[]){s->step[i], s->neuron[i]});
    for (uint32_t k = 0; k < e->g->npoisson; k++) {
        const graph_poisson *p = &e->g->poisson[k];
        for (uint32_t i = 0; i < p->count; i++) {
            int64_t row[] = {p->first + i, threshold(graph_at(p->p, i)), p->id, i, p->start, p->stop};
            if (row[1] > 0 && p->start < p->stop)
                add(e, HOST_POISSON, nowhere, row);
        }
    }
}

static void drive(emitter *e, hmn_span at, uint32_t neuron, double amount, uint32_t start, uint32_t stop)
{
    int64_t row[] = {neuron, nearest(amount), start, stop};
    if (row[1] != 0 && start < stop)
        add(e, HOST_CURRENTS, at, row);
}

static bool uniform(graph_param p, uint32_t size)
{
    for (uint32_t i = 1; p.stride && i < size; i++)
        if (p.v[i] != p.v[0])
            return false;
    return true;
}

/* A population has one u_lsb, so a current means the same to all its neurons only when their tau_m and cm agree. */
static bool one_scale(emitter *e, const graph_population *p)
{
    if (net_raw(p->model) || (uniform(p->param[NP_TAU_M], p->size) && uniform(p->param[NP_CM], p->size)))
        return true;
    diag_report(e->diag, DIAG_FIT_MODEL, p->at,
                "a current stimulus enters population '%s', whose neurons differ in tau_m or cm", p->name);
    diag_cure(e->diag, "give the neurons the same tau_m and cm, or use i_offset for a constant current");
    e->failed = true;
    return false;
}

static void current(emitter *e, const graph_current *c, uint32_t i)
{
    uint32_t neuron = c->first + i, k = graph_population_of(e->g, neuron);
    const graph_population *p = &e->g->population[k];
    double amplitude = graph_at(c->amplitude, i), decay = 0;
    if (c->start >= c->stop)
        return;
    if (graph_current_varies(c)) {
        diag_report(e->diag, DIAG_FIT_MODEL, e->net->stimulus[c->id].name.at,
                    "stimulus %s is an alternating or noisy current, which the host of this target does not write",
                    e->net->stimulus[c->id].name.s);
        diag_cure(e->diag, "use target spinnaker, several constant currents, or noise of the neurons");
        e->failed = true;
        return;
    }
    if (amplitude == 0)
        return;
    if (net_raw(p->model)) {
        drive(e, p->at, neuron, amplitude, c->start, c->stop);
        return;
    }
    if (p->model == MODEL_CURR_EXP) {
        double tau = graph_at(p->param[NP_TAU_SYN_E], neuron - p->first);
        decay = tau > 0 ? exp(-e->g->dt / tau) : 0;
    }
    /* of a current that decays the host adds a share each step */
    double level = (double)nearest(amplitude / e->q->population[k].u_lsb), share = decay > 0 ? 1 - decay : 1;
    if (nearest(level * share) == 0) {
        char what[96];
        snprintf(what, sizeof what, "stimulus %s", c->id < e->net->nstimuli ? e->net->stimulus[c->id].name.s : "");
        quantise_lost(e->diag, p->at, what, amplitude, e->q->population[k].u_lsb * (ceil(0.5 / share) - 0.5), "nA");
        e->failed = true;
        return;
    }
    drive(e, p->at, neuron, level, c->start, decay > 0 ? c->start + 1 : c->stop);
    if (decay > 0) {
        drive(e, p->at, neuron, level * (1 - decay), c->start + 1, c->stop);
        if (c->stop < UINT32_MAX)
            drive(e, p->at, neuron, -level * decay, c->stop, c->stop + 1);
    }
}

static void currents(emitter *e)
{
    for (uint32_t k = 0; k < e->g->ncurrents && !e->limits->own_currents && !e->failed; k++) {
        const graph_current *c = &e->g->current[k];
        bool plain = c->count == 0 || one_scale(e, &e->g->population[graph_population_of(e->g, c->first)]);
        for (uint32_t i = 0; plain && i < c->count; i++)
            current(e, c, i);
    }
}

static void probes(emitter *e)
{
    for (uint32_t k = 0; k < e->net->nprobes; k++) {
        const net_probe *p = &e->net->probe[k];
        for (uint32_t i = 0; i < p->ntargets; i++) {
            int64_t row[] = {text(e, p->name.s), text(e, p->variable.s), p->record, p->target[i].i, p->every,
                             p->sample};
            add(e, HOST_PROBES, p->name.at, row);
        }
    }
}

typedef struct {
    int64_t modulator, step, value;
    hmn_span at;
} event;

static int by_step(const void *left, const void *right)
{
    const event *l = left, *r = right;
    if (l->step != r->step)
        return l->step < r->step ? -1 : 1;
    return l->modulator < r->modulator ? -1 : l->modulator > r->modulator;
}

static void schedule(emitter *e, hmn_arena *scratch)
{
    uint64_t count = 0;
    for (uint32_t k = 0; k < e->net->nmodulators; k++)
        count += e->net->modulator[k].source == MODSRC_SCHEDULE ? e->net->modulator[k].nschedule : 0;
    event *list = ARENA_NEW(scratch, event, count);
    count = 0;
    for (uint32_t k = 0; k < e->net->nmodulators; k++) {
        const net_modulator *m = &e->net->modulator[k];
        for (uint32_t i = 0; m->source == MODSRC_SCHEDULE && i < m->nschedule; i++)
            list[count++] = (event){k, nearest(m->schedule_time[i] / e->g->dt), q16(m->schedule_value[i]), m->name.at};
    }
    if (count)
        qsort(list, count, sizeof *list, by_step);
    for (uint64_t i = 0; i < count; i++)
        add(e, HOST_SCHEDULE, list[i].at, (int64_t[]){list[i].modulator, list[i].step, list[i].value});
}

static void modulators(emitter *e)
{
    for (uint32_t k = 0; k < e->net->nmodulators; k++) {
        const net_modulator *m = &e->net->modulator[k];
        double value = m->source == MODSRC_CONSTANT ? m->value.v : m->source == MODSRC_POPULATION ? m->baseline.v : 0;
        int64_t row[] = {text(e, m->name.s), text(e, m->signal.s),
                         m->source,          m->source == MODSRC_POPULATION ? m->population.i : NET_NONE,
                         keep(e, m->tau.v),  m->baseline_tau.given ? keep(e, m->baseline_tau.v) : 65536,
                         q16(value)};
        add(e, HOST_MODULATORS, m->name.at, row);
    }
}

static int64_t turns(double part) { return nearest(ldexp(part - floor(part), 32)) & UINT32_MAX; }

static void oscillations(emitter *e)
{
    for (uint32_t k = 0; k < e->net->noscillations; k++) {
        const net_oscillation *o = &e->net->oscillation[k];
        int64_t row[] = {text(e, o->name.s), turns(o->frequency.v * e->g->dt * 1e-3), turns(o->phase.v / (2 * M_PI))};
        add(e, HOST_OSCILLATIONS, o->name.at, row);
    }
}

static void attentions(emitter *e)
{
    for (uint32_t k = 0; k < e->q->nattentions; k++) {
        const qnet_attention *t = &e->q->attention[k];
        add(e, HOST_ATTENTIONS, nowhere, (int64_t[]){t->similarity, t->dimensions, t->null, t->null_q16});
        for (uint32_t i = 0; i < t->nmodulators; i++)
            for (uint32_t d = 0; d < t->dimensions; d++)
                add(e, HOST_KEYS, nowhere, (int64_t[]){k, t->modulator[i], d, t->gain_q16[i][d]});
        for (uint32_t d = 0; d < t->dimensions; d++)
            if (t->context[d] != NET_NONE)
                add(e, HOST_CONTEXTS, nowhere, (int64_t[]){k, d, t->context[d]});
    }
}

static void channels(emitter *e)
{
    for (uint32_t k = 0; k < e->q->nchannels; k++) {
        const qnet_channel *c = &e->q->channel[k];
        add(e, HOST_CHANNELS, nowhere,
            (int64_t[]){c->base_q16, c->epoch, c->attention, c->oscillation, c->phase, c->carry, c->wide, c->reward});
        if (c->rates || c->astrocyte)
            add(e, HOST_FACTORS, nowhere,
                (int64_t[]){k, c->rates, c->astrocyte, c->multiplies, c->lambda_q16, c->lags, c->written});
        for (uint32_t i = 0; i < c->nterms; i++)
            add(e, HOST_TERMS, nowhere, (int64_t[]){k, c->modulator[i], c->gain_q16[i]});
    }
}

static void learned_rates(emitter *e)
{
    for (uint32_t k = 0; k < e->q->nrates; k++) {
        const qnet_rates *r = &e->q->rates[k];
        add(e, HOST_RATES, nowhere,
            (int64_t[]){r->rule, r->method, r->window, r->part, r->start[0], r->start[1], r->low[0], r->low[1],
                        r->high[0], r->high[1], r->a0[0], r->a0[1], r->c0, r->alpha, r->gamma, r->stability});
    }
}

static void astrocytes(emitter *e)
{
    for (uint32_t k = 0; k < e->q->nastrocytes; k++) {
        const qnet_astrocyte *c = &e->q->astrocyte[k];
        const net_astrocyte *n = &e->net->astrocyte[c->net];
        add(e, HOST_ASTROCYTES, n->name.at, (int64_t[]){text(e, n->name.s), n->modulator.i, c->rate, c->gain, c->most});
        for (uint32_t i = 0; i < QNET_HILL_POINTS; i++)
            add(e, HOST_HILL, nowhere, (int64_t[]){c->effect[i]});
    }
}

static void biases(emitter *e)
{
    for (uint32_t k = 0; k < e->g->npopulations; k++) {
        const qnet_bias *b = e->q->population[k].bias;
        for (uint32_t i = 0; b && i < e->g->population[k].size; i++)
            if (b[i].rise_q16 || b[i].drop_q16)
                add(e, HOST_BIASES, e->g->population[k].at,
                    (int64_t[]){e->g->population[k].first + i, b[i].start, b[i].rise_q16, b[i].drop_q16, b[i].most,
                                b[i].shift});
    }
}

static void firing(emitter *e)
{
    for (uint32_t k = 0; k < e->q->ngates; k++) {
        const qnet_gate *g = &e->q->gate[k];
        add(e, HOST_FIRING, nowhere, (int64_t[]){g->oscillation, g->phase, g->above_q16, g->neurons});
    }
}

static void settings(emitter *e)
{
    for (uint32_t i = 0; i < e->net->ntask_settings; i++) {
        const net_setting *s = &e->net->task_setting[i];
        add(e, HOST_SETTINGS, s->at, (int64_t[]){text(e, s->key), text(e, s->value)});
    }
}

static void machine(emitter *e)
{
    const net_target *t = &e->net->target;
    for (uint32_t i = 0; i < t->nchanges; i++)
        add(e, HOST_MACHINE, t->change[i].at, (int64_t[]){text(e, t->change[i].key), (int64_t)t->change[i].value});
}

static void host_tables(emitter *e, hmn_arena *scratch)
{
    network(e);
    populations(e);
    projections(e);
    axons(e);
    routes(e);
    sources(e);
    currents(e);
    probes(e);
    modulators(e);
    oscillations(e);
    attentions(e);
    channels(e);
    firing(e);
    schedule(e, scratch);
    machine(e);
    learned_rates(e);
    astrocytes(e);
    biases(e);
    settings(e);
}

static bool cores(const hmn_unit *u, image_writer *w)
{
    bool ok = true;
    for (uint32_t c = 0; c < u->mapping->ncores; c++) {
        hmn_arena *scratch = arena_new(0);
        ok = u->chip->lower(u->mapping, c, w, scratch, u->diag) && ok;
        arena_free(scratch);
    }
    return ok;
}

bool pass_emit(hmn_unit *u)
{
    hmn_arena *scratch = arena_new(0);
    const hmn_graph *g = u->qnet->graph;
    image_writer *w = image_writer_new(scratch, u->chip->name, u->mapping->ncores, u->reseed ? *u->reseed : g->seed);
    emitter e = {u->mapping, u->qnet, g, g->net, u->chip->limits, w, u->diag, false};
    host_tables(&e, scratch);
    bool ok = cores(u, w) && !e.failed;
    if (ok) {
        const void *bytes = image_finish(w, &u->image_size);
        void *kept = arena_alloc(u->arena, u->image_size, 64);
        u->image = memcpy(kept, bytes, u->image_size);
    }
    arena_free(scratch);
    return ok;
}
