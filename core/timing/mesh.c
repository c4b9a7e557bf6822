/* The mesh simulator (mesh.h). Takes messages, yields when each was sent and received.
 *
 * Time goes from event to event. At each instant there are two phases: first everything that happens by itself
 * (flits arrive, credits return, cores offer and finish), then every output that something changed for chooses. What
 * an output does has its effect at a later instant and an input's first flit wants one output only, so no order within
 * an instant matters. A flit in flight already owns its place in the next input's ring; `seen` tells how many arrived.
 *
 * Networks side by side are more routers: router n * tiles + t is tile t's in network n. */
#include "core/timing/mesh.h"

#include "core/timing/events.h"

#include "core/base/bug.h"

#include <string.h>

enum { NOWHERE = UINT32_MAX };

/* What an event is about; the number of the port or core is in the low bits. */
typedef enum { ARRIVE, CREDIT, SLOT, ROUTED, OFFER, FINISH } event_kind;

typedef struct {
    uint32_t message, flit;
} mesh_flit;

/* An input of a router, or of a core (the far side of a local output). */
typedef struct {
    uint32_t head, count, seen; /* ring: flits owned, and of them those arrived */
    uint32_t served;            /* output that took its last flit */
    uint64_t free_ps;           /* when it may pass on its next flit */
    bool routed;                /* the head in front knows its way */
} mesh_input;

typedef struct {
    uint32_t credits, holder, turn; /* holder: input whose worm has it */
    uint64_t free_ps;
    bool dirty;
} mesh_output;

typedef struct {
    uint32_t next, last; /* messages */
    uint32_t flit;       /* of the next one that leaves next */
    uint32_t network;    /* that it takes */
    uint64_t ready_ps;   /* of the next flit */
    bool waiting;
} mesh_sender;

/* From a core to its router of a network. */
typedef struct {
    uint32_t room;     /* places in the router's input */
    uint64_t least_ps; /* the link is taken until then */
} mesh_way;

/* What has come to a core by one network: a ring of flits. */
typedef struct {
    uint32_t got; /* flits here or on their last way */
    uint32_t head, count;
} mesh_taken;

typedef struct {
    uint32_t room;    /* flits that it still takes, of all networks together; a head takes its worm's */
    uint32_t network; /* of the message in work, or that comes next in turn */
    bool busy, first; /* first: with its first_work */
} mesh_receiver;

typedef struct {
    const mesh_shape *shape;
    mesh_message *message;
    uint32_t ports, nports, ncores; /* of a router; of all; cores */
    uint32_t tiles, networks;
    uint32_t hold;       /* flits that a core holds of a network */
    mesh_input *input;   /* [routers * ports] */
    mesh_output *output; /* the same */
    mesh_flit *ring;     /* [routers * ports * buffer] */
    mesh_sender *sender;
    mesh_way *way; /* [networks * cores] */
    mesh_receiver *receiver;
    mesh_taken *taken; /* [networks * cores] */
    mesh_flit *at;     /* [networks * cores * hold] flits at a core */
    uint32_t *dirty, ndirty;
    event_queue events;
    mesh_result result;
    uint64_t now;
} mesh;

static void put(mesh *m, uint64_t ps, event_kind kind, uint32_t index)
{
    events_put(&m->events, ps, (uint32_t)kind * (m->nports + m->ncores) + index);
}

static void mark(mesh *m, uint32_t output)
{
    if (m->output[output].dirty)
        return;
    m->output[output].dirty = true;
    m->dirty[m->ndirty++] = output;
}

/* Output of the router that a message takes: x first, then y, then the core. */
static uint32_t route(const mesh *m, uint32_t router, uint32_t message)
{
    uint32_t to = m->message[message].to, tile = to / m->shape->locals, w = m->shape->width;
    uint32_t here = router % m->tiles, x = here % w, y = here / w, tx = tile % w, ty = tile / w;
    if (x != tx)
        return router * m->ports + (x < tx ? MESH_EAST : MESH_WEST);
    if (y != ty)
        return router * m->ports + (y < ty ? MESH_NORTH : MESH_SOUTH);
    return router * m->ports + MESH_DIRECTIONS + to % m->shape->locals;
}

