/* Time in the machine with keys (fabric.h). Takes what every core sends and does in a step, yields when all was done.
 *
 * Events are taken in the order of time, and those of one instant in the order of their numbers: first all that happens
 * by itself, then every router that something changed for acts. What a router does has its effects at later instants
 * only, so no order within an instant matters, and the result is the same whenever and wherever it is computed. */
#include "core/timing/fabric.h"

#include "core/timing/fabric_parts.h"

#include "core/base/bug.h"

fabric_shape fabric_shape_of(const cost_table *c, uint64_t tick_ps)
{
    const uint64_t *ps = c->ps;
    const uint32_t *setting = c->setting;
#define AT_LEAST_1(x) ((x) ? (x) : 1) /* a description may say that it takes no time */
    return (fabric_shape){.enter_ps = AT_LEAST_1(ps[COST_ENTER]),
                          .long_enter_ps = AT_LEAST_1(ps[COST_ENTER_LONG]),
                          .cycle_ps = AT_LEAST_1(ps[COST_ROUTER]),
                          .pass_ps = AT_LEAST_1(ps[COST_LOCAL]),
                          .link_ps = AT_LEAST_1(ps[COST_LINK]),
                          .long_link_ps = AT_LEAST_1(ps[COST_LINK_LONG]),
                          .credit_ps = AT_LEAST_1(ps[COST_CREDIT]),
                          .wait_ps = ps[COST_WAIT],
                          .divert_ps = ps[COST_DIVERT],
                          .dump_ps = ps[COST_DUMP],
                          .again_ps = AT_LEAST_1(ps[COST_REINJECT]),
                          .poll_ps = AT_LEAST_1(ps[COST_POLL]),
                          .inputs = setting[SETTING_BUFFER],
                          .outputs = setting[SETTING_OUTPUTS],
                          .inbox = setting[SETTING_INBOX],
                          .keep = setting[SETTING_KEEP],
                          .take_ps = ps[COST_AXON_IN],
                          .look_ps = ps[COST_FETCH],
                          .dma_ps = ps[COST_MEMORY],
                          .word_ps = ps[COST_WORD],
                          .dense_ps = ps[COST_DENSE],
                          .spikes = setting[SETTING_SPIKES],
                          .outbox = setting[SETTING_OUTBOX],
                          .tick_ps = tick_ps};
#undef AT_LEAST_1
}

fabric_router *fabric_router_at(fabric *f, uint32_t router)
{
    fabric_router *r = f->router[router];
    if (r)
        return r;
    r = f->router[router] = ARENA_NEW(f->arena, fabric_router, 1);
    r->slot = ARENA_NEW(f->arena, fabric_packet, FABRIC_PORTS * f->shape->inputs);
    r->pipe = ARENA_NEW(f->arena, fabric_packet, f->depth);
    r->wait = ARENA_NEW(f->arena, fabric_packet, WAY_LINKS * f->shape->outputs);
    r->blocked_ps = r->wake_ps = UINT64_MAX;
    for (uint32_t l = 0; l < WAY_LINKS; l++)
        r->out[l].credits = f->shape->inputs;
    for (uint32_t k = 0; k < FABRIC_LOCALS; k++)
        r->core[k] = FABRIC_NOBODY;
    return r;
}

void fabric_mark(fabric *f, uint32_t router)
{
    fabric_router *r = fabric_router_at(f, router);
    if (r->dirty)
        return;
    r->dirty = true;
    f->dirty = arena_grow(f->arena, f->dirty, sizeof *f->dirty, f->ndirty, f->ndirty + 1, &f->dirty_cap);
    f->dirty[f->ndirty++] = router;
}

static void happen(fabric *f, uint32_t what)
{
    uint32_t index = what % f->stride;
    switch ((fabric_event)(what / f->stride)) {
    case EVENT_SENT: fabric_link_sent(f, index); break;
    case EVENT_CREDIT: fabric_link_credit(f, index); break;
    case EVENT_INPUT: fabric_input(f, index); break;
    case EVENT_READ: fabric_dump_read(f, index); break;
    case EVENT_POLL: fabric_poll(f, index); break;
    case EVENT_AGAIN: fabric_put_back(f, index); break;
    case EVENT_WAKE: fabric_mark(f, index); break;
    case EVENT_ARRIVE: fabric_core_arrive(f, index); break;
    case EVENT_CPU: fabric_core_cpu(f, index); break;
    case EVENT_ASK: fabric_core_ask(f, index); break;
    case EVENT_ROW: fabric_core_row(f, index); break;
    }
}

