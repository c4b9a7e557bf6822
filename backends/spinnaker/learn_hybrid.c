/* A rule of the language in the numbers of the HMN program (eq. S60 to S67). Takes a rule, scales of weights and of
 * broadcasts, yields its settings and rows of the report.
 *
 * One step of an eligibility is w_lsb 2^-S / unit (unit: of a broadcast), so that broadcast times eligibility is a
 * change in 2^-S steps of the weight without a further product; S is the largest that leaves an eligibility under 100
 * Hz trains on both sides twice the room it takes. */
#include "backends/spinnaker/learn_parts.h"

#include "backends/spinnaker/hybrid_parts.h"
#include "backends/spinnaker/program.h"
#include "core/base/rng.h"

#include <math.h>
#include <string.h>

enum { WEIGHT_MOST = 32767, WINDOW_STEPS = 128, MIN_DEPTH = 3, ATTEND_DEPTH = 16, LONGEST_TAU = 10000 };

/* ---- reports ---- */

bool spin_learn_lost(const spin_learner *l, const net_num *key, const char *name, double least)
{
    diag_report(l->diag, DIAG_LOST_TO_ZERO, key->at.line ? key->at : l->rule->name.at,
                "rule %s: %s is %.4g, but on projection %s less than %.4g rounds to zero", l->rule->name.s, name,
                key->v, l->j->name, least);
    diag_cure(l->diag, "raise it to %.4g or more", least);
    spin_learn_tell(
        l, (qnet_report_row){.quantity = name,
                             .unit = "",
                             .verdict = VERDICT_REFUSED,
                             .note = arena_printf(l->arena, "rounds to zero: raise it to %.4g or more", least)});
    return false;
}

void spin_learn_tell(const spin_learner *l, qnet_report_row row)
{
    row.subject = arena_printf(l->arena, "projection %s", l->j->name);
    quantise_report_add(l->q, l->arena, row);
}

/* ---- eligibility ---- */

static double in_steps(const spin_learner *l, const net_num *tau) { return tau->v / l->dt; }

/* What a trace of tau reaches under a train of 100 Hz. */
static double peak(const spin_learner *l, double tau)
{
    double interval = fmax(1, 10 / l->dt);
    return tau > 0 ? 1 / -expm1(-interval / tau) : 1;
}

static uint32_t flags_of(const spin_learner *l)
{
    const net_rule *r = l->rule;
    const net_traces *t = &r->traces;
    bool stdp = r->type == RULE_STDP, nearest = false;
    const net_target *target = &l->q->graph->net->target;
    if (target->rounding.s)
        nearest = strcmp(target->rounding.s, "nearest") == 0;
    bool each = r->type == RULE_HMN && r->phase_gate.on &&
                (r->phase_gate.owner == PHI_POST || r->phase_gate.owner == PHI_SYNAPSE);
    return (!stdp && t->tau_slow.given && t->k_slow.v != 0 ? HYBRID_SLOW : 0u) |
           ((stdp || t->pairing == PAIRING_STDP) && t->a_minus.v != 0 ? HYBRID_MINUS : 0u) |
           (r->sign_free ? HYBRID_FREE : 0u) | (nearest ? 0u : HYBRID_STOCHASTIC) | (each ? HYBRID_SYNAPSE_BIN : 0u);
}

/* Real amplitudes; yields the largest eligibility that trains of 100 Hz give. */
static double amplitudes(const spin_learner *l, hybrid_settings *s)
{
    const net_traces *t = &l->rule->traces;
    bool stdp = l->rule->type == RULE_STDP;
    const double share[] = {stdp ? 1 : t->k_fast.v, s->flags & HYBRID_SLOW ? t->k_slow.v : 0};
    double most = 0;
    for (uint32_t k = 0; k < 2; k++) {
        s->plus[k] = share[k] * t->a_plus.v;
        s->minus[k] = s->flags & HYBRID_MINUS ? share[k] * t->a_minus.v : 0;
        double pair = fmax(fabs(s->plus[k]) * peak(l, s->tau_plus), fabs(s->minus[k]) * peak(l, s->tau_minus));
        double pairs = s->tau[k] > 0 ? peak(l, s->tau[k]) : ceil(s->epoch * l->dt / 10) + 1;
        most = fmax(most, pair * pairs);
    }
    return most;
}

