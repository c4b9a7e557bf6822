/* Time of a step through the mesh of routers: the record's messages are injected, queue, block their cores and are
 * worked on, event by event. Steps are apart because of the barrier, so they can be simulated in parallel. */
#include "core/timing/record.h"

static uint64_t later(uint64_t a, uint64_t b) { return a > b ? a : b; }

/* What a core still does after its last message: the updates behind the last compartment that fired. */
static uint64_t tail_of(const step_record *r, uint32_t core, const uint64_t *gaps)
{
    return r->send_ps[core] - gaps[core];
}

void cycle_step(const mesh_shape *s, step_record *r)
{
    uint32_t endpoints = s->width * s->height * s->locals;
    uint64_t *gaps = ARENA_NEW(r->scratch, uint64_t, endpoints);
    r->result = mesh_run(s, r->message, r->nmessages, r->first_ps, UINT64_MAX, r->scratch);
    for (uint32_t i = 0; i < r->nmessages; i++) {
        const mesh_message *m = &r->message[i];
        gaps[m->from] += m->gap;
        if (m->received - m->sent > r->out.slowest_ps) {
            r->out.slowest_ps = m->received - m->sent;
            r->out.slowest_from = m->from;
            r->out.slowest_to = m->to;
        }
    }
    for (uint32_t c = 0; c < endpoints; c++) {
        uint64_t sent = r->result.send_ps[c] + tail_of(r, c, gaps);
        uint64_t done = later(sent, r->result.receive_ps[c]);
        r->receive_ps[c] = r->result.receive_ps[c];
        r->out.blocked_ps += r->result.blocked_ps[c];
        if (done > r->out.busiest_ps) {
            r->out.busiest_ps = done;
            r->out.busiest = c;
        }
    }
    r->out.work_ps = r->out.busiest_ps;
}
