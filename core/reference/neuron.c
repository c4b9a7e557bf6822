/* Equation 1, z_j = f(sum_i w_ij x_i(t - tau_ij) + b_j + epsilon_j), for each neuron model. Takes what arrives in
 * this step, yields u, v and who fired.
 *
 *   IF_curr_exp    u_E <- u_E exp(-dt/tau_E) + arrivals, u_I likewise                              [nA]
 *                  v   <- rest + (v - rest) exp(-dt/tau_m) + R (1 - exp(-dt/tau_m)) I,  R = tau_m/cm
 *                  I = u_E + u_I + b + current + epsilon, constant during the step (exact integration)
 *   IF_curr_delta  the same with u = 0; arrivals [mV] are added to v
 *   loihi_lif      u <- u (4096 - d_u - o)/4096 + arrivals;  v <- v (4096 - d_v)/4096 + u + bias
 *                  o = 1 (brian2loihi dialect: 0, and no limits of v); on the grid each decay is rounded toward zero
 *                  with dendrites, what they send joins u before it drives v, v, or the comparison (join.def)
 *
 * Then v is limited, held while refractory, and compared: f is v > theta + a, or a Bernoulli draw with
 * sigma((v - theta - a)/T); relu fires as v > theta + a does and sends max(0, v - rest) / payload_unit. After a spike
 * v is v_reset, or with reset: subtract v_reset + (v - theta - a); a, the adaptation, decays and then rises by its
 * step. A neuron whose firing gate is closed (phase.c) is as a refractory one. Homeostasis moves b. loihi_lif may have
 * a second u for inhibitory arrivals. epsilon is normal, one draw a neuron and step, from the counter-based generator.
 */
#include "core/reference/state.h"

#include "core/base/rng.h"

#include <math.h>
#include <string.h>

static double keep_of(double dt, double tau) { return tau > 0 ? exp(-dt / tau) : 0; }

static double parameter(const graph_population *p, neuron_param k, uint32_t i) { return graph_at(p->param[k], i); }

static reference_neuron integrate_and_fire(const graph_population *p, uint32_t i, double dt)
{
    double tau_m = parameter(p, NP_TAU_M, i), keep_v = keep_of(dt, tau_m);
    bool delta = p->model == MODEL_CURR_DELTA;
    return (reference_neuron){
        .keep_exc = delta ? 0 : keep_of(dt, parameter(p, NP_TAU_SYN_E, i)),
        .keep_inh = delta ? 0 : keep_of(dt, parameter(p, NP_TAU_SYN_I, i)),
        .keep_v = keep_v,
        .gain = tau_m / parameter(p, NP_CM, i) * (1 - keep_v),
        .rest = parameter(p, NP_V_REST, i),
        .reset = parameter(p, NP_V_RESET, i),
        .threshold = parameter(p, NP_V_THRESH, i),
        .bias = parameter(p, NP_I_OFFSET, i),
        .noise = parameter(p, NP_NOISE, i),
        .floor = parameter(p, NP_V_MIN, i),
        .ceiling = INFINITY,
        .temperature = parameter(p, NP_ESCAPE_T, i),
        .rise = parameter(p, NP_ADAPT, i),
        .keep_rise = keep_of(dt, parameter(p, NP_TAU_ADAPT, i)),
        .payload_unit = parameter(p, NP_PAYLOAD_UNIT, i),
        .refractory = (uint32_t)nearbyint(parameter(p, NP_TAU_REFRAC, i) / dt) + 1,
    };
}

/* brian: that dialect adds nothing to decay_u and does not limit v. */
static reference_neuron compartment(const graph_population *p, uint32_t i, bool brian)
{
    double refractory = parameter(p, NP_REFRACTORY, i), second = parameter(p, NP_DECAY_U_INH, i);
    return (reference_neuron){
        .keep_exc = fmax(0, 4096 - parameter(p, NP_DECAY_U, i) - !brian) / 4096,
        .keep_v = fmax(0, 4096 - parameter(p, NP_DECAY_V, i)) / 4096,
        .keep_inh = fmax(0, 4096 - second - !brian) / 4096,
        .two_currents = second >= 0,
        .silent = second >= 0 && parameter(p, NP_U_INH_DRIVES, i) == 0,
        .reset = parameter(p, NP_RESET_V, i),
        .rise = parameter(p, NP_ADAPT_STEP, i),
        .keep_rise = (4096 - parameter(p, NP_DECAY_ADAPT, i)) / 4096,
        .payload_unit = ldexp(1, (int)parameter(p, NP_PAYLOAD_EXP, i)),
        .threshold = ldexp(parameter(p, NP_VTH_MANT, i), 6),
        .bias = ldexp(parameter(p, NP_BIAS_MANT, i), (int)parameter(p, NP_BIAS_EXP, i)),
        .floor = brian ? -INFINITY : 1 - ldexp(1, (int)parameter(p, NP_VMIN_EXP, i)),
        .ceiling = brian ? INFINITY : ldexp(1, 9 + 2 * (int)parameter(p, NP_VMAX_EXP, i)) - 1,
        .refractory = refractory < 1 ? 1 : (uint32_t)refractory,
    };
}

