/* The learning engine. Takes the spikes of an epoch, traces and broadcast registers, yields new weights, delays
 * and tags (eq. L11-L16).
 *
 * Work happens at the last step of each epoch. Traces are carried through the epoch first, because a product reads
 * them at the step of the spike it depends on. Then every learning axon's plastic synapses are visited, unless each
 * product of their rule is zero for the whole row: no presynaptic spike, a trace that is zero throughout, a reward
 * register of zero, a decimated clock that does not tick. Such a visit would change nothing, because a stored value
 * has no fraction to round; draws are keyed by synapse, so leaving it out does not move the others. */
#include "backends/loihi/core.h"

#include "backends/loihi/dialect.h"
#include "backends/loihi/dialect_learn.h"
#include "backends/loihi/extended.h"
#include "backends/loihi/product.h"
#include "backends/loihi/third.h"
#include "backends/loihi/traces.h"
#include "backends/loihi/weights.h"

#include "core/base/bug.h"
#include "core/base/fx.h"
#include "core/base/rng.h"
#include "core/machine/curve.h"

#include <string.h>

enum { MAX_PROFILES = 31, DELAY_TOP = 62 };

/* Which products of a rule need what, a bit each. */
typedef struct {
    uint32_t alive;            /* not zero for every synapse of the core in this epoch */
    uint32_t on_pre, on_post;  /* depend on x0, y0 */
    uint32_t needs_x[2];       /* have the plain factor x1, x2 */
    uint32_t needs_y;          /* have a plain factor y1, y2 or y3 (which no register is written into) */
    uint32_t needs_t, needs_d; /* have the plain factor t, d */
    int32_t r0, r1;
} rule_facts;

typedef struct {
    const loihi_rom *r;
    loihi_state *s;
    hmn_port *port;
    uint32_t start, number;     /* first step and number of the epoch, from 1 */
    bool any_post;              /* some postsynaptic trace was or is not zero */
    uint32_t left;              /* not zero: a trace outlives the epoch */
    uint32_t axon, compartment; /* of the synapse at hand */
    rule_facts facts[MAX_PROFILES];
    uint8_t live[CORE_MAX_COMPARTMENTS];
    trace_history y[CORE_MAX_COMPARTMENTS][3]; /* valid where live */
    extended_norms attention;                  /* valid for groups with a bit in attending */
    uint32_t attending;
} epoch;

typedef struct {
    uint32_t tx;
    trace_history x[2];
    uint32_t any; /* bit k: trace k is not zero throughout */
} presynaptic;

void learn_pre_spike(const loihi_rom *r, loihi_state *s, const hmn_port *port, uint32_t axon)
{
    if (loihi_own_traces((loihi_dialect_id)r->dialect)) {
        dialect_pre_spike(r, s, port, axon, 1);
        return;
    }
    uint8_t *tx = &STATE(uint8_t, r, s, tx)[axon];
    if (*tx) {
        const trace_owner o = trace_of_axon(r, port, axon);
        uint8_t *x[] = {&STATE(uint8_t, r, s, x1)[axon], &STATE(uint8_t, r, s, x2)[axon]};
        uint16_t room[4];
        for (uint32_t k = 0; k < 2; k++)
            *x[k] = trace_impulse(&o, trace_counted(r, s, axon, room), k, *x[k], port->step);
    }
    if (r->counting) {
        uint32_t row = ROM(uint8_t, r, pre_trace)[axon] - 1u, by = ROM(uint8_t, r, counts)[2 * row];
        STATE(uint16_t, r, s, counts)[axon] = (uint16_t)(by ? core_counts(port, by) : 0);
    }
    *tx = (uint8_t)(port->step % r->epoch + 1);
    s->traced = 1;
}

