/* Equations 4 and 7 for the management processor. Takes a rule's attention and phase gate, yields what a register r1
 * needs of them: keys in base-2 logits, the phase of a bin; and rows of the report with errors measured here, by the
 * very curves that the processor runs (core/machine/curve.h).
 *
 *   gain_kd = beta_g log2(e) kappa_kd, over sqrt(d) for scaled_dot, over |kappa_k| for cosine; s15.16
 *   phase_b = 2^32 b / bins */
#include "compiler/learn.h"

#include "core/base/rng.h"
#include "core/machine/curve.h"

#include <math.h>
#include <string.h>

static const net_modulator *modulator_of(const lowering *l, uint32_t k)
{
    return &l->net->modulator[l->rule->modulator[k].i];
}

/* ---- equation 7 ---- */

static double key_of(const lowering *l, uint32_t k, uint32_t d)
{
    const net_modulator *m = modulator_of(l, k);
    return m->key ? m->key[d] : k == d;
}

static uint32_t dimensions_of(const lowering *l)
{
    uint32_t given = modulator_of(l, 0)->nkey;
    return given ? given : l->rule->nmodulators;
}

static double gain_of(const lowering *l, uint32_t k, uint32_t d)
{
    const net_global_attention *g = &l->rule->global_attention;
    uint32_t dimensions = dimensions_of(l);
    double gain = g->beta_g.v * M_LOG2E * key_of(l, k, d), length = 0;
    for (uint32_t i = 0; i < dimensions; i++)
        length += key_of(l, k, i) * key_of(l, k, i);
    switch (g->similarity) {
    case SIM_KEY: break;
    case SIM_SCALED_DOT: return gain / sqrt(dimensions);
    case SIM_COSINE: return length > 0 ? gain / sqrt(length) : 0;
    }
    return gain;
}

/* A logit or the factor of one, v, in s15.16, of a constant as it is written. */
static bool to_q16(lowering *l, double v, const net_num *given, const char *what, int32_t *q16)
{
    double scaled = round(ldexp(v, 16));
    *q16 = fabs(scaled) > INT32_MAX ? 0 : (int32_t)scaled;
    if (v != 0 && scaled == 0)
        return learn_lost(l, given->at, what, given->v, fabs(given->v / v) * ldexp(1, -17));
    if (fabs(scaled) <= INT32_MAX)
        return true;
    diag_report(l->diag, DIAG_FIT_VALUE, given->at.line ? given->at : l->rule->name.at,
                "rule %s: %s is %.4g in base 2; at most 32767 fits", l->rule->name.s, what, v);
    diag_cure(l->diag, "change beta_g or the keys: logits between 0.01 and 100 are what a softmax can tell apart");
    return false;
}

/* Logit of modulator k in base 2 for a context and a level, with exact or with rounded gains. */
static double logit(const lowering *l, const qnet_attention *t, uint32_t k, const double *c, double e)
{
    double dot = 0, cc = 0;
    for (uint32_t d = 0; d < t->dimensions; d++) {
        dot += c[d] * gain_of(l, k, d);
        cc += c[d] * c[d];
    }
    return t->similarity == SIM_SCALED_DOT ? dot * e
           : t->similarity == SIM_COSINE   ? dot / sqrt(cc) * copysign(1, e)
                                           : dot;
}

static int64_t logit_q16(const qnet_attention *t, uint32_t k, const double *c, double e)
{
    double dot = 0, cc = 0;
    for (uint32_t d = 0; d < t->dimensions; d++) {
        dot += c[d] * t->gain_q16[k][d];
        cc += c[d] * c[d];
    }
    return llround(t->similarity == SIM_SCALED_DOT ? dot * e
                   : t->similarity == SIM_COSINE   ? dot / sqrt(cc) * copysign(1, e)
                                                   : dot);
}

typedef struct {
    double most, squares;
    uint64_t count;
} error_sum;

static void add_error(error_sum *s, double error)
{
    s->most = fmax(s->most, fabs(error));
    s->squares += error * error;
    s->count++;
}

enum { SAMPLES = 512 };

/* Shares for drawn contexts in [0, 1] and levels in [-1, 1]. */
static error_sum attention_error(const lowering *l, const qnet_attention *t)
{
    error_sum s = {0};
    double null = l->rule->global_attention.null_logit.v * M_LOG2E;
    for (uint32_t i = 0; i < SAMPLES; i++) {
        double c[QNET_MAX_DIMENSIONS], real[QNET_MAX_TERMS], sum = 0, top = t->null ? null : -INFINITY;
        int64_t rounded[QNET_MAX_TERMS + 1];
        uint32_t share[QNET_MAX_TERMS + 1];
        for (uint32_t d = 0; d < t->dimensions; d++)
            c[d] = t->context[d] == NET_NONE ? 1 : rng_unit(0, RNG_TASK, i, d, 0);
        for (uint32_t k = 0; k < t->nmodulators; k++) {
            double e = 2 * rng_unit(0, RNG_TASK, i, k, 1) - 1;
            real[k] = logit(l, t, k, c, e);
            rounded[k] = logit_q16(t, k, c, e);
            top = fmax(top, real[k]);
        }
        rounded[t->nmodulators] = t->null_q16;
        curve_softmax(rounded, t->nmodulators + t->null, share);
        for (uint32_t k = 0; k < t->nmodulators; k++)
            sum += exp2(real[k] - top);
        sum += t->null ? exp2(null - top) : 0;
        for (uint32_t k = 0; k < t->nmodulators; k++)
            add_error(&s, share[k] / 65536.0 - exp2(real[k] - top) / sum);
    }
    return s;
}