static bool is_brian(const hmn_net *net)
{
    const char *dialect = net->target.dialect.s;
    return dialect && strcmp(dialect, "brian2loihi") == 0;
}

/* Of the dialects that emulators of the chip differ in, these overflow as the chip is said to. */
static bool wraps(const hmn_net *net)
{
    const char *dialect = net->target.dialect.s;
    return !dialect || strcmp(dialect, "chip") == 0 || strcmp(dialect, "nengo") == 0;
}

static void rest_at(hmn_reference *r, const graph_population *p, uint32_t i)
{
    uint32_t n = p->first + i;
    r->v[n] = p->init_v.v ? graph_at(p->init_v, i) : r->neuron[n].rest;
    double u = p->init_u.v ? graph_at(p->init_u, i) : 0;
    *(u >= 0 || p->model == MODEL_LOIHI_LIF ? &r->u_exc[n] : &r->u_inh[n]) = u;
}

/* Located refusals: what this interpreter does not compute. */
static bool supported(const hmn_reference *r, const graph_population *p, hmn_diag *d)
{
    uint32_t before = diag_errors(d);
    bool loihi = p->model == MODEL_LOIHI_LIF;
    if (!loihi && p->model != MODEL_CURR_EXP && p->model != MODEL_CURR_DELTA) {
        diag_report(d, DIAG_RULE_TARGET, p->at, "population %s: the reference does not compute this model", p->name);
        diag_cure(d, "use target spinnaker, or the model IF_curr_exp, IF_curr_delta or loihi_lif");
    }
    if (loihi && p->activation == ACT_SIGMOID) {
        diag_report(d, DIAG_RULE_TARGET, p->at, "population %s: loihi_lif has no escape noise (activation: sigmoid)",
                    p->name);
        diag_cure(d, "use activation: threshold, or the model IF_curr_exp");
    }
    for (uint32_t i = 0; i < p->size; i++) {
        if (loihi && parameter(p, NP_NOISE_EXP, i) > 0 && !r->options.noise_core) {
            diag_report(d, DIAG_RULE_TARGET, p->at,
                        "population %s: the noise of loihi_lif depends on the core a neuron sits on, which the "
                        "reference is not told here",
                        p->name);
            diag_cure(d,
                      "noise_exp: 0 switches it off; hmn verify gives the reference the cores of the compiled network");
            break;
        }
    }
    return diag_errors(d) == before;
}

bool neuron_prepare(hmn_reference *r, hmn_arena *a, hmn_diag *d)
{
    const hmn_graph *g = r->graph;
    bool good = true;
    r->wraps = r->options.grid && wraps(g->net);
    r->trees = tree_find(g, false, a);
    r->neuron = ARENA_NEW(a, reference_neuron, g->nneurons);
    r->bias = ARENA_NEW(a, double, g->nneurons);
    for (uint32_t k = 0; k < g->npopulations; k++) {
        const graph_population *p = &g->population[k];
        if (p->source)
            continue;
        if (!supported(r, p, d)) {
            good = false;
            continue;
        }
        for (uint32_t i = 0; i < p->size; i++) {
            r->neuron[p->first + i] =
                p->model == MODEL_LOIHI_LIF ? compartment(p, i, is_brian(g->net)) : integrate_and_fire(p, i, g->dt);
            r->bias[p->first + i] = r->neuron[p->first + i].bias;
            rest_at(r, p, i);
        }
    }
    return good;
}

/* A standard normal number (Box and Muller). */
static double normal(uint64_t seed, uint32_t population, uint32_t neuron, uint32_t step)
{
    uint32_t bits[4];
    rng_block(seed, RNG_NEURON_NOISE, population, neuron, step, bits);
    double radius = (bits[0] + 1.0) * 0x1p-32, angle = bits[1] * 0x1p-32;
    return sqrt(-2 * log(radius)) * cos(2 * M_PI * angle);
}

