/* Puts logical cores on physical ones. Takes slices on logical cores, yields site[] with little expected traffic x
 * hops, and those two sums. Traffic between two cores is the sum of expected rates of the neurons of one that have
 * a target on the other (one message a destination core). Spikes of sources come from the host, which enters at
 * tile (0, 0) of the first chip: a fixed vertex of the graph. Only as many chips as the cores need are used, because
 * a chip costs power whether it works or not. The better of cores in order and greedy growth is annealed. Where packets
 * are multicast that is a start for multicast.c, which counts their trees. Cores of the management processor come last:
 * they have places of their own. */
#include "compiler/managers.h"
#include "compiler/multicast.h"
#include "compiler/slices.h"
#include "compiler/traffic.h"
#include "compiler/unit.h"

#include "core/base/bug.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Expected spikes a step between two vertices, a < b; vertex ncores is the host. */
typedef struct {
    uint32_t a, b;
    double spikes;
} flow;

typedef struct {
    flow *list;
    size_t count, cap;
    hmn_arena *arena;
} flows;

static int by_ends(const void *left, const void *right)
{
    const flow *l = left, *r = right;
    if (l->a != r->a)
        return l->a < r->a ? -1 : 1;
    return l->b < r->b ? -1 : l->b > r->b;
}

/* Neurons sorted by core, sources last as core ncores: order[start[c]] .. order[start[c + 1] - 1]. */
static uint32_t *by_core(const hmn_graph *g, const hmn_mapping *m, hmn_arena *a, uint32_t **start)
{
    uint32_t *order = ARENA_NEW(a, uint32_t, g->nneurons), *at = ARENA_NEW(a, uint32_t, m->ncores + 3);
    for (uint32_t i = 0; i < g->nneurons; i++)
        at[(m->neuron_core[i] == NET_NONE ? m->ncores : m->neuron_core[i]) + 2]++;
    for (uint32_t c = 1; c < m->ncores + 3; c++)
        at[c] += at[c - 1];
    for (uint32_t i = 0; i < g->nneurons; i++)
        order[at[(m->neuron_core[i] == NET_NONE ? m->ncores : m->neuron_core[i]) + 1]++] = i;
    *start = at;
    return order;
}

static void add_flow(flows *f, uint32_t from, uint32_t to, double spikes)
{
    if (spikes <= 0)
        return;
    f->list = arena_grow(f->arena, f->list, sizeof *f->list, f->count, f->count + 1, &f->cap);
    f->list[f->count++] = (flow){from < to ? from : to, from < to ? to : from, spikes};
}

static void merge(flows *f)
{
    size_t kept = 0;
    if (f->count)
        qsort(f->list, f->count, sizeof *f->list, by_ends);
    for (size_t i = 0; i < f->count; i++) {
        if (kept && by_ends(&f->list[kept - 1], &f->list[i]) == 0)
            f->list[kept - 1].spikes += f->list[i].spikes;
        else
            f->list[kept++] = f->list[i];
    }
    f->count = kept;
}

static flows gather(const hmn_graph *g, const hmn_mapping *m, traffic_fanout out, const double *rate, hmn_arena *a)
{
    flows f = {NULL, 0, 0, a};
    double *sum = ARENA_NEW(a, double, m->ncores);
    uint32_t *start, *order = by_core(g, m, a, &start);
    for (uint32_t c = 0; c <= m->ncores; c++) {
        memset(sum, 0, m->ncores * sizeof *sum);
        for (uint32_t i = start[c]; i < start[c + 1]; i++)
            for (uint32_t e = out.row[order[i]]; e < out.row[order[i] + 1]; e++)
                sum[out.core[e]] += rate[order[i]];
        for (uint32_t to = 0; to < m->ncores; to++)
            if (to != c)
                add_flow(&f, c, to, sum[to]);
    }
    for (uint32_t r = 0; r < m->nrelays; r++) {
        const hmn_slice *s = &m->slice[m->relay[r].slice];
        double spikes = 0;
        for (uint32_t i = 0; i < s->count; i++)
            spikes += rate[g->population[s->population].first + s->first + i];
        add_flow(&f, s->core, m->relay[r].core, spikes);
        for (uint32_t k = m->relay_row[r]; k < m->relay_row[r + 1]; k++)
            add_flow(&f, m->relay[r].core, m->relay_core[k], spikes);
    }
    merge(&f);
    return f;
}

