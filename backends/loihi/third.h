/* Third factors that neurons write (eq. M8). */
#ifndef HMN_BACKENDS_LOIHI_THIRD_H
#define HMN_BACKENDS_LOIHI_THIRD_H

#include "backends/loihi/core.h"

/* After the neurons of a step: their registers of y1, y2, y3, and what the learning engine reads of them. */
void third_write(const loihi_rom *r, loihi_state *s, const int32_t *fired);

/* The register that the management processor writes into y3 of a compartment, n: number n - 1; 0: none. */
uint32_t third_register(const loihi_rom *r, uint32_t compartment);
/* It does, before the engine begins. */
void third_steer(const loihi_rom *r, loihi_state *s, const hmn_port *port);

#endif
