/* Astrocytes, the paper's section 7.4. Takes the level E of the modulator that drives each, yields
 *
 *   A <- min(max(A + dt/tau_A (S E - A), 0), A_max),   M = A^n / (A^n + K^n)
 *
 * and what M does to a rule that names it, by its effect:
 *   additive      dw = (eta_l + eta_g (G + lambda M)) e
 *   gain          dw = (eta_l + eta_g G) max(0, 1 + lambda M) e
 *   presynaptic   x_i counts max(0, 1 - lambda M), in equation 1 and in the traces
 *   eligibility   H_ij counts max(0, 1 + lambda M) where it enters psi */
#include "core/reference/state.h"

#include <math.h>

void astrocyte_step(hmn_reference *r)
{
    const hmn_net *net = r->graph->net;
    for (uint32_t k = 0; k < net->nastrocytes; k++) {
        const net_astrocyte *c = &net->astrocyte[k];
        reference_astrocyte *s = &r->astrocyte[k];
        double e = modulator_level(r, c->modulator.i);
        s->level += r->graph->dt / c->tau.v * (c->gain.v * e - s->level);
        s->level = fmin(fmax(s->level, 0), c->a_max.v);
        double a = pow(s->level, c->hill_n.v), half = pow(c->hill_k.v, c->hill_n.v);
        s->effect = a / (a + half);
    }
}

/* lambda M where the rule has an astrocyte of this effect, else 0. */
static double effect(const hmn_reference *r, const net_rule *rule, net_astro_effect which)
{
    if (rule->type != RULE_HMN || rule->astrocyte.i == NET_NONE)
        return 0;
    const net_astrocyte *c = &r->graph->net->astrocyte[rule->astrocyte.i];
    return c->effect == which ? c->lambda.v * r->astrocyte[rule->astrocyte.i].effect : 0;
}

double astrocyte_factor(const hmn_reference *r, const net_rule *rule, double local, double global, double g)
{
    return (local + global * (g + effect(r, rule, ASTRO_ADDITIVE))) * fmax(0, 1 + effect(r, rule, ASTRO_GAIN));
}

double astrocyte_presynaptic(const hmn_reference *r, const net_rule *rule)
{
    return fmax(0, 1 - effect(r, rule, ASTRO_PRESYNAPTIC));
}

double astrocyte_eligibility(const hmn_reference *r, const net_rule *rule)
{
    return fmax(0, 1 + effect(r, rule, ASTRO_ELIGIBILITY));
}
