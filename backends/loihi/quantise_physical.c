/* Populations in physical units. Takes IF_curr_exp and IF_curr_delta, yields registers and the scale v_lsb.
 *
 * Registers hold the potential above rest divided by v_lsb (eq. L3-L5): one gain k per neuron turns nA into mV a
 * step, so u is kept as k u / v_lsb and no product is needed on the chip. v_lsb follows from the heaviest weight:
 * it fills its mantissa at the greatest exponent for which threshold, bias and a plausible worst input stay
 * inside their registers (eq. L9). The search walks exponents downward, so the result does not depend on order. */
#include "backends/loihi/quantise.h"

#include "backends/loihi/tables.h"
#include "backends/loihi/weights.h"

#include "core/base/fx.h"

#include <math.h>

enum { Q_LIMIT = (1 << 21) - 1, Z_LIMIT = (1 << 23) - 1, THRESHOLD_LIMIT = 131071 * 64, THRESHOLD_ROOM = 1 << 22 };

/* Standard deviation of a uniform integer in -127..127. */
#define NOISE_DEVIATION 73.611593

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
    double reach = 0;
    for (uint64_t e = 0; e < j->nsynapses; e++)
        reach = fmax(reach, fabs(j->weight[e]));
    if (j->rule == NET_NONE)
        return reach;
    if (isfinite(j->w_min))
        reach = fmax(reach, fabs(j->w_min));
    if (isfinite(j->w_max))
        reach = fmax(reach, fabs(j->w_max));
    bool bounded = isfinite(j->w_min) && isfinite(j->w_max);
    return bounded ? reach : 2 * reach;
}

static bool uniform(graph_param x, uint32_t n)
{
    for (uint32_t i = 1; x.stride && i < n; i++)
        if (graph_at(x, i) != graph_at(x, 0))
            return false;
    return true;
}

static bool any_nonzero(graph_param x, uint32_t n)
{
    for (uint32_t i = 0; x.v && i < (x.stride ? n : 1); i++)
        if (graph_at(x, i) != 0)
            return true;
    return false;
}

static bool refuse(quantiser *z, const graph_population *p, const char *what, const char *cure)
{
    diag_report(z->diag, DIAG_FIT_MODEL, p->at, "population '%s' has %s, which loihi does not have", p->name, what);
    diag_cure(z->diag, "%s", cure);
    return false;
}

/* Which receptors the population's inputs use: bit 0 excitatory, bit 1 inhibitory. */
static uint32_t receptors(const hmn_graph *g, uint32_t population)
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

static bool has_plastic_input(const hmn_graph *g, uint32_t population)
{
    for (uint32_t j = 0; j < g->nprojections; j++)
        if (g->projection[j].post == population && g->projection[j].rule != NET_NONE)
            return true;
    return false;
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

/* Inputs through both receptors: bits of receptors, and host currents as excitatory ones. */
static bool uses_both(const hmn_graph *g, uint32_t population)
{
    return (receptors(g, population) | has_current(g, population)) == 3;
}

static bool check_features(quantiser *z, uint32_t population)
{
    const graph_population *p = &z->graph->population[population];
    const graph_param *param = p->param;
    bool ok = true;
    if (p->activation != ACT_THRESHOLD)
        ok = refuse(z, p, p->activation == ACT_SIGMOID ? "activation sigmoid" : "activation relu",
                    "use activation: threshold, with noise if firing should be random");
    if (any_nonzero(param[NP_HOMEO_ETA], p->size))
        ok = refuse(z, p, "homeostasis", "set homeostasis_eta: 0");
    for (uint32_t i = 0; i < p->size; i++)
        if (graph_at(param[NP_V_RESET], i) != graph_at(param[NP_V_REST], i)) {
            ok = refuse(z, p, "v_reset different from v_rest", "set v_reset to v_rest: the chip resets v to rest");
            break;
        }
    for (uint32_t i = 0; p->model == MODEL_CURR_EXP && uses_both(z->graph, population) && i < p->size; i++)
        if (graph_at(param[NP_TAU_SYN_E], i) != graph_at(param[NP_TAU_SYN_I], i)) {
            ok = refuse(z, p, "tau_syn_E different from tau_syn_I and inputs to both",
                        "use one synaptic time constant: a compartment has one current");
            break;
        }
    if (has_plastic_input(z->graph, population) && p->model == MODEL_CURR_EXP &&
        !(uniform(param[NP_TAU_M], p->size) && uniform(param[NP_CM], p->size)))
        ok = refuse(z, p, "plastic inputs to neurons of different tau_m or cm",
                    "give all neurons the same tau_m and cm, so that a weight means the same everywhere");
    return ok;
}

static double unit_gain(const hmn_graph *g, uint32_t population, uint32_t neuron)
{
    return g->population[population].model == MODEL_CURR_DELTA ? 1 : loihi_gain(g, population, neuron);
}

static graph_param tau_syn(const hmn_graph *g, uint32_t population)
{
    const graph_population *p = &g->population[population];
    return p->param[receptors(g, population) == 2 ? NP_TAU_SYN_I : NP_TAU_SYN_E];
}

/* Fraction of u kept from one step to the next, before rounding. */
static double kept(const hmn_graph *g, uint32_t population, uint32_t neuron)
{
    if (g->population[population].model == MODEL_CURR_DELTA)
        return 0;
    double tau = graph_at(tau_syn(g, population), neuron);
    return tau > 0 ? exp(-g->dt / tau) : 0;
}

/* Sums of |w| per sign, of w^2, and the greatest |w|, of every neuron's inputs in mV. */
typedef struct {
    double sum[2], square, most;
} fan_in;

static void add_inputs(const hmn_graph *g, uint32_t projection, double reach, fan_in *f)
{
    const graph_projection *j = &g->projection[projection];
    for (uint64_t e = 0; e < j->nsynapses; e++) {
        uint32_t i = j->target[e];
        double w = j->rule == NET_NONE ? fabs(j->weight[e]) : reach;
        w *= unit_gain(g, j->post, i);
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
                        "v_thresh of population '%s' is %.10g mV from v_rest (neuron %u); loihi needs it above",
                        p->name, threshold, i);
            return false;
        }
        double k = loihi_gain(g, population, i);
        need->threshold = fmax(need->threshold, threshold);
        need->least_threshold = fmin(need->least_threshold, threshold);
        need->bias = fmax(need->bias, fabs(k * graph_at(p->param[NP_I_OFFSET], i)));
        need->noise = fmax(need->noise, k * graph_at(p->param[NP_NOISE], i));
    }
    measure_inputs(z, population, need);
    return true;
}

