/* Delay stages: cores that hold spikes for multiples of a stage (docs/chips/spinnaker-core.md, eqs. SE5, SE6). */
#ifndef HMN_SPINNAKER_STAGES_H
#define HMN_SPINNAKER_STAGES_H

#include "core/chip.h"

/* Words of region delay_params, as sPyNNaker's delay extension reads them. */
typedef enum {
    STAGES_HAS_KEY,
    STAGES_KEY,
    STAGES_INCOMING_KEY,
    STAGES_INCOMING_MASK,
    STAGES_ATOMS,
    STAGES_COUNT,
    STAGES_STEPS,
    STAGES_CLEAR,
    STAGES_COLOUR_BITS,
    STAGES_WORDS
} stages_word;

/* Steps of a stage: the power of two that a target core holds. */
uint32_t stages_steps(const hmn_chip *chip);

/* chip->stage: static synapses alone wait in stages. */
uint32_t spin_stage(const hmn_qnet *q, uint32_t projection, uint64_t synapse);

/* Stages that the spikes of a population need; 0: none. */
uint32_t stages_of(const hmn_qnet *q, uint32_t population);

/* Steps that a relay counts spikes of, and bytes of the counters of so many neurons; no stages: none. */
uint32_t stages_slots(uint32_t stages, uint32_t steps);
uint32_t stages_bytes(uint32_t neurons, uint32_t stages, uint32_t steps);

/* Are the words whole, and is what they ask for within a core's memory? */
bool stages_check(const uint32_t *word, uint32_t nwords, uint32_t local_bytes);

/* Neuron that a key is of; UINT32_MAX: none of this relay's. */
uint32_t stages_neuron(const uint32_t *word, uint32_t key);

/* A spike that comes in step t, `times` over; returns how many the counter cannot hold. */
uint32_t stages_keep(const uint32_t *word, uint8_t *counter, uint32_t step, uint32_t neuron, uint32_t times);

/* What is to be sent in step t, by ascending key: compartment and how many; returns how many keys. Empties the slot of
 * step t for the spikes that are about to come. */
uint32_t stages_send(const uint32_t *word, uint8_t *counter, uint32_t step, uint32_t *key, int32_t *times);

#endif
