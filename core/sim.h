/* What a task or a command drives: a network that steps. The emulated chip (machine/machine.h) and the
 * double-precision reference (reference/reference.h) both offer it, so every task runs on both.
 *
 * One step:  inject*  begin  (read spikes, set modulators, end a trial)  end.
 * A source neuron injected at step t fires in step t: its spike arrives at t + delay. */
#ifndef HMN_SIM_H
#define HMN_SIM_H

#include <stdbool.h>
#include <stdint.h>

typedef struct hmn_sim hmn_sim;

typedef struct {
    void (*inject)(hmn_sim *s, uint32_t neuron); /* global index of a source neuron, this step */
    void (*begin)(hmn_sim *s);                   /* deliver, update neurons */
    void (*end)(hmn_sim *s);                     /* modulators, learning, exchange; step += 1 */
    const uint32_t *(*spikes)(const hmn_sim *s,
                              uint32_t *count); /* between begin and end: global indices, ascending, sources included */
    void (*modulate)(hmn_sim *s, uint32_t modulator, double value); /* E_k from now on */
    void (*learn)(hmn_sim *s, bool on);
    uint32_t (*step)(const hmn_sim *s);
    void (*trial)(hmn_sim *s, double score); /* between begin and end: a trial ends in this step, with this score */
} hmn_sim_ops;

struct hmn_sim {
    const hmn_sim_ops *ops;
};

#endif
