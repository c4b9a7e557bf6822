/* Placement on a mesh by simulated annealing. Takes a weighted graph, site coordinates and a start, yields a
 * placement whose sum of weight x hops is as small as a fixed amount of work finds.
 *
 * Greedy start: grow from the heaviest vertex; always place the vertex most tied to those placed, at the free site
 * of least cost. Cost of a site is separable on a mesh, f(x) + g(y), so it is tabulated per column and row. Then swaps
 * (Kirkpatrick, Gelatt, Vecchi, Science 1983): half of them towards a neighbour's tile, half anywhere within a window
 * that shrinks with the temperature (as VPR does, Betz and Rose 1997). All arithmetic is in integers and every draw a
 * function of (seed, move), so the result is the same on any machine. The number of moves follows from the size of the
 * graph. */
#include "compiler/anneal.h"

#include "core/base/bug.h"
#include "core/base/rng.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { WORK = 80 * 1000 * 1000, MOVE_COST = 30, LARGE = 512, LEVELS = 90, SAMPLE = 512 };

static uint32_t apart(uint32_t a, uint32_t b) { return a > b ? a - b : b - a; }

uint32_t anneal_hops(const anneal_problem *p, uint32_t a, uint32_t b)
{
    if (p->hops)
        return p->hops[(size_t)p->node[a] * p->nnodes + p->node[b]];
    return apart(p->x[a], p->x[b]) + apart(p->y[a], p->y[b]);
}

uint64_t anneal_cost(const anneal_problem *p, const uint32_t *site)
{
    uint64_t sum = 0;
    for (uint32_t v = 0; v < p->nvertices; v++)
        for (uint32_t e = p->row[v]; e < p->row[v + 1]; e++)
            if (p->to[e] > v)
                sum += (uint64_t)p->weight[e] * anneal_hops(p, site[v], site[p->to[e]]);
    return sum;
}

/* ---- greedy ---- */

typedef struct {
    const anneal_problem *p;
    uint32_t *site;
    bool *placed, *taken;
    uint64_t *pull; /* [nvertices] weight to placed vertices */
    uint64_t *fx, *fy;
    uint32_t width, height;
} grower;

static void settle(grower *g, uint32_t v, uint32_t site)
{
    const anneal_problem *p = g->p;
    g->site[v] = site;
    g->placed[v] = true;
    if (site < p->nsites)
        g->taken[site] = true;
    for (uint32_t e = p->row[v]; e < p->row[v + 1]; e++)
        g->pull[p->to[e]] += p->weight[e];
}

/* Unplaced vertex with the greatest pull; by total weight when none is pulled. */
static uint32_t next_vertex(const grower *g, const uint64_t *total)
{
    uint32_t best = UINT32_MAX;
    for (uint32_t v = 0; v < g->p->nfree; v++) {
        if (g->placed[v])
            continue;
        if (best == UINT32_MAX || g->pull[v] > g->pull[best] || (g->pull[v] == g->pull[best] && total[v] > total[best]))
            best = v;
    }
    return best;
}

/* f(k) = sum of w |k - c| over placed neighbours' coordinates c, for every k < n, in one sweep each way. */
static void tabulate(const grower *g, uint32_t v, const uint32_t *coordinate, uint64_t *f, uint32_t n)
{
    const anneal_problem *p = g->p;
    memset(f, 0, n * sizeof *f);
    uint64_t right = 0, left = 0, at_zero = 0;
    for (uint32_t e = p->row[v]; e < p->row[v + 1]; e++)
        if (g->placed[p->to[e]]) {
            uint32_t c = coordinate[g->site[p->to[e]]];
            f[c] += p->weight[e];
            right += p->weight[e];
            at_zero += (uint64_t)p->weight[e] * c;
        }
    for (uint32_t k = 0; k < n; k++) {
        uint64_t here = f[k];
        f[k] = at_zero;
        left += here;
        right -= here;
        at_zero = at_zero + left - right;
    }
}

