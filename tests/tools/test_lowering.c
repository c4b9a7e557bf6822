/* The lowering report: the same rows before a run and after, with every term of the rule, bits, cycles and refusals. */
#include "tools/lowering.h"

#include "core/machine/machine.h"
#include "tests/tools/relearn_net.h"
#include "tools/replay.h"

#include <math.h>
#include <string.h>

#define EVERY                                                                                                          \
    "phase_gate: {oscillation: theta, bins: 4, owner: pre, assign: by_group, group_size: 1}, "                         \
    "probability_gate: {beta_p: 0.8, theta_p: 1.2}, global_attention: {beta_g: 4, null_logit: 1}, "                    \
    "meta: {objective: task.score, window: 2}, astrocyte: glia, decay: 0.001"
#define ALPHA ", local_attention: {beta_a: 300, tau: 50 ms}"
#define SLOW RELEARN_TRACES "tau_fast: 0 ms, k_fast: 0, tau_slow: 400 ms, k_slow: 0.1}"

static const char *const targets[] = {"loihi", "loihi2", "spinnaker"};

static void open_every(source *s, int target)
{
    ck_assert(relearn_net(s, targets[target],
                          target ? RELEARN_RULE RELEARN_BOTH ", epoch: 8, " EVERY ALPHA
                                 : RELEARN_RULE SLOW ", epoch: 8, " EVERY));
}

static const lowering_row *row_of(const lowering_row *r, uint32_t n, const char *subject, const char *quantity)
{
    for (uint32_t i = 0; i < n; i++)
        if (strcmp(r[i].subject, subject) == 0 && strcmp(r[i].quantity, quantity) == 0)
            return &r[i];
    return NULL;
}

START_TEST(every_term_of_the_rule_has_a_row_on_every_target)
{
    static const char *const want[] = {"equation 2, x",   "equation 2, y", "equation 2, psi_slow",
                                       "equation 6",      "equation 7",    "equations 8, 9",
                                       "astrocyte",       "equation 4",    "eta_local + eta_global G",
                                       "equation 5",      "equation 3",    "weight, rounding and bounds",
                                       "weight, learned", "weight",        "delay",
                                       "frequency"};
    for (int k = 0; k < 3; k++) {
        source s;
        uint32_t n;
        open_every(&s, k);
        const lowering_row *r = lowering_rows(s.unit.qnet, NULL, s.arena, &n);
        for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
            const lowering_row *row = row_of(r, n, "projection in_out", want[i]);
            ck_assert_msg(row != NULL, "%s: no row of %s", targets[k], want[i]);
            ck_assert_msg(row->bits > 0, "%s: no bits of %s", targets[k], want[i]);
        }
        ck_assert(!row_of(r, n, "projection in_out", "equations 10, 11") == (k == 0));
        ck_assert_ptr_nonnull(row_of(r, n, "population out", "homeostasis"));
        ck_assert_ptr_nonnull(row_of(r, n, "population out", "tau_m"));
        source_end(&s);
    }
}
END_TEST

/* The errors of the report are those that a run measures; the rest of a row is the same. */
START_TEST(a_run_fills_in_errors_and_changes_nothing_else)
{
    for (int k = 0; k < 3; k++) {
        source s;
        uint32_t n[2];
        replay_result run;
        open_every(&s, k);
        const lowering_row *before = lowering_rows(s.unit.qnet, NULL, s.arena, &n[0]);
        ck_assert(replay_run(&s, 400, 20, &run));
        const lowering_row *after = lowering_rows(s.unit.qnet, run.term, s.arena, &n[1]);
        ck_assert_uint_eq(n[0], n[1]);
        uint32_t measured = 0;
        for (uint32_t i = 0; i < n[0]; i++) {
            ck_assert_str_eq(before[i].subject, after[i].subject);
            ck_assert_str_eq(before[i].quantity, after[i].quantity);
            ck_assert_int_eq(before[i].verdict, after[i].verdict);
            ck_assert_uint_eq(before[i].bits, after[i].bits);
            ck_assert_msg(before[i].origin != LOWERING_MEASURED, "%s", before[i].quantity);
            ck_assert_msg(after[i].origin == LOWERING_MEASURED || after[i].origin == LOWERING_VALUES, "%s: %s is %s",
                          targets[k], after[i].quantity, lowering_origin_name(after[i].origin));
            ck_assert((before[i].origin == LOWERING_VALUES) == (after[i].origin == LOWERING_VALUES));
            ck_assert_msg((before[i].origin == LOWERING_NONE) == isnan(before[i].max_error), "%s", before[i].quantity);
            ck_assert(!isnan(after[i].max_error));
            measured += after[i].origin == LOWERING_MEASURED;
        }
        ck_assert_uint_ge(measured, k ? 16 : 14);
        const lowering_row *psi = row_of(after, n[1], "projection in_out", "equation 2, psi_slow");
        ck_assert_double_eq(psi->max_error, run.term->term[0][TERM_SLOW].max_error);
        ck_assert_double_eq(psi->share, run.term->term[0][TERM_SLOW].share);
        source_end(&s);
    }
}
END_TEST

