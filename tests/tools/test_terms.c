/* Errors term by term: parts that add up to the difference of the weights, and none where there is none. */
#include "tools/replay.h"

#include "tests/tools/relearn_net.h"

#include <math.h>
#include <string.h>

/* A constant level: the register does not pass the room that it has. */
#define STEADY "type: hmn, eta_local: 0.0003, eta_global: 0.03, neuromodulators: [calm], weight_bounds: [0, 2], "
#define ATTEND "local_attention: {beta_a: 300, tau: 50 ms}, "

static replay_result replayed(source *s, const char *target, const char *rule)
{
    replay_result r;
    ck_assert(relearn_net(s, target, rule));
    ck_assert(replay_run(s, 400, 20, &r));
    ck_assert_ptr_null(r.unlearned);
    ck_assert(!r.learned.differ);
    ck_assert_uint_gt(r.learned.compared, 1000);
    return r;
}

static const term_row *row(const replay_result *r, const char *term)
{
    for (uint32_t k = 0; k < r->nterms; k++)
        if (strstr(r->term[k].term, term))
            return &r->term[k];
    return NULL;
}

START_TEST(every_term_in_use_has_a_row_with_its_verdict_error_and_cost)
{
    static const char *const used[] = {"equation 2, x", "psi_fast",   "psi_slow", "r1",
                                       "alpha",         "equation 5", "products", "rounding"};
    source s;
    replay_result r = replayed(
        &s, "loihi2", STEADY RELEARN_BOTH ", epoch: 8, " ATTEND "probability_gate: {beta_p: 0.8, theta_p: 1.2}");
    for (size_t k = 0; k < sizeof used / sizeof *used; k++) {
        const term_row *t = row(&r, used[k]);
        ck_assert_msg(t != NULL, "no row of %s", used[k]);
        ck_assert_uint_gt(t->count, 0);
        ck_assert_double_gt(t->rms_error, 0);
        ck_assert_double_ge(t->max_error, t->rms_error);
        ck_assert_uint_gt(t->bits, 0);
    }
    ck_assert_str_eq(row(&r, "psi_fast")->verdict, "approximated");
    ck_assert_uint_eq(row(&r, "psi_slow")->bits, 9);
    ck_assert_double_gt(row(&r, "products")->cycles, row(&r, "equation 5")->cycles);
    ck_assert_double_lt(row(&r, "r1")->max_error, 1.5 * s.unit.qnet->channel[0].unit);
    ck_assert_double_lt(row(&r, "equation 5")->rms_error, 0.15); /* that of the change it is of, too */
    source_end(&s);
}
END_TEST

START_TEST(a_term_that_is_off_has_no_row)
{
    source s;
    replay_result r = replayed(&s, "loihi2", RELEARN_RULE RELEARN_FAST ", epoch: 8");
    ck_assert_ptr_null(row(&r, "alpha"));
    ck_assert_ptr_null(row(&r, "equation 5"));
    ck_assert_ptr_null(row(&r, "psi_slow"));
    source_end(&s);
}
END_TEST

/* The first generation rounds products down and scales rates in place of the gate: both are seen where they are. */
START_TEST(what_the_first_generation_approximates_costs_it_most)
{
    source s;
    replay_result one =
        replayed(&s, "loihi", RELEARN_RULE RELEARN_FAST ", epoch: 8, probability_gate: {beta_p: 0.8, theta_p: 1.2}");
    double gate = row(&one, "equation 5")->rms_error, cut = row(&one, "products")->share;
    ck_assert_str_eq(row(&one, "equation 5")->verdict, "approximated");
    source_end(&s);
    replay_result two =
        replayed(&s, "loihi2", RELEARN_RULE RELEARN_FAST ", epoch: 8, probability_gate: {beta_p: 0.8, theta_p: 1.2}");
    ck_assert_double_gt(gate, 2 * row(&two, "equation 5")->rms_error);
    ck_assert_double_gt(cut, row(&two, "products")->share);
    source_end(&s);
}
END_TEST

SUITE("terms", every_term_in_use_has_a_row_with_its_verdict_error_and_cost, a_term_that_is_off_has_no_row,
      what_the_first_generation_approximates_costs_it_most)