/* What a pairing adds at least to a trace, in its steps. */
static double least_step(const hybrid_settings *s, uint32_t k)
{
    double plus = fabs(s->plus[k]), minus = fabs(s->minus[k]);
    return plus == 0 ? minus : minus == 0 ? plus : fmin(plus, minus);
}

/* An amplitude in the steps of the fast and the slow trace: where one of them keeps it, the other's share is lost. */
static bool amplitude_lasts(const spin_learner *l, const hybrid_settings *s, const double steps[2], const net_num *key,
                            const char *name)
{
    const net_traces *t = &l->rule->traces;
    for (uint32_t k = 0; k < 2; k++) {
        if (steps[k] == 0 || fabs(steps[k]) >= 0.5)
            continue;
        if (fabs(steps[1 - k]) < 0.5)
            return spin_learn_lost(l, key, name, fabs(key->v * 0.5 / steps[k]));
        const net_num *share = k ? &t->k_slow : &t->k_fast;
        return spin_learn_lost(l, share, k ? "k_slow" : "k_fast", fabs(share->v * 0.5 / least_step(s, k)));
    }
    return true;
}

static bool scale_eligibility(const spin_learner *l, hybrid_settings *s, double most)
{
    double room = WEIGHT_MOST / 2.0 * l->p->w_lsb / (l->p->channel_unit * most);
    int shift = most > 0 ? (int)fmin(32, floor(log2(room))) : 32;
    if (shift < 0) {
        diag_report(l->diag, DIAG_FIT_VALUE, l->rule->name.at,
                    "rule %s: a change of a weight of projection %s may be %.4g times what 16 bits hold",
                    l->rule->name.s, l->j->name, 1 / room);
        diag_cure(l->diag, "lower A_plus, A_minus or the rates");
        return false;
    }
    double step = l->p->w_lsb * ldexp(1, -shift) / l->p->channel_unit;
    s->weight_shift = (uint32_t)shift;
    for (uint32_t k = 0; k < 2; k++) {
        s->plus[k] /= step;
        s->minus[k] /= step;
    }
    if (!amplitude_lasts(l, s, s->plus, &l->rule->traces.a_plus, "A_plus") ||
        !amplitude_lasts(l, s, s->minus, &l->rule->traces.a_minus, "A_minus"))
        return false;
    for (uint32_t k = 0; k < (s->flags & HYBRID_SLOW ? 2u : 1u); k++)
        spin_learn_tell(l, (qnet_report_row){.quantity = k ? "equation 2, psi_slow" : "equation 2, psi_fast",
                                             .unit = "",
                                             .verdict = VERDICT_QUANTISED,
                                             .bits = 16,
                                             .scale = step,
                                             .note = "a word of the row; each spike and epoch rounds once"});
    return true;
}

/* A trace of which nothing is left after `span` steps, though its time constant is not 0. */
static bool fades_at_once(const spin_learner *l, const net_num *key, const char *name, double tau, uint32_t span)
{
    double least = span / (17 * M_LN2); /* exp(-span / least) = 2^-17 */
    return tau > 0 && tau < least && !spin_learn_lost(l, key, name, least * l->dt);
}

static bool traces_last(const spin_learner *l, const hybrid_settings *s)
{
    const net_traces *t = &l->rule->traces;
    return !fades_at_once(l, &t->tau_plus, "tau_plus", s->tau_plus, 1) &&
           !fades_at_once(l, &t->tau_minus, "tau_minus", s->tau_minus, 1) &&
           !fades_at_once(l, &t->tau_fast, "tau_fast", s->tau[0], s->epoch) &&
           !fades_at_once(l, &t->tau_slow, "tau_slow", s->tau[1], s->epoch);
}

bool spin_learn_bounds_last(const spin_learner *l)
{
    const graph_projection *j = l->j;
    if (isfinite(j->w_max) && j->w_max != 0 && l->p->w_max == 0)
        return spin_learn_lost(l, &l->rule->w_max, "the upper of weight_bounds", l->p->w_lsb / 2);
    return !isfinite(j->w_min) || j->w_min == 0 || l->p->w_min != 0 ||
           spin_learn_lost(l, &l->rule->w_min, "the lower of weight_bounds", l->p->w_lsb / 2);
}

