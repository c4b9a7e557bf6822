/* Numbers with physical units as they stand in YAML: "20 ms", "-65 mV", "3 steps". */
#ifndef HMN_COMPILER_UNITS_H
#define HMN_COMPILER_UNITS_H

#include "core/ir/net.h"

#include <stdbool.h>
#include <stddef.h>

/* Reads a decimal number (YAML 1.2 core: no octal, no hex, no underscores) at the start of the text.
 * Returns the bytes read, 0 when there is none. */
size_t number_scan(const char *text, size_t length, double *value);

typedef enum {
    UNIT_OK,
    UNIT_NO_NUMBER,
    UNIT_OCTAL,
    UNIT_HEX,
    UNIT_UNKNOWN,
    UNIT_WRONG,
    UNIT_NEEDED,
    UNIT_NO_TRIAL,
    UNIT_FRACTION
} unit_status;

/* What a quantity needs to know about the network: ms a step, ms a trial (0: no task says). */
typedef struct {
    double dt, trial;
} unit_context;

/* Text -> value in the base unit of `dim`. NET_RAD refuses a bare number. *at: where the offending part begins.
 * On UNIT_WRONG *found is the dimension of the unit written, for messages. */
unit_status units_read(const char *text, net_dim dim, unit_context c, double *value, size_t *at, const char **found);

const char *units_dimension(net_dim dim);    /* "a time" */
const char *units_base(net_dim dim);         /* "ms"; "" for plain numbers */
const char *units_accepted(net_dim dim);     /* "s ms us ns steps"; "" for none */
const char *units_nearest(const char *word); /* the unit meant by a misspelt one, or NULL */

#endif
