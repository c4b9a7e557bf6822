/* Cores of the machine with keys (fabric.h), as sPyNNaker's program for neurons and synapses works: priorities, the two
 * buffers for rows, and what is looked up when are those of its c_main.c and spike_processing.c. Three levels of work:
 * an arriving packet (fast interrupt), rows and the timer (interrupts, which do not interrupt each other), the loop
 * over neurons (background). Time left of a level is kept while a higher one runs. */
#include "core/timing/fabric_parts.h"

#include "core/base/bug.h"

static fabric_core *tell(fabric *f, uint32_t core) { return &f->out.core[core]; }
static uint32_t router_of(const fabric *f, uint32_t core) { return f->step->ways->router[core]; }

/* ---- time of the processor ---- */

/* Charges the time since the last change to what was running. */
static void settle(fabric *f, uint32_t core)
{
    fabric_cpu *c = &f->cpu[core];
    fabric_core *t = tell(f, core);
    uint64_t spent = f->now - c->since_ps;
    c->since_ps = f->now;
    switch (c->level) {
    case LEVEL_PACKET: t->take_busy += spent; break;
    case LEVEL_ROW: *(c->task == TASK_TIMER ? &t->loop_busy : &t->row_busy) += spent; break;
    case LEVEL_LOOP: t->loop_busy += spent; break;
    case LEVEL_IDLE: t->memory_ps += c->coming != FABRIC_NOBODY && !c->ready ? spent : 0; return;
    }
    c->left[c->level] -= spent;
}

static void go_on(fabric *f, uint32_t core)
{
    fabric_cpu *c = &f->cpu[core];
    c->level = c->rx_seen             ? LEVEL_PACKET
               : c->task != TASK_NONE ? LEVEL_ROW
               : c->loop == LOOP_RUNS ? LEVEL_LOOP
                                      : LEVEL_IDLE;
    if (c->level == LEVEL_IDLE)
        return;
    c->due_ps = f->now + c->left[c->level];
    fabric_put(f, c->due_ps, EVENT_CPU, core);
}

/* ---- the loop and what it sends ---- */

static void next_gap(fabric *f, uint32_t core)
{
    fabric_cpu *c = &f->cpu[core];
    c->loop = LOOP_RUNS;
    c->left[LEVEL_LOOP] = c->next < c->last ? f->step->send[c->next].gap : f->step->work[core].tail_ps;
}

static void enter(fabric *f, uint32_t core)
{
    fabric_cpu *c = &f->cpu[core];
    if (c->entering || c->gone == c->next)
        return;
    const fabric_send *s = &f->step->send[c->gone];
    uint32_t tree = f->step->ways->tree_of[s->row];
    if (tree == FABRIC_NOBODY) { /* a packet without a way: its key has no entry */
        c->gone++;
        enter(f, core);
        return;
    }
    fabric_packet p = {
        .row = s->row, .times = s->times, .payload = s->payload, .from = core, .tree = tree, .born_ps = f->now};
    if (!fabric_enter(f, router_of(f, core), f->step->ways->local[core], p))
        return;
    f->out.copies += fabric_copies(f->step->ways, f->step->ways->tree[tree], 0);
    c->entering = true;
}

/* The outbox has room: the loop may go on. */
static void unstick(fabric *f, uint32_t core)
{
    fabric_cpu *c = &f->cpu[core];
    if (c->loop != LOOP_STUCK || c->next - c->gone >= f->shape->outbox)
        return;
    settle(f, core);
    tell(f, core)->blocked_ps += f->now - c->stuck_ps;
    c->next++;
    next_gap(f, core);
    go_on(f, core);
    enter(f, core);
}

void fabric_core_entered(fabric *f, uint32_t core)
{
    fabric_cpu *c = &f->cpu[core];
    c->entering = false;
    c->gone++;
    enter(f, core);
    unstick(f, core);
}

void fabric_core_leave(fabric *f, uint32_t core) { enter(f, core); }

/* The gap before a packet is over, or the tail. */
static void loop_done(fabric *f, uint32_t core)
{
    fabric_cpu *c = &f->cpu[core];
    if (c->next == c->last) {
        c->loop = LOOP_DONE;
        tell(f, core)->loop_ps = f->now;
        return;
    }
    if (c->next - c->gone >= f->shape->outbox) {
        c->loop = LOOP_STUCK;
        c->stuck_ps = f->now;
        return;
    }
    c->next++;
    next_gap(f, core);
    enter(f, core);
}