/* The graph in the annealer's integers: the largest flow weighs ANNEAL_MAX_WEIGHT, none less than 1. */
static void weigh(anneal_problem *p, const flows *f, hmn_arena *a)
{
    double most = 0;
    for (size_t i = 0; i < f->count; i++)
        most = f->list[i].spikes > most ? f->list[i].spikes : most;
    uint32_t *row = ARENA_NEW(a, uint32_t, p->nvertices + 2);
    uint32_t *to = ARENA_NEW(a, uint32_t, 2 * f->count), *weight = ARENA_NEW(a, uint32_t, 2 * f->count);
    for (size_t i = 0; i < f->count; i++) {
        row[f->list[i].a + 2]++;
        row[f->list[i].b + 2]++;
    }
    for (uint32_t v = 1; v < p->nvertices + 2; v++)
        row[v] += row[v - 1];
    for (size_t i = 0; i < f->count; i++) {
        const flow *e = &f->list[i];
        double w = floor(e->spikes / most * ANNEAL_MAX_WEIGHT + 0.5);
        uint32_t k = row[e->a + 1]++, l = row[e->b + 1]++;
        weight[k] = weight[l] = w < 1 ? 1 : (uint32_t)w;
        to[k] = e->b;
        to[l] = e->a;
    }
    p->row = row;
    p->to = to;
    p->weight = weight;
}

/* Sites of as many chips as hold `least` cores; the host's comes after them. */
static void lay_sites(anneal_problem *p, const hmn_limits *limits, uint32_t least, hmn_arena *a)
{
    uint32_t chip = limits->cores_per_chip;
    p->nsites = chip ? (least + chip - 1) / chip * chip : least;
    p->nplaces = p->nsites + 1;
    uint32_t *x = ARENA_NEW(a, uint32_t, p->nplaces), *y = ARENA_NEW(a, uint32_t, p->nplaces);
    for (uint32_t s = 0; s < p->nsites; s++) {
        hmn_place place = limits_place(limits, s);
        x[s] = place.x;
        y[s] = place.y;
    }
    p->x = x;
    p->y = y;
}

/* Sites of a machine that the chip describes: whole chips, the first that have enough cores between them. The host
 * enters at the router of the first one. Coordinates only say what is near. */
static void lay_machine(anneal_problem *p, const hmn_sites *sites, hmn_arena *a)
{
    p->nsites = p->nfree;
    while (p->nsites < sites->count && sites->node[p->nsites] == sites->node[p->nsites - 1])
        p->nsites++;
    p->nplaces = p->nsites + 1;
    uint32_t *x = ARENA_NEW(a, uint32_t, p->nplaces), *y = ARENA_NEW(a, uint32_t, p->nplaces);
    uint32_t *node = ARENA_NEW(a, uint32_t, p->nplaces);
    for (uint32_t s = 0; s < p->nplaces; s++) {
        uint32_t k = s < p->nsites ? s : 0;
        node[s] = sites->node[k];
        x[s] = sites->x[node[s]];
        y[s] = sites->y[node[s]];
    }
    p->x = x;
    p->y = y;
    p->node = node;
    p->hops = sites->hops;
    p->nnodes = sites->nnodes;
}

static void in_order(const anneal_problem *p, uint32_t *site)
{
    for (uint32_t v = 0; v < p->nfree; v++)
        site[v] = v;
    site[p->nfree] = p->nsites;
}

