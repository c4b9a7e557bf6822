/* Rows of the HMN program. Takes a row and a step, replays what its synapses have not seen (eqs S62, S63, S65) and adds
 * weights to the ring buffers. Each synapse goes from event to event: the arrival of its source's last spike, spikes of
 * its target, ends of epochs; where both eligibilities are 0 and weights do not fade, it goes over epochs at once,
 * because nothing would change. Draws are a function of (seed, projection, synapse, epoch). */
#include "backends/spinnaker/hybrid.h"

#include "backends/spinnaker/hybrid_parts.h"

#include "core/base/fx.h"
#include "core/base/rng.h"

#include <stdlib.h>
#include <string.h>

/* ---- layout ---- */

static uint32_t halves(const hybrid_rule *r)
{
    return 2u + (r->flags & HYBRID_SLOW ? 1u : 0u) + (r->flags & HYBRID_SYNAPSE_BIN ? 1u : 0u);
}

uint32_t hybrid_half(const hybrid_rule *r, uint32_t i) { return i * halves(r); }

uint32_t hybrid_head_words(const hybrid_rule *r)
{
    return HYBRID_HEAD + (r->timescales ? r->timescales + 1 : 0) + (r->counts_by != 0);
}

/* What the last arrival counts. */
static uint32_t *counts_of(const hybrid_rule *r, uint32_t *head) { return head + hybrid_head_words(r) - 1; }

uint32_t hybrid_plastic_words(const hybrid_rule *r, uint32_t n)
{
    return hybrid_head_words(r) + (n * halves(r) + 1) / 2;
}

void hybrid_row_head(const hybrid_rule *r, uint32_t *plastic, const hybrid_place *p)
{
    const uint32_t head[HYBRID_HEAD] = {0, 0, 0, p->first, p->projection << 8 | p->rule << 4 | p->bin};
    memcpy(plastic, head, sizeof head);
    if (r->timescales)
        plastic[HYBRID_HEAD + r->timescales] = p->number;
}

uint32_t hybrid_row_number(const hybrid_rule *r, const uint32_t *plastic)
{
    return plastic[HYBRID_HEAD + r->timescales];
}

bool hybrid_row_fits(const hybrid_core *c, const row_view *row)
{
    if (row->nplastic < HYBRID_HEAD || hybrid_row_rule(row->plastic) >= c->rules->nrules)
        return false;
    const hybrid_rule *r = &c->rules->rule[hybrid_row_rule(row->plastic)];
    if (row->nplastic < hybrid_plastic_words(r, row->ncontrols) || (row->plastic[4] & 15) >= r->bins)
        return false;
    if (r->timescales && hybrid_row_number(r, row->plastic) >= c->rules->rows)
        return false;
    for (uint32_t i = 0; i < row->ncontrols; i++) {
        if (row_index(&c->format, row_half(row->control, i)) >= c->rules->nneurons)
            return false;
        uint32_t last = hybrid_half(r, i + 1) - 1;
        if (r->flags & HYBRID_SYNAPSE_BIN && row_half(row->plastic + hybrid_head_words(r), last) >= r->bins)
            return false;
    }
    return r->type_up >> c->format.type_bits == 0 && r->type_down >> c->format.type_bits == 0;
}

/* ---- one synapse ---- */

typedef struct {
    const hybrid_core *core;
    const hybrid_rule *rule;
    const uint32_t *head;
    uint32_t arrival, x, counts; /* of the source's last spike; step + 1, trace, what it counts */
    uint32_t projection, number, bin;
    uint32_t neuron;
    bool down; /* starts below 0 */
    int32_t weight, psi[2];
} synapse;

static void add(synapse *s, uint32_t k, int64_t change)
{
    int64_t psi = s->psi[k] + change;
    s->psi[k] = (int32_t)fx_sat(psi, INT16_MIN + 1, INT16_MAX);
    s->core->count->saturated += psi != s->psi[k];
}

/* A trace times the table's value for the steps that are left in the epoch. */
static int64_t pairing(const synapse *s, uint32_t table, uint32_t shift, uint32_t trace, uint32_t left)
{
    return fx_shr_rn((int64_t)trace * (int16_t)row_half(s->core->region + table, left), shift);
}

