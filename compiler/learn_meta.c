/* Equations 8 and 9 and astrocytes for the management processor. Takes a rule's meta-learning and astrocyte, yields
 * rows of rates and astrocytes (core/machine/rates.h, astrocytes.h), which the rule's registers name, and rows of the
 * report.
 *
 * A register has 8 bits, so a rate may grow by 2^3 at most beyond what is written: the register's step is chosen that
 * much coarser. How far it may fall is limited by the bounds alone. */
#include "compiler/learn.h"

#include "core/machine/astrocytes.h"

#include <math.h>
#include <string.h>

enum { ROOM = 3 }; /* octaves */

_Static_assert(QNET_HILL_POINTS == ASTROCYTE_LINES + 1, "points of M over A");

static int32_t q16(double x) { return (int32_t)fmin(fmax(round(ldexp(x, 16)), INT32_MIN), INT32_MAX); }

/* ---- equations 8 and 9 ---- */

static double highest(const net_meta *m, double eta) { return fmin(m->eta_max.v, ldexp(eta, ROOM)); }

static double room_of(const net_meta *m, double eta) { return eta > 0 ? fmax(1, highest(m, eta) / eta) : 1; }

static bool within(lowering *l, double eta)
{
    const net_meta *m = &l->rule->meta;
    if (eta == 0 || (eta >= m->eta_min.v && eta <= m->eta_max.v))
        return true;
    diag_report(l->diag, DIAG_RULE_TERM, l->rule->name.at, "rule %s: a rate begins outside the bounds %g to %g of meta",
                l->rule->name.s, m->eta_min.v, m->eta_max.v);
    diag_cure(l->diag, "widen bounds, or begin within them");
    return false;
}

static bool kept(lowering *l, net_num given, double value, const char *what, int32_t *out)
{
    *out = q16(value);
    if (value == 0 || *out != 0)
        return true;
    return learn_lost(l, given.at, what, given.v, fabs(given.v / value) * ldexp(1, -17));
}

static void tell_rates(lowering *l, const qnet_rates *r)
{
    static const char *const name[] = {"SPSA", "REINFORCE", "finite differences"};
    double low = exp2(ldexp(r->low[1], -16)), high = exp2(ldexp(r->high[1], -16));
    bool narrowed = l->rule->meta.eta_max.v > high * (1 + 1e-6) && r->part & 2;
    learn_report(l, (qnet_report_row){.quantity = "equations 8, 9",
                                      .unit = "octaves",
                                      .verdict = narrowed ? VERDICT_APPROXIMATED : VERDICT_QUANTISED,
                                      .bits = 16,
                                      .scale = ldexp(1, -16),
                                      .max_error = ldexp(8, -16),
                                      .rms_error = ldexp(3, -16),
                                      .count = 1,
                                      .note = arena_printf(l->arena,
                                                           "%s on the management processor; eta_global within %.3g to "
                                                           "%.3g%s",
                                                           name[r->method], low, high,
                                                           narrowed ? ", what the register has room for" : "")});
}

static bool add_rates(lowering *l)
{
    const net_meta *m = &l->rule->meta;
    const double eta[] = {l->rule->eta_local.v, l->rule->eta_global.v}, a0[] = {m->a0.v, m->a0_global.v};
    qnet_rates r;
    memset(&r, 0, sizeof r);
    r.rule = (uint32_t)(l->rule - l->net->rule);
    r.method = m->method;
    r.window = (uint32_t)m->window.v;
    bool ok = within(l, eta[0]) && within(l, eta[1]);
    for (int i = 0; i < 2 && ok; i++) {
        if (eta[i] == 0)
            continue;
        r.part |= 1u << i;
        r.start[i] = q16(log2(eta[i]));
        r.low[i] = q16(log2(m->eta_min.v));
        r.high[i] = q16(log2(highest(m, eta[i])));
        ok = kept(l, i ? m->a0_global : m->a0, a0[i], i ? "alpha_global of meta" : "alpha_local of meta", &r.a0[i]);
    }
    int32_t stability;
    ok = ok && kept(l, m->c0, m->c0.v, "epsilon of meta", &r.c0);
    ok = ok && kept(l, m->alpha_exponent, m->alpha_exponent.v, "alpha_exponent of meta", &r.alpha) &&
         kept(l, m->gamma_exponent, m->gamma_exponent.v, "gamma_exponent of meta", &r.gamma) &&
         kept(l, m->big_a, m->big_a.v, "stability of meta", &stability);
    if (!ok)
        return false;
    r.stability = llround(ldexp(m->big_a.v, 16));
    hmn_qnet *q = l->qnet;
    uint32_t k = 0;
    while (k < q->nrates && memcmp(&q->rates[k], &r, sizeof r) != 0)
        k++;
    if (k == q->nrates)
        q->rates[q->nrates++] = r;
    l->channel.rates = k + 1;
    tell_rates(l, &r);
    return true;
}

