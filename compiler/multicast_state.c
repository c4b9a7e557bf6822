/* The cost of a placement for multicast networks. A group of senders is estimated by a spanning tree (Prim) over the
 * routers that hold a receiver, and the way from each sender to the nearest of them. Then the same for the entries of
 * routing tables: what packets do is known by their senders among the senders' own routers and on the links that leave
 * these; further on all packets of the group come from one side and share an entry, as they do everywhere in the tree
 * when all senders are outside and enter it in one place. */
#include "compiler/multicast_state.h"

#include "core/base/bug.h"

#include <string.h>

/* Links of Prim's tree over the routers that hold receivers: m->list, `count` of them. */
static uint32_t tree_length(multicast_state *m, uint32_t count)
{
    uint32_t tree = 0;
    for (uint32_t i = 1; i < count; i++)
        m->near[i] = multicast_hops(m, m->list[0], m->list[i]);
    for (uint32_t done = 1; done < count; done++) {
        uint32_t best = done;
        for (uint32_t i = done + 1; i < count; i++)
            best = m->near[i] < m->near[best] ? i : best;
        uint32_t c = m->list[best], far = m->near[best];
        tree += far;
        m->list[best] = m->list[done];
        m->near[best] = m->near[done];
        m->list[done] = c;
        for (uint32_t i = done + 1; i < count; i++) {
            uint32_t h = multicast_hops(m, c, m->list[i]);
            m->near[i] = h < m->near[i] ? h : m->near[i];
        }
    }
    return tree;
}

/* Ways of the senders outside: to the nearest receiver each, and all to the same router, one that has senders if there
 * is one. */
typedef struct {
    uint64_t each, same, weight; /* weight: of those outside */
} ways;

static ways find_ways(multicast_state *m, const uint32_t *receivers, const uint64_t *senders, uint32_t count)
{
    ways w = {0, UINT64_MAX, 0};
    uint64_t *sum = m->sum;
    memset(sum, 0, count * sizeof *sum);
    for (uint32_t k = 0; k < m->nnodes; k++) {
        uint32_t c = m->node[k], least = UINT32_MAX;
        if (!senders[c] || receivers[c])
            continue;
        for (uint32_t i = 0; i < count; i++) {
            uint32_t h = multicast_hops(m, c, m->list[i]);
            sum[i] += senders[c] * h;
            least = h < least ? h : least;
        }
        m->work += count;
        w.each += senders[c] * least;
        w.weight += senders[c];
    }
    for (uint32_t pass = 0; pass < 2 && w.same == UINT64_MAX; pass++)
        for (uint32_t i = 0; i < count; i++)
            if ((pass || senders[m->list[i]]) && sum[i] < w.same)
                w.same = sum[i];
    return w;
}

/* Links of the tree among the senders' own routers, of those that leave these, and of the others: what packets cross on
 * the first two is known by their senders, further on they come from one side and share an entry. */
typedef struct {
    uint32_t own, exits, further;
} pieces;

static pieces cut_tree(multicast_state *m, const uint64_t *senders, uint32_t count)
{
    pieces p = {0, 0, 0};
    uint32_t done = 0;
    for (uint32_t i = 0; i < count; i++) /* senders first */
        if (senders[m->list[i]]) {
            uint32_t c = m->list[i];
            m->list[i] = m->list[done];
            m->list[done++] = c;
        }
    p.own = tree_length(m, done);
    m->work += (uint64_t)count * count;
    for (uint32_t i = done; i < count; i++) {
        m->near[i] = UINT32_MAX;
        for (uint32_t k = 0; k < done; k++) {
            uint32_t h = 2 * multicast_hops(m, m->list[k], m->list[i]) + 1; /* odd: from a sender's router */
            m->near[i] = h < m->near[i] ? h : m->near[i];
        }
    }
    for (; done && done < count; done++) {
        uint32_t best = done;
        for (uint32_t i = done + 1; i < count; i++)
            best = m->near[i] < m->near[best] ? i : best;
        uint32_t c = m->list[best], far = m->near[best];
        p.exits += far & 1;
        p.further += far / 2 - (far & 1);
        m->list[best] = m->list[done];
        m->near[best] = m->near[done];
        m->list[done] = c;
        for (uint32_t i = done + 1; i < count; i++) {
            uint32_t h = 2 * multicast_hops(m, c, m->list[i]);
            m->near[i] = h < m->near[i] ? h : m->near[i];
        }
    }
    return p;
}

/* Links that packets cross, plus links of table entries. */
uint64_t multicast_group_cost(multicast_state *m, uint32_t g)
{
    const uint32_t *receivers = m->receivers + (size_t)g * m->p->nnodes;
    const uint64_t *senders = m->senders + (size_t)g * m->p->nnodes;
    uint32_t count = 0;
    for (uint32_t k = 0; k < m->nnodes; k++)
        if (receivers[m->node[k]])
            m->list[count++] = m->node[k];
    m->work += m->nnodes + (uint64_t)count * count;
    if (count == 0)
        return 0;
    uint64_t tree = tree_length(m, count), all = m->weight[g], mean = all / (m->g->from_row[g + 1] - m->g->from_row[g]);
    ways w = find_ways(m, receivers, senders, count);
    if (w.weight == all)
        return all * tree + w.each + w.same + mean * tree;
    pieces p = cut_tree(m, senders, count);
    return all * tree + w.each + w.same + all * (p.own + p.exits) + mean * p.further;
}

/* ---- state ---- */