static void one_instant(fabric *f)
{
    f->now = f->events.event[0].ps;
    if (f->now > f->shape->tick_ps && !f->ticked) {
        f->ticked = true;
        for (uint32_t c = 0; c < f->step->ncores; c++)
            fabric_core_tick(f, c);
    }
    while (f->events.count && f->events.event[0].ps == f->now)
        happen(f, events_take(&f->events).what);
    for (uint32_t i = 0; i < f->ndirty; i++) {
        f->router[f->dirty[i]]->dirty = false;
        fabric_act(f, f->dirty[i]);
    }
    f->ndirty = 0;
}

static void begin(fabric *f)
{
    const fabric_step *s = f->step;
    const fabric_shape *shape = s->shape;
    HMN_ASSERT(shape->inputs && shape->outputs && shape->link_ps && shape->credit_ps && shape->cycle_ps &&
               shape->poll_ps && shape->again_ps && shape->enter_ps && shape->long_enter_ps && shape->long_link_ps &&
               shape->outbox && shape->inbox && shape->pass_ps);
    uint32_t ports = s->ways->nrouters * FABRIC_PORTS;
    f->shape = shape;
    f->stride = ports > s->ncores ? ports : s->ncores;
    f->depth = (uint32_t)((shape->pass_ps + shape->cycle_ps - 1) / shape->cycle_ps);
    f->depth = f->depth ? f->depth : 1;
    f->router = ARENA_NEW(f->arena, fabric_router *, s->ways->nrouters);
    f->cpu = ARENA_NEW(f->arena, fabric_cpu, s->ncores);
    f->events.arena = f->arena;
    f->out.core = ARENA_NEW(f->arena, fabric_core, s->ncores);
    f->out.link = ARENA_NEW(f->arena, uint32_t, s->ways->nrouters * WAY_LINKS);
    f->out.slowest_from = f->out.slowest_to = FABRIC_NOBODY;
    for (uint32_t c = 0, i = 0; c < s->ncores; c++) {
        HMN_ASSERT(s->ways->local[c] < FABRIC_LOCALS && (i == s->nsends || s->send[i].core >= c));
        f->cpu[c].next = f->cpu[c].gone = i;
        while (i < s->nsends && s->send[i].core == c)
            i++;
        f->cpu[c].last = i;
        fabric_router_at(f, s->ways->router[c])->core[s->ways->local[c]] = c;
    }
    for (uint32_t c = 0; c < s->ncores; c++)
        fabric_core_begin(f, c);
}

fabric_result fabric_run(const fabric_step *step, hmn_arena *a)
{
    fabric f = {.step = step, .arena = a};
    begin(&f);
    while (f.events.count)
        one_instant(&f);
    for (uint32_t c = 0; c < step->ncores; c++) {
        const fabric_core *r = &f.out.core[c];
        HMN_ASSERT(fabric_core_done(&f, c));
        uint64_t done = r->loop_ps > r->last_ps ? r->loop_ps : r->last_ps;
        f.out.end_ps = done > f.out.end_ps ? done : f.out.end_ps;
    }
    HMN_ASSERT(f.out.delivered + f.out.lost == f.out.copies);
    return f.out;
}

uint64_t fabric_latency(const fabric_shape *s, uint32_t links, bool payload)
{
    uint64_t enter = payload ? s->long_enter_ps : s->enter_ps, link = payload ? s->long_link_ps : s->link_ps;
    return 2 * enter + (links + 1) * s->pass_ps + links * link;
}

uint32_t fabric_copies(const hmn_ways *w, way_tree t, uint32_t node)
{
    const way_node *n = &w->node[t.node + node];
    uint32_t all = n->nleaves;
    for (uint32_t l = 0; l < WAY_LINKS; l++)
        all += n->next[l] ? fabric_copies(w, t, n->next[l]) : 0;
    return all;
}
