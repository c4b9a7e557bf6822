/* Equations 5, 10 and 11 for the learning engine. Takes a rule's probability gate and local attention, yields the ops
 * at the head of its program, or, where an engine lacks the gate, a factor for its rates; and rows of the report with
 * errors measured here, by the very tables that the engine reads.
 *
 *   draw:   p(|D|) from 129 lines of the logistic (core/isa/draw.h)
 *   attend: alpha = 2^(gain x2 y2) / sum;  x2 and y2 are the averages h and c of equation 11 in trace steps,
 *           gain = beta_a log2(e) (1 - q)^2 / (I_x I_y),  q = exp(-dt/tau),  in 2^-20 octaves */
#include "compiler/learn.h"

#include "core/isa/draw.h"

#include <math.h>

/* ---- equation 5 ---- */

typedef struct {
    double most, squares;
    uint32_t count;
} errors;

static void add(errors *e, double error)
{
    e->most = fmax(e->most, fabs(error));
    e->squares += error * error;
    e->count++;
}

static void draw_by_table(lowering *l, double beta, double theta)
{
    uint32_t line[DRAW_LINES + 1];
    errors e = {0};
    l->out.draw = (rule_draw){.on = true, .beta = beta, .theta = theta};
    draw_fit(&l->out.draw);
    for (uint32_t k = 0; k <= DRAW_LINES; k++)
        line[k] = draw_line(&l->out.draw, k);
    for (uint32_t size = 1; size < 32768; size++)
        add(&e, draw_probability(&l->out.draw, line, size) / (double)DRAW_ONE - draw_logistic(&l->out.draw, size));
    learn_report(l, (qnet_report_row){.quantity = "equation 5",
                                      .unit = "",
                                      .verdict = VERDICT_QUANTISED,
                                      .bits = 16,
                                      .scale = 1.0 / DRAW_ONE,
                                      .max_error = e.most,
                                      .rms_error = sqrt(e.squares / e.count),
                                      .count = e.count,
                                      .note = "a table of 129 probabilities over the size of a change"});
}

/* Where the engine only rounds stochastically, a change D is applied as s D on average: s such that the mean change is
 * that of D p(D). Sizes are taken to be spread exponentially, with a mean of a quarter of what one pairing changes with
 * the register at its end: errors of prediction shrink as learning goes on, and tags have mostly faded. */
static void draw_by_rounding(lowering *l, learn_pair *p, double beta, double theta)
{
    enum { SIZES = 2000 };
    double mean = fabs(p->reach) * fmax(fabs(p->a_plus), fabs(p->a_minus)) / l->w_lsb / 4, up = 0, down = 0,
           squares = 0;
    for (uint32_t k = 1; k <= SIZES; k++) {
        double size = 10.0 * k / SIZES, often = exp(-size), chance = 1 / (1 + exp(-beta * (size * mean - theta)));
        up += often * size * chance;
        down += often * size;
    }
    double s = down > 0 ? up / down : 1, all = 0, most = 0;
    for (uint32_t k = 1; k <= SIZES; k++) {
        double size = 10.0 * k / SIZES, often = exp(-size);
        double error = s - 1 / (1 + exp(-beta * (size * mean - theta)));
        squares += often * error * error;
        all += often;
        most = fmax(most, fabs(error));
    }
    p->eta_local *= s;
    p->eta_global *= s;
    p->reach *= s;
    l->units.chance = s;
    learn_report(l, (qnet_report_row){.quantity = "equation 5",
                                      .unit = "",
                                      .verdict = VERDICT_APPROXIMATED,
                                      .bits = 16, /* of the register's gains, which take it up */
                                      .max_error = most,
                                      .rms_error = sqrt(squares / all),
                                      .count = SIZES,
                                      .note = arena_printf(l->arena,
                                                           "every change is scaled by %.3g, the mean probability, and "
                                                           "rounded stochastically; sizes of %.3g steps on average",
                                                           s, mean)});
}

static void gate(lowering *l, learn_pair *p)
{
    const net_probability_gate *g = &l->rule->probability_gate;
    if (l->rule->type != RULE_HMN || !g->on)
        return;
    double unit = g->lsb.given ? g->lsb.v / l->w_lsb : 1; /* steps of the weight in one LSB of equation 5 */
    double beta = g->beta_p.v / unit, theta = g->theta_p.v * unit;
    if (limits_has(l->limits, ULEARN_DRAW))
        draw_by_table(l, beta, theta);
    else
        draw_by_rounding(l, p, beta, theta);
}

/* ---- equations 10, 11 ---- */

static bool attend(lowering *l)
{
    enum { GAIN_BITS = 20, MOST = 65535, FEW = 16 };
    const net_local_attention *a = &l->rule->local_attention;
    if (l->rule->type != RULE_HMN || !a->on)
        return true;
    const net_num written = {a->tau[0], true, a->beta_a.at};
    if (!learn_fades(l, &written, "tau of local_attention", a->tau[0]))
        return false;
    double tau = a->tau[0] / l->dt, impulse = learn_burst_room(tau, l->dt, learn_deviations(l)),
           fresh = -expm1(-1 / tau);
    double most = l->out.counts_channel ? learn_most_apart(l) : 1, impulse_x = fmax(8, floor(impulse / most));
    double exact = a->beta_a.v * M_LOG2E * fresh * fresh / (impulse_x * impulse), gain = round(ldexp(exact, GAIN_BITS));
    if (a->beta_a.v > 0 && gain < 1)
        return learn_lost(l, a->beta_a.at, "beta_a", a->beta_a.v, a->beta_a.v * ldexp(0.5, -GAIN_BITS) / exact);
    if (gain > MOST)
        return learn_too_large(l, "beta_a", a->beta_a.v, a->beta_a.v * ldexp(MOST, -GAIN_BITS) / exact);
    l->out.attend = (rule_attend){true, a->unit_mean, (uint8_t)l->nattending, (uint16_t)gain};
    l->out.trace[RT_X2] = learn_trace(impulse_x, tau);
    l->out.trace[RT_Y2] = learn_trace(impulse, tau);
    double steps = ldexp(gain, -GAIN_BITS), error = exact > 0 ? fabs(steps / exact - 1) * a->beta_a.v : 0;
    learn_report(l, (qnet_report_row){.quantity = "beta_a",
                                      .unit = "",
                                      .verdict = VERDICT_QUANTISED,
                                      .bits = 16,
                                      .scale = exact > 0 ? a->beta_a.v * ldexp(1, -GAIN_BITS) / exact : 0,
                                      .max_error = error,
                                      .rms_error = error,
                                      .count = 1});
    learn_report(l,
                 (qnet_report_row){.quantity = "equations 10, 11",
                                   .unit = "",
                                   .verdict = VERDICT_QUANTISED,
                                   .bits = 16,
                                   .scale = ldexp(1, -16),
                                   .max_error = 2e-4,
                                   .rms_error = 1e-4,
                                   .count = 1,
                                   .note = arena_printf(l->arena,
                                                        "softmax of x2 y2 over the fan-in; h and c in 7 bits, %.3g a "
                                                        "step",
                                                        fresh / impulse)});
    return true;
}

bool learn_extended(lowering *l, learn_pair *p)
{
    gate(l, p);
    return attend(l);
}
