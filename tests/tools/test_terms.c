/* Errors term by term on every target: small where the chip has the bits, large where it approximates, none where the
 * term is off. */
#include "tools/replay.h"

#include "tests/tools/relearn_net.h"

#include <math.h>
#include <string.h>

/* A constant level: the register does not pass the room that it has. */
#define STEADY "type: hmn, eta_local: 0.0003, eta_global: 0.03, neuromodulators: [calm], weight_bounds: [0, 2], "
#define ATTEND "local_attention: {beta_a: 300, tau: 50 ms}, "
#define GATE "phase_gate: {oscillation: theta, bins: 4, owner: pre, assign: by_group, group_size: 1}, "
#define DRAW "probability_gate: {beta_p: 0.8, theta_p: 1.2}, "
#define MOODS "global_attention: {beta_g: 4, null_logit: 1}, "
#define META "meta: {objective: task.score, window: 2}, "

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

static term_error of(const replay_result *r, term_kind k) { return r->term->term[0][k]; }

static void has(const replay_result *r, const char *target, term_kind k, bool errs)
{
    const term_error e = of(r, k);
    ck_assert_msg(e.count > 0, "%s, term %d: not measured", target, (int)k);
    ck_assert_msg(e.max_error >= e.rms_error * (1 - 1e-9) && (!errs || e.rms_error > 0), "%s, term %d: %g, %g", target,
                  (int)k, e.max_error, e.rms_error);
}

START_TEST(every_term_in_use_is_measured_on_every_target)
{
    static const char *const target[] = {"loihi", "loihi2", "spinnaker"};
    static const term_kind used[] = {TERM_X,      TERM_Y,        TERM_SLOW,     TERM_LEVELS,   TERM_SHARES,
                                     TERM_GATE,   TERM_REGISTER, TERM_DRAW,     TERM_PRODUCTS, TERM_ROUNDING,
                                     TERM_WEIGHT, TERM_FAST,     TERM_ASTROCYTE};
    for (int k = 0; k < 3; k++) {
        source s;
        char rule[1024];
        snprintf(rule, sizeof rule, "%s%s, epoch: 8, %s%s", RELEARN_RULE RELEARN_TRACES,
                 k ? "tau_fast: 60 ms, k_fast: 0.5, tau_slow: 400 ms, k_slow: 0.1}"
                   : "tau_fast: 0 ms, k_fast: 0, tau_slow: 400 ms, k_slow: 0.1}",
                 GATE DRAW MOODS META "astrocyte: glia", k ? ", " ATTEND : "");
        replay_result r = replayed(&s, target[k], rule);
        for (size_t i = 0; i < sizeof used / sizeof *used; i++)
            if (k || used[i] != TERM_FAST)
                has(&r, target[k], used[i], true);
        has(&r, target[k], TERM_RATES, false); /* no trial is over: both are where they began */
        ck_assert_uint_eq(of(&r, TERM_ATTENTION).count > 0, k > 0);
        ck_assert_uint_gt(r.term->bias[1].count, 0);
        ck_assert_double_gt(r.term->bias[1].rms_error, 0);
        ck_assert_double_lt(r.term->bias[1].max_error, 0.01 * 3 + 0.02); /* few spikes within the lag of 8 steps */
        source_end(&s);
    }
}
END_TEST

START_TEST(the_hmn_program_errs_by_its_bits_only)
{
    source s;
    replay_result r = replayed(&s, "spinnaker", STEADY RELEARN_BOTH ", epoch: 8, " DRAW ATTEND);
    double step = s.unit.qnet->projection[0].channel_unit;
    ck_assert_double_lt(of(&r, TERM_X).max_error, 2e-3);
    ck_assert_double_lt(of(&r, TERM_Y).max_error, 2e-3);
    ck_assert_double_lt(of(&r, TERM_REGISTER).max_error, 1.5 * step);
    ck_assert_double_lt(of(&r, TERM_ATTENTION).rms_error, 1e-3);
    ck_assert_double_lt(of(&r, TERM_PRODUCTS).max_error, 1e-6);
    ck_assert_double_lt(of(&r, TERM_ROUNDING).max_error, s.unit.qnet->projection[0].w_lsb);
    ck_assert_double_lt(of(&r, TERM_DRAW).rms_error, 0.05);
    source_end(&s);
}
END_TEST

