/* The work of a core in a tick. Takes counts, yields times: rows come by DMA while the row before is added, so the
 * longer of fetching and adding counts, after the look-up of each. Energies of such machines are power times time
 * (clocked.c). */
#include "core/timing/ticks.h"

timing_program tick_program(const hmn_chip *chip, const void *rom)
{
    return chip->timing->program ? chip->timing->program(rom) : (timing_program){COST_ACTIVE, COST_LEARN};
}

uint64_t tick_updates(const cost_table *c, timing_program p, const hmn_counters *before, const hmn_counters *after)
{
    return (after->updates_active - before->updates_active) * c->ps[p.update] +
           (after->updates_idle - before->updates_idle) * c->ps[COST_IDLE] +
           (after->noise_draws - before->noise_draws) * c->ps[COST_NOISE] +
           (after->relay_slots - before->relay_slots) * c->ps[COST_RELAY];
}

uint64_t tick_keeps(const cost_table *c, const hmn_counters *before, const hmn_counters *after)
{
    return (after->relay_spikes - before->relay_spikes) * c->ps[COST_RELAY_IN];
}

tick_work tick_of(const cost_table *c, timing_program p, const hmn_counters *before, const hmn_counters *after,
                  uint64_t packets)
{
    const uint64_t *ps = c->ps;
    uint64_t events = after->axon_events - before->axon_events;
    uint64_t fetch = (after->synapse_words - before->synapse_words) * ps[COST_WORD] + events * ps[COST_MEMORY];
    uint64_t add = (after->synaptic_events - before->synaptic_events) * ps[COST_DENSE];
    return (tick_work){
        .neuron_ps = ps[COST_STEP] + tick_updates(c, p, before, after) + tick_keeps(c, before, after) +
                     (after->spikes - before->spikes) * ps[COST_SPIKE] + packets * ps[COST_AXON_OUT] +
                     (after->taken - before->taken) * ps[COST_AXON_IN] +
                     (after->manager_cycles - before->manager_cycles) * ps[COST_MANAGER],
        .row_ps = events * (ps[COST_AXON_IN] + ps[COST_FETCH]) + add,
        .learn_ps = (after->synapse_visits - before->synapse_visits) * ps[p.visit] +
                    (after->pairings - before->pairings) * ps[COST_PAIR] +
                    (after->rows_swept - before->rows_swept) * ps[COST_FETCH] +
                    (after->synapses_attended - before->synapses_attended) * ps[COST_ATTEND] +
                    (after->alphas - before->alphas) * ps[COST_ALPHA] +
                    (after->trace_updates - before->trace_updates) * ps[COST_TRACE],
        .memory_ps = fetch > add ? fetch - add : 0,
    };
}

uint64_t tick_ps(const tick_work *w) { return w->neuron_ps + w->row_ps + w->learn_ps + w->memory_ps; }

late_cause tick_why(const tick_work *w, uint64_t tick)
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
    return tick_ps(w) <= tick ? LATE_NETWORK : why;
}