/* The input at the other end of an output to a neighbour. */
static uint32_t opposite(const mesh *m, uint32_t output)
{
    uint32_t router = output / m->ports, w = m->shape->width;
    switch ((mesh_direction)(output % m->ports)) {
    case MESH_EAST: return (router + 1) * m->ports + MESH_WEST;
    case MESH_WEST: return (router - 1) * m->ports + MESH_EAST;
    case MESH_NORTH: return (router + w) * m->ports + MESH_SOUTH;
    case MESH_SOUTH: return (router - w) * m->ports + MESH_NORTH;
    case MESH_DIRECTIONS: break;
    }
    HMN_BUG("output %u leads to no router", output);
}

static bool to_core(const mesh *m, uint32_t port) { return port % m->ports >= MESH_DIRECTIONS; }
static uint32_t network_of(const mesh *m, uint32_t port) { return port / (m->tiles * m->ports); }
static uint32_t core_at(const mesh *m, uint32_t port)
{
    return port / m->ports % m->tiles * m->shape->locals + port % m->ports - MESH_DIRECTIONS;
}

/* The port of a core at its router of a network: an input of what it sends, an output of what it gets. */
static uint32_t port_of(const mesh *m, uint32_t network, uint32_t core)
{
    return (network * m->tiles + core / m->shape->locals) * m->ports + MESH_DIRECTIONS + core % m->shape->locals;
}

static uint64_t hop_ps(const mesh_shape *s, uint32_t x, uint32_t direction)
{
    if (direction >= MESH_NORTH)
        return s->hop_y_ps;
    uint32_t west = direction == MESH_EAST ? x : x - 1; /* of the two columns */
    return s->chip_width && west % s->chip_width == s->chip_width - 1 ? s->chip_ps : s->hop_x_ps;
}

static mesh_flit first_flit(const mesh *m, uint32_t input)
{
    const mesh_input *in = &m->input[input];
    return m->ring[(size_t)input * m->shape->buffer + in->head];
}

/* A flit may be waiting at the input: its output has something to choose. A head that has just come to the front first
 * takes head_ps to find its way. */
static void look(mesh *m, uint32_t input)
{
    mesh_input *in = &m->input[input];
    if (in->seen == 0 || in->free_ps > m->now)
        return;
    mesh_flit f = first_flit(m, input);
    if (f.flit == 0 && !in->routed && m->shape->head_ps) {
        in->routed = true;
        in->free_ps = m->now + m->shape->head_ps;
        put(m, in->free_ps, ROUTED, input);
        return;
    }
    mark(m, route(m, input / m->ports, f.message));
}

static void push(mesh *m, uint32_t input, mesh_flit f)
{
    mesh_input *in = &m->input[input];
    HMN_ASSERT(in->count < m->shape->buffer);
    m->ring[(size_t)input * m->shape->buffer + (in->head + in->count) % m->shape->buffer] = f;
    in->count++;
}

/* ---- cores ---- */

static void schedule_offer(mesh *m, uint32_t core)
{
    mesh_sender *s = &m->sender[core];
    if (s->next == s->last)
        return;
    if (s->flit == 0) {
        const mesh_message *x = &m->message[s->next];
        uint64_t least = m->way[s->network * m->ncores + core].least_ps;
        s->ready_ps += x->gap;
        s->ready_ps = x->earliest > s->ready_ps ? x->earliest : s->ready_ps;
        s->ready_ps = least > s->ready_ps ? least : s->ready_ps;
    }
    put(m, s->ready_ps, OFFER, m->nports + core);
}

