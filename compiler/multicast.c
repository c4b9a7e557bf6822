/* Placement for multicast networks. Takes groups of senders and receivers and a placement, yields one whose packets
 * cross fewer links and whose routing tables are shorter (multicast_state.c says how that is estimated). It is the
 * number of routers that counts, so cores of one population belong side by side. Starts are the given placement and
 * blocks laid one after the other, in several orders of blocks and routers; the best of them are improved by exchanging
 * the cores of two routers and single vertices. A single exchange rarely changes the number of routers, so among equal
 * costs the more concentrated is taken. The work is bounded by counting, draws are functions of (seed, move): the same
 * result on any machine. */
#include "compiler/multicast.h"

#include "compiler/multicast_state.h"
#include "core/base/rng.h"

#include <string.h>

enum { WORK = 100 * 1000 * 1000, MOVE_WORK = 64, PATIENCE = 100, ORDERS = 24, KEPT = 4, STREAM = 4096 };

/* ---- starts ---- */

/* Routers in the order in which blocks fill them: as the sites come, next to the last one, or close to all. */
typedef enum { AS_GIVEN, NEXT_TO_LAST, CLOSE_TO_ALL, NODE_ORDERS } node_order;

static void order_nodes(multicast_state *m, node_order how, uint32_t *order)
{
    memcpy(order, m->node, m->nnodes * sizeof *order);
    for (uint32_t i = 1; i < m->nnodes && how != AS_GIVEN; i++) {
        uint32_t best = i;
        uint64_t least = UINT64_MAX;
        for (uint32_t k = i; k < m->nnodes; k++) {
            uint64_t far = (uint64_t)multicast_hops(m, order[i - 1], order[k]) * (how == NEXT_TO_LAST ? 1 << 20 : 1);
            for (uint32_t j = 0; j < i; j++)
                far += multicast_hops(m, order[j], order[k]);
            if (far < least) {
                least = far;
                best = k;
            }
        }
        uint32_t c = order[i];
        order[i] = order[best];
        order[best] = c;
    }
    m->work += (uint64_t)m->nnodes * m->nnodes * m->nnodes / 4;
}

/* Blocks in an order of their own: the first as they are, the second backwards, others at random. */
static void order_blocks(const multicast_state *m, uint64_t seed, uint32_t number, uint32_t *order)
{
    uint32_t n = m->g->nblocks;
    for (uint32_t i = 0; i < n; i++)
        order[i] = number == 1 ? n - 1 - i : i;
    for (uint32_t i = n; number > 1 && i > 1; i--) {
        uint32_t k = rng_below(seed, RNG_PLACE, STREAM, number, i, i), b = order[i - 1];
        order[i - 1] = order[k];
        order[k] = b;
    }
}

static void fill(const multicast_state *m, const uint32_t *nodes, const uint32_t *blocks, uint32_t *site)
{
    const anneal_problem *p = m->p;
    uint32_t node = 0, used = 0;
    for (uint32_t b = 0; b < m->g->nblocks; b++)
        for (uint32_t v = 0; v < p->nfree; v++) {
            if (m->g->block[v] != blocks[b])
                continue;
            for (; used == m->sites[nodes[node]]; used = 0)
                node++;
            site[v] = m->first_site[nodes[node]] + used++;
        }
}

typedef struct {
    uint32_t *site[KEPT];
    uint64_t cost[KEPT];
    uint32_t n;
} starts;

/* Keeps the cheapest KEPT different costs. */
static void consider(multicast_state *m, starts *s, const uint32_t *site)
{
    multicast_load(m, site);
    uint32_t k = 0;
    for (; k < s->n && s->cost[k] < m->cost; k++)
        ;
    if (k == KEPT || (k < s->n && s->cost[k] == m->cost))
        return;
    s->n += s->n < KEPT;
    uint32_t *room = s->site[s->n - 1];
    for (uint32_t i = s->n - 1; i > k; i--) {
        s->site[i] = s->site[i - 1];
        s->cost[i] = s->cost[i - 1];
    }
    s->site[k] = room;
    s->cost[k] = m->cost;
    memcpy(room, site, m->p->nvertices * sizeof *room);
}

static void find_starts(multicast_state *m, uint64_t seed, const uint32_t *given, starts *s, hmn_arena *a)
{
    uint32_t *nodes = ARENA_NEW(a, uint32_t, m->nnodes), *blocks = ARENA_NEW(a, uint32_t, m->g->nblocks);
    uint32_t *site = ARENA_NEW(a, uint32_t, m->p->nvertices);
    for (uint32_t k = 0; k < KEPT; k++)
        s->site[k] = ARENA_NEW(a, uint32_t, m->p->nvertices);
    consider(m, s, given);
    memcpy(site, given, m->p->nvertices * sizeof *site);
    for (node_order how = AS_GIVEN; how < NODE_ORDERS; how++) {
        order_nodes(m, how, nodes);
        for (uint32_t k = 0; k < ORDERS && m->work < WORK / 2; k++) {
            order_blocks(m, seed, k, blocks);
            fill(m, nodes, blocks, site);
            consider(m, s, site);
        }
    }
}

/* ---- improvement ---- */

