/* Equations 2 to 5 for each plastic projection, one synapse after another. Takes the spikes of this step (x_i, z_j),
 * yields traces, eligibilities and, where an epoch ends, weights.
 *
 *   x̄_i <- x̄_i exp(-dt/tau_plus) + x_i,   ȳ_j <- ȳ_j exp(-dt/tau_minus) + z_j      (this step's spike counts)
 *   H_ij = A_plus x̄_i z_j - A_minus ȳ_j x_i   (stdp),   A_plus x̄_i z_j (hebbian),   A_plus x̄_i ȳ_j (rate)
 *   psi_k <- psi_k exp(-dt/tau_k) + k_k H_ij,   e_ij = psi_fast + psi_slow                         (2)
 *   dw*_ij = (eta_local + eta_global G_eff) alpha_ij e_ij                                          (3, 10)
 *   dw+_ij = dw*_ij max(0, cos(Phi - phi_ij)),   phi_ij = 2 pi b / bins                            (4)
 *   dw_ij = dw+_ij with probability sigma(beta_p (|dw+_ij| - theta_p)), else 0                     (5)
 *
 * with tau_fast = 0: psi_fast is the sum of H over the epoch. A term that is off counts 1. Rules of type stdp are
 * equation 3 with eta_local (1 when not given), the epoch's own pairings and no modulator. After (5) a weight loses the
 * share `decay` a millisecond, then it is clipped; its sign stays unless sign: free. */
#include "core/reference/state.h"

#include "core/base/rng.h"

#include <math.h>
#include <string.h>

static double keep_of(const hmn_reference *r, double tau) { return tau > 0 ? exp(-r->graph->dt / tau) : 0; }

static double lsb_of(const hmn_reference *r, const reference_projection *p)
{
    const net_rule *rule = p->rule;
    if (rule->probability_gate.lsb.given)
        return rule->probability_gate.lsb.v;
    if (r->options.w_lsb && r->options.w_lsb[p - r->projection] > 0)
        return r->options.w_lsb[p - r->projection];
    return (p->g->w_max - p->g->w_min) / 255;
}

static bool supported(const hmn_reference *r, const reference_projection *p, hmn_diag *d)
{
    const net_rule *rule = p->rule;
    if (rule->type == RULE_PROGRAM) {
        diag_report(d, DIAG_RULE_TARGET, rule->name.at,
                    "rule %s: the reference does not run programs of sPyNNaker (type: spinnaker)", rule->name.s);
        diag_cure(d, "use type: stdp or type: hmn; hmn verify --frozen compares without learning");
        return false;
    }
    if (rule->type == RULE_HMN && rule->probability_gate.on && !isfinite(lsb_of(r, p))) {
        diag_report(d, DIAG_RULE_TARGET, rule->name.at,
                    "rule %s: the probability gate counts in steps of a weight, which without a chip are not known",
                    rule->name.s);
        diag_cure(d, "give the rule weight_bounds, or probability_gate: {lsb: ..}");
        return false;
    }
    return true;
}

