/* Rules with eligibility traces -> products over one or two tags. Takes equation 2,
 *
 *   psi_g(t) = psi_g(t-1) exp(-dt/tau_g) + k_g H(t),    dw = m sum_g psi_g    at the end of each epoch of E steps,
 *
 * yields
 *
 *   dg  = S_g y0 x1 - S'_g x0 y1 - u_k D_g g                            g in {t, d}
 *   dw  = u_k sum_g F_g [r1] g  +  u_k P [r1] (y0 x1 - x0 y1)
 *
 * and with pairing: rate  u_0 S_g x1 y1  and  u_k P [r1] x1 y1  in place of the pairings.
 *
 * The engine's epoch is T = E / 2^k steps, the odd part of E, mostly one step: every spike pairs, and u_k ticks where
 * the rule's own epoch ends. There dw reads the tag as it stood before that step's own pairings, so P adds them.
 * A pairing s steps before the end of an epoch should have faded by exp(-s dt/tau); the tag fades at the tick as a
 * whole, so a pairing enters it with the mean of that over the epoch: the mean is right, a single one is off by up to
 * half an epoch over tau.
 *
 * Scales are m 2^e. Free are the impulse of x1, the eligibility `step` of one step of each tag and the step `unit` of
 * r1; with them the pairing into the tags and the change by the first tag are exact. Where a scale matters and m 2^e is
 * too coarse, two products add up to it. An engine that cuts products off (no ROUND) loses up to 2^e of a weight step
 * in each product and tick, so F is the smallest that lets r1 span its 127 steps. */
#include "compiler/learn.h"

#include "core/base/bug.h"
#include "core/isa/ulearn.h"

#include <math.h>

enum { MANTISSAS = 7, LONGEST_TRAIN = 20 };

typedef struct {
    lowering *l;
    const learn_pair *p;
    learn_tag tag[2];
    learn_scale in[2]; /* of the larger half of the pairing */
    double impulse_x, impulse_y;
    bool plus;             /* the larger half is that of A_plus */
    double unit;           /* of r1; unmodulated: eta_local */
    learn_scale change[2]; /* F_g */
    double asked[2];       /* what F_g should be */
    double most, one;      /* largest factor of eligibility, 1 where it has none; y3 where it is 1, 0: none */
    uint32_t ones;         /* spike flags among the factors of a pairing, see entry_factors */
    double spike;          /* x2 of a spike that counts 1, where spikes count a register; else 0 */
} plan;

static double least_scale(const lowering *l) { return ldexp(1, l->limits->exponent_low); }

/* Products that add up to `value` times the factors: one when it is near enough, else two. Returns what they come to.
 */
static double scaled(lowering *l, rule_target target, rule_var dependency, double value, const rule_factor *f,
                     uint32_t n)
{
    const double enough = 0.004;
    double got = 0;
    for (int k = 0; k < 2; k++) {
        double left = fabs(value - got), least = least_scale(l);
        if (left < 0.75 * least || (k && left < enough * fabs(value)))
            break;
        learn_scale s = learn_nearest(l->limits, left);
        learn_product(l, target, dependency, s, value < got, f, n);
        got += value < got ? -s.value : s.value;
    }
    return got;
}

/* Mean of exp(-s/tau) over s = first, first + every, .. of n terms. */
static double mean_fade(double tau, double first, double every, uint32_t n)
{
    double sum = 0;
    for (uint32_t k = 0; k < n; k++)
        sum += tau > 0 ? exp(-(first + k * every) / tau) : 0;
    return sum / n;
}

/* What a pairing leaves in its tag, of one that happens at a random step of the epoch. */
static double fade_into(const lowering *l, double tau)
{
    return mean_fade(tau, 0, 1, l->out.epoch) * mean_fade(tau, l->out.epoch, l->out.epoch, 1u << l->decimate);
}

static bool is_rate(const plan *n)
{
    return n->l->rule->type == RULE_HMN && n->l->rule->traces.pairing == PAIRING_RATE;
}

