/* Populations in physical units. Takes IF_curr_exp and IF_curr_delta, yields registers on the scale of scale.c.
 *
 * Registers hold the potential above rest divided by v_lsb (eq. L3-L5): one gain k per neuron turns nA into mV a
 * step, so u is kept as k u / v_lsb and no product is needed on the chip. */
#include "backends/loihi/quantise.h"

#include "backends/loihi/homeostasis.h"
#include "backends/loihi/quantise_program.h"
#include "backends/loihi/scale.h"
#include "backends/loihi/tables.h"
#include "backends/loihi/tally.h"

#include "core/base/fx.h"

#include <math.h>

static bool has_plastic_input(const hmn_graph *g, uint32_t population)
{
    for (uint32_t j = 0; j < g->nprojections; j++)
        if (g->projection[j].post == population && g->projection[j].rule != NET_NONE)
            return true;
    return false;
}

static bool check_features(quantiser *z, uint32_t population)
{
    const graph_population *p = &z->graph->population[population];
    const graph_param *param = p->param;
    bool ok = true;
    if (p->activation == ACT_SIGMOID)
        ok = quantise_refuse(z, p, "activation sigmoid",
                             "use activation: threshold, with noise if firing should be random");
    if (param_any(param[NP_HOMEO_ETA], p->size) && z->dialect->bias_high == 0)
        ok = quantise_refuse(z, p, "homeostasis (in this dialect)",
                             "use target.dialect chip, or set homeostasis_eta: 0");
    ok &= program_known(z, population);
    if (has_plastic_input(z->graph, population) && p->model == MODEL_CURR_EXP &&
        !(param_uniform(param[NP_TAU_M], p->size) && param_uniform(param[NP_CM], p->size)))
        ok = quantise_refuse(z, p, "plastic inputs to neurons of different tau_m or cm",
                             "give all neurons the same tau_m and cm, so that a weight means the same everywhere");
    return ok;
}

/* ---- registers ---- */

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

bool quantise_decay(quantiser *z, uint32_t population, graph_param tau, uint32_t column, bool offset, const char *name)
{
    const graph_population *p = &z->graph->population[population];
    uint32_t n = tau.stride ? p->size : 1;
    int32_t *v;
    z->out->population[population].column[column] = column_new(z, n, tau.stride, &v);
    tally t = {0};
    uint32_t decays = 0;
    for (uint32_t i = 0; i < n; i++) {
        v[i] = decay_register(z, graph_at(tau, i), offset);
        double got = tau_of(z, v[i], offset);
        decays += isfinite(got);
        tally_add(&t, graph_at(tau, i), isfinite(got) ? got : 1e6 * z->graph->dt);
    }
    tally_tell(z, p, &t, (qnet_report_row){.quantity = name, .unit = "ms", .verdict = VERDICT_QUANTISED, .bits = 12},
               0.1);
    double longest = -z->graph->dt / log1p(-0.5 / 4096), shortest = z->graph->dt / (13 * M_LN2);
    if (n && !decays)
        return quantise_lost(z->diag, p->at, arena_printf(z->arena, "%s of population '%s'", name, p->name), t.greatest,
                             longest, "ms");
    return tally_lasts(z, p, &t, name, shortest, "ms");
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
                "step of 64; the chip holds 1..131071, and less than %.4g mV rounds to zero",
                p->name, i, mv, mantissa, 64 * lsb, 32 * lsb);
            diag_cure(z->diag, "set target.v_scale between %.4g and %.4g", 64 / mv, 131071 * 64 / mv);
            return false;
        }
        v[i] = (int32_t)mantissa;
        tally_add(&t, mv, v[i] * 64 * lsb);
    }
    tally_tell(z, p, &t,
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
    if (!param_any(current, p->size) && !param_any(p->param[NP_HOMEO_ETA], p->size))
        return true;
    bool each = current.stride || p->param[NP_HOMEO_ETA].stride || p->param[NP_TAU_M].stride || p->param[NP_CM].stride;
    uint32_t n = each ? p->size : 1;
    int32_t *mantissa, *exponent;
    qnet_population *q = &z->out->population[population];
    q->column[LOIHI_COMPARTMENTS_bias_mant] = column_new(z, n, each, &mantissa);
    q->column[LOIHI_COMPARTMENTS_bias_exp] = column_new(z, n, each, &exponent);
    tally t = {0};
    for (uint32_t i = 0; i < n; i++) {
        double k = loihi_gain(z->graph, population, i), wanted = k * graph_at(current, i) / lsb;
        double room = fmax(fabs(wanted), homeostasis_reach(z->graph, population, i) / lsb);
        while (exponent[i] < d->bias_exp_high && nearbyint(ldexp(room, -exponent[i])) > d->bias_high)
            exponent[i]++;
        double m = nearbyint(ldexp(wanted, -exponent[i]));
        if (fabs(m) > d->bias_high) {
            diag_report(z->diag, DIAG_FIT_VALUE, p->at,
                        "i_offset of population '%s' (neuron %u) is %.4g registers; dialect '%s' of %s holds %.4g",
                        p->name, i, wanted, d->name, z->out->chip->name, scale_bias_limit(d));
            diag_cure(z->diag, "lower i_offset or set a smaller target.v_scale");
            return false;
        }
        mantissa[i] = (int32_t)m;
        tally_add(&t, graph_at(current, i), ldexp(m, exponent[i]) * lsb / k);
    }
    tally_tell(z, p, &t,
               (qnet_report_row){.quantity = "i_offset",
                                 .unit = "nA",
                                 .verdict = VERDICT_QUANTISED,
                                 .bits = 13,
                                 .scale = lsb / loihi_gain(z->graph, population, 0)},
               0.05);
    return tally_lasts(z, p, &t, "i_offset", ldexp(0.5 * lsb / loihi_gain(z->graph, population, 0), exponent[0]), "nA");
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
                        "tau_refrac of population '%s' (neuron %u) is %.10g steps; dialect '%s' of %s holds at most "
                        "%d",
                        p->name, i, steps, z->dialect->name, z->out->chip->name, z->dialect->refractory_high - 1);
            diag_cure(z->diag, "shorten tau_refrac or use a longer network.dt");
            return false;
        }
        v[i] = (int32_t)steps + 1;
        tally_add(&t, graph_at(tau, i), steps * z->graph->dt);
    }
    tally_tell(
        z, p, &t,
        (qnet_report_row){
            .quantity = "tau_refrac", .unit = "ms", .verdict = VERDICT_QUANTISED, .bits = 6, .scale = z->graph->dt},
        INFINITY);
    return true;
}

