/* What a core runs: the compiled neuron programs of sPyNNaker (neuron.h), our own of the Loihi compartment, or one that
 * has no neurons. One view of their parameters and state for quantise, lower, boot and step. */
#ifndef HMN_SPINNAKER_PROGRAM_H
#define HMN_SPINNAKER_PROGRAM_H

#include "backends/spinnaker/neuron.h"
#include "core/ir/graph.h"

typedef enum {
    SPIN_KIND_NEURONS,
    SPIN_KIND_LOIHI,
    SPIN_KIND_SOURCE,
    SPIN_KIND_DELAY,
    SPIN_KIND_MANAGER,
    SPIN_KINDS
} spin_kind;

typedef struct {
    spin_kind kind;
    const spin_model *model; /* SPIN_KIND_NEURONS */
    uint32_t substeps;       /* updates in each step */
} spin_program;

/* The program as one number, for qnet_population.program. */
static inline uint32_t spin_program_code(spin_program p)
{
    return p.substeps << 16 | (uint32_t)p.kind << 8 | (p.kind == SPIN_KIND_NEURONS ? (uint32_t)p.model->id : 0);
}
spin_program spin_program_of(uint32_t code);

/* The program of a model of the language; false: there is none. */
bool spin_program_for(neuron_model model, spin_program *out);

const char *spin_program_name(spin_program p);
uint32_t spin_program_words(spin_program p); /* parameters of a neuron */
uint32_t spin_program_state(spin_program p); /* state of a neuron */
uint32_t spin_program_receptors(spin_program p);
uint32_t spin_program_index(spin_program p, uint32_t n, uint32_t i, uint32_t k); /* as spin_region_index */

#endif
