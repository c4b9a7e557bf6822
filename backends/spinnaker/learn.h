/* Plasticity of a network in the two manners of the machine: the STDP program of sPyNNaker, and our own of the HMN
 * rule. A core runs one program, so all plastic projections onto a population have one manner. */
#ifndef HMN_SPINNAKER_LEARN_H
#define HMN_SPINNAKER_LEARN_H

#include "backends/spinnaker/hybrid.h"
#include "backends/spinnaker/stdp.h"
#include "core/chip.h"

typedef enum { SPIN_LEARN_NONE, SPIN_LEARN_STDP, SPIN_LEARN_HYBRID } spin_learn_kind;

/* Of one projection. */
typedef struct spin_learning {
    spin_learn_kind kind;
    stdp_kind program;  /* of sPyNNaker: its rule */
    stdp_settings stdp; /* pair, additive */
    hybrid_settings hybrid;
} spin_learning;

/* The rule of sPyNNaker's program as one number, for the core's tables; false: there is none. */
static inline uint32_t spin_program_rule(stdp_kind k)
{
    return (uint32_t)k.timing | (uint32_t)k.weight << 2 | (uint32_t)k.modulated << 4;
}
bool spin_program_rule_of(uint32_t number, stdp_kind *out);

/* learn_program.c: a rule of type spinnaker (eq. S51 to S58) for one projection; false after a report. */
typedef struct {
    const hmn_qnet *q;
    const net_rule *rule;
    uint32_t projection;
    hmn_diag *diag;
} spin_program_request;
struct spin_learning;
bool spin_learn_by_program(const spin_program_request *r, struct spin_learning *out);
/* Projections that deliver reward reach neurons that can use it. */
bool spin_learn_check_rewards(const hmn_qnet *q, hmn_diag *d);

/* chip->learn: qnet.learning becomes an array of spin_learning, one a projection. */
bool spin_learn(hmn_qnet *q, hmn_arena *a, hmn_diag *d);
/* chip->attention */
const char *spin_learn_attention(const net_local_attention *a, const char **cure);

static inline const spin_learning *spin_learning_of(const hmn_qnet *q, uint32_t projection)
{
    return (const spin_learning *)q->learning + projection;
}

/* The manner of a population's plastic synapses. */
spin_learn_kind spin_learn_manner(const hmn_qnet *q, uint32_t population);

/* Of sPyNNaker's program: the rule of a population. */
stdp_kind spin_learn_program(const hmn_qnet *q, uint32_t population);

/* The different rules of the HMN program on a population's cores, and which of them a projection uses. */
uint32_t spin_learn_rules(const hmn_qnet *q, uint32_t population, hybrid_settings out[HYBRID_RULES]);
uint32_t spin_learn_rule(const hmn_qnet *q, uint32_t projection);

/* Region SYNAPSE_DYNAMICS of one of a population's cores: `types` synapse types, `rows` rows that learn. NULL and 0
 * words where nothing learns. */
typedef struct {
    uint32_t population, types, rows;
} spin_learn_core;
uint32_t *spin_learn_region(const hmn_qnet *q, const spin_learn_core *core, uint32_t *nwords, hmn_arena *a);

/* Plastic words of n synapses; 0: static. */
uint32_t spin_learn_words(const hmn_qnet *q, uint32_t projection, uint32_t n);
/* Bytes of data memory of a core's histories, tables and broadcasts. */
uint32_t spin_learn_bytes(const hmn_qnet *q, uint32_t population, uint32_t neurons);

/* Fills the plastic words of a row: synapses first .. first + n - 1 of the projection; number: of the row among those
 * of the core that learn. */
typedef struct {
    uint32_t projection, first, n, number;
} spin_learn_place;
void spin_learn_row(const hmn_qnet *q, const spin_learn_place *row, uint32_t *plastic);

#endif
