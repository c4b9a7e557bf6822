/* A step of a machine whose packets carry keys, event by event: routers with six links, and cores that update neurons,
 * send, receive, fetch rows and add them. Docs: docs/timing.md, docs/chips/spinnaker-network.md, SX1 to SX10.
 *
 * Router: inputs from six links and from the cores hold a few packets each. One packet a cycle is taken, inputs in
 * turn, and comes to the output stage `pass_ps` later. It leaves when every output that it wants has room, copied to
 * all of them; until then it stands, and all behind it. After wait_ps the links that are blocked may be passed by over
 * the other two sides of the triangle; after divert_ps more the packet is dropped into a register, from which the
 * monitor core takes it to put it back later. While the register is full, what is dropped is lost. So no router waits
 * for ever.
 *
 * Core: an arriving packet interrupts everything (take_ps) and leaves a spike in a buffer. Looking a spike up, starting
 * the transfer of its row and adding the row before it interrupt the neurons' loop, and one row is fetched while
 * another is added. Rows of all cores of a chip share the bandwidth of its memory. The loop sends a packet after each
 * neuron that fired, and waits while its outbox is full. */
#ifndef HMN_TIMING_FABRIC_H
#define HMN_TIMING_FABRIC_H

#include "core/chip.h"

typedef struct {
    uint64_t enter_ps, long_enter_ps; /* from a core to its router, and from the router to a core; with a payload */
    uint64_t cycle_ps, pass_ps;       /* router: from packet to packet; from input to output stage */
    uint64_t link_ps, long_link_ps;   /* a packet on a link, without and with a payload, > 0 */
    uint64_t credit_ps;               /* until the sender knows of room, > 0 */
    uint64_t wait_ps, divert_ps;      /* that a blocked packet stands; that it tries to go round */
    uint64_t dump_ps, again_ps;       /* monitor: reading a dropped packet; putting one back */
    uint64_t poll_ps;                 /* monitor: how often it looks whether it may */
    uint32_t inputs, outputs;         /* packets that an input, and an output to a link, hold; >= 1 */
    uint32_t inbox;                   /* packets on their way into a core; >= 1 */
    uint32_t keep;                    /* packets that the monitor keeps */
    uint64_t take_ps, look_ps;        /* core: a packet that arrives; a spike that is looked up */
    uint64_t dma_ps, word_ps;         /* memory: until a row's first word comes; a word */
    uint64_t dense_ps;                /* core: adding a synapse */
    uint32_t spikes, outbox;          /* spikes that wait in a core; packets that wait to leave it */
    uint64_t tick_ps;                 /* a step: who is not done then is late */
} fabric_shape;

/* A packet that a core sends `gap` after the one before. */
typedef struct {
    uint32_t core, row; /* row: of hmn_wires and hmn_ways */
    uint32_t times;     /* spikes that it stands for, >= 1 */
    bool payload;
    uint64_t gap;
} fabric_send;

/* What else a core does in the step. */
typedef struct {
    uint64_t timer_ps; /* before anything else */
    uint64_t tail_ps;  /* of the loop, after its last packet */
    uint64_t learn_ps; /* spread over the `plastic` synapses of the rows that come; in the loop where there are none */
    uint64_t plastic;
} fabric_work;

/* What a core was waiting for when the tick was over and it was not done. */
typedef struct {
    uint64_t loop_ps;                        /* when its loop was done */
    uint64_t first_ps, last_ps;              /* when the first packet came; when the last row was added. 0, 0: none */
    uint64_t loop_busy, take_busy, row_busy; /* time for the loop; for packets; for looking up and adding */
    uint64_t memory_ps;                      /* idle, waiting for a row */
    uint64_t blocked_ps;                     /* loop waiting for room in the outbox */
    uint32_t received, overflow;             /* packets; spikes that the buffer had no room for */
    uint32_t most;                           /* spikes that waited at the worst moment */
    uint32_t queue;                          /* and when the tick was over */
} fabric_core;

typedef struct {
    fabric_core *core;                      /* [ncores] */
    uint32_t *link;                         /* [nrouters * WAY_LINKS] packets */
    uint64_t copies;                        /* that should arrive, of all packets sent */
    uint64_t delivered;                     /* copies that did; the rest: */
    uint64_t lost;                          /* copies that were dropped for good */
    uint64_t dropped, reinjected, diverted; /* packets */
    uint64_t slowest_ps;
    uint32_t slowest_from, slowest_to; /* of the copy that took longest, cores or all ones */
    uint32_t longest;                  /* links of the longest way */
    uint64_t end_ps;                   /* when all cores were done */
} fabric_result;

/* What a step is: sends stand in order of core. load: [ncores] what the spike at each axon makes the core do. */
typedef struct {
    const fabric_shape *shape;
    const hmn_ways *ways;
    const hmn_wires *wires;
    const timing_load *const *load;
    uint32_t ncores;
    const fabric_send *send;
    uint32_t nsends;
    const fabric_work *work; /* [ncores] */
} fabric_step;

/* By the costs of a chip. */
fabric_shape fabric_shape_of(const cost_table *c, uint64_t tick_ps);

/* Everything is allocated from `a`. */
fabric_result fabric_run(const fabric_step *step, hmn_arena *a);

/* From leaving a core to arrival at another, over so many links, when nothing else is under way. */
uint64_t fabric_latency(const fabric_shape *s, uint32_t links, bool payload);

/* Copies below a node of a tree, its own included. */
uint32_t fabric_copies(const hmn_ways *w, way_tree t, uint32_t node);

#endif
