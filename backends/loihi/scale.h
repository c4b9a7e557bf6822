/* The scale of a physical population and what it follows from. */
#ifndef HMN_BACKENDS_LOIHI_SCALE_H
#define HMN_BACKENDS_LOIHI_SCALE_H

#include "backends/loihi/quantise.h"

enum { SCALE_Z_LIMIT = (1 << 23) - 1 };

/* Standard deviation of a uniform integer in -127..127. */
#define SCALE_NOISE_DEVIATION 73.611593

/* v_lsb of the population (eq. L9). False after a report. Needs sign and weight_bits of its inputs. */
bool scale_choose(quantiser *z, uint32_t population, double *lsb);

/* Which receptors the population's inputs use: bit 0 excitatory, bit 1 inhibitory. */
uint32_t scale_receptors(const hmn_graph *g, uint32_t population);

/* Inputs through both receptors; host currents count as excitatory. */
bool scale_uses_both(const hmn_graph *g, uint32_t population);

/* Both receptors with time constants of their own: two currents (eq. M2). */
bool scale_two_currents(const hmn_graph *g, uint32_t population);

/* Time constant of the one synaptic current. */
graph_param scale_tau_syn(const hmn_graph *g, uint32_t population);

/* Greatest bias in registers. */
double scale_bias_limit(const loihi_dialect *d);

#endif
