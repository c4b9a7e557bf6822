/* The lowering report: what each quantity of a network became in the chip's integers. The same rows before and after a
 * run; a run fills in the errors of terms. */
#ifndef HMN_TOOLS_LOWERING_H
#define HMN_TOOLS_LOWERING_H

#include "core/ir/qnet.h"
#include "tools/json_out.h"
#include "tools/terms.h"

/* Where a row's errors come from. NONE: nobody has measured it. VALUES: of a constant, or a number of each neuron or
 * synapse: all of them, chip less written. BOUND: what the term adds by itself at most while it stays in range.
 * MEASURED: on a run, the same spikes and modulators on both sides. */
typedef enum { LOWERING_NONE, LOWERING_VALUES, LOWERING_BOUND, LOWERING_MEASURED } lowering_origin;

typedef struct {
    const char *subject, *quantity, *unit, *note; /* note: may be NULL; of a refusal, what would work */
    qnet_verdict verdict;
    uint32_t bits;
    double scale; /* real value of one step, 0: none */
    lowering_origin origin;
    double max_error, rms_error; /* NAN: NONE */
    double max_bound, rms_bound; /* beside measured errors; NAN: there is none */
    uint64_t count, saturated;
    double share, differ; /* as in term_error */
    double cycles;        /* an epoch of the rule; of a population, a step. Constants cost nothing by themselves */
} lowering_row;

/* m NULL: before a run. */
const lowering_row *lowering_rows(const hmn_qnet *q, const term_measures *m, hmn_arena *a, uint32_t *count);

void lowering_text(const lowering_row *row, uint32_t n, FILE *out);
void lowering_json(const lowering_row *row, uint32_t n, json_out *j); /* an array "lowering" in the object open in j */

const char *lowering_verdict(qnet_verdict v);
const char *lowering_origin_name(lowering_origin o);

/* lowering_cost.c: cycles of a term in an epoch of its rule; what a projection's synapses do at most without a run. */
double lowering_cycles(const hmn_qnet *q, uint32_t projection, term_kind k, const term_work *w);
term_work lowering_most(const hmn_qnet *q, uint32_t projection);
double lowering_bias_cycles(const hmn_qnet *q, uint32_t population);          /* a step; a spike of each neuron in it */
const qnet_channel *lowering_channel(const hmn_qnet *q, uint32_t projection); /* a register it hears; NULL: none */

#endif
