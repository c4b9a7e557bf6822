/* How the synapses of one core are stored: which formats the core has, and in which of them each row of synapses goes.
 * The cost function and lowering both ask here, so that the two cannot disagree. */
#ifndef HMN_BACKENDS_LOIHI_LAYOUT_H
#define HMN_BACKENDS_LOIHI_LAYOUT_H

#include "backends/loihi/form.h"

/* Forms of a block in the order in which they are preferred where they cost the same. */
enum { LAYOUT_DENSE, LAYOUT_SPARSE, LAYOUT_RUNS, LAYOUT_FORMS };

/* The synapses of one kind (form_rules) of a projection onto a slice. */
typedef struct {
    uint32_t slice, projection, kind, rule; /* rule: of the qnet, NET_NONE: static */
    uint32_t format[LAYOUT_FORMS];          /* row of formats + 1; 0: its rows do not take this form */
    uint32_t longest;                       /* delay field that may occur */
    uint64_t synapses, words;
} layout_use;

/* What a presynaptic neuron of a projection sends onto a slice. */
typedef struct {
    uint32_t pre, target; /* the first target */
    form_row row;
} layout_row;

/* All rows of a projection onto a slice, by ascending presynaptic neuron. */
typedef struct {
    uint32_t slice, projection, nrows, longest;
    layout_row *row;
} layout_bundle;

/* Whose blocks the input axon of a neuron uses, and the compartment from which they count. */
typedef struct {
    uint32_t first; /* a neuron, the lowest that uses them */
    uint8_t base;
} layout_share;

typedef struct {
    const hmn_qnet *q;
    const hmn_slice *slice;
    uint32_t nslices;
    loihi_format *format;
    uint32_t nformats; /* may pass the chip's limit: then the core does not hold the slices */
    layout_use *use;   /* by slice, projection, kind; those without synapses left out */
    uint32_t nuses;
    uint64_t words;      /* of the core; of uses: as if no axon shared */
    layout_share *share; /* [neurons of the network]; NULL when there are too many formats */
    layout_bundle *bundle;
    uint32_t nbundles;
    form_room room; /* for any row */
} core_layout;

/* Decides for a core with these slices. */
core_layout layout_make(const hmn_qnet *q, const hmn_slice *slice, uint32_t nslices, hmn_arena *a);

/* The format (a row of formats) in which n synapses of a row cost least, and the words they take. */
uint32_t layout_choose(const core_layout *l, const layout_use *u, const uint32_t *target, uint32_t n, uint64_t *words);

#endif
