/* The cycles of a step by what was counted in it. */
#include "backends/spinnaker/budget.h"

uint64_t budget_cycles(const hmn_counters *before, const hmn_counters *after, uint64_t updates)
{
    return BUDGET_STEP + BUDGET_NEURON * updates + BUDGET_SPIKE * (after->axon_events - before->axon_events) +
           BUDGET_WORDS * (after->synapse_words - before->synapse_words) +
           BUDGET_SYNAPSE * (after->synaptic_events - before->synaptic_events) +
           BUDGET_LEARNING * (after->synapse_visits - before->synapse_visits);
}
