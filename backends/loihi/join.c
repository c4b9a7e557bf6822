/* Neurons of several compartments. Takes what the dendrites of a compartment hand it in a step, yields what drives its
 * v, its v, or whether it fires (eq. J1-J4).
 *
 * The five operations on u are those on v: each forms one number from its own and the dendrites'. A dendrite's number
 * is what its register holds after its own step, so nothing is kept between steps and no stack is needed. */
#include "backends/loihi/join.h"

#include "backends/loihi/arithmetic.h"

static int32_t handed(const loihi_rom *r, const loihi_state *s, uint32_t compartment)
{
    if (ROM(core_join, r, join)[compartment].sends_u)
        return core_current(r, s, compartment);
    return STATE_CONST(int32_t, r, s, v)[compartment];
}

join_input join_gather(const loihi_rom *r, const loihi_state *s, const int32_t *fired, uint32_t compartment)
{
    const core_join *j = &ROM(core_join, r, join)[compartment];
    join_input in = {.join = (net_join)j->join};
    if (j->first) {
        in.a = handed(r, s, compartment - j->first);
        in.a_fired = fired[compartment - j->first] != 0;
    }
    if (j->second) {
        in.b = handed(r, s, compartment - j->second);
        in.b_fired = fired[compartment - j->second] != 0;
        in.second = true;
    }
    return in;
}

static int32_t greater(int32_t x, int32_t y) { return x > y ? x : y; }
static int32_t lesser(int32_t x, int32_t y) { return x < y ? x : y; }

static int32_t combine(const join_input *in, int32_t own)
{
    switch (in->join) {
    case JOIN_ADD_U:
    case JOIN_ADD_V: return sum(sum(own, in->a), in->b);
    case JOIN_MAX_U:
    case JOIN_MAX_V: own = greater(own, in->a); return in->second ? greater(own, in->b) : own;
    case JOIN_MIN_U:
    case JOIN_MIN_V: own = lesser(own, in->a); return in->second ? lesser(own, in->b) : own;
    case JOIN_PASS_U:
    case JOIN_PASS_V: return in->a_fired ? sum(own, in->b) : 0;
    case JOIN_BLOCK_U:
    case JOIN_BLOCK_V: return in->a_fired ? 0 : sum(own, in->b);
    case JOIN_NONE:
    case JOIN_OR:
    case JOIN_AND:
    case JOIN_COUNT: break;
    }
    return own;
}

int32_t join_current(const join_input *in, int32_t u)
{
    return in->join >= JOIN_ADD_U && in->join <= JOIN_BLOCK_U ? combine(in, u) : u;
}

bool join_moves_voltage(const join_input *in) { return in->join >= JOIN_ADD_V && in->join <= JOIN_BLOCK_V; }
int32_t join_voltage(const join_input *in, int32_t v) { return combine(in, v); }

bool join_fires(const join_input *in, bool above)
{
    if (in->join == JOIN_OR)
        return above || in->a_fired || in->b_fired;
    if (in->join == JOIN_AND)
        return above && in->a_fired && (in->b_fired || !in->second);
    return above;
}