void learn_post_spike(const loihi_rom *r, loihi_state *s, const hmn_port *port, uint32_t compartment)
{
    if (loihi_own_traces((loihi_dialect_id)r->dialect)) {
        dialect_post_spike(r, s, port, compartment);
        return;
    }
    uint8_t *ty = &STATE(uint8_t, r, s, ty)[compartment];
    if (*ty) {
        const trace_owner o = trace_of_compartment(r, port, compartment);
        uint8_t *y[] = {&STATE(uint8_t, r, s, y1)[compartment], &STATE(uint8_t, r, s, y2)[compartment],
                        &STATE(uint8_t, r, s, y3)[compartment]};
        for (uint32_t k = 0; k < 3; k++)
            *y[k] = trace_impulse(&o, trace_post(r, compartment), k, *y[k], port->step);
    }
    *ty = (uint8_t)(port->step % r->epoch + 1);
    s->post++;
    s->traced = 1;
}

/* ---- what a rule can do in this epoch ---- */

static bool ticks(const epoch *e, const rule_product *p)
{
    return (e->number & (((uint32_t)1 << p->decimate) - 1)) == 0; /* eq. L15 */
}

static void study_product(const epoch *e, rule_facts *f, const rule_product *p, uint32_t bit)
{
    bool zero = p->mantissa == 0 || (p->dependency == RV_U && !ticks(e, p));
    f->on_pre |= p->dependency == RV_X0 ? bit : 0;
    f->on_post |= p->dependency == RV_Y0 ? bit : 0;
    for (uint32_t k = 0; k < p->nfactors; k++) {
        const rule_factor *a = &p->factor[k];
        if (a->constant != 0)
            continue;
        zero |= a->var == RV_C || (a->var == RV_R1 && f->r1 == 0) || (a->var == RV_R0 && f->r0 == 0);
        f->needs_x[0] |= a->var == RV_X1 ? bit : 0;
        f->needs_x[1] |= a->var == RV_X2 ? bit : 0;
        f->needs_t |= a->var == RV_T ? bit : 0;
        f->needs_d |= a->var == RV_D ? bit : 0;
        f->needs_y |= a->var == RV_Y1 || a->var == RV_Y2 || (a->var == RV_Y3 && !e->r->steered) ? bit : 0;
    }
    f->alive |= zero ? 0 : bit;
}

static void study_rules(epoch *e)
{
    for (uint32_t i = 0; i < e->r->nprofiles; i++) {
        const core_profile *p = &ROM(core_profile, e->r, profile)[i];
        rule_facts *f = &e->facts[i];
        *f = (rule_facts){0};
        f->r1 = p->channel < e->port->nchannels ? e->port->channel[p->channel] : 0;
        f->r0 = core_reward(e->port, p->channel);
        for (uint32_t k = 0; k < p->rule.nproducts; k++)
            study_product(e, f, &p->rule.product[k], (uint32_t)1 << k);
        if (e->s->post == 0)
            f->alive &= ~f->on_post;
        if (!e->any_post)
            f->alive &= ~f->needs_y;
    }
}

/* Some product may be other than zero without any presynaptic activity. */
static bool every_row(const epoch *e)
{
    uint32_t any = 0;
    for (uint32_t i = 0; i < e->r->nprofiles; i++)
        any |= e->facts[i].alive & ~(e->facts[i].on_pre | e->facts[i].needs_x[0] | e->facts[i].needs_x[1]);
    return any != 0;
}

static uint32_t alive_in_row(const rule_facts *f, const presynaptic *x)
{
    uint32_t alive = f->alive;
    alive &= x->tx ? ~0u : ~f->on_pre;
    for (int k = 0; k < 2; k++)
        alive &= x->any >> k & 1 ? ~0u : ~f->needs_x[k];
    return alive;
}

/* ---- one synapse ---- */

static uint32_t synapse_draw(const epoch *e, uint32_t index, uint32_t target, uint32_t bits)
{
    uint32_t word[4];
    if (e->port->draws) {
        const hmn_draw_site site = {DRAW_SYNAPSE, e->r->core, e->port->step, e->axon, e->compartment, target, 0};
        return (uint32_t)fx_shr_rd(e->port->draws->draw(e->port->draws->context, &site), 32 - bits);
    }
    rng_block(e->r->seed, RNG_SYNAPSE, e->r->core, index, e->number, word);
    return word[target] & ((1u << bits) - 1);
}