/* The core puts a flit into its router's input, if there is room. */
static void offer(mesh *m, uint32_t core)
{
    mesh_sender *s = &m->sender[core];
    mesh_way *way = &m->way[s->network * m->ncores + core];
    uint32_t input = port_of(m, s->network, core);
    s->waiting = way->room == 0;
    if (s->waiting)
        return;
    way->room--;
    m->result.blocked_ps[core] += m->now - s->ready_ps;
    if (s->flit == 0)
        m->message[s->next].sent = m->now;
    push(m, input, (mesh_flit){s->next, s->flit});
    m->input[input].seen++;
    look(m, input);
    s->ready_ps = way->least_ps = m->now + m->shape->flit_ps;
    if (++s->flit == m->shape->flits) {
        s->flit = 0;
        s->next++;
        s->network = (s->network + 1) % m->networks;
        m->result.send_ps[core] = m->now;
        s->ready_ps = m->now; /* the next gap counts from the last flit */
    }
    schedule_offer(m, core);
}

static mesh_flit taken_at(const mesh *m, uint32_t queue, uint32_t k)
{
    return m->at[(size_t)queue * m->hold + (m->taken[queue].head + k) % m->hold];
}

/* Starts work on the oldest whole message that a core has of the network in turn, when it is idle. */
static void begin_work(mesh *m, uint32_t core)
{
    mesh_receiver *r = &m->receiver[core];
    for (uint32_t k = 0; k < m->networks && !r->busy; k++) {
        uint32_t network = (r->network + k) % m->networks, queue = network * m->ncores + core;
        if (m->taken[queue].count < m->shape->flits)
            continue;
        r->busy = true;
        r->network = network;
        put(m, m->now + m->message[taken_at(m, queue, 0).message].work, FINISH, m->nports + core);
    }
}

static void receive(mesh *m, uint32_t output)
{
    uint32_t core = core_at(m, output), queue = network_of(m, output) * m->ncores + core;
    /* what flies to a core stands behind `count` in the ring already (see send_flit) */
    mesh_flit f = taken_at(m, queue, m->taken[queue].count++);
    if (f.flit == m->shape->flits - 1) {
        m->message[f.message].received = m->now;
        m->result.delivered++;
    }
    begin_work(m, core);
}

static void finish(mesh *m, uint32_t core)
{
    mesh_receiver *r = &m->receiver[core];
    uint32_t flits = m->shape->flits;
    mesh_taken *t = &m->taken[r->network * m->ncores + core];
    r->busy = false;
    m->result.receive_ps[core] = m->now;
    if (r->first) {
        r->first = false;
        begin_work(m, core);
        return;
    }
    t->head = (t->head + flits) % m->hold;
    t->count -= flits;
    t->got -= flits;
    r->room += flits;
    r->network = (r->network + 1) % m->networks;
    for (uint32_t k = 0; k < m->networks; k++)
        mark(m, port_of(m, (r->network + k) % m->networks, core));
    begin_work(m, core);
}

/* ---- routers ---- */

static void send_flit(mesh *m, uint32_t output, uint32_t input)
{
    const mesh_shape *s = m->shape;
    mesh_output *o = &m->output[output];
    mesh_input *in = &m->input[input];
    mesh_flit f = first_flit(m, input);
    uint32_t router = input / m->ports;
    in->head = (in->head + 1) % s->buffer;
    in->count--;
    in->seen--;
    in->free_ps = o->free_ps = m->now + s->flit_ps;
    o->holder = f.flit == s->flits - 1 ? NOWHERE : input;
    if (to_core(m, output)) {
        uint32_t queue = network_of(m, output) * m->ncores + core_at(m, output);
        mesh_taken *t = &m->taken[queue];
        m->receiver[core_at(m, output)].room -= f.flit == 0 ? s->flits : 0;
        m->at[(size_t)queue * m->hold + (t->head + t->got++) % m->hold] = f;
        put(m, m->now + s->local_ps, ARRIVE, output);
    } else {
        uint32_t far = opposite(m, output), direction = output % m->ports;
        o->credits--;
        push(m, far, f);
        m->result.link_flits[router % m->tiles * MESH_DIRECTIONS + direction]++;
        put(m, m->now + hop_ps(s, router % m->tiles % s->width, direction), ARRIVE, far);
    }
    in->served = output;
    in->routed = false;
    put(m, m->now + s->flit_ps, SLOT, input);
    put(m, m->now + s->credit_ps, CREDIT, input);
}

