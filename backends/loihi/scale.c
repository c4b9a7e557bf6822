/* The scale of a physical population. Takes the weights, thresholds, biases and noise of its neurons, yields v_lsb,
 * the millivolts of one step of v (eq. L9).
 *
 * The heaviest weight fills its mantissa at the greatest exponent for which threshold, bias and a plausible worst
 * input stay inside their registers. The search walks exponents downward, so the result does not depend on order. */
#include "backends/loihi/scale.h"

#include "backends/loihi/homeostasis.h"

#include "backends/loihi/tally.h"
#include "backends/loihi/weights.h"

#include <math.h>

enum { Q_LIMIT = (1 << 21) - 1, THRESHOLD_ROOM = 1 << 22 };

/* What arrives at the neurons of a population, in mV a step. */
typedef struct {
    double heaviest, mantissa; /* greatest weight and the mantissa that its format gives it */
    double q, u;               /* plausible worst input of a step, and current */
    double threshold, least_threshold, bias, noise;
} demand;

double loihi_gain(const hmn_graph *g, uint32_t population, uint32_t neuron)
{
    const graph_param *param = g->population[population].param;
    double tau = graph_at(param[NP_TAU_M], neuron), cm = graph_at(param[NP_CM], neuron);
    return tau / cm * -expm1(-g->dt / tau);
}

double loihi_weight_reach(const hmn_graph *g, uint32_t projection)
{
    const graph_projection *j = &g->projection[projection];
    bool bounded = j->rule == NET_NONE || (isfinite(j->w_min) && isfinite(j->w_max));
    return (bounded ? 1 : 2) * graph_weight_reach(g, projection);
}

/* Which scale_receptors the population's inputs use: bit 0 excitatory, bit 1 inhibitory. */
uint32_t scale_receptors(const hmn_graph *g, uint32_t population)
{
    uint32_t used = 0;
    for (uint32_t j = 0; j < g->nprojections; j++) {
        const graph_projection *r = &g->projection[j];
        if (r->post != population)
            continue;
        used |= r->receptor != RECEPTOR_INHIBITORY ? 1u : 0;
        used |= r->receptor != RECEPTOR_EXCITATORY ? 2u : 0;
    }
    return used;
}

/* The current of the host enters u with the excitatory time constant. */
static bool has_current(const hmn_graph *g, uint32_t population)
{
    const graph_population *p = &g->population[population];
    for (uint32_t c = 0; c < g->ncurrents; c++)
        if (g->current[c].first >= p->first && g->current[c].first < p->first + p->size)
            return true;
    return false;
}

bool scale_uses_both(const hmn_graph *g, uint32_t population)
{
    return (scale_receptors(g, population) | has_current(g, population)) == 3;
}

bool scale_two_currents(const hmn_graph *g, uint32_t population)
{
    const graph_population *p = &g->population[population];
    bool differ = false;
    for (uint32_t i = 0; i < p->size; i++)
        differ |= graph_at(p->param[NP_TAU_SYN_E], i) != graph_at(p->param[NP_TAU_SYN_I], i);
    return differ && p->model == MODEL_CURR_EXP && scale_uses_both(g, population);
}

static double unit_gain(const hmn_graph *g, uint32_t population, uint32_t neuron)
{
    return g->population[population].model == MODEL_CURR_DELTA ? 1 : loihi_gain(g, population, neuron);
}

graph_param scale_tau_syn(const hmn_graph *g, uint32_t population)
{
    const graph_population *p = &g->population[population];
    return p->param[scale_receptors(g, population) == 2 ? NP_TAU_SYN_I : NP_TAU_SYN_E];
}

/* Fraction of u kept from one step to the next, before rounding. */
static double kept(const hmn_graph *g, uint32_t population, uint32_t neuron)
{
    if (g->population[population].model == MODEL_CURR_DELTA)
        return 0;
    double tau = graph_at(scale_tau_syn(g, population), neuron);
    if (scale_two_currents(g, population))
        tau = fmax(tau, graph_at(g->population[population].param[NP_TAU_SYN_I], neuron));
    return tau > 0 ? exp(-g->dt / tau) : 0;
}