static bool quantise_noise(quantiser *z, uint32_t population, double lsb)
{
    const graph_population *p = &z->graph->population[population];
    graph_param noise = p->param[NP_NOISE];
    if (!param_any(noise, p->size))
        return true;
    if (!z->dialect->noise)
        return quantise_refuse(z, p, "noise (in this dialect)", "use target.dialect chip or nengo, or drop noise");
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
            exponent[i] = (int32_t)fmin(fmax(7 + nearbyint(log2(wanted / SCALE_NOISE_DEVIATION)), 1), 23);
        double got = exponent[i] ? ldexp(SCALE_NOISE_DEVIATION, exponent[i] - 7) : 0;
        tally_add(&t, graph_at(noise, i), got * lsb / k);
    }
    tally_tell(z, p, &t,
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
    if (!limited)
        return true;
    tally_tell(z, p, &t,
               (qnet_report_row){.quantity = "v_min",
                                 .unit = "mV",
                                 .verdict = VERDICT_QUANTISED,
                                 .bits = 5,
                                 .note = "the nearest power of two"},
               0.1);
    return tally_lasts(z, p, &t, "v_rest less v_min", (M_SQRT2 - 1) * lsb, "mV");
}

static bool quantise_initial(quantiser *z, uint32_t population, double lsb)
{
    const graph_population *p = &z->graph->population[population];
    qnet_population *q = &z->out->population[population];
    int32_t *v, *u;
    tally of_v = {0}, of_u = {0};
    if (p->init_v.v) {
        bool each = p->init_v.stride || p->param[NP_V_REST].stride;
        q->init_v = column_new(z, p->size, each, &v);
        for (uint32_t i = 0; i < (each ? p->size : 1); i++) {
            double wanted = graph_at(p->init_v, i) - graph_at(p->param[NP_V_REST], i);
            v[i] = (int32_t)fmin(fmax(nearbyint(wanted / lsb), -SCALE_Z_LIMIT), SCALE_Z_LIMIT);
            tally_add(&of_v, wanted, v[i]);
        }
    }
    if (p->init_u.v) {
        q->init_u = column_new(z, p->size, true, &u);
        for (uint32_t i = 0; i < p->size; i++) {
            double wanted = graph_at(p->init_u, i);
            u[i] = (int32_t)fmin(fmax(nearbyint(wanted * loihi_gain(z->graph, population, i) / lsb), -SCALE_Z_LIMIT),
                                 SCALE_Z_LIMIT);
            tally_add(&of_u, wanted, u[i]);
        }
    }
    return tally_lasts(z, p, &of_v, "the initial v (from v_rest)", lsb / 2, "mV") &
           tally_lasts(z, p, &of_u, "the initial u", lsb / 2 / loihi_gain(z->graph, population, 0), "nA");
}

static bool quantise_current_decay(quantiser *z, uint32_t population)
{
    if (z->graph->population[population].model == MODEL_CURR_EXP)
        return quantise_decay(z, population, scale_tau_syn(z->graph, population), LOIHI_COMPARTMENTS_decay_u,
                              z->dialect->ds_offset, "tau_syn");
    int32_t *all;
    z->out->population[population].column[LOIHI_COMPARTMENTS_decay_u] = column_new(z, 1, false, &all);
    all[0] = 4096 - z->dialect->ds_offset;
    return true;
}

bool loihi_quantise_physical(quantiser *z, uint32_t population)
{
    const graph_population *p = &z->graph->population[population];
    qnet_population *q = &z->out->population[population];
    double lsb;
    if (p->size == 0)
        return true;
    if (!check_features(z, population) || !scale_choose(z, population, &lsb))
        return false;
    q->v_lsb = lsb;
    q->v_zero = graph_at(p->param[NP_V_REST], 0);
    q->u_lsb = lsb / loihi_gain(z->graph, population, 0);
    bool ok =
        quantise_decay(z, population, p->param[NP_TAU_M], LOIHI_COMPARTMENTS_decay_v, z->dialect->dm_offset, "tau_m");
    ok &= quantise_current_decay(z, population);
    ok &= quantise_threshold(z, population, lsb);
    ok &= quantise_bias(z, population, lsb) && homeostasis_quantise(z, population, lsb);
    ok &= quantise_refractory(z, population);
    ok &= quantise_noise(z, population, lsb);
    ok &= quantise_floor(z, population, lsb);
    ok &= quantise_initial(z, population, lsb);
    return ok && program_quantise(z, population, lsb);
}