START_TEST(a_term_that_is_off_is_not_measured)
{
    source s;
    replay_result r = replayed(&s, "loihi2", RELEARN_RULE RELEARN_FAST ", epoch: 8");
    ck_assert_uint_eq(of(&r, TERM_ATTENTION).count, 0);
    ck_assert_uint_eq(of(&r, TERM_DRAW).count, 0);
    ck_assert_uint_eq(of(&r, TERM_SLOW).count, 0);
    ck_assert_uint_eq(of(&r, TERM_SHARES).count, 0);
    ck_assert_uint_eq(of(&r, TERM_GATE).count, 0);
    source_end(&s);
}
END_TEST

/* The first generation rounds products down and scales rates in place of the gate: both are seen where they are. */
START_TEST(what_the_first_generation_approximates_costs_it_most)
{
    source s;
    replay_result one = replayed(&s, "loihi", RELEARN_RULE RELEARN_FAST ", epoch: 8, " DRAW);
    double gate = of(&one, TERM_DRAW).rms_error, cut = of(&one, TERM_PRODUCTS).share;
    source_end(&s);
    replay_result two = replayed(&s, "loihi2", RELEARN_RULE RELEARN_FAST ", epoch: 8, " DRAW);
    ck_assert_double_gt(gate, 2 * of(&two, TERM_DRAW).rms_error);
    ck_assert_double_gt(cut, of(&two, TERM_PRODUCTS).share);
    source_end(&s);
}
END_TEST

START_TEST(whole_errors_of_weights_are_those_along_the_way)
{
    source s;
    replay_result r = replayed(&s, "loihi2", RELEARN_RULE RELEARN_FAST ", epoch: 8");
    ck_assert_double_eq(of(&r, TERM_WEIGHT).max_error, r.projection[0].max);
    ck_assert_double_eq(of(&r, TERM_WEIGHT).rms_error, r.projection[0].rms);
    ck_assert_uint_eq(of(&r, TERM_WEIGHT).count, 20 * r.projection[0].synapses);
    source_end(&s);
}
END_TEST

/* The register's rounding, the table of M, and where an engine's epoch is long the lag: all within the compiler's row.
 */
START_TEST(factors_of_astrocytes_are_measured_within_their_bound)
{
    static const struct {
        const char *target, *rule;
    } list[] = {{"loihi", RELEARN_RULE RELEARN_FAST ", epoch: 8, astrocyte: damp"},
                {"loihi", RELEARN_RULE RELEARN_FAST ", epoch: 5, astrocyte: boost"},
                {"loihi2", RELEARN_RULE RELEARN_FAST ", epoch: 8, astrocyte: damp"},
                {"loihi2", RELEARN_RULE RELEARN_FAST ", epoch: 8, astrocyte: shout"},
                {"spinnaker", RELEARN_RULE RELEARN_FAST ", epoch: 8, astrocyte: boost"},
                {"spinnaker", RELEARN_RULE RELEARN_FAST ", epoch: 8, astrocyte: mute"}};
    for (size_t k = 0; k < sizeof list / sizeof *list; k++) {
        source s;
        replay_result r = replayed(&s, list[k].target, list[k].rule);
        const hmn_qnet *q = s.unit.qnet;
        double bound = 0, table = 0;
        has(&r, list[k].target, TERM_FACTOR, true);
        for (uint32_t i = 0; i < q->nreport; i++) {
            bound = strcmp(q->report[i].quantity, "factor of an astrocyte") ? bound : q->report[i].max_error;
            table = strcmp(q->report[i].quantity, "astrocyte") ? table : q->report[i].max_error;
        }
        ck_assert_msg(of(&r, TERM_FACTOR).max_error <= bound + 1.2 * table + 1e-4, "%s: %g of %g and %g", list[k].rule,
                      of(&r, TERM_FACTOR).max_error, bound, table);
        source_end(&s);
    }
}
END_TEST

SUITE("terms", factors_of_astrocytes_are_measured_within_their_bound, every_term_in_use_is_measured_on_every_target,
      the_hmn_program_errs_by_its_bits_only, a_term_that_is_off_is_not_measured,
      what_the_first_generation_approximates_costs_it_most, whole_errors_of_weights_are_those_along_the_way)
