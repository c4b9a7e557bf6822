/* Samples what probes ask for. Takes a running machine or reference, yields rows of .npy files. Registers of chips stay
 * integers; a modulator's level is written in units of 1/65536 there, as the management processor holds it. A probe
 * with `sample: n` takes n columns evenly spaced. Columns of synapses are in the order (pre, post, delay). */
#include "tools/probes.h"

#include "tools/npy.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

typedef enum { OF_NEURON, OF_POST, OF_SYNAPSE, OF_MODULATOR } column_kind; /* what a column stands for */

typedef struct {
    const char *name;
    net_record record;
    column_kind kind;
    hmn_variable var; /* of neurons */
    bool chip, reference;
} variable;

static const variable variables[] = {
    {"v", PROBE_V, OF_NEURON, VAR_V, true, true},
    {"u", PROBE_U, OF_NEURON, VAR_U, true, true},
    {"weight", PROBE_WEIGHT, OF_SYNAPSE, VAR_U, true, true},
    {"delay", PROBE_TRACE, OF_SYNAPSE, VAR_U, true, false},
    {"tag", PROBE_TRACE, OF_SYNAPSE, VAR_U, true, false},
    {"eligibility", PROBE_TRACE, OF_SYNAPSE, VAR_U, false, true},
    {"y1", PROBE_TRACE, OF_POST, VAR_Y1, true, false},
    {"y2", PROBE_TRACE, OF_POST, VAR_Y2, true, false},
    {"y3", PROBE_TRACE, OF_POST, VAR_Y3, true, false},
    {"level", PROBE_MODULATOR, OF_MODULATOR, VAR_U, true, true},
};

enum { VARIABLES = sizeof variables / sizeof *variables };

typedef struct {
    const layout_probe *probe;
    const variable *var;
    npy_writer *file;
    uint64_t *index; /* global neuron, synapse of the targets one after another, or modulator */
    uint32_t count;
    void *row; /* int32_t or double */
} channel;

struct probe_set {
    record_subject subject;
    channel *channel;
    uint32_t count;
};

/* ---- opening ---- */

static const variable *find(const record_subject *s, const layout_probe *p, hmn_arena *a, hmn_diag *d)
{
    const char *can = "spikes";
    for (uint32_t i = 0; i < VARIABLES; i++) {
        const variable *v = &variables[i];
        if (s->machine ? !v->chip : !v->reference)
            continue;
        if (v->record == p->record && strcmp(v->name, p->variable) == 0)
            return v;
        can = arena_printf(a, "%s, %s", can, v->name);
    }
    diag_report(d, DIAG_RULE_TARGET, p->at, "probe %s: '%s' cannot be recorded on %s", p->name, p->variable,
                s->machine ? "a chip" : "the reference");
    diag_cure(d, "there it can be one of %s", can);
    return NULL;
}

/* Columns of target t, and what the first of them stands for. */
static uint64_t extent(const layout *l, const channel *c, uint32_t t, uint64_t *first)
{
    uint32_t target = c->probe->target[t], population = target;
    *first = 0;
    switch (c->var->kind) {
    case OF_SYNAPSE:
        for (uint32_t k = 0; k < t; k++)
            *first += l->projection[c->probe->target[k]].synapses;
        return l->projection[target].synapses;
    case OF_MODULATOR: *first = target; return 1;
    case OF_POST: population = l->projection[target].post; break;
    case OF_NEURON: break;
    }
    *first = l->population[population].first;
    return l->population[population].size;
}

static bool list_columns(const layout *l, channel *c, hmn_arena *a, hmn_diag *d)
{
    const layout_probe *p = c->probe;
    uint64_t total = 0, first, n = 0;
    for (uint32_t t = 0; t < p->ntargets; t++)
        total += extent(l, c, t, &first);
    uint64_t keep = p->sample && p->sample < total ? p->sample : total;
    if (keep >= 1u << 28) {
        diag_report(d, DIAG_NET_SIZE, p->at, "probe %s would record %" PRIu64 " values at a time", p->name, keep);
        diag_cure(d, "use sample: to record fewer");
        return false;
    }
    c->index = ARENA_NEW(a, uint64_t, keep);
    for (uint32_t t = 0; t < p->ntargets; t++) {
        uint64_t size = extent(l, c, t, &first);
        for (uint64_t i = 0; i < size; i++, n++)
            if (c->count < keep && n == (uint64_t)c->count * total / keep)
                c->index[c->count++] = first + i;
    }
    c->row = arena_alloc(a, (size_t)(keep + 1) * sizeof(double), 8);
    return true;
}

