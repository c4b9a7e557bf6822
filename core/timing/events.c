/* The event queue. Takes events in any order, yields them by time and then by number: equal events are equal bytes, so
 * the order is total and a run is the same every time. */
#include "core/timing/events.h"

#include "core/base/bug.h"

static bool before(timed_event a, timed_event b) { return a.ps != b.ps ? a.ps < b.ps : a.what < b.what; }

void events_put(event_queue *q, uint64_t ps, uint32_t what)
{
    q->event = arena_grow(q->arena, q->event, sizeof *q->event, q->count, q->count + 1, &q->cap);
    timed_event e = {ps, what};
    size_t i = q->count++;
    for (; i > 0 && before(e, q->event[(i - 1) / 2]); i = (i - 1) / 2)
        q->event[i] = q->event[(i - 1) / 2];
    q->event[i] = e;
}

timed_event events_take(event_queue *q)
{
    HMN_ASSERT(q->count > 0);
    timed_event first = q->event[0], last = q->event[--q->count];
    size_t i = 0, child;
    while ((child = 2 * i + 1) < q->count) {
        child += child + 1 < q->count && before(q->event[child + 1], q->event[child]);
        if (!before(q->event[child], last))
            break;
        q->event[i] = q->event[child];
        i = child;
    }
    q->event[i] = last;
    return first;
}
