/* What a compartment makes of its dendrites (eq. J1-J4). */
#ifndef HMN_BACKENDS_LOIHI_JOIN_H
#define HMN_BACKENDS_LOIHI_JOIN_H

#include "backends/loihi/core.h"
#include "core/ir/net.h"

/* What the dendrites of a compartment sent in this step; 0 and false where there is none. */
typedef struct {
    net_join join;
    int32_t a, b;
    bool a_fired, b_fired, second; /* second: there are two */
} join_input;

/* Dendrites are updated before what they join: fired[] holds theirs already. */
join_input join_gather(const loihi_rom *r, const loihi_state *s, const int32_t *fired, uint32_t compartment);

int32_t join_current(const join_input *in, int32_t u); /* what drives v in place of u (eq. J2) */
bool join_moves_voltage(const join_input *in);         /* is there an equation J3? */
int32_t join_voltage(const join_input *in, int32_t v); /* v before it is clipped (eq. J3) */
bool join_fires(const join_input *in, bool above);     /* above: v > threshold (eq. J4) */

#endif
