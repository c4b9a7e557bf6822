/* Slices on cores. Takes slices, yields the arrays of a mapping; takes the rows of target.place, yields their slices.
 * What is placed by hand is checked like anything else: against the core's limits, with both numbers, at the row. */
#include "compiler/slices.h"

#include "compiler/fit.h"

#include <stdlib.h>
#include <string.h>

void slices_freeze(hmn_mapping *m, const hmn_qnet *q, hmn_slice *slice, uint32_t nslices, uint32_t ncores, hmn_arena *a)
{
    const hmn_graph *g = q->graph;
    uint32_t *first = ARENA_NEW(a, uint32_t, ncores + 1);
    uint32_t *core = ARENA_NEW(a, uint32_t, g->nneurons), *local = ARENA_NEW(a, uint32_t, g->nneurons);
    memset(core, 0xff, g->nneurons * sizeof *core);
    memset(local, 0xff, g->nneurons * sizeof *local);
    for (uint32_t i = 0; i < nslices; i++) {
        const hmn_slice *s = &slice[i];
        uint32_t neuron = g->population[s->population].first + s->first;
        for (uint32_t k = 0; k < s->count; k++) {
            core[neuron + k] = s->core;
            local[neuron + k] = s->base + k;
        }
        first[s->core + 1] = i + 1;
    }
    for (uint32_t c = 0; c < ncores; c++) /* relays have no slices */
        first[c + 1] = first[c + 1] < first[c] ? first[c] : first[c + 1];
    m->qnet = q;
    m->slice = slice;
    m->nslices = nslices;
    m->ncores = ncores;
    m->core_first_slice = first;
    m->neuron_core = core;
    m->neuron_local = local;
}

/* ---- given by the network ---- */

static int by_number(const void *pa, const void *pb)
{
    const uint32_t *a = pa, *b = pb;
    return (*a > *b) - (*a < *b);
}

/* Distinct sites, ascending. */
static uint32_t *distinct_sites(const net_target *t, uint32_t *count, hmn_arena *a)
{
    uint32_t *site = ARENA_NEW(a, uint32_t, t->nplaces), n = 0;
    for (uint32_t i = 0; i < t->nplaces; i++)
        site[i] = t->place[i].site;
    qsort(site, t->nplaces, sizeof *site, by_number);
    for (uint32_t i = 0; i < t->nplaces; i++)
        if (i == 0 || site[i] != site[i - 1])
            site[n++] = site[i];
    *count = n;
    return site;
}

static bool can_be_given(hmn_unit *u, const net_target *t)
{
    const hmn_net *net = u->qnet->graph->net;
    if (u->chip->limits->multicast) {
        diag_report(u->diag, DIAG_FIT_MODEL, t->place[0].at, "%s places sources and neurons by itself", u->chip->name);
        diag_cure(u->diag, "leave target.place out");
        return false;
    }
    for (uint32_t p = 0; p < net->npopulations; p++)
        if (net->population[p].dendrite_of.i != NET_NONE) {
            diag_report(u->diag, DIAG_FIT_MODEL, net->population[p].dendrite_of.at,
                        "compartments of population '%s' follow their neurons; they cannot be placed by rows",
                        net->population[p].name.s);
            diag_cure(u->diag, "leave target.place out");
            return false;
        }
    return true;
}

/* Does the core hold what its rows put there? */
static bool check_core(hmn_unit *u, const hmn_slice *slice, uint32_t n, hmn_span at, uint32_t site)
{
    hmn_usage usage;
    memset(&usage, 0, sizeof usage);
    u->chip->usage(u->qnet, slice, n, &usage);
    fit_excess e = fit_check(u->chip->limits, &usage);
    if (!e.what)
        return true;
    char a[32], b[32];
    diag_report(u->diag, e.code, at, "what is placed on core %u needs %s %s, a core of %s has %s", site,
                fit_number(e.need, a), e.what, u->chip->name, fit_number(e.have, b));
    diag_cure(u->diag, "place fewer neurons of population '%s' there",
              u->qnet->graph->population[slice[n - 1].population].name);
    return false;
}

static bool check_sites(hmn_unit *u, const net_target *t)
{
    const hmn_limits *l = u->chip->limits;
    uint64_t all = l->cores_per_chip && l->chips ? (uint64_t)l->cores_per_chip * l->chips : UINT64_MAX;
    bool ok = true;
    for (uint32_t i = 0; i < t->nplaces; i++)
        if (t->place[i].site >= all) {
            diag_report(u->diag, DIAG_FIT_CORES, t->place[i].at, "core %u is beyond the %llu cores of %s",
                        t->place[i].site, (unsigned long long)all, u->chip->name);
            ok = false;
        }
    return ok;
}

bool slices_given(hmn_unit *u)
{
    const net_target *t = &u->qnet->graph->net->target;
    uint32_t ncores, n = 0;
    if (!can_be_given(u, t) || !check_sites(u, t))
        return false;
    hmn_arena *scratch = arena_new(0);
    const uint32_t *site = distinct_sites(t, &ncores, scratch);
    hmn_slice *slice = ARENA_NEW(u->arena, hmn_slice, t->nplaces);
    bool ok = true;
    for (uint32_t c = 0; c < ncores; c++) {
        uint32_t begin = n, base = 0;
        hmn_span at = {0, 0, 0, 0};
        for (uint32_t i = 0; i < t->nplaces; i++) {
            const net_place *p = &t->place[i];
            if (p->site != site[c])
                continue;
            slice[n++] = (hmn_slice){p->population, p->first, p->count, c, base};
            base += p->count;
            at = p->at;
        }
        ok &= check_core(u, slice + begin, n - begin, at, site[c]);
    }
    if (ok) {
        u->mapping = ARENA_NEW(u->arena, hmn_mapping, 1);
        slices_freeze(u->mapping, u->qnet, slice, n, ncores, u->arena);
    }
    arena_free(scratch);
    return ok;
}

uint32_t *slices_sites(const hmn_unit *u)
{
    uint32_t n;
    return distinct_sites(&u->qnet->graph->net->target, &n, u->arena);
}