/* Levels reach the management processor within their rounding, so what it adds by itself is all there is. */
START_TEST(a_bound_holds_where_the_inputs_are_exact)
{
    static const char *const exact[] = {"equation 4", "equations 8, 9"};
    for (int k = 0; k < 3; k++) {
        source s;
        uint32_t n;
        replay_result run;
        open_every(&s, k);
        ck_assert(replay_run(&s, 400, 20, &run));
        const lowering_row *r = lowering_rows(s.unit.qnet, run.term, s.arena, &n);
        for (size_t i = 0; i < sizeof exact / sizeof *exact; i++) {
            const lowering_row *row = row_of(r, n, "projection in_out", exact[i]);
            ck_assert_double_le(row->max_error, row->max_bound);
        }
        source_end(&s);
    }
}
END_TEST

static const char shared[] = "hmn: 1\nnetwork: {dt: 1 ms}\npopulations:\n"
                             "  in: {size: 10, model: spike_source_poisson, params: {rate: 50 Hz}}\n"
                             "  out: {size: 4, model: IF_curr_delta, params: {tau_m: 20 ms, v_rest: 0, v_reset: 0, "
                             "v_thresh: 6}}\n"
                             "plasticity_rules:\n  learn: {type: stdp, traces: {A_plus: 0.02, A_minus: 0.02, tau_plus: 20 ms, "
                             "tau_minus: 20 ms}, weight_bounds: [0, 2]}\n"
                             "projections:\n"
                             "  a: {pre: in, post: out, connector: {type: all_to_all}, weight: 1, plasticity: learn}\n"
                             "  b: {pre: in, post: out, connector: {type: all_to_all}, weight: 1, plasticity: learn}\n"
                             "run: {seed: 3}\n";

START_TEST(projections_that_share_a_rule_have_rows_of_their_own)
{
    for (int k = 0; k < 3; k++) {
        source s;
        uint32_t n;
        ck_assert(source_from_text(&s, targets[k], shared));
        const lowering_row *r = lowering_rows(s.unit.qnet, NULL, s.arena, &n);
        uint32_t count[2] = {0, 0};
        for (uint32_t i = 0; i < n; i++) {
            const lowering_row *twin = NULL;
            if (strcmp(r[i].subject, "projection a") == 0)
                twin = row_of(r, n, "projection b", r[i].quantity);
            count[0] += strcmp(r[i].subject, "projection a") == 0;
            count[1] += strcmp(r[i].subject, "projection b") == 0;
            ck_assert_msg(strcmp(r[i].subject, "projection a") != 0 || (twin && twin->bits == r[i].bits), "%s: %s of b",
                          targets[k], r[i].quantity);
        }
        ck_assert_uint_eq(count[0], count[1]);
        ck_assert_uint_ge(count[0], 4);
        source_end(&s);
    }
}
END_TEST

/* All that a target cannot compute, in one go, each with what would work. */
START_TEST(refusals_come_all_at_once_and_say_what_would_work)
{
    static const struct {
        const char *target, *rule;
        uint32_t least;
    } wrong[] = {
        {"loihi", RELEARN_RULE RELEARN_BOTH ALPHA, 2},
        {"loihi2",
         RELEARN_RULE "traces: {pairing: rate, A_plus: 1, tau_plus: 20 ms, tau_minus: 15 ms, tau_fast: 0 ms}, "
                      "local_attention: {beta_a: 300, tau: [50 ms, 100 ms]}",
         2},
        {"spinnaker",
         RELEARN_RULE
         "traces: {pairing: rate, A_plus: 1, tau_plus: 20 ms, tau_minus: 15 ms, tau_fast: 60 ms}, "
         "local_attention: {beta_a: 300, tau: [50 ms, 90 ms], similarity: cosine}, "
         "phase_gate: {oscillation: theta, bins: 20, owner: post, assign: by_group, group_size: 1, gate: both}",
         4},
    };
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        source s;
        uint32_t n, refused = 0;
        ck_assert(!relearn_net(&s, wrong[k].target, wrong[k].rule));
        ck_assert_msg(s.unit.qnet != NULL, "%s: %s", wrong[k].target, diag_get(s.diag, 0)->text);
        const lowering_row *r = lowering_rows(s.unit.qnet, NULL, s.arena, &n);
        for (uint32_t i = 0; i < n; i++)
            if (r[i].verdict == VERDICT_REFUSED) {
                ck_assert_str_eq(r[i].subject, "projection in_out");
                ck_assert_ptr_nonnull(r[i].note);
                ck_assert(isnan(r[i].max_error));
                refused++;
            }
        ck_assert_msg(refused >= wrong[k].least, "%s: %u refusals", wrong[k].target, refused);
        ck_assert_uint_ge(diag_errors(s.diag), refused);
        source_end(&s);
    }
}
END_TEST

SUITE("lowering", every_term_of_the_rule_has_a_row_on_every_target, a_run_fills_in_errors_and_changes_nothing_else,
      a_bound_holds_where_the_inputs_are_exact, projections_that_share_a_rule_have_rows_of_their_own,
      refusals_come_all_at_once_and_say_what_would_work)