/* x / 2^bits, rounded stochastically; a draw is made only when there is a fraction. */
static int32_t round_down_or_up(const epoch *e, uint32_t index, uint32_t target, int32_t x, uint32_t bits)
{
    if ((x & ((1 << bits) - 1)) == 0)
        return (int32_t)fx_shr_rd(x, bits);
    return (int32_t)fx_shr_sr(x, bits, synapse_draw(e, index, target, bits));
}

/* eq. L43: one word of the synapse's own even sequence for each epoch of its rule. */
static int32_t round_evenly(const epoch *e, const core_profile *p, uint32_t index, int32_t x, uint32_t bits)
{
    if (e->port->draws || (x & ((1 << bits) - 1)) == 0)
        return round_down_or_up(e, index, RULE_W, x, bits);
    uint32_t word = rng_even(e->r->seed, RNG_EVEN, e->r->core, index, 1, e->number >> p->ticks);
    return (int32_t)fx_shr_sr(x, bits, word >> (32 - bits));
}

static int32_t new_weight(const epoch *e, const loihi_format *f, uint32_t index, int32_t acc)
{
    uint32_t shift = loihi_weight_shift(f->weight_bits, (qnet_sign)f->sign); /* eq. L16 */
    const core_profile *p = &ROM(core_profile, e->r, profile)[f->profile - 1];
    int32_t w = p->rule.rounds ? round_evenly(e, p, index, acc, PRODUCT_FRACTION + shift)
                               : round_down_or_up(e, index, RULE_W, acc, PRODUCT_FRACTION + shift);
    return (int32_t)fx_sat(fx_shl(w, shift), f->w_min, f->w_max);
}

static int32_t new_delay(const epoch *e, const loihi_format *f, uint32_t index, int32_t acc)
{
    int64_t top = fx_shl(1, (unsigned)f->delay_bits) - 1;
    top = top < DELAY_TOP ? top : DELAY_TOP;
    top = top < e->r->slots - 1 ? top : e->r->slots - 1;
    return (int32_t)fx_sat(round_down_or_up(e, index, RULE_D, acc, PRODUCT_FRACTION), 0, top);
}

static int32_t new_tag(const epoch *e, const loihi_format *f, uint32_t index, int32_t acc)
{
    int64_t top = f->tag_bits ? fx_shl(1, (unsigned)f->tag_bits - 1) : 0;
    return (int32_t)fx_sat(round_down_or_up(e, index, RULE_T, acc, PRODUCT_FRACTION), -top, top ? top - 1 : 0);
}

/* In the delay field it has no sign (eq. L46). */
static int32_t new_second(const epoch *e, const loihi_format *f, uint32_t index, int32_t acc)
{
    bool is_signed = f->second_bits > 6;
    int64_t top = fx_shl(1, (unsigned)f->second_bits - is_signed);
    return (int32_t)fx_sat(round_down_or_up(e, index, RULE_D, acc, PRODUCT_FRACTION), is_signed ? -top : 0, top - 1);
}

/* Variables of a synapse that stay through the epoch; traces are set per product. */
static void read_values(const epoch *e, const rule_facts *f, const presynaptic *x, uint32_t compartment, uint32_t index,
                        bool second, int32_t *value)
{
    value[RV_X0] = x->tx > 0;
    value[RV_Y0] = STATE(uint8_t, e->r, e->s, ty)[compartment] > 0;
    value[RV_R0] = f->r0;
    value[RV_R1] = f->r1;
    value[RV_W] = STATE(int16_t, e->r, e->s, weight)[index];
    value[RV_D] = second ? STATE(int16_t, e->r, e->s, second)[index] : STATE(uint8_t, e->r, e->s, delay)[index];
    value[RV_T] = STATE(int16_t, e->r, e->s, tag)[index];
    value[RV_C] = 0;
}

