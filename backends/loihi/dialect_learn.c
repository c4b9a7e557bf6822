/* The learning engines of nengo-loihi, Lava and brian2_loihi. Takes spikes, third factors and broadcast registers,
 * yields new weights, delays and tags as these emulators compute them (eq. D1-D9).
 *
 * Unlike a core of the chip, each rule (a plane) has an epoch and traces of its own, because in all three every
 * projection has. Nothing is left out for speed: every product of every synapse is evaluated, since Lava clips its
 * accumulator after each, even one of zero.
 *
 * lava: spikes count in the step in which they are fired. PHASE_LEARN sees what is on its way to the core, marks
 * it, lets learning synapses add their weights as they are now, and only then learns. */
#include "backends/loihi/dialect_learn.h"

#include "backends/loihi/dialect.h"
#include "backends/loihi/dialect_traces.h"
#include "backends/loihi/product.h"
#include "backends/loihi/weights.h"

#include "core/base/bug.h"
#include "core/base/fx.h"

#include <stdlib.h>
#include <string.h>

enum { NOW = 1, NEXT = 2, NENGO_MANTISSA = 3, ACCUMULATOR = 15 };

#define PRE(field) (STATE(uint8_t, r, s, field) + (size_t)plane * core_pre_pad(r))
#define POST(field) (STATE(uint8_t, r, s, field) + (size_t)plane * r->npad)
#define HELD(k) (STATE(int16_t, r, s, held) + ((size_t)plane * 3 + (k)) * r->npad)

static const core_profile *profile_of(const loihi_rom *r, uint32_t plane)
{
    return &ROM(core_profile, r, profile)[plane];
}

/* ---- spikes ---- */

static uint32_t number_of(const core_profile *p, uint32_t step) { return step / p->epoch + 1; }

/* p / 2 to the nearest, halves to even, in 8 bits. */
static uint32_t half_of(int32_t payload)
{
    uint32_t p = (uint32_t)payload;
    return (p / 2 + (p & 1 & p / 2)) & 255;
}

/* What a payload does to x1 (eq. D7). False: the spike leaves no mark otherwise. */
static bool graded_spike(uint32_t mode, int32_t payload, uint8_t *x1)
{
    uint32_t s = half_of(payload), sum = (*x1 + s) & 255;
    if (mode == GRADED_OVERWRITE)
        *x1 = (uint8_t)s;
    else if (mode == GRADED_ADD)
        *x1 = (uint8_t)(sum < 127 ? sum : 127);
    else
        *x1 = (uint8_t)(sum > 127 ? sum - 127 : sum);
    return mode != GRADED_CARRY || sum > 127;
}

void dialect_pre_spike(const loihi_rom *r, loihi_state *s, const hmn_port *port, uint32_t axon, int32_t payload)
{
    for (uint32_t plane = 0; plane < r->planes; plane++) {
        const core_profile *p = profile_of(r, plane);
        const dialect_owner o = {r, port, plane, number_of(p, port->step), false, axon};
        uint8_t *tx = &PRE(tx)[axon], *x1 = &PRE(x1)[axon], *x2 = &PRE(x2)[axon];
        bool again = *tx && r->dialect == DIALECT_LAVA;
        if (p->graded && !graded_spike(p->graded, payload, x1))
            continue;
        if (again && !p->graded)
            *x1 = dialect_impulse(&o, 0, *x1, DRAW_EARLIER);
        if (again)
            *x2 = dialect_impulse(&o, 1, *x2, DRAW_EARLIER);
        *tx = (uint8_t)(port->step % p->epoch + 1);
    }
}

void dialect_post_spike(const loihi_rom *r, loihi_state *s, const hmn_port *port, uint32_t compartment)
{
    for (uint32_t plane = 0; plane < r->planes; plane++) {
        const core_profile *p = profile_of(r, plane);
        const dialect_owner o = {r, port, plane, number_of(p, port->step), true, compartment};
        uint8_t *ty = &POST(ty)[compartment];
        uint8_t *const y[] = {&POST(y1)[compartment], &POST(y2)[compartment], &POST(y3)[compartment]};
        if (r->dialect == DIALECT_BRIAN2) { /* it acts in the next step */
            *ty |= NEXT;
            continue;
        }
        for (uint32_t k = 0; *ty && r->dialect == DIALECT_LAVA && !p->held && k < 3; k++)
            *y[k] = dialect_impulse(&o, k, *y[k], DRAW_EARLIER);
        *ty = (uint8_t)(port->step % p->epoch + 1);
    }
}

