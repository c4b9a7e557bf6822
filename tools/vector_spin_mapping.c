/* Places and routes graphs of cores and compares with what PACMAN made of them. Takes a case with a machine and a graph
 * of populations (all cores of one send to all cores of another), yields the first thing that is worse than allowed:
 *   - keys other than PACMAN's zones;
 *   - a packet that the compressed tables bring to another core than its targets, or over other links than its route;
 *   - more than 1.05 times the link traversals that PACMAN counts: one for each source, chip and link, where a
 *     population that passes a chip as a whole, and does not start there, counts as one source;
 *   - more than 1.05 times the links that its packets cross, one packet from each core, where the file says
 *     (packet_links);
 *   - a table that does not fit, or one of PACMAN's own that becomes longer than the shortest of its compressors. */
#include "tools/vector_spin_graph.h"

#include "backends/spinnaker/router.h"
#include "compiler/multicast.h"

#include <inttypes.h>
#include <string.h>

enum { RESERVED = 1, SEED = 1, SDRAM = 123469792 };

typedef struct {
    const spin_graph *g;
    hmn_arena *arena;
    hmn_diag *diag;
    const char *why;
    /* placement */
    uint32_t nsites, *at, *node; /* sites in the order of filling, and their chips */
    uint32_t *place, *site;      /* [nparts] index in at; physical core */
    spin_traffic traffic;
    spin_routes routes;
    spin_senders senders;
    spin_tables basic, tables;
} mapper;

static bool differs(mapper *m, const char *why)
{
    if (!m->why)
        m->why = why;
    return false;
}

static const char *first_error(const mapper *m) { return diag_count(m->diag) ? diag_get(m->diag, 0)->text : "?"; }

/* ---- placement ---- */

/* Cores of as many chips as are needed, the nearest to chip 0 first; of each so many as its memory serves at worst. */
static bool lay_sites(mapper *m)
{
    const spin_machine *s = m->g->machine;
    uint32_t most = m->g->sdram ? RESERVED + SDRAM / m->g->sdram : SPIN_CORES;
    m->at = ARENA_NEW(m->arena, uint32_t, s->nchips * SPIN_CORES);
    m->node = ARENA_NEW(m->arena, uint32_t, s->nchips * SPIN_CORES);
    for (uint32_t far = 0; m->nsites < m->g->nparts && far < s->width + s->height; far++)
        for (uint32_t c = 0; c < s->nchips && m->nsites < m->g->nparts; c++)
            for (uint32_t p = RESERVED; spin_distance(s, 0, (int32_t)c) == far && p < s->cores[c] && p < most; p++) {
                m->node[m->nsites] = c;
                m->at[m->nsites++] = spin_site((int32_t)c, p);
            }
    return m->nsites >= m->g->nparts ||
           differs(
               m, arena_printf(m->arena, "%" PRIu32 " parts do not fit on %" PRIu32 " cores", m->g->nparts, m->nsites));
}

static anneal_problem geometry(mapper *m)
{
    const spin_machine *s = m->g->machine;
    uint32_t n = s->nchips, *x = ARENA_NEW(m->arena, uint32_t, m->nsites),
             *y = ARENA_NEW(m->arena, uint32_t, m->nsites);
    uint16_t *hops = ARENA_NEW(m->arena, uint16_t, (size_t)n * n);
    for (uint32_t a = 0; a < n; a++)
        for (uint32_t b = 0; b < n; b++)
            hops[(size_t)a * n + b] = (uint16_t)spin_distance(s, (int32_t)a, (int32_t)b);
    for (uint32_t i = 0; i < m->nsites; i++) {
        x[i] = (uint32_t)s->x[m->node[i]];
        y[i] = (uint32_t)s->y[m->node[i]];
    }
    return (anneal_problem){.nvertices = m->g->nparts,
                            .nfree = m->g->nparts,
                            .nsites = m->nsites,
                            .nplaces = m->nsites,
                            .x = x,
                            .y = y,
                            .node = m->node,
                            .hops = hops,
                            .nnodes = n};
}

/* Every pair of cores of which one sends to the other, by how many ways it does. */
static void pair_cores(mapper *m, anneal_problem *p)
{
    const spin_graph *g = m->g;
    uint32_t n = g->nparts, *row = ARENA_NEW(m->arena, uint32_t, n + 1), *to = NULL, *weight = NULL;
    size_t count = 0, to_cap = 0, weight_cap = 0;
    for (uint32_t v = 0; v < n; v++) {
        for (uint32_t w = 0; w < n; w++) {
            uint32_t both = (uint32_t)spin_graph_sends(g, g->population[v], g->population[w]) +
                            (uint32_t)spin_graph_sends(g, g->population[w], g->population[v]);
            if (v == w || both == 0)
                continue;
            to = arena_grow(m->arena, to, sizeof *to, count, count + 1, &to_cap);
            weight = arena_grow(m->arena, weight, sizeof *weight, count, count + 1, &weight_cap);
            to[count] = w;
            weight[count++] = both;
        }
        row[v + 1] = (uint32_t)count;
    }
    p->row = row;
    p->to = to;
    p->weight = weight;
}

