/* What neurons ask of a program (docs/chips/loihi.md, section 11). */
#ifndef HMN_BACKENDS_LOIHI_QUANTISE_PROGRAM_H
#define HMN_BACKENDS_LOIHI_QUANTISE_PROGRAM_H

#include "backends/loihi/quantise.h"

/* Can the chip do what the population asks beyond section 3? False after a report. */
bool program_known(quantiser *z, uint32_t population);

/* Program columns of a physical population on the scale lsb [mV]. False after a report. */
bool program_quantise(quantiser *z, uint32_t population, double lsb);

/* Which accumulator of its targets a projection enters (eq. M2). False after a report. */
bool program_port(quantiser *z, uint32_t projection);

#endif
