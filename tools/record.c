/* The recorder of a run. Takes spikes and looks into the machine or reference after every step, yields .npy files:
 * spikes/POPULATION (step, neuron), probes/NAME by probes.c, weights/PROJECTION (pre, post, weight, delay). Files grow
 * as the run goes, so memory does not. */
#include "tools/record.h"

#include "tools/npy.h"
#include "tools/probes.h"

struct recorder {
    record_subject subject;
    outdir *dir;
    hmn_arena *arena;
    npy_writer **spikes;
    probe_set *probes;
};

recorder *record_begin(const record_subject *s, outdir *dir, hmn_arena *a, hmn_diag *d)
{
    recorder *r = ARENA_NEW(a, recorder, 1);
    const layout *l = s->net;
    *r = (recorder){.subject = *s, .dir = dir, .arena = a};
    r->spikes = ARENA_NEW(a, npy_writer *, l->npopulations);
    for (uint32_t i = 0; i < l->npopulations; i++) {
        const char *name = arena_printf(a, "spikes/%s.npy", l->population[i].name);
        r->spikes[i] = npy_create(outdir_file(dir, name, d), NPY_U32, 2, a, d);
        if (!r->spikes[i])
            break;
    }
    if (!diag_errors(d))
        r->probes = probes_open(s, dir, a, d);
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

void record_probes(recorder *r, uint32_t step) { probes_sample(r->probes, step); }

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
    if (r->probes)
        probes_close(r->probes, d);
}

bool record_end(recorder *r, hmn_diag *d)
{
    record_weights(&r->subject, r->dir, "weights", r->arena, d);
    record_abandon(r, d);
    return diag_errors(d) == 0;
}
