/* Spikes that arrive. Takes the step's axon events and host currents, adds weights to the accumulator ring.
 *
 * The ring has a row of npad cells for each delay slot; row (step mod slots) is consumed in this step. A static
 * synapse is one 32-bit word: its low half is delay * npad + compartment, so that adding the base of the current
 * row and masking finds the cell (eq. L8). Plastic synapses read their weight and delay from state. A second
 * current has a ring of its own (eq. M2). */
#include "backends/loihi/core.h"

#include "backends/loihi/weights.h"

#include "core/base/bug.h"
#include "core/base/fx.h"

static void add(int32_t *cell, int32_t amount) { *cell = (int32_t)((uint32_t)*cell + (uint32_t)amount); }

static void run_static(const loihi_rom *r, int32_t *ring, uint32_t base, uint32_t mask, const core_run *run)
{
    const uint32_t *word = ROM(uint32_t, r, fixed) + run->first;
    for (uint32_t i = 0; i < run->count; i++)
        add(&ring[(base + (word[i] & 0xFFFF)) & mask], (int32_t)fx_shl(fx_wrap32((int32_t)(word[i] >> 16), 15), 6));
}

/* What a spike of this payload adds (eq. M2). */
static int32_t times(int32_t weight, int32_t payload) { return (int32_t)((uint32_t)weight * (uint32_t)payload); }

/* A graded spike: weights times the payload. */
static void run_graded(const loihi_rom *r, int32_t *ring, uint32_t base, uint32_t mask, const core_run *run,
                       int32_t payload)
{
    const uint32_t *word = ROM(uint32_t, r, fixed) + run->first;
    for (uint32_t i = 0; i < run->count; i++)
        add(&ring[(base + (word[i] & 0xFFFF)) & mask],
            times((int32_t)fx_shl(fx_wrap32((int32_t)(word[i] >> 16), 15), 6), payload));
}

/* eq. L55: the weight times what the spike counts, to nearest. */
static void run_counted(const loihi_rom *r, loihi_state *s, const hmn_port *port, int32_t *ring, uint32_t base,
                        const core_run *run, int32_t payload)
{
    uint32_t mask = r->slots * r->npad - 1;
    const loihi_format *f = &ROM(loihi_format, r, format)[run->format];
    const core_profile *p = &ROM(core_profile, r, profile)[f->profile - 1];
    const loihi_synapse *synapse = ROM(loihi_synapse, r, plastic) + run->first;
    const int16_t *weight = STATE(int16_t, r, s, weight) + run->first;
    const uint8_t *delay = STATE(uint8_t, r, s, delay) + run->first;
    int64_t counts = core_counts(port, p->counts);
    for (uint32_t i = 0; i < run->count; i++) {
        int64_t w = loihi_weight_effective((loihi_dialect_id)r->dialect, weight[i], f->exponent) * counts;
        add(&ring[(base + delay[i] * r->npad + synapse[i].compartment) & mask],
            times((int32_t)fx_shr_rn(w, p->counts_one), payload));
    }
}

static bool counted(const loihi_rom *r, const core_run *run)
{
    uint32_t profile = r->counting ? (uint32_t)ROM(loihi_format, r, format)[run->format].profile : 0;
    return profile && ROM(core_profile, r, profile)[profile - 1].counts;
}

static void run_plastic(const loihi_rom *r, loihi_state *s, int32_t *ring, uint32_t base, const core_run *run,
                        int32_t payload)
{
    uint32_t mask = r->slots * r->npad - 1;
    const loihi_synapse *synapse = ROM(loihi_synapse, r, plastic) + run->first;
    const int16_t *weight = STATE(int16_t, r, s, weight) + run->first;
    const uint8_t *delay = STATE(uint8_t, r, s, delay) + run->first;
    int32_t exponent = ROM(loihi_format, r, format)[run->format].exponent;
    for (uint32_t i = 0; i < run->count; i++)
        add(&ring[(base + delay[i] * r->npad + synapse[i].compartment) & mask],
            times(loihi_weight_effective((loihi_dialect_id)r->dialect, weight[i], exponent), payload));
}

static void mark_slots(const loihi_rom *r, loihi_state *s, uint32_t base, const core_run *run)
{
    for (uint64_t d = run->delays; d; d &= d - 1)
        s->slot_used[(base / r->npad + (uint32_t)__builtin_ctzll(d)) % r->slots] = 1;
}

static void serve_static(const loihi_rom *r, int32_t *ring, uint32_t base, const core_run *run, int32_t payload)
{
    uint32_t mask = r->slots * r->npad - 1;
    if (payload == 1)
        run_static(r, ring, base, mask, run);
    else
        run_graded(r, ring, base, mask, run, payload);
}

/* Dialect sanafe: which compartments the run reaches, and when. */
static void touch(const loihi_rom *r, loihi_state *s, const core_run *run, uint32_t base, uint32_t mask)
{
    uint8_t *mark = STATE(uint8_t, r, s, touched);
    for (uint32_t i = 0; i < run->count; i++) {
        const loihi_synapse *p = &ROM(loihi_synapse, r, plastic)[run->first + i];
        uint32_t cell = run->kind == RUN_PLASTIC
                            ? STATE(uint8_t, r, s, delay)[run->first + i] * r->npad + p->compartment
                            : ROM(uint32_t, r, fixed)[run->first + i] & 0xFFFF;
        mark[(base + cell) & mask] = 1;
    }
}

