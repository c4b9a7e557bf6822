/* Gives every core its input axons. Takes placed slices, yields the axon list of each core (static ones first, those
 * with a learning synapse last, both by ascending source) and, for every neuron, the (core, axon) pairs it must send
 * to. An axon is one (source neuron, destination core) pair, unless the chip gathers several into one that tells them
 * apart by atoms. Both limits of a core are checked with the number needed; the projection that asks for most is named.
 */
#include "compiler/fit.h"
#include "compiler/managers.h"
#include "compiler/traffic.h"
#include "compiler/unit.h"

#include "core/base/bug.h"

#include <string.h>

typedef struct {
    const hmn_unit *u;
    const hmn_mapping *m;
    const hmn_graph *g;
    const traffic_fanout *out;
} router;

/* Counts axons of each core, lays them out: at[c] for static ones, at[ncores + c] for learning ones. */
static void number_axons(const router *r, hmn_mapping *m, hmn_arena *a)
{
    uint32_t n = r->m->ncores, total = r->out->row[r->g->nneurons];
    uint32_t *row = ARENA_NEW(a, uint32_t, n + 1), *plastic = ARENA_NEW(a, uint32_t, n);
    uint32_t *axon = ARENA_NEW(a, uint32_t, total);
    hmn_arena *scratch = arena_new(0);
    uint32_t *next = ARENA_NEW(scratch, uint32_t, 2 * (size_t)n);
    for (uint32_t e = 0; e < total; e++) {
        row[r->out->core[e] + 1]++;
        plastic[r->out->core[e]] += !r->out->plastic[e];
    }
    for (uint32_t i = 0; i < m->nrelays; i++)
        for (uint32_t k = m->relay_row[i]; k < m->relay_row[i + 1]; k++) {
            uint32_t keys = m->relay[i].stages * m->slice[m->relay[i].slice].count;
            row[m->relay_core[k] + 1] += keys;
            plastic[m->relay_core[k]] += keys;
            total += keys;
        }
    uint32_t *source = ARENA_NEW(a, uint32_t, total);
    for (uint32_t c = 0; c < n; c++) {
        row[c + 1] += row[c];
        next[2 * c] = row[c];
        next[2 * c + 1] = row[c] + plastic[c];
    }
    for (uint32_t i = 0; i < r->g->nneurons; i++)
        for (uint32_t e = r->out->row[i]; e < r->out->row[i + 1]; e++) {
            uint32_t c = r->out->core[e], k = next[2 * c + r->out->plastic[e]]++;
            source[k] = i;
            axon[e] = k - row[c];
        }
    for (uint32_t i = 0; i < m->nrelays; i++) {
        const hmn_slice *s = &m->slice[m->relay[i].slice];
        uint32_t first = r->g->population[s->population].first + s->first, keys = m->relay[i].stages * s->count;
        for (uint32_t k = m->relay_row[i]; k < m->relay_row[i + 1]; k++)
            for (uint32_t key = 0; key < keys; key++)
                source[next[2 * m->relay_core[k]]++] = first + key % s->count;
    }
    arena_free(scratch);
    m->axon_row = row;
    m->axon_source = source;
    m->first_plastic = plastic;
    m->out_row = r->out->row;
    m->out_core = r->out->core;
    m->out_axon = axon;
}

/* Population spikes: the chip orders the lines of each core and joins them. Returns the axons in use of each core. */
static const uint32_t *gather(const router *r, hmn_mapping *m, hmn_arena *a)
{
    uint32_t total = m->axon_row[m->ncores], *used = ARENA_NEW(a, uint32_t, m->ncores);
    uint32_t *source = ARENA_NEW(a, uint32_t, total), *now = ARENA_NEW(a, uint32_t, total); /* of a line before */
    uint32_t *axon = ARENA_NEW(a, uint32_t, total), *atom = ARENA_NEW(a, uint32_t, total);
    uint32_t *out = ARENA_NEW(a, uint32_t, m->out_row[r->g->nneurons]);
    for (uint32_t c = 0; c < m->ncores; c++) {
        hmn_arena *scratch = arena_new(0);
        uint32_t first = m->axon_row[c], n = m->axon_row[c + 1] - first, nstatic = m->first_plastic[c];
        uint32_t *line = ARENA_NEW(scratch, uint32_t, nstatic);
        used[c] = r->u->chip->gather(m, c, line, axon + first, atom + first, scratch);
        for (uint32_t k = 0; k < n; k++) {
            uint32_t before = k < nstatic ? line[k] : k;
            source[first + k] = m->axon_source[first + before];
            now[first + before] = k;
        }
        arena_free(scratch);
    }
    for (uint32_t e = 0; e < m->out_row[r->g->nneurons]; e++)
        out[e] = now[m->axon_row[m->out_core[e]] + m->out_axon[e]];
    m->axon_source = source;
    m->out_axon = out;
    m->in_axon = axon;
    m->in_atom = atom;
    return used;
}

/* Does neuron `pre` (local) of the projection reach the core? */
static bool reaches(const router *r, const graph_projection *p, uint32_t pre, uint32_t core)
{
    const uint32_t *home = r->m->neuron_core + r->g->population[p->post].first;
    for (uint32_t e = p->row[pre]; e < p->row[pre + 1]; e++)
        if (home[p->target[e]] == core)
            return true;
    return false;
}

static uint64_t in_share(const router *r, const graph_projection *p, uint32_t core)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < r->g->population[p->pre].size; i++)
        n += reaches(r, p, i, core);
    return n;
}