static void tell_attention(lowering *l, const qnet_attention *t)
{
    static const char *const name[] = {"key", "scaled_dot", "cosine"};
    error_sum s = attention_error(l, t);
    learn_report(l, (qnet_report_row){.quantity = "equation 7",
                                      .unit = "",
                                      .verdict = VERDICT_QUANTISED,
                                      .bits = 16,
                                      .scale = ldexp(1, -16),
                                      .max_error = s.most,
                                      .rms_error = sqrt(s.squares / (double)s.count),
                                      .count = s.count,
                                      .note = arena_printf(l->arena,
                                                           "softmax over %u modulators%s, similarity %s, on the "
                                                           "management processor",
                                                           t->nmodulators, t->null ? " and a null one" : "",
                                                           name[t->similarity])});
}

static uint32_t keep_attention(hmn_qnet *q, const qnet_attention *t)
{
    uint32_t k = 0;
    while (k < q->nattentions && memcmp(&q->attention[k], t, sizeof *t) != 0)
        k++;
    if (k == q->nattentions)
        q->attention[q->nattentions++] = *t;
    return k + 1;
}

bool learn_attention(lowering *l)
{
    const net_global_attention *g = &l->rule->global_attention;
    if (!g->on || l->rule->nmodulators == 0)
        return true;
    qnet_attention t;
    memset(&t, 0, sizeof t);
    t.similarity = g->similarity;
    t.nmodulators = l->rule->nmodulators;
    t.dimensions = dimensions_of(l);
    if (t.dimensions > QNET_MAX_DIMENSIONS) {
        diag_report(l->diag, DIAG_FIT_LEARNING, l->rule->name.at,
                    "rule %s: keys of %u dimensions; the management processor's program has %d", l->rule->name.s,
                    t.dimensions, QNET_MAX_DIMENSIONS);
        diag_cure(l->diag, "use keys of at most %d dimensions", QNET_MAX_DIMENSIONS);
        return false;
    }
    bool ok = true;
    for (uint32_t k = 0; k < t.nmodulators; k++) {
        t.modulator[k] = l->rule->modulator[k].i;
        const char *what = arena_printf(l->arena, "beta_g with the key of %s", modulator_of(l, k)->name.s);
        for (uint32_t d = 0; d < t.dimensions && ok; d++)
            ok = to_q16(l, gain_of(l, k, d), &g->beta_g, what, &t.gain_q16[k][d]);
    }
    for (uint32_t d = 0; d < t.dimensions; d++)
        t.context[d] = g->ncontext ? g->context[d].i : NET_NONE;
    t.null = g->null_logit.given;
    if (t.null && g->null_logit.v != 0)
        ok &= to_q16(l, g->null_logit.v * M_LOG2E, &g->null_logit, "null_logit", &t.null_q16);
    if (!ok)
        return false;
    l->channel.attention = keep_attention(l->qnet, &t);
    tell_attention(l, &t);
    return true;
}

/* ---- equation 4 ---- */

static void tell_frequency(lowering *l, const net_oscillation *o)
{
    double advance = o->frequency.v * l->dt * 1e-3;
    double error = fabs(ldexp(round(ldexp(advance, 32)), -32) - advance) / (l->dt * 1e-3);
    learn_report(l, (qnet_report_row){.quantity = "frequency",
                                      .unit = "Hz",
                                      .verdict = error == 0 ? VERDICT_EXACT : VERDICT_QUANTISED,
                                      .bits = 32,
                                      .scale = ldexp(1, -32) / (l->dt * 1e-3),
                                      .max_error = error,
                                      .rms_error = error,
                                      .count = 1});
}

/* Phases that were written and lie between bins. */
static void tell_phases(lowering *l, const net_phase_gate *g)
{
    const double *phi = g->assign == PHI_LIST ? g->phi.list : g->phi.p;
    uint32_t n = g->assign == PHI_LIST ? g->phi.nlist : 1;
    double step = 2 * M_PI / g->bins;
    error_sum s = {0};
    if (g->assign == PHI_UNIFORM)
        return;
    for (uint32_t i = 0; i < n; i++)
        add_error(&s, remainder(phi[i], step));
    if (s.most < 1e-9)
        return;
    learn_report(l, (qnet_report_row){.quantity = "phi",
                                      .unit = "rad",
                                      .verdict = VERDICT_QUANTISED,
                                      .bits = (uint32_t)ceil(log2(g->bins)),
                                      .scale = step,
                                      .max_error = s.most,
                                      .rms_error = sqrt(s.squares / (double)s.count),
                                      .count = s.count,
                                      .note = "to the nearest bin, in the reference too"});
}

void learn_phase_gate(lowering *l)
{
    const net_phase_gate *g = &l->rule->phase_gate;
    error_sum s = {0};
    l->channel.oscillation = g->oscillation.i + 1;
    for (uint32_t p = 0; p < 2 * 65536; p++) /* the lower 16 bits of a phase do not count: both ends of a step */
        add_error(&s, fmax(0, curve_cos(p / 2 << 16) / 65536.0) - fmax(0, cos(2 * M_PI * ((p + 1) / 2) / 65536)));
    learn_report(l, (qnet_report_row){.quantity = "equation 4",
                                      .unit = "",
                                      .verdict = VERDICT_QUANTISED,
                                      .bits = 16,
                                      .scale = ldexp(1, -16),
                                      .max_error = s.most,
                                      .rms_error = sqrt(s.squares / (double)s.count),
                                      .count = s.count,
                                      .note = arena_printf(l->arena,
                                                           "folded into r1: one register a phase bin that "
                                                           "occurs, %u bins",
                                                           g->bins)});
    tell_frequency(l, &l->net->oscillation[g->oscillation.i]);
    tell_phases(l, g);
}

uint32_t learn_phase(uint32_t bin, uint32_t bins) { return (uint32_t)llround(ldexp((double)bin / bins, 32)); }