/* Weight x distance of vertex v at site s to the placed ones. */
static uint64_t cost_at(const grower *g, uint32_t v, uint32_t s)
{
    const anneal_problem *p = g->p;
    uint64_t sum = 0;
    for (uint32_t e = p->row[v]; e < p->row[v + 1]; e++)
        if (g->placed[p->to[e]])
            sum += (uint64_t)p->weight[e] * anneal_hops(p, s, g->site[p->to[e]]);
    return sum;
}

static uint32_t best_site(const grower *g, uint32_t v, bool tied)
{
    const anneal_problem *p = g->p;
    uint32_t best = UINT32_MAX;
    uint64_t least = UINT64_MAX;
    for (uint32_t s = 0; s < p->nsites; s++) {
        if (g->taken[s])
            continue;
        uint64_t cost = !tied ? 0 : p->hops ? cost_at(g, v, s) : g->fx[p->x[s]] + g->fy[p->y[s]];
        if (cost < least) {
            least = cost;
            best = s;
        }
    }
    return best;
}

void anneal_greedy(const anneal_problem *p, uint32_t *site, hmn_arena *a)
{
    grower g = {
        .p = p, .site = site, .placed = ARENA_NEW(a, bool, p->nvertices), .taken = ARENA_NEW(a, bool, p->nsites)};
    g.pull = ARENA_NEW(a, uint64_t, p->nvertices);
    for (uint32_t s = 0; s < p->nplaces; s++) {
        g.width = p->x[s] >= g.width ? p->x[s] + 1 : g.width;
        g.height = p->y[s] >= g.height ? p->y[s] + 1 : g.height;
    }
    g.fx = ARENA_NEW(a, uint64_t, g.width);
    g.fy = ARENA_NEW(a, uint64_t, g.height);
    uint64_t *total = ARENA_NEW(a, uint64_t, p->nvertices);
    for (uint32_t v = 0; v < p->nvertices; v++)
        for (uint32_t e = p->row[v]; e < p->row[v + 1]; e++)
            total[v] += p->weight[e];
    for (uint32_t v = p->nfree; v < p->nvertices; v++)
        settle(&g, v, site[v]);
    for (uint32_t k = 0; k < p->nfree; k++) {
        uint32_t v = next_vertex(&g, total);
        tabulate(&g, v, p->x, g.fx, g.width);
        tabulate(&g, v, p->y, g.fy, g.height);
        settle(&g, v, best_site(&g, v, g.pull[v] > 0));
    }
}

/* ---- annealing ---- */

typedef struct {
    int32_t x, y;
    uint32_t node;
} spot;

typedef struct {
    const anneal_problem *p;
    uint64_t seed;
    const spot *spot;               /* [nplaces] */
    spot *at;                       /* [nvertices] spot[site[v]], to save a look-up in the inner loop */
    uint32_t *site, *tenant;        /* tenant[site]: vertex, UINT32_MAX when free */
    uint32_t *by_tile, *tile_first; /* sites sorted by tile, to move next to a neighbour */
    uint32_t *tile_of;              /* [nplaces] */
    uint32_t ntiles, width, height;
    uint64_t cost;
} annealer;

static inline int32_t between(const anneal_problem *p, spot a, spot b)
{
    return p->hops ? p->hops[(size_t)a.node * p->nnodes + b.node] : abs(a.x - b.x) + abs(a.y - b.y);
}

/* Change of v's edges when it moves from its site to `to`; edges to `other` keep their length in a swap. */
static int64_t pull_change(const annealer *n, uint32_t v, uint32_t to, uint32_t other)
{
    const anneal_problem *p = n->p;
    spot from = n->at[v], dest = n->spot[to];
    int64_t sum = 0;
    for (uint32_t e = p->row[v]; e < p->row[v + 1]; e++) {
        spot u = n->at[p->to[e]];
        int32_t change = between(p, dest, u) - between(p, from, u);
        sum += p->to[e] == other ? 0 : (int64_t)change * p->weight[e];
    }
    return sum;
}

