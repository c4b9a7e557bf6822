/* The observer's insides, shared by timing.c (machines with a barrier; sums) and clocked.c (machines with a clock). */
#ifndef HMN_TIMING_OBSERVER_H
#define HMN_TIMING_OBSERVER_H

#include "core/timing/record.h"

enum { OBSERVER_BATCH = 64 }; /* steps that are simulated at once */

struct hmn_timing {
    const hmn_machine *machine;
    const hmn_chip *chip;
    hmn_arena *arena;
    timing_options o;
    mesh_shape shape;
    uint32_t ncores, endpoints, chips;
    uint32_t tiles, sides; /* routers, links of each */
    uint32_t *endpoint;    /* [ncores] */
    uint32_t *core_at;     /* [endpoints], all ones: none */
    uint32_t *order;       /* [ncores] cores by endpoint */
    hmn_counters *before;  /* [ncores] at the end of the step before */
    uint64_t manager_cycles;
    uint64_t barrier_ps;
    uint64_t tick_ps; /* of machines that work in real time; 0: a barrier ends a step */
    struct clocked *clocked;
    hmn_packet *host;
    uint32_t host_room;
    step_record *record; /* [OBSERVER_BATCH] */
    uint32_t nrecords;
    step_record *now;
    timing_step total;
    timing_span *span; /* [ncores] of the step that is told */
    timing_core *core;
    uint64_t *link; /* [tiles * sides] */
    timing_link *links;
    uint32_t nlinks;
};

static inline uint64_t observer_ps(const hmn_timing *t, cost_id id) { return t->o.costs->ps[id]; }
static inline uint64_t observer_fj(const hmn_timing *t, cost_id id) { return t->o.costs->fj[id]; }

/* Physical core. */
static inline uint32_t observer_site(const hmn_image *image, uint32_t core)
{
    image_rows sites = image_host(image, HOST_SITES);
    return core < sites.rows ? (uint32_t)image_get(sites, core, 0) : core;
}

/* Machines with a clock: instead of the mesh, of reading the ports, of one step in the model. */
void clocked_lay_out(hmn_timing *t, const hmn_image *image);
void clocked_begin(hmn_timing *t, step_record *r);
void clocked_end(hmn_timing *t, step_record *r);
void clocked_cycle(const hmn_timing *t, step_record *r);
void clocked_spans(hmn_timing *t, const step_record *r);
uint32_t clocked_link_end(const hmn_timing *t, uint32_t router, uint32_t link); /* a tile of the grid */
uint32_t clocked_tile(const hmn_timing *t, uint32_t router);

#endif