enum { RISE_LIMIT = (1 << 23) - 1 }; /* of loihi_lif: its register saturates */

/* After a spike: what is sent, where v starts again, what the threshold becomes. */
static double after_spike(hmn_reference *r, const graph_population *p, uint32_t n, double v, double threshold)
{
    const reference_neuron *c = &r->neuron[n];
    bool loihi = p->model == MODEL_LOIHI_LIF;
    if (p->activation == ACT_RELU) {
        double payload = fmax(0, v - c->rest) / c->payload_unit;
        r->payload[n] = loihi ? floor(payload) : payload;
    }
    r->risen[n] += c->rise;
    if (loihi)
        r->risen[n] = fmin(r->risen[n], RISE_LIMIT);
    r->held[n] = c->refractory - 1;
    return p->reset == RESET_SUBTRACT ? c->reset + (v - threshold) : c->reset;
}

/* What the dendrites of a neuron sent in this step: their u or v, and whether they fired. */
typedef struct {
    net_join join;
    uint32_t count;
    double value[NET_MAX_DENDRITES];
    bool fired[NET_MAX_DENDRITES];
} joined;

static joined gather(const hmn_reference *r, const graph_population *p, uint32_t i)
{
    joined j = {.join = p->join, .count = p->ndendrites};
    for (uint32_t k = 0; k < j.count; k++) {
        const graph_population *d = &r->graph->population[p->dendrite[k]];
        uint32_t n = d->first + i;
        j.value[k] = d->sends == SENDS_U ? reference_u(r, n) : r->v[n];
        j.fired[k] = r->fired[n] != 0;
    }
    return j;
}

/* The join of u or of v, as `base`, the first operation of its family, says. */
static double combine(const joined *j, net_join base, double own)
{
    if (j->join < base || j->join > base + (JOIN_BLOCK_U - JOIN_ADD_U))
        return own;
    double second = j->count > 1 ? j->value[1] : 0;
    switch (j->join - base) {
    case JOIN_ADD_U - JOIN_ADD_U: return own + j->value[0] + second;
    case JOIN_MAX_U - JOIN_ADD_U: return fmax(fmax(own, j->value[0]), j->value[j->count - 1]);
    case JOIN_MIN_U - JOIN_ADD_U: return fmin(fmin(own, j->value[0]), j->value[j->count - 1]);
    case JOIN_PASS_U - JOIN_ADD_U: return j->fired[0] ? own + second : 0;
    default: return j->fired[0] ? 0 : own + second; /* block */
    }
}

/* Does a neuron that is above its threshold, or is not, fire with these dendrites? */
static bool joint_firing(const joined *j, bool above)
{
    uint32_t fired = 0;
    for (uint32_t k = 0; k < j->count; k++)
        fired += j->fired[k];
    return j->join == JOIN_OR ? above || fired : j->join == JOIN_AND ? above && fired == j->count : above;
}

/* f of equation 1, after limits and refractoriness. */
static void settle(hmn_reference *r, uint32_t population, uint32_t n, double v)
{
    const graph_population *p = &r->graph->population[population];
    const reference_neuron *c = &r->neuron[n];
    const joined j = gather(r, p, n - p->first);
    v = fmin(fmax(v, c->floor), c->ceiling);
    v = fmin(fmax(combine(&j, JOIN_ADD_V, v), c->floor), c->ceiling);
    double risen = r->risen[n] * c->keep_rise;
    r->risen[n] = r->options.grid && p->model == MODEL_LOIHI_LIF ? trunc(risen) : risen;
    double threshold = c->threshold + r->risen[n];
    bool held = r->held[n] > 0;
    if (held || (r->closed && r->closed[n])) {
        r->held[n] -= held;
        v = r->v[n];
    } else if (p->activation == ACT_SIGMOID) {
        double chance = 1 / (1 + exp(-(v - threshold) / c->temperature));
        r->fired[n] = rng_unit(r->graph->seed, RNG_ESCAPE, population, n - p->first, r->step) < chance;
    } else
        r->fired[n] = joint_firing(&j, v > threshold);
    if (r->fired[n])
        v = after_spike(r, p, n, v, threshold);
    r->v[n] = v;
}

