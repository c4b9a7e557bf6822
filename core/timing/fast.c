/* Time of a step from sums. Takes a record, yields when every core was done. A core sends without waiting; a message
 * arrives when an empty network would deliver it. Work at the receiver queues (slots.h). A link cannot carry flits
 * faster than it does. */
#include "core/timing/record.h"
#include "core/timing/slots.h"

static uint64_t later(uint64_t a, uint64_t b) { return a > b ? a : b; }

/* When each message leaves. Returns the time when all have arrived. */
static uint64_t send_all(const mesh_shape *s, step_record *r)
{
    uint64_t at = 0, last = 0;
    for (uint32_t i = 0; i < r->nmessages; i++) {
        mesh_message *m = &r->message[i];
        at = (i && m[-1].from == m->from ? at : 0) + m->gap;
        m->sent = at;
        m->received = at + mesh_latency(s, m->from, m->to);
        last = later(last, m->received);
        if (m->received - m->sent > r->out.slowest_ps) {
            r->out.slowest_ps = m->received - m->sent;
            r->out.slowest_from = m->from;
            r->out.slowest_to = m->to;
        }
    }
    return last;
}

void fast_step(const mesh_shape *s, step_record *r, hmn_arena *scratch)
{
    uint32_t endpoints = s->width * s->height * s->locals;
    uint64_t width = send_all(s, r) / SLOTS + 1;
    slots **of = ARENA_NEW(scratch, slots *, endpoints);
    for (uint32_t i = 0; i < r->nmessages; i++) {
        const mesh_message *m = &r->message[i];
        if (!of[m->to]) {
            of[m->to] = ARENA_NEW(scratch, slots, 1);
            slots_clear(of[m->to]);
        }
        slots_add(of[m->to], width, m->received, m->work);
    }
    for (uint32_t c = 0; c < endpoints; c++) {
        r->receive_ps[c] = of[c] ? slots_done(of[c], r->first_ps[c]) : r->first_ps[c];
        uint64_t done = later(r->send_ps[c], r->receive_ps[c]);
        if (done > r->out.busiest_ps) {
            r->out.busiest_ps = done;
            r->out.busiest = c;
        }
    }
    uint64_t networks = s->networks ? s->networks : 1; /* which share a link's traffic */
    r->out.work_ps = later(r->out.busiest_ps, r->out.link_flits / networks * s->flit_ps);
}
