/* The learning engines of the three emulators: dialects nengo, lava and brian2loihi (docs/chips/loihi.md, section 7.3).
 */
#ifndef HMN_BACKENDS_LOIHI_DIALECT_LEARN_H
#define HMN_BACKENDS_LOIHI_DIALECT_LEARN_H

#include "backends/loihi/core.h"

/* What learn_pre_spike, learn_post_spike and loihi_learn do there. axon: from the first learning one. */
void dialect_pre_spike(const loihi_rom *r, loihi_state *s, const hmn_port *port, uint32_t axon, int32_t payload);
void dialect_post_spike(const loihi_rom *r, loihi_state *s, const hmn_port *port, uint32_t compartment);
void dialect_learn(const loihi_rom *r, loihi_state *s, hmn_port *port);

#endif
