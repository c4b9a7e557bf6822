/* What happened in one step, as the models of time see it: built once, read by fast.c and cycle.c. */
#ifndef HMN_TIMING_RECORD_H
#define HMN_TIMING_RECORD_H

#include "core/timing/fabric.h"
#include "core/timing/mesh.h"
#include "core/timing/ticks.h"
#include "core/timing/timing.h"

typedef struct {
    mesh_message
        *message; /* in order of the sending endpoint and of sending; `from` and `to` are endpoints of the mesh */
    uint32_t nmessages;
    size_t cap;
    uint64_t *send_ps;    /* [endpoints] updating neurons and sending, without waiting */
    uint64_t *first_ps;   /* [endpoints] work on what the host sent */
    uint32_t *link;       /* [tiles * 4] flits of the messages */
    timing_step out;      /* energies and counts are filled in; times are the model's to fill */
    mesh_result result;   /* cycle: what the mesh says */
    uint64_t *learn_ps;   /* [cores] */
    uint64_t *receive_ps; /* [endpoints] out: when the core has worked on all it received */
    hmn_arena *scratch;   /* cycle: of this step */
    /* machines with a clock */
    fabric_send *sends; /* by core */
    uint32_t nsends;
    size_t send_cap;
    fabric_work *work;         /* [ncores] */
    tick_work *part;           /* [ncores] */
    uint32_t *sent, *received; /* [ncores] packets; spikes */
    fabric_result fabric;
} step_record;

/* Fills out.work_ps, the busiest core and the slowest message. */
void fast_step(const mesh_shape *s, step_record *r, hmn_arena *scratch);
void cycle_step(const mesh_shape *s, step_record *r);

#endif
