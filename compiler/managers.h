/* Cores of the management processor, where packets bring its broadcasts to those that learn (chip->managed). */
#ifndef HMN_COMPILER_MANAGERS_H
#define HMN_COMPILER_MANAGERS_H

#include "core/chip.h"

/* Gives every router with managed cores a management core of its own, behind all others: m->ncores, m->site and
 * m->core_first_slice grow. Wants placed slices. */
void managers_make(hmn_mapping *m, const hmn_chip *chip, hmn_arena *a);

/* Does a manager (0 .. nmanagers - 1) count the spikes of a slice? Those of populations whose rate is a modulator count
 * all managers, those of neurons whose bias adapts the one beside them. */
bool managers_count(const hmn_mapping *m, const hmn_chip *chip, uint32_t manager, const hmn_slice *slice);

#endif
