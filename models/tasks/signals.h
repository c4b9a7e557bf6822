/* What tasks tell a network beside spikes: levels of modulators fed by task.reward, task.feedback, task.novelty,
 * task.uncertainty and task.arousal. */
#ifndef HMN_MODELS_TASKS_SIGNALS_H
#define HMN_MODELS_TASKS_SIGNALS_H

#include "models/tasks/task.h"

typedef enum { SIG_REWARD, SIG_FEEDBACK, SIG_NOVELTY, SIG_UNCERTAINTY, SIG_AROUSAL, SIGNALS } signal_kind;

typedef struct {
    uint32_t modulator[SIGNALS]; /* TASK_NO_SIGNAL: the network does without */
} task_signals;

task_signals signals_find(const task_setup *s);
void signals_send(const task_signals *s, hmn_sim *sim, signal_kind k, double value);

/* Of what was seen so often before: 1, then less, exp(-seen / 15). */
double signals_novelty(uint32_t seen);
/* Of an outcome expected with probability p: 4 p (1 - p), 1 at the most. */
double signals_uncertainty(double p);

#endif