/* ---- astrocytes ---- */

static const net_astrocyte *cell_of(const net_rule *r, const hmn_net *net)
{
    return r->type == RULE_HMN && r->astrocyte.i != NET_NONE ? &net->astrocyte[r->astrocyte.i] : NULL;
}

static double hill(const net_astrocyte *c, double a)
{
    double x = pow(a, c->hill_n.v);
    return x / (x + pow(c->hill_k.v, c->hill_n.v));
}

static void tell_astrocyte(lowering *l, const net_astrocyte *c, const qnet_astrocyte *out)
{
    astrocyte_facts f = {.most = out->most};
    memcpy(f.effect, out->effect, sizeof f.effect);
    double most = 0, squares = 0;
    enum { SAMPLES = 4096 };
    for (uint32_t i = 0; i <= SAMPLES; i++) {
        int64_t a = (int64_t)ldexp(out->most, 16) / SAMPLES * i;
        double error = ldexp(astrocyte_effect(&f, a), -16) - hill(c, ldexp((double)a, -32));
        most = fmax(most, fabs(error));
        squares += error * error;
    }
    learn_report(l, (qnet_report_row){.quantity = "astrocyte",
                                      .unit = "",
                                      .verdict = VERDICT_QUANTISED,
                                      .bits = 16,
                                      .scale = ldexp(1, -16),
                                      .max_error = most,
                                      .rms_error = sqrt(squares / (SAMPLES + 1)),
                                      .count = SAMPLES + 1,
                                      .note = c->effect == ASTRO_ADDITIVE ? "M from a table of 65 points; added to G"
                                              : l->apart                  ? "M from a table of 65 points"
                                                         : "M from a table of 65 points; multiplies r1"});
}

static bool make_astrocyte(lowering *l, const net_astrocyte *c, qnet_astrocyte *out)
{
    double rate = ldexp(l->dt / c->tau.v, 32);
    memset(out, 0, sizeof *out);
    out->net = l->rule->astrocyte.i;
    if (rate < 0.5)
        return learn_lost(l, c->tau.at, "tau of the astrocyte", c->tau.v, ldexp(l->dt, 33));
    out->rate = (uint32_t)fmin(round(rate), UINT32_MAX);
    out->most = q16(c->a_max.v);
    for (uint32_t i = 0; i < QNET_HILL_POINTS; i++)
        out->effect[i] = q16(hill(c, c->a_max.v * i / ASTROCYTE_LINES));
    if (out->most == 0)
        return learn_lost(l, c->a_max.at, "a_max of the astrocyte", c->a_max.v, ldexp(1, -17));
    double least = c->hill_k.v * pow(ldexp(1, 17) - 1, -1 / c->hill_n.v); /* M there is 2^-17 */
    if (out->effect[QNET_HILL_POINTS - 1] == 0)
        return learn_lost(l, c->a_max.at, "with hill_k and hill_n a_max of the astrocyte", c->a_max.v, least);
    return kept(l, c->gain, c->gain.v, "gain of the astrocyte", &out->gain);
}

