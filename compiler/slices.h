/* Slices on cores as a mapping, and slices that the network itself asks for (target.place). */
#ifndef HMN_COMPILER_SLICES_H
#define HMN_COMPILER_SLICES_H

#include "compiler/unit.h"

/* Fills the mapping from slices sorted by (core, base); cores are 0 .. ncores - 1. The array is kept. */
void slices_freeze(hmn_mapping *m, const hmn_qnet *q, hmn_slice *slice, uint32_t nslices, uint32_t ncores,
                   hmn_arena *a);

/* Makes u->mapping of target.place: a logical core for each core named, ascending; rows of a core in order. False after
 * a report when a core does not exist or does not hold what is placed on it. */
bool slices_given(hmn_unit *u);

/* The physical core of each logical core, as target.place names them. */
uint32_t *slices_sites(const hmn_unit *u);

#endif
