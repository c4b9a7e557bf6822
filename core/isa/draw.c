/* Tables of the probability gate. Takes beta and theta, yields 129 thresholds, and the threshold of any size.
 *
 * beta |D - theta| = 12 is where the logistic is within 6e-6 of its end, less than half a step of a threshold; what
 * lies between is cut into 128 lines of 2^shift sizes each. An engine compares the upper 16 bits of a random word with
 * the threshold. */
#include "core/isa/draw.h"

#include "core/base/fx.h"

#include <math.h>

enum { MOST = 32768 }; /* of an accumulator */

static const double tail = 12;

void draw_fit(rule_draw *d)
{
    double half = d->beta > 0 ? tail / d->beta * DRAW_UNIT : MOST, middle = d->theta * DRAW_UNIT;
    double low = fmin(fmax(0, floor(middle - half)), MOST - DRAW_LINES), high = fmin(middle + half, MOST);
    d->first = (uint16_t)low;
    d->shift = 0;
    while (low + ((uint32_t)DRAW_LINES << d->shift) < high)
        d->shift++;
}

double draw_logistic(const rule_draw *d, uint32_t size)
{
    return 1 / (1 + exp(-d->beta * ((double)size / DRAW_UNIT - d->theta)));
}

uint32_t draw_line(const rule_draw *d, uint32_t line)
{
    return (uint32_t)lround(DRAW_ONE * draw_logistic(d, d->first + (line << d->shift)));
}

uint32_t draw_probability(const rule_draw *d, const uint32_t *line, uint32_t size)
{
    if (size <= d->first)
        return line[0];
    uint32_t beyond = size - d->first, at = beyond >> d->shift, within = beyond & ((1u << d->shift) - 1);
    if (at >= DRAW_LINES)
        return line[DRAW_LINES];
    int64_t rise = (int64_t)line[at + 1] - line[at];
    return (uint32_t)(line[at] + fx_shr_rn(rise * within, d->shift));
}
