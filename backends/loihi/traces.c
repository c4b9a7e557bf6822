/* Traces. Takes a trace, its settings and the step of a spike, yields its values through an epoch (eq. L11, L12).
 *
 * Every rounding draws from a block keyed by (core, owner, step), so it depends neither on the order of traces nor
 * on whether others were skipped:  word 0, 1: decay of trace 0, 1 | 2    word 2: impulses at the epoch's end
 * word 3: impulses of spikes that a second one follows. Draws are made only where a fraction is to be rounded. */
#include "backends/loihi/traces.h"

#include "core/base/fx.h"
#include "core/base/rng.h"

enum { POST_OWNER = 1u << 31, TRACE_MAX = 127, LATE_WORD = 2, EARLY_WORD = 3 };

typedef struct {
    trace_owner owner;
    uint32_t step;
    bool drawn;
    uint32_t word[4];
} draws;

static uint32_t draw(draws *d, uint32_t word, uint32_t low, uint32_t bits)
{
    if (!d->drawn)
        rng_block(d->owner.seed, RNG_TRACE, d->owner.core, d->owner.index, d->step, d->word);
    d->drawn = true;
    return d->word[word] >> low & ((1u << bits) - 1);
}

trace_owner trace_of_axon(const loihi_rom *r, uint32_t learning_axon)
{
    return (trace_owner){r->seed, r->core, learning_axon};
}

trace_owner trace_of_compartment(const loihi_rom *r, uint32_t compartment)
{
    return (trace_owner){r->seed, r->core, (uint32_t)POST_OWNER | compartment};
}

trace_settings trace_pre(const loihi_rom *r, uint32_t learning_axon)
{
    uint32_t row = ROM(uint8_t, r, pre_trace)[learning_axon] - 1u;
    return (trace_settings){ROM(uint16_t, r, pre) + 4 * row, 2};
}

trace_settings trace_post(const loihi_rom *r, uint32_t compartment)
{
    uint32_t row = ROM(uint8_t, r, post_trace)[compartment] - 1u;
    return (trace_settings){ROM(uint16_t, r, post) + 6 * row, 3};
}

static uint8_t add_impulse(draws *d, trace_settings t, uint32_t k, uint32_t x, uint32_t word)
{
    uint32_t impulse = t.setting[2 * k], fraction = impulse & 255;
    x += impulse >> 8;
    if (fraction)
        x += draw(d, word, 8 * k, 8) < fraction;
    return (uint8_t)(x < TRACE_MAX ? x : TRACE_MAX);
}

static uint32_t decay(draws *d, trace_settings t, uint32_t k, uint32_t x)
{
    uint32_t exact = x * t.setting[2 * k + 1], fraction = exact & 4095;
    if (fraction == 0)
        return exact >> 12;
    return (uint32_t)fx_shr_sr(exact, 12, k < 2 ? draw(d, 0, 12 * k, 12) : draw(d, 1, 0, 12));
}

uint8_t trace_impulse(trace_owner o, trace_settings t, uint32_t k, uint8_t x, uint32_t step)
{
    draws d = {.owner = o, .step = step};
    return add_impulse(&d, t, k, x, EARLY_WORD);
}

void trace_epoch(trace_owner o, trace_settings t, uint32_t start, uint32_t epoch, uint32_t spike, trace_history *h)
{
    for (uint32_t s = 1; s <= epoch; s++) {
        draws d = {.owner = o, .step = start + s - 1};
        for (uint32_t k = 0; k < t.count; k++) {
            uint32_t x = h[k][s - 1] ? decay(&d, t, k, h[k][s - 1]) : 0;
            h[k][s] = s == spike ? add_impulse(&d, t, k, x, LATE_WORD) : (uint8_t)x;
        }
    }
}
