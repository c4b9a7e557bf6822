/* Connectors: which neurons of two populations are joined. */
#ifndef HMN_COMPILER_CONNECT_H
#define HMN_COMPILER_CONNECT_H

#include "core/base/arena.h"
#include "core/base/diag.h"
#include "core/ir/net.h"

typedef struct {
    const net_projection *projection;
    const net_population *pre, *post;
    uint64_t seed; /* of the run */
    hmn_arena *arena;
    hmn_diag *diag;
} connect_request;

/* Synapses by presynaptic neuron, targets ascending within a row. */
typedef struct {
    uint32_t *row;    /* [pre size + 1] */
    uint32_t *target; /* [count] */
    uint32_t *origin; /* [count] row of the list, or kernel entry, of each synapse; NULL: connector without either */
    uint64_t count;
} connect_pairs;

/* Checks sizes, shapes and indices; reports what is wrong. To be called first. */
bool connect_check(const connect_request *r);

/* Synapses to be expected: exact for deterministic connectors (an upper bound for conv2d), the mean for random
 * ones, by sampling for distance-dependent ones. */
double connect_estimate(const connect_request *r);

/* False after a report (more than 2^32 - 1 synapses). */
bool connect_build(const connect_request *r, connect_pairs *out);

/* Output height and width of a convolution; 0 when the kernel does not fit. */
void connect_conv_shape(const net_connector *c, const net_population *pre, uint32_t out[2]);

#endif
