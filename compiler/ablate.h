/* Switches terms of the rule off by name, as if YAML did: `--ablate TERM,..`. */
#ifndef HMN_COMPILER_ABLATE_H
#define HMN_COMPILER_ABLATE_H

#include "core/base/diag.h"
#include "core/ir/net.h"

typedef struct {
    const char *name, *equation, *yaml;
} ablate_term;

/* Ends with name NULL. `all` is a further word, for all of them. */
const ablate_term *ablate_terms(void);

/* Words separated by commas, on every rule, modulator and population. False after a report. */
bool ablate(hmn_net *net, const char *terms, hmn_diag *d);

/* Multiplies eta_local and eta_global of every rule of type hmn, eta_local (1 when not given) of type stdp. */
void ablate_rates(hmn_net *net, double factor);

#endif
