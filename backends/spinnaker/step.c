/* A step of one core, in the order of sPyNNaker's timer callback (eq. S22): the ring buffers' slot becomes input, the
 * neurons are updated in order, and the rows of the spikes sent in this step are served after that, by ascending key.
 * On the chip rows come as packets do; here all of a step are there at once, which is the order of a core that is not
 * late. A row's synapses of delay d count in step t + d. */
#include "backends/spinnaker/core.h"

#include "backends/spinnaker/arith.h"
#include "backends/spinnaker/loihi_lif.h"
#include "core/base/bug.h"
#include "core/base/rng.h"

#include <string.h>

/* ---- neurons ---- */

static void transfer(const spin_rom *r, void *state, uint32_t step)
{
    int32_t *neuron = SPIN_STATE_OF(int32_t, r, state, neuron);
    uint16_t *slot = SPIN_STATE_OF(uint16_t, r, state, ring) + ring_slot(&r->format, step);
    for (uint32_t t = 0; t < r->types; t++)
        for (uint32_t i = 0; i < r->n; i++) {
            uint16_t *sum = &slot[(t << r->format.index_bits) + i];
            if (*sum)
                spin_neuron_input(r->program.model, neuron + (size_t)i * r->words, t,
                                  spin_weight_input(*sum, r->shift[t]));
            *sum = 0;
        }
}

/* Sum of the current sources of neuron i; *next: its first one in the list. */
static int32_t current(const spin_rom *r, uint32_t step, uint32_t i, uint32_t *next)
{
    const core_current *c = SPIN_ROM(core_current, r, current);
    uint32_t sum = 0;
    for (; *next < r->ncurrents && c[*next].neuron == i; (*next)++)
        if (step >= c[*next].start && step < c[*next].stop)
            sum += (uint32_t)c[*next].amplitude;
    return (int32_t)sum;
}

/* times: spikes in this step; each is a packet of its own. */
static void fire(hmn_port *port, uint32_t neuron, uint32_t times)
{
    port->payload[port->nfired] = (int32_t)times;
    port->fired[port->nfired++] = neuron;
    port->count->spikes += times;
}

static void update_neurons(const spin_rom *r, spin_state *s, hmn_port *port)
{
    int32_t *neuron = SPIN_STATE_OF(int32_t, r, s, neuron);
    spin_tick *tick = SPIN_STATE_OF(spin_tick, r, s, recorded);
    uint32_t next = 0;
    transfer(r, s, port->step);
    for (uint32_t i = 0; i < r->n; i++) {
        uint32_t spikes = spin_neuron_tick(r->program.model, neuron + (size_t)i * r->words, r->substeps,
                                           current(r, port->step, i, &next), &s->noise, &tick[i].before);
        tick[i].spikes = (int32_t)spikes;
        if (spikes)
            fire(port, i, spikes);
    }
}

static int32_t noise_draw(const spin_rom *r, const hmn_port *port, uint32_t i)
{
    if (port->draws) {
        const hmn_draw_site site = {DRAW_NOISE, r->core, port->step, UINT32_MAX, i, 0, 0};
        return (int32_t)port->draws->draw(port->draws->context, &site);
    }
    return (int32_t)rng_below(r->seed, RNG_NEURON_NOISE, r->core, i, port->step, 255) - 127;
}

static void update_loihi(const spin_rom *r, spin_state *s, hmn_port *port)
{
    int32_t *neuron = SPIN_STATE_OF(int32_t, r, s, neuron);
    uint16_t *slot = SPIN_STATE_OF(uint16_t, r, s, ring) + ring_slot(&r->format, port->step);
    uint16_t *inhibitory = slot + (1u << r->format.index_bits);
    uint32_t next = 0;
    for (uint32_t i = 0; i < r->n; i++) {
        const int32_t *param = (const int32_t *)(const void *)(r->params + spin_program_index(r->program, r->n, i, 0));
        int32_t noise = param[LOIHI_LIF_NOISE] & 0xFF ? noise_draw(r, port, i) : 0;
        int32_t q = spin_weight_input(slot[i], r->shift[0]) - spin_weight_input(inhibitory[i], r->shift[1]);
        slot[i] = inhibitory[i] = 0;
        q = (int32_t)((uint32_t)q + (uint32_t)current(r, port->step, i, &next));
        if (loihi_lif_tick(param, neuron + (size_t)i * LOIHI_LIF_STATE, q, noise))
            fire(port, i, 1);
    }
}