static void serve_axon(const loihi_rom *r, loihi_state *s, const hmn_port *port, hmn_event event, uint32_t base,
                       uint32_t mask, bool *sums)
{
    uint32_t axon = event.axon;
    const uint32_t *row = ROM(uint32_t, r, axon_run);
    for (uint32_t k = row[axon]; k < row[axon + 1]; k++) {
        const core_run *run = &ROM(core_run, r, run)[k];
        int32_t *ring = STATE(int32_t, r, s, ring) + (size_t)run->port * (mask + 1);
        if (r->touches)
            touch(r, s, run, base, mask);
        switch ((run_kind)run->kind) {
        case RUN_STATIC:
            serve_static(r, ring, base, run, event.payload);
            mark_slots(r, s, base, run);
            break;
        case RUN_PLASTIC:
            if (r->early) /* served when it was fired */
                break;
            if (counted(r, run))
                run_counted(r, s, port, ring, base, run, event.payload);
            else
                run_plastic(r, s, ring, base, run, event.payload);
            mark_slots(r, s, base, run);
            break;
        case RUN_SUM:
            serve_static(r, STATE(int32_t, r, s, sums) + (size_t)run->sum * (mask + 1), base, run, event.payload);
            *sums = true;
            break;
        }
    }
}

/* Dialect lava: the sums of this step's spikes, shifted, join the ring (eq. L7). run_static added them times 64. */
void deliver_sums(const loihi_rom *r, loihi_state *s)
{
    uint32_t cells = r->slots * r->npad, sum = 0;
    for (uint32_t f = 0; f < r->nformats; f++) {
        const loihi_format *format = &ROM(loihi_format, r, format)[f];
        if (format->exponent >= 0)
            continue;
        int32_t *ring = STATE(int32_t, r, s, ring) + (size_t)format->port * cells;
        int32_t *from = STATE(int32_t, r, s, sums) + (size_t)sum++ * cells;
        for (uint32_t i = 0; i < cells; i++) {
            if (from[i] == 0)
                continue;
            add(&ring[i], (int32_t)fx_shl(fx_shr_rd(fx_shr_rd(from[i], 6), (unsigned)-format->exponent), 6));
            s->slot_used[i / r->npad] = 1;
            from[i] = 0;
        }
    }
    HMN_ASSERT(sum == r->nsums);
}

/* Lava multiplies weights by the payload before it shifts; a delay that a rule writes moves nothing there. */
static void run_early(const loihi_rom *r, loihi_state *s, const core_run *run, uint32_t base, int32_t payload)
{
    uint32_t cells = r->slots * r->npad;
    int32_t exponent = ROM(loihi_format, r, format)[run->format].exponent;
    int32_t *ring = exponent < 0 ? STATE(int32_t, r, s, sums) + (size_t)run->sum * cells
                                 : STATE(int32_t, r, s, ring) + (size_t)run->port * cells;
    const loihi_synapse *synapse = ROM(loihi_synapse, r, plastic) + run->first;
    const int16_t *weight = STATE(int16_t, r, s, weight) + run->first;
    unsigned shift = 6 + (exponent > 0 ? (unsigned)exponent : 0);
    for (uint32_t i = 0; i < run->count; i++)
        add(&ring[(base + synapse[i].delay * r->npad + synapse[i].compartment) & (cells - 1)],
            (int32_t)fx_wrap(fx_shl((int64_t)weight[i] * payload, shift), 31));
    if (exponent >= 0)
        mark_slots(r, s, base, run);
}

void deliver_early(const loihi_rom *r, loihi_state *s, uint32_t axon, int32_t payload, uint32_t step)
{
    const uint32_t *row = ROM(uint32_t, r, axon_run);
    uint32_t base = (step + 1) * r->npad & (r->slots * r->npad - 1);
    for (uint32_t k = row[axon]; k < row[axon + 1]; k++)
        if (ROM(core_run, r, run)[k].kind == RUN_PLASTIC)
            run_early(r, s, &ROM(core_run, r, run)[k], base, payload);
}

void loihi_deliver(const loihi_rom *r, loihi_state *s, hmn_port *port)
{
    uint32_t mask = r->slots * r->npad - 1, base = port->step * r->npad & mask;
    bool sums = false;
    for (uint32_t i = 0; i < port->nin; i++) {
        uint32_t axon = port->in[i].axon;
        HMN_ASSERT(axon < r->axons);
        if (axon >= r->first_learning && !r->early)
            learn_pre_spike(r, s, port, axon - r->first_learning);
        serve_axon(r, s, port, port->in[i], base, mask, &sums);
        port->count->synapse_words += ROM(uint32_t, r, axon_words)[axon];
        port->count->synaptic_events += ROM(uint32_t, r, axon_synapses)[axon];
    }
    port->count->axon_events += port->nin;
    if (sums)
        deliver_sums(r, s);
    for (uint32_t i = 0; i < port->ndrive; i++) {
        HMN_ASSERT(port->drive[i].compartment < r->n);
        add(&STATE(int32_t, r, s, ring)[base + port->drive[i].compartment], port->drive[i].amount);
        s->slot_used[base / r->npad] = 1;
    }
}
