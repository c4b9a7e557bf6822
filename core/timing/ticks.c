/* The work of a core in a tick. Takes counts, yields times: rows come by DMA while the row before is added, so the
 * longer of fetching and adding counts, after the look-up of each. Energies of such machines are power times time
 * (clocked.c). */
#include "core/timing/ticks.h"

tick_work tick_of(const cost_table *c, const hmn_counters *before, const hmn_counters *after, uint64_t packets)
{
    const uint64_t *ps = c->ps;
    uint64_t events = after->axon_events - before->axon_events, visits = after->synapse_visits - before->synapse_visits;
    uint64_t fetch = (after->synapse_words - before->synapse_words) * ps[COST_WORD] + events * ps[COST_MEMORY];
    uint64_t add = (after->synaptic_events - before->synaptic_events) * ps[COST_DENSE];
    uint64_t alphas = (after->alphas - before->alphas) * ps[COST_ALPHA];
    uint64_t swept = after->rows_swept - before->rows_swept,
             attended = after->synapses_attended - before->synapses_attended;
    return (tick_work){
        .neuron_ps = ps[COST_STEP] + (after->updates_active - before->updates_active) * ps[COST_ACTIVE] +
                     (after->updates_idle - before->updates_idle) * ps[COST_IDLE] +
                     (after->spikes - before->spikes) * ps[COST_SPIKE] + packets * ps[COST_AXON_OUT] +
                     (after->taken - before->taken) * ps[COST_AXON_IN] +
                     (after->manager_cycles - before->manager_cycles) * ps[COST_MANAGER],
        .row_ps = events * (ps[COST_AXON_IN] + ps[COST_FETCH]) + add,
        .learn_ps = visits * ps[COST_LEARN] + swept * ps[COST_FETCH] + attended * ps[COST_ATTEND] + alphas +
                    (after->trace_updates - before->trace_updates) * ps[COST_TRACE],
        .memory_ps = fetch > add ? fetch - add : 0,
    };
}

late_cause tick_why(const tick_work *w, uint64_t tick_ps)
{
    uint64_t most = w->neuron_ps;
    late_cause why = LATE_NEURONS;
    const struct {
        uint64_t ps;
        late_cause cause;
    } other[] = {{w->row_ps, LATE_QUEUE}, {w->learn_ps, LATE_LEARNING}, {w->memory_ps, LATE_DMA}};
    for (size_t k = 0; k < sizeof other / sizeof *other; k++)
        if (other[k].ps > most) {
            most = other[k].ps;
            why = other[k].cause;
        }
    return w->neuron_ps + w->row_ps + w->learn_ps + w->memory_ps <= tick_ps ? LATE_NETWORK : why;
}
