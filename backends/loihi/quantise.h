/* Rooms of quantisation shared by its files. */
#ifndef HMN_BACKENDS_LOIHI_QUANTISE_H
#define HMN_BACKENDS_LOIHI_QUANTISE_H

#include "backends/loihi/dialect.h"
#include "core/base/arena.h"
#include "core/base/diag.h"
#include "core/ir/qnet.h"

typedef struct {
    const hmn_graph *graph;
    hmn_qnet *out;
    hmn_arena *arena;
    hmn_diag *diag;
    loihi_dialect_id id;
    const loihi_dialect *dialect;
} quantiser;

/* chip->quantise of both generations: out->chip says which. */
bool loihi_quantise(const hmn_graph *g, hmn_qnet *out, hmn_arena *a, hmn_diag *d);

/* Registers of a population given in the chip's integers. False after a report. */
bool loihi_quantise_raw(quantiser *z, uint32_t population);

/* Registers and scale of a population given in physical units. Needs sign and weight_bits of the projections. */
bool loihi_quantise_physical(quantiser *z, uint32_t population);

/* A column of decay registers for time constants, with its row of the report. */
bool quantise_decay(quantiser *z, uint32_t population, graph_param tau, uint32_t column, bool offset, const char *name);

/* mV of membrane potential that one nA of synaptic current adds in a step, tau_m/cm (1 - exp(-dt/tau_m)) (eq. L4). */
double loihi_gain(const hmn_graph *g, uint32_t population, uint32_t neuron);

/* Greatest |weight| of a projection now or after learning, in its own unit; twice that where a bound is missing. */
double loihi_weight_reach(const hmn_graph *g, uint32_t projection);

#endif
