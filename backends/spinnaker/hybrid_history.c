/* What the HMN program keeps in a core's data memory (eqs S61, S64): for each neuron and history the spikes of the last
 * `window` words of 32 steps, a bit a step, with the trace as it stood at the begin of each word, so that no burst is
 * too long and no spike is lost before every row has seen it; and for each rule the broadcasts of its last epochs.
 *
 *   history of a neuron: last spike + 1, y there | window times: spikes | last spike + 1 before | y there
 *   broadcast: |31 epoch + 1  1|0 frozen| , one half-word a bin
 *   factor of pairings: a half-word a step of the window */
#include "backends/spinnaker/hybrid_parts.h"

#include "core/base/bug.h"
#include "core/base/fx.h"

enum { NEURON_HEAD = 2, ENTRY = 3 };

uint32_t hybrid_decayed(const uint32_t *region, hybrid_decay d, uint32_t x, uint32_t t)
{
    uint32_t coarse = t / 32;
    if (coarse > d.size)
        return 0;
    if (t % 32)
        x = (uint32_t)((uint64_t)x * row_half(region + d.table, t % 32) >> 16);
    return coarse ? (uint32_t)((uint64_t)x * row_half(region + d.table, 31 + coarse) >> 16) : x;
}

static uint32_t *neuron_words(const hybrid_core *c, uint32_t history, uint32_t neuron)
{
    return c->state + ((size_t)history * c->rules->nneurons + neuron) * (NEURON_HEAD + ENTRY * c->rules->window);
}

static uint32_t *entry_of(const hybrid_core *c, uint32_t *neuron, uint32_t t)
{
    return neuron + NEURON_HEAD + ENTRY * (t / 32 % c->rules->window);
}

void hybrid_begin(const hybrid_core *c, uint32_t t)
{
    if (t % 32 != 0)
        return;
    for (uint32_t h = 0; h < c->rules->nhistories; h++)
        for (uint32_t i = 0; i < c->rules->nneurons; i++) {
            uint32_t *n = neuron_words(c, h, i), *e = entry_of(c, n, t);
            e[0] = 0;
            e[1] = n[0];
            e[2] = n[1];
        }
}

/* A spike at t on top of a trace that was y at the spike `last` - 1. */
static uint32_t risen(const hybrid_core *c, uint32_t history, uint32_t last, uint32_t y, uint32_t t)
{
    uint32_t left = last ? hybrid_decayed(c->region, c->rules->history[history], y, t + 1 - last) : 0;
    return left + HYBRID_ONE;
}

void hybrid_fired(const hybrid_core *c, uint32_t neuron, uint32_t t)
{
    HMN_ASSERT(neuron < c->rules->nneurons);
    for (uint32_t h = 0; h < c->rules->nhistories; h++) {
        uint32_t *n = neuron_words(c, h, neuron);
        n[1] = risen(c, h, n[0], n[1], t);
        n[0] = t + 1;
        entry_of(c, n, t)[0] |= 1u << t % 32;
    }
    for (uint32_t i = 0; i < c->rules->nrules; i++)
        if (c->rules->rule[i].timescales)
            hybrid_attention_fired(c, &c->rules->rule[i], neuron, t);
}

uint32_t hybrid_post_trace(const hybrid_core *c, uint32_t history, uint32_t neuron, uint32_t t)
{
    const uint32_t *e = entry_of(c, neuron_words(c, history, neuron), t);
    uint32_t last = e[1], y = e[2], spikes = t % 32 == 31 ? e[0] : e[0] & ((2u << t % 32) - 1);
    for (; spikes; spikes &= spikes - 1) {
        uint32_t at = t / 32 * 32 + (uint32_t)__builtin_ctz(spikes);
        y = risen(c, history, last, y, at);
        last = at + 1;
    }
    return last ? hybrid_decayed(c->region, c->rules->history[history], y, t + 1 - last) : 0;
}

