/* Homeostasis of biases, b_j <- b_j + eta_b (r* dt - z_j), by the management processor: it counts the spikes of the
 * neurons that adapt and rewrites their biases every QNET_BIAS_EPOCH steps. Its program is the image's table of
 * biases. Fixed point s47.16 in units of the bias's register. */
#ifndef HMN_MACHINE_BIASES_H
#define HMN_MACHINE_BIASES_H

#include "core/ir/image.h"
#include "core/ir/qnet.h"
#include "core/machine/machine.h"

typedef struct {
    int64_t bias_q16;
    uint32_t spikes; /* since biases were written */
    uint32_t pad;
} bias_state;

typedef struct {
    uint32_t neuron;
    qnet_bias rule;
} bias_facts;

typedef struct {
    bias_state *state; /* [count], part of the digest */
    const bias_facts *facts;
    uint32_t count;
    const uint32_t *row_of; /* [nneurons] row of each neuron, UINT32_MAX: none */
} hmn_biases;

/* b after an epoch with so many spikes, and what is written for it. */
int64_t bias_next(const qnet_bias *rule, int64_t bias_q16, uint32_t spikes);
int32_t bias_written(const qnet_bias *rule, int64_t bias_q16);

bool biases_boot(hmn_machine *m, hmn_diag *d);
void biases_step(hmn_machine *m); /* after the neurons of a step; nothing while learning is off */

#endif