static double bias_limit(const loihi_dialect *d)
{
    return fmin((double)d->bias_high * (double)(1 << d->bias_exp_high), Z_LIMIT);
}

static bool fits(const quantiser *z, const demand *need, double lsb)
{
    return need->threshold / lsb <= THRESHOLD_ROOM && need->q / lsb <= Q_LIMIT &&
           (need->u + need->bias + 2 * need->noise) / lsb <= Z_LIMIT &&
           (need->bias == 0 || need->bias / lsb <= bias_limit(z->dialect));
}

/* With noise the scale grows to the next one on which its deviation is a power of two of the generator's. */
static double fit_noise(double lsb, double noise)
{
    if (noise == 0)
        return lsb;
    int exponent = (int)floor(log2(noise / (NOISE_DEVIATION * lsb)));
    exponent = exponent < -6 ? -6 : exponent > 16 ? 16 : exponent;
    return fmax(lsb, noise / ldexp(NOISE_DEVIATION, exponent));
}

static double choose_lsb(quantiser *z, const graph_population *p, const demand *need)
{
    const net_num *wanted = &z->graph->net->target.v_scale;
    if (wanted->given)
        return 1 / wanted->v;
    if (need->heaviest == 0) { /* nothing arrives: 14 bits of threshold, more when bias asks for room */
        double lsb = fmax(need->threshold / (1 << 20), need->bias == 0 ? 0 : need->bias / bias_limit(z->dialect));
        return fit_noise(lsb, need->noise);
    }
    for (int e = 7; e >= -7; e--) {
        double lsb = fit_noise(need->heaviest / ldexp(need->mantissa, 6 + e), need->noise);
        if (fits(z, need, lsb))
            return lsb;
    }
    double lsb = fmax(need->heaviest / (need->mantissa * 64), need->threshold / THRESHOLD_ROOM);
    if (need->bias > 0)
        lsb = fmax(lsb, need->bias / bias_limit(z->dialect));
    diag_report(z->diag, DIAG_MAY_WRAP, p->at,
                "population '%s' may receive %.4g mV in one step; with its threshold of %.4g mV the accumulator holds "
                "%.4g mV and wraps beyond",
                p->name, need->q, need->threshold, Q_LIMIT * lsb);
    diag_cure(z->diag, "lower the weights, their bounds or the fan-in, or set target.v_scale below %.4g", 1 / lsb);
    return lsb;
}

/* ---- registers ---- */

static qnet_column column_new(quantiser *z, uint32_t n, bool each, int32_t **v)
{
    *v = ARENA_NEW(z->arena, int32_t, each ? n : 1);
    return (qnet_column){*v, each};
}

