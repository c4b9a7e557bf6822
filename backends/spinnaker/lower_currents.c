/* Currents that the host asks for, as direct-current sources of the core (eq. S9 of section 4.9): each distinct
 * (amplitude, start, stop) is one source, each neuron lists those that enter it. For
 * models in words the amplitude is an integer.
 *
 *   words: 1 | neuron: count, (id, index) ... | ... | DC sources, AC, step, noisy: how many | amplitude, start, stop
 * ... */
#include "backends/spinnaker/lower.h"

#include "backends/spinnaker/quantise.h"

#include <math.h>

enum { DC = 1, DC_WORDS = 3 };

typedef struct {
    uint32_t amplitude, start, stop;
} direct;

typedef struct {
    direct *source;
    uint32_t nsources;
    uint32_t *list; /* (neuron, source) */
    uint32_t nlist;
    size_t source_cap, list_cap;
    hmn_arena *arena;
} sources;

static uint32_t source_of(sources *s, direct d)
{
    for (uint32_t k = 0; k < s->nsources; k++)
        if (s->source[k].amplitude == d.amplitude && s->source[k].start == d.start && s->source[k].stop == d.stop)
            return k;
    s->source = arena_grow(s->arena, s->source, sizeof *s->source, s->nsources, s->nsources + 1, &s->source_cap);
    s->source[s->nsources] = d;
    return s->nsources++;
}

static void add(sources *s, uint32_t neuron, direct d)
{
    s->list = arena_grow(s->arena, s->list, sizeof *s->list, s->nlist, s->nlist + 2, &s->list_cap);
    s->list[s->nlist++] = neuron;
    s->list[s->nlist++] = source_of(s, d);
}

static bool amplitude(const graph_population *p, double x, uint32_t *out, hmn_diag *d)
{
    int32_t word = 0;
    bool raw = net_raw(p->model),
         fits = raw ? fabs(x) < ldexp(1, p->model == MODEL_LOIHI_LIF ? 23 : 31) : spin_fixed(x, &word);
    word = raw && fits ? (int32_t)nearbyint(x) : word;
    *out = (uint32_t)word;
    if (!fits)
        diag_report(d, DIAG_FIT_VALUE, p->at, "a current of %g into population '%s' does not fit its word", x, p->name);
    else if (word == 0 && x != 0)
        diag_report(d, DIAG_LOST_TO_ZERO, p->at, "a current of %g nA into population '%s' is below half of 2^-15 nA", x,
                    p->name);
    return word != 0 && fits;
}

static void gather(const hmn_graph *g, const hmn_slice *slice, sources *s, hmn_diag *d)
{
    const graph_population *p = &g->population[slice->population];
    uint32_t first = p->first + slice->first;
    for (uint32_t k = 0; k < g->ncurrents; k++) {
        const graph_current *c = &g->current[k];
        for (uint32_t i = 0; i < c->count; i++) {
            direct dc = {0, c->start, c->stop};
            uint32_t n = c->first + i;
            if (n >= first && n < first + slice->count && c->start < c->stop &&
                amplitude(p, graph_at(c->amplitude, i), &dc.amplitude, d))
                add(s, n - first, dc);
        }
    }
}

uint32_t *spin_lower_currents(const hmn_qnet *q, const hmn_slice *slice, uint32_t *nwords, hmn_arena *a, hmn_diag *d)
{
    sources s = {.arena = a};
    gather(q->graph, slice, &s, d);
    *nwords = 1;
    if (s.nsources == 0)
        return ARENA_NEW(a, uint32_t, 1); /* the program reads how many there are */
    uint32_t *w = ARENA_NEW(a, uint32_t, 5 + slice->count + s.nlist + s.nsources * DC_WORDS), n = 0;
    w[n++] = s.nsources;
    for (uint32_t i = 0; i < slice->count; i++) {
        uint32_t head = n++;
        for (uint32_t k = 0; k < s.nlist; k += 2)
            if (s.list[k] == i) {
                w[head]++;
                w[n++] = DC;
                w[n++] = s.list[k + 1];
            }
    }
    w[n++] = s.nsources;
    n += 3; /* no others */
    for (uint32_t k = 0; k < s.nsources; k++) {
        w[n++] = s.source[k].amplitude;
        w[n++] = s.source[k].start;
        w[n++] = s.source[k].stop;
    }
    *nwords = n;
    return w;
}
