/* Rules of type spinnaker: the programs of sPyNNaker in its own parameters (eq. S51 to S58). Takes a rule and the scale
 * of the weights that it changes, yields which program runs and the real settings of its region. An additive rule's
 * amplitudes are in the unit of weight, as sPyNNaker f905ce88 writes them; the others' are shares. */
#include "backends/spinnaker/learn.h"

#include "backends/spinnaker/program.h"
#include "backends/spinnaker/scale.h"

#include <math.h>
#include <string.h>

bool spin_program_rule_of(uint32_t number, stdp_kind *out)
{
    *out = (stdp_kind){(stdp_timing)(number & 3), (stdp_weight)(number >> 2 & 3), number >> 4 & 1};
    bool triplet = out->timing == TIMING_TRIPLET, two = out->weight == WEIGHT_TWO_TERM;
    return number < 32 && out->weight <= WEIGHT_TWO_TERM && triplet == two && !(two && out->modulated);
}

static stdp_kind kind_of(const net_rule *r)
{
    static const stdp_timing timing[] = {[TIMED_PAIR] = TIMING_PAIR,
                                         [TIMED_NEAREST_PAIR] = TIMING_NEAREST_PAIR,
                                         [TIMED_TRIPLET] = TIMING_TRIPLET,
                                         [TIMED_VOGELS] = TIMING_VOGELS};
    stdp_kind k = {timing[r->timing], r->multiplicative ? WEIGHT_MULTIPLICATIVE : WEIGHT_ADDITIVE, r->tau_c.given};
    if (k.timing == TIMING_TRIPLET)
        k.weight = WEIGHT_TWO_TERM;
    return k;
}

static bool fail(const spin_program_request *r, const char *what, const char *cure)
{
    diag_report(r->diag, DIAG_RULE_TARGET, r->rule->name.at, "rule %s: sPyNNaker has no program for %s",
                r->rule->name.s, what);
    diag_cure(r->diag, "%s", cure);
    return false;
}

/* Of the bounds as the language signs them, magnitudes. */
static void bounds(const graph_projection *j, double *low, double *high)
{
    double a = isfinite(j->w_min) ? fabs(j->w_min) : 0, b = isfinite(j->w_max) ? fabs(j->w_max) : 0;
    *low = fmin(a, b);
    *high = fmax(a, b);
}

static bool vanishes(const spin_program_request *r, const net_num *key, const char *name, double least)
{
    diag_report(r->diag, DIAG_LOST_TO_ZERO, key->at.line ? key->at : r->rule->name.at,
                "rule %s: %s is %.4g, but on projection %s less than %.4g rounds to zero", r->rule->name.s, name,
                key->v, r->q->graph->projection[r->projection].name, least);
    diag_cure(r->diag, "raise it to %.4g or more", least);
    return true;
}

/* A word of 2^-bits that is to be more than 0 and is not. */
static bool lost(const spin_program_request *r, const net_num *key, double word, int bits, const char *name)
{
    double least = ldexp(0.5, -bits);
    return key->v != 0 && fabs(word) < least && vanishes(r, key, name, key->v * least / fabs(word));
}

/* A trace of which nothing is left where its table goes on: after 2^shift steps. */
static bool fades(const spin_program_request *r, const net_num *tau, int shift, const char *name)
{
    double least = ldexp(r->q->graph->dt, shift) / (11 * M_LN2);
    return tau->given && tau->v > 0 && tau->v < least && vanishes(r, tau, name, least);
}

