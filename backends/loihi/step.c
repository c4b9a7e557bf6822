/* One phase of one core, and what may be read between steps. Takes rom, state and a port; the work is in
 * deliver.c, update.c and learn.c. */
#include "backends/loihi/core.h"

#include "backends/loihi/arithmetic.h"

#include "core/base/bug.h"

static void send(const loihi_rom *r, hmn_port *port)
{
    const uint32_t *row = ROM(uint32_t, r, route_row);
    port->nout = 0;
    for (uint32_t i = 0; i < port->nfired; i++)
        for (uint32_t k = row[port->fired[i]]; k < row[port->fired[i] + 1]; k++)
            port->out[port->nout++] = (hmn_packet){ROM(uint32_t, r, route_core)[k], ROM(uint32_t, r, route_axon)[k],
                                                   port->payload[i], port->fired[i]};
}

void loihi_step(const void *rom, void *state, hmn_phase phase, hmn_port *port)
{
    const loihi_rom *r = rom;
    switch (phase) {
    case PHASE_DELIVER: loihi_deliver(r, state, port); break;
    case PHASE_UPDATE: loihi_update(r, state, port); break;
    case PHASE_SEND: send(r, port); break;
    case PHASE_LEARN:
        if (r->nlearning)
            loihi_learn(r, state, port);
        break;
    }
}

void loihi_write_bias(const void *rom, void *state, uint32_t compartment, int32_t bias)
{
    const loihi_rom *r = rom;
    HMN_ASSERT(compartment < r->n);
    STATE(int32_t, r, state, bias)[compartment] = bias;
    ((loihi_state *)state)->biased |= bias != 0;
}

int32_t loihi_read(const void *rom, const void *state, hmn_variable var, uint32_t index)
{
    const loihi_rom *r = rom;
    bool pre = var == VAR_X1 || var == VAR_X2, post = var == VAR_Y1 || var == VAR_Y2 || var == VAR_Y3;
    HMN_ASSERT(index < (pre ? r->axons : r->n));
    if ((pre && index < r->first_learning) || (post && r->nlearning == 0))
        return 0;
    switch (var) {
    case VAR_U: return core_current(r, state, index);
    case VAR_V: return STATE_CONST(int32_t, r, state, v)[index];
    case VAR_X1: return STATE_CONST(uint8_t, r, state, x1)[index - r->first_learning];
    case VAR_X2: return STATE_CONST(uint8_t, r, state, x2)[index - r->first_learning];
    case VAR_Y1: return STATE_CONST(uint8_t, r, state, y1)[index];
    case VAR_Y2: return STATE_CONST(uint8_t, r, state, y2)[index];
    case VAR_Y3: return STATE_CONST(uint8_t, r, state, y3)[index];
    }
    return 0;
}

static hmn_synapse static_synapse(const loihi_rom *r, uint32_t axon, const core_run *run, uint32_t index)
{
    uint32_t cell = ROM(uint32_t, r, fixed)[index] & 0xFFFF;
    return (hmn_synapse){.axon = axon,
                         .compartment = cell % r->npad,
                         .projection = run->projection,
                         .weight = ROM(int16_t, r, raw)[index],
                         .delay = (int32_t)(cell / r->npad)};
}

static hmn_synapse plastic_synapse(const loihi_rom *r, const void *state, uint32_t axon, const core_run *run,
                                   uint32_t index)
{
    return (hmn_synapse){.axon = axon,
                         .compartment = ROM(loihi_synapse, r, plastic)[index].compartment,
                         .projection = run->projection,
                         .weight = STATE_CONST(int16_t, r, state, weight)[index],
                         .delay = STATE_CONST(uint8_t, r, state, delay)[index],
                         .tag = STATE_CONST(int16_t, r, state, tag)[index],
                         .second = r->seconds ? STATE_CONST(int16_t, r, state, second)[index] : 0,
                         .key = r->ndraws ? ROM(uint32_t, r, number)[index] : 0};
}

uint64_t loihi_synapses(const void *rom, const void *state, uint64_t first, hmn_synapse *out, uint64_t room)
{
    const loihi_rom *r = rom;
    const uint32_t *row = ROM(uint32_t, r, axon_run);
    uint64_t number = 0, n = 0;
    for (uint32_t a = 0; a < r->axons && n < room; a++) {
        uint32_t here = ROM(uint32_t, r, axon_synapses)[a];
        if (number + here <= first) {
            number += here;
            continue;
        }
        for (uint32_t k = row[a]; k < row[a + 1]; k++) {
            const core_run *run = &ROM(core_run, r, run)[k];
            for (uint32_t i = 0; i < run->count && n < room; i++, number++)
                if (number >= first)
                    out[n++] = run->kind == RUN_PLASTIC ? plastic_synapse(r, state, a, run, run->first + i)
                                                        : static_synapse(r, a, run, run->first + i);
        }
    }
    return n;
}
