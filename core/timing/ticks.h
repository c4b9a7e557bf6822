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

tick_work tick_of(const cost_table *c, timing_program p, const hmn_counters *before, const hmn_counters *after,
                  uint64_t packets);
uint64_t tick_ps(const tick_work *w); /* all of it */

/* Of updates, between two readings: neurons, their noise, what a relay looks at. */
uint64_t tick_updates(const cost_table *c, timing_program p, const hmn_counters *before, const hmn_counters *after);
/* What the loop does beside it: counting spikes that wait in a relay. */
uint64_t tick_keeps(const cost_table *c, const hmn_counters *before, const hmn_counters *after);

timing_program tick_program(const hmn_chip *chip, const void *rom);

/* What kept the core longest. Where its own work fits into the tick, it was late because spikes came late. */
late_cause tick_why(const tick_work *w, uint64_t tick);

#endif
