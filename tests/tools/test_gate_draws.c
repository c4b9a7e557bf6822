/* Equation 5 on the emulated chips: decisions of running networks against the logistic. The restated learning tells the
 * chance of each decision and is the emulator's bit for bit, so these are the emulator's decisions. */
#include "tests/statistics.h"
#include "tests/tools/relearn_net.h"
#include "tools/respin.h"

#define RULE RELEARN_RULE RELEARN_FAST ", epoch: 2, probability_gate: {beta_p: 0.6, theta_p: 1, lsb: 0.015}"

static const double LSB = 0.015;
enum { STEPS = 1500, CLASSES = 20 };

/* Decisions by their chance, which is not the same for all of a class. */
typedef struct {
    double hits[CLASSES], chance[CLASSES], variance[CLASSES];
} tally;

static void take(tally *t, bool applied, double p)
{
    uint32_t k = (uint32_t)fmin(p * CLASSES, CLASSES - 1);
    t->hits[k] += applied;
    t->chance[k] += p;
    t->variance[k] += p * (1 - p);
}

static void ck_assert_tally(const tally *t)
{
    chi_squared c = {0, 0};
    for (int k = 0; k < CLASSES; k++)
        if (t->variance[k] > 20) {
            c.sum += (t->hits[k] - t->chance[k]) * (t->hits[k] - t->chance[k]) / t->variance[k];
            c.n++;
        }
    ck_assert_uint_gt(c.n, 5);
    ck_assert_chi(c);
}

/* Chances of the table itself are held against the logistic, of the size in LSB. */
static void near_logistic(double p, double size)
{
    ck_assert_double_le(fabs(p - 1 / (1 + exp(-0.6 * (size - 1)))), 0.01);
}

static void of_engine(const relearn *r, tally *t)
{
    for (uint32_t c = 0; c < r->ncores; c++)
        for (uint32_t i = 0; r->core[c].epoch && r->step % 2 == 0 && i < r->core[c].nsynapses; i++) {
            const relearn_synapse *s = &r->core[c].synapse[i];
            double p = (double)relearn_chance_of(&r->q->rule[s->rule].draw, s->drawn) / 65536;
            if (s->drawn == 0)
                continue;
            near_logistic(p, fabs((double)s->drawn) / 128 * r->q->projection[s->projection].w_lsb / LSB);
            take(t, s->applied, p);
        }
}

static void of_program(const respin *r, tally *t)
{
    const respin_rule *rule = r->rule[0];
    for (uint32_t e = 0; r->step % 2 == 0 && e < rule->j->nsynapses; e++) {
        const respin_last *s = &rule->last[e];
        double p = (double)s->p / 65536;
        if (s->drawn == 0)
            continue;
        near_logistic(p, ldexp(fabs((double)s->drawn), -(int)rule->s->weight_shift) * r->q->projection[0].w_lsb / LSB);
        take(t, s->applied, s->p == 65535 ? 1 : p);
    }
}

static hmn_machine *open_net(source *s, const char *target)
{
    ck_assert(relearn_net(s, target, RULE));
    return machine_boot(s->image, s->chip, 1, NULL, s->diag);
}

START_TEST(loihi2_applies_changes_as_often_as_the_logistic_says)
{
    source s;
    const char *why;
    hmn_machine *m = open_net(&s, "loihi2");
    hmn_sim *sim = machine_sim(m);
    relearn *r = relearn_new(&s, m, &why);
    relearn_difference d = {0};
    tally t = {{0}, {0}, {0}};
    ck_assert_ptr_nonnull(r);
    for (uint32_t k = 0; k < STEPS; k++) {
        uint32_t n;
        sim->ops->begin(sim);
        const uint32_t *spike = sim->ops->spikes(sim, &n);
        relearn_end(r, spike, n, true);
        sim->ops->end(sim);
        of_engine(r, &t);
        if (k % 16 == 15)
            relearn_compare(r, m, s.arena, &d);
    }
    ck_assert(d.compared > 100 && !d.differ);
    ck_assert_tally(&t);
    machine_free(m);
    source_end(&s);
}
END_TEST

START_TEST(spinnaker_applies_changes_as_often_as_the_logistic_says)
{
    source s;
    hmn_machine *m = open_net(&s, "spinnaker");
    hmn_sim *sim = machine_sim(m);
    respin *r = respin_new(&s);
    relearn_difference d = {0};
    tally t = {{0}, {0}, {0}};
    ck_assert_ptr_nonnull(r);
    for (uint32_t k = 0; k < STEPS; k++) {
        uint32_t n;
        sim->ops->begin(sim);
        const uint32_t *spike = sim->ops->spikes(sim, &n);
        respin_hear(r, spike, n);
        respin_end(r, true);
        sim->ops->end(sim);
        of_program(r, &t);
        if (k % 16 == 15)
            respin_compare_learning(r, m, s.arena, &d);
    }
    ck_assert(d.compared > 100 && !d.differ);
    ck_assert_tally(&t);
    machine_free(m);
    source_end(&s);
}
END_TEST

SUITE("gate_draws", loihi2_applies_changes_as_often_as_the_logistic_says,
      spinnaker_applies_changes_as_often_as_the_logistic_says)