/* ---- packets that come ---- */

bool fabric_core_room(const fabric *f, uint32_t core) { return f->cpu[core].rx_count < f->shape->inbox; }

void fabric_core_give(fabric *f, uint32_t core, fabric_spike s)
{
    fabric_cpu *c = &f->cpu[core];
    HMN_ASSERT(c->rx_count < f->shape->inbox);
    c->rx[(c->rx_head + c->rx_count++) % f->shape->inbox] = s;
    fabric_put(f, f->now + (s.payload ? f->shape->long_enter_ps : f->shape->enter_ps), EVENT_ARRIVE, core);
}

void fabric_core_arrive(fabric *f, uint32_t core)
{
    fabric_cpu *c = &f->cpu[core];
    fabric_core *t = tell(f, core);
    const fabric_spike *s = &c->rx[(c->rx_head + c->rx_seen) % f->shape->inbox];
    uint64_t took = f->now - s->born_ps;
    f->out.delivered++;
    if (took > f->out.slowest_ps) {
        f->out.slowest_ps = took;
        f->out.slowest_from = s->from;
        f->out.slowest_to = core;
    }
    t->first_ps = t->received ? t->first_ps : f->now;
    t->received++;
    settle(f, core);
    if (c->rx_seen++ == 0)
        c->left[LEVEL_PACKET] = f->shape->take_ps;
    go_on(f, core);
}

static const timing_load *load_of(const fabric *f, uint32_t core, uint32_t arrival)
{
    return &f->step->load[core][f->step->wires->axon[arrival]];
}

static void keep_spike(fabric *f, uint32_t core, uint32_t arrival)
{
    fabric_cpu *c = &f->cpu[core];
    fabric_core *t = tell(f, core);
    if (c->spike_count == f->shape->spikes) {
        t->overflow++;
        return;
    }
    c->spike_head = c->spike_count ? c->spike_head : 0;
    uint32_t at = c->spike_head + c->spike_count++;
    c->spike = arena_grow(f->arena, c->spike, sizeof *c->spike, at, at + 1, &c->spike_cap);
    c->spike[at] = arrival;
    t->most = c->spike_count > t->most ? c->spike_count : t->most;
}

static void packet_taken(fabric *f, uint32_t core)
{
    fabric_cpu *c = &f->cpu[core];
    fabric_spike s = c->rx[c->rx_head];
    c->rx_head = (c->rx_head + 1) % f->shape->inbox;
    c->rx_count--;
    c->left[LEVEL_PACKET] = --c->rx_seen ? f->shape->take_ps : 0;
    if (load_of(f, core, s.arrival)->taken)
        tell(f, core)->last_ps = f->now;
    for (uint32_t k = 0; k < s.times && !load_of(f, core, s.arrival)->taken; k++)
        keep_spike(f, core, s.arrival);
    if (!c->fetching && c->spike_count)
        c->fetching = c->user = true;
    fabric_mark(f, router_of(f, core));
}

/* ---- rows ---- */

/* What does not divide is carried to the next row, so that the sum is learn_ps. */
static uint64_t adding_ps(fabric *f, uint32_t core, const timing_load *l)
{
    const fabric_work *w = &f->step->work[core];
    fabric_cpu *c = &f->cpu[core];
    uint64_t ps = l->dense * f->shape->dense_ps;
    if (!l->plastic || !w->plastic)
        return ps;
    uint64_t share = c->rest + w->learn_ps * l->plastic;
    c->rest = share % w->plastic;
    return ps + share / w->plastic;
}

static void start_transfer(fabric *f, uint32_t core) { fabric_put(f, f->now + f->shape->dma_ps, EVENT_ASK, core); }

static void transfer(fabric *f, uint32_t core, uint32_t words, bool read)
{
    fabric_cpu *c = &f->cpu[core];
    HMN_ASSERT(c->transfers < FABRIC_TRANSFERS);
    uint32_t at = (c->transfer_head + c->transfers++) % FABRIC_TRANSFERS;
    c->transfer[at].words = words;
    c->transfer[at].read = read;
    if (c->transfers == 1)
        start_transfer(f, core);
}

void fabric_core_ask(fabric *f, uint32_t core)
{
    fabric_cpu *c = &f->cpu[core];
    fabric_router *r = fabric_router_at(f, router_of(f, core));
    uint64_t from = r->memory_ps > f->now ? r->memory_ps : f->now;
    r->memory_ps = from + c->transfer[c->transfer_head].words * f->shape->word_ps;
    fabric_put(f, r->memory_ps, EVENT_ROW, core);
}

