/* Terms that a rule can do without, where a chip cannot compute them. */
#ifndef HMN_COMPILER_LEARN_OPTIONAL_H
#define HMN_COMPILER_LEARN_OPTIONAL_H

#include "compiler/unit.h"

/* What of this attention over synapses the chip cannot compute, and what would work; NULL where it can. */
const char *learn_cannot_attend(const hmn_chip *chip, const net_local_attention *a, const char **cure);

/* Switches off what is optional and beyond u->chip. */
void learn_optional(hmn_unit *u);

#endif