/* A plausible payload of the population's spikes: twice what it carries at the threshold (eq. M1). */
static double payload_reach(const graph_population *p)
{
    double most = 1;
    for (uint32_t i = 0; p->activation == ACT_RELU && !p->source && i < p->size; i++) {
        bool raw = p->model == MODEL_LOIHI_LIF;
        double at = raw ? ldexp(graph_at(p->param[NP_VTH_MANT], i), 6 - (int)graph_at(p->param[NP_PAYLOAD_EXP], i))
                        : (graph_at(p->param[NP_V_THRESH], i) - graph_at(p->param[NP_V_REST], i)) /
                              graph_at(p->param[NP_PAYLOAD_UNIT], i);
        most = fmax(most, 2 * at);
    }
    return most;
}

/* Sums of |w| per sign, of w^2, and the greatest |w|, of every neuron's inputs in mV. */
typedef struct {
    double sum[2], square, most;
} fan_in;

static void add_inputs(const hmn_graph *g, uint32_t projection, double reach, fan_in *f)
{
    const graph_projection *j = &g->projection[projection];
    double payload = payload_reach(&g->population[j->pre]);
    for (uint64_t e = 0; e < j->nsynapses; e++) {
        uint32_t i = j->target[e];
        double w = j->rule == NET_NONE ? fabs(j->weight[e]) : reach;
        w *= unit_gain(g, j->post, i) * payload;
        f[i].sum[j->weight[e] < 0] += w;
        f[i].square += w * w;
        f[i].most = fmax(f[i].most, w);
    }
}

/* All inputs at once at most; otherwise a twentieth of them and four standard deviations (eq. L9). */
static double plausible(const fan_in *f, double mean_gain, double square_gain)
{
    double all = fmax(f->sum[0], f->sum[1]);
    return fmin(all * mean_gain, f->most + 4 * sqrt(f->square * square_gain) + 0.05 * all * mean_gain);
}

static void measure_inputs(quantiser *z, uint32_t population, demand *need)
{
    const hmn_graph *g = z->graph;
    uint32_t n = g->population[population].size;
    fan_in *f = ARENA_NEW(z->arena, fan_in, n);
    for (uint32_t j = 0; j < g->nprojections; j++) {
        if (g->projection[j].post != population || g->projection[j].nsynapses == 0)
            continue;
        const qnet_projection *q = &z->out->projection[j];
        double reach = loihi_weight_reach(g, j), gain = 0;
        for (uint32_t i = 0; i < n; i++)
            gain = fmax(gain, unit_gain(g, population, i));
        if (reach * gain > need->heaviest) {
            need->heaviest = reach * gain;
            need->mantissa = q->sign == SIGN_INHIBITORY ? -loihi_weight_low(q->weight_bits, q->sign)
                                                        : loihi_weight_high(q->weight_bits, q->sign);
        }
        add_inputs(g, j, reach, f);
    }
    for (uint32_t i = 0; i < n; i++) {
        double a = kept(g, population, i);
        need->q = fmax(need->q, plausible(&f[i], 1, 1));
        need->u = fmax(need->u, plausible(&f[i], 1 / (1 - a), 1 / (1 - a * a)));
    }
}

static bool measure(quantiser *z, uint32_t population, demand *need)
{
    const hmn_graph *g = z->graph;
    const graph_population *p = &g->population[population];
    *need = (demand){.least_threshold = INFINITY, .mantissa = 255};
    for (uint32_t i = 0; i < p->size; i++) {
        double threshold = graph_at(p->param[NP_V_THRESH], i) - graph_at(p->param[NP_V_REST], i);
        if (!(threshold > 0)) {
            diag_report(z->diag, DIAG_FIT_VALUE, p->at,
                        "v_thresh of population '%s' is %.10g mV from v_rest (neuron %u); %s needs it above", p->name,
                        threshold, i, z->out->chip->name);
            return false;
        }
        double k = loihi_gain(g, population, i);
        need->threshold = fmax(need->threshold, threshold);
        need->least_threshold = fmin(need->least_threshold, threshold);
        need->bias = fmax(need->bias, fabs(k * graph_at(p->param[NP_I_OFFSET], i)));
        need->bias = fmax(need->bias, homeostasis_reach(g, population, i));
        need->noise = fmax(need->noise, k * graph_at(p->param[NP_NOISE], i));
    }
    measure_inputs(z, population, need);
    return true;
}

