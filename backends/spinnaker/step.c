/* A step of one core, in the order of sPyNNaker's timer callback (eq. S31, S41): the ring buffers' slot becomes input,
 * the neurons are updated in order, and the rows of the spikes sent in this step are served after that, by ascending
 * key. On the chip rows come as packets do; here all of a step are there at once, which is the order of a core that is
 * not late. A row's synapses of delay d count in step t + d. */
#include "backends/spinnaker/core.h"

#include "backends/spinnaker/arith.h"
#include "backends/spinnaker/costs.h"
#include "backends/spinnaker/loihi_lif.h"
#include "backends/spinnaker/noise.h"
#include "core/base/bug.h"
#include "core/base/rng.h"
#include "core/timing/ticks.h"

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
static int32_t current(const spin_rom *r, void *state, uint32_t step, uint32_t i, uint32_t *next)
{
    const core_current *c = SPIN_ROM(core_current, r, current);
    uint32_t sum = 0, *own = SPIN_STATE_OF(uint32_t, r, state, current);
    for (; *next < r->ncurrents && c[*next].neuron == i; (*next)++)
        sum += (uint32_t)current_at(r->sources, &c[*next], step, own);
    return (int32_t)sum;
}

/* SN1 */
static int32_t noise(const spin_rom *r, uint32_t step, uint32_t i)
{
    if (!r->noise || r->noise[1 + i] == 0)
        return 0;
    return spin_noise_draw(r->seed, r->core, i, step, (int32_t)r->noise[1 + i]);
}

/* SN2: only where the image says that biases adapt, so that a damaged one writes nowhere else. */
void spin_write_bias(const void *rom, void *state, uint32_t compartment, int32_t bias)
{
    const spin_rom *r = rom;
    HMN_ASSERT(compartment < r->n);
    if (r->noise && r->noise[0])
        SPIN_STATE_OF(int32_t, r, state, neuron)[(size_t)compartment * r->words + SPIN_LIF_OFFSET] = bias;
}

static stdp_core stdp_of(const spin_rom *r, bool learning)
{
    return (stdp_core){learning ? &r->stdp : &r->frozen, r->dynamics, r->shift, r->format};
}

/* What the synapses keep of a postsynaptic spike. */
static void remember(const spin_rom *r, spin_state *s, hmn_port *port, uint32_t neuron, uint32_t times)
{
    uint32_t step = port->step;
    if (r->learning == SPIN_LEARN_STDP) {
        const stdp_core c = stdp_of(r, true);
        stdp_history *h = SPIN_STATE_OF(stdp_history, r, s, history) + neuron;
        uint32_t lost = h->lost;
        for (; times > 0; times--)
            stdp_fired(&c, h, step);
        port->count->forgotten += h->lost - lost;
    }
    if (r->learning == SPIN_LEARN_HYBRID) {
        const hybrid_core c = spin_hybrid_core(r, s);
        hybrid_fired(&c, neuron, step);
    }
}

/* times: spikes in this step; each is a packet of its own. */
static void fire(const spin_rom *r, spin_state *s, hmn_port *port, uint32_t neuron, uint32_t times)
{
    remember(r, s, port, neuron, times);
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
        int32_t offset = spin_add(current(r, s, port->step, i, &next), noise(r, port->step, i));
        uint32_t spikes = spin_neuron_tick(r->program.model, neuron + (size_t)i * r->words, r->substeps, offset,
                                           &s->noise, &tick[i].before);
        spikes = port->replay ? port->replay[i] : spikes;
        tick[i].spikes = (int32_t)spikes;
        if (spikes)
            fire(r, s, port, i, spikes);
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
        q = (int32_t)((uint32_t)q + (uint32_t)current(r, s, port->step, i, &next));
        bool fires = loihi_lif_tick(param, neuron + (size_t)i * LOIHI_LIF_STATE, q, noise);
        if (port->replay ? port->replay[i] : fires)
            fire(r, s, port, i, 1);
    }
}