static void read_traces(const epoch *e, const presynaptic *x, uint32_t compartment, uint32_t at, int32_t *value)
{
    bool live = e->live[compartment];
    value[RV_X1] = x->x[0][at];
    value[RV_X2] = x->x[1][at];
    value[RV_Y1] = live ? e->y[compartment][0][at] : 0;
    value[RV_Y2] = live ? e->y[compartment][1][at] : 0;
    value[RV_Y3] = live ? e->y[compartment][2][at] : STATE(uint8_t, e->r, e->s, y3)[compartment]; /* written, or 0 */
}

/* Random words of one synapse's products, made when the first is needed: word 0 rounds a product, 1 its attention. */
typedef struct {
    const epoch *e;
    uint32_t index, block; /* block: number + 1, 0 none */
    uint32_t word[4];
} product_draws;

static uint32_t product_draw(product_draws *d, uint32_t product, uint32_t which)
{
    enum { BLOCK_SHIFT = 24 };
    if (d->block != product / 2 + 1)
        rng_block(d->e->r->seed, RNG_ROUND, d->e->r->core | product / 2 << BLOCK_SHIFT, d->index, d->e->number,
                  d->word);
    d->block = product / 2 + 1;
    return d->word[product % 2 * 2 + which];
}

/* The synapse at hand. */
typedef struct {
    const core_profile *profile;
    const presynaptic *x;
    uint32_t index, projection;
    uint32_t decimate; /* of the drawn products */
    int32_t value[RV_COUNT], acc[RULE_TARGETS], drawn;
    uint64_t alpha; /* where the rule attends */
    product_draws draws;
} visit;

static int32_t one_product(visit *v, uint32_t k)
{
    const hmn_rule *rule = &v->profile->rule;
    const rule_product *p = &rule->product[k];
    if (product_is_zero(p, v->value))
        return 0; /* most are, and a draw costs more than all else */
    int32_t x = rule->rounds ? product_rounded(p, 1, v->value, product_draw(&v->draws, k, 0))
                             : product_value(p, 1, v->value, PRODUCT_LOW);
    return rule->attended >> k & 1 && x ? extended_apply(x, v->alpha, product_draw(&v->draws, k, 1)) : x;
}

/* The probability gate: the products that are drawn together join the weight, or none of them does. */
static void apply_drawn(const epoch *e, visit *v)
{
    const hmn_rule *rule = &v->profile->rule;
    if (v->drawn == 0)
        return;
    uint32_t ticks_done = e->number >> v->decimate; /* the number of the rule's own epoch, from 1 */
    uint32_t word =
        rng_u32(e->r->seed, RNG_UPDATE, v->projection, ROM(uint32_t, e->r, number)[v->index], ticks_done - 1);
    if (extended_draw(e->r, &rule->draw, v->drawn, word))
        v->acc[RULE_W] = product_add(v->acc[RULE_W], v->drawn, PRODUCT_LOW);
}

static void find_alpha(const epoch *e, visit *v, uint32_t compartment)
{
    const rule_attend *a = &v->profile->rule.attend;
    if (!a->on || !(e->attending >> v->profile->group & 1))
        return;
    uint32_t y2 = e->live[compartment] ? e->y[compartment][1][e->r->epoch] : 0;
    v->alpha = extended_share(a, v->x->x[1][e->r->epoch], y2, e->attention.norm[v->profile->group][compartment]);
}

/* Sums the products that may differ from zero; which targets were touched, a bit each. */
static uint32_t sum_products(const epoch *e, visit *v, uint32_t alive, uint32_t compartment)
{
    const hmn_rule *rule = &v->profile->rule;
    uint32_t touched = 0, ty = STATE(uint8_t, e->r, e->s, ty)[compartment];
    v->acc[RULE_W] = (int32_t)fx_shl(v->value[RV_W], PRODUCT_FRACTION);
    v->acc[RULE_D] = (int32_t)fx_shl(v->value[RV_D], PRODUCT_FRACTION);
    v->acc[RULE_T] = (int32_t)fx_shl(v->value[RV_T], PRODUCT_FRACTION);
    v->drawn = 0;
    find_alpha(e, v, compartment);
    for (; alive; alive &= alive - 1) {
        uint32_t k = (uint32_t)__builtin_ctz(alive);
        const rule_product *p = &rule->product[k];
        if (p->dependency == RV_Y0 && !ty)
            continue;
        read_traces(e, v->x, compartment,
                    p->dependency == RV_X0   ? v->x->tx
                    : p->dependency == RV_Y0 ? ty
                                             : e->r->epoch,
                    v->value);
        v->value[RV_U] = ticks(e, p);
        bool drawn = rule->drawn >> k & 1;
        v->decimate = drawn ? p->decimate : v->decimate;
        int32_t *sum = drawn ? &v->drawn : &v->acc[p->target];
        *sum = product_add(*sum, one_product(v, k), PRODUCT_LOW);
        touched |= 1u << p->target;
    }
    if (rule->draw.on)
        apply_drawn(e, v);
    return touched;
}

