/* Homeostasis -> numbers of the management processor. Takes eta_b and r* of each neuron, yields what its bias rises by
 * in QNET_BIAS_EPOCH steps and drops by at a spike, in units of the potential's register (core/machine/biases.h). A
 * bias is kept with 16 fraction bits and written as mantissa * 2^exponent with the exponent of the compartment, which
 * quantise_bias has chosen so that `reach` fits. */
#include "backends/loihi/homeostasis.h"

#include "backends/loihi/tables.h"
#include "backends/loihi/tally.h"

#include <math.h>

static double eta_of(const graph_population *p, uint32_t i) { return graph_at(p->param[NP_HOMEO_ETA], i); }

double homeostasis_reach(const hmn_graph *g, uint32_t population, uint32_t i)
{
    const graph_population *p = &g->population[population];
    if (p->model == MODEL_LOIHI_LIF || eta_of(p, i) == 0)
        return 0;
    double above = graph_at(p->param[NP_V_THRESH], i) - graph_at(p->param[NP_V_REST], i);
    double leak = -expm1(-g->dt / graph_at(p->param[NP_TAU_M], i));
    return 4 * above * leak + fabs(loihi_gain(g, population, i) * graph_at(p->param[NP_I_OFFSET], i));
}

static bool lost(quantiser *z, const graph_population *p, double value, double registers, bool rate)
{
    return quantise_lost(
        z->diag, p->at,
        arena_printf(z->arena, "%s of population '%s'", rate ? "homeostasis_rate" : "homeostasis_eta", p->name), value,
        value / registers * ldexp(1, -17), rate ? "Hz" : "nA");
}

bool homeostasis_quantise(quantiser *z, uint32_t population, double lsb)
{
    const graph_population *p = &z->graph->population[population];
    qnet_population *q = &z->out->population[population];
    if (!param_any(p->param[NP_HOMEO_ETA], p->size))
        return true;
    qnet_bias *bias = ARENA_NEW(z->arena, qnet_bias, p->size);
    double worst = 0;
    for (uint32_t i = 0; i < p->size; i++) {
        double drop = eta_of(p, i) * loihi_gain(z->graph, population, i) / lsb;
        double rise = drop * graph_at(p->param[NP_HOMEO_RATE], i) * 1e-3 * z->graph->dt * QNET_BIAS_EPOCH;
        uint32_t shift = (uint32_t)qnet_at(q->column[LOIHI_COMPARTMENTS_bias_exp], i);
        bias[i].rise_q16 = llround(ldexp(rise, 16));
        bias[i].drop_q16 = llround(ldexp(drop, 16));
        if (drop > 0 && bias[i].drop_q16 == 0)
            return lost(z, p, eta_of(p, i), drop, false);
        if (rise > 0 && bias[i].rise_q16 == 0)
            return lost(z, p, graph_at(p->param[NP_HOMEO_RATE], i), rise, true);
        bias[i].shift = shift;
        bias[i].start = (int32_t)ldexp(qnet_at(q->column[LOIHI_COMPARTMENTS_bias_mant], i), (int)shift);
        bias[i].most = (int32_t)ldexp(z->dialect->bias_high, (int)shift);
        worst = fmax(worst, ldexp(0.5, (int)shift) * lsb / loihi_gain(z->graph, population, i));
    }
    q->bias = bias;
    quantise_report_add(
        z->out, z->arena,
        (qnet_report_row){.subject = arena_printf(z->arena, "population %s", p->name),
                          .quantity = "homeostasis",
                          .unit = "nA",
                          .verdict = VERDICT_APPROXIMATED,
                          .bits = 13,
                          .scale = 2 * worst,
                          .max_error = worst,
                          .rms_error = worst / sqrt(3),
                          .count = p->size,
                          .note =
                              arena_printf(z->arena,
                                           "the management processor rewrites biases every %d steps, not every step; "
                                           "they stay within %.4g nA",
                                           QNET_BIAS_EPOCH, bias[0].most * lsb / loihi_gain(z->graph, population, 0))});
    return true;
}
