/* The management processor as a core on every chip that has cores to manage, where the image has such cores
 * (hmn_core_size.manager); else as one that the host's side of the machine steps, as on Loihi.
 *
 * Each manager runs the whole program (manager.h) on the same inputs: signals, schedules and scores from the host, and
 * the spikes of populations whose rate is a modulator, which the routing tables bring to each of them. What it computes
 * it sends to the cores of its own chip, a packet a register at the end of the register's epoch. So managers are in
 * step because they are functions of the same inputs; one that the tables cut off shows in the digest, and its packets
 * as lost ones.
 *
 * A core that hears no broadcast in the last step of an epoch takes 0 for it. */
#ifndef HMN_MACHINE_MANAGERS_H
#define HMN_MACHINE_MANAGERS_H

#include "core/machine/boot.h"

bool managers_boot(hmn_machine *m, hmn_diag *d);
void managers_set(hmn_machine *m, uint32_t modulator, double value);
void managers_open(hmn_machine *m);
/* Once packets are exchanged: counts what came, computes, broadcasts. */
void managers_step(hmn_machine *m);
void managers_trial(hmn_machine *m, double score);
uint64_t managers_cycles(const hmn_machine *m);
/* Of the first one, and of those that differ from it: the same for any number of managers in step. */
uint64_t managers_digest(const hmn_machine *m, uint64_t hash);

#endif