static void update(const spin_rom *r, spin_state *s, hmn_port *port)
{
    port->nfired = 0;
    switch (r->program.kind) {
    case SPIN_KIND_NEURONS: update_neurons(r, s, port); break;
    case SPIN_KIND_LOIHI: update_loihi(r, s, port); break;
    case SPIN_KIND_SOURCE:
    case SPIN_KIND_DELAY:
    case SPIN_KINDS: return;
    }
    port->count->updates_active += r->n;
}

/* ---- rows ---- */

static void serve(const spin_rom *r, spin_state *s, hmn_port *port, uint32_t spike)
{
    const synapse_core c = {r->format, NULL, NULL, SPIN_STATE_OF(uint16_t, r, s, ring), &s->ring};
    poptable_search search;
    poptable_row row;
    port->count->axon_events++;
    for (bool more = poptable_first(r->table, 0, spike, &search, &row, &s->table); more;
         more = poptable_next(r->table, 0, &search, &row)) {
        uint32_t *word = spin_row_at(r, s, row.address);
        synapse_serve(&c, word, row.bytes / 4, port->step, search.colour, search.colour_mask);
        port->count->synapse_words += (row.bytes / 4 + 1) / 2;
        port->count->synaptic_events += word[word[0] + 1] + word[word[0] + 2];
    }
}

static void serve_all(const spin_rom *r, spin_state *s, hmn_port *port)
{
    const uint32_t *first = SPIN_ROM(uint32_t, r, first), *key = SPIN_ROM(uint32_t, r, key);
    const uint32_t *colour_bits = SPIN_ROM(uint32_t, r, colour);
    uint32_t before = s->ring.saturated_fixed + s->ring.saturated_plastic;
    for (uint32_t k = 0, e = 0; k < port->nin; k++) {
        while (e + 1 < r->nentries && port->in[k].axon >= first[e + 1])
            e++;
        uint32_t colour = port->step & ((1u << colour_bits[e]) - 1);
        uint32_t spike = key[e] | (port->in[k].axon - first[e]) << colour_bits[e] | colour;
        for (int32_t times = port->in[k].payload; times > 0; times--)
            serve(r, s, port, spike);
    }
    port->count->saturated += s->ring.saturated_fixed + s->ring.saturated_plastic - before;
}

void spin_core_step(const void *rom, void *state, hmn_phase phase, hmn_port *port)
{
    const spin_rom *r = rom;
    switch (phase) {
    case PHASE_UPDATE: update(r, state, port); break;
    case PHASE_LEARN: serve_all(r, state, port); break;
    case PHASE_DELIVER:
    case PHASE_SEND: break;
    }
}

/* ---- looking in ---- */

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
        return word < r->words ? s[word] : SPIN_STATE_CONST(int32_t, r, state, recorded)[index * TICK_WORDS + word - r->words];
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

uint64_t spin_synapses(const void *rom, const void *state, uint64_t first, hmn_synapse *out, uint64_t room)
{
    const spin_rom *r = rom;
    uint64_t number = 0, n = 0;
    uint32_t address = 0;
    for (uint64_t b = 0; b < r->blocks.rows && n < room; b++) {
        uint32_t word = r->table[POPTABLE_HEAD_WORDS + POPTABLE_ENTRY_WORDS * r->nentries + b];
        uint32_t stride = (word & 0xff) + 1 + ROW_COUNTS, rows = (uint32_t)image_get(r->blocks, b, SPIN_BLOCKS_rows);
        uint32_t projection = (uint32_t)image_get(r->blocks, b, SPIN_BLOCKS_projection);
        uint32_t axon = (uint32_t)image_get(r->blocks, b, SPIN_BLOCKS_axon);
        address = (word >> 8) * POPTABLE_GRAIN;
        for (uint32_t i = 0; i < rows && n < room; i++) {
            row_view view;
            uint32_t *at = spin_row_at(r, (void *)(uintptr_t)state, address + i * stride * 4);
            bool whole = row_read(at, stride, false, &view);
            HMN_ASSERT(whole);
            for (uint32_t k = 0; k < view.nfixed && n < room; k++, number++)
                if (number >= first)
                    out[n++] = fixed_synapse(r, view.fixed[k], axon + i, projection);
        }
    }
    return n;
}
