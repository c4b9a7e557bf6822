/* The parts of pass_learn. */
#ifndef HMN_COMPILER_LEARN_H
#define HMN_COMPILER_LEARN_H

#include "core/base/arena.h"
#include "core/base/diag.h"
#include "core/chip.h"
#include "core/ir/qnet.h"

/* One plasticity rule on its way to one microcode program. */
typedef struct {
    const hmn_net *net;
    const net_rule *rule;
    const char *subject; /* "projection NAME", for the report */
    const hmn_limits *limits;
    double dt;    /* ms */
    double w_lsb; /* real weight of one step of the weight scale */
    hmn_qnet *qnet;
    hmn_arena *arena;
    hmn_diag *diag;
    /* made */
    hmn_rule out;
    qnet_channel channel;
    bool uses_channel, inert; /* inert: nothing can change, stays static */
} lowering;

/* Rules of type stdp and hmn. */
bool learn_pairing(lowering *l);

/* learn_gates.c: equation 7 as an attention of the register; equation 4 but for the phase, which is a bin's own. */
bool learn_attention(lowering *l);
void learn_phase_gate(lowering *l);
uint32_t learn_phase(uint32_t bin, uint32_t bins); /* in turns of 2^32 */

/* A number of the form m * 2^e that a product can be scaled with. */
typedef struct {
    int8_t mantissa, exponent;
    double value;
} learn_scale;

learn_scale learn_nearest(const hmn_limits *limits, double x);
learn_scale learn_at_least(const hmn_limits *limits, double x); /* smallest >= x; the largest when none is */

/* What a trace adds at a spike: as large as possible, but a regular train of one spike each 10 ms does not saturate
 * its 7 bits. tau in steps. */
double learn_room(double tau, double dt);

rule_trace learn_trace(double impulse, double tau); /* tau in steps */

/* Right shift of a product with these factors, max(0, sum of widths + 4 - 15) (Lava's fixed-point model). */
uint32_t learn_shift(const rule_factor *factor, uint32_t n);

void learn_report(lowering *l, qnet_report_row row);

#endif