/* An error of one parameter over the neurons, for its report row. */
typedef struct {
    double max, square, worst_relative;
    uint64_t count;
} tally;

static void tally_add(tally *t, double wanted, double got)
{
    double error = fabs(got - wanted);
    if (error > 0 && isfinite(error)) {
        t->max = fmax(t->max, error);
        t->square += error * error;
        t->worst_relative = fmax(t->worst_relative, wanted != 0 ? error / fabs(wanted) : INFINITY);
    }
    t->count++;
}

/* Adds the row, and warns when the relative error passes `tolerable`. */
static void tell(quantiser *z, const graph_population *p, const tally *t, qnet_report_row row, double tolerable)
{
    row.subject = arena_printf(z->arena, "population %s", p->name);
    row.max_error = t->max;
    row.rms_error = t->count ? sqrt(t->square / (double)t->count) : 0;
    row.count = t->count;
    if (row.verdict == VERDICT_QUANTISED && t->max == 0)
        row.verdict = VERDICT_EXACT;
    quantise_report_add(z->out, z->arena, row);
    if (t->worst_relative > tolerable)
        diag_report(z->diag, DIAG_LOST_PARAM, p->at, "%s of population '%s' changes by up to %.3g %s (%.1f %%)",
                    row.quantity, p->name, t->max, row.unit, 100 * t->worst_relative);
}

/* A decay register for keeping exp(-dt/tau) of a value each step (eq. L2). */
static int32_t decay_register(const quantiser *z, double tau, bool offset)
{
    double d = tau > 0 ? nearbyint(4096 * -expm1(-z->graph->dt / tau)) : 4096;
    return (int32_t)fx_sat((int64_t)d - offset, 0, z->dialect->decay_high);
}

static double tau_of(const quantiser *z, int32_t decay, bool offset)
{
    double d = decay + offset;
    return d == 0 ? INFINITY : d >= 4096 ? 0 : -z->graph->dt / log1p(-d / 4096);
}

static void quantise_decay(quantiser *z, uint32_t population, graph_param tau, uint32_t column, bool offset,
                           const char *name)
{
    const graph_population *p = &z->graph->population[population];
    uint32_t n = tau.stride ? p->size : 1;
    int32_t *v;
    z->out->population[population].column[column] = column_new(z, n, tau.stride, &v);
    tally t = {0};
    for (uint32_t i = 0; i < n; i++) {
        v[i] = decay_register(z, graph_at(tau, i), offset);
        double got = tau_of(z, v[i], offset);
        tally_add(&t, graph_at(tau, i), isfinite(got) ? got : 1e6 * z->graph->dt);
    }
    tell(z, p, &t, (qnet_report_row){.quantity = name, .unit = "ms", .verdict = VERDICT_QUANTISED, .bits = 12}, 0.1);
}

static bool quantise_threshold(quantiser *z, uint32_t population, double lsb)
{
    const graph_population *p = &z->graph->population[population];
    bool each = p->param[NP_V_THRESH].stride || p->param[NP_V_REST].stride;
    uint32_t n = each ? p->size : 1;
    int32_t *v;
    z->out->population[population].column[LOIHI_COMPARTMENTS_vth_mant] = column_new(z, n, each, &v);
    tally t = {0};
    for (uint32_t i = 0; i < n; i++) {
        double mv = graph_at(p->param[NP_V_THRESH], i) - graph_at(p->param[NP_V_REST], i);
        double mantissa = nearbyint(mv / (64 * lsb));
        if (mantissa < 1 || mantissa > 131071) {
            diag_report(
                z->diag, DIAG_FIT_VALUE, p->at,
                "the threshold of population '%s' (neuron %u) is %.4g mV above rest: mantissa %.4g at %.4g mV a "
                "step of 64; the chip holds 1..131071",
                p->name, i, mv, mantissa, 64 * lsb);
            diag_cure(z->diag, "set target.v_scale between %.4g and %.4g", 64 / mv, 131071 * 64 / mv);
            return false;
        }
        v[i] = (int32_t)mantissa;
        tally_add(&t, mv, v[i] * 64 * lsb);
    }
    tell(z, p, &t,
         (qnet_report_row){
             .quantity = "threshold", .unit = "mV", .verdict = VERDICT_QUANTISED, .bits = 17, .scale = 64 * lsb},
         0.05);
    return true;
}

