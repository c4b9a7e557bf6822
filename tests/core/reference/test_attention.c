/* Equations 10 and 11 against numbers worked out by hand from a few spikes. */
#include "tests/core/reference/bench.h"
#include "tests/suite.h"

#include <math.h>

static void near(double a, double b) { ck_assert_msg(fabs(a - b) <= 1e-12, "%.15g is not %.15g", a, b); }

enum { PRE = 3, DRIVE = 3, CELL = 4 };

/* Three sources onto one cell, which a fourth makes fire one step after its own spike. */
typedef struct {
    bench *b;
    net_rule *rule;
    hmn_reference *r;
} fan;

static fan fan_new(net_similarity similarity, bool unit_mean, const double *tau, uint32_t ntau)
{
    bench *b = bench_new(1);
    graph_population *pre = bench_population(b, MODEL_SOURCE, PRE), *drive = bench_population(b, MODEL_SOURCE, 1);
    graph_population *post = bench_population(b, MODEL_CURR_DELTA, 1);
    graph_projection *p = bench_project(b, pre, post, (bench_synapse[]){{0, 0, 0, 1}, {1, 0, 0, 1}, {2, 0, 0, 1}}, 3);
    bench_project(b, drive, post, (bench_synapse[]){{0, 0, 1000, 1}}, 1);
    net_rule *rule = bench_rule(b, RULE_HMN);
    p->rule = 0;
    rule->sign_free = true;
    rule->traces.a_minus.v = 0;
    rule->eta_local.v = 1;
    rule->epoch.v = 5;
    rule->local_attention = (net_local_attention){
        .on = true, .beta_a = {.v = 40}, .similarity = similarity, .unit_mean = unit_mean, .tau = tau, .ntau = ntau};
    return (fan){b, rule, NULL};
}

/* Source i reaches its synapse in step 2 i + 1 once (i = 0: also in step 2), the cell fires in step 6; the epoch ends
 * with step 9. */
static void run(fan *f)
{
    f->r = bench_start(f->b);
    ck_assert_ptr_nonnull(f->r);
    hmn_sim *s = reference_sim(f->r);
    for (uint32_t t = 0; t < 10; t++) {
        if (t == 0 || t == 2 || t == 4)
            s->ops->inject(s, t / 2);
        if (t == 1)
            s->ops->inject(s, 0);
        ck_assert_int_eq(bench_step(f->r, t == 5 ? DRIVE : NET_NONE, CELL), t == 6);
    }
}

/* Arrivals of source i, and what it has of pairings when the cell fires: x_bar of step 6. */
static double average(uint32_t i, double tau)
{
    double q = exp(-1 / tau), h = (1 - q) * pow(q, 9 - (2 * i + 1));
    return i ? h : h + (1 - q) * pow(q, 9 - 2);
}

static double pairings(uint32_t i)
{
    double first = exp(-(6 - (2.0 * i + 1)) / 20);
    return i ? first : first + exp(-4 / 20.0);
}

static double context(double tau) { return (1 - exp(-1 / tau)) * exp(-3 / tau); }

static void shares(fan f, const double *g)
{
    double sum = exp(40 * g[0]) + exp(40 * g[1]) + exp(40 * g[2]);
    run(&f);
    for (uint32_t i = 0; i < PRE; i++) {
        double alpha = exp(40 * g[i]) / sum * (f.rule->local_attention.unit_mean ? PRE : 1);
        near(reference_weights(f.r, 0)[i], alpha * pairings(i));
    }
    bench_free(f.b);
}

START_TEST(a_synapse_learns_by_its_share_of_the_fan_in)
{
    static const double tau[] = {10};
    double g[PRE];
    for (uint32_t i = 0; i < PRE; i++)
        g[i] = average(i, 10) * context(10);
    shares(fan_new(SIM_SCALED_DOT, false, tau, 1), g);
    shares(fan_new(SIM_SCALED_DOT, true, tau, 1), g);
}
END_TEST

START_TEST(several_timescales_make_a_vector)
{
    static const double tau[] = {5, 30};
    double dot[PRE], cosine[PRE];
    for (uint32_t i = 0; i < PRE; i++) {
        double h[] = {average(i, 5), average(i, 30)}, c[] = {context(5), context(30)};
        dot[i] = (h[0] * c[0] + h[1] * c[1]) / sqrt(2);
        cosine[i] = (h[0] * c[0] + h[1] * c[1]) / sqrt((h[0] * h[0] + h[1] * h[1]) * (c[0] * c[0] + c[1] * c[1]));
    }
    shares(fan_new(SIM_SCALED_DOT, false, tau, 2), dot);
    shares(fan_new(SIM_COSINE, true, tau, 2), cosine);
}
END_TEST

START_TEST(a_silent_fan_in_is_attended_evenly)
{
    static const double tau[] = {10, 20};
    fan f = fan_new(SIM_COSINE, false, tau, 2);
    f.rule->traces.pairing = PAIRING_HEBBIAN;
    f.r = bench_start(f.b);
    for (int t = 0; t < 10; t++) /* only source 1 ever spikes: the cosines of the others are 0 */
        bench_step(f.r, t == 2 ? 1 : t == 3 ? DRIVE : NET_NONE, CELL);
    /* the pair is made in step 4, with which the first epoch ends */
    double h[] = {exp(-1 / 10.0) * (1 - exp(-1 / 10.0)), exp(-1 / 20.0) * (1 - exp(-1 / 20.0))};
    double c[] = {1 - exp(-1 / 10.0), 1 - exp(-1 / 20.0)};
    double g = (h[0] * c[0] + h[1] * c[1]) / sqrt((h[0] * h[0] + h[1] * h[1]) * (c[0] * c[0] + c[1] * c[1]));
    near(reference_weights(f.r, 0)[1], exp(-1 / 20.0) / (1 + 2 * exp(-40 * g)));
    near(reference_weights(f.r, 0)[0], 0);
    bench_free(f.b);
}
END_TEST

START_TEST(without_sharpness_attention_changes_nothing_but_the_scale)
{
    static const double tau[] = {10};
    for (int k = 0; k < 2; k++) {
        fan f = fan_new(SIM_SCALED_DOT, k == 1, tau, 1);
        f.rule->local_attention.beta_a.v = 0;
        run(&f);
        for (uint32_t i = 0; i < PRE; i++)
            near(reference_weights(f.r, 0)[i], pairings(i) / (k ? 1 : PRE));
        bench_free(f.b);
    }
}
END_TEST

SUITE("attention", a_synapse_learns_by_its_share_of_the_fan_in, several_timescales_make_a_vector,
      a_silent_fan_in_is_attended_evenly, without_sharpness_attention_changes_nothing_but_the_scale)