double scale_bias_limit(const loihi_dialect *d)
{
    return fmin((double)d->bias_high * (double)(1 << d->bias_exp_high), SCALE_Z_LIMIT);
}

static bool fits(const quantiser *z, const demand *need, double lsb)
{
    return need->threshold / lsb <= THRESHOLD_ROOM && need->q / lsb <= Q_LIMIT &&
           (need->u + need->bias + 2 * need->noise) / lsb <= SCALE_Z_LIMIT &&
           (need->bias == 0 || need->bias / lsb <= scale_bias_limit(z->dialect));
}

/* With noise the scale grows to the next one on which its deviation is a power of two of the generator's. */
static double fit_noise(double lsb, double noise)
{
    if (noise == 0)
        return lsb;
    int exponent = (int)floor(log2(noise / (SCALE_NOISE_DEVIATION * lsb)));
    exponent = exponent < -6 ? -6 : exponent > 16 ? 16 : exponent;
    return fmax(lsb, noise / ldexp(SCALE_NOISE_DEVIATION, exponent));
}

static double choose_lsb(quantiser *z, const graph_population *p, const demand *need)
{
    const net_num *wanted = &z->graph->net->target.v_scale;
    if (wanted->given)
        return 1 / wanted->v;
    if (need->heaviest == 0) { /* nothing arrives: 14 bits of threshold, more when bias asks for room */
        double lsb = fmax(need->threshold / (1 << 20), need->bias == 0 ? 0 : need->bias / scale_bias_limit(z->dialect));
        return fit_noise(lsb, need->noise);
    }
    for (int e = 7; e >= -7; e--) {
        double lsb = fit_noise(need->heaviest / ldexp(need->mantissa, 6 + e), need->noise);
        if (fits(z, need, lsb))
            return lsb;
    }
    double lsb = fmax(need->heaviest / (need->mantissa * 64), need->threshold / THRESHOLD_ROOM);
    if (need->bias > 0)
        lsb = fmax(lsb, need->bias / scale_bias_limit(z->dialect));
    diag_report(z->diag, DIAG_MAY_WRAP, p->at,
                "population '%s' may receive %.4g mV in one step; with its threshold of %.4g mV the accumulator holds "
                "%.4g mV and wraps beyond",
                p->name, need->q, need->threshold, Q_LIMIT * lsb);
    diag_cure(z->diag, "lower the weights, their bounds or the fan-in, or set target.v_scale below %.4g", 1 / lsb);
    return lsb;
}

/* Graded spikes carry v shifted right: the scale grows to a power of two below the payload's unit (eq. M4). */
static bool fit_payload(quantiser *z, const graph_population *p, double *lsb)
{
    if (p->activation != ACT_RELU)
        return true;
    double unit = graph_at(p->param[NP_PAYLOAD_UNIT], 0);
    if (!param_uniform(p->param[NP_PAYLOAD_UNIT], p->size)) {
        diag_report(z->diag, DIAG_FIT_MODEL, p->at, "the neurons of population '%s' differ in payload_unit", p->name);
        diag_cure(z->diag, "give them one payload_unit: a population has one scale of v");
        return false;
    }
    double exponent = floor(log2(unit / *lsb) + 1e-9);
    double wanted = ldexp(unit, -(int)fmin(exponent, 23));
    bool given = z->graph->net->target.v_scale.given;
    if (exponent < 0 || (given && fabs(wanted / *lsb - 1) > 1e-6)) {
        diag_report(z->diag, DIAG_FIT_VALUE, p->at,
                    "payload_unit of population '%s' is %.6g mV and one step of v %.6g mV: the first must be a power "
                    "of two times the second",
                    p->name, unit, *lsb);
        diag_cure(z->diag,
                  given ? "set target.v_scale to 2^k / payload_unit, k of 0..23" : "raise payload_unit above %.6g mV",
                  *lsb);
        return false;
    }
    *lsb = wanted;
    return true;
}

bool scale_choose(quantiser *z, uint32_t population, double *lsb)
{
    demand need;
    if (!measure(z, population, &need))
        return false;
    *lsb = choose_lsb(z, &z->graph->population[population], &need);
    return fit_payload(z, &z->graph->population[population], lsb);
}