/* An output that is free chooses: the worm that holds it, or the next input in turn whose head wants it. */
static void choose(mesh *m, uint32_t output)
{
    mesh_output *o = &m->output[output];
    uint32_t first = output / m->ports * m->ports;
    bool full = to_core(m, output) ? o->holder == NOWHERE && m->receiver[core_at(m, output)].room < m->shape->flits
                                   : o->credits == 0;
    if (full || o->free_ps > m->now) /* the event that changes this marks the output again */
        return;
    for (uint32_t k = 0; k < m->ports; k++) {
        uint32_t input = o->holder != NOWHERE ? o->holder : first + (o->turn + k) % m->ports;
        const mesh_input *in = &m->input[input];
        if (in->seen && in->free_ps <= m->now) {
            mesh_flit f = first_flit(m, input);
            if ((o->holder == input || (f.flit == 0 && (in->routed || !m->shape->head_ps))) &&
                route(m, first / m->ports, f.message) == output) {
                o->turn = (input % m->ports + 1) % m->ports;
                send_flit(m, output, input);
                return;
            }
        }
        if (o->holder != NOWHERE)
            return;
    }
}

static void credit(mesh *m, uint32_t input)
{
    uint32_t router = input / m->ports, port = input % m->ports, w = m->shape->width;
    if (port >= MESH_DIRECTIONS) {
        uint32_t core = core_at(m, input);
        uint32_t network = network_of(m, input);
        m->way[network * m->ncores + core].room++;
        if (m->sender[core].waiting && m->sender[core].network == network)
            offer(m, core);
        return;
    }
    static const uint32_t reverse[MESH_DIRECTIONS] = {MESH_WEST, MESH_EAST, MESH_SOUTH, MESH_NORTH};
    uint32_t from = port == MESH_EAST    ? router + 1
                    : port == MESH_WEST  ? router - 1
                    : port == MESH_NORTH ? router + w
                                         : router - w;
    uint32_t output = from * m->ports + reverse[port];
    m->output[output].credits++;
    mark(m, output);
}

static void happen(mesh *m, uint32_t what)
{
    uint32_t each = m->nports + m->ncores, index = what % each;
    switch ((event_kind)(what / each)) {
    case ARRIVE:
        if (to_core(m, index))
            receive(m, index);
        else {
            m->input[index].seen++;
            look(m, index);
        }
        break;
    case CREDIT: credit(m, index); break;
    case SLOT:
        look(m, index);
        mark(m, m->input[index].served);
        break;
    case ROUTED: look(m, index); break;
    case OFFER: offer(m, index - m->nports); break;
    case FINISH: finish(m, index - m->nports); break;
    }
}

/* ---- all of it ---- */