/* left: steps to the end of the epoch. */
static void spikes(synapse *s, uint32_t t, uint32_t left, bool x, bool z)
{
    const hybrid_rule *r = s->rule;
    bool slow = r->flags & HYBRID_SLOW;
    if (x && r->flags & HYBRID_MINUS) {
        s->core->count->pairings++;
        uint32_t y = hybrid_post_trace(s->core, r->history, s->neuron, t);
        y = hybrid_paired(s->core, r, hybrid_counted(y, s->counts), t);
        add(s, 0, -pairing(s, r->minus_fast, r->shift_fast, y, left));
        if (slow)
            add(s, 1, -pairing(s, r->minus_slow, r->shift_slow, y, left));
    }
    if (z && s->arrival) {
        s->core->count->pairings++;
        hybrid_decay d = {r->x_table, r->x_size};
        uint32_t trace = hybrid_decayed(s->core->region, d, s->x, t + 1 - s->arrival);
        trace = hybrid_paired(s->core, r, trace, t);
        add(s, 0, pairing(s, r->plus_fast, r->shift_fast, trace, left));
        if (slow)
            add(s, 1, pairing(s, r->plus_slow, r->shift_slow, trace, left));
    }
}

static bool applies(const hybrid_core *c, const hybrid_rule *r, int64_t change, uint32_t draw)
{
    if (r->draw_size == 0)
        return true;
    uint64_t i = (uint64_t)llabs(change) >> r->draw_shift;
    uint32_t p = row_half(c->region + r->draw_table, i < r->draw_size ? (uint32_t)i : r->draw_size - 1);
    return p == 65535 || draw >> 16 < p;
}

static int32_t bounded(const synapse *s, int64_t weight)
{
    const hybrid_rule *r = s->rule;
    int64_t low = (int32_t)r->w_min, high = (int32_t)r->w_max;
    if (!(r->flags & HYBRID_FREE)) {
        low = s->down ? low : low > 0 ? low : 0;
        high = !s->down ? high : high < 0 ? high : 0;
    }
    return (int32_t)fx_sat(weight, low, high);
}

/* Equation 10: 31 bits times 31. */
static int64_t attended(const synapse *s, uint32_t epoch, int64_t change, uint32_t draw)
{
    uint32_t alpha = hybrid_alpha(s->core, s->rule, s->head, s->neuron, epoch);
    return s->rule->flags & HYBRID_STOCHASTIC ? fx_shr_sr(change * alpha, 16, draw & 0xffff)
                                              : fx_shr_rn(change * alpha, 16);
}

/* Equations 3 to 5 and 10 with the broadcast m of the synapse's bin. */
static void move(synapse *s, uint32_t epoch, int32_t m, const uint32_t draw[4])
{
    const hybrid_rule *r = s->rule;
    int64_t change = (int64_t)m * (s->psi[0] + s->psi[1]);
    if (r->timescales && change != 0)
        change = attended(s, epoch, change, draw[3]);
    if (change != 0 && !applies(s->core, r, change, draw[0]))
        change = 0;
    change -= fx_shr_rn((int64_t)s->weight * r->lose, 32 - r->weight_shift);
    if (change == 0)
        return;
    int64_t steps = r->flags & HYBRID_STOCHASTIC
                        ? fx_shr_sr(change, r->weight_shift, draw[1] & (((uint64_t)1 << r->weight_shift) - 1))
                        : fx_shr_rn(change, r->weight_shift);
    int32_t weight = bounded(s, s->weight + steps);
    s->core->count->changed += weight != s->weight;
    s->weight = weight;
}

static int32_t kept(const hybrid_rule *r, int32_t psi, uint32_t keep, uint32_t draw)
{
    int64_t p = (int64_t)psi * keep;
    return (int32_t)(r->flags & HYBRID_STOCHASTIC ? fx_shr_sr(p, 16, draw & 0xffff) : fx_shr_rz(p, 16));
}

static void end_epoch(synapse *s, uint32_t epoch)
{
    const hybrid_rule *r = s->rule;
    uint32_t draw[4] = {0};
    int32_t m;
    s->core->count->ends++;
    if (r->draw_size || r->flags & HYBRID_STOCHASTIC)
        rng_block(s->core->seed, RNG_UPDATE, s->projection, s->number, epoch, draw);
    if (hybrid_heard(s->core, r, epoch, s->bin, &m))
        move(s, epoch, m, draw);
    s->psi[0] = kept(r, s->psi[0], r->keep_fast, draw[2]);
    s->psi[1] = kept(r, s->psi[1], r->keep_slow, draw[2] >> 16);
}

/* Steps from..to - 1. */
static void replay(synapse *s, uint32_t from, uint32_t to)
{
    const hybrid_rule *r = s->rule;
    uint32_t t = from, epoch = t / r->epoch, end = epoch * r->epoch + r->epoch - 1; /* the core has no division */
    while (t < to) {
        uint32_t z = hybrid_next_spike(s->core, r->history, s->neuron, t, to);
        uint32_t x = s->arrival > t && s->arrival - 1 < to ? s->arrival - 1 : to;
        uint32_t e = s->psi[0] || s->psi[1] || r->lose ? end : to;
        uint32_t next = x < z ? x : z;
        next = e < next ? e : next;
        if (next >= to)
            return;
        for (; end < next; end += r->epoch)
            epoch++;
        if (next == x || next == z)
            spikes(s, next, end - next, next == x, next == z);
        t = next + 1;
        if (next < end)
            continue;
        end_epoch(s, epoch++);
        end += r->epoch;
    }
}

