/* Meta-learning of the rates, equations 8 and 9. Takes the task's score of each trial, yields eta_local and eta_global
 * of each rule. The gradient of L = -(mean score of a window) is estimated in u = log2 eta, because a rate may be wrong
 * by a factor and must stay positive; a rate of 0 takes no part. Measurement n = 1, 2, ..:
 *
 *   a_n = a0 / (n + A)^alpha,   c_n = c0 / n^gamma
 *   spsa               windows at u + c_n D and u - c_n D;  u <- u - a_n (L+ - L-) / (2 c_n) D     (section 10.3)
 *   finite_difference  the same along one rate, the rates by turns
 *   reinforce          one window at u + c_n X;             u <- u - a_n (L - L_bar) X / c_n      (Williams 1992)
 *
 * D is +-1, X nearly normal, both drawn, and which of the two windows comes first is drawn too: the network goes on
 * learning from one to the other, and a fixed order would take its progress for a slope. For the same reason X of every
 * other window is that of the one before, mirrored: while L falls faster than L_bar follows, what that adds along X is
 * taken back along -X. A measurement moves u by an octave at most, because L may jump where a rate breaks what was
 * learned. docs/learning.md has the keys of the draws. */
#include "core/reference/state.h"

#include "core/base/rng.h"

#include <math.h>

enum { ORDER_BIT = 31 };
static const double LARGEST_STEP = 1; /* of u in a measurement, octaves */

static bool takes_part(const net_rule *rule, int i) { return (i ? rule->eta_global.v : rule->eta_local.v) != 0; }

static double limited(const net_rule *rule, double u)
{
    return fmin(fmax(u, log2(rule->meta.eta_min.v)), log2(rule->meta.eta_max.v));
}

/* ---- a measurement ---- */

static double size_of(const net_meta *m, uint32_t n) { return m->c0.v / pow(n, m->gamma_exponent.v); }

static double step_of(const net_meta *m, uint32_t n, int i)
{
    return (i ? m->a0_global.v : m->a0.v) / pow(n + m->big_a.v, m->alpha_exponent.v);
}

static double nearly_normal(uint64_t seed, uint32_t rule, uint32_t n, uint32_t i)
{
    uint32_t bits[4];
    rng_block(seed, RNG_META, rule, n, 1 + i, bits);
    return sqrt(3) * ((bits[0] + 0.0 + bits[1] + bits[2] + bits[3]) * 0x1p-32 - 2);
}

/* Every other window of reinforce is the one before, mirrored; the first stands alone. */
static bool mirrored(uint32_t n) { return n > 1 && n & 1; }

static double draw_normal(uint64_t seed, uint32_t rule, uint32_t n, uint32_t i)
{
    return mirrored(n) ? -nearly_normal(seed, rule, n - 1, i) : nearly_normal(seed, rule, n, i);
}

/* D or X. */
static void draw(hmn_reference *r, uint32_t k)
{
    const net_rule *rule = &r->graph->net->rule[k];
    reference_rates *s = &r->rates[k];
    uint32_t bits = rng_u32(r->graph->seed, RNG_META, k, s->n, 0);
    bool both = takes_part(rule, 0) && takes_part(rule, 1);
    s->minus_first = rule->meta.method != META_REINFORCE && bits >> ORDER_BIT;
    for (int i = 0; i < 2; i++) {
        s->direction[i] = bits >> i & 1 ? -1 : 1;
        if (rule->meta.method == META_REINFORCE)
            s->direction[i] = draw_normal(r->graph->seed, k, s->n, (uint32_t)i);
        else if (rule->meta.method == META_FINITE_DIFFERENCE && both && (s->n & 1) != (uint32_t)i)
            s->direction[i] = 0;
    }
}

/* The rates that the window at hand runs with. */
static void open_window(hmn_reference *r, uint32_t k)
{
    const net_rule *rule = &r->graph->net->rule[k];
    reference_rates *s = &r->rates[k];
    double side = (s->window == 1) != s->minus_first ? -1 : 1;
    s->score = 0;
    s->trials = 0;
    for (int i = 0; i < 2; i++)
        if (takes_part(rule, i))
            s->eta[i] = exp2(limited(rule, s->u[i] + side * size_of(&rule->meta, s->n) * s->direction[i]));
}

/* How fast L rises along the direction. */
static double slope(const net_rule *rule, const reference_rates *s)
{
    double c = size_of(&rule->meta, s->n);
    if (rule->meta.method == META_REINFORCE)
        return s->n == 1 ? 0 : (s->loss[0] - s->mean_loss) / c;
    return (s->loss[0] - s->loss[1]) / (2 * c);
}

static void learn(const net_rule *rule, reference_rates *s)
{
    for (int i = 0; i < 2; i++)
        if (takes_part(rule, i)) {
            double step = step_of(&rule->meta, s->n, i) * slope(rule, s) * s->direction[i];
            s->u[i] = limited(rule, s->u[i] - fmin(fmax(step, -LARGEST_STEP), LARGEST_STEP));
        }
    s->mean_loss = s->n == 1 ? s->loss[0] : s->mean_loss + (s->loss[0] - s->mean_loss) / 8;
    s->n++;
}

void meta_trial(hmn_reference *r, double score)
{
    for (uint32_t k = 0; k < r->graph->net->nrules; k++) {
        const net_rule *rule = &r->graph->net->rule[k];
        reference_rates *s = &r->rates[k];
        if (s->n == 0)
            continue;
        s->score += score;
        if (++s->trials < rule->meta.window.v)
            continue;
        s->loss[(s->window == 1) != s->minus_first] = -s->score / s->trials;
        if (s->window == 0 && rule->meta.method != META_REINFORCE)
            s->window = 1;
        else {
            learn(rule, s);
            s->window = 0;
            draw(r, k);
        }
        open_window(r, k);
    }
}

/* ---- before the first step ---- */

static bool inside(const net_rule *rule, int i)
{
    double eta = i ? rule->eta_global.v : rule->eta_local.v;
    return !takes_part(rule, i) || (eta >= rule->meta.eta_min.v && eta <= rule->meta.eta_max.v);
}

bool meta_prepare(hmn_reference *r, hmn_arena *a, hmn_diag *d)
{
    const hmn_net *net = r->graph->net;
    bool good = true;
    r->rates = ARENA_NEW(a, reference_rates, net->nrules);
    for (uint32_t k = 0; k < net->nrules; k++) {
        const net_rule *rule = &net->rule[k];
        reference_rates *s = &r->rates[k];
        s->eta[0] = rule->eta_local.v;
        s->eta[1] = rule->eta_global.v;
        if (rule->type != RULE_HMN || !rule->enabled || !rule->meta.on)
            continue;
        if (!inside(rule, 0) || !inside(rule, 1)) {
            diag_report(d, DIAG_RULE_TERM, rule->name.at, "rule %s: a rate begins outside the bounds %g to %g of meta",
                        rule->name.s, rule->meta.eta_min.v, rule->meta.eta_max.v);
            diag_cure(d, "widen bounds, or begin within them");
            good = false;
            continue;
        }
        for (int i = 0; i < 2; i++)
            s->u[i] = takes_part(rule, i) ? log2(s->eta[i]) : 0;
        s->n = 1;
        draw(r, k);
        open_window(r, k);
    }
    return good;
}