static void visit_synapse(epoch *e, const core_run *run, uint32_t alive, const presynaptic *x, uint32_t index)
{
    const loihi_format *f = &ROM(loihi_format, e->r, format)[run->format];
    uint32_t compartment = ROM(loihi_synapse, e->r, plastic)[index].compartment;
    visit v;
    v.profile = &ROM(core_profile, e->r, profile)[f->profile - 1];
    v.x = x;
    v.index = index;
    v.projection = run->projection;
    v.decimate = 0;
    v.draws = (product_draws){.e = e, .index = index};
    e->compartment = compartment;
    read_values(e, &e->facts[f->profile - 1], x, compartment, index, f->second_bits != 0, v.value);
    uint32_t touched = sum_products(e, &v, alive, compartment);
    if (touched & 1u << RULE_W) {
        int32_t w = new_weight(e, f, index, v.acc[RULE_W]);
        e->port->count->weight_updates += w != v.value[RV_W];
        STATE(int16_t, e->r, e->s, weight)[index] = (int16_t)w;
    }
    if (touched & 1u << RULE_D && f->second_bits)
        STATE(int16_t, e->r, e->s, second)[index] = (int16_t)new_second(e, f, index, v.acc[RULE_D]);
    else if (touched & 1u << RULE_D)
        STATE(uint8_t, e->r, e->s, delay)[index] = (uint8_t)new_delay(e, f, index, v.acc[RULE_D]);
    if (touched & 1u << RULE_T)
        STATE(int16_t, e->r, e->s, tag)[index] = (int16_t)new_tag(e, f, index, v.acc[RULE_T]);
}

/* Most tags are zero most of the time, and so is each product with such a factor. */
static uint32_t alive_here(const epoch *e, const core_run *run, uint32_t alive, uint32_t index)
{
    const loihi_format *f = &ROM(loihi_format, e->r, format)[run->format];
    const rule_facts *facts = &e->facts[f->profile - 1];
    bool tag = STATE(int16_t, e->r, e->s, tag)[index] != 0;
    bool second =
        f->second_bits ? STATE(int16_t, e->r, e->s, second)[index] != 0 : STATE(uint8_t, e->r, e->s, delay)[index] != 0;
    return alive & ~(tag ? 0 : facts->needs_t) & ~(second ? 0 : facts->needs_d);
}

static void visit_row(epoch *e, uint32_t axon, const presynaptic *x)
{
    const uint32_t *row = ROM(uint32_t, e->r, axon_run) + e->r->first_learning + axon;
    e->axon = e->r->first_learning + axon;
    for (uint32_t k = row[0]; k < row[1]; k++) {
        const core_run *run = &ROM(core_run, e->r, run)[k];
        if (run->kind != RUN_PLASTIC)
            continue;
        uint32_t profile = (uint32_t)ROM(loihi_format, e->r, format)[run->format].profile - 1;
        uint32_t alive = alive_in_row(&e->facts[profile], x);
        if (alive == 0)
            continue;
        for (uint32_t i = run->first; i < run->first + run->count; i++) {
            uint32_t here = alive_here(e, run, alive, i);
            if (here)
                visit_synapse(e, run, here, x, i);
        }
        e->port->count->synapse_visits += run->count;
    }
}

/* ---- traces ---- */

