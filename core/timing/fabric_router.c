/* Routers, links and monitors of the machine with keys (fabric.h). A packet under way on a link stands in the ring of
 * the input that it goes to already; `seen` tells how many have arrived. Waiting times, the triangle and the register
 * of dropped packets are those of the SpiNNaker datasheet 2.02, sections 10.4, 10.9, 10.11; putting back is the loop of
 * the extra monitor core of the open software. */
#include "core/timing/fabric_parts.h"

#include "core/base/bug.h"

static uint32_t port_of(uint32_t router, uint32_t number) { return router * FABRIC_PORTS + number; }
static uint32_t opposite(uint32_t link) { return (link + WAY_LINKS / 2) % WAY_LINKS; }

static void push(fabric *f, fabric_router *r, uint32_t number, fabric_packet p)
{
    fabric_ring *in = &r->in[number];
    HMN_ASSERT(in->count < f->shape->inputs);
    p.port = (uint8_t)number;
    r->slot[number * f->shape->inputs + (in->head + in->count++) % f->shape->inputs] = p;
}

static void wake(fabric *f, uint32_t router, uint64_t ps)
{
    fabric_router *r = f->router[router];
    if (ps <= f->now || (r->wake_ps > f->now && r->wake_ps <= ps && r->wake_ps != UINT64_MAX))
        return; /* it will be awake before, and look again */
    r->wake_ps = ps;
    fabric_put(f, ps, EVENT_WAKE, router);
}

void fabric_input(fabric *f, uint32_t port)
{
    uint32_t router = port / FABRIC_PORTS, number = port % FABRIC_PORTS;
    fabric_router *r = f->router[router];
    r->in[number].seen++;
    fabric_mark(f, router);
    if (number >= WAY_LINKS && r->core[number - WAY_LINKS] != FABRIC_NOBODY)
        fabric_core_entered(f, r->core[number - WAY_LINKS]);
}

bool fabric_enter(fabric *f, uint32_t router, uint32_t local, fabric_packet p)
{
    fabric_router *r = fabric_router_at(f, router);
    if (r->in[WAY_LINKS + local].count == f->shape->inputs)
        return false;
    push(f, r, WAY_LINKS + local, p);
    fabric_put(f, f->now + (p.payload ? f->shape->long_enter_ps : f->shape->enter_ps), EVENT_INPUT,
               port_of(router, WAY_LINKS + local));
    return true;
}

/* ---- links ---- */

static void transmit(fabric *f, uint32_t router, uint32_t link)
{
    fabric_router *r = f->router[router];
    fabric_output *o = &r->out[link];
    if (o->busy || o->count == 0 || o->credits == 0)
        return;
    uint32_t to = f->step->ways->link[router][link];
    HMN_ASSERT(to != FABRIC_NOBODY);
    o->busy = true;
    o->credits--;
    f->out.link[router * WAY_LINKS + link]++;
    const fabric_packet *p = &r->wait[link * f->shape->outputs + o->head];
    uint64_t there = f->now + (p->payload ? f->shape->long_link_ps : f->shape->link_ps);
    push(f, fabric_router_at(f, to), opposite(link), *p);
    fabric_put(f, there, EVENT_SENT, port_of(router, link));
    fabric_put(f, there, EVENT_INPUT, port_of(to, opposite(link)));
}

void fabric_link_sent(fabric *f, uint32_t port)
{
    uint32_t router = port / FABRIC_PORTS, link = port % FABRIC_PORTS;
    fabric_output *o = &f->router[router]->out[link];
    o->busy = false;
    o->head = (o->head + 1) % f->shape->outputs;
    o->count--;
    transmit(f, router, link);
    fabric_mark(f, router);
}

void fabric_link_credit(fabric *f, uint32_t port)
{
    f->router[port / FABRIC_PORTS]->out[port % FABRIC_PORTS].credits++;
    transmit(f, port / FABRIC_PORTS, port % FABRIC_PORTS);
}

/* ---- the monitor ---- */

static void lose(fabric *f, const fabric_packet *p)
{
    f->out.lost += fabric_copies(f->step->ways, f->step->ways->tree[p->tree], p->node);
}

static void drop(fabric *f, uint32_t router, const fabric_packet *p)
{
    fabric_router *r = f->router[router];
    f->out.dropped++;
    if (r->dumped) { /* the register keeps what it holds */
        lose(f, p);
        return;
    }
    r->dumped = true;
    r->dump = *p;
    fabric_put(f, f->now + f->shape->dump_ps, EVENT_READ, router);
}

static void poll_later(fabric *f, uint32_t router)
{
    f->router[router]->polling = true;
    fabric_put(f, (f->now / f->shape->poll_ps + 1) * f->shape->poll_ps, EVENT_POLL, router);
}

