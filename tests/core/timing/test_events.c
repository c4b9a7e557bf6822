/* The event queue yields events by time and then by number, whatever the order of putting. */
#include "core/timing/events.h"

#include "tests/suite.h"

START_TEST(events_come_in_order_whatever_the_order_they_were_put_in)
{
    enum { N = 5000 };
    for (uint32_t stride = 1; stride < 8; stride += 2) { /* coprime to N where N = 2^3 5^4 and stride is 1, 3, 7 */
        if (stride == 5)
            continue;
        hmn_arena *a = arena_new(0);
        event_queue q = {.arena = a};
        for (uint32_t i = 0, k = 0; i < N; i++, k = (k + stride) % N)
            events_put(&q, k / 3, k);
        for (uint32_t i = 0; i < N; i++) {
            timed_event e = events_take(&q);
            ck_assert_uint_eq(e.ps, i / 3);
            ck_assert_uint_eq(e.what, i);
        }
        ck_assert_uint_eq(q.count, 0);
        arena_free(a);
    }
}
END_TEST

SUITE("events", events_come_in_order_whatever_the_order_they_were_put_in)
