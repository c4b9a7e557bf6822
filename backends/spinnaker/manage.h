/* The management core of a chip (docs/chips/spinnaker-core.md, SM1 to SM4): its keys, whom it counts, and the memory of
 * its program. What the program computes stands in core/machine/manager.h. */
#ifndef HMN_SPINNAKER_MANAGE_H
#define HMN_SPINNAKER_MANAGE_H

#include "core/chip.h"

/* Region manager_params: MANAGE_HEAD words, then MANAGE_SENDER of each core whose spikes it counts, by ascending key.
 */
typedef enum { MANAGE_KEY, MANAGE_COLOUR_BITS, MANAGE_REGISTERS, MANAGE_SENDERS, MANAGE_HEAD } manage_word;
typedef enum { SENDER_KEY, SENDER_MASK, SENDER_NEURONS, MANAGE_SENDER } manage_sender_word;

/* Region broadcasts of a core that learns: which key brings which register. */
typedef enum { HEARS_KEY, HEARS_MASK, HEARS_COLOUR_BITS, HEARS_REGISTERS, HEARS_WORDS } hears_word;

/* Are the words whole? `axons`: how many neurons it counts. */
bool manage_check(const uint32_t *word, uint32_t nwords, uint32_t axons);
bool hears_check(const uint32_t *word, uint32_t nwords);

/* Axon of a key; UINT32_MAX: it is of no core that is counted. */
uint32_t manage_axon(const uint32_t *word, uint32_t key);
/* Register of a key; UINT32_MAX: none. */
uint32_t hears_register(const uint32_t *word, uint32_t key);

/* chip->managed. */
uint32_t spin_managed(const hmn_qnet *q, uint32_t population);

/* Memory of one management core: DTCM holds its state, the facts of its program and what it counts; SDRAM schedules and
 * the parameters of biases, which are read in order. */
typedef struct {
    uint64_t local, shared; /* bytes */
} manage_bytes;
manage_bytes spin_manage_bytes(const hmn_mapping *m, uint32_t manager);

/* Reports where a manager's data memory does not hold its program. */
bool spin_manage_fits(const hmn_mapping *m, hmn_diag *d);

#endif
