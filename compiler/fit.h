/* Does a core's share of the network stay within the chip's limits? */
#ifndef HMN_COMPILER_FIT_H
#define HMN_COMPILER_FIT_H

#include "core/base/diag.h"
#include "core/chip.h"

/* A limit that is passed: how much is needed, how much there is. what == NULL: none is. */
typedef struct {
    hmn_diag_code code;
    const char *what; /* "words of synapse memory" */
    uint64_t need, have;
    const char *cure;
} fit_excess;

fit_excess fit_check(const hmn_limits *limits, const hmn_usage *usage);

/* Cores that the network may use: target.cores or target.chips of the YAML file, and what the chip has. */
uint32_t fit_cores(const hmn_net *net, const hmn_limits *limits);

/* 12345 -> "12,345", into `text` of at least 27 bytes. Returns text. */
char *fit_number(uint64_t n, char *text);

/* Is the population held by cores? Sources are only where packets carry keys. */
static inline bool fit_placed(const hmn_graph *g, const hmn_limits *limits, uint32_t population)
{
    return limits->multicast || !g->population[population].source;
}

/* Reports that the network needs `need` cores, of which there are `available`: at its largest population, with the
 * limit that keeps it from one core. */
void fit_report_cores(const hmn_qnet *q, const hmn_chip *chip, const hmn_limits *limits, uint32_t available,
                      uint64_t need, hmn_diag *d);

/* Reports that neuron `neuron` (local) of a population cannot be on a core of its own: at the projection or
 * population that asks for most. */
void fit_report_neuron(const hmn_qnet *q, const hmn_chip *chip, uint32_t population, uint32_t neuron, fit_excess e,
                       hmn_diag *d);

#endif
