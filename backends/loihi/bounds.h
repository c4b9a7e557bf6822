/* Static proof that no register of a compartment wraps, or the worst case in numbers (docs/chips/loihi.md, section
 * 3.2). */
#ifndef HMN_BACKENDS_LOIHI_BOUNDS_H
#define HMN_BACKENDS_LOIHI_BOUNDS_H

#include "core/base/arena.h"
#include "core/base/diag.h"
#include "core/ir/qnet.h"

typedef enum { BOUND_Q, BOUND_U, BOUND_Z, BOUND_V, BOUND_REGISTERS } bound_register;

/* What a register can reach, and what it holds. */
typedef struct {
    int64_t low, high;
    int64_t least, most; /* it wraps below least and above most */
} bound_range;

typedef struct {
    int64_t low, high;
} bound_span;

/* What the registers of one neuron can reach while none of them wraps. */
typedef struct {
    bound_range range[BOUND_REGISTERS];
    bound_span sent; /* what it hands to the compartment that it is a dendrite of */
} loihi_bounds;

/* Bounds of every neuron of a population, by local index. */
const loihi_bounds *bounds_of(const hmn_qnet *q, uint32_t population, hmn_arena *a);

/* chip->bound: a row of the report for each population, W0704 for each that may wrap, at its worst neuron. */
void loihi_bound(hmn_qnet *q, hmn_arena *a, hmn_diag *d);

#endif