static int64_t swap_change(const annealer *n, uint32_t v, uint32_t to)
{
    uint32_t other = n->tenant[to];
    int64_t sum = pull_change(n, v, to, other);
    return other == UINT32_MAX ? sum : sum + pull_change(n, other, n->site[v], v);
}

static void swap_sites(annealer *n, uint32_t v, uint32_t to)
{
    uint32_t from = n->site[v], other = n->tenant[to];
    n->tenant[from] = other;
    if (other != UINT32_MAX) {
        n->site[other] = from;
        n->at[other] = n->spot[from];
    }
    n->tenant[to] = v;
    n->site[v] = to;
    n->at[v] = n->spot[to];
}

/* -ln(draw / 2^32) in units of 2^-16: log2 with a linear mantissa (error below 0.09), which is all that an
 * acceptance test needs, and the same on every machine. */
static uint64_t exponential_q16(uint32_t draw)
{
    uint32_t d = draw ? draw : 1, top = 31 - (uint32_t)__builtin_clz(d);
    uint64_t fraction = ((uint64_t)(d ^ ((uint32_t)1 << top)) << 16) >> top;
    uint64_t log2_q16 = ((uint64_t)top << 16) + fraction;
    return ((((uint64_t)32 << 16) - log2_q16) * 45426) >> 16; /* ln 2 = 45426 / 65536 */
}

static uint32_t scale_draw(uint32_t draw, uint32_t n) { return (uint32_t)(((uint64_t)draw * n) >> 32); }

/* Coordinate within `window` of `centre`, inside 0..size-1. */
static uint32_t nearby(uint32_t centre, uint32_t window, uint32_t size, uint32_t draw)
{
    uint32_t low = centre > window ? centre - window : 0;
    uint32_t high = centre + window < size ? centre + window : size - 1;
    return low + scale_draw(draw, high - low + 1);
}

/* A site on or beside the tile of one of v's neighbours, or within `window` tiles of where v is. */
static uint32_t propose(const annealer *n, uint32_t v, uint32_t window, const uint32_t draw[4])
{
    const anneal_problem *p = n->p;
    uint32_t degree = p->row[v + 1] - p->row[v], centre = n->site[v];
    if ((draw[1] & 1) && degree) {
        centre = n->site[p->to[p->row[v] + scale_draw(draw[2], degree)]];
        window = 1;
    }
    uint32_t x = nearby(p->x[centre], window, n->width, draw[1] << 1);
    uint32_t y = nearby(p->y[centre], window, n->height, draw[1] << 12);
    uint32_t first = n->tile_first[x + y * n->width], room = n->tile_first[x + y * n->width + 1] - first;
    return room ? n->by_tile[first + scale_draw(draw[2] << 12, room)] : n->site[v];
}

static void index_tiles(annealer *n, hmn_arena *a)
{
    const anneal_problem *p = n->p;
    spot *place = ARENA_NEW(a, spot, p->nplaces);
    n->at = ARENA_NEW(a, spot, p->nvertices);
    for (uint32_t s = 0; s < p->nplaces; s++)
        place[s] = (spot){(int32_t)p->x[s], (int32_t)p->y[s], p->node ? p->node[s] : 0};
    for (uint32_t v = 0; v < p->nvertices; v++)
        n->at[v] = place[n->site[v]];
    n->spot = place;
    n->width = n->height = 1;
    for (uint32_t s = 0; s < p->nplaces; s++) {
        n->width = p->x[s] >= n->width ? p->x[s] + 1 : n->width;
        n->height = p->y[s] >= n->height ? p->y[s] + 1 : n->height;
    }
    n->ntiles = n->width * n->height;
    n->tile_of = ARENA_NEW(a, uint32_t, p->nplaces);
    n->by_tile = ARENA_NEW(a, uint32_t, p->nsites);
    uint32_t *start = ARENA_NEW(a, uint32_t, n->ntiles + 2);
    for (uint32_t s = 0; s < p->nplaces; s++) {
        n->tile_of[s] = p->x[s] + p->y[s] * n->width;
        if (s < p->nsites)
            start[n->tile_of[s] + 2]++;
    }
    for (uint32_t t = 1; t < n->ntiles + 2; t++)
        start[t] += start[t - 1];
    for (uint32_t s = 0; s < p->nsites; s++)
        n->by_tile[start[n->tile_of[s] + 1]++] = s;
    n->tile_first = start;
}

