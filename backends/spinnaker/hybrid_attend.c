/* Attention over the synapses onto a neuron, equations 10 and 11, on a core of the HMN program (eq. S67). Takes the
 * spikes of both sides, yields alpha. h of a source is a word of its row, c of a neuron lies in data memory; at the end
 * of an epoch that moves weights, the rows of sources that were active are fetched and their logits summed neuron by
 * neuron, and the ring of the last epochs keeps c and the sum's logarithm. A row that comes later finds both there, so
 * attention waits as long as weights do, exactly. Octaves instead of natural exponents: one table, no division.
 *
 * A rule's words, n neurons: fan-in, half-words | per neuron: last spike + 1, c of each timescale |
 * per neuron: top, sum of the epoch that ends | depth times per neuron: c of each timescale, norm */
#include "backends/spinnaker/hybrid_parts.h"

#include "core/base/fx.h"
#include "core/machine/curve.h"

enum { SUM_BITS = 24, SUM_WORDS = 3, SCALE_WORDS = 4, EXP2_BITS = 30 };

/* ---- arithmetic ---- */

int32_t hybrid_logit(const hybrid_scale *s, uint32_t h, uint32_t c)
{
    int64_t product = (int64_t)((uint64_t)h * c >> 15);
    return (int32_t)fx_sat(fx_shr_rn(product * s->gain, s->loses), 0, INT32_MAX / HYBRID_TIMESCALES);
}

/* 2^24 2^(-a / 65536). */
static uint64_t falling(int64_t a) { return curve_exp2((uint64_t)a) >> (EXP2_BITS - SUM_BITS); }

hybrid_sum hybrid_sum_of(uint32_t n) { return (hybrid_sum){0, (uint64_t)n << SUM_BITS}; }

void hybrid_sum_add(hybrid_sum *s, int32_t logit)
{
    if (logit > s->top) {
        s->sum = s->sum * falling(logit - s->top) >> SUM_BITS; /* 40 bits times 24 */
        s->top = logit;
    }
    s->sum += falling(s->top - logit) - falling(s->top);
}

int32_t hybrid_norm(const hybrid_sum *s, uint32_t n, bool mean)
{
    int32_t log = s->top + curve_log2(s->sum) - SUM_BITS * 65536;
    return mean ? log - curve_log2(n) : log;
}

uint32_t hybrid_share(int32_t logit, int32_t norm)
{
    uint64_t share = curve_power((int64_t)logit - norm);
    return share < INT32_MAX ? (uint32_t)share : INT32_MAX;
}

/* ---- what a rule keeps ---- */

uint32_t hybrid_share_words(uint32_t timescales, uint32_t depth, uint32_t n)
{
    uint32_t neuron = 1 + timescales + SUM_WORDS + depth * (timescales + 1);
    return timescales ? (n + 1) / 2 + n * neuron : 0;
}

static uint32_t *fan_in(const hybrid_core *c, const hybrid_rule *r) { return c->state + r->shares; }

static uint32_t *traces(const hybrid_core *c, const hybrid_rule *r, uint32_t neuron)
{
    return fan_in(c, r) + (c->rules->nneurons + 1) / 2 + (size_t)neuron * (1 + r->timescales);
}

static uint32_t *sum_words(const hybrid_core *c, const hybrid_rule *r, uint32_t neuron)
{
    return traces(c, r, c->rules->nneurons) + (size_t)neuron * SUM_WORDS;
}

static uint32_t *kept_words(const hybrid_core *c, const hybrid_rule *r, uint32_t neuron, uint32_t epoch)
{
    size_t i = (size_t)(epoch % r->depth) * c->rules->nneurons + neuron;
    return sum_words(c, r, c->rules->nneurons) + i * (r->timescales + 1);
}

static hybrid_sum sum_read(const uint32_t *w) { return (hybrid_sum){(int32_t)w[0], (uint64_t)w[2] << 32 | w[1]}; }

static void sum_write(uint32_t *w, const hybrid_sum *s)
{
    w[0] = (uint32_t)s->top;
    w[1] = (uint32_t)s->sum;
    w[2] = (uint32_t)(s->sum >> 32);
}

static hybrid_scale scale_of(const hybrid_core *c, const hybrid_rule *r, uint32_t k)
{
    const uint32_t *w = c->region + r->attend + k * SCALE_WORDS;
    return (hybrid_scale){{w[0], w[1]}, w[2], w[3]};
}

/* ---- spikes ---- */

/* Traces of attention at a spike in step t; last: the step of the one before + 1. */
static void rise(const hybrid_core *c, const hybrid_rule *r, uint32_t last, uint32_t *trace, uint32_t t, uint32_t by)
{
    for (uint32_t k = 0; k < r->timescales; k++) {
        uint32_t left = last ? hybrid_decayed(c->region, scale_of(c, r, k).decay, trace[k], t + 1 - last) : 0;
        trace[k] = left + by;
    }
}

void hybrid_attention_fired(const hybrid_core *c, const hybrid_rule *r, uint32_t neuron, uint32_t t)
{
    uint32_t *w = traces(c, r, neuron);
    rise(c, r, w[0], w + 1, t, HYBRID_ONE);
    w[0] = t + 1;
}

void hybrid_attention_arrives(const hybrid_core *c, const hybrid_rule *r, uint32_t *plastic, uint32_t t,
                              uint32_t counts)
{
    uint32_t number = hybrid_row_number(r, plastic);
    rise(c, r, plastic[0], plastic + HYBRID_HEAD, t, counts);
    c->state[c->rules->active + number / 32] |= 1u << number % 32;
}

