/* Traces of the dialects. Takes a trace and its curve, yields its values through an epoch (eq. D1-D5).
 *
 * A curve is a table made at compile time: what each value becomes in one step, as an integer part and a fraction of
 * 2^-32. So the real exponential of the emulators is replayed without floating point: a draw that lies nearer to the
 * fraction than 2^-32 could be decided otherwise, and none of 53 random bits is likely to.
 *
 * Sharing of draws: Lava rounds all steps of an epoch and all traces of a side with one draw; here that holds for
 * each axon and compartment by itself, so that neurons do not move together. nengo-loihi and brian2_loihi draw for
 * each trace. */
#include "backends/loihi/dialect_traces.h"

#include "backends/loihi/dialect.h"

#include "core/base/fx.h"
#include "core/base/rng.h"

enum { POST_OWNER = 1u << 31, FOR_EARLIER = 1u << 30, PLANE_SHIFT = 24, TRACE_MAX = 127, IMPULSE_WORD = 3 };

static int64_t draw(const dialect_owner *o, hmn_draw_use use, uint32_t k, uint32_t at)
{
    const loihi_rom *r = o->r;
    if (o->port->draws) {
        const hmn_draw_site site = {.use = use,
                                    .core = r->core,
                                    .step = o->port->step,
                                    .axon = o->post ? UINT32_MAX : r->first_learning + o->index,
                                    .compartment = o->post ? o->index : UINT32_MAX,
                                    .which = k,
                                    .at = at};
        return o->port->draws->draw(o->port->draws->context, &site);
    }
    uint32_t bits[4], owner = o->index | (o->post ? (uint32_t)POST_OWNER : 0);
    owner |= use == DRAW_EARLIER ? (uint32_t)FOR_EARLIER : 0;
    rng_block(r->seed, RNG_TRACE, r->core | o->plane << PLANE_SHIFT, owner, o->port->step, bits);
    bool lava = r->dialect == DIALECT_LAVA;
    if (use == DRAW_DECAY)
        return bits[lava ? 0 : k];
    return lava ? (int64_t)fx_shl(bits[IMPULSE_WORD] >> 25, 24) : bits[IMPULSE_WORD]; /* 0..127 of 256 */
}

int64_t dialect_synapse_draw(const dialect_owner *o, uint32_t synapse, uint32_t axon, uint32_t compartment,
                             uint32_t target)
{
    if (o->port->draws) {
        const hmn_draw_site site = {DRAW_SYNAPSE, o->r->core, o->port->step, axon, compartment, target, 0};
        return o->port->draws->draw(o->port->draws->context, &site);
    }
    uint32_t bits[4];
    rng_block(o->r->seed, RNG_SYNAPSE, o->r->core, synapse, o->number, bits);
    return bits[o->r->dialect == DIALECT_LAVA ? 0 : target];
}

static uint32_t setting(const dialect_owner *o, uint32_t k, uint32_t column)
{
    return o->post ? ROM(uint16_t, o->r, post)[6 * o->plane + 2 * k + column]
                   : ROM(uint16_t, o->r, pre)[4 * o->plane + 2 * k + column];
}

/* x after one step of decay, s31.32. Curves are odd. */
static int64_t decayed(const dialect_owner *o, uint32_t k, int32_t x)
{
    uint32_t curve = setting(o, k, 1), size = (uint32_t)(x < 0 ? -x : x);
    if (curve == 0)
        return 0;
    int64_t f =
        (int64_t)ROM(uint64_t, o->r, curve)[(curve - 1) * CORE_CURVE + (size < CORE_CURVE ? size : CORE_CURVE - 1)];
    return x < 0 ? -f : f;
}

static uint32_t fraction_of(int64_t x) { return (uint32_t)((uint64_t)x & UINT32_MAX); }

/* Rounds s31.32. A draw is made only when there is a fraction. */
static int32_t rounded(const dialect_owner *o, uint32_t k, int64_t x, uint32_t at)
{
    int32_t whole = (int32_t)fx_shr_rd(x, 32);
    uint32_t fraction = fraction_of(x);
    return whole + (fraction && draw(o, DRAW_DECAY, k, at) < (int64_t)fraction);
}

uint8_t dialect_impulse(const dialect_owner *o, uint32_t k, int32_t x, hmn_draw_use use)
{
    uint32_t impulse = setting(o, k, 0), fraction = impulse & 255;
    x += (int32_t)(impulse >> 8);
    if (fraction) { /* a presynaptic spike that another one follows always rounds up in Lava */
        bool up = use == DRAW_EARLIER && !o->post;
        x += up || draw(o, use, k, 0) < (int64_t)fx_shl(fraction, 24);
    }
    return (uint8_t)fx_sat(x, 0, TRACE_MAX);
}

void dialect_trace_lava(const dialect_owner *o, uint32_t k, uint32_t epoch, uint32_t spike, bool held, int16_t *h)
{
    for (uint32_t s = 1; s <= epoch; s++) {
        h[s] = (int16_t)rounded(o, k, decayed(o, k, h[s - 1]), s);
        if (s == spike)
            h[s] = held ? (int16_t)fx_sat(h[s], 0, TRACE_MAX) : dialect_impulse(o, k, h[s], DRAW_IMPULSE);
    }
}

void dialect_trace_nengo(const dialect_owner *o, uint32_t k, uint32_t epoch, uint32_t spike, int16_t *h)
{
    int64_t x = decayed(o, k, h[0]) + (spike ? fx_shl(setting(o, k, 0), 24) : 0);
    int16_t after = (int16_t)fx_sat(rounded(o, k, x, epoch), 0, TRACE_MAX);
    for (uint32_t s = 1; s <= epoch; s++)
        h[s] = after;
}

void dialect_trace_brian(const dialect_owner *o, uint32_t k, bool spike, uint8_t *late, int16_t *h)
{
    h[0] = (int16_t)(fx_shr_rd(decayed(o, k, h[0]), 32) + (*late >> k & 1));
    uint32_t fraction = fraction_of(decayed(o, k, h[0]));
    bool up = fraction && draw(o, DRAW_DECAY, k, 1) < (int64_t)fraction;
    *late = (uint8_t)((*late & ~(1u << k)) | (uint32_t)up << k);
    h[1] = spike ? dialect_impulse(o, k, h[0], DRAW_IMPULSE) : h[0];
}