/* A register that carries nothing on must move by half a step when M is at its largest and, where lambda M multiplies,
 * the register too. */
static bool moves_register(lowering *l, const net_astrocyte *c, const qnet_channel *out, double lambda)
{
    double most = out->base_q16 ? ldexp(out->base_q16, -16) : out->wide ? INT16_MAX : INT8_MAX;
    double moved = fabs(lambda) * hill(c, c->a_max.v) * (out->multiplies ? most : 1);
    return lambda == 0 || out->carry || moved >= 0.5 ||
           learn_lost(l, c->lambda.at, "lambda of the astrocyte", c->lambda.v, fabs(c->lambda.v) * 0.5 / moved);
}

/* Sets what M does in register `out`. */
static bool add_astrocyte(lowering *l, qnet_channel *out, double unit)
{
    const net_astrocyte *c = cell_of(l->rule, l->net);
    qnet_astrocyte made;
    if (!make_astrocyte(l, c, &made))
        return false;
    hmn_qnet *q = l->qnet;
    uint32_t k = 0;
    while (k < q->nastrocytes && memcmp(&q->astrocyte[k], &made, sizeof made) != 0)
        k++;
    if (k == q->nastrocytes)
        q->astrocyte[q->nastrocytes++] = made;
    out->astrocyte = k + 1;
    out->multiplies = c->effect != ASTRO_ADDITIVE;
    out->lags = c->effect == ASTRO_ELIGIBILITY;
    double factor = c->effect == ASTRO_PRESYNAPTIC ? -c->lambda.v : c->lambda.v;
    double lambda = out->multiplies ? factor : factor * l->rule->eta_global.v / unit;
    tell_astrocyte(l, c, &made);
    return moves_register(l, c, out, lambda) && kept(l, c->lambda, lambda, "lambda of the astrocyte", &out->lambda_q16);
}

/* ---- a register of its own ---- */

static bool on_spikes(const net_astrocyte *c) { return c->effect == ASTRO_PRESYNAPTIC; }

double learn_most_apart(const lowering *l)
{
    const net_astrocyte *c = cell_of(l->rule, l->net);
    if (!c || (c->effect != ASTRO_ELIGIBILITY && !on_spikes(c)))
        return 0;
    return fmax(1, on_spikes(c) ? 1 - c->lambda.v : 1 + c->lambda.v);
}

bool learn_may_be_static(lowering *l)
{
    const net_astrocyte *c = cell_of(l->rule, l->net);
    if (!c || !on_spikes(c))
        return true;
    diag_report(
        l->diag, DIAG_RULE_TARGET, l->rule->name.at,
        "rule %s changes no weight, but its astrocyte acts on spikes, which this target has for projections that "
        "learn",
        l->rule->name.s);
    diag_cure(l->diag, "give eta_local or eta_global and amplitudes, or leave the astrocyte out");
    return false;
}

/* How far M may move while a register that is evaluated each `epoch` steps stands still: A moves by at most
 * dt/tau (|S| L + A_max) a step. */
static double drift(const lowering *l, const net_astrocyte *c, uint32_t epoch)
{
    double steepest = 0, step = c->a_max.v / ASTROCYTE_LINES, level = learn_level(&l->net->modulator[c->modulator.i]);
    for (uint32_t i = 0; i < ASTROCYTE_LINES; i++)
        steepest = fmax(steepest, (hill(c, step * (i + 1)) - hill(c, step * i)) / step);
    return fmin(1, (epoch - 1) * steepest * l->dt / c->tau.v * (fabs(c->gain.v) * level + c->a_max.v));
}

