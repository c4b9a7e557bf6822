/* What the families of the SpiNNaker-style chip's synapses share: words, rows, drained ring buffers, counters. All run
 * on the functions that the emulated core calls. */
#ifndef HMN_TOOLS_VECTOR_SYNAPSE_H
#define HMN_TOOLS_VECTOR_SYNAPSE_H

#include "backends/spinnaker/synapse.h"
#include "tools/vector_family.h"
#include "tools/vector_read.h"

/* Whole numbers of one array, as 32-bit words. */
typedef struct {
    uint32_t *word;
    uint32_t count;
} spin_words;

spin_words spin_read_words(vector_reader *r, const json_t *j, const char *name);
/* A member that is a whole number from 0 to `high`. */
uint32_t spin_read_member(vector_reader *r, const json_t *object, const char *key, uint32_t high);

/* An array of rows: spin_words each. */
spin_words *spin_read_rows(vector_reader *r, const json_t *json, uint32_t *count);
row_format spin_read_format(vector_reader *r, const json_t *json);

/* Empties the slot of a step and compares what it held with the next of expected_ring_slots [t, element, value]. */
typedef struct {
    const json_t *expected;
    size_t next;
} spin_slots;
void spin_drain(vector_reader *r, const row_format *f, uint16_t *ring, uint32_t step, spin_slots *s);
/* False, with a complaint, when some are left. */
bool spin_drained_all(vector_reader *r, const spin_slots *s);

/* Compares with the members of `expected`. */
void spin_compare_counters(vector_reader *r, const json_t *expected, const ring_counters *got);

/* The synapses of a core, as a case describes them. */
typedef struct {
    vector_reader r;
    synapse_core core;
    stdp_core stdp;
    stdp_rule rule;
    ring_counters count;
    spin_words region, shift, *row;
    uint32_t nrows;
} spin_synapses;

/* c->r.arena is set. False after a complaint. rule "static": no plasticity. */
bool spin_set_up(spin_synapses *c, const json_t *json);

/* vector_core_network.c: a core of static synapses as a network, the whole road. */
void vector_core_network(vector_reader *r, const json_t *json, uint32_t steps);

vector_check vector_static_rows;
vector_check vector_population_table;
vector_check vector_stdp_row;
vector_check vector_core_run;

#endif