/* ---- one epoch of one rule ---- */

typedef struct {
    const loihi_rom *r;
    loihi_state *s;
    hmn_port *port;
    uint32_t plane, epoch, number;
    const core_profile *p;
    dialect_history (*y)[3]; /* [npad] */
    dialect_history x[2];
    uint32_t tx;
    uint32_t axon, compartment, synapse; /* at hand */
} round_of;

static void advance(const round_of *e, const dialect_owner *o, uint32_t k, uint32_t spike, uint8_t *late, int16_t *h)
{
    switch ((loihi_dialect_id)e->r->dialect) {
    case DIALECT_NENGO: dialect_trace_nengo(o, k, e->epoch, spike, h); break;
    case DIALECT_BRIAN2: dialect_trace_brian(o, k, spike, late, h); break;
    case DIALECT_LAVA: dialect_trace_lava(o, k, e->epoch, spike, false, h); break;
    case DIALECT_CHIP:
    case DIALECT_SANAFE:
    case DIALECT_COUNT: HMN_BUG("core %u: dialect chip learns elsewhere", e->r->core);
    }
}

/* Third factors: Lava lets them decay within the epoch and forgets that; the others take them as they are. */
static void hold_post(const round_of *e, const dialect_owner *o, uint32_t k, uint32_t spike)
{
    const loihi_rom *r = e->r;
    loihi_state *s = e->s;
    uint32_t plane = e->plane;
    int16_t *h = e->y[o->index][k];
    h[0] = HELD(k)[o->index];
    if (r->dialect == DIALECT_LAVA)
        dialect_trace_lava(o, k, e->epoch, spike, true, h);
    else
        for (uint32_t t = 1; t <= e->epoch; t++)
            h[t] = h[0];
}

static uint32_t post_step(const round_of *e, uint32_t compartment)
{
    const loihi_rom *r = e->r;
    loihi_state *s = e->s;
    uint32_t plane = e->plane, ty = POST(ty)[compartment];
    return r->dialect == DIALECT_BRIAN2 ? ty & NOW : ty;
}

static void advance_post(round_of *e)
{
    const loihi_rom *r = e->r;
    loihi_state *s = e->s;
    uint32_t plane = e->plane;
    uint8_t *const y[] = {POST(y1), POST(y2), POST(y3)}, none = 0;
    for (uint32_t i = 0; i < r->n; i++) {
        const dialect_owner o = {r, e->port, plane, e->number, true, i};
        uint8_t *late = r->dialect == DIALECT_BRIAN2 ? &POST(late_y)[i] : &none;
        if (!ROM(uint8_t, r, post_trace)[i])
            continue;
        for (uint32_t k = 0; k < 3; k++) {
            if (e->p->held) {
                hold_post(e, &o, k, post_step(e, i));
                continue;
            }
            e->y[i][k][0] = y[k][i];
            advance(e, &o, k, post_step(e, i), late, e->y[i][k]);
            y[k][i] = (uint8_t)e->y[i][k][e->epoch];
        }
        e->port->count->trace_updates += 3;
    }
}

static void advance_pre(round_of *e, uint32_t axon)
{
    const loihi_rom *r = e->r;
    loihi_state *s = e->s;
    uint32_t plane = e->plane;
    const dialect_owner o = {r, e->port, plane, e->number, false, axon};
    uint8_t *const x[] = {PRE(x1), PRE(x2)}, none = 0;
    uint8_t *late = r->dialect == DIALECT_BRIAN2 ? &PRE(late_x)[axon] : &none;
    e->tx = PRE(tx)[axon];
    for (uint32_t k = 0; k < 2; k++) {
        e->x[k][0] = x[k][axon];
        advance(e, &o, k, e->tx, late, e->x[k]);
        x[k][axon] = (uint8_t)e->x[k][e->epoch];
    }
    PRE(tx)[axon] = 0;
    e->port->count->trace_updates += 2;
}

/* ---- one synapse ---- */

static bool ticks(const round_of *e, const rule_product *p)
{
    uint32_t number = e->r->dialect == DIALECT_BRIAN2 ? e->port->step : e->number; /* eq. L15; there from 0 */
    return (number & (((uint32_t)1 << p->decimate) - 1)) == 0;
}