static multicast_groups group(mapper *m)
{
    const spin_graph *g = m->g;
    uint32_t n = g->npopulations, *from_row = ARENA_NEW(m->arena, uint32_t, n + 1), nto = 0;
    uint32_t *to_row = ARENA_NEW(m->arena, uint32_t, n + 1), *from = ARENA_NEW(m->arena, uint32_t, g->nparts);
    uint32_t *to = ARENA_NEW(m->arena, uint32_t, (size_t)n * g->nparts),
             *weight = ARENA_NEW(m->arena, uint32_t, g->nparts);
    for (uint32_t k = 0; k < n; k++) {
        for (uint32_t v = g->first[k]; v < g->first[k + 1]; v++) {
            from[v] = v;
            weight[v] = 1;
        }
        from_row[k + 1] = g->first[k + 1];
        for (uint32_t v = 0; v < g->nparts; v++)
            if (spin_graph_sends(g, k, g->population[v]))
                to[nto++] = v;
        to_row[k + 1] = nto;
    }
    return (multicast_groups){n, from_row, from, weight, to_row, to, g->population, n};
}

static bool place(mapper *m)
{
    if (!lay_sites(m))
        return false;
    anneal_problem p = geometry(m);
    pair_cores(m, &p);
    multicast_groups groups = group(m);
    m->place = ARENA_NEW(m->arena, uint32_t, m->g->nparts);
    m->site = ARENA_NEW(m->arena, uint32_t, m->g->nparts);
    anneal_greedy(&p, m->place, m->arena);
    anneal_improve(&p, SEED, m->place, m->arena);
    multicast_improve(&p, &groups, SEED, m->place, m->arena);
    for (uint32_t v = 0; v < m->g->nparts; v++)
        m->site[v] = m->at[m->place[v]];
    return true;
}

/* ---- routes and tables ---- */

static int by_number(const void *pa, const void *pb)
{
    const uint32_t *a = pa, *b = pb;
    return (*a > *b) - (*a < *b);
}

static bool route(mapper *m)
{
    const spin_graph *g = m->g;
    spin_source *source = ARENA_NEW(m->arena, spin_source, g->nparts);
    uint32_t *row = ARENA_NEW(m->arena, uint32_t, g->nparts + 1), n = 0;
    uint32_t *target = ARENA_NEW(m->arena, uint32_t, (size_t)g->nparts * g->nparts);
    for (uint32_t v = 0; v < g->nparts; v++) {
        source[v] = (spin_source){spin_site_chip(m->site[v]), g->population[v], 1};
        for (uint32_t w = 0; w < g->nparts; w++)
            if (spin_graph_sends(g, g->population[v], g->population[w]))
                target[n++] = m->site[w];
        if (n > row[v])
            qsort(target + row[v], n - row[v], sizeof *target, by_number);
        row[v + 1] = n;
    }
    m->traffic = (spin_traffic){g->nparts, source, row, target};
    m->senders = (spin_senders){g->zone, g->parts, g->part};
    spin_tables merged;
    if (!spin_route(g->machine, &m->traffic, m->arena, &m->routes, (hmn_span){0}, m->diag))
        return differs(m, first_error(m));
    spin_tables_build(g->machine, &m->traffic, &m->routes, &m->senders, false, m->arena, &m->basic);
    spin_tables_build(g->machine, &m->traffic, &m->routes, &m->senders, true, m->arena, &merged);
    return spin_tables_compress(g->machine, &merged, m->arena, &m->tables, (hmn_span){0}, m->diag) ||
           differs(m, first_error(m));
}

/* Every packet arrives, by the compressed tables, where it must. */
static bool follow(mapper *m)
{
    const spin_graph *g = m->g;
    spin_router *r = spin_router_new(g->machine, &m->tables, m->arena);
    for (uint32_t v = 0; v < g->nparts; v++) {
        uint32_t first = m->traffic.row[v], n = m->traffic.row[v + 1] - first;
        if (n == 0)
            continue;
        spin_delivery d =
            spin_router_follow(r, m->traffic.source[v].chip, spin_part_key(g->zone[g->population[v]], g->part[v]));
        if (d.nsites != n || memcmp(d.site, m->traffic.target + first, n * sizeof *d.site) != 0 ||
            d.unknown + d.broken + d.looped || d.links != m->routes.row[v + 1] - m->routes.row[v] - 1)
            return differs(m, arena_printf(m->arena, "packets of part %" PRIu32 " of '%s' go astray", g->part[v],
                                           g->name[g->population[v]]));
    }
    return true;
}