void fabric_dump_read(fabric *f, uint32_t router)
{
    fabric_router *r = f->router[router];
    r->dumped = false;
    if (r->keep_count == f->shape->keep) {
        lose(f, &r->dump);
        return;
    }
    if (r->keep_count == 0)
        r->keep_head = 0;
    uint32_t at = r->keep_head + r->keep_count++;
    r->keep = arena_grow(f->arena, r->keep, sizeof *r->keep, at, at + 1, &r->keep_cap);
    r->keep[at] = r->dump;
    if (!r->polling)
        poll_later(f, router);
}

void fabric_poll(fabric *f, uint32_t router) { fabric_put_back(f, router); }

/* One packet, while the output stage is empty; else when the timer ticks again. */
void fabric_put_back(fabric *f, uint32_t router)
{
    fabric_router *r = f->router[router];
    uint32_t number = WAY_LINKS + f->step->ways->monitor;
    r->polling = false;
    if (r->keep_count == 0)
        return;
    if (r->pipe_count || r->in[number].count == f->shape->inputs) {
        poll_later(f, router);
        return;
    }
    fabric_packet p = r->keep[r->keep_head++];
    uint8_t port = p.port;
    r->keep_count--;
    push(f, r, number, p);
    /* it keeps the port by which it came, as the header's route field does */
    r->slot[number * f->shape->inputs + (r->in[number].head + r->in[number].count - 1) % f->shape->inputs].port = port;
    r->in[number].seen++;
    f->out.reinjected++;
    fabric_mark(f, router);
    r->polling = true;
    fabric_put(f, f->now + f->shape->again_ps, EVENT_AGAIN, router);
}

/* ---- the output stage ---- */

typedef struct {
    uint8_t links;            /* bit l: a copy leaves by link l in its own right */
    uint8_t instead;          /* bit l: by the link below l, round the triangle */
    uint32_t need[WAY_LINKS]; /* places wanted */
} outputs;

static bool room(const fabric *f, const fabric_router *r, uint32_t link, const outputs *p)
{
    return r->out[link].count + p->need[link] < f->shape->outputs;
}

/* May the copy for `link` leave by the link below it? */
static bool round_about(const fabric *f, uint32_t router, uint32_t link, outputs *p)
{
    uint32_t other = (link + WAY_LINKS - 1) % WAY_LINKS, via = f->step->ways->link[router][other];
    const fabric_router *r = f->router[router];
    if (via == FABRIC_NOBODY || !room(f, r, other, p) ||
        f->step->ways->link[via][(link + 1) % WAY_LINKS] != f->step->ways->link[router][link])
        return false;
    p->need[other]++;
    p->instead |= (uint8_t)(1u << link);
    return true;
}

/* Links that a packet wants at this router. */
static uint8_t wanted(const fabric *f, const fabric_packet *p)
{
    uint8_t links = 0;
    if (p->aside) /* by the link below the one of arrival */
        return (uint8_t)(1u << (p->port + WAY_LINKS - 1) % WAY_LINKS);
    const way_node *n = &f->step->ways->node[f->step->ways->tree[p->tree].node + p->node];
    for (uint32_t l = 0; l < WAY_LINKS; l++)
        links |= (uint8_t)((n->next[l] > 0) << l);
    return links;
}

static bool cores_have_room(const fabric *f, const fabric_packet *p)
{
    const hmn_ways *w = f->step->ways;
    const way_tree t = w->tree[p->tree];
    const way_node *n = &w->node[t.node + p->node];
    for (uint32_t k = 0; k < n->nleaves && !p->aside; k++)
        if (!fabric_core_room(f, w->leaf[t.leaf + n->leaf + k].core))
            return false;
    return true;
}

static bool possible(const fabric *f, uint32_t router, const fabric_packet *p, outputs *out)
{
    const fabric_router *r = f->router[router];
    uint8_t links = wanted(f, p);
    bool divert =
        !p->aside && r->blocked_ps != UINT64_MAX && f->now - r->blocked_ps >= f->shape->wait_ps && f->shape->divert_ps;
    *out = (outputs){0};
    for (uint32_t l = 0; l < WAY_LINKS; l++)
        if (links >> l & 1 && room(f, r, l, out)) {
            out->links |= (uint8_t)(1u << l);
            out->need[l]++;
        }
    for (uint32_t l = 0; l < WAY_LINKS; l++)
        if ((links & ~out->links) >> l & 1 && !(divert && round_about(f, router, l, out)))
            return false;
    return cores_have_room(f, p);
}

static void leave(fabric *f, uint32_t router, uint32_t link, fabric_packet p)
{
    fabric_router *r = f->router[router];
    fabric_output *o = &r->out[link];
    r->wait[link * f->shape->outputs + (o->head + o->count++) % f->shape->outputs] = p;
    transmit(f, router, link);
}

