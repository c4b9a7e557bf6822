/* Vectors of the sum-of-products unit alone: rule texts and accumulators. */
#ifndef HMN_TOOLS_VECTOR_RULE_H
#define HMN_TOOLS_VECTOR_RULE_H

#include "core/base/arena.h"

#include <jansson.h>
#include <stdbool.h>

bool vector_is_rule(const json_t *json);

/* Parses the rule's text and evaluates it for each synapse. NULL when all accumulators agree, or when the text is one
 * that Lava's parser rejects and ours does too; else what does not agree. */
const char *vector_run_rule(const json_t *json, hmn_arena *a);

#endif
