/* What the synapses of a projection need of a format on one core, and the rows of synapses that fall on a slice. */
#ifndef HMN_BACKENDS_LOIHI_FORM_H
#define HMN_BACKENDS_LOIHI_FORM_H

#include "backends/loihi/dialect.h"
#include "backends/loihi/pack.h"
#include "core/chip.h"

/* Traces that a rule reads: bit RT_X1 ... RT_Y3. */
uint32_t form_traces(const hmn_rule *r);

bool form_writes(const hmn_rule *r, rule_target t);

/* The dialect that the network asks for; quantise has refused unknown names. */
loihi_dialect_id form_dialect(const hmn_qnet *q);

/* Where a negative exponent shifts the sum of a step, a projection's synapses must all share one format of its
 * own, which names the sum. */
bool form_shifts_sum(const hmn_qnet *q, uint32_t projection);

/* Synapses first .. first+count-1 of the projection, from one presynaptic neuron onto a slice. */
typedef struct {
    uint64_t first;
    uint32_t count;
} form_row;

form_row form_range(const hmn_qnet *q, uint32_t projection, uint32_t pre, const hmn_slice *s);

/* Synapses of a projection whose rule has a phase gate are stored bin by bin, each bin in a format with a rule of its
 * own: how many such kinds there are (1 without a gate), and the rule of one (NET_NONE: static, or it does not occur).
 */
uint32_t form_rules(const hmn_qnet *q, uint32_t projection);
uint32_t form_rule(const hmn_qnet *q, uint32_t projection, uint32_t k);

/* The n synapses of a row that are of one kind: their numbers (NULL: first, first + 1, ...) and their targets. */
typedef struct {
    uint32_t n;
    uint64_t first;
    const uint64_t *synapse;
    const uint32_t *target;
} form_part;

static inline uint64_t form_synapse(const form_part *p, uint32_t i)
{
    return p->synapse ? p->synapse[i] : p->first + i;
}

/* Rooms for the numbers and targets of a row where they must be picked. */
typedef struct {
    uint64_t *synapse;
    uint32_t *target, size;
} form_room;

form_part form_pick(const hmn_qnet *q, uint32_t projection, form_row row, uint32_t k, const form_room *room);

/* What synapses have in common: which bits of a weight are in use, the longest delay, how far their targets lie apart.
 */
typedef struct {
    uint64_t synapses;
    bool unread;                      /* the weights were not looked at */
    uint32_t magnitude;               /* all weights' magnitudes, or-ed */
    bool positive, negative, lowest;  /* some weight is; is -256 */
    uint32_t longest;                 /* delay field */
    uint32_t reach;                   /* the greatest compartment + 1 */
    uint64_t gap[PACK_SKIP_MOST + 1]; /* gaps between runs of a row whose length takes so many bits */
    uint64_t run[PACK_BLOCK + 1];     /* runs of so many synapses; longer ones count in pieces */
} form_need;

/* Adds synapses of a row. */
void form_add(const hmn_qnet *q, uint32_t projection, const form_part *part, form_need *need);

/* The narrowest format of kind k that holds what is needed; compression says which. Its profile is the qnet rule + 1,
 * which lowering makes a row. Widths of skip and length: see form_runs. */
loihi_format form_format(const hmn_qnet *q, uint32_t projection, uint32_t k, const form_need *need,
                         int32_t compression);

/* Widths of skip and length of run-length blocks that cost least by an estimate, best first. */
enum { FORM_RUNS = 4 };
typedef struct {
    int32_t skip_bits, run_bits;
    uint64_t cost; /* bits, about */
} form_widths;
void form_runs(const form_need *need, form_widths best[FORM_RUNS]);

bool form_same(const loihi_format *a, const loihi_format *b);

/* The narrowest format that holds what either holds, when there is one: *out. */
bool form_join(const loihi_format *a, const loihi_format *b, loihi_format *out);

#endif
