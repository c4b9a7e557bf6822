/* chip->storage: which forms the synapses of each projection take, and the words. */
#ifndef HMN_BACKENDS_LOIHI_STORAGE_H
#define HMN_BACKENDS_LOIHI_STORAGE_H

#include "core/chip.h"

uint32_t loihi_storage(const hmn_core_view *v, hmn_storage *out, uint32_t room);

#endif
