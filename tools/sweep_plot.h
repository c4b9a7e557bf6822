/* The plot of a sweep. */
#ifndef HMN_TOOLS_SWEEP_PLOT_H
#define HMN_TOOLS_SWEEP_PLOT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* One combination of values. */
typedef struct {
    const char *const *value; /* [parameters] as written */
    double x;                 /* the first parameter as a number; NaN: it is a word */
    bool fits;
    double us_a_step, nj_a_step;
    uint32_t cores;
} sweep_point;

/* Writes an SVG: time and energy of a step, one under the other, over the values of the first parameter in their order;
 * a line a combination of the others; crosses where the network does not fit. */
void sweep_plot(const char *const *name, uint32_t names, const sweep_point *point, uint32_t count, FILE *out);

#endif
