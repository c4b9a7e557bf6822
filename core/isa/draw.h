/* The probability gate of equation 5 in integers: a change of size |D| is applied with probability
 * 1 / (1 + exp(-beta (|D| - theta))), read from a table. */
#ifndef HMN_ISA_DRAW_H
#define HMN_ISA_DRAW_H

#include "core/isa/rule.h"

enum { DRAW_LINES = 128, DRAW_ONE = 65536, DRAW_UNIT = 128 }; /* DRAW_UNIT sizes are one step of a weight */

/* Chooses `first` and `shift` for the beta and theta of d: the table reaches from where the logistic leaves 0 to where
 * it reaches 1, as far as an accumulator of 15 bits goes. */
void draw_fit(rule_draw *d);

/* Line 0..DRAW_LINES of the table, in 1 / DRAW_ONE. */
uint32_t draw_line(const rule_draw *d, uint32_t line);

/* The logistic itself at a size in 1 / DRAW_UNIT steps. */
double draw_logistic(const rule_draw *d, uint32_t size);

/* What the table gives at a size: straight lines between its own, the ends beyond them. */
uint32_t draw_probability(const rule_draw *d, const uint32_t *line, uint32_t size);

#endif
