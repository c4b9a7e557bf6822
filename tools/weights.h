/* The plastic weights of one projection on the emulated chip and in the reference, synapse by synapse. */
#ifndef HMN_TOOLS_WEIGHTS_H
#define HMN_TOOLS_WEIGHTS_H

#include "core/machine/machine.h"
#include "core/reference/reference.h"
#include "tools/source.h"

/* Real units. Synapses are matched by (pre, post, delay), equals by weight. */
typedef struct {
    uint64_t count;                         /* matched */
    uint64_t synapses;                      /* of the network */
    uint64_t unmatched;                     /* on one side only */
    const double *chip, *reference, *start; /* [count]; start: as written */
} weight_pairs;

/* Real weight of one step on the chip, a number a projection. */
const double *weights_lsb(const hmn_qnet *q, hmn_arena *a);

bool weights_plastic(const hmn_graph *g, uint32_t projection);
weight_pairs weights_pair(const source *s, const hmn_machine *m, const hmn_reference *r, uint32_t projection,
                          hmn_arena *a);

#endif
