/* Time and energy of a run, from what the emulated machine does. An observer: it reads the machine between begin and
 * end of a step and after it, and changes nothing, so results are the same with and without it.
 *
 * One step of a core with a barrier (Davies et al. 2018): the core updates its compartments in order and sends a
 * message to every destination of each that fired; meanwhile it works on what arrives: axon, synapse words, weights.
 * When all cores have done both, learning runs where an epoch ends, then the management processor, then the barrier
 * over the tiles in use.
 *
 * Machines that work in real time (chip_timing.clocked) have a tick instead of a barrier: core/timing/ticks.h,
 * fabric.h.
 *
 *   fast    sums, with queues in time slots and without the network's queues; loads of links by count
 *   cycle   the same work through the mesh of routers with finite buffers (core/timing/mesh.h)
 *
 * Times are picoseconds, energies femtojoules, integers both. */
#ifndef HMN_TIMING_TIMING_H
#define HMN_TIMING_TIMING_H

#include "core/base/arena.h"
#include "core/machine/machine.h"
#include "core/cost/cost.h"

typedef enum { TIMING_OFF, TIMING_FAST, TIMING_CYCLE } timing_mode;

/* Where energy goes. */
typedef enum {
    ENERGY_NEURON,
    ENERGY_SYNAPSE,
    ENERGY_AXON,
    ENERGY_NETWORK,
    ENERGY_LEARN,
    ENERGY_MANAGER,
    ENERGY_STATIC,
    ENERGY_COUNT
} energy_cause;
const char *energy_name(energy_cause c);

/* Why a core is late for a tick: the loop over its neurons; spikes to look up and add; waiting for rows from memory;
 * learning; spikes that came too late. */
typedef enum { LATE_NEURONS, LATE_QUEUE, LATE_DMA, LATE_LEARNING, LATE_NETWORK } late_cause;
const char *late_name(late_cause c);

/* One step. */
typedef struct {
    uint32_t step;
    uint64_t ps;                                        /* all of it */
    uint64_t work_ps, learn_ps, manager_ps, barrier_ps; /* neurons, messages and synapses; its other parts */
    uint64_t fj[ENERGY_COUNT];
    uint32_t busiest; /* core that was done last; UINT32_MAX: none worked */
    uint64_t busiest_ps;
    uint64_t messages;     /* sent */
    /* machines that work in real time: cores with more to do than a tick lasts; packets that routers dropped, of them
     * those that were put back; copies that never arrived; spikes that a core's buffer had no room for */
    uint64_t late, dropped, reinjected, lost, overflow;
    uint32_t longest_hops; /* of the longest way */
    uint32_t slowest_from,
        slowest_to; /* of the message that took longest from leaving to arrival, cores or UINT32_MAX */
    uint64_t slowest_ps;
    uint32_t link, link_flits; /* the link with most traffic */
    uint64_t blocked_ps;       /* cores that waited for room in a router, summed; fast: 0 */
} timing_step;

/* Totals of one core and of one link over the run. */
typedef struct {
    uint64_t send_ps, receive_ps, learn_ps, blocked_ps; /* updating and sending, receiving, learning; waiting */
    uint64_t sent, received;                            /* messages */
    uint64_t fj;
} timing_core;

typedef struct {
    uint64_t flits;
    uint32_t from, to; /* tiles, numbered row by row over all chips */
    uint32_t side;     /* of `from` at which it leaves: 0 east, west, north, south; six links: 0 E, NE, N, W, SW, S */
} timing_link;

typedef struct hmn_timing hmn_timing;

/* What a core did in a step, from the step's begin: sent until send_ps, received from first_ps to receive_ps (0, 0:
 * nothing); learned learn_ps long after all work. */
typedef struct {
    uint64_t send_ps, first_ps, receive_ps, learn_ps;
    uint32_t sent, received;
    /* machines that work in real time, where learning is part of receiving: what took how long, and for those who are
     * late why, and spikes that waited when the tick was over */
    uint64_t neuron_ps, row_ps, rule_ps, memory_ps;
    late_cause why;
    uint32_t queue, overflow; /* overflow: spikes that its buffer had no room for */
} timing_span;

/* Called for every step, in order, from timing_end or timing_finish. span: [cores]. */
typedef void timing_sink(void *context, const timing_step *step, const timing_span *span);

typedef struct {
    timing_mode mode;
    const cost_table *costs;
    uint32_t threads;
    timing_sink *sink;
    void *context;
} timing_options;

hmn_timing *timing_new(const hmn_machine *m, const hmn_image *image, const hmn_chip *chip, timing_options o,
                       hmn_arena *a);
void timing_begin(hmn_timing *t);  /* after begin of a step */
void timing_end(hmn_timing *t);    /* after its end */
void timing_finish(hmn_timing *t); /* after the last step; frees what a run needs */

/* After timing_finish. */
timing_step timing_total(const hmn_timing *t); /* sums; busiest, slowest and link of the worst step */
const timing_core *timing_cores(const hmn_timing *t, uint32_t *count);
const timing_link *timing_links(const hmn_timing *t, uint32_t *count);
/* Length of a step of a machine that works in real time; 0: a barrier ends a step. */
uint64_t timing_tick(const hmn_timing *t);
uint32_t timing_tiles(const hmn_timing *t, uint32_t *width); /* of the grid over all chips in use */

#endif