static bool quantise_bias(quantiser *z, uint32_t population, double lsb)
{
    const graph_population *p = &z->graph->population[population];
    const loihi_dialect *d = z->dialect;
    graph_param current = p->param[NP_I_OFFSET];
    if (!any_nonzero(current, p->size))
        return true;
    bool each = current.stride || p->param[NP_TAU_M].stride || p->param[NP_CM].stride;
    uint32_t n = each ? p->size : 1;
    int32_t *mantissa, *exponent;
    qnet_population *q = &z->out->population[population];
    q->column[LOIHI_COMPARTMENTS_bias_mant] = column_new(z, n, each, &mantissa);
    q->column[LOIHI_COMPARTMENTS_bias_exp] = column_new(z, n, each, &exponent);
    tally t = {0};
    for (uint32_t i = 0; i < n; i++) {
        double k = loihi_gain(z->graph, population, i), wanted = k * graph_at(current, i) / lsb;
        while (exponent[i] < d->bias_exp_high && fabs(nearbyint(ldexp(wanted, -exponent[i]))) > d->bias_high)
            exponent[i]++;
        double m = nearbyint(ldexp(wanted, -exponent[i]));
        if (fabs(m) > d->bias_high) {
            diag_report(z->diag, DIAG_FIT_VALUE, p->at,
                        "i_offset of population '%s' (neuron %u) is %.4g registers; dialect '%s' of loihi holds %.4g",
                        p->name, i, wanted, d->name, bias_limit(d));
            diag_cure(z->diag, "lower i_offset or set a smaller target.v_scale");
            return false;
        }
        mantissa[i] = (int32_t)m;
        tally_add(&t, graph_at(current, i), ldexp(m, exponent[i]) * lsb / k);
    }
    tell(z, p, &t,
         (qnet_report_row){.quantity = "i_offset",
                           .unit = "nA",
                           .verdict = VERDICT_QUANTISED,
                           .bits = 13,
                           .scale = lsb / loihi_gain(z->graph, population, 0)},
         0.05);
    return true;
}

static bool quantise_refractory(quantiser *z, uint32_t population)
{
    const graph_population *p = &z->graph->population[population];
    graph_param tau = p->param[NP_TAU_REFRAC];
    uint32_t n = tau.stride ? p->size : 1;
    int32_t *v;
    z->out->population[population].column[LOIHI_COMPARTMENTS_refractory] = column_new(z, n, tau.stride, &v);
    tally t = {0};
    for (uint32_t i = 0; i < n; i++) {
        double steps = nearbyint(graph_at(tau, i) / z->graph->dt);
        if (steps + 1 > z->dialect->refractory_high) {
            diag_report(z->diag, DIAG_FIT_VALUE, p->at,
                        "tau_refrac of population '%s' (neuron %u) is %.10g steps; dialect '%s' of loihi holds at most "
                        "%d",
                        p->name, i, steps, z->dialect->name, z->dialect->refractory_high - 1);
            diag_cure(z->diag, "shorten tau_refrac or use a longer network.dt");
            return false;
        }
        v[i] = (int32_t)steps + 1;
        tally_add(&t, graph_at(tau, i), steps * z->graph->dt);
    }
    tell(z, p, &t,
         (qnet_report_row){
             .quantity = "tau_refrac", .unit = "ms", .verdict = VERDICT_QUANTISED, .bits = 6, .scale = z->graph->dt},
         INFINITY);
    return true;
}

static bool quantise_noise(quantiser *z, uint32_t population, double lsb)
{
    const graph_population *p = &z->graph->population[population];
    graph_param noise = p->param[NP_NOISE];
    if (!any_nonzero(noise, p->size))
        return true;
    if (!z->dialect->noise)
        return refuse(z, p, "noise (in this dialect)", "use target.dialect chip or nengo, or drop noise");
    bool each = noise.stride || p->param[NP_TAU_M].stride || p->param[NP_CM].stride;
    uint32_t n = each ? p->size : 1;
    int32_t *exponent, *at_v;
    qnet_population *q = &z->out->population[population];
    q->column[LOIHI_COMPARTMENTS_noise_exp] = column_new(z, n, each, &exponent);
    q->column[LOIHI_COMPARTMENTS_noise_at_v] = column_new(z, 1, false, &at_v);
    at_v[0] = 1;
    tally t = {0};
    for (uint32_t i = 0; i < n; i++) {
        double k = loihi_gain(z->graph, population, i), wanted = k * graph_at(noise, i) / lsb;
        if (wanted > 0)
            exponent[i] = (int32_t)fmin(fmax(7 + nearbyint(log2(wanted / NOISE_DEVIATION)), 1), 23);
        double got = exponent[i] ? ldexp(NOISE_DEVIATION, exponent[i] - 7) : 0;
        tally_add(&t, graph_at(noise, i), got * lsb / k);
    }
    tell(z, p, &t,
         (qnet_report_row){.quantity = "noise",
                           .unit = "nA",
                           .verdict = VERDICT_APPROXIMATED,
                           .bits = 8,
                           .note = "uniform instead of Gaussian, deviation a power of two"},
         0.1);
    return true;
}

