/* The recorder of a run. Takes spikes and looks into the machine or reference after every step, yields .npy files:
 * spikes/POPULATION (step, neuron), probes/NAME (samples, neurons), weights/PROJECTION (pre, post, weight, delay).
 * Files grow as the run goes, so memory does not. A probe with `sample: n` takes n neurons evenly spaced. Registers
 * of chips stay integers; a modulator's level is written in units of 1/65536, as the management processor holds it. */
#include "tools/record.h"

#include "core/base/bug.h"
#include "tools/npy.h"

#include <math.h>
#include <string.h>

typedef struct {
    const layout_probe *probe;
    npy_writer *file;
    uint32_t *index; /* what each column is: global neuron, synapse of the projections in turn, or modulator */
    uint32_t count;
    hmn_variable var; /* of PROBE_V, PROBE_U, PROBE_TRACE */
    void *row;
} channel;

struct recorder {
    record_subject subject;
    outdir *dir;
    hmn_arena *arena;
    npy_writer **spikes;
    channel *channel;
    uint32_t nchannels;
};

static const struct {
    const char *name;
    hmn_variable var;
} traces[] = {{"y1", VAR_Y1}, {"y2", VAR_Y2}, {"y3", VAR_Y3}};

static bool cannot(const recorder *r, const layout_probe *p, hmn_diag *d)
{
    diag_report(d, DIAG_RULE_TARGET, (hmn_span){0}, "probe %s: '%s' cannot be recorded on %s", p->name, p->variable,
                r->subject.machine ? "a chip" : "the reference");
    diag_cure(d, r->subject.machine ? "spikes, v, u, weight, y1, y2, y3 and level can" : "spikes, v, u and weight can");
    return false;
}

static bool find_variable(const recorder *r, channel *c, hmn_diag *d)
{
    const layout_probe *p = c->probe;
    if (p->record == PROBE_V || p->record == PROBE_U || p->record == PROBE_WEIGHT)
        c->var = p->record == PROBE_V ? VAR_V : VAR_U;
    if (p->record == PROBE_MODULATOR && !r->subject.machine)
        return cannot(r, p, d);
    if (p->record != PROBE_TRACE)
        return true;
    for (uint32_t i = 0; i < sizeof traces / sizeof *traces && r->subject.machine; i++)
        if (strcmp(traces[i].name, p->variable) == 0) {
            c->var = traces[i].var;
            return true;
        }
    return cannot(r, p, d);
}

/* Number of things in target t of a probe, and the index of the first. */
static uint64_t extent(const layout *l, const layout_probe *p, uint32_t t, uint64_t *first)
{
    *first = 0;
    if (p->record == PROBE_WEIGHT) {
        for (uint32_t k = 0; k < t; k++)
            *first += l->projection[p->target[k]].synapses;
        return l->projection[p->target[t]].synapses;
    }
    *first = p->record == PROBE_MODULATOR ? p->target[t] : l->population[p->target[t]].first;
    return p->record == PROBE_MODULATOR ? 1 : l->population[p->target[t]].size;
}

static bool list_columns(recorder *r, channel *c, hmn_diag *d)
{
    const layout_probe *p = c->probe;
    uint64_t total = 0, first, n = 0;
    for (uint32_t t = 0; t < p->ntargets; t++)
        total += extent(r->subject.net, p, t, &first);
    if (total >= UINT32_MAX) {
        diag_report(d, DIAG_NET_SIZE, (hmn_span){0}, "probe %s would record %llu values at a time", p->name,
                    (unsigned long long)total);
        diag_cure(d, "use sample: to record fewer");
        return false;
    }
    uint64_t keep = p->sample && p->sample < total ? p->sample : total;
    c->index = ARENA_NEW(r->arena, uint32_t, keep);
    for (uint32_t t = 0; t < p->ntargets; t++) {
        uint64_t size = extent(r->subject.net, p, t, &first);
        for (uint64_t i = 0; i < size; i++, n++)
            if (c->count < keep && n == (uint64_t)c->count * total / keep)
                c->index[c->count++] = (uint32_t)(first + i);
    }
    c->row = arena_alloc(r->arena, (size_t)(keep + 1) * 8, 8);
    return true;
}

static bool open_probe(recorder *r, const layout_probe *p, hmn_diag *d)
{
    channel *c = &r->channel[r->nchannels++];
    c->probe = p;
    if (!find_variable(r, c, d) || !list_columns(r, c, d))
        return false;
    const char *name = p->shared ? arena_printf(r->arena, "probes/%s.%s.npy", p->name, p->variable)
                                 : arena_printf(r->arena, "probes/%s.npy", p->name);
    c->file = npy_create(outdir_file(r->dir, name, d), r->subject.machine ? NPY_I32 : NPY_F64, c->count, r->arena, d);
    return c->file != NULL;
}

recorder *record_begin(const record_subject *s, outdir *dir, hmn_arena *a, hmn_diag *d)
{
    recorder *r = ARENA_NEW(a, recorder, 1);
    const layout *l = s->net;
    *r = (recorder){.subject = *s, .dir = dir, .arena = a};
    r->spikes = ARENA_NEW(a, npy_writer *, l->npopulations);
    r->channel = ARENA_NEW(a, channel, l->nprobes);
    for (uint32_t i = 0; i < l->npopulations; i++) {
        const char *name = arena_printf(a, "spikes/%s.npy", l->population[i].name);
        r->spikes[i] = npy_create(outdir_file(dir, name, d), NPY_U32, 2, a, d);
        if (!r->spikes[i])
            break;
    }
    for (uint32_t i = 0; i < l->nprobes && !diag_errors(d); i++)
        if (l->probe[i].record != PROBE_SPIKES)
            open_probe(r, &l->probe[i], d);
    if (!diag_errors(d))
        return r;
    record_abandon(r, d);
    return NULL;
}

