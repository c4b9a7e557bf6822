/* Third factors that neurons write (second generation). Takes the registers of the neurons after a step and who fired,
 * yields y1, y2 and y3 of those whose program writes them (eq. M8).
 *
 * A program keeps a register for each, because the engine's own trace is a place of 7 bits that a rule reads, not one
 * that it keeps a sign in. Traces that a program does not write stay what they are. */
#include "backends/loihi/third.h"

#include "backends/loihi/arithmetic.h"
#include "core/base/bug.h"
#include "core/ir/net.h"

enum { FACTORS = 3, LEAST = -128, MOST = 127 };

static int32_t source(const loihi_rom *r, const loihi_state *s, const int32_t *fired, net_third_source of, uint32_t i)
{
    switch (of) {
    case THIRD_V: return STATE_CONST(int32_t, r, s, v)[i];
    case THIRD_U: return STATE_CONST(int32_t, r, s, u)[i];
    case THIRD_U_INH: return STATE_CONST(int32_t, r, s, u2)[i];
    case THIRD_ADAPTATION: return STATE_CONST(int32_t, r, s, risen)[i];
    case THIRD_SPIKE: return fired[i];
    case THIRD_UNWRITTEN:
    case THIRD_SOURCES: break;
    }
    HMN_BUG("compartment %u writes a third factor from nowhere", i);
}

/* To where the rules of the compartment read it: one trace for all, or one a rule that takes third factors. */
static void publish(const loihi_rom *r, loihi_state *s, uint32_t i, uint32_t k, int32_t value)
{
    if (!r->nlearning || !ROM(uint8_t, r, post_trace)[i])
        return;
    if (!loihi_own_traces((loihi_dialect_id)r->dialect)) {
        uint8_t *const y[] = {STATE(uint8_t, r, s, y1), STATE(uint8_t, r, s, y2), STATE(uint8_t, r, s, y3)};
        y[k][i] = (uint8_t)clip(value, 0, MOST);
        return;
    }
    for (uint32_t plane = 0; plane < r->planes; plane++)
        if (ROM(core_profile, r, profile)[plane].held)
            STATE(int16_t, r, s, held)[((size_t)plane * FACTORS + k) * r->npad + i] = (int16_t)value;
}

static int32_t next(const core_third *t, int32_t y, int32_t x)
{
    int64_t added = fx_shr_rd((int64_t)x * t->gain, t->shift);
    return (int32_t)fx_sat(fx_decay12_rz(y, (uint32_t)t->keep) + added, LEAST, MOST);
}

void third_write(const loihi_rom *r, loihi_state *s, const int32_t *fired)
{
    uint32_t moving = 0;
    for (uint32_t i = 0; i < r->n; i++)
        for (uint32_t k = 0; k < FACTORS; k++) {
            const core_third *t = &ROM(core_third, r, third)[FACTORS * i + k];
            if (t->source == THIRD_UNWRITTEN)
                continue;
            int32_t *y = &STATE(int32_t, r, s, third)[k * r->npad + i];
            *y = next(t, *y, source(r, s, fired, (net_third_source)t->source, i));
            publish(r, s, i, k, *y);
            moving |= (uint32_t)*y;
        }
    s->awake |= moving != 0;
}