bool spin_learn_pairs(const spin_learner *l, const net_num *tau, const char *name)
{
    double least = l->dt / (11 * M_LN2);
    return tau->v <= 0 || tau->v >= least || spin_learn_lost(l, tau, name, least);
}

static bool bounds(const spin_learner *l, hybrid_settings *s)
{
    s->w_min = l->p->w_min < -WEIGHT_MOST ? -WEIGHT_MOST : l->p->w_min;
    s->w_max = l->p->w_max > WEIGHT_MOST ? WEIGHT_MOST : l->p->w_max;
    return spin_learn_bounds_last(l);
}

static void gate(const spin_learner *l, hybrid_settings *s)
{
    const net_probability_gate *g = &l->rule->probability_gate;
    if (l->rule->type != RULE_HMN || !g->on)
        return;
    double lsb = g->lsb.given ? g->lsb.v / l->p->w_lsb : 1;
    s->gate = true;
    s->beta = g->beta_p.v / lsb;
    s->theta = g->theta_p.v * lsb;
    spin_learn_tell(l, (qnet_report_row){.quantity = "equation 5",
                                         .unit = "",
                                         .verdict = VERDICT_QUANTISED,
                                         .bits = 16,
                                         .scale = ldexp(1, -16),
                                         .max_error = fmax(ldexp(1, -17), s->beta / 4 / 16),
                                         .rms_error = fmax(ldexp(1, -17), s->beta / 4 / 16) / sqrt(3),
                                         .count = 1,
                                         .note = "a table of thresholds, an eighth of a weight's step a line"});
}

/* ---- attention over synapses ---- */

/* A fan-in of drawn averages between 0 and 100 Hz, a third of them silent: largest and rms error of alpha, as a share
 * of the largest. The very functions that the program runs. */
static void attention_errors(const hybrid_settings *s, const hybrid_scale *scale, double *most, double *rms)
{
    enum { TRIALS = 64, FAN_IN = 64 };
    double squares = 0, fresh = -expm1(-1 / s->attend_tau[0]);
    *most = 0;
    for (uint32_t t = 0; t < TRIALS; t++) {
        double exact[FAN_IN], sum = 0, top = 0, c = 0.1 * rng_unit(0, RNG_TASK, t, FAN_IN, 0);
        uint32_t trace[FAN_IN], own = (uint32_t)lround(ldexp(c / fresh, 15));
        hybrid_sum z = hybrid_sum_of(FAN_IN);
        for (uint32_t i = 0; i < FAN_IN; i++) {
            double h = fmax(0, 0.15 * rng_unit(0, RNG_TASK, t, i, 1) - 0.05);
            trace[i] = (uint32_t)lround(ldexp(h / fresh, 15));
            sum += exact[i] = exp2(s->attend_gain * h * c);
            top = fmax(top, exact[i]);
            hybrid_sum_add(&z, hybrid_logit(scale, trace[i], own));
        }
        int32_t norm = hybrid_norm(&z, FAN_IN, true);
        for (uint32_t i = 0; i < FAN_IN; i++) {
            double alpha = hybrid_share(hybrid_logit(scale, trace[i], own), norm) / 65536.0;
            double error = (alpha - FAN_IN * exact[i] / sum) / (FAN_IN * top / sum);
            *most = fmax(*most, fabs(error));
            squares += error * error;
        }
    }
    *rms = sqrt(squares / (TRIALS * FAN_IN));
}

