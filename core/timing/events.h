/* A queue of events in time: a binary heap of (time, what) that yields all events of the earliest time together, in the
 * order of `what`, so that nothing depends on the order in which they were put in. */
#ifndef HMN_TIMING_EVENTS_H
#define HMN_TIMING_EVENTS_H

#include "core/base/arena.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint64_t ps;
    uint32_t what;
} timed_event;

typedef struct {
    timed_event *event; /* heap */
    size_t count, cap;
    hmn_arena *arena;
} event_queue;

void events_put(event_queue *q, uint64_t ps, uint32_t what);

/* Removes the least event, by time and then by what. The queue is not empty. */
timed_event events_take(event_queue *q);

#endif
