/* A mesh of routers with dimension-order wormhole routing, finite buffers and back-pressure, simulated event by event.
 *
 * Tiles stand in a grid; each has a router with inputs and outputs to four neighbours and to its cores. A message is a
 * worm of flits: an output that its head has won belongs to it until its tail has passed. A flit moves when the output
 * is free, the worm holds it or takes it, and the input on the other side has room; rooms are counted by credits.
 * Messages go along x first, then along y, which cannot deadlock (Dally and Seitz 1987). Outputs choose among waiting
 * inputs in turn. There may be several such networks side by side, which the messages of a core take in turn.
 *
 * Cores: what a core has to do before it works on anything that arrives is its `first_work`. A core sends its messages
 * one after another. A message is ready `gap` after the one before it has left the core, and not before `earliest`. It
 * holds up the core as long as the router has no room. A core works on what it receives one message at a time, `work`
 * each, and takes in as many as its buffer holds. */
#ifndef HMN_TIMING_MESH_H
#define HMN_TIMING_MESH_H

#include "core/base/arena.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint32_t width, height, locals; /* tiles, cores of a tile */
    uint32_t chip_width;            /* columns of a chip; 0: one chip */
    uint32_t networks;              /* side by side; 0: one */
    uint64_t flit_ps;               /* that a flit holds a link, > 0 */
    uint64_t hop_x_ps, hop_y_ps;    /* from router to router */
    uint64_t chip_ps;               /* instead of hop_x_ps between chips */
    uint64_t local_ps;              /* from the last router to the core */
    uint64_t head_ps;               /* that a head in front of its input takes to find its way; part of no hop */
    uint64_t credit_ps;             /* until the sender knows of room, > 0 */
    uint32_t buffer;                /* flits of an input, and of all that a core holds, which is a message at least */
    uint32_t flits;                 /* of a message */
} mesh_shape;

typedef struct {
    uint32_t from, to; /* cores: tile * locals + number */
    uint64_t gap, earliest, work;
    uint64_t sent, received; /* out: the head leaves the core; the tail is at the core */
} mesh_message;

/* Of one run. Links of tile i: 4 i + direction (east, west, north, south). */
typedef struct {
    uint64_t *send_ps, *receive_ps; /* [cores] when the core has sent its last message; has worked on the last it got */
    uint64_t *blocked_ps;           /* [cores] that its messages waited for room */
    uint32_t *link_flits;           /* [tiles * 4] */
    uint64_t end_ps;                /* when all has been received and worked on */
    uint64_t delivered;             /* messages */
} mesh_result;

typedef enum { MESH_EAST, MESH_WEST, MESH_NORTH, MESH_SOUTH, MESH_DIRECTIONS } mesh_direction;

/* Messages stand in order of the sending core, and within a core in the order of sending. Everything is allocated from
 * `a`. first_work: [cores], or NULL. until_ps: nothing that happens later is simulated; UINT64_MAX: until all is
 * delivered. */
mesh_result mesh_run(const mesh_shape *shape, mesh_message *message, uint32_t count, const uint64_t *first_work,
                     uint64_t until_ps, hmn_arena *a);

/* From core to core: links between tiles, and the time of a message in an empty mesh, tail included. */
uint32_t mesh_hops(const mesh_shape *shape, uint32_t from, uint32_t to);
uint64_t mesh_latency(const mesh_shape *shape, uint32_t from, uint32_t to);

#endif
