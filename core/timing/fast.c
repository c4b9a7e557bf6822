/* Time of a step from sums. Takes a record, yields when every core was done. A core sends without waiting; a message
 * arrives when an empty network would deliver it. Work at the receiver queues: arrivals are sorted into slots of time,
 * and a core is done at the latest of (first arrival of a slot + all work that arrived from there on), which is the
 * waiting time of a single server but for the order within a slot. A link cannot carry flits faster than it does. */
#include "core/timing/record.h"

#include "core/base/bug.h"

#include <string.h>

enum { SLOTS = 64 };

typedef struct {
    uint64_t first[SLOTS], work[SLOTS];
} arrivals;

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

static uint64_t served(const arrivals *a, uint64_t first_work)
{
    uint64_t after = 0, done = 0, all = 0;
    for (uint32_t k = SLOTS; k-- > 0;) {
        after += a->work[k];
        if (a->first[k] != UINT64_MAX)
            done = later(done, a->first[k] + after);
        all += a->work[k];
    }
    return later(done, first_work + all);
}

void fast_step(const mesh_shape *s, step_record *r, hmn_arena *scratch)
{
    uint32_t endpoints = s->width * s->height * s->locals;
    uint64_t width = send_all(s, r) / SLOTS + 1;
    arrivals **of = ARENA_NEW(scratch, arrivals *, endpoints);
    for (uint32_t i = 0; i < r->nmessages; i++) {
        const mesh_message *m = &r->message[i];
        arrivals *a = of[m->to];
        if (!a) {
            a = of[m->to] = ARENA_NEW(scratch, arrivals, 1);
            memset(a->first, 0xFF, sizeof a->first);
        }
        uint64_t k = m->received / width;
        HMN_ASSERT(k < SLOTS);
        a->first[k] = m->received < a->first[k] ? m->received : a->first[k];
        a->work[k] += m->work;
    }
    for (uint32_t c = 0; c < endpoints; c++) {
        r->receive_ps[c] = of[c] ? served(of[c], r->first_ps[c]) : r->first_ps[c];
        uint64_t done = later(r->send_ps[c], r->receive_ps[c]);
        if (done > r->out.busiest_ps) {
            r->out.busiest_ps = done;
            r->out.busiest = c;
        }
    }
    uint64_t networks = s->networks ? s->networks : 1; /* which share a link's traffic */
    r->out.work_ps = later(r->out.busiest_ps, r->out.link_flits / networks * s->flit_ps);
}
