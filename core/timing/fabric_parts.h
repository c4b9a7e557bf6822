/* Insides of the simulated machine with keys, shared by fabric.c (time), fabric_router.c and fabric_core.c. */
#ifndef HMN_TIMING_FABRIC_PARTS_H
#define HMN_TIMING_FABRIC_PARTS_H

#include "core/timing/events.h"
#include "core/timing/fabric.h"

enum { FABRIC_LOCALS = 18, FABRIC_PORTS = WAY_LINKS + FABRIC_LOCALS, FABRIC_NOBODY = UINT32_MAX };

/* What an event is about; its index: a port (router * FABRIC_PORTS + number), a router or a core. */
typedef enum {
    EVENT_SENT,   /* port: the link has passed on its packet */
    EVENT_CREDIT, /* port: there is room at the other end of the link */
    EVENT_INPUT,  /* port: a packet is at the router's input */
    EVENT_READ,   /* router: the monitor has read the dropped packet */
    EVENT_POLL,   /* router: the monitor's timer */
    EVENT_AGAIN,  /* router: the monitor may put the next packet back */
    EVENT_WAKE,   /* router: time for its next deed */
    EVENT_ARRIVE, /* core: a packet is at its controller */
    EVENT_CPU,    /* core: it has done what it is at */
    EVENT_ASK,    /* core: its transfer reaches memory */
    EVENT_ROW,    /* core: its transfer is done */
} fabric_event;

typedef struct {
    uint32_t row, times, from; /* of fabric_send */
    uint32_t tree, node, links;
    bool payload;
    bool aside;   /* on the first side of the triangle, on its way to `node` */
    uint8_t port; /* input by which it came */
    uint64_t born_ps, ready_ps;
} fabric_packet;

typedef struct {
    uint32_t head, count, seen; /* ring; seen: those that have arrived */
} fabric_ring;

typedef struct {
    uint32_t head, count, credits;
    bool busy;
} fabric_output;

typedef struct {
    fabric_ring in[FABRIC_PORTS];
    fabric_packet *slot; /* [FABRIC_PORTS * inputs] */
    fabric_packet *pipe; /* [depth] from input to output stage */
    uint32_t pipe_head, pipe_count, turn;
    uint64_t pick_ps, issue_ps; /* not before */
    uint64_t blocked_ps;        /* since when the packet in the output stage stands; all ones: it does not */
    uint64_t wake_ps;           /* that an event will wake it */
    fabric_output out[WAY_LINKS];
    fabric_packet *wait; /* [WAY_LINKS * outputs] */
    uint32_t core[FABRIC_LOCALS];
    /* monitor */
    bool dumped, polling;
    fabric_packet dump;
    fabric_packet *keep;
    uint32_t keep_head, keep_count;
    size_t keep_cap;
    uint64_t memory_ps; /* when the shared memory is free */
    bool dirty;
} fabric_router;

typedef enum { LEVEL_PACKET, LEVEL_ROW, LEVEL_LOOP, LEVEL_IDLE } fabric_level;
typedef enum { TASK_NONE, TASK_TIMER, TASK_LOOK, TASK_ADD } fabric_task;
typedef enum { LOOP_WAITS, LOOP_RUNS, LOOP_STUCK, LOOP_DONE } fabric_loop;

enum { FABRIC_TRANSFERS = 8 };

typedef struct {
    uint32_t arrival, times, from; /* arrival: of hmn_wires */
    bool payload;
    uint64_t born_ps;
} fabric_spike;

typedef struct {
    uint32_t next, last; /* sends: next for the loop */
    uint32_t gone;       /* sends that have left the outbox */
    bool entering;
    fabric_loop loop;
    uint64_t stuck_ps;
    /* what the processor is at */
    fabric_level level;
    fabric_task task;
    uint64_t left[LEVEL_IDLE], since_ps, due_ps;
    fabric_spike *rx; /* [inbox] from the router */
    uint32_t rx_head, rx_count, rx_seen;
    uint32_t *spike; /* arrivals that wait */
    uint32_t spike_head, spike_count;
    size_t spike_cap;
    bool fetching;                    /* the loop of transfers runs */
    bool user, ready;                 /* pending: begin it; a row has come */
    uint32_t looking, coming, adding; /* arrivals, or nobody */
    uint64_t rest;                    /* of learn_ps * synapses / plastic */
    struct {
        uint32_t words;
        bool read;
    } transfer[FABRIC_TRANSFERS];
    uint32_t transfer_head, transfers;
} fabric_cpu;

typedef struct {
    const fabric_step *step;
    const fabric_shape *shape;
    hmn_arena *arena;
    event_queue events;
    uint64_t now;
    uint32_t stride, depth;
    fabric_router **router; /* [nrouters] NULL: nothing happened there yet */
    fabric_cpu *cpu;        /* [ncores] */
    uint32_t *dirty, ndirty;
    size_t dirty_cap;
    bool ticked;
    fabric_result out;
} fabric;

static inline void fabric_put(fabric *f, uint64_t ps, fabric_event kind, uint32_t index)
{
    events_put(&f->events, ps, (uint32_t)kind * f->stride + index);
}

fabric_router *fabric_router_at(fabric *f, uint32_t router);

/* The router has something to do in the second phase of this instant. */
void fabric_mark(fabric *f, uint32_t router);
void fabric_act(fabric *f, uint32_t router);

/* Events of a router. */
void fabric_link_sent(fabric *f, uint32_t port);
void fabric_link_credit(fabric *f, uint32_t port);
void fabric_input(fabric *f, uint32_t port);
void fabric_dump_read(fabric *f, uint32_t router);
void fabric_poll(fabric *f, uint32_t router);
void fabric_put_back(fabric *f, uint32_t router);

/* A core's packet, if its input has room. */
bool fabric_enter(fabric *f, uint32_t router, uint32_t local, fabric_packet p);

/* Cores. */
void fabric_core_begin(fabric *f, uint32_t core);
bool fabric_core_room(const fabric *f, uint32_t core);
void fabric_core_give(fabric *f, uint32_t core, fabric_spike s); /* arrives enter_ps later */
void fabric_core_entered(fabric *f, uint32_t core);              /* its packet is in the router */
void fabric_core_leave(fabric *f, uint32_t core);                /* its input has room again */
void fabric_core_arrive(fabric *f, uint32_t core);
void fabric_core_cpu(fabric *f, uint32_t core);
void fabric_core_ask(fabric *f, uint32_t core);
void fabric_core_row(fabric *f, uint32_t core);
void fabric_core_tick(fabric *f, uint32_t core); /* the tick is over */
bool fabric_core_done(const fabric *f, uint32_t core);

#endif