/* The cheaper of two orders, improved. */
static void search(const anneal_problem *p, uint64_t seed, uint32_t *site, hmn_arena *scratch)
{
    uint32_t *grown = ARENA_NEW(scratch, uint32_t, p->nvertices);
    in_order(p, site);
    in_order(p, grown);
    anneal_greedy(p, grown, scratch);
    if (anneal_cost(p, grown) < anneal_cost(p, site))
        memcpy(site, grown, p->nvertices * sizeof *site);
    anneal_improve(p, seed, site, scratch);
}

/* Spikes that each core sends, in the annealer's integers: the most is ANNEAL_MAX_WEIGHT, none less than 1. */
static uint32_t *sent(const hmn_mapping *m, const double *rate, hmn_arena *a)
{
    uint32_t *weight = ARENA_NEW(a, uint32_t, m->ncores);
    double most = 0, *sum = ARENA_NEW(a, double, m->ncores);
    for (uint32_t i = 0; i < m->qnet->graph->nneurons; i++)
        sum[m->neuron_core[i]] += rate[i];
    for (uint32_t c = 0; c < m->ncores; c++)
        most = sum[c] > most ? sum[c] : most;
    for (uint32_t c = 0; c < m->ncores; c++) {
        double w = most > 0 ? floor(sum[c] / most * ANNEAL_MAX_WEIGHT + 0.5) : 0;
        weight[c] = w < 1 ? 1 : (uint32_t)w;
    }
    return weight;
}

/* Where packets are multicast, all sources sit on cores, one population on each: a population's cores are a group, to
 * all cores that one of its neurons reaches. The host is a block of its own. */
static multicast_groups group(const hmn_mapping *m, traffic_fanout out, const double *rate, hmn_arena *a)
{
    const hmn_graph *g = m->qnet->graph;
    uint32_t n = g->npopulations, nto = 0, *from_row = ARENA_NEW(a, uint32_t, n + 1), *to = NULL;
    uint32_t *to_row = ARENA_NEW(a, uint32_t, n + 1), *from = ARENA_NEW(a, uint32_t, m->ncores);
    uint32_t *block = ARENA_NEW(a, uint32_t, m->ncores + 1), *mark = ARENA_NEW(a, uint32_t, m->ncores);
    size_t cap = 0;
    for (uint32_t s = 0; s < m->nslices; s++) {
        from[m->slice[s].core] = m->slice[s].core;
        block[m->slice[s].core] = m->slice[s].population;
        from_row[m->slice[s].population + 1]++;
    }
    for (uint32_t r = 0; r < m->nrelays; r++) /* beside the cores that they repeat */
        block[m->relay[r].core] = m->slice[m->relay[r].slice].population;
    block[m->ncores] = n;
    for (uint32_t k = 0; k < n; k++) {
        const graph_population *p = &g->population[k];
        from_row[k + 1] += from_row[k];
        for (uint32_t e = out.row[p->first]; e < out.row[p->first + p->size]; e++) {
            if (mark[out.core[e]] == k + 1)
                continue;
            mark[out.core[e]] = k + 1;
            to = arena_grow(a, to, sizeof *to, nto, nto + 1, &cap);
            to[nto++] = out.core[e];
        }
        for (uint32_t r = 0; r < m->nrelays; r++)
            if (m->slice[m->relay[r].slice].population == k) {
                to = arena_grow(a, to, sizeof *to, nto, nto + 1, &cap);
                to[nto++] = m->relay[r].core;
            }
        to_row[k + 1] = nto;
    }
    return (multicast_groups){n, from_row, from, sent(m, rate, a), to_row, to, block, n + 1};
}

/* Bytes of shared memory of each core. */
static uint64_t *demands(const hmn_unit *u, hmn_arena *a)
{
    const hmn_mapping *m = u->mapping;
    uint64_t *bytes = ARENA_NEW(a, uint64_t, m->ncores);
    for (uint32_t c = 0; c < m->ncores; c++) {
        hmn_usage use;
        memset(&use, 0, sizeof use);
        uint32_t first = m->core_first_slice[c];
        u->chip->usage(m->qnet, m->slice + first, m->core_first_slice[c + 1] - first, &use);
        bytes[c] = use.shared_bytes;
    }
    return bytes;
}