static void settings_of(const spin_program_request *r, stdp_kind kind, stdp_settings *s)
{
    const net_rule *rule = r->rule;
    const graph_projection *j = &r->q->graph->projection[r->projection];
    const qnet_population *post = &r->q->population[j->post];
    uint32_t types = spin_program_receptors(spin_program_of(post->program));
    uint32_t shift = (uint32_t)post->shift[spin_synapse_type(j->receptor, 0, types)];
    double unit = ldexp(1, (int)shift - 15) / r->q->projection[r->projection].w_lsb; /* to s16.15 */
    double low, high, share = kind.weight == WEIGHT_ADDITIVE ? unit : 1;
    bounds(j, &low, &high);
    memset(s, 0, sizeof *s); /* compared as bytes */
    s->backprop_delay = rule->backprop_delay;
    s->dt = r->q->graph->dt;
    s->tau[STDP_PLUS] = rule->traces.tau_plus.v;
    s->tau[STDP_MINUS] = rule->traces.tau_minus.v;
    s->tau[STDP_X] = rule->tau_x.v;
    s->tau[STDP_Y] = rule->tau_y.v;
    s->alpha = rule->alpha.v;
    s->min = s->w_min = low * unit;
    s->max = s->w_max = high * unit;
    s->plus = rule->traces.a_plus.v * share;
    s->minus = rule->traces.a_minus.v * share;
    s->plus3 = rule->a3_plus.v;
    s->minus3 = rule->a3_minus.v;
    s->scale = 1;
    s->tau_c = kind.modulated ? rule->tau_c.v : 0;
    s->tau_d = kind.modulated ? rule->tau_d.v : 0;
}

bool spin_learn_by_program(const spin_program_request *r, spin_learning *out)
{
    const net_rule *rule = r->rule;
    stdp_kind kind = kind_of(rule);
    net_receptor receptor = r->q->graph->projection[r->projection].receptor;
    if (net_rewards(receptor))
        return fail(r, "a projection that delivers reward", "remove the plasticity of that projection");
    if (receptor == RECEPTOR_MIXED)
        return fail(r, "weights of both signs", "use two projections, one excitatory and one inhibitory");
    if (kind.modulated && kind.timing == TIMING_TRIPLET)
        return fail(r, "neuromodulated triplets", "use timing: pair, or leave tau_c and tau_d out");
    out->kind = SPIN_LEARN_STDP;
    out->program = kind;
    stdp_settings *s = &out->stdp;
    settings_of(r, kind, s);
    double share = kind.weight == WEIGHT_TWO_TERM ? s->max : 1;
    bool triplet = kind.timing == TIMING_TRIPLET, vogels = kind.timing == TIMING_VOGELS;
    const net_num *const low = s->min == s->max ? &rule->w_max : &rule->w_min;
    return !(lost(r, &rule->traces.a_plus, s->plus * share, 15, "A_plus") ||
             lost(r, &rule->traces.a_minus, s->minus * share, 15, "A_minus") ||
             (triplet && lost(r, &rule->a3_plus, s->plus3 * share, 15, "A3_plus")) ||
             (triplet && lost(r, &rule->a3_minus, s->minus3 * share, 15, "A3_minus")) ||
             (vogels && lost(r, &rule->alpha, s->alpha, 11, "alpha")) ||
             lost(r, &rule->w_max, s->max, 15, "the upper of weight_bounds") ||
             lost(r, low, s->min, 15, "the lower of weight_bounds") ||
             fades(r, &rule->traces.tau_plus, 0, "tau_plus") ||
             (!vogels && fades(r, &rule->traces.tau_minus, 0, "tau_minus")) ||
             (triplet && (fades(r, &rule->tau_x, 0, "tau_x") || fades(r, &rule->tau_y, 0, "tau_y"))) ||
             (kind.modulated && (fades(r, &rule->tau_c, 4, "tau_c") || fades(r, &rule->tau_d, 2, "tau_d"))));
}

bool spin_learn_check_rewards(const hmn_qnet *q, hmn_diag *d)
{
    const hmn_graph *g = q->graph;
    bool ok = true;
    for (uint32_t i = 0; i < g->nprojections; i++) {
        const graph_projection *j = &g->projection[i];
        bool hears = spin_learn_manner(q, j->post) == SPIN_LEARN_STDP && spin_learn_program(q, j->post).modulated;
        if (!net_rewards(j->receptor) || hears)
            continue;
        diag_report(d, DIAG_FIT_LEARNING, j->at,
                    "projection '%s' delivers reward to '%s', whose inputs do not learn from it", j->name,
                    g->population[j->post].name);
        diag_cure(d, "give an input of that population a rule of type spinnaker with tau_c and tau_d");
        ok = false;
    }
    return ok;
}