static void step_integrate_and_fire(hmn_reference *r, uint32_t population, const double *exc, const double *inh)
{
    const graph_population *p = &r->graph->population[population];
    bool delta = p->model == MODEL_CURR_DELTA;
    for (uint32_t n = p->first; n < p->first + p->size; n++) {
        const reference_neuron *c = &r->neuron[n];
        double current = r->bias[n] + r->current[n], jump = 0;
        if (c->noise > 0)
            current += c->noise * normal(r->graph->seed, population, n - p->first, r->step);
        if (delta)
            jump = exc[n] + inh[n];
        else {
            r->u_exc[n] = r->u_exc[n] * c->keep_exc + exc[n];
            r->u_inh[n] = r->u_inh[n] * c->keep_inh + inh[n];
            current += r->u_exc[n] + r->u_inh[n];
        }
        settle(r, population, n, c->rest + (r->v[n] - c->rest) * c->keep_v + c->gain * current + jump);
    }
}

/* trunc((k + 64 m) 2^(e - 7)), k uniform in -127..127: the draw of the chip. */
static double compartment_noise(const hmn_reference *r, const graph_population *p, uint32_t n)
{
    int exponent = (int)parameter(p, NP_NOISE_EXP, n - p->first);
    if (exponent == 0)
        return 0;
    uint32_t draw = rng_below(r->graph->seed, RNG_NEURON_NOISE, r->options.noise_core[n],
                              r->options.noise_compartment[n], r->step, 255);
    return trunc(ldexp(draw - 127.0 + 64 * parameter(p, NP_NOISE_MANT, n - p->first), exponent - 7));
}

/* Two's complement of `bits` magnitude bits and a sign, where the registers wrap. */
static double wrap(hmn_reference *r, double x, int bits)
{
    double range = ldexp(1, bits + 1), turns = r->wraps ? floor(x / range + 0.5) : 0;
    r->counts.wraps += turns != 0;
    return x - turns * range;
}

static double next_current(hmn_reference *r, double kept, double arrived)
{
    return wrap(r, (r->options.grid ? trunc(kept) : kept) + arrived, 23);
}

static void step_compartments(hmn_reference *r, uint32_t population, const double *exc, const double *inh)
{
    const graph_population *p = &r->graph->population[population];
    bool grid = r->options.grid;
    for (uint32_t n = p->first; n < p->first + p->size; n++) {
        const reference_neuron *c = &r->neuron[n];
        double noise = compartment_noise(r, p, n);
        bool at_v = noise != 0 && parameter(p, NP_NOISE_AT_V, n - p->first) != 0;
        double v = r->v[n] * c->keep_v, second = c->two_currents ? inh[n] : 0;
        double q = wrap(r, exc[n] + (inh[n] - second) + r->current[n] + (at_v ? 0 : noise), 21);
        r->u_exc[n] = next_current(r, r->u_exc[n] * c->keep_exc, q);
        if (c->two_currents)
            r->u_inh[n] = next_current(r, r->u_inh[n] * c->keep_inh, wrap(r, second, 21));
        const joined j = gather(r, p, n - p->first);
        double u = combine(&j, JOIN_ADD_U, reference_u(r, n));
        settle(r, population, n, (grid ? trunc(v) : v) + wrap(r, u + r->bias[n] + (at_v ? noise : 0), 23));
    }
}

void neuron_step(hmn_reference *r)
{
    size_t slot = (size_t)(r->step % r->slots) * r->graph->nneurons;
    const double *exc = r->arrive_exc + slot, *inh = r->arrive_inh + slot;
    for (uint32_t t = 0; t < r->trees.count; t++)
        for (uint32_t i = 0; i < r->trees.tree[t].count; i++) {
            uint32_t k = r->trees.tree[t].member[i];
            if (r->graph->population[k].model == MODEL_LOIHI_LIF)
                step_compartments(r, k, exc, inh);
            else
                step_integrate_and_fire(r, k, exc, inh);
        }
}

/* b_j <- b_j + eta_b (r* dt - z_j): a neuron that fires more often than r* loses bias. */
void neuron_homeostasis(hmn_reference *r)
{
    for (uint32_t k = 0; r->learning && k < r->graph->npopulations; k++) {
        const graph_population *p = &r->graph->population[k];
        for (uint32_t i = 0; i < p->size && !p->source && p->model != MODEL_LOIHI_LIF; i++) {
            double wanted = parameter(p, NP_HOMEO_RATE, i) * 1e-3 * r->graph->dt;
            r->bias[p->first + i] += parameter(p, NP_HOMEO_ETA, i) * (wanted - r->fired[p->first + i]);
        }
    }
}