/* Where the cores of a router ask for more memory than its chip has, the greatest of them changes places with a smaller
 * one, or goes to a free site, where that leaves room. What cannot be helped is the plan's to report. */
static void share_memory(const hmn_unit *u, uint32_t *site, hmn_arena *a)
{
    const hmn_mapping *m = u->mapping;
    const hmn_sites *sites = m->sites;
    uint64_t *bytes = demands(u, a), *sum = ARENA_NEW(a, uint64_t, sites->nnodes),
             limit = u->chip->limits->shared_bytes;
    uint32_t *tenant = ARENA_NEW(a, uint32_t, sites->count); /* core + 1 */
    for (uint32_t c = 0; c < m->ncores; c++) {
        tenant[site[c]] = c + 1;
        sum[sites->node[site[c]]] += bytes[c];
    }
    for (uint32_t round = 0; round < m->ncores; round++) {
        uint32_t heavy = UINT32_MAX, best = UINT32_MAX;
        uint64_t least = limit;
        for (uint32_t c = 0; c < m->ncores; c++)
            if (sum[sites->node[site[c]]] > limit && (heavy == UINT32_MAX || bytes[c] > bytes[heavy]))
                heavy = c;
        for (uint32_t s = 0; heavy != UINT32_MAX && s < sites->count; s++) {
            uint64_t other = tenant[s] ? bytes[tenant[s] - 1] : 0, after = sum[sites->node[s]] - other + bytes[heavy];
            if (sites->node[s] != sites->node[site[heavy]] && other < bytes[heavy] && after <= least) {
                best = after < least || best == UINT32_MAX ? s : best;
                least = after;
            }
        }
        if (best == UINT32_MAX)
            return;
        uint32_t from = site[heavy], other = tenant[best];
        sum[sites->node[best]] = least;
        sum[sites->node[from]] -= bytes[heavy] - (other ? bytes[other - 1] : 0);
        tenant[from] = other;
        tenant[best] = heavy + 1;
        site[heavy] = best;
        if (other)
            site[other - 1] = from;
    }
}

bool pass_place(hmn_unit *u)
{
    hmn_mapping *m = u->mapping;
    const hmn_graph *g = m->qnet->graph;
    hmn_arena *scratch = arena_new(0);
    traffic_fanout out = traffic_destinations(m->qnet, m->neuron_core, m->ncores, scratch);
    const double *rate = traffic_rates(g, scratch);
    flows f = gather(g, m, out, rate, scratch);
    anneal_problem p = {.nvertices = m->ncores + 1, .nfree = m->ncores};
    const uint32_t *given = g->net->target.nplaces ? slices_sites(u) : NULL; /* ascending */
    if (m->sites)
        lay_machine(&p, m->sites, scratch);
    else
        lay_sites(&p, u->chip->limits, given ? given[m->ncores - 1] + 1 : m->ncores, scratch);
    weigh(&p, &f, scratch);
    uint32_t *site = ARENA_NEW(u->arena, uint32_t, p.nvertices);
    if (given) {
        memcpy(site, given, m->ncores * sizeof *site);
        site[m->ncores] = p.nsites;
    } else {
        search(&p, g->seed, site, scratch);
        if (u->chip->limits->multicast && p.hops) {
            multicast_groups groups = group(m, out, rate, scratch);
            multicast_improve(&p, &groups, g->seed, site, scratch);
        }
    }
    if (m->sites && u->chip->limits->shared_bytes)
        share_memory(u, site, scratch);
    m->traffic_hops = m->traffic_spikes = 0;
    for (size_t i = 0; i < f.count; i++) {
        m->traffic_spikes += f.list[i].spikes;
        m->traffic_hops += f.list[i].spikes * anneal_hops(&p, site[f.list[i].a], site[f.list[i].b]);
    }
    for (uint32_t c = 0; m->sites && c < m->ncores; c++)
        site[c] = m->sites->site[site[c]];
    m->site = site;
    managers_make(m, u->chip, u->arena);
    arena_free(scratch);
    return true;
}
