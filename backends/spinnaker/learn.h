/* Plasticity of a network in the two manners of the machine: the STDP program of sPyNNaker, and our own of the HMN
 * rule. A core runs one program, so all plastic projections onto a population have one manner. */
#ifndef HMN_SPINNAKER_LEARN_H
#define HMN_SPINNAKER_LEARN_H

#include "backends/spinnaker/hybrid.h"
#include "backends/spinnaker/stdp.h"
#include "core/chip.h"

typedef enum { SPIN_LEARN_NONE, SPIN_LEARN_STDP, SPIN_LEARN_HYBRID } spin_learn_kind;

/* Of one projection. */
typedef struct {
    spin_learn_kind kind;
    stdp_settings stdp; /* pair, additive */
    hybrid_settings hybrid;
} spin_learning;

extern const stdp_kind spin_learn_stdp; /* the kind of SPIN_LEARN_STDP */

/* chip->learn: qnet.learning becomes an array of spin_learning, one a projection. */
bool spin_learn(hmn_qnet *q, hmn_arena *a, hmn_diag *d);

static inline const spin_learning *spin_learning_of(const hmn_qnet *q, uint32_t projection)
{
    return (const spin_learning *)q->learning + projection;
}

/* The manner of a population's plastic synapses. */
spin_learn_kind spin_learn_manner(const hmn_qnet *q, uint32_t population);

/* The different rules of the HMN program on a population's cores, and which of them a projection uses. */
uint32_t spin_learn_rules(const hmn_qnet *q, uint32_t population, hybrid_settings out[HYBRID_RULES]);
uint32_t spin_learn_rule(const hmn_qnet *q, uint32_t projection);

/* Region SYNAPSE_DYNAMICS of a population's cores, `types` synapse types; NULL and 0 where nothing learns. */
uint32_t *spin_learn_region(const hmn_qnet *q, uint32_t population, uint32_t types, uint32_t *nwords, hmn_arena *a);

/* Plastic words of n synapses; 0: static. */
uint32_t spin_learn_words(const hmn_qnet *q, uint32_t projection, uint32_t n);
/* Bytes of data memory of a core's histories, tables and broadcasts. */
uint32_t spin_learn_bytes(const hmn_qnet *q, uint32_t population, uint32_t neurons);

/* Fills the plastic words of a row: synapses first .. first + n - 1 of the projection. */
void spin_learn_row(const hmn_qnet *q, uint32_t projection, uint32_t first, uint32_t n, uint32_t *plastic);

#endif