/* The largest eligibility that a tag is to hold, for A = 1 and k = 1: twice what is left when both
 * neurons fire each 10 ms for 200 ms. */
static double peak(const plan *n, double tau)
{
    double interval = fmax(1, 10 / n->l->dt), pre = n->plus ? n->p->tau_plus : n->p->tau_minus;
    double train = fmin(-1 / expm1(-interval / tau), LONGEST_TRAIN), post = n->p->tau_minus;
    if (is_rate(n)) /* in every step, and times y_bar */
        train = fmin(-1 / expm1(-1 / tau), LONGEST_TRAIN * interval) * (post > 0 ? -1 / expm1(-interval / post) : 1);
    return 2 * (pre > 0 ? -1 / expm1(-interval / pre) : 1) * train * n->most;
}

/* What the traces hold when a pairing of 1 meets them: x1 or y1; both, over the steps of the engine's epoch, for rates.
 */
static double held(const plan *n)
{
    return is_rate(n) ? n->impulse_x * n->impulse_y / n->l->out.epoch : n->plus ? n->impulse_x : n->impulse_y;
}

static double top_of(const plan *n, uint32_t g)
{
    uint32_t bits = n->tag[g].var == RV_T ? 9 : n->l->limits->second_tag_bits;
    bool has_sign = n->tag[g].var == RV_T || !n->l->limits->second_tag_is_delay;
    return ldexp(1, (int)bits - has_sign) - 1;
}

static double amplitude(const plan *n) { return fmax(fabs(n->p->a_plus), fabs(n->p->a_minus)); }

/* The scale with this mantissa that is nearest to x. */
static learn_scale with_mantissa(const lowering *l, double x, int32_t mantissa)
{
    double e = round(log2(x / mantissa));
    e = fmin(fmax(e, l->limits->exponent_low), l->limits->exponent_high);
    return (learn_scale){(int8_t)mantissa, (int8_t)e, ldexp(mantissa, (int)e)};
}

/* Eligibility of one step of a tag, when its pairing enters with this scale. */
static void set_tag(plan *n, uint32_t g, learn_scale in)
{
    n->in[g] = in;
    n->tag[g].step = amplitude(n) * n->tag[g].share * fade_into(n->l, n->tag[g].tau) / (in.value * held(n));
}

enum { ENTRY_FACTORS = 6, Y3_MOST = 127 };

/* The factors with which pairings enter a tag; `trace`: x1 or y1, for rates both. y3 multiplies by up to 127 and moves
 * the product right by 3 bits only, so where scales of an engine do not reach down far enough, the spike that the
 * product depends on is a factor, too: it is 1 then, and each time moves the product right by a bit more. */
static uint32_t entry_factors(const plan *n, rule_var trace, rule_factor *f)
{
    uint32_t count = 0;
    f[count++] = (rule_factor){(uint8_t)(is_rate(n) ? RV_X1 : trace), false, 0};
    if (is_rate(n))
        f[count++] = (rule_factor){RV_Y1, false, 0};
    if (n->one > 0)
        f[count++] = (rule_factor){RV_Y3, false, 0};
    if (n->spike > 0 && trace == RV_Y1 && !is_rate(n))
        f[count++] = (rule_factor){RV_X2, false, 0};
    for (uint32_t k = 0; k < n->ones; k++)
        f[count++] = (rule_factor){trace == RV_X1 ? RV_Y0 : RV_X0, false, 0};
    return count;
}

/* What a product loses on the right before its scale applies, and what y3 and x2 multiply it by. */
static double lost(const plan *n, const rule_factor *f, uint32_t count)
{
    double x = ldexp(1, (int)learn_shift(f, count));
    for (uint32_t k = 0; k < count; k++)
        x /= f[k].var == RV_Y3 ? n->one : f[k].var == RV_X2 ? n->spike : 1;
    return x;
}

/* Of the larger half of a pairing. */
static double lost_at_entry(const plan *n)
{
    rule_factor f[ENTRY_FACTORS];
    uint32_t count = entry_factors(n, n->plus ? RV_X1 : RV_Y1, f);
    return lost(n, f, count);
}

