/* The cycles of a step by what was counted in it: the sum that models of time make, too (core/timing/ticks.c), with the
 * standard machine's constants. */
#include "backends/spinnaker/budget.h"

/* Times [ps] by operation. */
enum {
#define SPIN_COST(id, ps, fj, status, source) PS_##id = ps,
#include "backends/spinnaker/costs.def"
};

uint64_t budget_cycles(const hmn_counters *before, const hmn_counters *after, uint64_t updates, uint64_t packets)
{
    uint64_t fetch = (after->synapse_words - before->synapse_words) * PS_WORD +
                     (after->axon_events - before->axon_events) * PS_MEMORY;
    uint64_t add = (after->synaptic_events - before->synaptic_events) * PS_DENSE;
    uint64_t ps =
        PS_STEP + PS_ACTIVE * updates + PS_AXON_OUT * packets +
        (PS_AXON_IN + PS_FETCH) * (after->axon_events - before->axon_events) + (fetch > add ? fetch : add) +
        PS_LEARN * (after->synapse_visits - before->synapse_visits) + PS_AXON_IN * (after->taken - before->taken) +
        PS_MANAGER * (after->manager_cycles - before->manager_cycles) +
        PS_FETCH * (after->rows_swept - before->rows_swept) +
        PS_ATTEND * (after->synapses_attended - before->synapses_attended) +
        PS_ALPHA * (after->alphas - before->alphas) + PS_TRACE * (after->trace_updates - before->trace_updates);
    return (ps + BUDGET_CYCLE_PS - 1) / BUDGET_CYCLE_PS;
}
