/* Cycles of terms against what the machine counts: the management processor's own count, and the visits of synapses. */
#include "tools/lowering.h"

#include "tests/tools/relearn_net.h"
#include "tools/replay.h"

#include <math.h>

#define RULE                                                                                                           \
    RELEARN_RULE RELEARN_FAST                                                                                          \
        ", epoch: 8, probability_gate: {beta_p: 0.8, theta_p: 1.2}, "                                                  \
        "phase_gate: {oscillation: theta, bins: 4, owner: pre, assign: by_group, group_size: 1}, "                     \
        "global_attention: {beta_g: 4, null_logit: 1}, astrocyte: glia"

static double manager_of(const hmn_qnet *q, const term_work *w)
{
    static const term_kind of[] = {TERM_LEVELS, TERM_SHARES, TERM_RATES, TERM_ASTROCYTE, TERM_GATE, TERM_REGISTER};
    double sum = 0;
    for (size_t k = 0; k < sizeof of / sizeof *of; k++)
        sum += lowering_cycles(q, 0, of[k], w);
    return sum;
}

/* Silent registers carry nothing on, which the rows do not know. The network has two modulators more than the rule hears, and biases: both are added here. */
START_TEST(rows_of_the_management_processor_add_up_to_its_count)
{
    enum { STEPS = 400, EPOCHS = STEPS / 8, OTHERS = 2 * 10 };
    for (int k = 0; k < 2; k++) {
        source s;
        ck_assert(relearn_net(&s, k ? "loihi2" : "loihi", RULE));
        const hmn_qnet *q = s.unit.qnet;
        hmn_machine *m = machine_boot(s.image, s.chip, 1, NULL, s.diag);
        hmn_sim *sim = machine_sim(m);
        uint64_t spikes = 0;
        for (uint32_t t = 0; t < STEPS; t++) {
            uint32_t n;
            sim->ops->begin(sim);
            const uint32_t *spike = sim->ops->spikes(sim, &n);
            for (uint32_t i = 0; i < n; i++)
                spikes += spike[i] >= q->graph->population[1].first;
            sim->ops->end(sim);
        }
        const term_work most = lowering_most(q, 0);
        double biases = (double)spikes * 4 + 8.0 * 14 * EPOCHS, want = (double)machine_manager_cycles(m);
        double got = manager_of(q, &most) * EPOCHS + OTHERS * STEPS + biases;
        ck_assert_msg(got >= want && got < 1.02 * want, "%s: rows %g, counted %g", s.chip->name, got, want);
        machine_free(m);
        source_end(&s);
    }
}
END_TEST

START_TEST(a_run_costs_at_most_what_all_synapses_would)
{
    static const char *const target[] = {"loihi", "loihi2", "spinnaker"};
    static const term_kind of[] = {TERM_FAST, TERM_PRODUCTS};
    for (int k = 0; k < 3; k++) {
        source s;
        replay_result run;
        ck_assert(relearn_net(&s, target[k], RULE));
        ck_assert(replay_run(&s, 400, 20, &run));
        const term_work most = lowering_most(s.unit.qnet, 0);
        for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
            double now = lowering_cycles(s.unit.qnet, 0, of[i], &run.term->work[0]),
                   all = lowering_cycles(s.unit.qnet, 0, of[i], &most);
            ck_assert_msg(now > 0 && now <= all, "%s, term %d: %g of %g", target[k], (int)of[i], now, all);
        }
        ck_assert_double_gt(lowering_bias_cycles(s.unit.qnet, 1), 8 * 14 / 8.0);
        ck_assert_double_eq(lowering_bias_cycles(s.unit.qnet, 0), 0);
        source_end(&s);
    }
}
END_TEST

SUITE("lowering_cost", rows_of_the_management_processor_add_up_to_its_count,
      a_run_costs_at_most_what_all_synapses_would)
