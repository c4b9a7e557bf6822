/* Networks of loihi_lif as graphs: their weights in what a spike adds; others have no such form. */
#include "backends/spinnaker/restate.h"

#include "tests/backends/spinnaker/fixture.h"

START_TEST(weights_onto_loihi_lif_become_what_a_spike_adds)
{
    spin_net n;
    ck_assert(
        spin_compile(&n,
                     "hmn: 1\n"
                     "populations: {s: {size: 2, model: spike_source}, a: {size: 1, model: loihi_lif}}\n"
                     "projections: {p: {pre: s, post: a, connector: {type: all_to_all}, weight: 5, weight_exp: 2,\n"
                     "  receptor_type: inhibitory}}\n",
                     "learn"));
    const hmn_graph *g = spin_restate(n.unit.qnet, n.arena);
    ck_assert_ptr_nonnull(g);
    ck_assert(g->restated);
    ck_assert_double_eq(g->projection[0].weight[0], -5 * 4 * 64);
    spin_close(&n);
}
END_TEST

START_TEST(programs_of_s1615_are_not_restated)
{
    spin_net n;
    ck_assert(spin_compile(&n, "hmn: 1\npopulations: {a: {size: 1, model: IF_curr_exp}}\n", "learn"));
    ck_assert_ptr_null(spin_restate(n.unit.qnet, n.arena));
    spin_close(&n);
}
END_TEST

SUITE("restate", weights_onto_loihi_lif_become_what_a_spike_adds, programs_of_s1615_are_not_restated)