/* The scale nearest to x with which a pairing can enter a tag; mantissa 0: any. */
static learn_scale enter(const plan *n, double x, int32_t mantissa)
{
    double loses = lost_at_entry(n);
    learn_scale s = mantissa ? with_mantissa(n->l, x * loses, mantissa) : learn_nearest(n->l->limits, x * loses);
    s.value /= loses;
    return s;
}

/* The scale by which a pairing ought to enter: the largest eligibility fills the tag. */
static double wish_in(const plan *n, uint32_t g)
{
    return top_of(n, g) * fade_into(n->l, n->tag[g].tau) / peak(n, n->tag[g].tau) / held(n);
}

static uint32_t factors(const plan *n, rule_var var, rule_factor *f)
{
    f[0] = (rule_factor){(uint8_t)var, false, 0};
    f[1] = (rule_factor){RV_R1, false, 0};
    return n->p->modulated ? 2 : 1;
}

/* F_g for a unit of the register: before the right shift, which it makes up for. */
static double change_wanted(const plan *n, uint32_t g, double unit)
{
    rule_factor f[2];
    uint32_t count = factors(n, n->tag[g].var, f);
    return unit * n->tag[g].step / n->l->w_lsb * ldexp(1, (int)learn_shift(f, count));
}

/* The first tag fixes the unit of the register. */
static bool fit_first(plan *n)
{
    lowering *l = n->l;
    double reach = n->p->modulated ? n->p->reach / 127 : n->p->reach;
    set_tag(n, 0, enter(n, wish_in(n, 0), 0));
    double need = change_wanted(n, 0, reach);
    for (int k = 0; k < 4 && need < 4 * least_scale(l);
         k++) { /* coarser tags, so that F may be as small as it should */
        double wish = n->in[0].value / 2;
        if (wish * lost_at_entry(n) < least_scale(l) || wish * held(n) < 8)
            break;
        set_tag(n, 0, enter(n, wish, 0));
        need = change_wanted(n, 0, reach);
    }
    n->change[0] = n->p->modulated ? learn_at_least(l->limits, need) : learn_nearest(l->limits, need);
    double most = reach * amplitude(n);
    if (need > n->change[0].value * (n->p->modulated ? 1.1 : 1.25)) /* the nearest is within an eighth */
        return learn_too_large(l, "the largest change of a weight", most, most * n->change[0].value / need);
    if (!n->p->modulated && need < n->change[0].value * 0.25)
        return learn_lost(l, l->rule->eta_local.at, "eta_local", n->p->eta_local,
                          fabs(n->p->eta_local) * n->change[0].value * 0.25 / need);
    n->unit = n->p->modulated ? reach * n->change[0].value / need : reach;
    if (!n->p->modulated) /* no register: the tag makes it exact */
        n->tag[0].step *= n->change[0].value / need;
    n->asked[0] = n->change[0].value;
    return true;
}

/* The second tag has to match both: the pairing and the change. The mantissa that errs least. */
static bool fit_second(plan *n)
{
    double best = INFINITY, wish = wish_in(n, 1);
    learn_scale kept = {0, 0, 0};
    for (int32_t m = 1; m <= MANTISSAS; m++) {
        set_tag(n, 1, enter(n, wish, m));
        double want = change_wanted(n, 1, n->unit);
        learn_scale s = learn_nearest(n->l->limits, want);
        double error = fabs(s.value / want - 1) + 0.01 * fabs(log2(n->in[1].value / wish));
        if (error >= best)
            continue;
        best = error;
        n->change[1] = s;
        n->asked[1] = want;
        kept = n->in[1];
    }
    set_tag(n, 1, kept);
    const net_traces *t = &n->l->rule->traces; /* the other one's may be as many times this one's */
    double asked = n->asked[1], got = n->change[1].value, k = fabs(n->tag[1].share), least = 0.75 * least_scale(n->l);
    if (asked < least)
        return learn_lost(n->l, t->k_fast.at, "k_fast", n->tag[1].share, k * least / asked);
    return asked <= 1.25 * got ||
           learn_lost(n->l, t->k_slow.at, "k_slow", n->tag[0].share, fabs(n->tag[0].share) * asked / (1.25 * got));
}