static void update(const spin_rom *r, spin_state *s, hmn_port *port)
{
    port->nfired = 0;
    if (r->learning == SPIN_LEARN_HYBRID) {
        const hybrid_core c = spin_hybrid_core(r, s);
        hybrid_begin(&c, port->step);
    }
    switch (r->program.kind) {
    case SPIN_KIND_NEURONS: update_neurons(r, s, port); break;
    case SPIN_KIND_LOIHI: update_loihi(r, s, port); break;
    case SPIN_KIND_DELAY:
        port->nfired =
            stages_send(r->relay, SPIN_STATE_OF(uint8_t, r, s, relay), port->step, port->fired, port->payload);
        break;
    case SPIN_KIND_SOURCE:
    case SPIN_KIND_MANAGER:
    case SPIN_KINDS: break;
    }
    port->count->updates_active += r->own.updates_active;
    port->count->noise_draws += r->own.noise_draws;
    port->count->relay_slots += r->own.relay_slots;
}

/* ---- rows ---- */

static void serve_hybrid(const spin_rom *r, spin_state *s, hmn_port *port, uint32_t *word, uint32_t nwords,
                         const poptable_search *search)
{
    const hybrid_core c = spin_hybrid_core(r, s);
    row_view view;
    bool whole = row_read(word, nwords, false, &view);
    HMN_ASSERT(whole); /* check.c */
    uint32_t late = ring_lateness(port->step, search->colour, search->colour_mask, &s->ring);
    hybrid_serve(&c, SPIN_STATE_OF(uint16_t, r, s, ring), &view, port->step, late, &s->ring);
}

/* Fetches one row; tells how long it was. */
static void serve_row(const spin_rom *r, spin_state *s, hmn_port *port, uint32_t *word, uint32_t nwords,
                      const poptable_search *search)
{
    if (r->learning == SPIN_LEARN_HYBRID && word[0] > 0) {
        serve_hybrid(r, s, port, word, nwords, search);
        return;
    }
    const stdp_core stdp = stdp_of(r, port->learning);
    const synapse_core c = {.format = r->format,
                            .stdp = r->learning == SPIN_LEARN_STDP ? &stdp : NULL,
                            .history = SPIN_STATE_OF(stdp_history, r, s, history),
                            .ring = SPIN_STATE_OF(uint16_t, r, s, ring),
                            .count = &s->ring};
    synapse_serve(&c, word, nwords, port->step, search->colour, search->colour_mask);
    if (r->learning == SPIN_LEARN_STDP && word[0] > 0)
        port->count->synapse_visits += word[word[0] + 2];
}

static void serve(const spin_rom *r, spin_state *s, hmn_port *port, uint32_t spike)
{
    poptable_search search;
    poptable_row row;
    port->count->axon_events++;
    for (bool more = poptable_first(r->table, 0, spike, &search, &row, &s->table); more;
         more = poptable_next(r->table, 0, &search, &row)) {
        uint32_t *word = spin_row_at(r, s, row.address);
        serve_row(r, s, port, word, row.bytes / 4, &search);
        port->count->synapse_words += (row.bytes / 4 + 1) / 2;
        port->count->synaptic_events += word[word[0] + 1] + word[word[0] + 2];
    }
}

static void serve_all(const spin_rom *r, spin_state *s, hmn_port *port)
{
    const uint32_t *first = SPIN_ROM(uint32_t, r, first), *key = SPIN_ROM(uint32_t, r, key);
    const uint32_t *colour_bits = SPIN_ROM(uint32_t, r, colour);
    uint32_t before = s->ring.saturated_fixed + s->ring.saturated_plastic, changed = s->ring.changed;
    for (uint32_t k = 0, e = 0; k < port->nin; k++) {
        while (e + 1 < r->nentries && port->in[k].axon >= first[e + 1])
            e++;
        uint32_t colour = port->step & ((1u << colour_bits[e]) - 1);
        uint32_t spike = key[e] | (port->in[k].axon - first[e]) << colour_bits[e] | colour;
        for (int32_t times = port->in[k].payload; times > 0; times--)
            serve(r, s, port, spike);
    }
    port->count->saturated += s->ring.saturated_fixed + s->ring.saturated_plastic - before;
    port->count->weight_updates += s->ring.changed - changed;
}

/* A row of those that learn, by its number. */
static row_view fetch(const spin_rom *r, spin_state *s, hmn_port *port, uint32_t number)
{
    row_view view;
    uint32_t *word = spin_row_at(r, s, SPIN_ROM(uint32_t, r, learn)[number]);
    bool whole = row_read(word, ROW_MAX_WORDS + ROW_COUNTS, false, &view);
    HMN_ASSERT(whole); /* check.c */
    port->count->synapse_words += (word[0] + 1) / 2;
    port->count->rows_swept++;
    return view;
}