static bool attention_range(const spin_learner *l, const hybrid_settings *s)
{
    const net_local_attention *a = &l->rule->local_attention;
    double trains = fmin(1, 0.1 * l->dt), least = ldexp(0.5, -16) / (trains * trains), most = 8191;
    for (uint32_t k = 0; k < s->timescales; k++) {
        const net_num written = {a->tau[k], true, a->beta_a.at};
        if (fades_at_once(l, &written, "tau of local_attention", s->attend_tau[k], 1))
            return false;
    }
    for (uint32_t k = 0; k < s->timescales; k++)
        if (s->attend_tau[k] > LONGEST_TAU) {
            diag_report(l->diag, DIAG_FIT_VALUE, a->beta_a.at,
                        "rule %s: tau of local_attention is %.4g ms; at most %.4g fits", l->rule->name.s, a->tau[k],
                        LONGEST_TAU * l->dt);
            diag_cure(l->diag, "lower it");
            return false;
        }
    if (a->beta_a.v > 0 && s->attend_gain < least)
        return spin_learn_lost(l, &a->beta_a, "beta_a", a->beta_a.v * least / s->attend_gain);
    if (s->attend_gain < most)
        return true;
    diag_report(l->diag, DIAG_FIT_VALUE, a->beta_a.at, "rule %s: beta_a is %.4g; at most %.4g fits", l->rule->name.s,
                a->beta_a.v, a->beta_a.v * most / s->attend_gain);
    diag_cure(l->diag, "lower it");
    return false;
}

/* A core counts the synapses onto a neuron in 16 bits. */
static bool fan_in_fits(const spin_learner *l)
{
    uint32_t *n = ARENA_NEW(l->arena, uint32_t, l->q->graph->population[l->j->post].size), most = 0;
    for (uint64_t e = 0; e < l->j->nsynapses; e++)
        most = ++n[l->j->target[e]] > most ? n[l->j->target[e]] : most;
    if (most <= UINT16_MAX)
        return true;
    diag_report(l->diag, DIAG_FIT_LEARNING, l->j->at,
                "projection '%s' brings %u synapses to one neuron; attention sums over %d at most", l->j->name, most,
                UINT16_MAX);
    diag_cure(l->diag, "split the projection, or use local_attention: {enabled: false}");
    return false;
}

static bool attention(const spin_learner *l, hybrid_settings *s)
{
    const net_local_attention *a = &l->rule->local_attention;
    double most = 0, rms = 0;
    if (l->rule->type != RULE_HMN || !a->on)
        return true;
    s->timescales = a->ntau;
    s->attend_gain = a->beta_a.v * M_LOG2E / sqrt(a->ntau);
    s->projection = l->projection;
    s->flags |= a->unit_mean ? HYBRID_MEAN : 0u;
    for (uint32_t k = 0; k < a->ntau; k++)
        s->attend_tau[k] = a->tau[k] / l->dt;
    if (!attention_range(l, s) || !fan_in_fits(l))
        return false;
    hybrid_scale scale = hybrid_scale_of(s, 0);
    attention_errors(s, &scale, &most, &rms);
    double exact = hybrid_gain_of(s, 0), error = exact > 0 ? fabs(ldexp(scale.gain, -(int)scale.loses) / exact - 1) : 0;
    spin_learn_tell(l, (qnet_report_row){.quantity = "beta_a",
                                         .unit = "",
                                         .verdict = VERDICT_QUANTISED,
                                         .bits = 16,
                                         .scale = a->beta_a.v * ldexp(1, -16),
                                         .max_error = error * a->beta_a.v,
                                         .rms_error = error * a->beta_a.v,
                                         .count = s->timescales});
    spin_learn_tell(
        l, (qnet_report_row){.quantity = "equations 10, 11",
                             .unit = "",
                             .verdict = VERDICT_QUANTISED,
                             .bits = 16,
                             .scale = ldexp(1, -16),
                             .max_error = most,
                             .rms_error = rms,
                             .count = s->timescales,
                             .note = "softmax in octaves over the fan-in, summed once an epoch from the rows of active "
                                     "sources; errors are shares of the largest alpha"});
    return true;
}

static void map_registers(const spin_learner *l, hybrid_settings *s)
{
    for (uint32_t b = 0; b < HYBRID_BINS; b++) {
        uint32_t k = b < s->bins ? l->p->bin_channel[b] : NET_NONE;
        s->channel[b] = k == NET_NONE ? HYBRID_SILENT : (uint16_t)k;
    }
}

static const net_astrocyte *cell_of(const spin_learner *l)
{
    const net_rule *r = l->rule;
    return r->type == RULE_HMN && r->astrocyte.i != NET_NONE ? &l->q->graph->net->astrocyte[r->astrocyte.i] : NULL;
}