/* ---- what is compared ---- */

static uint32_t links_of(uint32_t route) { return (uint32_t)__builtin_popcount(route & ((1u << SPIN_LINKS) - 1)); }

/* Links counted as PACMAN's route_link_traversals are. */
static uint64_t traversals(mapper *m)
{
    const spin_graph *g = m->g;
    uint32_t n = g->machine->nchips;
    uint64_t all = 0;
    for (uint32_t k = 0; k < g->npopulations; k++) {
        uint32_t *passed = ARENA_NEW(m->arena, uint32_t, n), *same = ARENA_NEW(m->arena, uint32_t, n),
                 *links = ARENA_NEW(m->arena, uint32_t, n), *started = ARENA_NEW(m->arena, uint32_t, n);
        for (uint32_t i = m->routes.row[g->first[k]]; i < m->routes.row[g->first[k + 1]]; i++) {
            int32_t c = m->routes.chip[i];
            same[c] = passed[c] ? same[c] : m->routes.route[i];
            started[c] |= m->routes.in[i] == SPIN_NONE || m->routes.route[i] != same[c];
            passed[c]++;
            links[c] += links_of(m->routes.route[i]);
        }
        for (uint32_t c = 0; c < n; c++)
            all += passed[c] == g->parts[k] && !started[c] ? links_of(same[c]) : links[c];
    }
    return all;
}

static bool within(mapper *m, const char *what, uint64_t got, const json_t *bar)
{
    if (!json_is_integer(bar) || 100 * got <= 105 * (uint64_t)json_integer_value(bar))
        return true;
    return differs(m, arena_printf(m->arena, "%s: %" PRIu64 ", want at most 1.05 x %" PRId64, what, got,
                                   (int64_t)json_integer_value(bar)));
}

/* Tables of PACMAN's own; its sizes are filed as "0,0", "1,0" ... in the order of the tables. */
static bool their_tables(mapper *m, const json_t *json)
{
    json_t *tables = json_object_get(json, "largest_tables_input"),
           *sizes = json_object_get(json, "largest_tables_pacman_sizes");
    const char *chip, *method;
    json_t *rows, *of;
    int number = 0;
    json_object_foreach(tables, chip, rows)
    {
        int64_t bar = -1;
        const char *name = arena_printf(m->arena, "%d,0", number++);
        json_object_foreach(sizes, method, of)
        {
            const json_t *n = json_object_get(of, name);
            if (json_is_integer(n) && (bar < 0 || json_integer_value(n) < bar))
                bar = json_integer_value(n);
        }
        tcam_table t;
        const char *why = vector_spin_table(rows, m->arena, &t);
        why = why ? why : vector_spin_compress(t, bar, m->arena);
        if (why)
            return differs(m, arena_printf(m->arena, "table of chip %s: %s", chip, why));
    }
    return true;
}

static void count(mapper *m, spin_mapping_size *out)
{
    uint32_t n = m->g->machine->nchips;
    *out = (spin_mapping_size){.parts = m->g->nparts, .basic = m->basic.row[n], .compressed = m->tables.row[n]};
    for (uint32_t c = 0; c < n; c++) {
        uint32_t entries = m->tables.row[c + 1] - m->tables.row[c];
        out->largest = entries > out->largest ? entries : out->largest;
    }
    out->traversals = traversals(m);
    out->packet_links = m->routes.links;
}

static mapper map(const spin_graph *g, const char *why, hmn_arena *a, spin_mapping_size *out)
{
    mapper m = {.g = g, .arena = a, .diag = diag_new(), .why = why};
    if (!m.why && place(&m) && route(&m) && follow(&m))
        count(&m, out);
    return m;
}

const char *vector_spin_map(const json_t *json, hmn_arena *a, spin_mapping_size *out)
{
    spin_graph g;
    const char *why = spin_graph_read(json, a, &g);
    mapper m = map(&g, why, a, out);
    diag_free(m.diag);
    return m.why;
}

const char *vector_spin_mapping(const json_t *root, const json_t *json, hmn_arena *a)
{
    (void)root;
    const json_t *pacman = json_object_get(json, "pacman");
    spin_graph g;
    spin_mapping_size size = {0};
    const char *why = spin_graph_read(json, a, &g);
    mapper m = map(&g, why, a, &size);
    if (!m.why && their_tables(&m, json)) {
        within(&m, "link traversals", size.traversals, json_object_get(pacman, "route_link_traversals"));
        within(&m, "links crossed by packets", size.packet_links, json_object_get(pacman, "packet_links"));
    }
    diag_free(m.diag);
    return m.why;
}
