/* Prints the lowering report: what each quantity of a network became in the chip's integers. */
#ifndef HMN_TOOLS_LOWERING_H
#define HMN_TOOLS_LOWERING_H

#include "core/ir/qnet.h"
#include "tools/json_out.h"

void lowering_text(const hmn_qnet *q, FILE *out);
void lowering_json(const hmn_qnet *q, json_out *j); /* an array "lowering" in the object open in j */

const char *lowering_verdict(qnet_verdict v);

#endif