/* ---- products ---- */

/* H = A x_bar y_bar in each step: of the engine's epoch the end stands for all its steps. */
static bool rate_into(plan *n, uint32_t g)
{
    lowering *l = n->l;
    rule_factor f[ENTRY_FACTORS];
    uint32_t count = entry_factors(n, RV_X1, f);
    const learn_tag *t = &n->tag[g];
    double a = n->p->a_plus, value = a * t->share * fade_into(l, t->tau) / t->step / held(n) * lost_at_entry(n);
    uint8_t ticks = l->decimate;
    l->decimate = 0;
    double got = scaled(l, t->target, RV_U, value, f, count);
    l->decimate = ticks;
    return got != 0 ||
           learn_lost(l, l->rule->traces.a_plus.at, "A_plus", a, fabs(a) * 0.75 * least_scale(l) / fabs(value));
}

static bool pair_into(plan *n, uint32_t g)
{
    if (is_rate(n))
        return rate_into(n, g);
    lowering *l = n->l;
    const learn_pair *p = n->p;
    rule_factor x1[ENTRY_FACTORS], y1[ENTRY_FACTORS];
    uint32_t nplus = entry_factors(n, RV_X1, x1), nminus = entry_factors(n, RV_Y1, y1);
    const learn_tag *t = &n->tag[g];
    double per = t->share * fade_into(l, t->tau) / t->step; /* steps of the tag for A = 1 and a trace of 1 */
    double plus = per * fabs(p->a_plus) / n->impulse_x * lost(n, x1, nplus),
           minus = per * fabs(p->a_minus) / n->impulse_y * lost(n, y1, nminus);
    double got_plus = p->a_plus != 0 ? scaled(l, t->target, RV_Y0, copysign(plus, p->a_plus), x1, nplus) : 0;
    double got_minus = p->a_minus != 0 ? scaled(l, t->target, RV_X0, -copysign(minus, p->a_minus), y1, nminus) : 0;
    if (p->a_plus != 0 && got_plus == 0)
        return learn_lost(l, l->rule->traces.a_plus.at, "A_plus", p->a_plus,
                          fabs(p->a_plus) * 0.75 * least_scale(l) / plus);
    if (p->a_minus != 0 && got_minus == 0)
        return learn_lost(l, l->rule->traces.a_minus.at, "A_minus", p->a_minus,
                          fabs(p->a_minus) * 0.75 * least_scale(l) / minus);
    return true;
}

static bool fade(plan *n, uint32_t g)
{
    lowering *l = n->l;
    const learn_tag *t = &n->tag[g];
    double wanted = -expm1(-(double)l->epoch / t->tau), least = least_scale(l);
    if (wanted < least * 0.75) {
        double longest = -(double)l->epoch * l->dt / log1p(-0.75 * least);
        quantise_lost(
            l->diag, t->key->at.line ? t->key->at : l->rule->name.at,
            arena_printf(l->arena, "rule %s: with an epoch of %u steps %s", l->rule->name.s, l->epoch, t->name),
            t->key->v, longest, "ms");
        diag_cure(l->diag, "use an epoch of %.0f steps or more, or a shorter time constant",
                  ceil(-t->tau * log1p(-least)));
        return false;
    }
    const rule_factor f = {(uint8_t)t->var, false, 0};
    double got = -scaled(l, t->target, RV_U, -fmin(wanted, 1), &f, 1);
    double real = got < 1 ? -(double)l->epoch / log1p(-got) : 0, error = fabs(real - t->tau) * l->dt;
    learn_report(l, (qnet_report_row){.quantity = t->name,
                                      .unit = "ms",
                                      .verdict = VERDICT_APPROXIMATED,
                                      .bits = (uint32_t)lrint(log2(top_of(n, g) + 1)) + (t->var == RV_T),
                                      .scale = t->step,
                                      .max_error = error,
                                      .rms_error = error,
                                      .count = 1,
                                      .note = t->var == RV_T ? "eligibility in the tag; it fades once an epoch"
                                              : l->limits->second_tag_is_delay
                                                  ? "eligibility in the delay field; it fades once an epoch"
                                                  : "eligibility in the second tag; it fades once an epoch"});
    return true;
}

