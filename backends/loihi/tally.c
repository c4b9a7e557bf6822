/* What quantisation loses, parameter by parameter. Takes wanted and stored values of a population, yields a row of the
 * lowering report, and the errors and warnings that quantisation of neurons shares. */
#include "backends/loihi/tally.h"

#include <math.h>

bool param_uniform(graph_param x, uint32_t n)
{
    for (uint32_t i = 1; x.stride && i < n; i++)
        if (graph_at(x, i) != graph_at(x, 0))
            return false;
    return true;
}

bool param_any(graph_param x, uint32_t n)
{
    for (uint32_t i = 0; x.v && i < (x.stride ? n : 1); i++)
        if (graph_at(x, i) != 0)
            return true;
    return false;
}

bool quantise_refuse(quantiser *z, const graph_population *p, const char *what, const char *cure)
{
    diag_report(z->diag, DIAG_FIT_MODEL, p->at, "population '%s' has %s, which %s does not have", p->name, what,
                z->out->chip->name);
    diag_cure(z->diag, "%s", cure);
    return false;
}

qnet_column column_new(quantiser *z, uint32_t n, bool each, int32_t **v)
{
    *v = ARENA_NEW(z->arena, int32_t, each ? n : 1);
    return (qnet_column){*v, each};
}

void tally_add(tally *t, double wanted, double got)
{
    double error = fabs(got - wanted);
    if (error > 0 && isfinite(error)) {
        t->max = fmax(t->max, error);
        t->square += error * error;
        t->worst_relative = fmax(t->worst_relative, wanted != 0 ? error / fabs(wanted) : INFINITY);
    }
    t->greatest = fmax(t->greatest, isfinite(wanted) ? fabs(wanted) : 0);
    t->kept += wanted != 0 && got != 0;
    t->count++;
}

bool tally_lasts(quantiser *z, const graph_population *p, const tally *t, const char *what, double least,
                 const char *unit)
{
    return t->greatest == 0 || t->kept ||
           quantise_lost(z->diag, p->at, arena_printf(z->arena, "%s of population '%s'", what, p->name), t->greatest,
                         least, unit);
}

void tally_tell(quantiser *z, const graph_population *p, const tally *t, qnet_report_row row, double tolerable)
{
    row.subject = arena_printf(z->arena, "population %s", p->name);
    row.max_error = t->max;
    row.rms_error = t->count ? sqrt(t->square / (double)t->count) : 0;
    row.count = t->count;
    if (row.verdict == VERDICT_QUANTISED && t->max == 0)
        row.verdict = VERDICT_EXACT;
    quantise_report_add(z->out, z->arena, row);
    if (t->worst_relative > tolerable)
        diag_report(z->diag, DIAG_LOST_PARAM, p->at, "%s of population '%s' changes by up to %.3g %s (%.1f %%)",
                    row.quantity, p->name, t->max, row.unit, 100 * t->worst_relative);
}