static int64_t synapse_draw(const round_of *e, uint32_t target)
{
    const dialect_owner o = {e->r, e->port, e->plane, e->number, false, e->axon};
    return dialect_synapse_draw(&o, e->synapse, e->axon, e->compartment, target);
}

static void read_state(const round_of *e, int32_t *value)
{
    const loihi_rom *r = e->r;
    uint32_t channel = e->p->channel;
    value[RV_X0] = e->tx > 0;
    value[RV_Y0] = post_step(e, e->compartment) > 0;
    value[RV_R0] = core_reward(e->port, channel);
    value[RV_R1] = channel < e->port->nchannels ? e->port->channel[channel] : 0;
    value[RV_W] = STATE(int16_t, r, e->s, weight)[e->synapse];
    value[RV_D] = STATE(uint8_t, r, e->s, delay)[e->synapse];
    value[RV_T] = STATE(int16_t, r, e->s, tag)[e->synapse];
    value[RV_C] = 0;
    value[RV_U] = 0;
}

static void read_traces(const round_of *e, uint32_t at, int32_t *value)
{
    value[RV_X1] = e->x[0][at];
    value[RV_X2] = e->x[1][at];
    value[RV_Y1] = e->y[e->compartment][0][at];
    value[RV_Y2] = e->y[e->compartment][1][at];
    value[RV_Y3] = e->y[e->compartment][2][at];
}

static int32_t dependency_of(const round_of *e, const rule_product *p, const int32_t *value)
{
    return p->dependency == RV_U ? ticks(e, p) : value[p->dependency];
}

/* The step of the epoch at which a product reads traces. */
static uint32_t read_at(const round_of *e, const rule_product *p)
{
    if (e->r->dialect != DIALECT_LAVA)
        return e->epoch;
    return p->dependency == RV_X0 ? e->tx : p->dependency == RV_Y0 ? post_step(e, e->compartment) : e->epoch;
}

/* ---- lava ---- */

/* Where a target ends, and for weights the narrower bounds that the network may set (eq. D6). */
static int32_t lava_limit(const loihi_format *f, rule_target target, bool low)
{
    int32_t format = low ? loihi_weight_low(f->weight_bits, (qnet_sign)f->sign)
                         : loihi_weight_high(f->weight_bits, (qnet_sign)f->sign);
    int32_t bound = low ? f->w_min : f->w_max;
    switch (target) {
    case RULE_D: return low ? 0 : 255;
    case RULE_T: return low ? -257 : 255;
    case RULE_W:
    case RULE_TARGETS: break;
    }
    if (bound != format)
        return bound;
    return low ? (f->sign == SIGN_EXCITATORY   ? 0
                  : f->sign == SIGN_INHIBITORY ? -255
                                               : -256)
               : (f->sign == SIGN_INHIBITORY ? 0 : 255);
}

static int32_t lava_round(const round_of *e, const loihi_format *f, rule_target target, int32_t acc)
{
    bool positive = target == RULE_D || (target == RULE_W && f->sign == SIGN_EXCITATORY);
    bool negative = target == RULE_W && f->sign == SIGN_INHIBITORY;
    acc = (positive && acc < 0) || (negative && acc > 0) ? 0 : acc;
    int64_t fraction = fx_shl(acc & 127, 32 - PRODUCT_FRACTION), z = fx_shr_rd(acc, PRODUCT_FRACTION);
    z += fraction && synapse_draw(e, target) < fraction;
    return (int32_t)fx_sat(z, lava_limit(f, target, true), lava_limit(f, target, false));
}

static int32_t lava_target(const round_of *e, const loihi_format *f, rule_target target, int32_t *value, int32_t now)
{
    int32_t acc = (int32_t)fx_shl(now, PRODUCT_FRACTION);
    for (uint32_t k = 0; k < e->p->rule.nproducts; k++) {
        const rule_product *p = &e->p->rule.product[k];
        if (p->target != target)
            continue;
        read_traces(e, read_at(e, p), value);
        acc = product_add(acc, product_value(p, dependency_of(e, p, value), value, PRODUCT_LOW_LAVA), PRODUCT_LOW_LAVA);
    }
    return lava_round(e, f, target, acc);
}

/* ---- nengo ---- */

