/* Serving a plastic row. Takes the row at a presynaptic spike, yields its plastic words and what joins the ring buffers
 * (eqs S51, S57): for each synapse the postsynaptic events since the last presynaptic spike are replayed in order, then
 * the spike itself. With a third factor the eligibility beside the weight takes the place of the weight in the rules,
 * and the weight moves by the integral of eligibility times third factor between events. The product of three there
 * is taken in the order that the compiled code has. sPyNNaker's synapse_dynamics_stdp_*.c, commit f905ce88. */
#include "backends/spinnaker/stdp.h"
#include "backends/spinnaker/arith.h"

#include "core/base/bug.h"

#define REWARD_ROW (1u << 31)

uint32_t stdp_head_words(stdp_kind kind) { return kind.timing == TIMING_NEAREST_PAIR ? 1 : 2; }

uint32_t stdp_plastic_words(stdp_kind kind, uint32_t n)
{
    return stdp_head_words(kind) + (kind.modulated ? n : n / 2 + n % 2);
}

uint32_t stdp_reward_flags(bool reward, uint32_t type) { return REWARD_ROW | (uint32_t)reward << 30 | type; }

uint32_t stdp_reward_control(uint32_t concentration, uint32_t neuron)
{
    HMN_ASSERT(concentration <= 0xffff && neuron <= 0xffff);
    return concentration << 16 | neuron;
}

bool stdp_row_fits(const stdp_core *c, const row_view *row, bool reward, uint32_t nneurons)
{
    if (!reward && row->nplastic < stdp_plastic_words(c->rule->kind, row->ncontrols))
        return false;
    for (uint32_t i = 0; i < row->ncontrols; i++) {
        uint32_t control = reward ? row->control[i] & 0xffff : row_half(row->control, i);
        if ((reward ? control : row_index(&c->format, control)) >= nneurons)
            return false;
        if (!reward && row_type(&c->format, control) >= c->rule->ntypes)
            return false;
    }
    return true;
}

/* What all synapses of a row share. */
typedef struct {
    const stdp_core *core;
    uint32_t now, last; /* times of this presynaptic spike and of the one before */
    stdp_pre_trace new_trace, last_trace;
} pre_spike;

static stdp_spike post_event(const pre_spike *p, const stdp_history *h, uint32_t entry, uint32_t previous,
                             uint32_t delay)
{
    return (stdp_spike){.time = h->time[entry] + delay,
                        .other_time = p->last,
                        .pre = p->last_trace,
                        .post = h->trace[entry],
                        .previous_post = h->time[previous]}; /* without the delay: upstream's quirk */
}

static stdp_spike pre_event(const pre_spike *p, const stdp_history *h, uint32_t previous, uint32_t delay)
{
    return (stdp_spike){
        .time = p->now, .other_time = h->time[previous] + delay, .pre = p->new_trace, .post = h->trace[previous]};
}

static int32_t update(const pre_spike *p, const stdp_history *h, stdp_window w, uint32_t delay, int32_t weight,
                      uint32_t type)
{
    for (uint32_t k = 0; k < w.count; k++, w.previous = w.next++, w.any = true) {
        stdp_spike s = post_event(p, h, w.next, w.previous, delay);
        weight = stdp_apply_post(p->core, &s, weight, type);
    }
    if (!w.any)
        return weight;
    stdp_spike s = pre_event(p, h, w.previous, delay);
    return stdp_apply_pre(p->core, &s, weight, type);
}

/* ---- third factor: eq. S57 ---- */

typedef struct {
    int32_t weight, eligibility; /* s16.15 */
    int32_t level;               /* of the third factor, at `time` */
    uint32_t time;
} modulated_synapse;

/* Eligibility and third factor decay to time t; their product until then joins the weight. */
static void integrate(const stdp_core *c, modulated_synapse *m, uint32_t t)
{
    int32_t ec = lut_at(c->region, &c->rule->correlation, t - m->time);
    if (m->level != 0) {
        int32_t ed = lut_at(c->region, &c->rule->dopamine, t - m->time);
        int32_t rest = (int16_t)(spin_mul_s411(ec, ed) - LUT_ONE);
        int32_t moved = spin_mul_trace(spin_mul_trace(spin_mul(m->eligibility, c->rule->constant), m->level), rest);
        m->weight = spin_add(m->weight, moved);
    }
    m->eligibility = spin_mul_trace(m->eligibility, ec);
    m->time = t;
}

