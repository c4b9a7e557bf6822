/* Traces x1 x2 y1 y2 y3: 7 bits, exponential decay with stochastic rounding (eq. L11, L12). */
#ifndef HMN_BACKENDS_LOIHI_TRACES_H
#define HMN_BACKENDS_LOIHI_TRACES_H

#include "backends/loihi/core.h"

/* Whose trace it is: the key of its random draws. Axons count from the first learning one. */
typedef struct {
    uint64_t seed;
    uint32_t core, index;
    uint32_t axon, compartment; /* as in hmn_draw_site */
    uint32_t now;               /* the step in which the core decides */
    bool even;                  /* decays draw from an even sequence (eq. L43) */
    const hmn_draws *draws;
} trace_owner;

trace_owner trace_of_axon(const loihi_rom *r, const hmn_port *port, uint32_t learning_axon);
trace_owner trace_of_compartment(const loihi_rom *r, const hmn_port *port, uint32_t compartment);

/* Settings of `count` traces, {impulse q8, decay q12} each. */
typedef struct {
    const uint16_t *setting;
    uint32_t count;
} trace_settings;

trace_settings trace_pre(const loihi_rom *r, uint32_t learning_axon);
/* The same with impulses times what the axon's last spike counts (eq. L55), in room where that differs. */
trace_settings trace_counted(const loihi_rom *r, const loihi_state *s, uint32_t learning_axon, uint16_t room[4]);
trace_settings trace_post(const loihi_rom *r, uint32_t compartment);

/* x + impulse, rounded stochastically, at most 127: an earlier spike of an epoch that sees a second one. */
uint8_t trace_impulse(const trace_owner *o, trace_settings t, uint32_t k, uint8_t x, uint32_t step);

/* The traces after each step of an epoch that began at step `start`: h[k][0] is given, h[k][1..epoch] filled.
 * spike: step of the epoch (1..epoch) with the spike, 0: none. Returns bit k for traces that are not zero throughout.
 */
typedef uint8_t trace_history[CORE_MAX_EPOCH + 1];
uint32_t trace_epoch(const trace_owner *o, trace_settings t, uint32_t start, uint32_t epoch, uint32_t spike,
                     trace_history *h);

#endif
