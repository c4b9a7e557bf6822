/* Measures of agreement. Takes logs of spikes and arrays of numbers, yields counts and distances.
 *
 * Pairs of spikes are found greedily in order of time: with one tolerance on both sides this finds the greatest
 * possible number of pairs (intervals on a line), and a spike is never used twice, so that a burst cannot be
 * credited to one spike. Correlation is Pearson's. */
#include "tools/compare.h"

#include <math.h>

void compare_log_step(compare_log *l, hmn_arena *a, uint32_t step, const uint32_t *neuron, uint32_t count)
{
    l->step = arena_grow(a, l->step, sizeof *l->step, l->count, l->count + count, &l->step_cap);
    l->neuron = arena_grow(a, l->neuron, sizeof *l->neuron, l->count, l->count + count, &l->neuron_cap);
    for (uint32_t i = 0; i < count; i++) {
        l->step[l->count] = step;
        l->neuron[l->count++] = neuron[i];
    }
}

compare_trains compare_sort(const compare_log *l, uint32_t nneurons, hmn_arena *a)
{
    size_t *row = ARENA_NEW(a, size_t, nneurons + 2);
    uint32_t *step = ARENA_NEW(a, uint32_t, l->count);
    for (size_t i = 0; i < l->count; i++)
        row[l->neuron[i] + 2]++;
    for (uint32_t n = 0; n < nneurons; n++)
        row[n + 2] += row[n + 1];
    for (size_t i = 0; i < l->count; i++) /* row[n + 1] moves from the begin of train n to its end */
        step[row[l->neuron[i] + 1]++] = l->step[i];
    return (compare_trains){row, step};
}

static uint64_t pairs(const uint32_t *a, size_t na, const uint32_t *b, size_t nb, uint32_t tolerance)
{
    uint64_t found = 0;
    for (size_t i = 0, j = 0; i < na && j < nb;) {
        if ((uint64_t)a[i] + tolerance < b[j])
            i++;
        else if ((uint64_t)b[j] + tolerance < a[i])
            j++;
        else {
            found++;
            i++;
            j++;
        }
    }
    return found;
}

static void note_difference(compare_spikes *c, uint32_t neuron, uint32_t step, bool in_a)
{
    if (c->differs && c->step <= step)
        return;
    c->differs = true;
    c->step = step;
    c->neuron = neuron;
    c->in_a = in_a;
}

static void first_difference(compare_spikes *c, uint32_t neuron, const uint32_t *a, size_t na, const uint32_t *b,
                             size_t nb)
{
    size_t i = 0;
    while (i < na && i < nb && a[i] == b[i])
        i++;
    if (i < na && (i >= nb || a[i] < b[i]))
        note_difference(c, neuron, a[i], true);
    else if (i < nb)
        note_difference(c, neuron, b[i], false);
}

/* Sums from which distances and correlation of pairs of numbers follow. */
typedef struct {
    double n, a, b, aa, bb, ab, max, square;
} sums;

static void sums_add(sums *s, double a, double b)
{
    double d = fabs(a - b);
    s->n++;
    s->a += a;
    s->b += b;
    s->max = fmax(s->max, d);
    s->square += d * d;
}

/* Second pass: products about the means. */
static void sums_centre(sums *s, double a, double b)
{
    double x = a - s->a / s->n, y = b - s->b / s->n;
    s->aa += x * x;
    s->bb += y * y;
    s->ab += x * y;
}

static double correlation(const sums *s)
{
    if (s->aa > 0 && s->bb > 0)
        return s->ab / sqrt(s->aa * s->bb);
    return s->max == 0 ? 1 : 0;
}

compare_spikes compare_population(compare_trains a, compare_trains b, uint32_t first, uint32_t count)
{
    compare_spikes c = {0};
    sums s = {0};
    for (uint32_t n = first; n < first + count; n++) {
        const uint32_t *ta = a.step + a.row[n], *tb = b.step + b.row[n];
        size_t na = a.row[n + 1] - a.row[n], nb = b.row[n + 1] - b.row[n];
        c.a += na;
        c.b += nb;
        for (uint32_t k = 0; k < 3; k++)
            c.within[k] += pairs(ta, na, tb, nb, k);
        first_difference(&c, n, ta, na, tb, nb);
        sums_add(&s, (double)na, (double)nb);
    }
    for (uint32_t n = first; n < first + count; n++)
        sums_centre(&s, (double)(a.row[n + 1] - a.row[n]), (double)(b.row[n + 1] - b.row[n]));
    c.rate_rms = count ? sqrt(s.square / s.n) : 0;
    c.rate_correlation = correlation(&s);
    return c;
}

double compare_coincidence(const compare_spikes *c, uint32_t tolerance)
{
    return c->a + c->b ? 2.0 * (double)c->within[tolerance] / (double)(c->a + c->b) : 1;
}

compare_numbers compare_values(const double *a, const double *b, size_t n)
{
    sums s = {0};
    for (size_t i = 0; i < n; i++)
        sums_add(&s, a[i], b[i]);
    for (size_t i = 0; i < n; i++)
        sums_centre(&s, a[i], b[i]);
    return (compare_numbers){s.max, n ? sqrt(s.square / s.n) : 0, correlation(&s)};
}