static void advance_post(epoch *e)
{
    const loihi_rom *r = e->r;
    uint8_t *ty = STATE(uint8_t, r, e->s, ty);
    uint8_t *const y[] = {STATE(uint8_t, r, e->s, y1), STATE(uint8_t, r, e->s, y2), STATE(uint8_t, r, e->s, y3)};
    for (uint32_t i = 0; i < r->n; i++) {
        bool written = third_register(r, i) != 0; /* it is no trace: it wakes nobody */
        e->live[i] = (ty[i] | y[0][i] | y[1][i] | (written ? 0 : y[2][i])) != 0;
        if (!e->live[i])
            continue;
        e->any_post = true;
        for (int k = 0; k < 3; k++)
            e->y[i][k][0] = y[k][i];
        const trace_owner o = trace_of_compartment(r, e->port, i);
        trace_epoch(&o, trace_post(r, i), e->start, r->epoch, ty[i], e->y[i]);
        for (int k = 0; k < 3; k++) {
            y[k][i] = e->y[i][k][r->epoch];
            e->left |= k == 2 && written ? 0 : y[k][i];
        }
        e->port->count->trace_updates += 3;
    }
}

static void advance_pre(epoch *e, uint32_t axon, presynaptic *x)
{
    const loihi_rom *r = e->r;
    uint8_t *tx = &STATE(uint8_t, r, e->s, tx)[axon];
    uint8_t *const now[] = {&STATE(uint8_t, r, e->s, x1)[axon], &STATE(uint8_t, r, e->s, x2)[axon]};
    x->tx = *tx;
    for (int k = 0; k < 2; k++)
        x->x[k][0] = *now[k];
    const trace_owner o = trace_of_axon(r, e->port, axon);
    uint16_t room[4];
    x->any = trace_epoch(&o, trace_counted(r, e->s, axon, room), e->start, r->epoch, x->tx, x->x);
    for (int k = 0; k < 2; k++) {
        *now[k] = x->x[k][r->epoch];
        e->left |= *now[k];
    }
    *tx = 0;
    e->port->count->trace_updates += 2;
}

/* Eight axons of which none spiked or has a trace. The columns are padded with zeros. */
static bool eight_silent(const epoch *e, uint32_t axon)
{
    uint64_t a, b, c;
    memcpy(&a, STATE(uint8_t, e->r, e->s, tx) + axon, 8);
    memcpy(&b, STATE(uint8_t, e->r, e->s, x1) + axon, 8);
    memcpy(&c, STATE(uint8_t, e->r, e->s, x2) + axon, 8);
    return (a | b | c) == 0;
}

static bool silent(const epoch *e, uint32_t axon)
{
    return (STATE(uint8_t, e->r, e->s, tx)[axon] | STATE(uint8_t, e->r, e->s, x1)[axon] |
            STATE(uint8_t, e->r, e->s, x2)[axon]) == 0;
}

/* ---- attention ---- */

/* Some product that is attended may be other than 0 in this epoch. */
static uint32_t attending_groups(const epoch *e)
{
    uint32_t groups = 0;
    for (uint32_t i = 0; i < e->r->nprofiles; i++) {
        const core_profile *p = &ROM(core_profile, e->r, profile)[i];
        if (p->rule.attend.on && p->rule.attended & e->facts[i].alive)
            groups |= 1u << p->group;
    }
    return groups;
}

/* x2 of an axon at the end of the epoch; the trace itself is carried there later. */
static uint32_t coming_x2(const epoch *e, uint32_t axon)
{
    const loihi_rom *r = e->r;
    trace_history x[2];
    x[0][0] = STATE(uint8_t, r, e->s, x1)[axon];
    x[1][0] = STATE(uint8_t, r, e->s, x2)[axon];
    const trace_owner o = trace_of_axon(r, e->port, axon);
    uint16_t room[4];
    trace_epoch(&o, trace_counted(r, e->s, axon, room), e->start, r->epoch, STATE(uint8_t, r, e->s, tx)[axon], x);
    return x[1][r->epoch];
}

