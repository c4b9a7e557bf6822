/* Registers and biases restated, beside what the formulas say in real numbers. */
#include "tests/tools/relearn_net.h"

#include <math.h>

START_TEST(a_register_is_the_rate_times_the_level_in_its_steps)
{
    source s;
    ck_assert(relearn_net(&s, "loihi2",
                          "type: hmn, eta_local: 0.001, eta_global: 0.03, neuromodulators: [calm], epoch: 4, "
                          "weight_bounds: [0, 2], " RELEARN_FAST));
    const hmn_qnet *q = s.unit.qnet;
    struct relearn_manager *m = relearn_manager_new(q, 1, s.arena);
    uint8_t *fired = ARENA_NEW(s.arena, uint8_t, q->graph->nneurons);
    double sum = 0, wanted = (0.001 + 0.03 * 0.3) / q->channel[0].unit;
    for (uint32_t t = 0; t < 400; t++) {
        relearn_manager_step(m, t, fired, true);
        sum += t % 4 == 3 ? relearn_manager_channel(m, 0) : 0;
    }
    ck_assert_double_eq_tol(relearn_manager_sum(m, 0), wanted, 1e-2);
    ck_assert_double_eq_tol(sum / 100, wanted, 0.02); /* the carry makes up for rounding */
    source_end(&s);
}
END_TEST

START_TEST(the_bias_of_a_silent_neuron_rises_and_that_of_a_busy_one_falls)
{
    source s;
    ck_assert(relearn_net(&s, "loihi2", RELEARN_RULE RELEARN_FAST ", epoch: 4"));
    const hmn_qnet *q = s.unit.qnet;
    struct relearn_manager *m = relearn_manager_new(q, 1, s.arena);
    uint8_t *fired = ARENA_NEW(s.arena, uint8_t, q->graph->nneurons);
    fired[25] = 1;
    int32_t silent, busy;
    ck_assert(!relearn_manager_bias(m, 24, &silent));
    for (uint32_t t = 0; t < 80; t++)
        relearn_manager_step(m, t, fired, true);
    ck_assert(relearn_manager_bias(m, 24, &silent) && relearn_manager_bias(m, 25, &busy));
    ck_assert_int_gt(silent, 0);
    ck_assert_int_lt(busy, 0);
    ck_assert(!relearn_manager_bias(m, 0, &silent)); /* a source */
    source_end(&s);
}
END_TEST

SUITE("relearn_manager", a_register_is_the_rate_times_the_level_in_its_steps,
      the_bias_of_a_silent_neuron_rises_and_that_of_a_busy_one_falls)