/* The floor of v becomes the nearest -(2^k) + 1 (eq. L5). */
static bool quantise_floor(quantiser *z, uint32_t population, double lsb)
{
    const graph_population *p = &z->graph->population[population];
    graph_param floor_at = p->param[NP_V_MIN], rest = p->param[NP_V_REST];
    bool each = floor_at.stride || rest.stride;
    uint32_t n = each ? p->size : 1;
    int32_t *k, *top;
    qnet_population *q = &z->out->population[population];
    q->column[LOIHI_COMPARTMENTS_vmin_exp] = column_new(z, n, each, &k);
    q->column[LOIHI_COMPARTMENTS_vmax_exp] = column_new(z, 1, false, &top);
    top[0] = 7;
    tally t = {0};
    bool limited = false;
    for (uint32_t i = 0; i < n; i++) {
        double depth = graph_at(rest, i) - graph_at(floor_at, i);
        if (depth < 0) {
            diag_report(z->diag, DIAG_FIT_VALUE, p->at,
                        "v_min of population '%s' (neuron %u) lies %.4g mV above v_rest", p->name, i, -depth);
            return false;
        }
        k[i] = (int32_t)fmin(nearbyint(log2(depth / lsb + 1)), 23);
        if (k[i] < 23) {
            limited = true;
            tally_add(&t, depth, (ldexp(1, k[i]) - 1) * lsb);
        }
    }
    if (limited)
        tell(z, p, &t,
             (qnet_report_row){.quantity = "v_min",
                               .unit = "mV",
                               .verdict = VERDICT_QUANTISED,
                               .bits = 5,
                               .note = "the nearest power of two"},
             0.1);
    return true;
}

static void quantise_initial(quantiser *z, uint32_t population, double lsb)
{
    const graph_population *p = &z->graph->population[population];
    qnet_population *q = &z->out->population[population];
    int32_t *v, *u;
    if (p->init_v.v) {
        bool each = p->init_v.stride || p->param[NP_V_REST].stride;
        q->init_v = column_new(z, p->size, each, &v);
        for (uint32_t i = 0; i < (each ? p->size : 1); i++)
            v[i] = (int32_t)fmin(
                fmax(nearbyint((graph_at(p->init_v, i) - graph_at(p->param[NP_V_REST], i)) / lsb), -Z_LIMIT), Z_LIMIT);
    }
    if (p->init_u.v) {
        q->init_u = column_new(z, p->size, true, &u);
        for (uint32_t i = 0; i < p->size; i++)
            u[i] = (int32_t)fmin(
                fmax(nearbyint(graph_at(p->init_u, i) * loihi_gain(z->graph, population, i) / lsb), -Z_LIMIT), Z_LIMIT);
    }
}

static void quantise_current_decay(quantiser *z, uint32_t population)
{
    if (z->graph->population[population].model == MODEL_CURR_EXP) {
        quantise_decay(z, population, tau_syn(z->graph, population), LOIHI_COMPARTMENTS_decay_u, z->dialect->ds_offset,
                       "tau_syn");
        return;
    }
    int32_t *all;
    z->out->population[population].column[LOIHI_COMPARTMENTS_decay_u] = column_new(z, 1, false, &all);
    all[0] = 4096 - z->dialect->ds_offset;
}

bool loihi_quantise_physical(quantiser *z, uint32_t population)
{
    const graph_population *p = &z->graph->population[population];
    qnet_population *q = &z->out->population[population];
    demand need;
    if (p->size == 0)
        return true;
    if (!check_features(z, population) || !measure(z, population, &need))
        return false;
    double lsb = choose_lsb(z, p, &need);
    q->v_lsb = lsb;
    q->v_zero = graph_at(p->param[NP_V_REST], 0);
    q->u_lsb = lsb / loihi_gain(z->graph, population, 0);
    quantise_decay(z, population, p->param[NP_TAU_M], LOIHI_COMPARTMENTS_decay_v, z->dialect->dm_offset, "tau_m");
    quantise_current_decay(z, population);
    bool ok = quantise_threshold(z, population, lsb);
    ok &= quantise_bias(z, population, lsb);
    ok &= quantise_refractory(z, population);
    ok &= quantise_noise(z, population, lsb);
    ok &= quantise_floor(z, population, lsb);
    quantise_initial(z, population, lsb);
    return ok;
}
