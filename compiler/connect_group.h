/* One group of a connector; connect_groups.c puts groups together. The populations of a request are as long as the
 * group here, and neurons count from 0 in each. */
#ifndef HMN_COMPILER_CONNECT_GROUP_H
#define HMN_COMPILER_CONNECT_GROUP_H

#include "compiler/connect.h"

bool connect_check_group(const connect_request *r);
double connect_estimate_group(const connect_request *r);
/* `key` is that of all draws. False when there are more than 2^32 - 1 synapses, or after a report. */
bool connect_build_group(const connect_request *r, uint64_t key, connect_pairs *out);

#endif