/* Vertex v comes to (by = 1) or leaves (by = -1) a router. Costs of groups are not updated. */
void multicast_count(multicast_state *m, uint32_t v, uint32_t node, int32_t by)
{
    for (uint32_t i = m->role_row[v]; i < m->role_row[v + 1]; i++) {
        size_t at = (size_t)(m->role[i] >> 1) * m->p->nnodes + node;
        if (m->role[i] & 1)
            m->receivers[at] += (uint32_t)by;
        else
            m->senders[at] += (uint64_t)((int64_t)m->role_weight[i] * by);
    }
    uint32_t *held = &m->held[(size_t)m->g->block[v] * m->p->nnodes + node];
    m->together -= (uint64_t)*held * *held;
    *held += (uint32_t)by;
    m->together += (uint64_t)*held * *held;
}

void multicast_load(multicast_state *m, const uint32_t *site)
{
    const anneal_problem *p = m->p;
    memset(m->receivers, 0, (size_t)m->g->ngroups * p->nnodes * sizeof *m->receivers);
    memset(m->senders, 0, (size_t)m->g->ngroups * p->nnodes * sizeof *m->senders);
    memset(m->held, 0, (size_t)m->g->nblocks * p->nnodes * sizeof *m->held);
    memset(m->tenant, 0xff, p->nsites * sizeof *m->tenant);
    m->cost = m->together = 0;
    for (uint32_t v = 0; v < p->nvertices; v++) {
        m->site[v] = site[v];
        if (site[v] < p->nsites)
            m->tenant[site[v]] = v;
        multicast_count(m, v, m->p->node[site[v]], 1);
    }
    for (uint32_t g = 0; g < m->g->ngroups; g++)
        m->cost += m->group[g] = multicast_group_cost(m, g);
}

static void list_roles(multicast_state *m, hmn_arena *a)
{
    const multicast_groups *g = m->g;
    uint32_t n = m->p->nvertices, all = g->from_row[g->ngroups] + g->to_row[g->ngroups];
    uint32_t *row = ARENA_NEW(a, uint32_t, n + 2), *role = ARENA_NEW(a, uint32_t, all),
             *weight = ARENA_NEW(a, uint32_t, all);
    for (uint32_t i = 0; i < g->from_row[g->ngroups]; i++)
        row[g->from[i] + 2]++;
    for (uint32_t i = 0; i < g->to_row[g->ngroups]; i++)
        row[g->to[i] + 2]++;
    for (uint32_t v = 1; v < n + 2; v++)
        row[v] += row[v - 1];
    for (uint32_t k = 0; k < g->ngroups; k++) {
        for (uint32_t i = g->from_row[k]; i < g->from_row[k + 1]; i++) {
            weight[row[g->from[i] + 1]] = g->weight[i];
            role[row[g->from[i] + 1]++] = 2 * k;
        }
        for (uint32_t i = g->to_row[k]; i < g->to_row[k + 1]; i++)
            role[row[g->to[i] + 1]++] = 2 * k + 1;
    }
    m->role_row = row;
    m->role = role;
    m->role_weight = weight;
}

static void list_nodes(multicast_state *m, hmn_arena *a)
{
    const anneal_problem *p = m->p;
    uint32_t *node = ARENA_NEW(a, uint32_t, p->nnodes);
    m->sites = ARENA_NEW(a, uint32_t, p->nnodes);
    m->first_site = ARENA_NEW(a, uint32_t, p->nnodes);
    for (uint32_t s = 0; s < p->nsites; s++) {
        HMN_ASSERT(m->sites[p->node[s]] == 0 || p->node[s] == p->node[s - 1]);
        if (m->sites[p->node[s]]++ == 0) {
            m->first_site[p->node[s]] = s;
            node[m->nnodes++] = p->node[s];
        }
    }
    m->node = node;
}

multicast_state multicast_state_new(const anneal_problem *p, const multicast_groups *g, hmn_arena *a)
{
    size_t cells = (size_t)g->ngroups * p->nnodes;
    multicast_state m = {.p = p, .g = g, .site = ARENA_NEW(a, uint32_t, p->nvertices)};
    m.tenant = ARENA_NEW(a, uint32_t, p->nsites);
    m.receivers = ARENA_NEW(a, uint32_t, cells);
    m.senders = ARENA_NEW(a, uint64_t, cells);
    m.group = ARENA_NEW(a, uint64_t, g->ngroups);
    m.weight = ARENA_NEW(a, uint64_t, g->ngroups);
    for (uint32_t k = 0; k < g->ngroups; k++)
        for (uint32_t i = g->from_row[k]; i < g->from_row[k + 1]; i++)
            m.weight[k] += g->weight[i];
    m.sum = ARENA_NEW(a, uint64_t, p->nnodes);
    m.held = ARENA_NEW(a, uint32_t, (size_t)g->nblocks * p->nnodes);
    m.list = ARENA_NEW(a, uint32_t, p->nnodes);
    m.near = ARENA_NEW(a, uint32_t, p->nnodes);
    m.stamp = ARENA_NEW(a, uint32_t, g->ngroups);
    m.touched = ARENA_NEW(a, uint32_t, g->ngroups);
    m.before = ARENA_NEW(a, uint64_t, g->ngroups);
    list_nodes(&m, a);
    list_roles(&m, a);
    return m;
}

uint64_t multicast_cost(const anneal_problem *p, const multicast_groups *g, const uint32_t *site)
{
    hmn_arena *a = arena_new(0);
    multicast_state m = multicast_state_new(p, g, a);
    multicast_load(&m, site);
    arena_free(a);
    return m.cost;
}
