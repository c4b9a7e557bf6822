/* Terms that happen once a chip, on the management processor: levels of modulators (equation 6), shares of attention
 * (7), learned rates (8, 9), astrocytes, phases (4) and biases. Takes the machine and the reference after a step,
 * yields their differences where an epoch of the rule ends; of biases and gates of firing, in each step. */
#include "tools/terms_parts.h"

#include "core/machine/curve.h"
#include "tools/lowering.h"

#include <math.h>

static void levels(const term_errors *t, term_part *p)
{
    for (uint32_t k = 0; k < p->rule->nmodulators; k++) {
        uint32_t m = p->rule->modulator[k].i;
        terms_add(&p->term[TERM_LEVELS], machine_modulator(t->of.machine, m) - reference_modulator(t->of.reference, m));
    }
}

static void shares(const term_errors *t, term_part *p, uint32_t rule, const qnet_channel *c)
{
    double gamma[QNET_MAX_TERMS];
    if (!c || !c->attention)
        return;
    reference_shares(t->of.reference, rule, gamma);
    for (uint32_t k = 0; k < p->rule->nmodulators; k++)
        terms_add(&p->term[TERM_SHARES],
                  machine_share(t->of.machine, c->attention - 1, p->rule->modulator[k].i) - gamma[k]);
}

static void rates(const term_errors *t, term_part *p, uint32_t rule, const qnet_channel *c)
{
    for (uint32_t i = 0; c && c->rates && i < 2; i++)
        if (t->of.q->rates[c->rates - 1].part >> i & 1)
            terms_add(&p->term[TERM_RATES], machine_rate_octaves(t->of.machine, c->rates - 1, i) -
                                                log2(reference_rate(t->of.reference, rule, i)));
}

static void astrocyte(const term_errors *t, term_part *p)
{
    const hmn_qnet *q = t->of.q;
    for (uint32_t k = 0; p->rule->type == RULE_HMN && k < q->nastrocytes; k++)
        if (p->rule->astrocyte.i == q->astrocyte[k].net) {
            terms_add(&p->term[TERM_ASTROCYTE], machine_astrocyte_effect(t->of.machine, k) -
                                                    reference_astrocyte_effect(t->of.reference, q->astrocyte[k].net));
            return;
        }
}

/* A register in step t counts for spikes fired in t; for pairings of the steps since it was last evaluated, whose M the
 * steps before them left: the oldest and the newest are compared. */
static void factor(const term_errors *t, uint32_t projection)
{
    const hmn_qnet *q = t->of.q;
    term_part *p = &t->part[projection];
    uint32_t own = q->projection[projection].own_channel;
    if (!own)
        return;
    const qnet_channel *c = &q->channel[own - 1];
    const net_astrocyte *cell = &q->graph->net->astrocyte[p->rule->astrocyte.i];
    double now = reference_astrocyte_effect(t->of.reference, p->rule->astrocyte.i),
           chip = machine_channel(t->of.machine, own - 1) * c->unit;
    bool spikes = cell->effect == ASTRO_PRESYNAPTIC;
    if (t->step % c->epoch == 1 % c->epoch)
        p->oldest = p->effect;
    if (t->step % c->epoch == 0 && spikes)
        terms_add(&p->term[TERM_FACTOR], chip - fmax(0, 1 - cell->lambda.v * now));
    else if (t->step % c->epoch == 0)
        for (int k = 0; k < (c->epoch > 1 ? 2 : 1); k++)
            terms_add(&p->term[TERM_FACTOR], chip - fmax(0, 1 + cell->lambda.v * (k ? p->oldest : p->effect)));
    p->effect = now;
}

static uint32_t turns(double part) { return (uint32_t)(llround(ldexp(part - floor(part), 32)) & UINT32_MAX); }

/* cos(Phi - phi_b) of the step that is done, on the chip less exactly. floor0: both below 0 count as 0. */
static double cosine_error(const term_errors *t, const net_phase_gate *g, uint32_t bin, bool floor0)
{
    const net_oscillation *o = &t->of.q->graph->net->oscillation[g->oscillation.i];
    double advance = o->frequency.v * t->of.q->graph->dt * 1e-3, behind = (double)bin / g->bins;
    double exact = cos(2 * M_PI * (advance * (t->step - 1) - behind) + o->phase.v);
    double chip = curve_cos(turns(o->phase.v / (2 * M_PI)) + turns(advance) * (t->step - 1) - turns(behind)) / 65536.0;
    return floor0 ? fmax(0, chip) - fmax(0, exact) : chip - exact;
}

static void phases(const term_errors *t, uint32_t projection)
{
    term_part *p = &t->part[projection];
    const net_phase_gate *g = &p->rule->phase_gate;
    if (p->rule->type != RULE_HMN || !g->on)
        return;
    for (uint32_t b = 0; b < g->bins; b++) {
        if (g->gate != GATE_PLASTICITY)
            terms_add(&p->term[TERM_FIRING], cosine_error(t, g, b, false));
        if (g->gate != GATE_ACTIVITY && t->step % p->epoch == 0)
            terms_add(&p->term[TERM_GATE], cosine_error(t, g, b, true));
    }
}

/* nA of one step of what the management processor writes (core/chip.h, write_bias). */
static double bias_unit(const hmn_qnet *q, uint32_t population, uint32_t i)
{
    const graph_population *p = &q->graph->population[population];
    if (q->chip->learn)
        return ldexp(1, -15);
    if (net_raw(p->model))
        return 1;
    double tau = graph_at(p->param[NP_TAU_M], i), cm = graph_at(p->param[NP_CM], i);
    return q->population[population].v_lsb / (tau / cm * -expm1(-q->graph->dt / tau));
}

static void biases(term_errors *t)
{
    const hmn_qnet *q = t->of.q;
    const struct relearn_manager *m = t->of.engine ? t->of.engine->manager : t->of.spin ? t->of.spin->manager : NULL;
    for (uint32_t k = 0; m && k < q->graph->npopulations; k++)
        for (uint32_t i = 0; q->population[k].bias && i < q->graph->population[k].size; i++) {
            uint32_t neuron = q->graph->population[k].first + i;
            int32_t bias;
            if (relearn_manager_bias(m, neuron, &bias))
                terms_add(&t->bias[k], bias * bias_unit(q, k, i) - reference_bias(t->of.reference, neuron));
        }
}

void terms_manager(term_errors *t)
{
    for (uint32_t k = 0; k < t->of.q->graph->nprojections; k++) {
        term_part *p = &t->part[k];
        if (!p->rule)
            continue;
        phases(t, k);
        factor(t, k);
        if (t->step % p->epoch != 0)
            continue;
        const qnet_channel *c = lowering_channel(t->of.q, k);
        uint32_t rule = t->of.q->graph->projection[k].rule;
        levels(t, p);
        shares(t, p, rule, c);
        rates(t, p, rule, c);
        astrocyte(t, p);
    }
    biases(t);
}