/* Magnitudes are rounded and clipped (eq. D8). */
static int32_t nengo_target(const round_of *e, const loihi_format *f, rule_target target, int32_t *value, int32_t now)
{
    int64_t acc = fx_shl(now, PRODUCT_FRACTION);
    for (uint32_t k = 0; k < e->p->rule.nproducts; k++) {
        const rule_product *p = &e->p->rule.product[k];
        uint32_t width = product_width(p) + NENGO_MANTISSA;
        if (p->target != target || !dependency_of(e, p, value))
            continue;
        read_traces(e, read_at(e, p), value);
        acc += product_one_shift(p, value, width > ACCUMULATOR ? width - ACCUMULATOR : 0, true);
    }
    uint32_t grid = target == RULE_W ? loihi_weight_shift(f->weight_bits, (qnet_sign)f->sign) : 0;
    uint32_t shift = PRODUCT_FRACTION + grid;
    int64_t size = acc < 0 ? -acc : acc, fraction = fx_shl(size & (fx_shl(1, shift) - 1), 32 - shift);
    int64_t z = fx_shr_rd(size, shift) + (fraction && synapse_draw(e, target) < fraction);
    if (target == RULE_D)
        return acc < 0 ? 0 : (int32_t)fx_sat(z, 0, e->r->slots - 2);
    z = fx_shl(z, grid);
    int64_t top = target == RULE_T ? 255 : fx_shl(fx_shl(1, 8 - grid) - 1, grid);
    z = acc < 0 ? -fx_sat(z, 0, top) : fx_sat(z, 0, top);
    return (int32_t)(target == RULE_W ? fx_sat(z, f->w_min, f->w_max) : z);
}

/* ---- brian2loihi ---- */

/* Sum of the products in units of 2^-7, without bounds. early: as it stood when the step began. */
static int64_t brian_sum(const round_of *e, int32_t *value, bool early)
{
    int64_t sum = 0;
    read_traces(e, early ? 0 : 1, value);
    for (uint32_t k = 0; k < e->p->rule.nproducts; k++) {
        const rule_product *p = &e->p->rule.product[k];
        if (dependency_of(e, p, value))
            sum += product_one_shift(p, value, 0, false);
    }
    return sum;
}

/* |sum| / 2^7, away from zero. */
static int64_t brian_size(int64_t sum) { return fx_shr_rd((sum < 0 ? -sum : sum) + 127, PRODUCT_FRACTION); }

/* Steps of the weight's grid; whether the rest makes one more is decided from what the products were when the step
 * began (eq. D9). */
static int32_t brian_weight(const round_of *e, const loihi_format *f, int32_t *value)
{
    uint32_t grid = loihi_weight_shift(f->weight_bits, (qnet_sign)f->sign);
    int32_t begin[RV_COUNT];
    memcpy(begin, value, sizeof begin);
    begin[RV_X0] = begin[RV_Y0] = 0;
    int64_t early = brian_size(brian_sum(e, begin, true)), sum = brian_sum(e, value, false);
    int64_t fraction = fx_shl(early & (fx_shl(1, grid) - 1), 32 - grid);
    int64_t steps = sum ? fx_shr_rd(brian_size(sum), grid) + (fraction && synapse_draw(e, RULE_W) < fraction) : 0;
    int64_t w = value[RV_W] + (sum < 0 ? -1 : 1) * fx_shl(steps, grid);
    int32_t low = f->sign == SIGN_EXCITATORY ? 0 : -256;
    int32_t high = f->sign == SIGN_MIXED ? 254 : f->sign == SIGN_EXCITATORY ? 255 : 0;
    if (f->w_min != loihi_weight_low(f->weight_bits, (qnet_sign)f->sign))
        low = f->w_min;
    if (f->w_max != loihi_weight_high(f->weight_bits, (qnet_sign)f->sign))
        high = f->w_max;
    return (int32_t)fx_sat(w, low, high);
}

/* ---- all of them ---- */

static bool writes(const hmn_rule *rule, rule_target target)
{
    for (uint32_t k = 0; k < rule->nproducts; k++)
        if (rule->product[k].target == target)
            return true;
    return false;
}

static int32_t new_value(const round_of *e, const loihi_format *f, rule_target target, int32_t *value, int32_t now)
{
    if (e->r->dialect == DIALECT_LAVA)
        return lava_target(e, f, target, value, now);
    if (e->r->dialect == DIALECT_NENGO)
        return nengo_target(e, f, target, value, now);
    return target == RULE_W ? brian_weight(e, f, value) : now;
}