/* The end of a step on a core of the HMN program: broadcasts, sums of attention, the sweep, then the rows of this
 * step's spikes. */
static void learn(const spin_rom *r, spin_state *s, hmn_port *port)
{
    const hybrid_core c = spin_hybrid_core(r, s);
    const hybrid_counters before = s->hybrid;
    hybrid_listen(&c, port->step, port->channel, port->nchannels, port->learning);
    if (r->hybrid.rows && hybrid_attends(&c, port->step)) {
        for (uint32_t k = hybrid_active(&c, 0); k < r->hybrid.rows; k = hybrid_active(&c, k + 1)) {
            row_view view = fetch(r, s, port, k);
            hybrid_attend(&c, &view, port->step);
        }
        hybrid_attended(&c, port->step);
    }
    for (uint32_t n = hybrid_sweep(&r->hybrid, r->nlearn); n > 0; n--) {
        row_view view = fetch(r, s, port, s->sweep);
        hybrid_settle(&c, &view, port->step);
        s->sweep = (s->sweep + 1) % r->nlearn;
    }
    serve_all(r, s, port);
    port->count->synapses_attended += s->hybrid.attended - before.attended;
    port->count->alphas += s->hybrid.alphas - before.alphas;
    port->count->trace_updates += s->hybrid.ends - before.ends;
    port->count->pairings += s->hybrid.pairings - before.pairings;
    port->count->weight_updates += s->hybrid.changed - before.changed;
    port->count->synapse_visits += s->hybrid.replayed - before.replayed;
    port->count->saturated += s->hybrid.ring - before.ring;
    port->count->forgotten += s->hybrid.late - before.late;
}

/* A relay keeps what comes. */
static void keep_all(const spin_rom *r, spin_state *s, hmn_port *port)
{
    for (uint32_t k = 0; k < port->nin; k++) {
        uint32_t times = port->in[k].payload > 0 ? (uint32_t)port->in[k].payload : 0;
        port->count->taken++;
        port->count->relay_spikes++;
        port->count->saturated +=
            stages_keep(r->relay, SPIN_STATE_OF(uint8_t, r, s, relay), port->step, port->in[k].axon, times);
    }
}

/* A management core: what it computes is the machine's (core/machine/managers.c); here it costs time. */
static void manage(hmn_port *port)
{
    port->count->taken += port->nin;
    port->count->manager_cycles += port->work;
    port->count->packets += port->nsent;
}

/* Whether the core would keep up on a real machine: the emulator goes on exactly and counts (eq. SE4). before: where
 * the second half of the step began; what the first half adds is the same in every step. */
static void clock(const spin_rom *r, hmn_port *port, hmn_counters before, uint64_t packets)
{
    before.updates_active -= r->own.updates_active;
    before.noise_draws -= r->own.noise_draws;
    before.relay_slots -= r->own.relay_slots;
    tick_work w = tick_of(&r->costs, spin_costs_of(r), &before, port->count, packets);
    uint64_t cycles = (tick_ps(&w) + CORE_CYCLE_PS - 1) / CORE_CYCLE_PS;
    port->count->overruns += tick_ps(&w) > r->step_ps;
    port->count->budget = r->step_ps / CORE_CYCLE_PS;
    if (cycles > port->count->longest)
        port->count->longest = cycles;
}

/* The second half of a step. */
static void finish(const spin_rom *r, spin_state *s, hmn_port *port)
{
    const hmn_counters before = *port->count;
    port->count->taken += port->nheard;
    if (r->relay)
        keep_all(r, s, port);
    else if (r->manager)
        manage(port);
    else if (r->learning == SPIN_LEARN_HYBRID)
        learn(r, s, port);
    else
        serve_all(r, s, port);
    s->now = port->step + 1;
    uint64_t packets = r->manager ? port->nsent : 0;
    for (uint32_t i = 0; i < port->nfired; i++)
        packets += r->relay ? 1 : (uint32_t)port->payload[i]; /* a relay's packet carries the number */
    clock(r, port, before, packets);
}

void spin_core_step(const void *rom, void *state, hmn_phase phase, hmn_port *port)
{
    const spin_rom *r = rom;
    switch (phase) {
    case PHASE_UPDATE: update(r, state, port); break;
    case PHASE_LEARN: finish(r, state, port); break;
    case PHASE_DELIVER:
    case PHASE_SEND: break;
    }
}