/* ---- an epoch's end ---- */

void hybrid_start(const hybrid_core *c, const row_view *row)
{
    const hybrid_rule *r = &c->rules->rule[hybrid_row_rule(row->plastic)];
    for (uint32_t i = 0; r->timescales && i < row->ncontrols; i++) {
        uint32_t neuron = row_index(&c->format, row_half(row->control, i));
        row_set_half(fan_in(c, r), neuron, row_half(fan_in(c, r), neuron) + 1);
    }
}

static bool sums(const hybrid_core *c, const hybrid_rule *r, uint32_t t)
{
    return r->timescales && t % r->epoch == r->epoch - 1 && hybrid_moves(c, r, t / r->epoch);
}

static void begin_sums(const hybrid_core *c, const hybrid_rule *r, uint32_t t)
{
    for (uint32_t j = 0; j < c->rules->nneurons; j++) {
        const uint32_t *trace = traces(c, r, j);
        uint32_t *kept = kept_words(c, r, j, t / r->epoch);
        for (uint32_t k = 0; k < r->timescales; k++)
            kept[k] = trace[0] ? hybrid_decayed(c->region, scale_of(c, r, k).decay, trace[1 + k], t + 1 - trace[0]) : 0;
        hybrid_sum s = hybrid_sum_of(row_half(fan_in(c, r), j));
        sum_write(sum_words(c, r, j), &s);
    }
}

bool hybrid_attends(const hybrid_core *c, uint32_t t)
{
    bool any = false;
    for (uint32_t i = 0; i < c->rules->nrules; i++) {
        const hybrid_rule *r = &c->rules->rule[i];
        if (!sums(c, r, t))
            continue;
        begin_sums(c, r, t);
        any = true;
    }
    return any;
}

uint32_t hybrid_active(const hybrid_core *c, uint32_t from)
{
    while (from < c->rules->rows) {
        uint32_t bits = c->state[c->rules->active + from / 32] >> from % 32;
        if (bits) {
            from += (uint32_t)__builtin_ctz(bits);
            return from < c->rules->rows ? from : UINT32_MAX;
        }
        from = (from / 32 + 1) * 32;
    }
    return UINT32_MAX;
}

/* h of a row's source at the end of step t; false: all are 0. */
static bool trace_of_row(const hybrid_core *c, const hybrid_rule *r, const uint32_t *head, uint32_t t, uint32_t *h)
{
    bool any = false;
    for (uint32_t k = 0; k < r->timescales; k++) {
        h[k] = head[0] ? hybrid_decayed(c->region, scale_of(c, r, k).decay, head[HYBRID_HEAD + k], t + 1 - head[0]) : 0;
        any |= h[k] != 0;
    }
    return any;
}

static int32_t logit_of(const hybrid_core *c, const hybrid_rule *r, const uint32_t *h, const uint32_t *kept)
{
    int32_t logit = 0;
    for (uint32_t k = 0; k < r->timescales; k++) {
        hybrid_scale s = scale_of(c, r, k);
        logit += hybrid_logit(&s, h[k], kept[k]);
    }
    return logit;
}

void hybrid_attend(const hybrid_core *c, const row_view *row, uint32_t t)
{
    const hybrid_rule *r = &c->rules->rule[hybrid_row_rule(row->plastic)];
    uint32_t h[HYBRID_TIMESCALES], number = hybrid_row_number(r, row->plastic);
    if (!sums(c, r, t))
        return;
    if (!trace_of_row(c, r, row->plastic, t, h)) {
        c->state[c->rules->active + number / 32] &= ~(1u << number % 32);
        return;
    }
    for (uint32_t i = 0; i < row->ncontrols; i++) {
        uint32_t j = row_index(&c->format, row_half(row->control, i)), *at = sum_words(c, r, j);
        hybrid_sum s = sum_read(at);
        hybrid_sum_add(&s, logit_of(c, r, h, kept_words(c, r, j, t / r->epoch)));
        sum_write(at, &s);
    }
    c->count->attended += row->ncontrols;
}

void hybrid_attended(const hybrid_core *c, uint32_t t)
{
    for (uint32_t i = 0; i < c->rules->nrules; i++) {
        const hybrid_rule *r = &c->rules->rule[i];
        for (uint32_t j = 0; sums(c, r, t) && j < c->rules->nneurons; j++) {
            hybrid_sum s = sum_read(sum_words(c, r, j));
            uint32_t n = row_half(fan_in(c, r), j);
            int32_t norm = n ? hybrid_norm(&s, n, r->flags & HYBRID_MEAN) : 0;
            kept_words(c, r, j, t / r->epoch)[r->timescales] = (uint32_t)norm;
        }
    }
}

uint32_t hybrid_alpha(const hybrid_core *c, const hybrid_rule *r, const uint32_t *head, uint32_t neuron, uint32_t epoch)
{
    uint32_t h[HYBRID_TIMESCALES];
    const uint32_t *kept = kept_words(c, r, neuron, epoch);
    trace_of_row(c, r, head, epoch * r->epoch + r->epoch - 1, h);
    uint32_t alpha = hybrid_share(logit_of(c, r, h, kept), (int32_t)kept[r->timescales]);
    c->count->alphas++;
    c->count->saturated += alpha == INT32_MAX;
    return alpha;
}