/* P: what the pairings of the epoch's last part do at once. */
static bool pair_now(plan *n)
{
    lowering *l = n->l;
    const learn_pair *p = n->p;
    double share = p->own, got = 0, want = 0;
    for (uint32_t g = 0; g < p->ntags; g++)
        share += p->tag[g].share * mean_fade(p->tag[g].tau, 0, 1, l->out.epoch);
    bool rate = is_rate(n);
    l->units.now = share;
    for (int half = 0; half < (rate ? 1 : 2); half++) {
        rule_factor f[5] = {{rate ? RV_Y1 : half ? RV_X0 : RV_Y0, false, 0}, {half ? RV_Y1 : RV_X1, false, 0}};
        uint32_t count = 2;
        if (p->modulated)
            f[count++] = (rule_factor){RV_R1, false, 0};
        if (n->one > 0)
            f[count++] = (rule_factor){RV_Y3, false, 0};
        if (n->spike > 0 && half)
            f[count++] = (rule_factor){RV_X2, false, 0};
        double a = half ? -p->a_minus : p->a_plus;
        double impulse = rate ? held(n) : half ? n->impulse_y : n->impulse_x;
        double sign = p->modulated || p->eta_local >= 0 ? 1 : -1;
        double value = sign * n->unit * a * share / impulse / l->w_lsb * lost(n, f, count);
        double here = a != 0 ? scaled(l, RULE_W, RV_U, value, f, count) : 0;
        want = fmax(want, fabs(value));
        got = fmax(got, fabs(value - here));
    }
    double error = want > 0 ? got / want * share * amplitude(n) : 0;
    learn_report(l, (qnet_report_row){
                        .quantity = "last pairings",
                        .unit = "",
                        .verdict = got >= want ? VERDICT_APPROXIMATED : VERDICT_QUANTISED,
                        .bits = 4,
                        .max_error = error,
                        .rms_error = error,
                        .count = 1,
                        .note = got >= want ? "pairings of an epoch's last step act one epoch later"
                                            : "pairings of an epoch's last step, which its tag does not hold yet"});
    /* tau_fast: 0: what does not act now never will; two products tell a share apart to 0.004 */
    double least = fmax(0.75 * least_scale(l), 0.004 * want) * share / want;
    return p->own == 0 || want == 0 || fabs(p->own) >= least ||
           learn_lost(l, l->rule->traces.k_fast.at, "k_fast", p->own, least);
}

static bool tell_trace(plan *n, bool plus)
{
    lowering *l = n->l;
    double a = fabs(plus || is_rate(n) ? n->p->a_plus : n->p->a_minus), tau = plus ? n->p->tau_plus : n->p->tau_minus;
    rule_trace *trace = &l->out.trace[plus ? RT_X1 : RT_Y1];
    const net_traces *t = &l->rule->traces;
    if (a == 0)
        return true;
    *trace = learn_trace(plus ? n->impulse_x : n->impulse_y, tau);
    learn_tell_tau(l, plus, trace, tau);
    return learn_fades(l, plus ? &t->tau_plus : &t->tau_minus, plus ? "tau_plus" : "tau_minus", tau * l->dt);
}

/* What the second tag's change and the halves of the pairing are off by, relative, as a row each. */
static void tell_scale(plan *n, uint32_t g)
{
    double got = n->change[g].value, error = fabs(got / n->asked[g] - 1) * n->tag[g].share;
    learn_report(n->l,
                 (qnet_report_row){.quantity = n->tag[g].key == &n->l->rule->traces.tau_slow ? "k_slow" : "k_fast",
                                   .unit = "",
                                   .verdict = error == 0 ? VERDICT_EXACT : VERDICT_QUANTISED,
                                   .bits = 4,
                                   .max_error = error,
                                   .rms_error = error,
                                   .count = 1});
}