static void update_modulated(const pre_spike *p, const stdp_history *h, stdp_window w, uint32_t delay,
                             modulated_synapse *m, uint32_t type)
{
    const stdp_core *c = p->core;
    m->time = p->last;
    m->level = 0;
    if (w.any) {
        int32_t keep = lut_at(c->region, &c->rule->dopamine, p->last - h->time[w.previous]);
        m->level = (int16_t)spin_mul_s411(h->level[w.previous], keep);
    }
    for (uint32_t k = 0; k < w.count; k++, w.previous = w.next++, w.any = true) {
        stdp_spike s = post_event(p, h, w.next, w.previous, delay);
        integrate(c, m, s.time);
        if (!(w.rewards >> k & 1))
            m->eligibility = stdp_apply_post(c, &s, m->eligibility, type);
        m->level = h->level[w.next];
    }
    if (w.any) {
        stdp_spike s = pre_event(p, h, w.previous, delay);
        integrate(c, m, p->now);
        m->eligibility = stdp_apply_pre(c, &s, m->eligibility, type);
    }
    m->weight = m->weight > c->rule->w_min ? m->weight : c->rule->w_min;
    m->weight = m->weight < c->rule->w_max ? m->weight : c->rule->w_max;
}

/* ---- rows ---- */

static int32_t expand(uint32_t half, uint32_t shift) { return (int32_t)(half << shift); }
static uint32_t store(int32_t weight, uint32_t shift) { return (uint32_t)fx_shr_rd(weight, shift) & 0xffff; }

/* Synapse i of the row; yields its new weight. */
static uint32_t serve_synapse(const pre_spike *p, const stdp_history *history, uint32_t *stored, uint32_t i,
                              uint32_t control)
{
    const stdp_core *c = p->core;
    uint32_t type = row_type(&c->format, control), shift = c->shift[type];
    uint32_t delay = c->rule->backprop_delay ? row_delay(&c->format, control) : 0;
    const stdp_history *h = &history[row_index(&c->format, control)];
    stdp_window w = stdp_window_of(h, p->last >= delay ? p->last - delay : 0, p->now >= delay ? p->now - delay : 0);
    if (!c->rule->kind.modulated) {
        uint32_t weight = store(update(p, h, w, delay, expand(row_half(stored, i), shift), type), shift);
        row_set_half(stored, i, weight);
        return weight;
    }
    modulated_synapse m = {.weight = expand(row_half(stored, 2 * i), shift),
                           .eligibility = expand(row_half(stored, 2 * i + 1), shift)};
    update_modulated(p, h, w, delay, &m, type);
    row_set_half(stored, 2 * i, store(m.weight, shift));
    row_set_half(stored, 2 * i + 1, store(m.eligibility, shift));
    return store(m.weight, shift);
}

/* Time and traces at the head of the plastic words: those of the last spike give way to those of this one. */
static pre_spike begin(const stdp_core *c, uint32_t *plastic, uint32_t now)
{
    pre_spike p = {.core = c, .now = now, .last = plastic[0]};
    bool traces = stdp_head_words(c->rule->kind) > 1;
    if (traces)
        p.last_trace = (stdp_pre_trace){(int16_t)(plastic[1] & 0xffff), (int16_t)(plastic[1] >> 16)};
    p.new_trace = stdp_add_pre(c, now, p.last, p.last_trace);
    plastic[0] = now;
    if (traces)
        row_set_half(plastic + 1, 0, (uint16_t)p.new_trace.r1);
    if (c->rule->kind.timing == TIMING_TRIPLET)
        row_set_half(plastic + 1, 1, (uint16_t)p.new_trace.r2);
    return p;
}

void stdp_serve(const stdp_core *c, const stdp_history *history, uint16_t *ring, row_view *row, uint32_t step,
                uint32_t late, ring_counters *count)
{
    pre_spike p = begin(c, row->plastic, step - late);
    uint32_t *stored = row->plastic + stdp_head_words(c->rule->kind);
    uint32_t stride = c->rule->kind.modulated ? 2 : 1; /* half-words of a synapse */
    for (uint32_t i = 0; i < row->ncontrols; i++) {
        uint32_t control = row_half(row->control, i), delay = row_delay(&c->format, control);
        uint32_t before = row_half(stored, stride * i), weight = serve_synapse(&p, history, stored, i, control);
        count->changed += weight != before;
        if (delay > late)
            ring_add(ring, ring_slot(&c->format, p.now + delay) | row_type_index(&c->format, control), weight,
                     &count->saturated_plastic);
        else
            count->skipped++;
    }
}
