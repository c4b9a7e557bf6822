/* The exact comparison by itself: learning on, learning off, and what it fills in. */
#include "tools/verify_runner.h"

#include "tests/tools/relearn_net.h"

static void exact(bool plain, bool relearned)
{
    source s;
    compare_log chip = {0}, quantised = {0};
    verification v = {.steps = 120, .plain = plain};
    ck_assert(relearn_net(&s, "loihi2", RELEARN_RULE RELEARN_FAST ", epoch: 4"));
    const hmn_graph *restated = s.chip->restate(s.unit.qnet, s.arena);
    ck_assert(verify_exact(&s, restated, &v, &chip, &quantised));
    ck_assert_uint_eq(v.steps, 120);
    ck_assert(v.relearned == relearned && v.unlearned == NULL);
    ck_assert(!v.registers.differ && !v.learned.differ);
    ck_assert(relearned == (v.learned.compared > 0));
    ck_assert_uint_gt(chip.count, 50);
    ck_assert_uint_eq(chip.count, quantised.count);
    source_end(&s);
}

START_TEST(learning_is_on_where_it_is_restated_and_off_on_request)
{
    exact(false, true);
    exact(true, false);
}
END_TEST

SUITE("verify_exact", learning_is_on_where_it_is_restated_and_off_on_request)
