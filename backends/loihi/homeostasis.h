/* Homeostasis of a population in physical units, for the management processor. */
#ifndef HMN_BACKENDS_LOIHI_HOMEOSTASIS_H
#define HMN_BACKENDS_LOIHI_HOMEOSTASIS_H

#include "backends/loihi/quantise.h"

/* How far a bias may go, |mV| a step: four times what makes a neuron just fire, and i_offset; 0 without homeostasis. */
double homeostasis_reach(const hmn_graph *g, uint32_t population, uint32_t neuron);

/* Fills qnet_population.bias; needs the columns of biases. False after a report. */
bool homeostasis_quantise(quantiser *z, uint32_t population, double lsb);

#endif