/* ---- rows ---- */

static synapse load(const hybrid_core *c, const row_view *row, uint32_t i)
{
    uint32_t *head = row->plastic;
    const hybrid_rule *r = &c->rules->rule[hybrid_row_rule(head)];
    const uint32_t *stored = head + hybrid_head_words(r);
    uint32_t at = hybrid_half(r, i), control = row_half(row->control, i);
    return (synapse){
        .core = c,
        .rule = r,
        .head = head,
        .arrival = head[0],
        .x = head[2],
        .counts = r->counts_by ? *counts_of(r, head) : HYBRID_ONE,
        .projection = head[4] >> 8,
        .number = head[3] + i,
        .bin = r->flags & HYBRID_SYNAPSE_BIN ? row_half(stored, at + halves(r) - 1) : head[4] & 15,
        .neuron = row_index(&c->format, control),
        .down = row_type(&c->format, control) & 1,
        .weight = (int16_t)row_half(stored, at),
        .psi = {(int16_t)row_half(stored, at + 1), r->flags & HYBRID_SLOW ? (int16_t)row_half(stored, at + 2) : 0}};
}

static void store(const synapse *s, uint32_t *stored, uint32_t i)
{
    uint32_t at = hybrid_half(s->rule, i);
    row_set_half(stored, at, (uint16_t)s->weight);
    row_set_half(stored, at + 1, (uint16_t)s->psi[0]);
    if (s->rule->flags & HYBRID_SLOW)
        row_set_half(stored, at + 2, (uint16_t)s->psi[1]);
}

static void replay_row(const hybrid_core *c, row_view *row, uint32_t to)
{
    uint32_t from = row->plastic[1];
    if (from >= to)
        return;
    for (uint32_t i = 0; i < row->ncontrols; i++) {
        synapse s = load(c, row, i);
        replay(&s, from, to);
        store(&s, row->plastic + hybrid_head_words(s.rule), i);
    }
    c->count->replayed += row->ncontrols;
    row->plastic[1] = to;
}

void hybrid_settle(const hybrid_core *c, row_view *row, uint32_t step) { replay_row(c, row, step + 1); }

/* The weight times what the spike counts: rounded once. */
static void deliver(const hybrid_core *c, uint16_t *ring, const row_view *row, uint32_t i, uint32_t slot)
{
    const hybrid_rule *r = &c->rules->rule[hybrid_row_rule(row->plastic)];
    int32_t weight = (int16_t)row_half(row->plastic + hybrid_head_words(r), hybrid_half(r, i));
    uint32_t control = row_half(row->control, i), neuron = row_index(&c->format, control);
    bool down = weight < 0;
    int64_t product = (int64_t)(down ? -weight : weight) * hybrid_counts(c, r);
    uint32_t size = (uint32_t)fx_shr_rn(product, 15 + (down ? r->drop_down : r->drop_up));
    uint32_t type = down ? r->type_down : r->type_up;
    ring_add(ring, slot | type << c->format.index_bits | neuron, size, &c->count->ring);
}

void hybrid_serve(const hybrid_core *c, uint16_t *ring, row_view *row, uint32_t step, uint32_t late,
                  ring_counters *count)
{
    const hybrid_rule *r = &c->rules->rule[hybrid_row_rule(row->plastic)];
    uint32_t fired = step - late, *head = row->plastic;
    replay_row(c, row, fired + 1);
    /* a late spike counts from the first step that is not replayed */
    uint32_t arrival = (fired + 1 > head[1] ? fired + 1 : head[1]) + 1;
    uint32_t left =
        head[0] ? hybrid_decayed(c->region, (hybrid_decay){r->x_table, r->x_size}, head[2], arrival - head[0]) : 0;
    uint32_t counts = hybrid_counts(c, r);
    head[2] = left + counts;
    if (r->timescales)
        hybrid_attention_arrives(c, r, head, arrival - 1, counts);
    if (r->counts_by)
        *counts_of(r, head) = counts;
    head[0] = arrival;
    for (uint32_t i = 0; i < row->ncontrols; i++) {
        uint32_t delay = row_delay(&c->format, row_half(row->control, i));
        delay = delay ? delay : 1u << c->format.delay_bits;
        if (delay > late)
            deliver(c, ring, row, i, ring_slot(&c->format, fired + delay));
        else
            count->skipped++;
    }
}
