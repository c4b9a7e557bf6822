/* What tests, probes and exports see of a core: registers of neurons, synapses as they stand now. Rows of the HMN
 * program wait for their next spike; a copy of the row is brought up to date, the row itself stays. Rows of sPyNNaker's
 * program are told as they are stored: as of the last presynaptic spike, which is what the host reads there. */
#include "backends/spinnaker/core.h"

#include "core/base/bug.h"

#include <string.h>

static int32_t word_of(const spin_rom *r, const int32_t *state, const char *key)
{
    int32_t k = spin_model_state_word(r->program.model, key);
    return k == SPIN_NO_WORD ? 0 : state[k];
}

int32_t spin_read(const void *rom, const void *state, hmn_variable var, uint32_t index)
{
    const spin_rom *r = rom;
    uint32_t word = (uint32_t)var - VAR_WORD;
    bool named = (uint32_t)var >= VAR_WORD && word < r->words + TICK_WORDS;
    if (r->words == 0 || index >= r->n || (var != VAR_U && var != VAR_V && !named))
        return 0;
    const int32_t *s = SPIN_STATE_CONST(int32_t, r, state, neuron) + (size_t)index * r->words;
    if (named)
        return word < r->words ? s[word]
                               : SPIN_STATE_CONST(int32_t, r, state, recorded)[index * TICK_WORDS + word - r->words];
    if (r->program.kind == SPIN_KIND_LOIHI)
        return s[var == VAR_V];
    if (var == VAR_V)
        return s[spin_model_v(r->program.model)];
    return (int32_t)((uint32_t)word_of(r, s, "exc_value") - (uint32_t)word_of(r, s, "inh_value"));
}

static hmn_synapse fixed_synapse(const spin_rom *r, uint32_t word, uint32_t axon, uint32_t projection)
{
    uint32_t delay = row_delay(&r->format, word);
    int32_t weight = (int32_t)row_weight(word);
    return (hmn_synapse){.axon = axon,
                         .compartment = row_index(&r->format, word),
                         .projection = projection,
                         .weight = row_type(&r->format, word) == r->types - 1 ? -weight : weight,
                         .delay = (int32_t)((delay ? delay : 1u << r->format.delay_bits) - 1)};
}

/* A reward to a neuron: its concentration, s4.11. */
static hmn_synapse reward_synapse(const row_view *view, uint32_t k, uint32_t axon, uint32_t projection)
{
    return (hmn_synapse){.axon = axon,
                         .compartment = view->control[k] & 0xffff,
                         .projection = projection,
                         .weight = (int32_t)(view->control[k] >> 16)};
}

static hmn_synapse plastic_synapse(const spin_rom *r, const row_view *view, uint32_t k, uint32_t axon,
                                   uint32_t projection)
{
    if (r->learning == SPIN_LEARN_STDP && stdp_is_reward(r->stdp.kind, view->plastic - 1))
        return reward_synapse(view, k, axon, projection);
    uint32_t control = row_half(view->control, k);
    hmn_synapse s = fixed_synapse(r, control, axon, projection);
    if (r->learning == SPIN_LEARN_HYBRID) {
        const hybrid_rule *rule = &r->hybrid.rule[hybrid_row_rule(view->plastic)];
        const uint32_t *stored = view->plastic + hybrid_head_words(rule);
        s.weight = (int16_t)row_half(stored, hybrid_half(rule, k));
        s.tag = (int16_t)row_half(stored, hybrid_half(rule, k) + HYBRID_FAST);
        if (rule->flags & HYBRID_SLOW)
            s.second = (int16_t)row_half(stored, hybrid_half(rule, k) + HYBRID_SLOW_WORD);
        return s;
    }
    const uint32_t *stored = view->plastic + stdp_head_words(r->stdp.kind);
    int32_t weight = (int32_t)row_half(stored, stdp_weight_half(r->stdp.kind, k));
    s.weight = row_type(&r->format, control) == r->types - 1 ? -weight : weight;
    return s;
}

/* The row as it stands, in `copy` where it had to be brought up to date. */
static row_view row_now(const spin_rom *r, const void *state, uint32_t address, uint32_t stride, uint32_t *copy)
{
    const spin_state *s = state;
    uint32_t *at = spin_row_at(r, (void *)(uintptr_t)state, address); /* read only */
    bool waits = r->learning == SPIN_LEARN_HYBRID && at[0] > 0 && s->now > 0;
    row_view view;
    if (waits)
        at = memcpy(copy, at, stride * sizeof *at);
    bool reward = r->learning == SPIN_LEARN_STDP && stdp_is_reward(r->stdp.kind, at);
    bool whole = row_read(at, stride, reward, &view);
    HMN_ASSERT(whole); /* check.c */
    if (waits) {
        hybrid_counters aside = {0};
        uint32_t *histories = (uint32_t *)(uintptr_t)SPIN_STATE_CONST(uint32_t, r, state, hybrid); /* read only */
        const hybrid_core c = {&r->hybrid, r->dynamics, histories, r->format, r->seed, &aside};
        hybrid_settle(&c, &view, s->now - 1);
    }
    return view;
}

uint64_t spin_synapses(const void *rom, const void *state, uint64_t first, hmn_synapse *out, uint64_t room)
{
    const spin_rom *r = rom;
    uint64_t number = 0, n = 0;
    uint32_t copy[POPTABLE_MAX_ROW + ROW_COUNTS];
    for (uint64_t b = 0; b < r->blocks.rows && n < room; b++) {
        uint32_t word = r->table[POPTABLE_HEAD_WORDS + POPTABLE_ENTRY_WORDS * r->nentries + b];
        uint32_t stride = (word & 0xff) + 1 + ROW_COUNTS, rows = (uint32_t)image_get(r->blocks, b, SPIN_BLOCKS_rows);
        uint32_t projection = (uint32_t)image_get(r->blocks, b, SPIN_BLOCKS_projection);
        uint32_t axon = (uint32_t)image_get(r->blocks, b, SPIN_BLOCKS_axon);
        uint32_t address = (word >> 8) * POPTABLE_GRAIN;
        uint32_t held = (uint32_t)image_get(r->blocks, b, SPIN_BLOCKS_neurons);
        uint32_t steps = (uint32_t)image_get(r->blocks, b, SPIN_BLOCKS_steps);
        for (uint32_t i = 0; i < rows && n < room; i++) {
            const uint32_t *stored = spin_row_at(r, (void *)(uintptr_t)state, address + i * stride * 4);
            uint32_t in_row = stored[stored[0] + 1] + stored[stored[0] + 2];
            if (number + in_row <= first) {
                number += in_row;
                continue;
            }
            row_view view = row_now(r, state, address + i * stride * 4, stride, copy);
            for (uint32_t k = 0; k < in_row && n < room; k++, number++)
                if (number >= first) {
                    out[n] = k < view.nfixed ? fixed_synapse(r, view.fixed[k], axon + i, projection)
                                             : plastic_synapse(r, &view, k - view.nfixed, axon + i, projection);
                    out[n++].delay += held ? (int32_t)((i / held + 1) * steps) : 0; /* in the relay */
                }
        }
    }
    return n;
}
