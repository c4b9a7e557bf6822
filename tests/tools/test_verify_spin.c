/* The exact comparison on spinnaker by itself: learning on, learning off, rules of sPyNNaker's own programs; and that
 * it finds a weight and a register that differ. */
#include "tools/verify_runner.h"

#include "tests/tools/relearn_net.h"
#include "tools/respin.h"

static void exact(const char *rule, bool plain, bool relearned)
{
    source s;
    compare_log chip = {0}, restated = {0};
    verification v = {.steps = 120, .plain = plain};
    ck_assert_msg(relearn_net(&s, "spinnaker", rule), "%s", diag_get(s.diag, diag_count(s.diag) - 1)->text);
    ck_assert(verify_spin(&s, &v, &chip, &restated));
    ck_assert(v.restated && v.steps == 120);
    ck_assert(v.relearned == relearned && v.unlearned == NULL);
    ck_assert(!v.registers.differ && !v.learned.differ);
    ck_assert(relearned == (v.learned.compared > 0));
    ck_assert_uint_gt(chip.count, 50);
    ck_assert_uint_eq(chip.count, restated.count);
    source_end(&s);
}

START_TEST(learning_is_on_where_it_is_restated_and_off_on_request)
{
    exact(RELEARN_RULE RELEARN_FAST ", epoch: 4", false, true);
    exact(RELEARN_RULE RELEARN_FAST ", epoch: 4", true, false);
    exact("type: stdp, traces: {A_plus: 0.05, A_minus: 0.06}", false, true);
    exact("type: stdp, traces: {A_plus: 0.05, A_minus: 0.06}", true, false);
    exact("type: spinnaker, A_plus: 0.05, A_minus: 0.06, tau_c: 100 ms, tau_d: 50 ms, weight_bounds: [0, 2]", false,
          true);
}
END_TEST

START_TEST(what_differs_is_found)
{
    source s;
    ck_assert(relearn_net(&s, "spinnaker", RELEARN_RULE RELEARN_BOTH ", epoch: 4"));
    respin *r = respin_new(&s);
    hmn_machine *m = runner_boot(&s);
    for (int k = 0; k < 3; k++) {
        relearn_difference d = {0};
        r->step = 4;
        respin_compare_learning(r, m, s.arena, &d);
        ck_assert(!d.differ);
        int32_t *value = k == 0 ? &r->rule[0]->weight[17] : &r->rule[0]->psi[17][k - 1];
        (*value)++;
        respin_compare_learning(r, m, s.arena, &d);
        ck_assert(d.differ && d.restated == d.chip + 1);
        ck_assert_str_eq(d.what, k == 0 ? "weight" : k == 1 ? "psi_fast" : "psi_slow");
        (*value)--;
    }
    machine_free(m);
    source_end(&s);
}
END_TEST

SUITE("verify_spin", learning_is_on_where_it_is_restated_and_off_on_request, what_differs_is_found)
