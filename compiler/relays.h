/* Cores that repeat spikes later, for delays that a target does not hold (chip->stage). */
#ifndef HMN_COMPILER_RELAYS_H
#define HMN_COMPILER_RELAYS_H

#include "core/chip.h"

/* Gives every slice that needs one a relay, on a core of its own after those of the slices: *ncores grows. */
void relays_make(hmn_mapping *m, const hmn_qnet *q, const hmn_chip *chip, const hmn_slice *slice, uint32_t nslices,
                 uint32_t *ncores, hmn_arena *a);

/* Whom each relay must reach, once neurons are on cores. */
void relays_aim(hmn_mapping *m, const hmn_chip *chip, hmn_arena *a);

#endif
