/* Rules of type stdp and hmn -> products. Takes equations 2 and 3,
 *
 *   dw_ij = (eta_local + eta_global sum_k w_k E_k) e_ij,   H_ij = A_plus x_i z_j - A_minus y_j x_i,
 *
 * and the real value w_lsb of one step of a weight, yields one of these forms:
 *
 *   no modulator, the epoch's own pairings   dw = S y0 x1 - S' x0 y1
 *   modulated, the epoch's own pairings      dw = S r1 y0 x1 - S' r1 x0 y1
 *   eligibility traces                       learn_tags.c
 *
 * S = m 2^e is coarse; what makes the product exact is free elsewhere: the impulse of a trace has 8 fraction bits,
 * and the step `unit` of register r1 may be any number. With modulators, unit is chosen so that
 * |eta_local| + |eta_global| sum |w_k| L_k (the largest |w_k| L_k under attention, equation 7) comes near 127 steps,
 * where |E_k| is taken to stay below L_k: 1 for signals,
 * 100 Hz for rates of populations, the largest value of schedules and constants. A product of n factors of b bits each
 * loses max(0, sum b + 4 - 15) bits on the right before S shifts it left: 4 for r1 x1, 6 for r1 t.
 *
 * The engine pairs the last spike of an epoch only. */
#include "compiler/learn.h"
#include "compiler/learn_optional.h"

#include "compiler/rule.h"
#include "core/base/bug.h"

#include <math.h>

/* ---- what cannot be lowered ---- */

static bool refuse(lowering *l, bool on, const char *term, const char *cure)
{
    if (!on)
        return true;
    diag_report(l->diag, DIAG_RULE_TARGET, l->rule->name.at, "rule %s: this target cannot compute %s", l->rule->name.s,
                term);
    diag_cure(l->diag, "%s", cure);
    return learn_refused(l, term, cure);
}

static bool attention_fits(lowering *l)
{
    const char *cure, *term = learn_cannot_attend(l->qnet->chip, &l->rule->local_attention, &cure);
    return refuse(l, l->rule->local_attention.on && term, term, cure);
}

/* Presynaptic spikes lower eligibility. */
static bool takes(const lowering *l)
{
    return l->rule->traces.pairing == PAIRING_STDP && l->rule->traces.a_minus.v != 0;
}

/* The engine's epoch is longer than a step. */
static bool odd(const lowering *l)
{
    const net_traces *t = &l->rule->traces;
    bool own = t->k_fast.v != 0 && t->tau_fast.v <= 0; /* pairings of the epoch */
    uint32_t epoch = l->out.epoch;
    while (!own && epoch % 2 == 0)
        epoch /= 2;
    return epoch > 1;
}

static bool supported(lowering *l)
{
    const net_rule *r = l->rule;
    const net_traces *t = &r->traces;
    bool fast = t->k_fast.v != 0 && t->tau_fast.v > 0, slow = t->tau_slow.given && t->k_slow.v != 0;
    if (r->type == RULE_STDP)
        return true;
    bool ok = attention_fits(l);
    const net_astrocyte *cell = r->astrocyte.i != NET_NONE ? &l->net->astrocyte[r->astrocyte.i] : NULL;
    bool counts = cell && cell->effect == ASTRO_PRESYNAPTIC;
    ok &= refuse(
        l, counts && !l->limits->counts_spikes,
        "an astrocyte that acts on presynaptic spikes: they have no payload, and a gain of the neuron would act on "
        "its other projections, too",
        "use effect: gain, additive or eligibility, or target loihi2 or spinnaker");
    ok &= refuse(
        l, counts && l->limits->counts_spikes && takes(l) && (r->local_attention.on || !(fast || slow) || odd(l)),
        "an astrocyte that acts on presynaptic spikes where they also take (A_minus): what a spike counts is then x2, "
        "which attention over synapses reads as h, and which lasts a step",
        "use pairing: hebbian or A_minus: 0, or a tag, an epoch of 1, 2, 4, 8 .. steps and no local_attention");
    ok &= refuse(l, t->pairing == PAIRING_RATE && !fast && !slow, "pairing: rate without an eligibility trace",
                 "give tau_fast or tau_slow, or use pairing: stdp or pairing: hebbian");
    ok &= refuse(l, fast && slow && l->limits->second_tag_bits == 0,
                 "a fast and a slow eligibility trace at once: a synapse has one tag",
                 "keep one of them: leave tau_slow out, or set k_fast: 0");
    ok &=
        refuse(l, fast && slow && l->limits->second_tag_is_delay && t->pairing == PAIRING_STDP && t->a_minus.v != 0,
               "two eligibility traces of which one may be negative: the second tag is the delay field, without a sign",
               "use pairing: hebbian, or target loihi2, or keep one of them");
    return ok;
}