static mesh *begin(const mesh_shape *s, mesh_message *message, uint32_t count, hmn_arena *a)
{
    mesh *m = ARENA_NEW(a, mesh, 1);
    HMN_ASSERT(s->flit_ps > 0 && s->credit_ps > 0 && s->buffer > 0 && s->flits > 0);
    m->shape = s;
    m->message = message;
    m->ports = MESH_DIRECTIONS + s->locals;
    m->tiles = s->width * s->height;
    m->networks = s->networks ? s->networks : 1;
    m->nports = m->networks * m->tiles * m->ports;
    m->ncores = m->tiles * s->locals;
    m->hold = s->buffer > s->flits ? s->buffer : s->flits;
    m->input = ARENA_NEW(a, mesh_input, m->nports);
    m->output = ARENA_NEW(a, mesh_output, m->nports);
    m->ring = ARENA_NEW(a, mesh_flit, (size_t)m->nports * s->buffer);
    m->taken = ARENA_NEW(a, mesh_taken, (size_t)m->networks * m->ncores);
    m->at = ARENA_NEW(a, mesh_flit, (size_t)m->networks * m->ncores * m->hold);
    m->way = ARENA_NEW(a, mesh_way, (size_t)m->networks * m->ncores);
    m->sender = ARENA_NEW(a, mesh_sender, m->ncores);
    m->receiver = ARENA_NEW(a, mesh_receiver, m->ncores);
    m->dirty = ARENA_NEW(a, uint32_t, m->nports);
    m->events.arena = a;
    m->result.send_ps = ARENA_NEW(a, uint64_t, m->ncores);
    m->result.receive_ps = ARENA_NEW(a, uint64_t, m->ncores);
    m->result.blocked_ps = ARENA_NEW(a, uint64_t, m->ncores);
    m->result.link_flits = ARENA_NEW(a, uint32_t, (size_t)m->tiles * MESH_DIRECTIONS);
    for (uint32_t i = 0; i < m->nports; i++) {
        m->output[i].credits = s->buffer;
        m->output[i].holder = NOWHERE;
    }
    for (uint32_t i = 0, core = 0; core < m->ncores; core++) {
        HMN_ASSERT(i == count || message[i].from >= core);
        m->sender[core].next = i;
        while (i < count && message[i].from == core)
            i++;
        m->sender[core].last = i;
        m->receiver[core].room = m->hold;
        for (uint32_t n = 0; n < m->networks; n++)
            m->way[n * m->ncores + core].room = s->buffer;
        schedule_offer(m, core);
    }
    return m;
}

mesh_result mesh_run(const mesh_shape *shape, mesh_message *message, uint32_t count, const uint64_t *first_work,
                     uint64_t until_ps, hmn_arena *a)
{
    mesh *m = begin(shape, message, count, a);
    for (uint32_t core = 0; first_work && core < m->ncores; core++)
        if (first_work[core]) {
            m->receiver[core].first = m->receiver[core].busy = true;
            put(m, first_work[core], FINISH, m->nports + core);
        }
    while (m->events.count && m->events.event[0].ps <= until_ps) {
        m->now = m->events.event[0].ps;
        while (m->events.count && m->events.event[0].ps == m->now)
            happen(m, events_take(&m->events).what);
        for (uint32_t i = 0; i < m->ndirty; i++) {
            m->output[m->dirty[i]].dirty = false;
            choose(m, m->dirty[i]);
        }
        m->ndirty = 0;
    }
    for (uint32_t core = 0; core < m->ncores; core++)
        m->result.end_ps =
            m->result.receive_ps[core] > m->result.end_ps ? m->result.receive_ps[core] : m->result.end_ps;
    return m->result;
}

static uint32_t apart(uint32_t a, uint32_t b) { return a > b ? a - b : b - a; }

uint32_t mesh_hops(const mesh_shape *s, uint32_t from, uint32_t to)
{
    uint32_t a = from / s->locals, b = to / s->locals;
    return apart(a % s->width, b % s->width) + apart(a / s->width, b / s->width);
}

uint64_t mesh_latency(const mesh_shape *s, uint32_t from, uint32_t to)
{
    uint32_t a = from / s->locals, b = to / s->locals, ax = a % s->width, bx = b % s->width;
    uint64_t crossings = s->chip_width ? apart(ax / s->chip_width, bx / s->chip_width) : 0;
    return (apart(ax, bx) - crossings) * s->hop_x_ps + crossings * s->chip_ps +
           apart(a / s->width, b / s->width) * s->hop_y_ps + s->local_ps + (s->flits - 1) * s->flit_ps;
}