uint32_t hybrid_next_spike(const hybrid_core *c, uint32_t history, uint32_t neuron, uint32_t t, uint32_t stop)
{
    uint32_t *n = neuron_words(c, history, neuron);
    while (t < stop) {
        uint32_t spikes = entry_of(c, n, t)[0] >> t % 32;
        if (spikes) {
            t += (uint32_t)__builtin_ctz(spikes);
            return t < stop ? t : stop;
        }
        t = (t / 32 + 1) * 32;
    }
    return stop;
}

/* ---- astrocytes ---- */

static uint32_t value_of(const int32_t *channel, uint32_t nchannels, uint32_t k)
{
    return k < nchannels ? (uint32_t)fx_sat(channel[k], 0, INT16_MAX) : 0;
}

static void hear_factors(const hybrid_core *c, const hybrid_rule *r, uint32_t t, const int32_t *channel, uint32_t n)
{
    if (r->pairs_by)
        row_set_half(c->state + r->factor, t % (32 * c->rules->window), value_of(channel, n, r->pairs_by - 1));
    if (r->counts_by)
        c->state[r->counts] = (uint32_t)fx_shl(value_of(channel, n, r->counts_by - 1), 15 - r->counts_one);
}

uint32_t hybrid_paired(const hybrid_core *c, const hybrid_rule *r, uint32_t trace, uint32_t t)
{
    if (!r->pairs_by)
        return trace;
    uint32_t factor = row_half(c->state + r->factor, t % (32 * c->rules->window));
    return (uint32_t)((uint64_t)trace * factor >> r->pairs_one);
}

uint32_t hybrid_counts(const hybrid_core *c, const hybrid_rule *r)
{
    return r->counts_by ? c->state[r->counts] : HYBRID_ONE;
}

/* ---- broadcasts ---- */

static uint32_t *broadcast_of(const hybrid_core *c, const hybrid_rule *r, uint32_t epoch)
{
    return c->state + r->ring + (size_t)(epoch % r->depth) * (1 + (r->bins + 1) / 2);
}

void hybrid_listen(const hybrid_core *c, uint32_t t, const int32_t *channel, uint32_t nchannels, bool learning)
{
    for (uint32_t i = 0; i < c->rules->nrules; i++) {
        const hybrid_rule *r = &c->rules->rule[i];
        uint32_t epoch = t / r->epoch, *at = broadcast_of(c, r, epoch);
        hear_factors(c, r, t, channel, nchannels);
        if (t % r->epoch != r->epoch - 1)
            continue;
        at[0] = (epoch + 1) << 1 | !learning;
        for (uint32_t b = 0; b < r->bins; b++) {
            uint32_t k = row_half(c->region + r->channels, b);
            int64_t m = k < nchannels ? fx_sat(channel[k], INT16_MIN, INT16_MAX) : 0;
            row_set_half(at + 1, b, (uint16_t)m);
        }
    }
}

bool hybrid_moves(const hybrid_core *c, const hybrid_rule *r, uint32_t epoch)
{
    const uint32_t *at = broadcast_of(c, r, epoch);
    uint32_t any = 0;
    for (uint32_t b = 0; b < r->bins; b++)
        any |= row_half(at + 1, b);
    return at[0] == (epoch + 1) << 1 && any;
}

uint32_t hybrid_sweep(const hybrid_rules *r, uint32_t rows)
{
    uint32_t steps = UINT32_MAX;
    for (uint32_t i = 0; i < r->nrules; i++) {
        uint32_t turn = (r->rule[i].depth - 1) * r->rule[i].epoch;
        steps = turn < steps ? turn : steps;
    }
    return rows ? (rows - 1) / steps + 1 : 0;
}

bool hybrid_heard(const hybrid_core *c, const hybrid_rule *r, uint32_t epoch, uint32_t bin, int32_t *m)
{
    const uint32_t *at = broadcast_of(c, r, epoch);
    bool here = at[0] >> 1 == epoch + 1;
    c->count->late += !here;
    *m = (int16_t)row_half(at + 1, bin);
    return here && !(at[0] & 1);
}