double learn_level(const net_modulator *m)
{
    double most = 0;
    switch (m->source) {
    case MODSRC_SIGNAL: return 1;
    case MODSRC_POPULATION: return 100;
    case MODSRC_CONSTANT: return fabs(m->value.v);
    case MODSRC_SCHEDULE: break;
    }
    for (uint32_t k = 0; k < m->nschedule; k++)
        most = fmax(most, fabs(m->schedule_value[k]));
    return most;
}

learn_pair learn_read_pair(lowering *l)
{
    const net_rule *r = l->rule;
    const net_traces *t = &r->traces;
    bool stdp = r->type == RULE_STDP, slow = !stdp && t->tau_slow.given && t->k_slow.v != 0;
    bool fast = stdp || (t->k_fast.v != 0 && t->tau_fast.v > 0);
    learn_pair p = {.a_plus = t->a_plus.v, .own = stdp ? 1 : t->tau_fast.v > 0 ? 0 : t->k_fast.v};
    p.a_minus = stdp || t->pairing == PAIRING_STDP ? t->a_minus.v : 0;
    p.tau_plus = t->tau_plus.v / l->dt;
    p.tau_minus = t->tau_minus.v / l->dt;
    if (slow)
        p.tag[p.ntags++] = (learn_tag){RULE_T, RV_T, t->k_slow.v, t->tau_slow.v / l->dt, &t->tau_slow, "tau_slow", 0};
    if (fast && !stdp)
        p.tag[p.ntags++] = (learn_tag){slow ? RULE_D : RULE_T,
                                       slow ? RV_D : RV_T,
                                       t->k_fast.v,
                                       t->tau_fast.v / l->dt,
                                       &t->tau_fast,
                                       "tau_fast",
                                       0};
    p.eta_local = stdp && !r->eta_local.given ? 1 : r->eta_local.v;
    p.eta_global = stdp ? 0 : r->eta_global.v;
    if (p.ntags == 0) { /* the share belongs to the amplitudes */
        p.a_plus *= p.own;
        p.a_minus *= p.own;
    }
    double sum = 0, most = 0, gain = 0;
    for (uint32_t k = 0; k < r->nmodulators; k++) {
        const net_modulator *m = &l->net->modulator[r->modulator[k].i];
        double part = fabs(p.eta_global * m->weight.v) * learn_level(m);
        sum += part;
        most = fmax(most, part);
        gain = fmax(gain, fabs(p.eta_global * m->weight.v));
    }
    double global = r->global_attention.on ? most : sum; /* shares of a softmax add up to 1 */
    p.reach = learn_room_of_factors(r, l->net, fabs(p.eta_local), global, l->apart || p.ntags);
    if (sum > 0) /* a gain of the register is s15.16, however small the level that it multiplies */
        p.reach = fmax(p.reach, gain * (l->channel.wide ? 1 : INT8_MAX / (double)INT16_MAX));
    p.modulated = sum > 0 || (!stdp && ((r->phase_gate.on && r->phase_gate.gate != GATE_ACTIVITY) || r->meta.on ||
                                        r->astrocyte.i != NET_NONE));
    return p;
}

/* ---- constants ---- */

bool learn_lost(lowering *l, hmn_span at, const char *what, double value, double bound)
{
    bool above = fabs(value) > bound;
    diag_report(l->diag, DIAG_LOST_TO_ZERO, at.line ? at : l->rule->name.at,
                "rule %s: %s is %.4g, but on %s %s than %.4g rounds to zero", l->rule->name.s, what, value, l->subject,
                above ? "more" : "less", bound);
    const char *cure =
        arena_printf(l->arena, "%s it to %.4g or %s", above ? "lower" : "raise", bound, above ? "less" : "more");
    diag_cure(l->diag, "%s%s", cure, above ? "" : ", or lower the weights of the projection");
    return learn_refused(l, what, arena_printf(l->arena, "rounds to zero: %s", cure));
}