void record_spikes(recorder *r, const uint32_t *neuron, uint32_t count, uint32_t step)
{
    const layout *l = r->subject.net;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t p = layout_population_of(l, neuron[i]), row[2] = {step, neuron[i] - l->population[p].first};
        npy_rows(r->spikes[p], row, 1);
    }
}

/* ---- probes ---- */

static void read_neurons(const recorder *r, channel *c)
{
    const record_subject *s = &r->subject;
    int32_t *whole = c->row;
    double *real = c->row;
    for (uint32_t i = 0; i < c->count; i++) {
        if (s->machine)
            whole[i] = machine_read(s->machine, c->index[i], c->var);
        else
            real[i] = c->var == VAR_V ? reference_v(s->reference, c->index[i]) : reference_u(s->reference, c->index[i]);
    }
}

static void read_levels(const recorder *r, channel *c)
{
    int32_t *whole = c->row;
    for (uint32_t i = 0; i < c->count; i++)
        whole[i] = (int32_t)lround(65536.0 * machine_modulator(r->subject.machine, c->index[i]));
}

/* Weights of the targets in turn; c->index ascends, so one pass over each projection suffices. */
static void read_weights(const recorder *r, channel *c)
{
    const record_subject *s = &r->subject;
    hmn_arena *scratch = arena_new(0);
    uint64_t first, count;
    uint32_t i = 0;
    for (uint32_t t = 0; t < c->probe->ntargets; t++) {
        uint32_t projection = c->probe->target[t];
        count = extent(s->net, c->probe, t, &first);
        const machine_synapse *synapse = s->machine ? machine_weights(s->machine, projection, scratch, &count) : NULL;
        const double *weight = s->reference ? reference_weights(s->reference, projection) : NULL;
        for (; i < c->count && c->index[i] < first + count; i++) {
            if (synapse)
                ((int32_t *)c->row)[i] = synapse[c->index[i] - first].weight;
            else
                ((double *)c->row)[i] = weight[c->index[i] - first];
        }
    }
    arena_free(scratch);
}

void record_probes(recorder *r, uint32_t step)
{
    for (uint32_t i = 0; i < r->nchannels; i++) {
        channel *c = &r->channel[i];
        if (step % c->probe->every)
            continue;
        switch (c->probe->record) {
        case PROBE_WEIGHT: read_weights(r, c); break;
        case PROBE_MODULATOR: read_levels(r, c); break;
        case PROBE_V:
        case PROBE_U:
        case PROBE_TRACE: read_neurons(r, c); break;
        case PROBE_SPIKES: continue;
        }
        npy_rows(c->file, c->row, 1);
    }
}

/* ---- final weights ---- */

static void machine_rows(const record_subject *r, uint32_t projection, npy_writer *w)
{
    const layout *l = r->net;
    hmn_arena *scratch = arena_new(0);
    uint64_t count;
    const machine_synapse *s = machine_weights(r->machine, projection, scratch, &count);
    int32_t pre = (int32_t)l->population[l->projection[projection].pre].first,
            post = (int32_t)l->population[l->projection[projection].post].first;
    for (uint64_t i = 0; i < count; i++) {
        int32_t row[4] = {(int32_t)s[i].pre - pre, (int32_t)s[i].post - post, s[i].weight, s[i].delay};
        npy_rows(w, row, 1);
    }
    arena_free(scratch);
}

static void reference_rows(const record_subject *r, uint32_t projection, npy_writer *w)
{
    const graph_projection *p = &r->graph->projection[projection];
    const double *weight = reference_weights(r->reference, projection);
    for (uint32_t pre = 0; pre < r->graph->population[p->pre].size; pre++)
        for (uint32_t e = p->row[pre]; e < p->row[pre + 1]; e++) {
            double row[4] = {pre, p->target[e], weight[e], p->delay[e]};
            npy_rows(w, row, 1);
        }
}

bool record_weights(const record_subject *s, outdir *dir, const char *folder, hmn_arena *a, hmn_diag *d)
{
    for (uint32_t i = 0; i < s->net->nprojections && !diag_errors(d); i++) {
        const char *name = arena_printf(a, "%s/%s.npy", folder, s->net->projection[i].name);
        npy_writer *w = npy_create(outdir_file(dir, name, d), s->machine ? NPY_I32 : NPY_F64, 4, a, d);
        if (!w)
            return false;
        if (s->machine)
            machine_rows(s, i, w);
        else
            reference_rows(s, i, w);
        npy_close(w, d);
    }
    return diag_errors(d) == 0;
}

void record_abandon(recorder *r, hmn_diag *d)
{
    for (uint32_t i = 0; i < r->subject.net->npopulations; i++)
        if (r->spikes[i])
            npy_close(r->spikes[i], d);
    for (uint32_t i = 0; i < r->nchannels; i++)
        if (r->channel[i].file)
            npy_close(r->channel[i].file, d);
}

bool record_end(recorder *r, hmn_diag *d)
{
    record_weights(&r->subject, r->dir, "weights", r->arena, d);
    record_abandon(r, d);
    return diag_errors(d) == 0;
}
