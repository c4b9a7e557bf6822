/* Rooms of quantisation: the network in the words that the host tools would write. */
#ifndef HMN_SPINNAKER_QUANTISE_H
#define HMN_SPINNAKER_QUANTISE_H

#include "backends/spinnaker/program.h"
#include "core/base/arena.h"
#include "core/base/diag.h"
#include "core/chip.h"

typedef struct {
    const hmn_graph *graph;
    hmn_qnet *out;
    hmn_arena *arena;
    hmn_diag *diag;
} spin_quantiser;

/* chip->quantise. */
bool spin_quantise(const hmn_graph *g, hmn_qnet *out, hmn_arena *a, hmn_diag *d);

/* Parameter words of a population; false after a report. */
bool spin_quantise_population(spin_quantiser *z, uint32_t population);

/* Holds the words of a population against what the program does with them; false after a report. */
bool spin_check_words(spin_quantiser *z, uint32_t population, const spin_model *m);

/* Shifts of a population's ring buffers, then weights and delays of the projections onto it; false after a report. */
bool spin_quantise_weights(spin_quantiser *z, uint32_t population);

/* x as an s16.15, to nearest even, as the host tools round. False: it does not fit. */
bool spin_fixed(double x, int32_t *out);

/* What one weight of 1 adds to the quantity that the language means by it (eq. SQ2): 1 but for IF_curr_delta, whose
 * weights are steps of the voltage. */
double spin_weight_gain(const hmn_graph *g, uint32_t population, uint32_t neuron);

#endif
