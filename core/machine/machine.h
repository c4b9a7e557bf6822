/* The emulated machine: boots an image on a chip's cores and steps them. Sees the image, nothing earlier.
 *
 * Per step: exchange has filled each core's inbox; DELIVER and UPDATE run on all cores in parallel, each
 * touching its own state; the management processor and the host act; spikes are routed to inboxes in core order;
 * LEARN runs in parallel. So results do not depend on the number of threads. */
#ifndef HMN_MACHINE_MACHINE_H
#define HMN_MACHINE_MACHINE_H

#include "core/chip.h"
#include "core/sim.h"

typedef struct hmn_machine hmn_machine;

/* NULL after a report. The image and chip must outlive the machine. threads 0: all there are.
 * seed: the image's own unless `reseed`. */
hmn_machine *machine_boot(const hmn_image *image, const hmn_chip *chip, uint32_t threads, const uint64_t *reseed,
                          hmn_diag *d);
void machine_free(hmn_machine *m);

hmn_sim *machine_sim(hmn_machine *m);

uint32_t machine_step(const hmn_machine *m);         /* steps done */
hmn_counters machine_counters(const hmn_machine *m); /* sums over cores */
uint64_t machine_spikes(const hmn_machine *m);       /* all spikes so far, sources included */
uint64_t machine_digest(const hmn_machine *m);       /* of the whole architectural state */

/* Value of a variable of a neuron (global index); 0 for sources. */
int32_t machine_read(const hmn_machine *m, uint32_t neuron, hmn_variable var);

/* Calls back for every synapse of a projection in the order (pre, post, delay): global neuron indices.
 * weight: on the chip's weight scale; delay: chip field + 1 = steps. */
typedef struct {
    uint32_t pre, post;
    int32_t weight, delay, tag;
} machine_synapse;
machine_synapse *machine_weights(const hmn_machine *m, uint32_t projection, hmn_arena *a, uint64_t *count);

/* A trace of a neuron as the rule of a plastic projection sees it: x1 x2 of a presynaptic neuron, y1 y2 y3 of a
 * postsynaptic one. 0 where there is none. */
int32_t machine_trace(const hmn_machine *m, uint32_t neuron, uint32_t projection, hmn_variable var);

/* Third factors, between begin and end: y1, y2 or y3 of a neuron for a projection whose rule says that the host
 * writes them. False when it does not. */
bool machine_set_trace(hmn_machine *m, uint32_t neuron, uint32_t projection, hmn_variable var, int32_t value);

/* As ops->inject, with a payload: a graded spike. */
void machine_inject(hmn_machine *m, uint32_t neuron, int32_t payload);

/* Before begin: exactly these neurons (global, ascending, sources included) fire in the step that follows, whatever
 * neurons and stimuli say; u and v go on as they are. The spikes of a recording thus meet the chip's own traces and
 * learning. NULL: from now on neurons decide again. */
void machine_replay(hmn_machine *m, const uint32_t *neuron, uint32_t count);

/* Replays draws from now on; NULL: random again. The draws must outlive the machine. */
void machine_set_draws(hmn_machine *m, const hmn_draws *draws);

/* Global indices, for whom a draw is meant: UINT32_MAX where there is none. */
uint32_t machine_neuron_at(const hmn_machine *m, uint32_t core, uint32_t compartment);
uint32_t machine_source_at(const hmn_machine *m, uint32_t core, uint32_t axon);

/* For the models of time and energy: what a core does in this step. Between begin and end the port tells who fired and
 * which packets leave; after end the counters hold the step's learning too. host: the packets of sources that occupy
 * no core, between begin and end, in the order in which the host sends them; yields how many there are and writes at
 * most `room` of them. */
uint32_t machine_cores(const hmn_machine *m);
const hmn_port *machine_port(const hmn_machine *m, uint32_t core);
const hmn_counters *machine_core_counters(const hmn_machine *m, uint32_t core);
hmn_core_size machine_core_size(const hmn_machine *m, uint32_t core);
const void *machine_rom(const hmn_machine *m, uint32_t core);
/* What a core holds: its synapses in memory order, at most `room` from number `first`; a variable of a compartment or
 * axon. */
uint64_t machine_core_synapses(const hmn_machine *m, uint32_t core, uint64_t first, hmn_synapse *out, uint64_t room);
int32_t machine_core_read(const hmn_machine *m, uint32_t core, hmn_variable var, uint32_t index);
uint32_t machine_host_packets(const hmn_machine *m, hmn_packet *out, uint32_t room);
uint64_t machine_manager_cycles(const hmn_machine *m);

/* Where spikes go by wires: these, NULL else; and the packets of sources, between begin and end, by ascending source:
 * yields how many there are and writes at most `room`. */
typedef struct {
    uint32_t core, compartment, times;
} machine_sent;
const hmn_wires *machine_wires(const hmn_machine *m);
uint32_t machine_source_packets(const hmn_machine *m, machine_sent *out, uint32_t room);
/* After end: those of management cores in the step that ended, by manager and register. */
uint32_t machine_broadcasts(const hmn_machine *m, machine_sent *out, uint32_t room);

int32_t machine_channel(const hmn_machine *m, uint32_t channel);
/* log2 of eta_local (0) or eta_global (1) in use, of a row of the image's rates. */
double machine_rate_octaves(const hmn_machine *m, uint32_t row, uint32_t which);
double machine_modulator(const hmn_machine *m, uint32_t modulator);
/* gamma of a modulator in a row of the image's attentions, of the epoch that ended last; NAN where it takes no part. */
double machine_share(const hmn_machine *m, uint32_t row, uint32_t modulator);
double machine_astrocyte_level(const hmn_machine *m, uint32_t row);  /* A */
double machine_astrocyte_effect(const hmn_machine *m, uint32_t row); /* M */

#endif