static void prepare(hmn_reference *r, reference_projection *p, hmn_arena *a)
{
    const net_rule *rule = p->rule;
    const net_traces *t = &rule->traces;
    bool stdp = rule->type == RULE_STDP, slow = !stdp && t->tau_slow.given;
    uint32_t pre = r->graph->population[p->g->pre].size, post = r->graph->population[p->g->post].size;
    p->epoch = rule->epoch.v >= 1 ? (uint32_t)rule->epoch.v : 1;
    p->pairing = stdp ? PAIRING_STDP : t->pairing;
    p->a_plus = t->a_plus.v;
    p->a_minus = t->a_minus.v;
    p->keep_plus = keep_of(r, t->tau_plus.v);
    p->keep_minus = keep_of(r, t->tau_minus.v);
    p->forget_fast = stdp || t->tau_fast.v <= 0;
    p->keep_fast = p->forget_fast ? 1 : keep_of(r, t->tau_fast.v);
    p->keep_slow = slow ? keep_of(r, t->tau_slow.v) : 0;
    p->k_fast = stdp ? 1 : t->k_fast.v;
    p->k_slow = slow ? t->k_slow.v : 0;
    p->x_bar = ARENA_NEW(a, double, pre);
    p->y_bar = ARENA_NEW(a, double, post);
    p->psi_fast = ARENA_NEW(a, double, p->g->nsynapses);
    p->psi_slow = slow ? ARENA_NEW(a, double, p->g->nsynapses) : NULL;
    bool gated = p->g->bin && rule->phase_gate.gate != GATE_ACTIVITY;
    p->gate = gated ? ARENA_NEW(a, double, rule->phase_gate.bins) : NULL;
    p->attention = rule->type == RULE_HMN && rule->local_attention.on ? attention_new(r, p, a) : NULL;
    p->lsb = lsb_of(r, p);
    p->eligibility = ARENA_NEW(a, double, p->g->nsynapses);
    p->change = ARENA_NEW(a, double, p->g->nsynapses);
    p->weight = ARENA_NEW(a, double, p->g->nsynapses);
    memcpy(p->weight, p->g->weight, p->g->nsynapses * sizeof *p->weight);
}

bool plasticity_prepare(hmn_reference *r, hmn_arena *a, hmn_diag *d)
{
    bool good = true;
    for (uint32_t k = 0; k < r->graph->nprojections; k++) {
        reference_projection *p = &r->projection[k];
        if (p->g->rule == NET_NONE)
            continue;
        const net_rule *rule = &r->graph->net->rule[p->g->rule];
        if (rule->type == RULE_STATIC || !rule->enabled)
            continue;
        p->rule = rule;
        p->rule_index = p->g->rule;
        if (!supported(r, p, d))
            good = false;
        else if (rule->type == RULE_TEXT)
            good &= text_prepare(r, p, a, d);
        else
            prepare(r, p, a);
    }
    return good;
}

static void scale(double *x, uint64_t n, double keep)
{
    for (uint64_t i = 0; i < n; i++)
        x[i] *= keep;
}

/* An exponential trace of spikes: decay, then this step's spikes. */
static void follow(double *trace, const double *spike, uint32_t n, double keep, double counts)
{
    for (uint32_t i = 0; i < n; i++)
        trace[i] = trace[i] * keep + counts * spike[i];
}

static bool any_of(const double *spike, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (spike[i] != 0)
            return true;
    return false;
}

/* H_ij(t). */
static double pairing(const reference_projection *p, double x, double x_bar, double z, double y_bar)
{
    switch (p->pairing) {
    case PAIRING_STDP: return p->a_plus * x_bar * z - p->a_minus * y_bar * x;
    case PAIRING_HEBBIAN: return p->a_plus * x_bar * z;
    case PAIRING_RATE: return p->a_plus * x_bar * y_bar;
    }
    return 0;
}

static void traces(hmn_reference *r, reference_projection *p)
{
    const graph_population *pre = &r->graph->population[p->g->pre], *post = &r->graph->population[p->g->post];
    const double *x = r->x + pre->first, *z = r->z + post->first;
    double counts = astrocyte_presynaptic(r, p->rule), share = astrocyte_eligibility(r, p->rule);
    follow(p->x_bar, x, pre->size, p->keep_plus, counts);
    follow(p->y_bar, z, post->size, p->keep_minus, 1);
    if (p->attention)
        attention_follow(r, p);
    if (!p->forget_fast)
        scale(p->psi_fast, p->g->nsynapses, p->keep_fast);
    if (p->psi_slow)
        scale(p->psi_slow, p->g->nsynapses, p->keep_slow);
    bool any = p->pairing == PAIRING_RATE || any_of(z, post->size);
    for (uint32_t i = 0; i < pre->size; i++) {
        if (x[i] == 0 && (!any || p->x_bar[i] == 0))
            continue; /* H_ij = 0 for all j */
        for (uint32_t e = p->g->row[i]; e < p->g->row[i + 1]; e++) {
            uint32_t j = p->g->target[e];
            double h = share * pairing(p, counts * x[i], p->x_bar[i], z[j], p->y_bar[j]);
            p->psi_fast[e] += p->k_fast * h;
            if (p->psi_slow)
                p->psi_slow[e] += p->k_slow * h;
        }
    }
}

