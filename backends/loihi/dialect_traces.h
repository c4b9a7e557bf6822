/* Traces as the three emulators keep them: real exponentials from tables, draws as each of them shares them. */
#ifndef HMN_BACKENDS_LOIHI_DIALECT_TRACES_H
#define HMN_BACKENDS_LOIHI_DIALECT_TRACES_H

#include "backends/loihi/core.h"

/* Values after each step of an epoch; [0] is where it begins. Third factors may be negative. */
typedef int16_t dialect_history[CORE_MAX_EPOCH + 1];

/* Traces of one axon or compartment for one rule. */
typedef struct {
    const loihi_rom *r;
    const hmn_port *port;
    uint32_t plane, number; /* of the epoch, from 1 */
    bool post;
    uint32_t index; /* learning axon, or compartment */
} dialect_owner;

/* x after an impulse with a fraction, at most 127. */
uint8_t dialect_impulse(const dialect_owner *o, uint32_t k, int32_t x, hmn_draw_use use);

/* Fills h[1..epoch] from h[0]; spike: its step in the epoch, 0 none. */
void dialect_trace_lava(const dialect_owner *o, uint32_t k, uint32_t epoch, uint32_t spike, bool held, int16_t *h);
void dialect_trace_nengo(const dialect_owner *o, uint32_t k, uint32_t epoch, uint32_t spike, int16_t *h);
/* One step: h[0] becomes the decayed trace without the impulse, h[1] the one with it. *late: bit k, the rounding of
 * the next decay, decided from h[0]. */
void dialect_trace_brian(const dialect_owner *o, uint32_t k, bool spike, uint8_t *late, int16_t *h);

/* A draw of [0, 1) in units of 2^-32, given or random. */
int64_t dialect_synapse_draw(const dialect_owner *o, uint32_t synapse, uint32_t axon, uint32_t compartment,
                             uint32_t target);

#endif
