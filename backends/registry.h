/* The chips this program knows. */
#ifndef HMN_BACKENDS_REGISTRY_H
#define HMN_BACKENDS_REGISTRY_H

#include "core/chip.h"

const hmn_chip *const *registry_chips(uint32_t *count);
const hmn_chip *registry_find(const char *name); /* NULL: unknown */

#endif
