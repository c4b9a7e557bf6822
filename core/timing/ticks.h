/* Time of a step on machines without a barrier: every core works in its own program, woken by a clock that ticks once a
 * step. A step lasts what its tick lasts; a core that has more to do is late, and so is all that waits for it. Read by
 * clocked.c. */
#ifndef HMN_TIMING_TICKS_H
#define HMN_TIMING_TICKS_H

#include "core/chip.h"
#include "core/timing/timing.h"

/* What a core did between two readings of its counters, packets it sent, as times of its parts. */
typedef struct {
    uint64_t neuron_ps, row_ps, learn_ps; /* timer, updates and packets; rows looked up and added; learning */
    uint64_t memory_ps;                   /* waiting for rows */
} tick_work;

tick_work tick_of(const cost_table *c, const hmn_counters *before, const hmn_counters *after, uint64_t packets);

/* What kept the core longest. Where its own work fits into the tick, it was late because spikes came late. */
late_cause tick_why(const tick_work *w, uint64_t tick_ps);

#endif