/* A spike that waits, to be looked up. */
static void look(fabric *f, uint32_t core)
{
    fabric_cpu *c = &f->cpu[core];
    c->looking = c->spike[c->spike_head++];
    c->spike_count--;
    c->task = TASK_LOOK;
    c->left[LEVEL_ROW] = f->shape->look_ps;
}

/* A row that has come is added, if there is one. */
static void add(fabric *f, uint32_t core)
{
    fabric_cpu *c = &f->cpu[core];
    if (c->adding == FABRIC_NOBODY)
        return;
    c->task = TASK_ADD;
    c->left[LEVEL_ROW] = adding_ps(f, core, load_of(f, core, c->adding));
}

/* The next interrupt that is pending, when none is served. */
static void next_task(fabric *f, uint32_t core)
{
    fabric_cpu *c = &f->cpu[core];
    if (c->task != TASK_NONE || !(c->ready || c->user))
        return;
    if (c->ready) {
        c->ready = false;
        c->adding = c->coming;
        c->coming = FABRIC_NOBODY;
    } else
        c->user = false;
    if (c->spike_count)
        look(f, core);
    else {
        c->fetching = false;
        add(f, core);
    }
}

/* The spike is looked up: its row is fetched while the one before is added. One without a row is done with. */
static void looked_up(fabric *f, uint32_t core)
{
    fabric_cpu *c = &f->cpu[core];
    const timing_load *l = load_of(f, core, c->looking);
    c->task = TASK_NONE;
    if (l->words) {
        c->coming = c->looking;
        transfer(f, core, l->words, true);
    } else {
        tell(f, core)->last_ps = f->now;
        if (c->spike_count) {
            look(f, core);
            return;
        }
        c->fetching = false;
    }
    add(f, core);
}

static void added(fabric *f, uint32_t core)
{
    fabric_cpu *c = &f->cpu[core];
    const timing_load *l = load_of(f, core, c->adding);
    c->task = TASK_NONE;
    c->adding = FABRIC_NOBODY;
    tell(f, core)->last_ps = f->now;
    if (l->back)
        transfer(f, core, l->back, false);
}

void fabric_core_row(fabric *f, uint32_t core)
{
    fabric_cpu *c = &f->cpu[core];
    bool read = c->transfer[c->transfer_head].read;
    c->transfer_head = (c->transfer_head + 1) % FABRIC_TRANSFERS;
    if (--c->transfers)
        start_transfer(f, core);
    if (!read)
        return;
    settle(f, core);
    c->ready = true;
    next_task(f, core);
    go_on(f, core);
}

/* ---- events ---- */

void fabric_core_cpu(fabric *f, uint32_t core)
{
    fabric_cpu *c = &f->cpu[core];
    if (c->level == LEVEL_IDLE || c->due_ps != f->now)
        return; /* something else came in between */
    settle(f, core);
    if (c->left[c->level])
        return;
    if (c->level == LEVEL_PACKET)
        packet_taken(f, core);
    else if (c->level == LEVEL_LOOP)
        loop_done(f, core);
    else
        switch (c->task) {
        case TASK_TIMER:
            c->task = TASK_NONE;
            next_gap(f, core);
            break;
        case TASK_LOOK: looked_up(f, core); break;
        case TASK_ADD: added(f, core); break;
        case TASK_NONE: HMN_BUG("core %u finishes nothing", core);
        }
    next_task(f, core);
    go_on(f, core);
}

void fabric_core_begin(fabric *f, uint32_t core)
{
    fabric_cpu *c = &f->cpu[core];
    c->rx = ARENA_NEW(f->arena, fabric_spike, f->shape->inbox);
    c->looking = c->coming = c->adding = FABRIC_NOBODY;
    c->level = LEVEL_IDLE;
    c->task = TASK_TIMER;
    c->left[LEVEL_ROW] = f->step->work[core].timer_ps;
    go_on(f, core);
}

bool fabric_core_done(const fabric *f, uint32_t core)
{
    const fabric_cpu *c = &f->cpu[core];
    return c->loop == LOOP_DONE && c->gone == c->last && !c->rx_count && !c->spike_count && c->task == TASK_NONE &&
           !c->transfers;
}

void fabric_core_tick(fabric *f, uint32_t core)
{
    const fabric_cpu *c = &f->cpu[core];
    tell(f, core)->queue = c->spike_count + c->rx_count;
}