void plasticity_traces(hmn_reference *r)
{
    for (uint32_t k = 0; k < r->graph->nprojections; k++)
        if (r->projection[k].rule && !r->projection[k].text)
            traces(r, &r->projection[k]);
}

/* Bounds, and the sign that the synapse had at first. */
double plasticity_clip(const reference_projection *p, uint64_t e, double w)
{
    double low = p->g->w_min, high = p->g->w_max, start = p->g->weight[e];
    bool fixed = !p->rule->sign_free;
    if (fixed && (p->g->receptor == RECEPTOR_EXCITATORY || (p->g->receptor == RECEPTOR_MIXED && start > 0)))
        low = fmax(low, 0);
    if (fixed && (p->g->receptor == RECEPTOR_INHIBITORY || (p->g->receptor == RECEPTOR_MIXED && start < 0)))
        high = fmin(high, 0);
    return fmin(fmax(w, low), high);
}

/* eta_local + eta_global G_eff of equation 3. */
static double factor(const hmn_reference *r, const reference_projection *p)
{
    if (p->rule->type == RULE_STDP)
        return p->rule->eta_local.given ? p->rule->eta_local.v : 1;
    const double *eta = r->rates[p->rule_index].eta;
    return astrocyte_factor(r, p->rule, eta[0], eta[1], modulator_effective(r, p->rule));
}

/* Equation 5: dw, or 0 with the chance 1 - sigma(beta_p (|dw| - theta_p)). */
static double drawn(const hmn_reference *r, const reference_projection *p, uint32_t e, double change)
{
    const net_probability_gate *g = &p->rule->probability_gate;
    if (p->rule->type != RULE_HMN || !g->on || change == 0)
        return change;
    double chance = 1 / (1 + exp(-g->beta_p.v * (fabs(change) / p->lsb - g->theta_p.v)));
    uint32_t projection = (uint32_t)(p - r->projection);
    return rng_unit(r->graph->seed, RNG_UPDATE, projection, e, r->step / p->epoch) < chance ? change : 0;
}

/* Equations 3, 4 and 10 for one synapse, before the draw. */
static double preliminary(const reference_projection *p, uint32_t e, double m)
{
    double eligibility = p->psi_fast[e] + (p->psi_slow ? p->psi_slow[e] : 0);
    return m * (p->gate ? p->gate[p->g->bin[e]] : 1) * (p->attention ? p->attention->alpha[e] : 1) * eligibility;
}

static void epoch(hmn_reference *r, reference_projection *p)
{
    double m = factor(r, p), lost = p->rule->decay.v * p->epoch * r->graph->dt;
    p->m = m;
    for (uint32_t b = 0; p->gate && b < p->rule->phase_gate.bins; b++)
        p->gate[b] = phase_gate(r, &p->rule->phase_gate, b);
    if (p->attention)
        attention_share(r, p);
    for (uint32_t e = 0; r->learning && e < p->g->nsynapses; e++) {
        p->change[e] = drawn(r, p, e, preliminary(p, e, m));
        p->eligibility[e] = p->psi_fast[e] + (p->psi_slow ? p->psi_slow[e] : 0);
        double change = p->change[e] - lost * p->weight[e];
        if (change == 0)
            continue;
        double w = plasticity_clip(p, e, p->weight[e] + change);
        r->counts.weight_updates += w != p->weight[e];
        p->moves += w != p->weight[e];
        p->moved += fabs(w - p->weight[e]);
        p->weight[e] = w;
    }
    if (p->forget_fast)
        memset(p->psi_fast, 0, p->g->nsynapses * sizeof *p->psi_fast);
}

void plasticity_epoch(hmn_reference *r)
{
    for (uint32_t k = 0; k < r->graph->nprojections; k++) {
        reference_projection *p = &r->projection[k];
        if (p->text)
            text_step(r, p);
        else if (p->rule && (r->step + 1) % p->epoch == 0)
            epoch(r, p);
    }
}
