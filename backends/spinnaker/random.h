/* The generator of SpiNNaker cores and the variates drawn from it (docs/chips/spinnaker.md, eq. S17-S19). Its order
 * matters: one state a core, drawn in neuron order, hence the same on any number of host threads. */
#ifndef HMN_SPINNAKER_RANDOM_H
#define HMN_SPINNAKER_RANDOM_H

#include <stdint.h>

/* Marsaglia's KISS with a 64-bit multiply-with-carry. */
typedef struct {
    uint32_t x, y, z, carry;
} spin_kiss;

/* The state that the library starts from when nobody seeds it. */
extern const spin_kiss spin_kiss_default;

/* Makes any four words a valid state. */
void spin_kiss_validate(spin_kiss *k);

uint32_t spin_kiss_draw(spin_kiss *k);

/* Mean 1, an s1615. */
int32_t spin_exponential(spin_kiss *k);

/* Events of a step; exp_minus_mean: e^-mean as a u032. */
uint32_t spin_poisson(spin_kiss *k, uint32_t exp_minus_mean);

#endif
