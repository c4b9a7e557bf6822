/* One emulated core. rom: what its program reads once at start, pointing into the image; state: all that evolves, one
 * block without pointers. The synaptic matrix stays in the image up to the first block that learns; the rest is copied
 * into the state, because rows that learn are written back. */
#ifndef HMN_SPINNAKER_CORE_H
#define HMN_SPINNAKER_CORE_H

#include "backends/spinnaker/core_tables.h"
#include "backends/spinnaker/current.h"
#include "backends/spinnaker/program.h"
#include "backends/spinnaker/poptable.h"
#include "backends/spinnaker/learn.h"
#include "backends/spinnaker/stages.h"
#include "backends/spinnaker/synapse.h"
#include "core/chip.h"

enum { CORE_TYPES = 4, CORE_CYCLE_PS = 5000 /* 200 MHz */ };

typedef struct {
    uint64_t seed;
    uint32_t core, n, axons;
    spin_program program;
    row_format format;
    uint32_t types, shift[CORE_TYPES];
    uint32_t substeps, words; /* words: of a neuron's state */
    uint64_t step_ps;         /* that a step has */
    cost_table costs;         /* of the chip as the image describes it */
    hmn_counters own;         /* what every step of this core adds: updates, draws, counters of a relay */
    const uint32_t *params;   /* NEURON_PARAMS */
    const uint32_t *relay;    /* DELAY_PARAMS; NULL: it is no relay */
    const uint32_t *manager;  /* MANAGER_PARAMS; NULL: it is no management core */
    const uint32_t *sources;  /* CURRENT_SOURCES */
    const uint32_t *hears;    /* BROADCASTS; NULL: it hears none */
    const uint32_t *table;    /* POPULATION_TABLE */
    const uint32_t *matrix;   /* SYNAPTIC_MATRIX */
    uint32_t matrix_words, learning_from;
    image_rows blocks;
    spin_learn_kind learning;
    const uint32_t *dynamics; /* SYNAPSE_DYNAMICS */
    const uint32_t *noise;    /* NEURON_NOISE; NULL: it has none */
    stdp_rule stdp, frozen;   /* frozen: the same, and no weight moves */
    hybrid_rules hybrid;
    uint32_t nlearn; /* rows with plastic words */
    uint32_t nentries, ncurrents;
    uint32_t at_first;   /* uint32 [nentries + 1] axon of each entry's neuron 0 */
    uint32_t at_key;     /* uint32 [nentries] key without neuron and colour */
    uint32_t at_colour;  /* uint32 [nentries] colour bits */
    uint32_t at_current; /* core_current [ncurrents] by neuron */
    uint32_t at_learn;   /* uint32 [nlearn] byte address of each plastic row */
    uint32_t bytes;
    uint32_t st_neuron;   /* int32 [n * words] */
    uint32_t st_recorded; /* spin_tick [n] */
    uint32_t st_ring;     /* uint16 [ring_size] */
    uint32_t st_history;  /* stdp_history [n] */
    uint32_t st_hybrid;   /* uint32 [hybrid.nstate] */
    uint32_t st_current;  /* uint32 [ncurrent_state] of step and noisy sources */
    uint32_t st_relay;    /* uint8 [slots * neurons] spikes that wait */
    uint32_t st_matrix;   /* uint32 [matrix_words - learning_from] */
    uint32_t state_bytes;
} spin_rom;

typedef struct {
    spin_kiss noise;
    ring_counters ring;
    poptable_counters table;
    hybrid_counters hybrid;
    uint32_t now;   /* steps that are done */
    uint32_t sweep; /* next plastic row of the sweep */
} spin_state;

/* What the program records in a step: values before its first sub-step; spikes of all of them. As variables: VAR_WORD +
 * k is word k of a neuron's state (neuron.def), the four words of this stand behind it. */
typedef struct {
    spin_recorded before;
    int32_t spikes;
} spin_tick;
enum { TICK_WORDS = sizeof(spin_tick) / sizeof(int32_t) };

#define SPIN_ROM(T, r, field) ((const T *)(const void *)((const char *)(r) + (r)->at_##field))
#define SPIN_STATE_OF(T, r, s, field) ((T *)(void *)((char *)(s) + (r)->st_##field))
#define SPIN_STATE_CONST(T, r, s, field) ((const T *)(const void *)((const char *)(s) + (r)->st_##field))

/* Members of hmn_chip. */
bool spin_check(const hmn_core_view *v, hmn_diag *d);
hmn_core_size spin_size(const hmn_core_view *v);
void spin_boot(const hmn_core_view *v, void *rom, void *state);
void spin_core_step(const void *rom, void *state, hmn_phase phase, hmn_port *port);
void spin_write_bias(const void *rom, void *state, uint32_t compartment, int32_t bias);
int32_t spin_read(const void *rom, const void *state, hmn_variable var, uint32_t index);
uint64_t spin_synapses(const void *rom, const void *state, uint64_t first, hmn_synapse *out, uint64_t room);
bool spin_wire(const hmn_image *m, const hmn_chip *chip, hmn_arena *a, hmn_wires *out, hmn_diag *d);
bool spin_find_ways(const hmn_image *m, const hmn_chip *chip, hmn_arena *a, hmn_ways *out, hmn_diag *d);

/* What boot decodes of the tables; state offsets included. */
spin_rom spin_decode(const hmn_core_view *v);

/* What the HMN program works on. */
static inline hybrid_core spin_hybrid_core(const spin_rom *r, spin_state *s)
{
    return (hybrid_core){.rules = &r->hybrid,
                         .region = r->dynamics,
                         .state = SPIN_STATE_OF(uint32_t, r, s, hybrid),
                         .format = r->format,
                         .seed = r->seed,
                         .count = &s->hybrid};
}

/* Words of the row at byte `address` of the matrix, wherever they are now. */
static inline uint32_t *spin_row_at(const spin_rom *r, void *state, uint32_t address)
{
    uint32_t word = address / 4;
    if (word >= r->learning_from)
        return SPIN_STATE_OF(uint32_t, r, state, matrix) + (word - r->learning_from);
    return (uint32_t *)(uintptr_t)(r->matrix + word); /* read only: the row has no plastic words */
}

#endif