static void visit_synapse(round_of *e, const core_run *run, uint32_t index)
{
    const loihi_format *f = &ROM(loihi_format, e->r, format)[run->format];
    const hmn_rule *rule = &e->p->rule;
    int32_t value[RV_COUNT], w, d, t;
    e->synapse = index;
    e->compartment = ROM(loihi_synapse, e->r, plastic)[index].compartment;
    read_state(e, value);
    w = value[RV_W];
    d = value[RV_D];
    t = value[RV_T];
    int32_t new_w = writes(rule, RULE_W) ? new_value(e, f, RULE_W, value, w) : w;
    int32_t new_d = writes(rule, RULE_D) ? new_value(e, f, RULE_D, value, d) : d;
    int32_t new_t = writes(rule, RULE_T) ? new_value(e, f, RULE_T, value, t) : t;
    e->port->count->weight_updates += new_w != w;
    STATE(int16_t, e->r, e->s, weight)[index] = (int16_t)new_w;
    STATE(uint8_t, e->r, e->s, delay)[index] = (uint8_t)new_d;
    STATE(int16_t, e->r, e->s, tag)[index] = (int16_t)new_t;
}

static void visit_row(round_of *e, uint32_t axon)
{
    const uint32_t *row = ROM(uint32_t, e->r, axon_run) + e->r->first_learning + axon;
    e->axon = e->r->first_learning + axon;
    for (uint32_t k = row[0]; k < row[1]; k++) {
        const core_run *run = &ROM(core_run, e->r, run)[k];
        if (run->kind != RUN_PLASTIC || (uint32_t)ROM(loihi_format, e->r, format)[run->format].profile != e->plane + 1)
            continue;
        for (uint32_t i = 0; i < run->count; i++)
            visit_synapse(e, run, run->first + i);
        e->port->count->synapse_visits += run->count;
    }
}

static void end_epoch(const loihi_rom *r, loihi_state *s, hmn_port *port, uint32_t plane, dialect_history (*y)[3])
{
    const core_profile *p = profile_of(r, plane);
    round_of e = {.r = r, .s = s, .port = port, .plane = plane, .epoch = p->epoch, .p = p, .y = y};
    e.number = number_of(p, port->step);
    advance_post(&e);
    for (uint32_t a = 0; a < r->nlearning; a++) {
        advance_pre(&e, a);
        if (port->learning)
            visit_row(&e, a);
    }
    for (uint32_t i = 0; i < r->n; i++)
        POST(ty)[i] = POST(ty)[i] & NEXT && r->dialect == DIALECT_BRIAN2 ? NOW : 0;
}

/* Lava adds to every x1 in every step, 0 where no spike came: what carry left at 128 carries once more (eq. D7). */
static void carry_again(const loihi_rom *r, loihi_state *s, const hmn_port *port, uint32_t plane)
{
    uint8_t *x1 = PRE(x1);
    uint32_t k = 0;
    for (uint32_t axon = 0; axon < r->nlearning; axon++) {
        while (k < port->nin && port->in[k].axon < r->first_learning + axon)
            k++;
        bool spikes = k < port->nin && port->in[k].axon == r->first_learning + axon;
        if (x1[axon] > 127 && !spikes)
            x1[axon] = (uint8_t)(x1[axon] - 127);
    }
}

static void serve_early(const loihi_rom *r, loihi_state *s, const hmn_port *port)
{
    for (uint32_t plane = 0; plane < r->planes; plane++)
        if (profile_of(r, plane)->graded == GRADED_CARRY)
            carry_again(r, s, port, plane);
    for (uint32_t i = 0; i < port->nin; i++) {
        uint32_t axon = port->in[i].axon;
        if (axon < r->first_learning)
            continue;
        dialect_pre_spike(r, s, port, axon - r->first_learning, port->in[i].payload);
        deliver_early(r, s, axon, port->in[i].payload, port->step);
    }
    if (port->nin)
        deliver_sums(r, s);
}

void dialect_learn(const loihi_rom *r, loihi_state *s, hmn_port *port)
{
    dialect_history y[CORE_MAX_COMPARTMENTS][3];
    if (r->early)
        serve_early(r, s, port);
    for (uint32_t plane = 0; plane < r->planes; plane++)
        if ((port->step + 1) % profile_of(r, plane)->epoch == 0)
            end_epoch(r, s, port, plane, y);
}
