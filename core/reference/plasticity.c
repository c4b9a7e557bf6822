/* Equations 2 and 3 for each plastic projection, one synapse after another. Takes the spikes of this step (x_i:
 * reached, z_j: fired), yields traces, eligibilities and, where an epoch ends, weights.
 *
 *   x̄_i <- x̄_i exp(-dt/tau_plus) + x_i,   ȳ_j <- ȳ_j exp(-dt/tau_minus) + z_j      (this step's spike counts)
 *   H_ij = A_plus x̄_i z_j - A_minus ȳ_j x_i   (stdp),   A_plus x̄_i z_j (hebbian),   A_plus x̄_i ȳ_j (rate)
 *   psi_k <- psi_k exp(-dt/tau_k) + k_k H_ij,   e_ij = psi_fast + psi_slow                         (2)
 *   dw_ij = (eta_local + eta_global G_eff) e_ij                                                    (3)
 *   times max(0, cos(Phi - phi_ij)), phi_ij = 2 pi b / bins, where there is a phase gate             (4)
 *
 * with tau_fast = 0: psi_fast is the sum of H over the epoch. e~ = e while local attention (eqs 10, 11) is off.
 * Rules of type stdp are equation 3 with eta_local (1 when not given), the epoch's own pairings and no modulator.
 * After (3) a weight loses the share `decay` a millisecond, then it is clipped; its sign stays unless sign: free. */
#include "core/reference/state.h"

#include <math.h>
#include <string.h>

static double keep_of(const hmn_reference *r, double tau) { return tau > 0 ? exp(-r->graph->dt / tau) : 0; }

static void refuse(const net_rule *rule, hmn_diag *d, bool on, const char *term, const char *key)
{
    if (!on)
        return;
    diag_report(d, DIAG_RULE_TARGET, rule->name.at, "rule %s: the reference does not compute %s", rule->name.s, term);
    diag_cure(d, "%s: {enabled: false} switches it off", key);
}

static bool supported(const net_rule *rule, hmn_diag *d)
{
    uint32_t before = diag_errors(d);
    if (rule->type == RULE_TEXT) {
        diag_report(d, DIAG_RULE_TARGET, rule->name.at,
                    "rule %s: the reference does not run rules written as text (type: loihi)", rule->name.s);
        diag_cure(d, "use type: stdp or type: hmn; hmn verify --frozen compares without learning");
    }
    if (rule->type == RULE_HMN) {
        refuse(rule, d, rule->local_attention.on, "local attention (equations 10, 11)", "local_attention");
        if (rule->phase_gate.on && rule->phase_gate.gate != GATE_PLASTICITY) {
            diag_report(d, DIAG_RULE_TARGET, rule->name.at, "rule %s: the reference does not gate firing by phase",
                        rule->name.s);
            diag_cure(d, "use gate: plasticity");
        }
        refuse(rule, d, rule->probability_gate.on, "the probability gate (equation 5)", "probability_gate");
        refuse(rule, d, rule->meta.on, "meta-learning (equations 8, 9)", "meta");
        refuse(rule, d, rule->astrocyte.i != NET_NONE, "astrocytes (section 7.4)", "astrocyte");
    }
    return diag_errors(d) == before;
}

static void prepare(hmn_reference *r, reference_projection *p, const net_rule *rule, hmn_arena *a)
{
    const net_traces *t = &rule->traces;
    bool stdp = rule->type == RULE_STDP, slow = !stdp && t->tau_slow.given;
    uint32_t pre = r->graph->population[p->g->pre].size, post = r->graph->population[p->g->post].size;
    p->rule = rule;
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
    p->gate = p->g->bin ? ARENA_NEW(a, double, rule->phase_gate.bins) : NULL;
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
        if (!supported(rule, d))
            good = false;
        else
            prepare(r, p, rule, a);
    }
    return good;
}

static void scale(double *x, uint64_t n, double keep)
{
    for (uint64_t i = 0; i < n; i++)
        x[i] *= keep;
}

/* An exponential trace of spikes: decay, then this step's spikes. */
static void follow(double *trace, const uint8_t *spike, uint32_t n, double keep)
{
    for (uint32_t i = 0; i < n; i++)
        trace[i] = trace[i] * keep + spike[i];
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
    const uint8_t *x = r->reached + pre->first, *z = r->fired + post->first;
    follow(p->x_bar, x, pre->size, p->keep_plus);
    follow(p->y_bar, z, post->size, p->keep_minus);
    if (!p->forget_fast)
        scale(p->psi_fast, p->g->nsynapses, p->keep_fast);
    if (p->psi_slow)
        scale(p->psi_slow, p->g->nsynapses, p->keep_slow);
    bool any = p->pairing == PAIRING_RATE || memchr(z, 1, post->size);
    for (uint32_t i = 0; i < pre->size; i++) {
        if (!x[i] && (!any || p->x_bar[i] == 0))
            continue; /* H_ij = 0 for all j */
        for (uint32_t e = p->g->row[i]; e < p->g->row[i + 1]; e++) {
            uint32_t j = p->g->target[e];
            double h = pairing(p, x[i], p->x_bar[i], z[j], p->y_bar[j]);
            p->psi_fast[e] += p->k_fast * h;
            if (p->psi_slow)
                p->psi_slow[e] += p->k_slow * h;
        }
    }
}

void plasticity_traces(hmn_reference *r)
{
    for (uint32_t k = 0; k < r->graph->nprojections; k++)
        if (r->projection[k].rule)
            traces(r, &r->projection[k]);
}

/* Bounds, and the sign that the synapse had at first. */
static double clip(const reference_projection *p, uint64_t e, double w)
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
static double factor(const hmn_reference *r, const net_rule *rule)
{
    if (rule->type == RULE_STDP)
        return rule->eta_local.given ? rule->eta_local.v : 1;
    return rule->eta_local.v + rule->eta_global.v * modulator_effective(r, rule);
}

static void epoch(hmn_reference *r, reference_projection *p)
{
    double m = factor(r, p->rule), lost = p->rule->decay.v * p->epoch * r->graph->dt;
    for (uint32_t b = 0; p->gate && b < p->rule->phase_gate.bins; b++)
        p->gate[b] = modulator_gate(r, &p->rule->phase_gate, b);
    for (uint64_t e = 0; r->learning && e < p->g->nsynapses; e++) {
        double eligibility = p->psi_fast[e] + (p->psi_slow ? p->psi_slow[e] : 0);
        double change = m * (p->gate ? p->gate[p->g->bin[e]] : 1) * eligibility - lost * p->weight[e];
        if (change == 0)
            continue;
        double w = clip(p, e, p->weight[e] + change);
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
        if (p->rule && (r->step + 1) % p->epoch == 0)
            epoch(r, p);
    }
}