static uint64_t out_share(const router *r, const graph_projection *p, uint32_t core)
{
    uint64_t n = 0;
    const graph_population *pre = &r->g->population[p->pre];
    for (uint32_t i = 0; i < pre->size; i++) {
        if (r->m->neuron_core[pre->first + i] != core)
            continue;
        for (uint32_t c = 0; c < r->m->ncores; c++)
            n += reaches(r, p, i, c);
    }
    return n;
}

static void report(const router *r, uint32_t core, bool in, uint64_t need, uint64_t have)
{
    uint64_t most = 0;
    uint32_t worst = NET_NONE;
    for (uint32_t p = 0; p < r->g->nprojections; p++) {
        uint64_t n = in ? in_share(r, &r->g->projection[p], core) : out_share(r, &r->g->projection[p], core);
        if (n > most) {
            most = n;
            worst = p;
        }
    }
    HMN_ASSERT(worst != NET_NONE);
    char a[32], b[32], c[32];
    const graph_projection *p = &r->g->projection[worst];
    diag_report(r->u->diag, DIAG_FIT_AXONS, p->at,
                "a core needs %s %s axons (%s of them for projection '%s'), a core of %s has %s", fit_number(need, a),
                in ? "input" : "output", fit_number(most, b), p->name, r->u->chip->name, fit_number(have, c));
    bool shared = net_population_axons(&r->g->net->target) || !r->u->chip->gather;
    diag_cure(r->u->diag, !in ? "let neurons project to fewer cores: smaller or more local target populations"
                          : shared
                              ? "let fewer neurons project to the population, or lower target.neurons_per_core"
                              : "let sources share input axons (target.axons: population), let fewer neurons project "
                                "to the population, or lower target.neurons_per_core");
}

static uint64_t outputs(const router *r, uint32_t core)
{
    uint64_t n = 0;
    for (uint32_t s = r->m->core_first_slice[core]; s < r->m->core_first_slice[core + 1]; s++) {
        uint32_t first = r->g->population[r->m->slice[s].population].first + r->m->slice[s].first;
        n += r->m->out_row[first + r->m->slice[s].count] - r->m->out_row[first];
    }
    return n;
}

/* Multicast: every neuron of a slice goes to the cores that one of them reaches, and to managers that count it. */
static traffic_fanout widen(const hmn_mapping *m, const hmn_chip *chip, traffic_fanout f, hmn_arena *a)
{
    uint32_t n = m->qnet->graph->nneurons, *row = ARENA_NEW(a, uint32_t, n + 1), *core = NULL;
    size_t count = 0, cap = 0;
    hmn_arena *scratch = arena_new(0);
    uint32_t *mark = ARENA_NEW(scratch, uint32_t, m->ncores); /* 1 + the slice that reaches the core */
    uint32_t **reached = ARENA_NEW(scratch, uint32_t *, m->nslices),
             *nreached = ARENA_NEW(scratch, uint32_t, m->nslices);
    uint32_t *slice_of = ARENA_NEW(scratch, uint32_t, n);
    for (uint32_t s = 0; s < m->nslices; s++) {
        const hmn_slice *slice = &m->slice[s];
        uint32_t first = m->qnet->graph->population[slice->population].first + slice->first;
        reached[s] = ARENA_NEW(scratch, uint32_t, m->ncores);
        for (uint32_t e = f.row[first]; e < f.row[first + slice->count]; e++)
            mark[f.core[e]] = s + 1;
        for (uint32_t c = 0; c < m->ncores; c++)
            if (mark[c] == s + 1)
                reached[s][nreached[s]++] = c;
        for (uint32_t r = 0; r < m->nrelays; r++) /* behind all cores of slices */
            if (m->relay[r].slice == s)
                reached[s][nreached[s]++] = m->relay[r].core;
        for (uint32_t k = 0; k < m->nmanagers; k++)
            if (managers_count(m, chip, k, slice))
                reached[s][nreached[s]++] = m->ncores - m->nmanagers + k;
        for (uint32_t i = 0; i < slice->count; i++)
            slice_of[first + i] = s;
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t s = slice_of[i];
        core = arena_grow(a, core, sizeof *core, count, count + nreached[s], &cap);
        if (nreached[s])
            memcpy(core + count, reached[s], nreached[s] * sizeof *core);
        count += nreached[s];
        HMN_ASSERT(count < UINT32_MAX);
        row[i + 1] = (uint32_t)count;
    }
    arena_free(scratch);
    return (traffic_fanout){row, core, ARENA_NEW(a, uint8_t, count)}; /* static all: axons are in order of keys */
}

bool pass_route(hmn_unit *u)
{
    hmn_mapping *m = u->mapping;
    const hmn_graph *g = m->qnet->graph;
    traffic_fanout out = traffic_destinations(m->qnet, m->neuron_core, m->ncores, u->arena);
    if (u->chip->limits->multicast)
        out = widen(m, u->chip, out, u->arena);
    router r = {u, m, g, &out};
    number_axons(&r, m, u->arena);
    const hmn_limits *l = u->chip->limits;
    const uint32_t *used = net_population_axons(&g->net->target) ? gather(&r, m, u->arena) : NULL;
    bool ok = true;
    for (uint32_t c = 0; c < m->ncores && ok; c++) {
        uint64_t in = used ? used[c] : m->axon_row[c + 1] - m->axon_row[c], sent = outputs(&r, c);
        if (l->in_axons && in > l->in_axons)
            report(&r, c, true, in, l->in_axons);
        if (l->out_axons && sent > l->out_axons)
            report(&r, c, false, sent, l->out_axons);
        ok = (!l->in_axons || in <= l->in_axons) && (!l->out_axons || sent <= l->out_axons);
    }
    if (ok && u->chip->plan)
        ok = (m->plan = u->chip->plan(m, u->arena, u->diag)) != NULL;
    return ok;
}
