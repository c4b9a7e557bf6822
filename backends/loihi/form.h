/* What a projection needs on a core: its synapse formats and the rows of synapses that fall on a slice. */
#ifndef HMN_BACKENDS_LOIHI_FORM_H
#define HMN_BACKENDS_LOIHI_FORM_H

#include "backends/loihi/dialect.h"
#include "backends/loihi/pack.h"
#include "core/chip.h"

/* Traces that a rule reads: bit RT_X1 ... RT_Y3. */
uint32_t form_traces(const hmn_rule *r);

/* The dialect that the network asks for; quantise has refused unknown names. */
loihi_dialect_id form_dialect(const hmn_qnet *q);

/* The projection's format on a core of n compartments; profile: qnet rule + 1, lowering makes it a row. */
loihi_format form_format(const hmn_qnet *q, uint32_t projection, uint32_t compartments, bool dense);

bool form_same(const loihi_format *a, const loihi_format *b);

/* Synapses first .. first+count-1 of the projection, from presynaptic neuron `pre` onto the slice. */
typedef struct {
    uint64_t first;
    uint32_t count;
    bool dense; /* four or more consecutive neurons, each once: stored without indices */
} form_row;

/* Shorter runs need no more words with indices than without, and would only use up a format. */
enum { FORM_DENSE_LEAST = 4 };

form_row form_range(const hmn_qnet *q, uint32_t projection, uint32_t pre, const hmn_slice *s);

/* Synapses of a projection whose rule has a phase gate are stored bin by bin, each bin in a format with a rule of its
 * own: how many such kinds there are (1 without a gate), the rule of one (NET_NONE: static, or it does not occur), and
 * the synapses of a row that are of it. */
uint32_t form_rules(const hmn_qnet *q, uint32_t projection);
uint32_t form_rule(const hmn_qnet *q, uint32_t projection, uint32_t k);
uint32_t form_count(const hmn_qnet *q, uint32_t projection, form_row row, uint32_t k);

#endif