bool learn_too_large(lowering *l, const char *what, double value, double most)
{
    diag_report(l->diag, DIAG_FIT_VALUE, l->rule->name.at, "rule %s: %s is %.4g; on %s at most %.4g fits",
                l->rule->name.s, what, value, l->subject, most);
    diag_cure(l->diag, "lower it to %.4g or less, or raise the weights of the projection", most);
    return learn_refused(l, what, arena_printf(l->arena, "lower it to %.4g or less", most));
}

void learn_product(lowering *l, rule_target target, rule_var dependency, learn_scale s, bool negative,
                   const rule_factor *factor, uint32_t n)
{
    HMN_ASSERT(l->out.nproducts < RULE_MAX_PRODUCTS);
    uint32_t bit = 1u << l->out.nproducts;
    bool change = target == RULE_W && !(n == 1 && factor[0].var == RV_W); /* not the decay of the weight itself */
    l->out.attended |= change && l->out.attend.on ? bit : 0;
    l->out.drawn |= change && l->out.draw.on ? bit : 0;
    rule_product *p = &l->out.product[l->out.nproducts++];
    *p = (rule_product){.target = (uint8_t)target, .dependency = (uint8_t)dependency, .nfactors = (uint8_t)n};
    p->mantissa = (int8_t)(negative ? -s.mantissa : s.mantissa);
    p->exponent = s.exponent;
    p->decimate = dependency == RV_U ? l->decimate : 0;
    for (uint32_t k = 0; k < n; k++)
        p->factor[k] = factor[k];
}

/* Splits `change` (steps per spike, before the right shift) into an impulse as large as there is room for, and a
 * scale. False when no scale is small or large enough. */
static bool split(lowering *l, double change, double room, learn_scale *s, double *impulse)
{
    *s = learn_at_least(l->limits, change / room);
    *impulse = change / s->value;
    return *impulse >= 1 && *impulse <= room * (1 + 1e-9);
}

typedef struct {
    rule_target target;
    bool r1;
    double per_unit; /* steps of the target that A = 1 stands for, before the right shift */
} pair_sink;

/* One half of the pairing term: y0 x1 for A_plus, x0 y1 for A_minus. A given impulse is kept, else chosen. */
static bool half(lowering *l, const learn_pair *p, pair_sink to, bool plus, double fixed_impulse)
{
    double a = plus ? p->a_plus : p->a_minus, tau = plus ? p->tau_plus : p->tau_minus, impulse = fixed_impulse;
    double signed_change = plus ? a * to.per_unit : -a * to.per_unit, change = fabs(signed_change),
           room = learn_room(tau, l->dt);
    const net_num *key = plus ? &l->rule->traces.a_plus : &l->rule->traces.a_minus;
    const char *name = plus ? "A_plus" : "A_minus";
    learn_scale s;
    if (a == 0)
        return true;
    if (!learn_fades(l, plus ? &l->rule->traces.tau_plus : &l->rule->traces.tau_minus, plus ? "tau_plus" : "tau_minus",
                     tau * l->dt))
        return false;
    if (impulse > 0)
        s = learn_nearest(l->limits, change / impulse);
    else if (!split(l, change, room, &s, &impulse)) {
        double step = fabs(key->v) / change;
        return impulse < 1 ? learn_lost(l, key->at, name, key->v, step * s.value)
                           : learn_too_large(l, name, key->v, step * s.value * room);
    }
    rule_factor f[2] = {{plus ? RV_X1 : RV_Y1, false, 0}, {RV_R1, false, 0}};
    learn_product(l, to.target, plus ? RV_Y0 : RV_X0, s, signed_change < 0, f, to.r1 ? 2 : 1);
    rule_trace *trace = &l->out.trace[plus ? RT_X1 : RT_Y1];
    *trace = learn_trace(impulse, tau);
    double got = s.value * trace->impulse_q8 / 256 / change * fabs(key->v);
    learn_report(l, (qnet_report_row){.quantity = name,
                                      .unit = "",
                                      .verdict = got == fabs(key->v) ? VERDICT_EXACT : VERDICT_QUANTISED,
                                      .bits = 7,
                                      .scale = fabs(key->v) / impulse,
                                      .max_error = fabs(got - fabs(key->v)),
                                      .rms_error = fabs(got - fabs(key->v)),
                                      .count = 1,
                                      .note = l->out.epoch > 1 ? "only the last spike of an epoch pairs" : NULL});
    learn_tell_tau(l, plus, trace, tau);
    return true;
}