static void touch(multicast_state *m, uint32_t v)
{
    for (uint32_t i = m->role_row[v]; i < m->role_row[v + 1]; i++) {
        uint32_t g = m->role[i] >> 1;
        if (m->stamp[g] == m->move)
            continue;
        m->stamp[g] = m->move;
        m->before[m->ntouched] = m->group[g];
        m->touched[m->ntouched++] = g;
    }
}

static void exchange(multicast_state *m, uint32_t s, uint32_t t)
{
    uint32_t v = m->tenant[s], w = m->tenant[t];
    for (int end = 0; end < 2; end++) {
        uint32_t who = end ? w : v, from = end ? t : s, to = end ? s : t;
        if (who == UINT32_MAX)
            continue;
        touch(m, who);
        multicast_count(m, who, m->p->node[from], -1);
        multicast_count(m, who, m->p->node[to], 1);
        m->site[who] = to;
    }
    m->tenant[s] = w;
    m->tenant[t] = v;
}

/* What stands on the sites from s on changes places with what stands from t on. */
static void exchange_all(multicast_state *m, uint32_t s, uint32_t t, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (m->tenant[s + i] != m->tenant[t + i])
            exchange(m, s + i, t + i);
}

static void try_exchange(multicast_state *m, uint32_t s, uint32_t t, uint32_t n)
{
    uint64_t together = m->together, cost = m->cost;
    m->move++;
    m->ntouched = 0;
    exchange_all(m, s, t, n);
    for (uint32_t i = 0; i < m->ntouched; i++) {
        uint32_t g = m->touched[i];
        cost -= m->group[g];
        cost += m->group[g] = multicast_group_cost(m, g);
    }
    if (cost < m->cost || (cost == m->cost && m->together >= together)) {
        m->cost = cost;
        return;
    }
    exchange_all(m, s, t, n); /* back */
    for (uint32_t i = 0; i < m->ntouched; i++)
        m->group[m->touched[i]] = m->before[i];
}

static uint32_t below(uint32_t draw, uint32_t n) { return (uint32_t)(((uint64_t)draw * n) >> 32); }

static void one_move(multicast_state *m, uint64_t seed, uint32_t start, uint32_t number)
{
    uint32_t draw[4];
    rng_block(seed, RNG_PLACE, STREAM + 1 + start, number, 0, draw);
    uint32_t a = m->node[below(draw[0], m->nnodes)], b = m->node[below(draw[1], m->nnodes)];
    if (draw[3] & 1) { /* two routers */
        uint32_t n = m->sites[a] < m->sites[b] ? m->sites[a] : m->sites[b];
        if (a != b)
            try_exchange(m, m->first_site[a], m->first_site[b], n);
        return;
    }
    uint32_t v = below(draw[2], m->p->nfree), w = below(draw[2] << 7, m->p->nfree);
    if (draw[3] & 2) /* to the router of another of the block, if w is one */
        b = m->g->block[w] == m->g->block[v] ? m->p->node[m->site[w]] : b;
    uint32_t to = m->first_site[b] + below(draw[1] << 9, m->sites[b]);
    if (m->p->node[m->site[v]] != b)
        try_exchange(m, m->site[v], to, 1);
}

/* Vertices of a block in the order of their sites, where that costs nothing: neighbours by number then share a router,
 * and their keys an entry. */
static void tidy(multicast_state *m, uint32_t *site, hmn_arena *a)
{
    const anneal_problem *p = m->p;
    uint32_t *trial = ARENA_NEW(a, uint32_t, p->nvertices);
    multicast_load(m, site);
    uint64_t cost = m->cost;
    memcpy(trial, site, p->nvertices * sizeof *trial);
    for (uint32_t b = 0; b < m->g->nblocks; b++) {
        uint32_t v = 0;
        for (uint32_t s = 0; s < p->nsites; s++) {
            if (m->tenant[s] == UINT32_MAX || m->g->block[m->tenant[s]] != b)
                continue;
            while (m->g->block[v] != b)
                v++;
            trial[v++] = s;
        }
        multicast_load(m, trial);
        if (m->cost > cost) {
            memcpy(trial, site, p->nvertices * sizeof *trial);
            multicast_load(m, trial);
        } else {
            memcpy(site, trial, p->nvertices * sizeof *trial);
            cost = m->cost;
        }
    }
}

uint64_t multicast_improve(const anneal_problem *p, const multicast_groups *g, uint64_t seed, uint32_t *site,
                           hmn_arena *a)
{
    multicast_state m = multicast_state_new(p, g, a);
    starts s = {.n = 0};
    find_starts(&m, seed, site, &s, a);
    uint64_t least = UINT64_MAX;
    for (uint32_t k = 0; k < s.n; k++) {
        multicast_load(&m, s.site[k]);
        uint64_t enough = m.work + WORK / 2 / KEPT;
        for (uint32_t i = 0, last = 0; m.work < enough && i - last < PATIENCE * p->nfree && p->nfree > 1; i++) {
            uint64_t before = m.cost;
            one_move(&m, seed, k, i);
            last = m.cost < before ? i : last;
            m.work += MOVE_WORK;
        }
        if (m.cost < least) {
            least = m.cost;
            memcpy(site, m.site, p->nvertices * sizeof *site);
        }
    }
    tidy(&m, site, a);
    return m.cost;
}
