/* Input axons of a core that use the same blocks of synapse memory. */
#ifndef HMN_BACKENDS_LOIHI_SHARE_H
#define HMN_BACKENDS_LOIHI_SHARE_H

#include "backends/loihi/layout.h"

enum { SHARE_BASE_MOST = 255 }; /* greatest compartment base of an axon */

/* Finds them: l->share, and takes the words that are not stored again off l->words. */
void share_find(core_layout *l, hmn_arena *a);

#endif