/* The engine's epoch: the odd part of the rule's, so that u_k makes up the rest. */
static void split_epoch(lowering *l)
{
    while (l->out.epoch % 2 == 0) {
        l->out.epoch /= 2;
        l->decimate++;
    }
}

void learn_rounding(lowering *l)
{
    if (!limits_has(l->limits, ULEARN_ROUND))
        return;
    hmn_limits *fine = ARENA_NEW(l->arena, hmn_limits, 1);
    *fine = *l->limits;
    fine->exponent_low = ULEARN_ROUNDED_LOW;
    l->limits = fine;
    l->out.rounds = true;
}

/* The factor of eligibility in y3, which the management processor writes: all 7 bits of it. Where spikes count a
 * register, traces take it; a spike that takes needs it by itself, in x2, which lasts a step. */
static bool steer(plan *n)
{
    lowering *l = n->l;
    double most = learn_most_apart(l);
    l->apart = true;
    n->most = fmax(1, most);
    if (most > 0 && l->out.counts_channel) {
        n->spike = n->p->a_minus != 0 && !is_rate(n) ? Y3_MOST / most : 0;
        if (n->spike > 0)
            l->out.trace[RT_X2] = learn_trace(n->spike, 0);
        return true;
    }
    n->one = most > 0 ? Y3_MOST / most : 0;
    if (most == 0)
        return true;
    l->out.trace[RT_Y3] = (rule_trace){.decay_q12 = 4096}; /* stays as written */
    bool ok = learn_factor_apart(l, n->one, l->out.epoch, &l->out.y3_channel);
    l->out.y3_channel++;
    return ok;
}

/* So many spike flags among the factors of pairings that the smaller half of each has some steps of scale. */
static void reach_down(plan *n)
{
    enum { STEPS = 4, FLAGS = ENTRY_FACTORS - 2 };
    double smaller = fmin(fabs(n->p->a_plus), fabs(n->p->a_minus)), share = smaller > 0 ? smaller / amplitude(n) : 1;
    for (n->ones = 0; n->one > 0 && !is_rate(n) && n->ones < FLAGS; n->ones++) {
        double least = INFINITY;
        for (uint32_t g = 0; g < n->p->ntags; g++)
            least = fmin(least, wish_in(n, g) * lost_at_entry(n) * share);
        if (least >= STEPS * least_scale(n->l))
            return;
    }
}

bool learn_tagged(lowering *l, const learn_pair *p)
{
    plan n = {.l = l, .p = p, .tag = {p->tag[0], p->tag[1]}, .plus = fabs(p->a_plus) >= fabs(p->a_minus)};
    if (p->own == 0) /* else an epoch's own pairings must be told from older ones */
        split_epoch(l);
    if (!steer(&n))
        return false;
    l->carry = p->modulated;
    n.impulse_x = learn_burst_room(p->tau_plus, l->dt, learn_deviations(l));
    if (l->out.counts_channel)
        n.impulse_x = fmax(8, floor(n.impulse_x / n.most));
    n.impulse_y = learn_burst_room(p->tau_minus, l->dt, learn_deviations(l));
    reach_down(&n);
    if (!fit_first(&n))
        return false;
    if (p->ntags > 1) {
        l->out.second = true;
        if (!fit_second(&n))
            return false;
    }
    bool ok = tell_trace(&n, true) & tell_trace(&n, false);
    for (uint32_t g = 0; g < p->ntags; g++)
        l->units.tag[n.tag[g].var == RV_D] = n.tag[g].step;
    for (uint32_t g = 0; g < p->ntags; g++)
        ok &= pair_into(&n, g) && fade(&n, g);
    if (p->modulated)
        ok &= learn_fill_channel(l, p, n.unit);
    for (uint32_t g = 0; g < p->ntags; g++) {
        rule_factor f[2];
        uint32_t count = factors(&n, n.tag[g].var, f);
        learn_product(l, RULE_W, RV_U, n.change[g], !p->modulated && p->eta_local < 0, f, count);
        tell_scale(&n, g);
    }
    return pair_now(&n) && ok;
}
