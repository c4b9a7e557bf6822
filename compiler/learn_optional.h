/* Terms that a rule can do without, where a chip cannot compute them. */
#ifndef HMN_COMPILER_LEARN_OPTIONAL_H
#define HMN_COMPILER_LEARN_OPTIONAL_H

#include "compiler/unit.h"

void learn_optional(hmn_unit *u);

#endif
