/* Shared by the files that quantise neurons: columns, errors of a parameter, refusals. */
#ifndef HMN_BACKENDS_LOIHI_TALLY_H
#define HMN_BACKENDS_LOIHI_TALLY_H

#include "backends/loihi/quantise.h"

bool param_uniform(graph_param x, uint32_t n);
bool param_any(graph_param x, uint32_t n); /* some value is not 0 */

/* Reports that the chip does not have `what`. Returns false. */
bool quantise_refuse(quantiser *z, const graph_population *p, const char *what, const char *cure);

/* One value, or n of them when each neuron has its own. */
qnet_column column_new(quantiser *z, uint32_t n, bool each, int32_t **v);

/* An error of one parameter over the neurons, for its report row. */
typedef struct {
    double max, square, worst_relative, greatest; /* greatest: of the values wanted */
    uint64_t count, kept;                         /* kept: values that are not 0, stored as such */
} tally;

void tally_add(tally *t, double wanted, double got);

/* Every value that is not 0 became 0: reports the least that would not. True: some did not, or all were 0. */
bool tally_lasts(quantiser *z, const graph_population *p, const tally *t, const char *what, double least,
                 const char *unit);

/* Adds the row, and warns when the relative error passes `tolerable`. */
void tally_tell(quantiser *z, const graph_population *p, const tally *t, qnet_report_row row, double tolerable);

#endif