/* Mean rise of the swaps that would make it worse. */
static uint64_t typical_rise(const annealer *n)
{
    uint64_t sum = 0, count = 0;
    for (uint32_t k = 0; k < SAMPLE; k++) {
        uint32_t draw[4];
        rng_block(n->seed, RNG_PLACE, 0, k, 0, draw);
        uint32_t v = scale_draw(draw[0], n->p->nfree), to = scale_draw(draw[1], n->p->nsites);
        int64_t change = to == n->site[v] ? 0 : swap_change(n, v, to);
        if (change > 0) {
            sum += (uint64_t)change;
            count++;
        }
    }
    return count ? sum / count : 0;
}

/* `moves` proposals at one temperature: a rise of heat / 2^16 is taken with probability 1/e. */
static void level(annealer *n, uint32_t number, uint32_t moves, uint64_t heat, uint32_t window)
{
    for (uint32_t k = 0; k < moves; k++) {
        uint32_t draw[4];
        rng_block(n->seed, RNG_PLACE, 1 + number, k, 0, draw);
        uint32_t v = scale_draw(draw[0], n->p->nfree), to = propose(n, v, window, draw);
        if (to == n->site[v])
            continue;
        int64_t change = swap_change(n, v, to);
        if (change > 0 && (unsigned __int128)change << 32 > (unsigned __int128)heat * exponential_q16(draw[3]))
            continue;
        swap_sites(n, v, to);
        n->cost = (uint64_t)((int64_t)n->cost + change);
    }
}

/* So many that all levels together visit WORK edges, more for graphs larger than LARGE; fewer for small ones. */
static uint32_t moves_per_level(const anneal_problem *p)
{
    uint64_t visits = (uint64_t)WORK * (p->nfree > LARGE ? p->nfree : LARGE) / LARGE;
    uint64_t moves = visits / (MOVE_COST + 2 * (p->row[p->nvertices] / p->nvertices)) / LEVELS;
    uint64_t enough = (uint64_t)p->nfree * 48;
    return (uint32_t)(moves > enough ? enough : moves);
}

uint64_t anneal_improve(const anneal_problem *p, uint64_t seed, uint32_t *site, hmn_arena *a)
{
    annealer n = {.p = p, .seed = seed, .site = site, .cost = anneal_cost(p, site)};
    if (p->nfree < 2 || p->nsites < 2 || n.cost == 0)
        return n.cost;
    n.tenant = ARENA_NEW(a, uint32_t, p->nsites);
    memset(n.tenant, 0xff, p->nsites * sizeof *n.tenant);
    for (uint32_t v = 0; v < p->nfree; v++)
        n.tenant[site[v]] = v;
    index_tiles(&n, a);
    uint32_t *best = ARENA_NEW(a, uint32_t, p->nvertices);
    memcpy(best, site, p->nvertices * sizeof *best);
    uint64_t least = n.cost, heat = typical_rise(&n) << 16 >> 2;
    uint32_t moves = moves_per_level(p);
    uint32_t size = n.width > n.height ? n.width : n.height;
    for (uint32_t k = 0; k < LEVELS; k++) {
        uint32_t window = 1 + size * (LEVELS - k) / LEVELS / 2;
        level(&n, k, moves, k + 4 < LEVELS ? heat : 0, window);
        heat -= heat / 16;
        if (n.cost < least) {
            least = n.cost;
            memcpy(best, site, p->nvertices * sizeof *best);
        }
    }
    HMN_ASSERT(anneal_cost(p, best) == least);
    memcpy(site, best, p->nvertices * sizeof *best);
    return least;
}