/* The register of an astrocyte that acts on pairings or spikes; 1 is a power of two. */
static void map_astrocyte(const spin_learner *l, hybrid_settings *s)
{
    if (!l->p->own_channel)
        return;
    uint32_t k = l->p->own_channel - 1, one = (uint32_t)lrint(-log2(l->q->channel[k].unit));
    bool spikes = cell_of(l)->effect == ASTRO_PRESYNAPTIC;
    *(spikes ? &s->counts_by : &s->pairs_by) = l->p->own_channel;
    *(spikes ? &s->counts_one : &s->pairs_one) = one;
}

/* How much larger than without it an eligibility may be. */
static double room_for_astrocyte(const spin_learner *l)
{
    const net_astrocyte *c = l->p->own_channel ? cell_of(l) : NULL;
    return c ? fmax(1, c->effect == ASTRO_PRESYNAPTIC ? 1 - c->lambda.v : 1 + c->lambda.v) : 1;
}

static void places(const spin_learner *l, hybrid_settings *s)
{
    const int32_t *shift = l->q->population[l->j->post].shift;
    uint32_t types = spin_program_receptors(spin_program_of(l->q->population[l->j->post].program));
    s->type[1] = types - 1;
    int32_t least = shift[0] < shift[types - 1] ? shift[0] : shift[types - 1];
    s->drop[0] = (uint32_t)(shift[0] - least);
    s->drop[1] = (uint32_t)(shift[types - 1] - least);
}

static void set_depth(hybrid_settings *s)
{
    uint32_t life = hybrid_lifetime(s) / s->epoch + 2, most = WINDOW_STEPS / s->epoch;
    s->depth = life < most ? life : most;
    s->depth = s->timescales && s->depth > ATTEND_DEPTH ? ATTEND_DEPTH : s->depth;
    s->depth = s->depth < MIN_DEPTH ? MIN_DEPTH : s->depth;
}

bool spin_learn_hybrid(const spin_learner *l, hybrid_settings *s)
{
    const net_rule *r = l->rule;
    const net_traces *t = &r->traces;
    bool stdp = r->type == RULE_STDP;
    memset(s, 0, sizeof *s);
    s->epoch = r->epoch.v >= 1 ? (uint32_t)r->epoch.v : 1;
    s->bins = r->type == RULE_HMN && r->phase_gate.on ? r->phase_gate.bins : 1;
    s->flags = flags_of(l);
    s->tau_plus = in_steps(l, &t->tau_plus);
    s->tau_minus = s->flags & HYBRID_MINUS ? in_steps(l, &t->tau_minus) : 0;
    s->tau[0] = stdp ? 0 : fmax(0, in_steps(l, &t->tau_fast));
    s->tau[1] = s->flags & HYBRID_SLOW ? in_steps(l, &t->tau_slow) : 0;
    s->lose = r->decay.v * s->epoch * l->dt;
    if (s->lose > 0 && s->lose < ldexp(0.5, -32))
        return spin_learn_lost(l, &r->decay, "decay", ldexp(0.5, -32) / s->epoch / l->dt);
    if (!traces_last(l, s) || !bounds(l, s))
        return false;
    map_registers(l, s);
    map_astrocyte(l, s);
    places(l, s);
    gate(l, s);
    if (!attention(l, s))
        return false;
    if (!scale_eligibility(l, s, amplitudes(l, s) * room_for_astrocyte(l)))
        return false;
    set_depth(s);
    spin_learn_tell(
        l,
        (qnet_report_row){.quantity = "equation 3",
                          .unit = "",
                          .verdict = VERDICT_QUANTISED,
                          .bits = 16,
                          .scale = l->p->w_lsb,
                          .max_error = s->flags & HYBRID_STOCHASTIC ? l->p->w_lsb : l->p->w_lsb / 2,
                          .rms_error = s->flags & HYBRID_STOCHASTIC ? l->p->w_lsb / 2 : l->p->w_lsb / sqrt(12),
                          .count = 1,
                          .note = arena_printf(
                              l->arena, "%s; deferred to presynaptic spikes, exactly: rows are swept within %u epochs",
                              s->flags & HYBRID_STOCHASTIC ? "a change rounds at random" : "a change rounds to nearest",
                              s->depth - 1)});
    return true;
}
