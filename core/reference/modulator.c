/* Neuromodulators of equation 6. Takes what their sources give in this step, yields E_k and G_eff. Each step
 *
 *   x_k   signal set by the host, rate of a population less its baseline [Hz], schedule, or a constant
 *   E_k   <- x_k + (E_k - x_k) exp(-dt/tau_k)      (tau 0: E_k = x_k)
 *   B_k   <- E_k + (B_k - E_k) exp(-dt/tau_B)      where a baseline is asked for, else 0
 *   G_eff  = sum_k gamma_k w_k (E_k - B_k),  gamma_k = 1 while global attention (equation 7) is off.
 *
 * The baseline turns a reward into a reward-prediction error (Schultz 1998, the paper's section 3.2). */
#include "core/reference/state.h"

#include <math.h>

static double keep_of(const hmn_reference *r, double tau) { return tau > 0 ? exp(-r->graph->dt / tau) : 0; }

void modulator_prepare(hmn_reference *r, hmn_arena *a)
{
    const hmn_net *net = r->graph->net;
    r->modulator = ARENA_NEW(a, reference_modulator_state, net->nmodulators);
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

double modulator_effective(const hmn_reference *r, const net_rule *rule)
{
    double sum = 0;
    for (uint32_t i = 0; i < rule->nmodulators; i++) {
        uint32_t k = rule->modulator[i].i;
        sum += r->graph->net->modulator[k].weight.v * modulator_level(r, k);
    }
    return sum;
}