bool learn_factor_apart(lowering *l, double one, uint32_t epoch, uint8_t *index)
{
    const net_astrocyte *c = cell_of(l->rule, l->net);
    double most = learn_most_apart(l);
    qnet_channel out;
    memset(&out, 0, sizeof out);
    out.wide = most * one > INT8_MAX + 0.5;
    if (one < 1) {
        int steps = out.wide ? INT16_MAX : INT8_MAX;
        diag_report(l->diag, DIAG_FIT_VALUE, c->lambda.at,
                    "rule %s: with a lambda of %g its astrocyte's factor reaches %.4g; the register has %d steps",
                    l->rule->name.s, c->lambda.v, most, steps);
        diag_cure(l->diag, "use a lambda between %d and %d", 1 - steps, steps - 1);
        return false;
    }
    out.unit = 1 / one;
    out.base_q16 = q16(one);
    out.epoch = epoch;
    if (!add_astrocyte(l, &out, out.unit))
        return false;
    double late = fabs(c->lambda.v) * drift(l, c, epoch), rounding = out.unit / 2;
    learn_report(l, (qnet_report_row){.quantity = "factor of an astrocyte",
                                      .unit = "",
                                      .verdict = epoch > 1 ? VERDICT_APPROXIMATED : VERDICT_QUANTISED,
                                      .bits = out.wide ? 15 : 7,
                                      .scale = out.unit,
                                      .max_error = rounding + late,
                                      .rms_error = (rounding + late) / sqrt(3),
                                      .count = 1,
                                      .note = arena_printf(l->arena, "%s: a register of its own, each %u step%s%s",
                                                           on_spikes(c) ? "spikes count max(0, 1 - lambda M)"
                                                                        : "pairings times max(0, 1 + lambda M)",
                                                           epoch, epoch > 1 ? "s" : "",
                                                           out.wide ? ""
                                                                    : "; the management processor writes it into "
                                                                      "y3 when it changes")});
    return learn_add_channel(l, &out, index);
}

bool learn_counts(lowering *l)
{
    const net_astrocyte *c = cell_of(l->rule, l->net);
    if (!c || !on_spikes(c))
        return true;
    double bits = floor(log2(INT16_MAX / learn_most_apart(l)));
    if (!learn_factor_apart(l, ldexp(1, (int)bits), 1, &l->out.counts_channel))
        return false;
    l->out.counts_channel++;
    l->out.counts_one = (uint8_t)bits;
    l->units.counts = learn_most_apart(l);
    return true;
}

void learn_count_written(hmn_qnet *q, hmn_arena *a)
{
    bool *seen = ARENA_NEW(a, bool, q->graph->npopulations);
    for (uint32_t i = 0; i < q->graph->nprojections; i++) {
        uint32_t rule = q->projection[i].rule, post = q->graph->projection[i].post;
        if (rule == NET_NONE || !q->rule[rule].y3_channel || seen[post])
            continue;
        seen[post] = true;
        q->channel[q->rule[rule].y3_channel - 1].written += q->graph->population[post].size;
    }
}

/* ---- for learn_pairing.c ---- */

/* The astrocyte's factor is in r1. */
static bool multiplies(const net_astrocyte *c, bool apart)
{
    return c && (c->effect == ASTRO_GAIN || (c->effect == ASTRO_ELIGIBILITY && !apart));
}

double learn_room_of_factors(const net_rule *r, const hmn_net *net, double local, double global, bool apart)
{
    const net_astrocyte *c = cell_of(r, net);
    if (r->type == RULE_HMN && r->meta.on) {
        local *= room_of(&r->meta, r->eta_local.v);
        global *= room_of(&r->meta, r->eta_global.v);
    }
    if (c && c->effect == ASTRO_ADDITIVE)
        global += fabs(c->lambda.v * r->eta_global.v);
    return (local + global) * (multiplies(c, apart) ? fmax(1, 1 + c->lambda.v) : 1);
}

bool learn_factors(lowering *l, double unit)
{
    const net_rule *r = l->rule;
    if (r->type != RULE_HMN)
        return true;
    bool ok = !r->meta.on || add_rates(l);
    const net_astrocyte *c = cell_of(r, l->net);
    bool here = c && (c->effect == ASTRO_ADDITIVE || multiplies(c, l->apart));
    return (!here || add_astrocyte(l, &l->channel, unit)) && ok;
}
