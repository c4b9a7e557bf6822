/* Neurons of a SpiNNaker core. Takes the parameter words that lie in SDRAM and what the ring buffers yield, keeps a
 * flat state of 32-bit words, yields spikes: bit for bit what the compiled models do. docs/chips/spinnaker.md, eq.
 * S20-S34; models and their words: neuron.def. */
#ifndef HMN_SPINNAKER_NEURON_H
#define HMN_SPINNAKER_NEURON_H

#include "backends/spinnaker/random.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum {
#define SPIN_MODEL(id, name, neuron, input, threshold, synapse, extra) SPIN_MODEL_##id,
#include "backends/spinnaker/neuron.def"
    SPIN_MODEL_COUNT
} spin_model_id;

typedef enum {
#define SPIN_PART(id, slot, receptors) SPIN_PART_##id,
#include "backends/spinnaker/neuron.def"
    SPIN_PART_COUNT
} spin_part;

/* The order of the parts in SDRAM. */
typedef enum { SPIN_NEURON, SPIN_INPUT, SPIN_THRESHOLD, SPIN_SYNAPSE, SPIN_EXTRA, SPIN_SLOTS } spin_slot;

enum { SPIN_MAX_WORDS = 32, SPIN_MAX_STATE = 32, SPIN_MAX_RECEPTORS = 3 };

typedef struct {
    spin_model_id id;
    const char *name;
    spin_part part[SPIN_SLOTS];
} spin_model;

extern const spin_model spin_models[SPIN_MODEL_COUNT];

/* NULL: there is none. */
const spin_model *spin_model_find(const char *name);

/* Synapse types: 2, or 3 with a second excitatory one between. The last is the inhibitory one. */
uint32_t spin_model_receptors(const spin_model *m);

/* 32-bit words of the parameters and of the state, of one neuron. */
uint32_t spin_model_words(const spin_model *m);
uint32_t spin_model_state(const spin_model *m);
uint32_t spin_part_words(spin_part part);

/* Which word of a neuron's parameters, or of its state; SPIN_NO_WORD: the model has none of this name. A name may
 * stand in several slots (time_step). */
enum { SPIN_NO_WORD = -1 };
int32_t spin_model_word(const spin_model *m, spin_slot slot, const char *key);
int32_t spin_model_state_word(const spin_model *m, const char *key);
/* The name of word k, and its slot. */
const char *spin_model_key(const spin_model *m, uint32_t k, spin_slot *slot);

/* Where word k of neuron i of n lies in the region NEURON_PARAMS, in words. Word 0 of the region is the number of
 * sub-steps; then, slot by slot, the words of all neurons. */
uint32_t spin_region_index(const spin_model *m, uint32_t n, uint32_t i, uint32_t k);

/* Whether its noise draws from the core's generator. */
bool spin_model_draws(const spin_model *m);

/* Derived constants and initial state from parameter words, in order of the slots. substeps >= 1. */
void spin_neuron_boot(const spin_model *m, const int32_t *words, uint32_t substeps, int32_t *state);

/* At the begin of a tick, for each synapse type whose ring-buffer sum is not 0: the sum, shifted. */
void spin_neuron_input(const spin_model *m, int32_t *state, uint32_t receptor, int32_t input);

/* What the machine records: values before the tick's first sub-step, s1615. */
typedef struct {
    int32_t v, exc, inh;
} spin_recorded;

/* One tick. offset: the sum of current sources, s1615. Yields the number of spikes, up to one a sub-step. */
uint32_t spin_neuron_tick(const spin_model *m, int32_t *state, uint32_t substeps, int32_t offset, spin_kiss *noise,
                          spin_recorded *recorded);

enum { SPIN_LIF_OFFSET = 4 }; /* the state word that integrate-and-fire models call I_offset */

/* The membrane potential: the state word that the models call V. */
static inline uint32_t spin_model_v(const spin_model *m) { return m->part[SPIN_NEURON] == SPIN_PART_IZH ? 4 : 0; }

#endif