/* ---- the register of modulators ---- */

/* `value` is what `steps` of the register stand for; level: how many times it may count. */
static bool term_of_channel(lowering *l, double steps, double level, hmn_span at, const char *what, double value,
                            int32_t *q16)
{
    double least = l->carry ? ldexp(8, -16) : 0.5; /* with a carry only the 16 fraction bits limit it */
    if (value != 0 && level > 0 && fabs(steps) * (l->carry ? 1 : level) < least)
        return learn_lost(l, at, what, value, fabs(value) * least / (fabs(steps) * (l->carry ? 1 : level)));
    *q16 = (int32_t)fmin(fmax(round(ldexp(steps, 16)), INT32_MIN), INT32_MAX);
    return true;
}

bool learn_fill_channel(lowering *l, const learn_pair *p, double unit)
{
    const net_rule *r = l->rule;
    qnet_channel *c = &l->channel;
    l->uses_channel = true;
    c->unit = unit;
    c->epoch = l->epoch;
    c->carry = l->carry;
    if (!learn_attention(l) || !learn_factors(l, unit))
        return false;
    if (r->type == RULE_HMN && r->phase_gate.on && r->phase_gate.gate != GATE_ACTIVITY)
        learn_phase_gate(l);
    bool ok = term_of_channel(l, p->eta_local / unit, 1, r->eta_local.at, "eta_local", p->eta_local, &c->base_q16);
    for (uint32_t k = 0; k < r->nmodulators; k++) {
        const net_modulator *m = &l->net->modulator[r->modulator[k].i];
        double gain = p->eta_global * m->weight.v;
        const char *what = arena_printf(l->arena, "eta_global times the weight of modulator %s", m->name.s);
        c->modulator[k] = r->modulator[k].i;
        ok &= term_of_channel(l, gain / unit, learn_level(m), r->eta_global.at, what, gain, &c->gain_q16[k]);
    }
    c->nterms = r->nmodulators;
    learn_report(l, (qnet_report_row){.quantity = "eta_local + eta_global G",
                                      .unit = "",
                                      .verdict = VERDICT_QUANTISED,
                                      .bits = c->wide ? 16 : 8,
                                      .scale = unit,
                                      .max_error = l->carry ? unit : unit / 2,
                                      .rms_error = l->carry ? unit / sqrt(6) : unit / sqrt(12),
                                      .count = 1,
                                      .note = arena_printf(l->arena,
                                                           "register r1: %.3g of its %d steps when every modulator "
                                                           "is at its largest%s",
                                                           p->reach / unit, c->wide ? INT16_MAX : INT8_MAX,
                                                           l->carry ? "; what rounding leaves is carried on" : "")});
    return ok;
}

/* ---- the forms ---- */

/* dw = S y0 x1 - S' x0 y1 */
static bool direct(lowering *l, const learn_pair *p)
{
    pair_sink to = {RULE_W, false, p->eta_local / l->w_lsb};
    return half(l, p, to, true, 0) & half(l, p, to, false, 0);
}

/* dw = S r1 y0 x1 - S' r1 x0 y1. The larger half sets the unit, the other follows through its impulse. */
static bool direct_modulated(lowering *l, const learn_pair *p)
{
    static const rule_factor f[2] = {{RV_X1, false, 0}, {RV_R1, false, 0}};
    bool plus = fabs(p->a_plus) >= fabs(p->a_minus);
    double a = fabs(plus ? p->a_plus : p->a_minus), impulse = learn_room(plus ? p->tau_plus : p->tau_minus, l->dt);
    double per_step = a / l->w_lsb * ldexp(1, (int)learn_shift(f, 2)), need = p->reach / 127 * per_step;
    learn_scale s = learn_at_least(l->limits, need / impulse);
    if (s.value * impulse > need && s.exponent == l->limits->exponent_low && s.mantissa == 1)
        impulse = fmax(fmin(8, impulse), ceil(need / s.value)); /* finer steps than the smallest scale: a lower trace */
    if (s.value * impulse < need)
        return learn_too_large(l, "the largest change of a weight", p->reach * a,
                               127 * s.value * impulse / per_step * a);
    double unit = s.value * impulse / per_step;
    pair_sink to = {RULE_W, true, unit / l->w_lsb * ldexp(1, (int)learn_shift(f, 2))};
    return learn_fill_channel(l, p, unit) & half(l, p, to, plus, impulse) & half(l, p, to, !plus, 0);
}