probe_set *probes_open(const record_subject *s, outdir *dir, hmn_arena *a, hmn_diag *d)
{
    probe_set *set = ARENA_NEW(a, probe_set, 1);
    set->subject = *s;
    set->channel = ARENA_NEW(a, channel, s->net->nprobes);
    for (uint32_t i = 0; i < s->net->nprobes; i++) {
        const layout_probe *p = &s->net->probe[i];
        channel c = {.probe = p};
        if (p->record == PROBE_SPIKES)
            continue;
        c.var = find(s, p, a, d);
        if (!c.var || !list_columns(s->net, &c, a, d))
            continue;
        const char *name = arena_printf(a, "probes/%s.npy", p->name);
        c.file = npy_create(outdir_file(dir, name, d), s->machine ? NPY_I32 : NPY_F64, c.count, a, d);
        if (c.file)
            set->channel[set->count++] = c;
    }
    return set;
}

/* ---- sampling ---- */

static void read_neurons(const record_subject *s, channel *c)
{
    int32_t *whole = c->row;
    double *real = c->row;
    for (uint32_t i = 0; i < c->count; i++) {
        uint32_t n = (uint32_t)c->index[i];
        if (s->machine)
            whole[i] = machine_read(s->machine, n, c->var->var);
        else
            real[i] = c->var->var == VAR_V ? reference_v(s->reference, n) : reference_u(s->reference, n);
    }
}

static void read_levels(const record_subject *s, channel *c)
{
    for (uint32_t i = 0; i < c->count; i++) {
        if (s->machine)
            ((int32_t *)c->row)[i] = (int32_t)lround(65536.0 * machine_modulator(s->machine, (uint32_t)c->index[i]));
        else
            ((double *)c->row)[i] = reference_modulator(s->reference, (uint32_t)c->index[i]);
    }
}

static int32_t of_chip(const channel *c, const machine_synapse *s)
{
    if (c->probe->record == PROBE_WEIGHT)
        return s->weight;
    return strcmp(c->var->name, "tag") == 0 ? s->tag : s->delay;
}

static double of_reference(const record_subject *s, const channel *c, uint32_t projection, uint64_t synapse)
{
    if (c->probe->record == PROBE_WEIGHT)
        return reference_weights(s->reference, projection)[synapse];
    return reference_eligibility(s->reference, projection, synapse);
}

/* Targets one after another; columns ascend, so one pass over each projection suffices. */
static void read_synapses(const record_subject *s, channel *c)
{
    hmn_arena *scratch = arena_new(0);
    uint64_t first, count;
    uint32_t i = 0;
    for (uint32_t t = 0; t < c->probe->ntargets; t++) {
        uint32_t projection = c->probe->target[t];
        uint64_t stop = extent(s->net, c, t, &first) + first;
        const machine_synapse *synapse = s->machine ? machine_weights(s->machine, projection, scratch, &count) : NULL;
        for (; i < c->count && c->index[i] < stop; i++) {
            if (!s->machine)
                ((double *)c->row)[i] = of_reference(s, c, projection, c->index[i] - first);
            else if (c->index[i] - first < count)
                ((int32_t *)c->row)[i] = of_chip(c, &synapse[c->index[i] - first]);
        }
    }
    arena_free(scratch);
}

void probes_sample(probe_set *p, uint32_t step)
{
    for (uint32_t i = 0; i < p->count; i++) {
        channel *c = &p->channel[i];
        if (step % c->probe->every)
            continue;
        switch (c->var->kind) {
        case OF_SYNAPSE: read_synapses(&p->subject, c); break;
        case OF_MODULATOR: read_levels(&p->subject, c); break;
        case OF_NEURON:
        case OF_POST: read_neurons(&p->subject, c); break;
        }
        npy_rows(c->file, c->row, 1);
    }
}

bool probes_close(probe_set *p, hmn_diag *d)
{
    bool ok = true;
    for (uint32_t i = 0; i < p->count; i++)
        ok &= npy_close(p->channel[i].file, d);
    return ok;
}
