/* Traces. Takes a trace, its settings and the step of a spike, yields its values through an epoch (eq. L11, L12).
 *
 * Every rounding draws from a block keyed by (core, owner, trace, purpose, step), so it depends neither on the order
 * of traces nor on whether others were skipped; and a draw is made only where a fraction is to be rounded.
 *
 *   decay:    12 bits a step, from an even sequence on a core with a rule that rounds (eq. L43); on others, a block
 * serves steps 8 b .. 8 b + 7, two in the low 24 bits of each word impulse:   8 bits; a block a step: word 0 at the
 * epoch's end, word 1 for a spike that a second one follows */
#include "backends/loihi/traces.h"

#include "core/base/fx.h"
#include "core/base/rng.h"

#include <string.h>

enum {
    POST_OWNER = 1u << 31,
    FOR_IMPULSE = 1u << 30,
    TRACE_SHIFT = 28,
    TRACE_MAX = 127,
    LATE_WORD = 0,
    EARLY_WORD = 1
};

/* Draws of one trace's decay: the block of 8 steps that was used last. */
typedef struct {
    const trace_owner *owner;
    uint32_t trace, block; /* block: number + 1, 0 none */
    uint32_t word[4];
} decay_draws;

static int64_t given(const trace_owner *o, hmn_draw_use use, uint32_t trace, uint32_t at)
{
    const hmn_draw_site site = {use, o->core, o->now, o->axon, o->compartment, trace, at};
    return o->draws->draw(o->draws->context, &site);
}

static uint32_t decay_draw(decay_draws *d, uint32_t step, uint32_t at)
{
    if (d->owner->draws)
        return (uint32_t)fx_shr_rd(given(d->owner, DRAW_DECAY, d->trace, at), 20);
    if (d->owner->even)
        return rng_even(d->owner->seed, RNG_EVEN, d->owner->core, d->owner->index | d->trace << TRACE_SHIFT, 0, step) >>
               20;
    if (d->block != step / 8 + 1)
        rng_block(d->owner->seed, RNG_TRACE, d->owner->core, d->owner->index | d->trace << TRACE_SHIFT, step / 8,
                  d->word);
    d->block = step / 8 + 1;
    return d->word[step % 8 / 2] >> (step % 2 * 12) & 4095;
}

static uint32_t impulse_draw(const trace_owner *o, uint32_t trace, uint32_t step, uint32_t word)
{
    uint32_t bits[4];
    if (o->draws)
        return (uint32_t)fx_shr_rd(given(o, word == LATE_WORD ? DRAW_IMPULSE : DRAW_EARLIER, trace, 0), 24);
    rng_block(o->seed, RNG_TRACE, o->core, o->index | trace << TRACE_SHIFT | (uint32_t)FOR_IMPULSE, step, bits);
    return bits[word] & 255;
}

trace_owner trace_of_axon(const loihi_rom *r, const hmn_port *port, uint32_t learning_axon)
{
    return (trace_owner){r->seed,    r->core,    learning_axon, r->first_learning + learning_axon,
                         UINT32_MAX, port->step, r->even != 0,  port->draws};
}

trace_owner trace_of_compartment(const loihi_rom *r, const hmn_port *port, uint32_t compartment)
{
    return (trace_owner){r->seed,      r->core,     (uint32_t)POST_OWNER | compartment,
                         UINT32_MAX,   compartment, port->step,
                         r->even != 0, port->draws};
}

trace_settings trace_pre(const loihi_rom *r, uint32_t learning_axon)
{
    uint32_t row = ROM(uint8_t, r, pre_trace)[learning_axon] - 1u;
    return (trace_settings){ROM(uint16_t, r, pre) + 4 * row, 2};
}

trace_settings trace_counted(const loihi_rom *r, const loihi_state *s, uint32_t learning_axon, uint16_t room[4])
{
    enum { IMPULSE_MOST = 32767 };
    const trace_settings plain = trace_pre(r, learning_axon);
    const uint8_t *by = ROM(uint8_t, r, counts) + 2 * (ROM(uint8_t, r, pre_trace)[learning_axon] - 1);
    if (!by[0])
        return plain;
    memcpy(room, plain.setting, 4 * sizeof *room);
    int64_t counts = STATE_CONST(uint16_t, r, s, counts)[learning_axon];
    for (uint32_t k = 0; k < 2; k++)
        room[2 * k] = (uint16_t)fx_sat(fx_shr_rn(room[2 * k] * counts, by[1]), 0, IMPULSE_MOST);
    return (trace_settings){room, 2};
}

trace_settings trace_post(const loihi_rom *r, uint32_t compartment)
{
    uint32_t row = ROM(uint8_t, r, post_trace)[compartment] - 1u;
    return (trace_settings){ROM(uint16_t, r, post) + 6 * row, 3};
}

static uint32_t add_impulse(const trace_owner *o, trace_settings t, uint32_t k, uint32_t x, uint32_t step,
                            uint32_t word)
{
    uint32_t impulse = t.setting[2 * k], fraction = impulse & 255;
    x += impulse >> 8;
    if (fraction)
        x += impulse_draw(o, k, step, word) < fraction;
    return x < TRACE_MAX ? x : TRACE_MAX;
}

uint8_t trace_impulse(const trace_owner *o, trace_settings t, uint32_t k, uint8_t x, uint32_t step)
{
    return (uint8_t)add_impulse(o, t, k, x, step, EARLY_WORD);
}

static bool one_epoch(const trace_owner *o, trace_settings t, uint32_t k, uint32_t start, uint32_t epoch,
                      uint32_t spike, uint8_t *h)
{
    decay_draws draws = {.owner = o, .trace = k};
    uint32_t x = h[0], factor = t.setting[2 * k + 1], any = 0;
    for (uint32_t s = 1; s <= epoch; s++) {
        uint32_t exact = x * factor;
        x = exact >> 12;
        if (exact & 4095)
            x += decay_draw(&draws, start + s - 1, s) < (exact & 4095);
        if (s == spike)
            x = add_impulse(o, t, k, x, start + s - 1, LATE_WORD);
        h[s] = (uint8_t)x;
        any |= x;
    }
    return any != 0;
}

uint32_t trace_epoch(const trace_owner *o, trace_settings t, uint32_t start, uint32_t epoch, uint32_t spike,
                     trace_history *h)
{
    uint32_t any = 0;
    for (uint32_t k = 0; k < t.count; k++) {
        if (h[k][0] || (spike && t.setting[2 * k]))
            any |= (uint32_t)one_epoch(o, t, k, start, epoch, spike, h[k]) << k;
        else
            memset(h[k] + 1, 0, epoch);
    }
    return any;
}
