/* Astrocytes on the management processor, section 7.4 of the paper:
 *
 *   A <- min(max(A + dt/tau (S E - A), 0), A_max),   M = A^n / (A^n + K^n) by a table of 65 points over 0..A_max
 *
 * A is kept with 32 fraction bits, E, S, A_max and M are s15.16. What M does to a register is in manager.h. */
#ifndef HMN_MACHINE_ASTROCYTES_H
#define HMN_MACHINE_ASTROCYTES_H

#include "core/base/arena.h"
#include "core/base/diag.h"
#include "core/ir/image.h"

enum { ASTROCYTE_LINES = 64 };

typedef struct {
    uint32_t modulator, rate; /* 2^32 dt/tau */
    int32_t gain, most;
    int32_t effect[ASTROCYTE_LINES + 1]; /* M at A = most k / 64 */
} astrocyte_facts;

/* A of the next step; M of A. A: s31.32. */
int64_t astrocyte_next(const astrocyte_facts *f, int64_t a_q32, int64_t level_q16);
int32_t astrocyte_effect(const astrocyte_facts *f, int64_t a_q32);

/* NULL after a report. */
const astrocyte_facts *astrocytes_boot(const hmn_image *image, uint32_t nmodulators, hmn_arena *a, hmn_diag *d);

#endif