static void add_row(const epoch *e, uint32_t axon, uint32_t x2, uint32_t group, uint64_t *sum)
{
    const uint32_t *row = ROM(uint32_t, e->r, axon_run) + e->r->first_learning + axon;
    for (uint32_t k = row[0]; k < row[1]; k++) {
        const core_run *run = &ROM(core_run, e->r, run)[k];
        if (run->kind != RUN_PLASTIC)
            continue;
        const core_profile *p =
            &ROM(core_profile, e->r, profile)[ROM(loihi_format, e->r, format)[run->format].profile - 1];
        if (!p->rule.attend.on || p->group != group)
            continue;
        for (uint32_t i = run->first; i < run->first + run->count; i++) {
            uint32_t j = ROM(loihi_synapse, e->r, plastic)[i].compartment;
            uint32_t y2 = e->live[j] ? e->y[j][1][e->r->epoch] : 0;
            sum[j] += curve_power(extended_logit(&p->rule.attend, x2, y2)) - 65536;
        }
    }
}

/* eq. L44: silent axons count 1 each, so only those with a trace are visited. */
static void norm_group(epoch *e, uint32_t group, const rule_attend *a)
{
    uint64_t sum[CORE_MAX_COMPARTMENTS];
    memset(sum, 0, e->r->n * sizeof *sum);
    for (uint32_t axon = 0; axon < e->r->nlearning; axon++) {
        if (axon % 8 == 0 && eight_silent(e, axon)) {
            axon += 7;
            continue;
        }
        uint32_t x2 = coming_x2(e, axon);
        if (x2)
            add_row(e, axon, x2, group, sum);
    }
    for (uint32_t j = 0; j < e->r->n; j++)
        e->attention.norm[group][j] = extended_norm(a, sum[j], ROM(uint32_t, e->r, fan_in)[group * e->r->npad + j]);
}

static void attend(epoch *e)
{
    uint32_t done = 0;
    e->attending = e->r->ngroups ? attending_groups(e) : 0;
    for (uint32_t i = 0; i < e->r->nprofiles; i++) {
        const core_profile *p = &ROM(core_profile, e->r, profile)[i];
        if (p->rule.attend.on && e->attending >> p->group & ~(done >> p->group) & 1)
            norm_group(e, p->group, &p->rule.attend);
        done |= p->rule.attend.on ? 1u << p->group : 0;
    }
}

static void visit_axons(epoch *e)
{
    bool all = e->port->learning && every_row(e);
    presynaptic x;
    for (uint32_t a = 0; a < e->r->nlearning; a++) {
        if (!all && a % 8 == 0 && eight_silent(e, a)) {
            a += 7;
            continue;
        }
        if (!all && silent(e, a)) {
            e->port->count->trace_updates += 2; /* the engine cannot know */
            continue;
        }
        advance_pre(e, a, &x);
        if (e->port->learning)
            visit_row(e, a, &x);
    }
}

/* No trace to carry on, and no product that could be other than zero without one. */
static bool nothing_moves(epoch *e)
{
    if (e->s->traced || e->r->writes)
        return false;
    study_rules(e);
    return !(e->port->learning && every_row(e));
}

void loihi_learn(const loihi_rom *r, loihi_state *s, hmn_port *port)
{
    if (loihi_own_traces((loihi_dialect_id)r->dialect)) {
        dialect_learn(r, s, port);
        return;
    }
    if ((port->step + 1) % r->epoch != 0)
        return;
    epoch e;
    e.r = r;
    e.s = s;
    e.port = port;
    e.start = port->step + 1 - r->epoch;
    e.number = (port->step + 1) / r->epoch;
    e.any_post = false;
    e.left = 0;
    HMN_ASSERT(r->nprofiles <= MAX_PROFILES);
    if (r->steered)
        third_steer(r, s, port);
    if (nothing_moves(&e))
        return;
    advance_post(&e);
    study_rules(&e);
    attend(&e);
    visit_axons(&e);
    memset(STATE(uint8_t, r, s, ty), 0, r->npad);
    s->post = 0;
    s->traced = e.left != 0;
}
