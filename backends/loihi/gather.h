/* Population spikes: sources of a core that share input axons (section 6 of docs/chips/loihi.md). */
#ifndef HMN_BACKENDS_LOIHI_GATHER_H
#define HMN_BACKENDS_LOIHI_GATHER_H

#include "backends/loihi/layout.h"

enum {
    GATHER_ATOMS = 1024, /* of an input axon */
    GATHER_SLOTS = 2     /* entries of the output axon table that a message with an atom takes; others take 1 */
};

/* Joins the static lines of a core, given as ascending source neurons. line[k]: which of them comes k-th; axon[k],
 * atom[k] [n]: of the k-th. Returns the axons in use. */
uint32_t gather_lines(const core_layout *l, const uint32_t *neuron, uint32_t n, uint32_t *line, uint32_t *axon,
                      uint32_t *atom, hmn_arena *a);

/* chip->gather */
uint32_t loihi_gather(const hmn_mapping *m, uint32_t core, uint32_t *line, uint32_t *axon, uint32_t *atom,
                      hmn_arena *scratch);

#endif
