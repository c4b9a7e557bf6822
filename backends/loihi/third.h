/* Third factors that neurons write (eq. M8). */
#ifndef HMN_BACKENDS_LOIHI_THIRD_H
#define HMN_BACKENDS_LOIHI_THIRD_H

#include "backends/loihi/core.h"

/* After the neurons of a step: their registers of y1, y2, y3, and what the learning engine reads of them. */
void third_write(const loihi_rom *r, loihi_state *s, const int32_t *fired);

#endif
