/* Neuromodulators of equations 6 and 7. Takes what their sources give in this step, yields E_k, gamma_k and G_eff. Each
 * step
 *
 *   x_k   signal set by the host, rate of a population less its baseline [Hz], schedule, or a constant
 *   E_k   <- x_k + (E_k - x_k) exp(-dt/tau_k)      (tau 0: E_k = x_k)
 *   B_k   <- E_k + (B_k - E_k) exp(-dt/tau_B)      where a baseline is asked for, else 0
 *   gamma_k = exp(beta_g h_k) / (exp(null_logit) + sum_l exp(beta_g h_l));  1 while global attention is off
 *   G_eff  = sum_k gamma_k w_k (E_k - B_k)
 *
 * where h_k = kappa_k C (key), E_k kappa_k C / sqrt(d) (scaled_dot) or the cosine of E_k kappa_k and C. The null term
 * is there only when it is asked for.
 *
 * The baseline turns a reward into a reward-prediction error (Schultz 1998, the paper's section 3.2). */
#include "core/reference/state.h"

#include <math.h>

static double keep_of(const hmn_reference *r, double tau) { return tau > 0 ? exp(-r->graph->dt / tau) : 0; }

void modulator_prepare(hmn_reference *r, hmn_arena *a)
{
    const hmn_net *net = r->graph->net;
    r->modulator = ARENA_NEW(a, reference_modulator_state, net->nmodulators);
    r->gamma = ARENA_NEW(a, double, net->nmodulators);
    for (uint32_t k = 0; k < net->nmodulators; k++) {
        const net_modulator *m = &net->modulator[k];
        reference_modulator_state *e = &r->modulator[k];
        e->keep = keep_of(r, m->tau.v);
        e->keep_baseline = m->baseline_tau.given ? keep_of(r, m->baseline_tau.v) : 1;
        if (m->source == MODSRC_CONSTANT)
            e->input = e->average = m->value.v;
    }
}

static double rate_of(const hmn_reference *r, uint32_t population)
{
    const graph_population *p = &r->graph->population[population];
    uint32_t count = 0;
    for (uint32_t i = 0; i < p->size; i++)
        count += r->fired[p->first + i];
    return p->size ? count / (p->size * r->graph->dt * 1e-3) : 0;
}

static void take_input(hmn_reference *r, const net_modulator *m, reference_modulator_state *e)
{
    double now = r->step * r->graph->dt;
    switch (m->source) {
    case MODSRC_POPULATION: e->input = rate_of(r, m->population.i) - m->baseline.v; break;
    case MODSRC_SCHEDULE:
        for (; e->schedule_at < m->nschedule && m->schedule_time[e->schedule_at] <= now + r->graph->dt * 1e-9;
             e->schedule_at++)
            e->input = m->schedule_value[e->schedule_at];
        break;
    case MODSRC_SIGNAL:
    case MODSRC_CONSTANT: break;
    }
}

void modulator_step(hmn_reference *r)
{
    const hmn_net *net = r->graph->net;
    for (uint32_t k = 0; k < net->nmodulators; k++) {
        reference_modulator_state *e = &r->modulator[k];
        take_input(r, &net->modulator[k], e);
        e->average = e->input + (e->average - e->input) * e->keep;
        if (e->keep_baseline < 1)
            e->baseline = e->average + (e->baseline - e->average) * e->keep_baseline;
    }
}

double modulator_level(const hmn_reference *r, uint32_t k)
{
    return r->modulator[k].average - r->modulator[k].baseline;
}

/* ---- equation 7 ---- */

/* kappa_kd: one-hot in the rule's order when none is given. */
static double key_of(const hmn_reference *r, const net_rule *rule, uint32_t k, uint32_t d)
{
    const net_modulator *m = &r->graph->net->modulator[rule->modulator[k].i];
    return m->key ? m->key[d] : k == d;
}

static double context_of(const hmn_reference *r, const net_rule *rule, uint32_t d)
{
    const net_global_attention *t = &rule->global_attention;
    return t->ncontext ? modulator_level(r, t->context[d].i) : 1;
}

/* h(E_k kappa_k, C) */
static double similarity(const hmn_reference *r, const net_rule *rule, uint32_t k)
{
    const net_modulator *m = &r->graph->net->modulator[rule->modulator[k].i];
    uint32_t dimensions = m->key ? m->nkey : rule->nmodulators;
    double dot = 0, kk = 0, cc = 0, e = modulator_level(r, rule->modulator[k].i);
    for (uint32_t d = 0; d < dimensions; d++) {
        double key = key_of(r, rule, k, d), c = context_of(r, rule, d);
        dot += key * c;
        kk += key * key;
        cc += c * c;
    }
    switch (rule->global_attention.similarity) {
    case SIM_KEY: return dot;
    case SIM_SCALED_DOT: return e * dot / sqrt(dimensions);
    case SIM_COSINE: return e == 0 || kk == 0 || cc == 0 ? 0 : (e > 0 ? 1 : -1) * dot / sqrt(kk * cc);
    }
    return 0;
}

void modulator_attention(const hmn_reference *r, const net_rule *rule, double *gamma)
{
    const net_global_attention *t = &rule->global_attention;
    double top = t->null_logit.given ? t->null_logit.v : -INFINITY, sum = 0;
    for (uint32_t k = 0; k < rule->nmodulators; k++) {
        gamma[k] = t->on ? t->beta_g.v * similarity(r, rule, k) : 0;
        top = fmax(top, gamma[k]);
    }
    for (uint32_t k = 0; t->on && k < rule->nmodulators; k++)
        sum += gamma[k] = exp(gamma[k] - top);
    if (t->null_logit.given)
        sum += exp(t->null_logit.v - top);
    for (uint32_t k = 0; k < rule->nmodulators; k++)
        gamma[k] = t->on ? gamma[k] / sum : 1;
}

/* ---- equation 6 ---- */

double modulator_effective(const hmn_reference *r, const net_rule *rule)
{
    double sum = 0, *gamma = r->gamma;
    modulator_attention(r, rule, gamma);
    for (uint32_t i = 0; i < rule->nmodulators; i++) {
        uint32_t k = rule->modulator[i].i;
        sum += gamma[i] * r->graph->net->modulator[k].weight.v * modulator_level(r, k);
    }
    return sum;
}
