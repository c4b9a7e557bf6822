/* Signals of tasks. Takes the modulators of a network, yields for each signal the one that it feeds, and sends levels
 * to those that there are: a network that does not attend to novelty has no modulator for it, and the task goes on
 * alike. Novelty and uncertainty are those of the prototypes' bandit. */
#include "models/tasks/signals.h"

#include <math.h>

static const char *const name[SIGNALS] = {"task.reward", "task.feedback", "task.novelty", "task.uncertainty",
                                          "task.arousal"};

task_signals signals_find(const task_setup *s)
{
    task_signals found;
    for (int k = 0; k < SIGNALS; k++)
        found.modulator[k] = task_listener(s, name[k]);
    return found;
}

void signals_send(const task_signals *s, hmn_sim *sim, signal_kind k, double value)
{
    if (s->modulator[k] != TASK_NO_SIGNAL)
        sim->ops->modulate(sim, s->modulator[k], value);
}

double signals_novelty(uint32_t seen) { return exp(-(double)seen / 15); }

double signals_uncertainty(double p) { return 4 * p * (1 - p); }
