/* The machine's profile: what is counted here is what the budget of a core counts with. */
#include "backends/spinnaker/costs.h"

#include "backends/spinnaker/budget.h"

#include "tests/suite.h"

#include <string.h>

START_TEST(model_and_budget_use_the_same_numbers)
{
    cost_table t = cost_lay_out(spin_timing.profile[0]);
    hmn_counters none = {0}, synapses = {.synaptic_events = 1000}, rows = {.axon_events = 10},
                 learned = {.synapse_visits = 100};
    ck_assert(spin_timing.clocked); /* no barrier */
    ck_assert_uint_eq(budget_cycles(&none, &none, 0, 0), t.ps[COST_STEP] / 5000);
    ck_assert_uint_eq(budget_cycles(&none, &none, 200, 0) - budget_cycles(&none, &none, 100, 0),
                      100 * t.ps[COST_ACTIVE] / 5000);
    ck_assert_uint_eq(budget_cycles(&none, &synapses, 0, 0), (t.ps[COST_STEP] + 1000 * t.ps[COST_DENSE]) / 5000);
    ck_assert_uint_eq(budget_cycles(&none, &rows, 0, 0),
                      (t.ps[COST_STEP] + 10 * (t.ps[COST_AXON_IN] + t.ps[COST_FETCH] + t.ps[COST_MEMORY])) / 5000);
    ck_assert_uint_eq(budget_cycles(&none, &learned, 0, 0), (t.ps[COST_STEP] + 100 * t.ps[COST_LEARN]) / 5000);
}
END_TEST

SUITE("costs", model_and_budget_use_the_same_numbers)