static void to_cores(fabric *f, const fabric_packet *p)
{
    const hmn_ways *w = f->step->ways;
    const way_tree t = w->tree[p->tree];
    const way_node *n = &w->node[t.node + p->node];
    for (uint32_t k = 0; k < n->nleaves; k++) {
        way_leaf leaf = w->leaf[t.leaf + n->leaf + k];
        fabric_core_give(
            f, leaf.core,
            (fabric_spike){f->step->wires->row[p->row] + leaf.rank, p->times, p->from, p->payload, p->born_ps});
    }
    f->out.longest = n->nleaves && p->links > f->out.longest ? p->links : f->out.longest;
}

static void issue(fabric *f, uint32_t router, fabric_packet p, const outputs *plan)
{
    const hmn_ways *w = f->step->ways;
    const way_node *n = &w->node[w->tree[p.tree].node + p.node];
    p.links++;
    for (uint32_t l = 0; l < WAY_LINKS; l++) {
        fabric_packet copy = p;
        copy.node = p.aside ? p.node : n->next[l];
        copy.aside = plan->instead >> l & 1;
        f->out.diverted += copy.aside;
        if (copy.aside || plan->links >> l & 1)
            leave(f, router, copy.aside ? (l + WAY_LINKS - 1) % WAY_LINKS : l, copy);
    }
    p.links--;
    if (!p.aside)
        to_cores(f, &p);
}

/* The packet in the output stage leaves, stands, or is dropped. */
static void put_out(fabric *f, uint32_t router)
{
    const fabric_shape *s = f->shape;
    fabric_router *r = f->router[router];
    if (r->pipe_count == 0)
        return;
    const fabric_packet *p = &r->pipe[r->pipe_head];
    uint64_t when = p->ready_ps > r->issue_ps ? p->ready_ps : r->issue_ps;
    outputs plan;
    if (when > f->now) {
        wake(f, router, when);
        return;
    }
    if (possible(f, router, p, &plan))
        issue(f, router, *p, &plan);
    else {
        if (r->blocked_ps == UINT64_MAX)
            r->blocked_ps = f->now;
        uint64_t stood = f->now - r->blocked_ps;
        if (s->wait_ps == UINT64_MAX)
            return;
        if (stood < s->wait_ps || stood - s->wait_ps < s->divert_ps) {
            wake(f, router, r->blocked_ps + s->wait_ps + (stood < s->wait_ps ? 0 : s->divert_ps));
            return;
        }
        drop(f, router, p);
    }
    r->blocked_ps = UINT64_MAX;
    r->issue_ps = f->now + s->cycle_ps;
    r->pipe_head = (r->pipe_head + 1) % f->depth;
    if (--r->pipe_count)
        wake(f, router, r->pipe[r->pipe_head].ready_ps > r->issue_ps ? r->pipe[r->pipe_head].ready_ps : r->issue_ps);
}

/* ---- inputs ---- */

static void freed(fabric *f, uint32_t router, uint32_t number)
{
    if (number < WAY_LINKS) {
        uint32_t from = f->step->ways->link[router][number];
        fabric_put(f, f->now + f->shape->credit_ps, EVENT_CREDIT, port_of(from, opposite(number)));
    } else if (f->router[router]->core[number - WAY_LINKS] != FABRIC_NOBODY)
        fabric_core_leave(f, f->router[router]->core[number - WAY_LINKS]);
}

/* Takes the next packet of the inputs in turn. */
static void take_in(fabric *f, uint32_t router)
{
    fabric_router *r = f->router[router];
    uint32_t waiting = 0;
    for (uint32_t k = 0; k < FABRIC_PORTS; k++)
        waiting += r->in[k].seen;
    if (waiting == 0 || r->pipe_count == f->depth)
        return;
    if (r->pick_ps > f->now) {
        wake(f, router, r->pick_ps);
        return;
    }
    while (r->in[r->turn].seen == 0)
        r->turn = (r->turn + 1) % FABRIC_PORTS;
    uint32_t number = r->turn;
    fabric_ring *in = &r->in[number];
    fabric_packet p = r->slot[number * f->shape->inputs + in->head];
    in->head = (in->head + 1) % f->shape->inputs;
    in->count--;
    in->seen--;
    p.ready_ps = f->now + f->shape->pass_ps;
    r->pipe[(r->pipe_head + r->pipe_count++) % f->depth] = p;
    r->turn = (r->turn + 1) % FABRIC_PORTS;
    r->pick_ps = f->now + f->shape->cycle_ps;
    if (r->pipe_count == 1)
        wake(f, router, p.ready_ps > r->issue_ps ? p.ready_ps : r->issue_ps);
    if (waiting > 1 && r->pipe_count < f->depth)
        wake(f, router, r->pick_ps);
    freed(f, router, number);
}

void fabric_act(fabric *f, uint32_t router)
{
    put_out(f, router);
    take_in(f, router);
}