/* Weights lose the share `decay` a millisecond: dw = -m 2^e u0 w. */
static bool weight_decay(lowering *l)
{
    double wanted = l->rule->decay.v * l->epoch * l->dt, least = ldexp(1, l->limits->exponent_low);
    if (wanted == 0)
        return true;
    if (wanted < 0.75 * least)
        return learn_lost(l, l->rule->decay.at, "decay", l->rule->decay.v, 0.75 * least / l->epoch / l->dt);
    learn_scale s = learn_nearest(l->limits, wanted);
    rule_factor f = {RV_W, false, 0};
    learn_product(l, RULE_W, RV_U, s, true, &f, 1);
    learn_report(l, (qnet_report_row){.quantity = "decay",
                                      .unit = "1/ms",
                                      .verdict = s.value == wanted ? VERDICT_EXACT : VERDICT_APPROXIMATED,
                                      .bits = 4,
                                      .scale = least / l->epoch / l->dt,
                                      .max_error = fabs(s.value - wanted) / l->epoch / l->dt,
                                      .rms_error = fabs(s.value - wanted) / l->epoch / l->dt,
                                      .count = 1});
    return true;
}

/* What the engine cuts off a weight in one epoch at most: a product that is shifted right is rounded down, by less than
 * 2^exponent of a weight step (eq. L13 of docs/chips/loihi.md). */
static double cut_off(const lowering *l)
{
    double sum = 0;
    for (uint32_t i = 0; i < l->out.nproducts; i++) {
        const rule_product *p = &l->out.product[i];
        if (p->target == RULE_W && learn_shift(p->factor, p->nfactors) > 0 && !l->out.rounds)
            sum += ldexp(l->w_lsb, p->exponent);
    }
    return sum;
}

static void tell_program(lowering *l)
{
    const char *dt = rule_text(&l->out, RULE_T, l->arena), *dw = rule_text(&l->out, RULE_W, l->arena);
    learn_report(l, (qnet_report_row){.quantity = "equation 3",
                                      .unit = "",
                                      .verdict = *dt ? VERDICT_APPROXIMATED : VERDICT_QUANTISED,
                                      .bits = 16,
                                      .scale = l->w_lsb / 128,
                                      .max_error = cut_off(l),
                                      .rms_error = cut_off(l) / sqrt(3), /* uniform in [0, max) */
                                      .count = l->out.nproducts,
                                      .note = *dt ? arena_printf(l->arena, "dt = %s; dw = %s", dt, dw)
                                                  : arena_printf(l->arena, "dw = %s", dw)});
}

bool learn_pairing(lowering *l)
{
    if (!supported(l))
        return false;
    learn_pair p = learn_read_pair(l);
    bool pairs = p.reach > 0 && (p.a_plus != 0 || p.a_minus != 0);
    l->inert = !pairs && l->rule->decay.v == 0;
    if (l->inert)
        diag_report(l->diag, DIAG_RULE_INERT, l->rule->name.at, "rule %s: its rates or amplitudes are all zero",
                    l->rule->name.s);
    if (l->inert)
        return learn_may_be_static(l);
    l->epoch = l->out.epoch;
    if (pairs && p.ntags)
        learn_rounding(l);
    if (pairs && (!learn_counts(l) || !learn_extended(l, &p)))
        return false;
    l->units.now = 1;
    bool ok = !pairs || (p.ntags ? learn_tagged(l, &p) : p.modulated ? direct_modulated(l, &p) : direct(l, &p));
    if (!weight_decay(l) || !ok)
        return false;
    tell_program(l);
    return true;
}
