/* The map of a run: cores coloured by the energy they took, links by their traffic. */
#ifndef HMN_TOOLS_HEAT_H
#define HMN_TOOLS_HEAT_H

#include "core/timing/timing.h"

#include <stdio.h>

/* Writes an SVG of the tiles of all chips in use. */
void heat_map(const hmn_timing *t, const hmn_image *image, const hmn_chip *chip, FILE *out);

#endif
